"""What agents are made from, and what they are told of themselves."""

from __future__ import annotations

import pytest

from gonogo.jobs.agents.badge import read_badge
from gonogo.jobs.agents.templates import read_templates
from gonogo.jobs.connectors.ollama import Chat, Generate, _instruct, _instruct_chat
from gonogo.kernel.config import ConfigError

ASKED = {"role": "user", "content": "The sea?"}
OWN = {"role": "system", "content": "Be brief."}


def test_a_chat_gets_it_first() -> None:
    told = _instruct_chat(Chat(model="tiny", messages=[ASKED]), "Answer in verse.")
    assert told.messages == [{"role": "system", "content": "Answer in verse."}, ASKED]


def test_a_jobs_own_wins() -> None:
    chat = Chat(model="tiny", messages=[OWN, ASKED])
    assert _instruct_chat(chat, "Answer in verse.") is chat
    assert _instruct(Generate(model="tiny", prompt="x", system=""), "Answer in verse.").system == ""


def test_without_a_prompt_nothing_is_added() -> None:
    assert _instruct_chat(Chat(model="tiny", messages=[ASKED]), "").messages == [ASKED]
    assert _instruct(Generate(model="tiny", prompt="x"), "").system is None
    assert _instruct(Generate(model="tiny", prompt="x"), "Answer in verse.").system == "Answer in verse."


def test_a_plain_worker_has_no_badge() -> None:
    assert read_badge({}) == []
    (badge,) = read_badge({"GONOGO_AGENT_NAME": "poet", "GONOGO_AGENT_CAPABILITIES": "gpu=a100 zone=north"})
    assert badge.list_capabilities() == ("agent=poet", "gpu=a100", "zone=north")


def test_templates_come_from_gonogo_toml_too() -> None:
    found = read_templates({"jobs": {"agents": {"poet": {"connectors": ["ollama"], "role": "writer"}}}})
    assert (found["poet"].role, found["poet"].concurrency) == ("writer", 2)
    assert "shell" in found


@pytest.mark.parametrize(
    ("agents", "told"),
    [
        ({"poet": {"connectors": []}}, "[jobs.agents.poet]"),
        ({"poet": {"connectors": ["pen"]}}, "[jobs.agents.poet] 'connectors': there is no 'pen'. There are comfyui"),
        ({"poet": {"connectors": ["http"], "conurrency": 2}}, "[jobs.agents.poet]"),
        ({"poet": "ollama"}, "[jobs.agents.poet]"),
        (["poet"], "[jobs.agents.NAME]"),
    ],
)
def test_a_template_that_can_not_be_used_is_named(agents: object, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_templates({"jobs": {"agents": agents}})
    assert told in str(refused.value)
