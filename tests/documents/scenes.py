"""What each document is released in: its files, its services, and what a faulty one does instead."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scene:
    """A folder of a project with a git remote that is one commit ahead, and the services that run before the release.

    ``sql`` fills the databases, ``services`` are names with their ports, ``fault`` is the command that fails and
    ``broken`` the path that the new version answers with 500.
    """

    files: dict[str, str] = field(default_factory=dict)
    sql: dict[str, str] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)
    fault: str = ""
    broken: str = ""


_TABLE = "CREATE TABLE settings (name TEXT, value TEXT);"

SCENES = {
    "aviary": Scene(
        files={
            "scripts/migrate.sh": (
                'for n in 5 6 7 8 9 10 11 12; do\n  sqlite3 data/aviary.db "INSERT INTO settings'
                " SELECT 'new$n', 'x' WHERE NOT EXISTS (SELECT 1 FROM settings WHERE name = 'new$n')\"\ndone\n"
            ),
            "scripts/load.sh": 'mkdir -p load\necho "p95 1.2ms" > load/summary.md\necho "load $1: fine"\n',
            "scripts/backup.sh": "mkdir -p backups\ncp data/aviary.db backups/\n",
            "src/router.rs": "// routes\n",
            "logs/aviary.log": "open 1\n",
        },
        sql={"data/aviary.db": _TABLE + "".join(f"INSERT INTO settings VALUES ('old{n}', 'x');" for n in range(4))},
        services={"aviary": 8610},
        broken="/health",
    ),
    "kiln": Scene(
        files={
            "kiln/schedule/__init__.py": "",
            "kiln/schedule/plan.py": "steps: list[int] = []\n",
            "kiln/try_api.py": (
                "import urllib.request\n\nprint(urllib.request.urlopen('http://localhost:8620/api/plan').status)\n"
            ),
            ".env": "KILN=north\n",
        },
        sql={"kiln/data/kiln.db": "CREATE TABLE firings (n);" + "INSERT INTO firings VALUES (1);" * 3},
        services={"kiln": 8620},
        broken="/api/plan",
    ),
    "observatory": Scene(
        files={
            "scripts/cleanup.sh": 'echo "would clean $1"\n',
            "frontend/package.json": "{}\n",
            "database/alembic.ini": "\n",
        },
        sql={
            "database/stars.db": "CREATE TABLE telescopes (n); CREATE TABLE nights (n); INSERT INTO nights VALUES (1);"
        },
        services={"observatory": 8630},
        fault="ab -n 100 -c 10 http://localhost:8630/api/health",
    ),
    "greenhouse": Scene(
        files={
            "scripts/verify-env.sh": "echo all set\n",
            "scripts/backup-database.sh": "mkdir -p backups\ncp data/plants.db backups/\n",
            "scripts/restore-database.sh": 'cp "$1" data/plants.db\n',
            "migrations/001_beds.sql": "CREATE TABLE beds (name TEXT);\n",
            "migrations/002_forecasts.sql": "CREATE TABLE forecasts (bed TEXT);\n",
            "infrastructure/terraform/main.tf": "",
            "k8s/production/planner.yaml": "",
        },
        sql={"data/plants.db": "CREATE TABLE plants (name TEXT);"},
        services={"planner": 8640},
        fault="k6 run test/load.js",
    ),
    "ferry": Scene(
        services={"store": 8651, "pool": 8652, "export": 8653, "terminal": 8650},
        broken="/pay",
    ),
}
