from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from gonogo.releases.reading.destroys import find_harm
from tests.releases.reading.plans import list_items, read

TABLE = tomllib.loads(files("gonogo.releases.reading").joinpath("destructive.toml").read_text(encoding="utf-8"))

DESTROYS = r"""
data      rm -rf /srv/pottery/old
data      rm notes.txt
data      sudo -u ops rm -r /srv/pottery/old
data      find /srv/kiln -name '*.tmp' -delete
data      find /srv/kiln -type f -exec rm {} \;
data      find /srv/kiln -type f | xargs -n 50 rm
data      : > kiln.log
data      cat /dev/null > kiln.log
data      echo MODE=live > .env
data      cp before.db data/kiln.db
data      dd if=image of=/dev/sdc
data      mkfs.xfs /dev/sdc1
data      rsync -a --delete new/ old/
data      rclone sync here: there:
data      zfs rollback tank/kiln@before
data      lvremove -y vg/kiln
data      docker compose -f prod.yml down --volumes
data      docker volume prune -f
data      psql -c "drop table glazes"
data      psql kiln -c 'UPDATE glazes SET cone = 6'
data      echo "TRUNCATE glazes" | mysql kiln
data      sqlite3 kiln.db "DELETE FROM firings"
data      mongosh kiln --eval 'db.glazes.deleteMany({})'
data      mongo kiln --eval 'db.dropDatabase()'
data      redis-cli -h cache -p 6380 FLUSHDB
data      rabbitmqctl purge_queue firings
data      kafka-topics.sh --bootstrap-server k:9092 --delete --topic firings
data      pg_restore --clean -d kiln dump
data      alembic downgrade base
data      flyway -url=x clean
data      bundle exec rails db:reset
data      ./manage.py flush --noinput
data      python3 manage.py migrate glazes zero
data      yarn sequelize db:migrate:undo
data      knex migrate:rollback
data      python manage.py migrate glazes 0007
data      restic forget --keep-last 2 --prune
data      borg delete repo::monday
data      curl -sS -X DELETE http://localhost/glazes/1
data      curl --request DELETE http://localhost/glazes/1
history   git push origin +main
history   git push origin :v3
history   git -C /srv/kiln reset --hard HEAD~1
history   git checkout -- .
history   git tag -d v3
history   git branch -D old
history   gh release delete v3 --yes
history   npm unpublish kiln@3.0.0
namespace kubectl --context prod delete namespace kiln
namespace kubectl delete -f kiln.yaml
namespace helm -n kiln uninstall kiln
namespace argocd app delete kiln
namespace etcdctl del /kiln --prefix
service   kubectl delete pod kiln-0
service   kubectl scale deploy/kiln --replicas=0
service   kubectl scale deploy/kiln --replicas 0
service   kubectl drain node-3
service   systemctl --user stop kiln
service   sudo service kiln stop
service   docker compose down
service   docker stop kiln
service   pm2 delete kiln
service   pkill -f kiln
machine   reboot
machine   shutdown -r now
machine   crontab -r
machine   crontab jobs.txt
machine   userdel kiln
machine   iptables -F INPUT
machine   chmod -R 777 /srv/kiln
machine   apt-get -y purge nginx
cloud     terraform destroy -auto-approve
cloud     terraform apply -auto-approve
cloud     pulumi up --yes
cloud     aws --profile prod s3 rm s3://kiln --recursive
cloud     aws ec2 terminate-instances --instance-ids i-1
cloud     gcloud sql instances delete kiln
cloud     az group delete --name kiln --yes
cloud     heroku pg:reset -a kiln --confirm kiln
cloud     flyctl apps destroy kiln
cloud     vercel remove kiln --yes
cloud     vault kv delete secret/kiln
cloud     certbot delete --cert-name kiln
data      ssh ops@kiln "cd /srv && rm -rf old"
data      ssh -p 2222 ops@kiln rm -rf old
data      bash -c "psql -c 'DROP SCHEMA glazes'"
data      docker exec -it kiln rm -rf /data
data      kubectl -n kiln exec deploy/kiln -- rm -rf /cache
data      docker compose exec -T db psql -U kiln -c "TRUNCATE glazes"
data      su - postgres -c "dropdb kiln"
data      npx prisma migrate reset --force
data      if test -d old; then rm -rf old; fi
data      OUT=$(dropdb kiln)
""".strip().split("\n")

HARMLESS = r"""
git pull --ff-only
git push origin main
git checkout v3
git commit -m "reset --hard the kiln"
kubectl apply -f kiln.yaml
kubectl set image deploy/kiln kiln=kiln:3
kubectl rollout restart deploy/kiln
kubectl delete pod kiln-0 --dry-run=client
kubectl scale deploy/kiln --replicas=3
helm upgrade --install kiln ./chart
docker compose up -d
docker build -t kiln:3 .
docker run --rm kiln:3 ls
systemctl restart kiln
systemctl stop --help
alembic upgrade head
npm ci
npm run build
terraform plan -destroy
terraform apply kiln.tfplan
aws s3 sync dist s3://kiln
rsync -a new/ old/
rsync -an --delete new/ old/
rm -rf node_modules dist
psql -c "SELECT count(*) FROM deleted_glazes"
psql -c "UPDATE glazes SET cone = 6 WHERE id = 1"
sqlite3 kiln.db "select count(*) from firings"
redis-cli GET glaze
curl -X POST http://localhost/glazes
cp kiln.db kiln.db.before
echo done >> kiln.log
pg_dump kiln > kiln.sql
ls > /dev/null 2>&1
crontab -l
kill -0 4711
php artisan migrate --force
python manage.py migrate --noinput
python manage.py migrate glazes
echo "rm -rf is dangerous"
""".strip().split("\n")


@pytest.mark.parametrize("line", DESTROYS, ids=lambda line: line.split(None, 1)[1])
def test_what_destroys_is_known_with_its_effect(line: str) -> None:
    effect, command = line.split(None, 1)
    harm = find_harm(command, None)
    assert harm is not None
    assert harm.effect == effect


@pytest.mark.parametrize("command", HARMLESS)
def test_ordinary_work_destroys_nothing(command: str) -> None:
    assert find_harm(command, None) is None


def test_statements_in_a_here_document_count() -> None:
    harm = find_harm("psql kiln <<'SQL'\nBEGIN;\nDROP TABLE glazes;\nCOMMIT;\nSQL", None)
    assert harm is not None
    assert "DROP TABLE" in harm.act


def test_the_table_is_well_formed_and_names_its_sources() -> None:
    effects = {"data", "history", "machine", "namespace", "service", "cloud"}
    assert {group["effect"] for group in TABLE["group"]} == effects
    assert all(group["source"] for group in TABLE["group"])
    assert sum(len(group["acts"]) for group in TABLE["group"]) >= 150


def test_a_command_that_destroys_asks_and_says_what_it_destroys() -> None:
    item = list_items(read("## Deploy\n```bash\nkubectl delete namespace kiln\n```\n"))[0]
    assert (item.kind, item.runs, item.doubt) == ("run", "ask", "destroys")
    assert "deletes a namespace with everything in it" in item.why


def test_a_rollback_stops_services_unasked_and_asks_before_it_loses_data() -> None:
    commands = ("systemctl stop kiln", "docker compose down", "docker compose down -v", "alembic downgrade -1")
    text = "## Rollback\n```bash\n" + "\n".join(commands) + "\n```\n"
    assert [(i.kind, i.doubt) for i in list_items(read(text))] == [
        ("rollback", None),
        ("rollback", None),
        ("rollback", "destroys"),
        ("rollback", "destroys"),
    ]


def test_ending_what_the_checklist_started_itself_is_no_doubt() -> None:
    text = "## Verify\n```bash\nmake watch &\nWATCH=$!\nkill $WATCH 2>/dev/null || true\nkill $(cat other.pid)\n```\n"
    assert [i.doubt for i in list_items(read(text))] == [None, None, None, "destroys"]
