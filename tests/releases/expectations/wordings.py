"""Expectations as people word them, each with an output that meets it and one that does not."""

from __future__ import annotations

from typing import Any, NamedTuple


class Row(NamedTuple):
    """``good`` and ``bad`` are stdout, or fields of an Evidence."""

    text: str
    command: str
    good: str | dict[str, Any]
    bad: str | dict[str, Any]


def err(text: str, code: int = 1) -> dict[str, Any]:
    return {"stdout": "", "stderr": text, "exit_code": code}


def http(code: int) -> dict[str, Any]:
    return {"stdout": "", "stderr": f"\n[gonogo] http_code={code} time_s=0.050000\n"}


DEPLOY = "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nbilling   {0}/3     3            {0}           4d\n"
PODS = (
    "NAME                       READY   STATUS    RESTARTS   AGE\n"
    "billing-5c9d7b6f4-abcde    1/1     Running   0          2m\n"
    "billing-5c9d7b6f4-fghij    1/1     {0}   0          2m\n"
    "billing-5c9d7b6f4-klmno    1/1     Running   0          2m\n"
)
SIDECARS = "NAME        READY   STATUS    RESTARTS   AGE\nbilling-0   {}     {}   0          2m\n"
DOCKER = (
    "CONTAINER ID   IMAGE     COMMAND   CREATED       STATUS                    PORTS     NAMES\n"
    'a1             web:2     "serve"   2 hours ago   Up 2 hours                80/tcp    web\n'
    'b2             db:15     "pg"      2 hours ago   {0}                       5432/tcp  db\n'
)
NODES = (
    "NAME   STATUS     ROLES    AGE   VERSION\n"
    "n1     Ready      worker   9d    v1.29.1\n"
    "n2     {}   worker   9d    v1.29.1\n"
)
VITEST = " Test Files  {} passed (9)\n      Tests  {} passed (88)\n"
COV = (
    "Name      Stmts   Miss  Cover\n"
    "-----------------------------\n"
    "a.py         40      4    90%\n"
    "b.py         10      1    90%\n"
    "TOTAL        50      5    {}%\n"
)
HEAD = "HTTP/2 {} \r\ncontent-type: text/html\r\n{}\r\n"
SYSTEMD = "● billing.service - Billing\n     Loaded: loaded (/etc/systemd/x; enabled)\n     Active: {}\n"
CURL = "curl -sI https://billing.test/"

ROWS = [
    # Words that have to stand there, whole.
    Row("Expected: OK", "./probe", "OK\n", "NOT OK\n"),
    Row("Expected: OK", "./probe", "status OK after 3 tries\n", "NOK\n"),
    Row("expect: PONG", "redis-cli ping", "PONG\n", "PING\n"),
    Row("Expected: Succeeded", "./job-state", "Succeeded\n", "Failed\n"),
    Row("Expected: SERVING", "grpc_health_probe", "status: SERVING\n", "status: NOT SERVING\n"),
    Row('Should be "staging"', "echo $TIER", "staging\n", "staging2\n"),
    Row("prints `finished`", "./import", "finished\n", "unfinished\n"),
    Row("Expected output: `listo`", "./import", "listo\n", "no listo\n"),
    Row("✅ prints `warm`", "./cache", "warm\n", "cold\n"),
    Row("Result: `warm`", "./cache", "warm\n", "lukewarm\n"),
    Row("→ `warm`", "./cache", "warm\n", "cold\n"),
    Row("-> warm", "./cache", "warm\n", "cold\n"),
    Row("This should print `warm`.", "./cache", "warm\n", "not warm\n"),
    Row("It should return `warm`.", "./cache", "warm\n", "cold\n"),
    Row("Output should be `warm`", "./cache", "warm\n", "cold\n"),
    Row("You should see `cache warm` in the output.", "./cache", "12:00 cache warm\n", "12:00 cache warming\n"),
    Row('should print "done" and exit', "./job", "done\n", "undone\n"),
    Row('should print "done" and then exit cleanly', "./job", "done\n", "not done\n"),
    Row(
        "Correct output: `billing-worker.service`",
        "systemctl list-units",
        "billing-worker.service loaded\n",
        "billing.service\n",
    ),
    Row("Expected result: `finished`", "./import", "finished\n", ""),
    Row(
        'Expected output: release "billing" rolled out in 3 steps',
        "./roll",
        'wait\nrelease "billing" rolled out in 3 steps\n',
        "wait\n",
    ),
    Row("Must contain `listening on 9090`", "./log", "x\nlistening on 9090\n", "listening on 90901\n"),
    Row("The output should contain migrated_rows", "./m", "migrated_rows=4\n", "rows=4\n"),
    Row("Should contain `v2` and `v3`", "./list", "v2\nv3\n", "v2\n"),
    Row("Logs show “worker up”", "./log", "12:01 worker up\n", "12:01 worker upset\n"),
    Row("Output: v4.5.6", "./tool --version", "tool v4.5.6\n", "tool v4.5.60\n"),
    Row("Expect: version 4.5.6", "./tool --version", "v4.5.6\n", "v14.5.6\n"),
    Row("Expected: 4.5.6", "./tool --version", "tool 4.5.6, build 9\n", "tool 4.5.6-rc1\n"),
    Row("Expected: billing.internal", "hostname -f", "billing.internal\n", "web.internal\n"),
    Row("Expected: production", "echo $TIER", "production\n", "preproduction\n"),
    Row("Expected: `__main__`", "./who", "__main__\n", "main\n"),
    Row("Expected: __main__", "./who", "__main__\n", "main\n"),
    Row("__Expected:__ `warm`", "./cache", "warm\n", "cold\n"),
    Row("Expected: not found", "which old", {"stdout": "", "exit_code": 1}, "/usr/bin/old\n"),
    # Headers.
    Row(
        "Response should include: X-Build: 77",
        CURL,
        HEAD.format(200, "x-build: 77\r\n"),
        HEAD.format(200, "x-build: 76\r\n"),
    ),
    Row(
        "Must contain Strict-Transport-Security",
        CURL,
        HEAD.format(200, "strict-transport-security: max-age=1\r\n"),
        HEAD.format(200, ""),
    ),
    Row(
        "Headers must include `Cache-Control`",
        CURL,
        HEAD.format(200, "cache-control: no-store\r\n"),
        HEAD.format(200, ""),
    ),
    # States.
    Row("Expected: healthy", "./state", "healthy\n", "unhealthy\n"),
    Row("Expected: healthy", "./state", "db: Healthy\n", "not healthy\n"),
    Row("Expected: running", "./state", "running\n", "not running\n"),
    Row("Expected: ready", "./state", "ready\n", "NotReady\n"),
    Row(
        "Should be active already", "systemctl is-active billing", "active\n", {"stdout": "inactive\n", "exit_code": 3}
    ),
    Row("Expected: inactive", "systemctl is-active old", {"stdout": "inactive\n", "exit_code": 3}, "active\n"),
    Row(
        "Expected: active (running)",
        "systemctl status billing",
        SYSTEMD.format("active (running) since 9"),
        SYSTEMD.format("failed (Result: exit-code)"),
    ),
    Row(
        "Service is `active (running)`",
        "systemctl status billing",
        SYSTEMD.format("active (running)"),
        SYSTEMD.format("activating (auto-restart)"),
    ),
    Row("Expected: enabled", "systemctl is-enabled billing", "enabled\n", {"stdout": "disabled\n", "exit_code": 1}),
    Row("Expected: connected", "./vpn", "connected\n", "disconnected\n"),
    Row(
        "Expected: accepting connections",
        "pg_isready",
        "/tmp:5432 - accepting connections\n",
        {"stdout": "/tmp:5432 - no response\n", "exit_code": 2},
    ),
    Row("Expected: true", "./flag", "true\n", "false\n"),
    Row("expect: true", "./flag", "true\n", "untrue\n"),
    Row("Expected: yes", "./flag", "yes\n", "no\n"),
    Row("Should output: false", "./flag", "false\n", "true\n"),
    Row('All should be "Up"', "docker ps", DOCKER.format("Up 2 hours"), DOCKER.format("Exited (1) 3 s ago")),
    Row("All pods Running", "kubectl get pods", PODS.format("Running"), PODS.format("Pending")),
    Row("all Running", "kubectl get pods", PODS.format("Running"), PODS.format("CrashLoopBackOff")),
    Row("Expected: All pods Running (3/3)", "kubectl get pods", PODS.format("Running"), PODS.format("Pending")),
    Row(
        'Should show queue as "not running"',
        "./ps",
        "web    running\nqueue  not running\n",
        "web    not running\nqueue  running\n",
    ),
    Row("shows `cache` as `ready`", "./ps", "cache ready\n", "cache not ready\n"),
    # Counts.
    Row(
        "Expected: 3/3 Running",
        "kubectl get pods",
        SIDECARS.format("3/3", "Running"),
        SIDECARS.format("2/3", "Running"),
    ),
    Row("3/3 ready", "kubectl get deploy", DEPLOY.format(3), DEPLOY.format(2)),
    Row("4/4 passing", "./smoke", "4/4 passing\n", "3/4 passing\n"),
    Row("12/12 checks passed", "./smoke", "checks: 12/12 passed\n", "checks: 11/12 passed\n"),
    Row("12 of 12 tests passing", "./smoke", "12 of 12 tests passing\n", "9 of 12 tests passing\n"),
    Row("88 tests passing", "npx vitest", VITEST.format(9, 88), VITEST.format(9, 87)),
    Row("expect 9 files / 88 tests passing", "npx vitest", VITEST.format(9, 88), VITEST.format(8, 88)),
    Row("80+ tests", "pytest", "==== 88 passed in 1.2s ====\n", "==== 79 passed in 1.2s ====\n"),
    Row("All 88 unit tests pass", "pytest", "==== 88 passed in 1.2s ====\n", "=== 1 failed, 87 passed in 1.2s ===\n"),
    Row("All tests passing", "pytest", "==== 5 passed in 1.2s ====\n", "=== 1 failed, 4 passed in 1.2s ===\n"),
    Row("should be 91 (20 old + 71 new)", "./count", "91\n", "191\n"),
    Row("Expected: 0", "./count", "0\n", "10\n"),
    Row("Expected: 3", "./count", "3\n", "13\n"),
    Row("=> 3", "./count", "3\n", "33\n"),
    Row("Should be exactly 3", "./count", "3\n", "4\n"),
    Row("Expected count: 7", "./count", "7\n", "70\n"),
    Row("Expected result: 42", "./count", "42\n", "420\n"),
    Row("Expected value: 42", "./count", "42\n", "4\n"),
    Row("returns 3 rows", "psql -c 'select 1'", "a\n---\n1\n2\n3\n(3 rows)\n", "a\n---\n1\n(1 row)\n"),
    Row("Validation: 5 rows", "psql -c x", "(5 rows)\n", "(4 rows)\n"),
    Row("At least 3 replicas ready", "kubectl get deploy", DEPLOY.format(3), DEPLOY.format(2)),
    Row(
        "shows 2 containers",
        "docker ps",
        DOCKER.format("Up 1 hour"),
        DOCKER.format("Up 1 hour") + DOCKER.split("\n")[1] + "\n",
    ),
    Row("2 nodes ready", "kubectl get nodes", NODES.format("Ready   "), NODES.format("NotReady")),
    Row("Check pods (expect 3)", "kubectl get pods", PODS.format("Running"), PODS.format("Pending")),
    Row("Expected: 1,204", "./count", "1,204\n", "1,205\n"),
    Row("At most 2 warnings", "./lint", "2 warnings\n", "3 warnings\n"),
    Row("more than 10 records", "./count", "records: 11\n", "records: 10\n"),
    Row(
        "0 vulnerabilities",
        "npm audit",
        "found 0 vulnerabilities\n",
        {"stdout": "found 2 vulnerabilities\n", "exit_code": 1},
    ),
    # HTTP.
    Row("Expected: 200", "curl -s -o /dev/null -w '%{http_code}' x", "200", "500"),
    Row("Expected: 200", "curl -s http://x", http(200), http(503)),
    Row("Expected: HTTP 204", "curl -s http://x", http(204), http(200)),
    Row("(should be 200)", "curl -s http://x", http(200), http(301)),
    Row("All of these should return 200", "curl -I http://x", HEAD.format(200, ""), HEAD.format(404, "")),
    Row("returns 401 Unauthorized", "curl -i http://x", HEAD.format(401, ""), HEAD.format(200, "")),
    Row("Should return 200 or 302", "curl -I http://x", HEAD.format(302, ""), HEAD.format(500, "")),
    Row(
        "Expected result: `HTTP/1.1 200 OK`",
        "curl -I http://x",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\n\r\n",
    ),
    Row(
        "301 redirect to HTTPS",
        "curl -I http://x",
        HEAD.format(301, "location: https://x/\r\n"),
        HEAD.format(301, "location: http://y/\r\n"),
    ),
    Row("redirects to https", "curl -I http://x", HEAD.format(308, "location: https://x/\r\n"), HEAD.format(200, "")),
    Row("Health endpoint returns 200", "curl -s http://x", http(200), http(500)),
    Row("Esperado: 404", "curl -s http://x", http(404), http(200)),
    Row("Expected: 404", "./script", "404\n", "200\n"),
    # JSON.
    Row('Expected: {"status":"up"}', "curl x", '{"status":"up","n":1}', '{"status":"down"}'),
    Row("Expected: {status: up, ...}", "curl x", '{"status":"up"}', '{"state":"up"}'),
    Row('should return {"items": [...], "total": 2}', "curl x", '{"items":[1],"total":2}', '{"items":[1],"total":3}'),
    Row("Response has ready: true", "curl x", '{"ready":true}', '{"ready":false}'),
    Row(
        'returns 200 with {"ok": true}',
        "curl -i x",
        HEAD.format(200, "") + '{"ok":true}',
        HEAD.format(500, "") + '{"ok":true}',
    ),
    # Numbers.
    Row("Expected: > 60% coverage", "pytest --cov", COV.format(91), COV.format(51)),
    Row("coverage >= 90%", "pytest --cov", COV.format(90), COV.format(89)),
    Row(
        "Expected: less than 80%", "df -h / | tail -1", "/dev/sda1 40G 20G 18G 53% /\n", "/dev/sda1 40G 38G 1G 95% /\n"
    ),
    Row("< 80%", "df -h / | tail -1", "/dev/sda1 40G 20G 18G 53% /\n", "/dev/sda1 40G 38G 1G 80% /\n"),
    Row("Expected: between 2 and 5", "./count", "3\n", "6\n"),
    Row("Expected: 12ms or less", "./bench", "9 ms\n", "13 ms\n"),
    Row("3 or more", "./count", "3\n", "2\n"),
    Row("should be > 3", "./count", "4\n", "3\n"),
    Row("Should be less than 100ms", "./bench", "took 80ms\n", "took 0.2s\n"),
    Row("no more than 5%", "./rate", "4.5%\n", "5.5%\n"),
    Row("P95 < 200ms", "./bench", "p50=90ms p95=150ms\n", "p50=90ms p95=250ms\n"),
    Row("within 2 minutes", "./job", {"duration_s": 100.0}, {"duration_s": 140.0}),
    Row("completes in under 30 seconds", "./job", {"duration_s": 12.0}, {"duration_s": 31.0}),
    Row("at most 512MB", "./mem", "400 MB\n", "0.6 GB\n"),
    # Versions.
    Row("Expected: 20.x or higher", "node --version", "v20.11.1\n", "v18.19.0\n"),
    Row(">= 18", "node --version", "v18.0.0\n", "v16.20.2\n"),
    Row("Node 20+", "node --version", "v22.1.0\n", "v18.1.0\n"),
    Row("version 2.4 or later", "./tool --version", "tool 2.10.0\n", "tool 2.3.9\n"),
    Row("Python >= 3.11", "python3 --version", "Python 3.12.1\n", "Python 3.9.2\n"),
    # Settings.
    Row("Expected: DEBUG=false", "cat .env", "A=1\nDEBUG=false\n", "DEBUG=true\n"),
    Row("`CACHE_URL=redis://c:6379`", "grep CACHE .env", "CACHE_URL=redis://c:6379\n", "CACHE_URL=redis://d:6379\n"),
    Row("LOG_LEVEL is set to `warn`", "cat .env", "LOG_LEVEL=warn\n", "LOG_LEVEL=debug\n"),
    # Absence.
    Row("Should be empty", "git status --porcelain", "", " M a.py\n"),
    Row("Should return nothing", "grep -r TODO src", {"stdout": "", "exit_code": 1}, "src/a.py: TODO\n"),
    Row("Expected: no output", "./diff", "", "x\n"),
    Row("Expected: 0 errors", "./lint", "0 errors\n", "2 errors\n"),
    Row("No errors", "./lint", "clean\n", "ERROR: x\n"),
    Row("Expected: No mypy/ruff errors", "make lint", "All checks passed!\n", "a.py:1: error: x\n"),
    Row("no warnings", "./build", "built\n", "WARN: deprecated\n"),
    Row("Verify: no OOMKilled", "kubectl get pods", PODS.format("Running"), PODS.format("OOMKilled")),
    Row("no pods in CrashLoopBackOff", "kubectl get pods", PODS.format("Running"), PODS.format("CrashLoopBackOff")),
    Row('Should NOT contain "DEBUG"', "./env", "LEVEL=info\n", "DEBUG on\n"),
    Row("must not contain SECRET_KEY", "./env", "A=1\n", "SECRET_KEY=1\n"),
    Row("No matches", "grep -r eval src | head -5", "", "src/a.js: eval(x)\n"),
    Row("0 rows", "psql -c x", "(0 rows)\n", "(2 rows)\n"),
    Row("No 500 errors", "cat access.log", "GET /a 200\n", "GET /a 500\n"),
    Row("no 5xx errors in logs", "cat access.log", "GET /a 404\n", "GET /a 502\n"),
    Row("Build completes without errors", "make", "done\n", "make: *** Error 2\n"),
    Row("no duplicate rows", "psql -c x", "(0 rows)\n", "(1 row)\n"),
    Row(
        "Should be empty",
        "kubectl get pods -n old",
        err("No resources found in old namespace.\n", 0),
        "NAME READY\nx 1/1\n",
    ),
    # Something, whatever it is.
    Row("Should not be empty", "crontab -l", "0 3 * * * backup\n", "\n"),
    Row("The output should not be empty", "./keys", "a\n", ""),
    Row("must not be empty", "curl -fs http://x/items", '[{"id": 1}]\n', "[]\n"),
    Row("Expected: a non-empty list", "jq .items < x", "[1]\n", "[ ]\n"),
    Row("result is not empty", "psql -c x", " id\n----\n 7\n(1 row)\n", " id\n----\n(0 rows)\n"),
    Row(
        "shouldn't be empty",
        "kubectl get pods",
        "NAME   READY   STATUS\nweb   1/1   Running\n",
        "NAME   READY   STATUS\n",
    ),
    Row("response must be non-empty", "./ask", "yes\n", "null\n"),
    # Exit codes and failures that are wanted.
    Row("Expected: exit code 0", "./job", "", {"exit_code": 1}),
    Row("exits with code 3", "./job", {"exit_code": 3}, {"exit_code": 0}),
    Row("Should fail", "./job", {"exit_code": 1}, {"exit_code": 0}),
    Row(
        "should fail with permission denied",
        "cat /x",
        err("cat: /x: Permission denied\n"),
        err("cat: /x: No such file\n"),
    ),
    Row(
        "should not exist", "ls /srv/old", err("ls: cannot access '/srv/old': No such file or directory\n", 2), "a\nb\n"
    ),
    Row(
        "should be gone",
        "kubectl get ns old",
        err('Error from server (NotFound): namespaces "old" not found\n'),
        "NAME STATUS\nold Active\n",
    ),
    Row("Must no longer exist", "docker inspect old", err("Error: No such object: old\n"), "[{}]\n"),
    Row(
        "Expected: connection refused",
        "curl http://x",
        err("curl: (7) Failed to connect: Connection refused\n", 7),
        "hello\n",
    ),
    Row(
        "CORS error (blocked)",
        "curl -i -H 'Origin: https://evil.test' http://x",
        HEAD.format(200, ""),
        HEAD.format(200, "access-control-allow-origin: *\r\n"),
    ),
    Row("command succeeds", "./job", "", {"exit_code": 2}),
    # Labels in other languages.
    Row("Erwartet: `200 OK`", "curl -I http://x", HEAD.format(200, ""), HEAD.format(404, "")),
    Row("Erwartete Ausgabe: `bereit`", "./job", "bereit\n", "nicht bereit\n".replace("bereit", "fertig")),
    Row("Debe ser 0", "./count", "0\n", "2\n"),
    Row("Salida esperada: `listo`", "./job", "listo\n", "falta\n"),
    Row("Resultado esperado: 200", "curl http://x", http(200), http(500)),
    Row("预期结果：`ready`", "./job", "ready\n", "waiting\n"),
    Row("期待される出力: `ready`", "./job", "ready\n", "waiting\n"),
    Row("Résultat attendu : `prêt`", "./job", "prêt\n", "occupé\n"),
    Row("Ожидается: `готово`", "./job", "готово\n", "ошибка\n"),
]

# These may mean more than a machine can see: a person compares.
FOR_PEOPLE = [
    'Expected: "a", "b", etc.',
    "Expected: the page loads",
    "Expected: Login page loads",
    "Expected: success",
    "Expected: JSON",
    "Expected: list of running jobs",
    "Should match what was seen last week",
    "The folder must not be empty",
    "Should not be empty unless it is new",
    "The queue is usually not empty",
    "should be rejected",
    "Expected: similar numbers to last week",
    "Output should look like the table above",
    "Expected output: a table of all users",
    "Expected: <your-version>",
    "Expected: your-host.example",
    "shows `red` or `green`",
    "Expected: none or one",
    "The `STATUS` column equals `Bound`",
    "nginx answers on `443`",
    "Erwartet: die Seite lädt",
    "预期结果：页面加载",
    "Expected: nginx is running",
    "no high vulnerabilities",
    "Gate: returns 200 and the CTO agrees",
    "Should not be running",
    "Expected: stable for 24 hours",
    "Should be < 1s and return 200",
    "Expected: All green",
]
SAMPLES = [
    "Example output: 3",
    "Sample output: `ready`",
    "Example of successful output: ALTER ROLE",
    'Sample response: {"a": 1}',
    "Output (example): 3",
    "Output may vary: 3",
    "For example: 200",
]
