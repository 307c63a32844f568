"""``gonogo alerts`` and ``gonogo observe alerts`` without a server: what cron calls."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gonogo.kernel.db.migrate import migrate_database
from tests.cli.conftest import Call, call, data_folder
from tests.kernel.db.test_migrate import run_alembic

__all__ = ["call", "data_folder"]


@pytest.mark.usefixtures("data_folder")
def test_rules_are_there_from_the_beginning(call: Call) -> None:
    found = {rule["name"]: rule for rule in json.loads(call("alerts", "rules", "--json").out)}
    assert found["host-cpu-critical"]["condition"] == "host.cpu >= 90% for 5m"
    assert found["host-disk-warning"]["condition"] == "host.disk >= 85% for 5m"
    assert found["settings-error-rate"]["severity"] == "critical"
    assert {"host-silent", "check-down", "host-memory-warning"} <= set(found)


@pytest.mark.usefixtures("data_folder")
def test_thresholds_of_the_environment_count(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEALTH_CPU_CRITICAL", "97.5")
    found = {rule["name"]: rule for rule in json.loads(call("alerts", "rules", "--json").out)}
    assert found["host-cpu-critical"]["condition"] == "host.cpu >= 97.5% for 5m"


def test_looking_now_exits_with_1_while_something_fires(call: Call) -> None:
    call("alerts", "save-rule", "alive", "host.memory > 0%", "--severity", "critical")
    first = call("observe", "alerts")
    assert first.code == 1
    assert first.out.startswith("FIRING critical alive: host.memory{host=")
    assert call("alerts", "list").code == 1
    assert json.loads(call("alerts", "ledger", "--json").out)[0]["reason"] == "no channel is configured"
    assert call("alerts", "remove-rule", "alive").code == 0
    assert call("observe", "alerts").out == "Nothing fires.\n"


def test_an_unreachable_address_is_told_without_its_secret(call: Call) -> None:
    call("alerts", "save-rule", "alive", "host.memory > 0%")
    done = call("observe", "alerts", "--slack-webhook", "http://127.0.0.1:9/services/verysecret")
    assert done.code == 1
    lines = json.loads(call("alerts", "ledger", "--json").out)
    assert (lines[0]["outcome"], lines[0]["channel"]) == ("retried", "slack (given)")
    assert "verysecret" not in json.dumps(lines) + done.out


def test_words_that_are_no_address_or_matcher_say_so(call: Call) -> None:
    done = call("observe", "alerts", "--slack-webhook", "hooks.slack.com/x")
    assert (done.code, "https://hooks.slack.com" in done.complaint) == (2, True)
    assert call("alerts", "silence", "web1", "--reason", "x").complaint.endswith("must look like NAME=VALUE.")
    assert "GONOGO_SLACK_WEBHOOK" in call("alerts", "test", "host-silent").complaint
    assert call("alerts", "ack", "nothing").code == 2


@pytest.mark.usefixtures("data_folder")
def test_a_dry_run_tells_what_it_knows(call: Call) -> None:
    done = call("alerts", "dry-run", "host-cpu-critical", "--days", "30")
    assert done.code == 0
    assert "It would have fired 0 times and told 0 notifications." in done.out


def test_silences_are_listed_and_ended(call: Call) -> None:
    made = json.loads(call("alerts", "silence", "host=web1", "--reason", "racks", "--for", "2h", "--json").out)
    assert "host=web1" in call("alerts", "silences").out
    assert call("alerts", "unsilence", made["id"]).code == 0
    assert call("alerts", "silences").out == "No silence is in force.\n"


def test_config_show_masks_what_is_secret(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_WEBHOOK", "ALERT_WEBHOOK", "ALERT_WEBHOOK_SECRET", "SMTP_URL"):
        monkeypatch.setenv(f"GONOGO_{name}", "https://verysecret.example/x")
    assert "verysecret" not in call("config", "show", "--json").out


def test_the_revision_goes_down_and_up_with_data_in_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    alert = (
        "INSERT INTO infrastructure_alerts (id, rule, host, metric_type, signal, severity, state, message, labels, "
        "started_at, series, unit) VALUES ('1','r','web1','cpu','host.cpu','critical','firing','m','{}','t','s','%')"
    )
    with closing(sqlite3.connect(path)) as database:
        database.execute(alert)
        database.execute("INSERT INTO alert_tracks (rule, series, track) VALUES ('r', '{host=web1}', '{}')")
        database.execute("INSERT INTO alert_rules VALUES ('r', '{}', 't', 'ada')")
        database.commit()
    run_alembic(path, "downgrade", "0004")
    with closing(sqlite3.connect(path)) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert not any(name.startswith("alert_") for name in names)
        assert database.execute("SELECT id, severity FROM infrastructure_alerts").fetchall() == [("1", "critical")]
    run_alembic(path, "upgrade", "head")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT id, series FROM infrastructure_alerts").fetchall() == [("1", "")]
        assert database.execute("SELECT count(*) FROM alert_tracks").fetchone() == (0,)
