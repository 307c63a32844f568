"""What a run's shell is given, and what it can't find of the server."""

from __future__ import annotations

import pytest

from gonogo.kernel.config import Config, ConfigError
from gonogo.releases.shell.environment import build_environment, read_passed
from tests.releases.shell.conftest import Run

SERVER = {
    "PATH": "/usr/bin",
    "HOME": "/home/ann",
    "LC_ALL": "C",
    "https_proxy": "http://proxy:3128",
    "DATABASE_URL": "postgres://db/shop",
    "AWS_ACCESS_KEY_ID": "made-up",
    "GONOGO_SECRET_KEY": "made-up",
    "GONOGO_LOG_LEVEL": "info",
    "BASH_FUNC_x%%": "() { :; }",
}


def test_usual_variables_are_passed_and_no_others() -> None:
    passed = build_environment(Config(), SERVER)
    assert set(passed) == {"PATH", "HOME", "LC_ALL", "https_proxy"}
    assert passed["PATH"].startswith("/usr/bin:")


def test_named_variables_are_passed() -> None:
    passed = build_environment(Config(releases_pass_env="DATABASE_URL, AWS_*"), SERVER)
    assert passed["DATABASE_URL"] == "postgres://db/shop"
    assert passed["AWS_ACCESS_KEY_ID"] == "made-up"


@pytest.mark.parametrize("names", ["GONOGO_SECRET_KEY", "GONOGO_*", "A-B", "X,1Y"])
def test_names_that_can_t_be_passed(names: str) -> None:
    with pytest.raises(ConfigError, match="releases_pass_env"):
        read_passed(Config(releases_pass_env=names))


def test_star_alone_passes_nothing_of_the_server() -> None:
    passed = build_environment(Config(releases_pass_env="*"), SERVER)
    assert not [name for name in passed if name.startswith("GONOGO_")]


async def test_parents_of_a_command_show_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONOGO_SECRET_KEY", "never-to-be-seen")
    launcher = "$(awk '/^PPid/ {print $2}' /proc/$$/status)"
    ran = await run(f"tr '\\0' '\\n' < /proc/$$/environ; echo -; tr '\\0' '\\n' < /proc/{launcher}/environ; echo =")
    ours, _, parents = ran.out.partition("-\n")
    assert ours.startswith("GONOGO_ITEM=")
    assert parents == "=\n"
