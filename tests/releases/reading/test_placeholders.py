from __future__ import annotations

import pytest

from gonogo.releases.reading.placeholders import find_placeholder
from tests.releases.reading.plans import list_items, read

OPEN = r"""
git checkout <previous-tag>
gcloud run deploy NAME_OF_KILN
mysqldump -p=PASSWORD kiln
mysql -h HOSTNAME kiln
cf push {KILN NAME}
./heat --to {{ heat }}
docker pull kiln:v{{.Tag}}
./heat <%= heat %>
gh run watch RUN_ID
docker compose stop [kiln_name]
git checkout [previous_commit]
tar xf kiln-YYYYMMDD.tgz
tar xf kiln-YYYY-MM-DD.tgz
git tag x.y.z
git tag vX.Y.Z
git checkout vX
set heat %HEAT_VALUE%
sed -i s/a/@@HEAT@@/ kiln.yaml
./heat __HEAT__
ssh ops@your-kiln uptime
ssh user@host uptime
kubectl -n my-namespace get pods
cd /path/to/kiln
kubectl apply ...
curl -f -H "Authorization: Bearer xxx" http://kiln
./heat $YOUR_HEAT
docker push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/kiln
curl -f https://example.com/health
curl -f https://kiln.example.org/health
docker pull kiln/kiln:IMAGE_TAG
docker pull kiln:TAG
git revert COMMIT
git cherry-pick abc1234
kubectl logs pod-name
docker exec container_id ls
kubectl scale deploy/kiln --replicas=N
git checkout previous-version
curl -f http://203.0.113.9/
git push origin release/NEW_VERSION
curl -u admin:******** http://kiln
mail -s heat potter@example.com
export HEAT=changeme
./heat REPLACE_ME
""".strip().split("\n")
FILLED = r"""
curl -d '{"email": "test@example.com"}' http://kiln/users
curl -H 'Content-Type: application/json' -d '{"to": "a@example.com"}' http://kiln
docker ps --format '{{.Names}}'
docker inspect -f '{{.State.Health.Status}}' kiln
git reset HEAD~1
kubectl get pods -o jsonpath='{.items[0].metadata.name}'
curl -s -o /dev/null -w "%{http_code}" http://kiln
date +%Y%m%d
export LOG_LEVEL=info
printenv DATABASE_URL
heroku config:get DATABASE_URL
docker run -e API_KEY kiln
gh secret set API_KEY
psql -c "SELECT user_id FROM glazes"
awk '{print $NF}' kiln.log
cp kiln.{yaml,json} /srv
[[ -f kiln.yaml ]]
ls [abc]*.txt
mktemp /tmp/kiln.XXXXXX
redis-cli CONFIG GET maxmemory
grep -E '^(A_URL|B_URL)=' kiln.env
grep -c '<glaze>' kiln.xml
find . -exec ls {} \;
curl -X POST http://kiln
npm version 1.2.3
python3 -c "print(f'{heat_now}')"
""".strip().split("\n")


@pytest.mark.parametrize("command", OPEN)
def test_what_is_left_to_be_filled_in_is_found(command: str) -> None:
    assert find_placeholder(command) is not None


@pytest.mark.parametrize("command", FILLED)
def test_what_only_looks_like_a_placeholder_is_left_alone(command: str) -> None:
    assert find_placeholder(command) is None


def test_a_placeholder_asks_on_the_way_and_in_a_rollback() -> None:
    way, back = list_items(
        read("## Deploy\n```bash\nmake ship TAG=<tag>\n```\n## Rollback\n```bash\ngit checkout [previous_tag]\n```\n")
    )
    assert (way.kind, way.runs, way.doubt) == ("run", "ask", "placeholder")
    assert (back.kind, back.doubt) == ("rollback", "placeholder")


@pytest.mark.parametrize("comment", ["# CHANGEME", "# change this", "# replace with your tag"])
def test_a_comment_can_say_that_its_line_is_open(comment: str) -> None:
    items = list_items(read(f"## Deploy\n```bash\nmake ship TAG=3  {comment}\n```\n"))
    assert [(i.runs, i.doubt) for i in items] == [("ask", "placeholder")]


def test_a_hostile_line_is_searched_in_time() -> None:
    for unit in ("<a ", "{A ", "[a_b ", "A_", "x_", "__A", "%A", "a-name ", "@A", "«"):
        find_placeholder(unit * (50_000 // len(unit)))
