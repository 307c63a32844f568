from __future__ import annotations

import pytest

from gonogo.releases.reading.elsewhere import find_opener, leaves
from tests.releases.reading.plans import list_items, read

SHELLS = """
ssh kiln
ssh -i key -p 2222 ops@kiln
ssh -t ops@kiln bash
sudo -i
sudo su
sudo su - kiln
su - kiln
sudo -u kiln bash
bash
docker exec -it kiln sh
docker run -it --rm kiln:3 bash
docker compose exec web bash
kubectl exec -it deploy/kiln -- bash
oc rsh kiln
cf ssh kiln
heroku run bash -a kiln
gcloud compute ssh kiln --zone x
aws ssm start-session --target i-1
aws ecs execute-command --cluster c --task t --interactive --command "/bin/sh"
az ssh vm -n kiln
fly ssh console
vagrant ssh
script -a log.txt
screen -S release
tmux new -s release
chroot /mnt
nix-shell
poetry shell
multipass shell kiln
""".strip().split("\n")
CLIENTS = """
psql kiln
psql -h db -U kiln
mysql -u root -p
sqlite3 kiln.db
redis-cli
mongosh kiln
python3
node
python manage.py shell
./manage.py dbshell
rails c
bundle exec rails console
php artisan tinker
terraform console
kubectl exec -it kiln-db-0 -- psql -U kiln
docker exec -it kiln-db mysql
heroku pg:psql
gcloud sql connect kiln
openssl s_client -connect kiln:443
""".strip().split("\n")
COMES_BACK = """
ssh kiln uptime
ssh kiln 'systemctl restart kiln'
ssh -N -L 8080:localhost:80 kiln
su - postgres -c "psql -l"
bash deploy.sh
bash -c "ls"
docker exec kiln ls
docker run --rm kiln:3 pytest
kubectl exec deploy/kiln -- alembic upgrade head
kubectl edit deploy/kiln
psql kiln -c "select 1"
psql kiln < dump.sql
echo "select 1" | psql kiln
python3 -c "print(1)"
python manage.py migrate
fly ssh console -C "ls"
vagrant ssh -c ls
gcloud compute ssh kiln --command "ls"
tmux kill-session -t release
nix-shell --run make
sqlite3 kiln.db ".tables"
""".strip().split("\n")


@pytest.mark.parametrize("command", SHELLS)
def test_another_shell_is_known(command: str) -> None:
    assert find_opener(command, None) == "shell"


@pytest.mark.parametrize("command", CLIENTS)
def test_a_client_is_known(command: str) -> None:
    assert find_opener(command, None) == "client"


@pytest.mark.parametrize("command", COMES_BACK)
def test_a_command_that_comes_back_opens_nothing(command: str) -> None:
    assert find_opener(command, None) is None


def test_a_here_document_is_no_stay() -> None:
    assert find_opener("ssh kiln <<'X'\nuptime\nX", None) is None


@pytest.mark.parametrize(
    "line", ["exit", "logout", "\\q", "quit", "quit()", "exit()", ".exit", "Ctrl-D", "^D", "exit;"]
)
def test_ways_out(line: str) -> None:
    assert leaves(line)


def _list(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(i.kind, i.runs, i.doubt) for i in list_items(read(text)) if i.kind != "info"]


def test_what_follows_a_shell_is_typed_there_up_to_its_exit() -> None:
    text = "## Deploy\n```bash\nssh kiln\ngit pull\nrm -rf cache\nexit\nmake ship\n```\n"
    items = list_items(read(text))
    assert [(i.runs, i.doubt) for i in items] == [
        ("ask", "interactive"),
        ("ask", "elsewhere"),
        ("ask", "elsewhere"),
        ("never", None),
        ("auto", None),
    ]
    assert items[1].why == "it is typed in `ssh kiln`, which line 3 opens: type it there"


def test_a_stay_goes_on_over_steps_and_fences_to_the_end_of_its_section() -> None:
    text = """
        ## Deploy
        1. Go there.
           ```bash
           kubectl exec -it kiln-0 -- bash
           ```
        2. Open the database.
           ```bash
           psql kiln
           ```
        3. Set it.
           ```console
           ALTER ROLE kiln SET work_mem = '64MB';
           ```

        ## Verify
        ```bash
        kubectl get pods
        ```
        """
    assert _list(text) == [
        ("run", "ask", "interactive"),
        ("run", "ask", "elsewhere"),
        ("human", None, "elsewhere"),
        ("run", "auto", None),
    ]


def test_a_stay_of_which_nothing_was_typed_goes_on_in_the_next_sections() -> None:
    steps = (("### 1. Connect", "ssh kiln"), ("### 2. Pull", "git pull"), ("### 3. Build", "make"))
    sections = ("## Deploy\n", *steps, ("## Verify", "curl -f http://kiln"))
    text = "".join(part if isinstance(part, str) else "{}\n```bash\n{}\n```\n".format(*part) for part in sections)
    assert [runs for _, runs, _ in _list(text)] == ["ask", "ask", "ask", "auto"]


def test_a_rollback_does_not_stand_in_the_shell_of_the_way() -> None:
    text = "# Kiln\n## Deploy\n```bash\nssh kiln\n```\n## Rollback\n```bash\n./undo.sh\n```\n"
    assert _list(text)[-1] == ("rollback", "never", None)


@pytest.mark.parametrize(
    ("opener", "lines"),
    [
        ("psql kiln", "SELECT *\nFROM glazes\nWHERE cone > 6;\nDROP TABLE glazes;"),
        ("python manage.py shell", ">>> from glazes.models import Glaze\n>>> Glaze.objects.count()\n12"),
        ("redis-cli", "KEYS glaze:*\nDEL glaze:1"),
        ("mysql kiln", "show slave status \\G"),
        ("mongosh kiln", "db.glazes.drop()"),
    ],
)
def test_what_is_typed_in_a_client_is_one_step_of_a_person(opener: str, lines: str) -> None:
    items = list_items(read(f"## Deploy\n```bash\n{opener}\n{lines}\n```\n"))
    assert [(i.kind, i.runs, i.doubt) for i in items] == [("run", "ask", "interactive"), ("human", None, "elsewhere")]
    assert items[1].end_line == 3 + len(lines.split("\n"))
    assert opener in items[1].why


def test_a_comment_can_say_where_a_line_is_typed() -> None:
    items = list_items(read("## Deploy\n```bash\n# On the database server\nmake vacuum\n```\n"))
    assert [(i.runs, i.doubt) for i in items] == [("ask", "elsewhere")]
