from __future__ import annotations

import pytest

from gonogo.releases.reading.commands import assess_command, starts_command
from gonogo.releases.reading.variables import list_set

RUNS = """
cp a b
systemctl restart api
docker compose up -d
docker-compose -f prod.yml up --detach web
nohup ./server > log 2>&1 &
npm start &
npm run build
npm test
npm ci
tail -n 50 app.log
journalctl -u api --since today
docker logs --tail=20 api
kubectl logs deploy/api --tail=5
kubectl get pods -o wide
kubectl exec deploy/api -- ls /srv
kubectl rollout status deploy/api
psql "$DATABASE_URL" -c "select 1"
psql $DATABASE_URL -f schema.sql
psql shop < dump.sql
sqlite3 data.db "select 1"
redis-cli INFO stats
redis-cli -h cache -p 6380 ping
ssh web1 uptime
ssh -i key.pem -p 2222 ops@web1 'systemctl status api'
crontab -l
git commit -m "release"
git commit --amend --no-edit
git rebase origin/main
python3 manage.py migrate
python3 -c "print('tail -f')"
echo "run tail -f yourself"
top -b -n 1
ping -c 3 db
terraform apply tfplan
terraform plan -out=tfplan
ab -n 1000 -c 10 http://localhost/
while read line; do echo "$line"; done < hosts.txt
for i in 1 2 3; do curl -f http://localhost; done
timeout 30 tail -f app.log
gunicorn --version
aws s3 ls s3://bucket/
docker ps --format '{{.Names}}'
curl -s -o /dev/null -w "%{http_code}" http://localhost
date +%Y%m%d
cat <<EOF > motd
less is more
EOF
""".strip().split("\n")
RUNS = [*RUNS[:-3], "\n".join(RUNS[-3:])]

ENDLESS = """
tail -f app.log
tail -F app.log | grep ERROR
tail -f app.log &
journalctl -fu api
docker compose up
docker-compose logs -f
docker logs --follow api
kubectl logs -f deploy/api
kubectl get pods --watch
kubectl port-forward svc/db 5432
htop
top
watch -n 5 df -h
npm start
npm run dev
yarn dev
cd web && npm run serve
uvicorn app:app --reload
gunicorn app:app
flask run
python -m http.server
python3 manage.py runserver
redis-cli --latency
redis-cli MONITOR
ping example
celery -A app worker
while true; do curl -f http://localhost; sleep 1; done
""".strip().split("\n")

INTERACTIVE = """
nano .env
sudo vi /etc/hosts
crontab -e
psql
psql -h db -U app shop
mysql -u root -p
sqlite3 data.db
redis-cli
ssh web1
ssh -i key.pem ops@web1
less app.log
git rebase -i HEAD~3
git commit
git add -p
kubectl edit deploy/api
kubectl exec -it api -- bash
docker exec -it api sh
docker run -it image bash
read -p "Continue? " answer
terraform apply
python3
python3 manage.py createsuperuser
sudo -i
visudo
aws configure
gh auth login
""".strip().split("\n")

UNFILLED = """
pg_dump -U YOUR_USER YOUR_DB
git revert <commit-hash>
./restore.sh <backup file>
cp data.db.YYYYMMDD data.db
curl -f https://example.com/health
cd /path/to/app
docker pull app:[previous-tag]
./notify.sh --hook "URL"
export TOKEN=changeme
ssh deploy@your-server uptime
git tag vX.Y.Z
helm rollback api {revision} --tag {version}
./deploy.sh REPLACE_ME
kubectl apply ...
curl -f http://your-domain.com/
echo "TO""DO"
""".strip().split("\n")[:-1]

NOT_COMMANDS = """
0 2 * * * /srv/clean.sh
*/5 * * * * cd /srv && ./alert.sh
@daily /srv/clean.sh
https://grafana.local/d/abc
Open the dashboard and look around
{"status": "ok"}
15 passed in 2.1s
HTTP/1.1 200 OK
✓ built in 3s
├── src
status: ok
""".strip().split("\n")


@pytest.mark.parametrize("command", RUNS)
def test_ordinary_command_runs_by_itself(command: str) -> None:
    assert assess_command(command).runs == "auto"


@pytest.mark.parametrize("command", ENDLESS)
def test_command_without_end_is_a_choice(command: str) -> None:
    found = assess_command(command)
    assert (found.runs, found.finding) == ("ask", "never-ending")


@pytest.mark.parametrize("command", INTERACTIVE)
def test_command_that_wants_a_keyboard_is_left_to_a_person(command: str) -> None:
    found = assess_command(command)
    assert (found.runs, found.doubt, found.finding) == ("ask", "interactive", "interactive")


@pytest.mark.parametrize("command", UNFILLED)
def test_unfilled_command_asks(command: str) -> None:
    found = assess_command(command)
    assert (found.runs, found.doubt, found.finding) == ("ask", "placeholder", "placeholder")


@pytest.mark.parametrize("line", NOT_COMMANDS)
def test_line_that_is_no_command_never_runs(line: str) -> None:
    found = assess_command(line)
    assert (found.runs, found.is_command) == ("never", False)


@pytest.mark.parametrize(
    ("command", "weak"),
    [
        ("curl http://localhost/health", True),
        ("curl -s http://localhost | jq .", True),
        ("curl -X POST http://localhost -d '{}'", True),
        ("curl -f http://localhost", False),
        ("curl -fsS http://localhost", False),
        ("curl --fail http://localhost", False),
        ("curl -s -o /dev/null -w '%{http_code}' http://localhost", False),
        ("curl http://localhost || exit 1", False),
        ("echo curling", False),
    ],
)
def test_curl_without_fail_is_weak_evidence(command: str, weak: bool) -> None:
    assert bool(assess_command(command).weak) is weak


@pytest.mark.parametrize(
    ("code", "starts"),
    [
        ("./scripts/check.sh", True),
        ("npm run test:e2e", True),
        ("DEBUG=1 pytest -q", True),
        ("sudo systemctl stop api", True),
        (".env.example", False),
        ("main", False),
        ("/observability", False),
        ("pyproject.toml", False),
        ("error_rate < 5%", False),
        ("", False),
    ],
)
def test_code_that_starts_like_a_command(code: str, starts: bool) -> None:
    assert starts_command(code) is starts


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("TOKEN=$(curl -f x)", {"TOKEN"}),
        ("export A=1 B=2", {"A", "B"}),
        ("cd a && PID=$!", {"PID"}),
        ("for host in a b; do ping -c 1 $host; done", {"host"}),
        ("while read -r name age; do echo $name; done < f", {"name", "age"}),
        ("printf -v NOW '%(%s)T'", {"NOW"}),
        ("read -r -p 'Name? ' NAME", {"NAME"}),
        ("curl -d a=b x", set()),
        ("awk '{ n = $1 }' f", set()),
    ],
)
def test_assigned_variables(command: str, names: set[str]) -> None:
    assert list_set(command, None) == names
