"""Where a setting comes from, and what is said when it can't be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.kernel.config import OPTIONS, Config, ConfigError, describe_options, load_config


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder without a ``gonogo.toml``."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_file(text: str) -> None:
    Path("gonogo.toml").write_text(text, encoding="utf-8")


def test_defaults(empty_folder: Path) -> None:
    config = load_config({})
    assert (config.host, config.port) == ("127.0.0.1", 8700)
    assert config.folder == empty_folder / ".gonogo"
    assert config.origins == {}


def test_flags_over_environment_over_file_over_default() -> None:
    write_file('host = "10.0.0.1"\nport = 1\nlog_level = "debug"\n')
    config = load_config({"GONOGO_PORT": "2", "GONOGO_LOG_LEVEL": "error"}, port=3, host=None)
    assert (config.host, config.port, config.log_level) == ("10.0.0.1", 3, "error")
    assert config.origins == {
        "host": "file gonogo.toml",
        "port": "command line",
        "log_level": "environment GONOGO_LOG_LEVEL",
    }


def test_the_file_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("port = 5\n")
    config = load_config({"GONOGO_CONFIG": str(tmp_path / "other.toml")})
    assert config.port == 5
    assert config.origins["port"].endswith("other.toml")


def test_tables_of_rooms_are_handed_on() -> None:
    write_file('[signals]\n"error rate" = "http.error_rate"\n\n[roles]\nlead = ["ann@example.test"]\n')
    assert load_config({}).tables == {
        "signals": {"error rate": "http.error_rate"},
        "roles": {"lead": ["ann@example.test"]},
    }


def test_what_jobs_options_say_may_stand_in_their_table() -> None:
    write_file(
        "[jobs]\nurl = 'redis://a'\nledger = 'none'\nconcurrency = 7\nconnectors = ['shell', 'http']\n"
        "modules = 'mails'\nallow = ['ci.internal', '10.0.0.0/8']\nrun_as = 'worker'\n"
        "[jobs.agents.poet]\nconnectors = ['ollama']\n"
    )
    config = load_config({"GONOGO_JOBS_CONCURRENCY": "2"})
    options = {name: getattr(config, name) for name in OPTIONS if name.startswith("jobs_")}
    assert options == {
        "jobs_url": "redis://a",
        "jobs_allow": "ci.internal,10.0.0.0/8",
        "jobs_run_as": "worker",
        "jobs_ledger": "none",
        "jobs_concurrency": 2,
        "jobs_connectors": "shell,http",
        "jobs_modules": "mails",
    }
    assert config.origins["jobs_url"] == "file gonogo.toml, [jobs] url"
    assert config.origins["jobs_concurrency"] == "environment GONOGO_JOBS_CONCURRENCY"
    assert config.tables == {"jobs": {"agents": {"poet": {"connectors": ["ollama"]}}}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prot = 1", "Did you mean 'port'"),
        ("zzz = 1", "gonogo config show"),
        ("[signal]\nx = 1", "Did you mean 'signals'"),
        ("signals = 1", "must be a table"),
        ("port = ", "not valid TOML"),
        ('port = "many"', "'port' (file gonogo.toml) can't be 'many'"),
        ("port = 70000", "'port' (file gonogo.toml) can't be 70000"),
        ('log_level = "loud"', "'log_level'"),
        ("embedded = true", "there is no setting 'embedded'"),
        ("origins = {}", "there is no setting 'origins'"),
        ("[jobs]\nconcurency = 1", "[jobs] has no 'concurency'. Did you mean 'concurrency'?"),
        ("[jobs]\nzzz = 1", "There are allow, url, ledger, concurrency, connectors, modules, run_as, agents."),
        ("[jobs]\nconcurrency = -1", "'jobs_concurrency' (file gonogo.toml, [jobs] concurrency) can't be -1"),
        ("[jobs]\nconnectors = [1]", "'jobs_connectors' (file gonogo.toml, [jobs] connectors) can't be [1]"),
        ("jobs_url = 'a'\n[jobs]\nurl = 'b'", "'jobs_url' is set twice"),
    ],
)
def test_a_file_that_can_not_be_used(text: str, told: str) -> None:
    write_file(text)
    with pytest.raises(ConfigError) as refused:
        load_config({})
    assert told in str(refused.value)
    assert "gonogo.toml" in str(refused.value)


def test_a_file_in_another_encoding() -> None:
    Path("gonogo.toml").write_bytes(b'host = "\xff"')
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config({})


def test_a_named_file_must_be_there() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml, which is not a file"):
        load_config({"GONOGO_CONFIG": "nowhere.toml"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [("GONOGO_PORT", "http"), ("GONOGO_PORT", ""), ("GONOGO_DEBUG", "maybe"), ("GONOGO_SESSION_DAYS", "0")],
)
def test_a_variable_that_can_not_be_used_is_named(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"environment {variable}"):
        load_config({variable: value})


@pytest.mark.parametrize(("value", "meant"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_switches_in_the_environment(value: str, meant: bool) -> None:
    assert load_config({"GONOGO_DEBUG": value}).debug is meant


def test_every_option_describes_itself() -> None:
    described = describe_options()
    assert [name for name, _, _ in described] == list(OPTIONS)
    assert all(text.endswith((".", "…")) for _, text, _ in described)
    assert {name: default for name, _, default in described}["port"] == Config().port
