from __future__ import annotations

import pytest

from gonogo.releases.reading.natures import TEXT, read_nature
from tests.releases.reading.plans import list_items, read

PLAIN = """
npm ci
./ship.sh --now
git status && make test
sudo systemctl restart kiln
for f in a b; do echo $f; done
[ -f kiln.db ]
find . -name '*.log'
test -d dist
curl -f http://localhost | grep ok
make
docker compose ps
echo "All done: the kiln is hot"
""".strip().split("\n")
OUTPUT = """
12 passed in 0.31s
Tests: 4 passed, 4 total
INFO  [kiln] Heating to 900
2031-04-01 12:00:00 started
[2031-04-01 12:00:00] started
Total: 5
Targets:
Proceed? [y/N] y
Country Name (2 letter code) [AU]:NO
Enter passphrase:
HTTP/1.1 200 OK
{"status": "ok"}
+----+-------+
| id | glaze |
NAME   READY   STATUS
[section]
✓ built
""".strip().split("\n")
SQL = """
SELECT name, cone FROM glazes
WHERE cone > 6
ORDER BY cone DESC;
DROP TABLE glazes;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
VACUUM ANALYZE firings;
show slave status \\G
select count(*) from glazes;
\\dt kiln.*
COMMIT;
""".strip().split("\n")
PROMPTS = """
>>> import kiln
mysql> show tables;
kiln=# select 1;
kiln-# from glazes;
irb(main):001:0> Glaze.count
127.0.0.1:6379> KEYS *
sqlite> .tables
PS C:\\kiln> dir
iex(1)> Kiln.heat()
""".strip().split("\n")
CMDLETS = """
Stop-WebAppPool -Name "Kiln"
Copy-Item -Recurse drop\\* C:\\kiln
$site = Get-Website
""".strip().split("\n")
SENTENCES = """
make sure the kiln is cold
test that the door opens by itself
install the new thermocouple and then heat it
""".strip().split("\n")


@pytest.mark.parametrize("line", PLAIN)
def test_plain_commands(line: str) -> None:
    assert read_nature(line, None) == "plain"


@pytest.mark.parametrize("line", OUTPUT)
def test_output_is_text(line: str) -> None:
    assert read_nature(line, None) in ("output", "prose")


@pytest.mark.parametrize("line", SQL)
def test_sql(line: str) -> None:
    assert read_nature(line, None) == "sql"


@pytest.mark.parametrize("line", PROMPTS)
def test_prompts_of_clients(line: str) -> None:
    assert read_nature(line, None) == "prompt"


@pytest.mark.parametrize("line", CMDLETS)
def test_powershell(line: str) -> None:
    assert read_nature(line, None) == "cmdlet"


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_that_starts_like_a_command_is_doubtful(line: str) -> None:
    assert read_nature(line, None) == "doubtful"


@pytest.mark.parametrize("line", ["Open the kiln", "2. Check the cone", "- Restart the fan"])
def test_orders_are_work(line: str) -> None:
    assert read_nature(line, None) == "task"


@pytest.mark.parametrize("line", ["kilnctl heat --to 900", "MODE=live", "q"])
def test_an_unknown_program_is_still_a_command(line: str) -> None:
    assert read_nature(line, None) == "bare"


def test_a_long_hostile_line_is_read_in_time() -> None:
    assert read_nature("a " * 500_000, None) not in TEXT


def test_text_beside_commands_casts_doubt_on_what_is_not_plain() -> None:
    text = "## Deploy\n```bash\nmake smoke\nTest Suite: Smoke\nkilnctl ok\nIdentity=/root/key\nSummary\n```\n"
    items = list_items(read(text))
    assert [(i.kind, i.runs, i.doubt) for i in items] == [
        ("run", "auto", None),
        ("info", "never", "text"),
        ("run", "ask", "unknown-program"),
        ("run", "ask", "text"),
        ("info", "never", "text"),
    ]


def test_a_shell_fence_of_nothing_but_text_is_a_step() -> None:
    text = "## Deploy\nAnswer:\n```bash\nName []:Kiln\nProceed? [y/N] y\n```\n"
    items = [i for i in list_items(read(text)) if i.kind != "info"]
    assert [(i.kind, i.line, i.end_line, i.doubt) for i in items] == [("human", 4, 5, "text")]


def test_sql_in_a_shell_fence_is_one_step_with_its_label() -> None:
    text = "## Deploy\n```bash\nmake stop\n\n# Turn on statistics\nCREATE EXTENSION stats;\nSELECT a\nFROM b;\n```\n"
    items = list_items(read(text))
    assert [(i.kind, i.line, i.end_line, i.doubt) for i in items] == [("run", 3, 3, None), ("human", 6, 8, "not-shell")]
    assert items[1].text == "Turn on statistics: CREATE EXTENSION stats; SELECT a FROM b;"


def test_words_that_cannot_be_read_as_shell_ask() -> None:
    items = list_items(read("## Deploy\n```bash\nmake (all of it\n```\n"))
    assert [(i.runs, i.doubt) for i in items] == [("ask", "unread")]


def test_a_fence_without_language_is_certain_only_when_every_line_is_plain() -> None:
    assert [(i.runs, i.doubt) for i in list_items(read("## Deploy\n```\nmake all\nmake ship\n```\n"))] == [
        ("auto", None),
        ("auto", None),
    ]
    doubtful = list_items(read("## Deploy\n```\nmake all\nINFO  [make] all\n```\n"))
    assert [(i.runs, i.doubt) for i in doubtful] == [("ask", "text"), ("never", "text")]
