"""verify-env: every rule finds its fault and lets the good pass; no value is ever shown."""

from __future__ import annotations

import pytest

from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.environment.rules import check_variables, measure_entropy
from tests.releases.actions.api import Api
from tests.releases.actions.stage import Stage
from tests.servers import run_postgres, run_redis

STRONG = "q7Vd2kXw9ZpLr4TnB8sYc3HfJ6mGa1Ue"


def find_rules(values: dict[str, str], required: tuple[str, ...] = (), **lengths: int) -> list[tuple[str, str]]:
    return [(each.name, each.rule) for each in check_variables(values, required, lengths, production=True)]


@pytest.mark.parametrize(
    ("name", "value", "rules"),
    [
        ("JWT_SECRET", "changeme", ["known-default"]),
        ("JWT_SECRET", "your-secret-key", ["known-default"]),
        ("JWT_SECRET", STRONG[:31], ["too-short"]),
        ("JWT_SECRET", "ab" * 20, ["too-regular"]),
        ("JWT_SECRET", STRONG, []),
        ("DATABASE_URL", "postgresql://app:postgres@db/app", ["known-default"]),
        ("DATABASE_URL", f"postgresql://app:{STRONG}@db/app", []),
        ("APP_DEBUG", "1", ["debug"]),
        ("DEBUG", "false", []),
        ("CORS_ORIGINS", "https://a.test, *", ["cors"]),
        ("CORS_ORIGINS", "https://*.a.test", []),
        ("ALLOWED_ORIGINS", '["*"]', ["cors"]),
        ("PUBLIC_DOCS", "true", ["docs"]),
        ("PUBLIC_DOCS", "0", []),
        ("STRIPE_PUBLISHABLE_KEY", "short", []),
    ],
)
def test_a_rule(name: str, value: str, rules: list[str]) -> None:
    assert find_rules({name: value}) == [(name, rule) for rule in rules]


def test_what_is_required_is_there_and_no_placeholder() -> None:
    values = {"A": "1", "B": "", "C": "<your-host>"}
    assert find_rules(values, ("A", "B", "C", "D")) == [("B", "missing"), ("C", "placeholder"), ("D", "missing")]


def test_a_named_secret_has_the_length_that_was_asked() -> None:
    assert find_rules({"SIGNING": STRONG}, SIGNING=64) == [("SIGNING", "too-short")]
    assert find_rules({}, SIGNING=64) == [("SIGNING", "missing")]


def test_only_production_minds_debugging() -> None:
    assert check_variables({"DEBUG": "1"}, (), {}, production=False) == []


def test_entropy_is_shannon_s() -> None:
    assert measure_entropy("aaaa") == 0
    assert measure_entropy("abab") == 1
    assert measure_entropy("0123456789abcdef") == 4


async def test_every_service_that_is_named_is_tried(stage: Stage, api: Api) -> None:
    api.answers["/"] = (200, {})
    lines = [f"API_URL={api.url}/", f"REDIS_URL={run_redis().url}", f"DATABASE_URL={run_postgres().url}"]
    (stage.folder / ".env").write_text("\n".join(lines))
    result = await stage.perform("verify-env", file=".env")
    assert result.passed, stage.said
    assert (result.values["tried"], result.values["unreachable"]) == (3, 0)
    assert "✔ API_URL: HTTP 200" in stage.lines
    assert "✔ REDIS_URL: Redis answers" in stage.lines


async def test_services_that_do_not_answer_are_found_and_no_secret_is_shown(stage: Stage) -> None:
    urls = [f"{name}_URL={scheme}://app:{STRONG}@127.0.0.1:1" for name, scheme in SCHEMES.items()]
    (stage.folder / ".env").write_text("\n".join(urls))
    result = await stage.perform("verify-env", file=".env", timeout="3s")
    assert not result.passed
    assert result.values["unreachable"] == len(SCHEMES)
    assert STRONG not in stage.said + result.summary


SCHEMES = {"DATABASE": "postgresql", "REDIS": "redis", "MAIL": "smtp", "API": "http"}


async def test_without_connections_only_the_rules_are_held(stage: Stage) -> None:
    (stage.folder / ".env").write_text("API_URL=http://127.0.0.1:1\nDEBUG=1\n")
    result = await stage.perform("verify-env", file=".env", connect="no")
    assert (result.passed, result.values["findings"], result.values["tried"]) == (False, 1, 0)
    assert "DEBUG" in result.summary


async def test_a_file_that_is_not_there_is_said(stage: Stage) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        await stage.perform("verify-env", file="none")
