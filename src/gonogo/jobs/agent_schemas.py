"""What is told of agents."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gonogo.kernel.phrasing import in_words

MOST_PROMPT = 8000
NAME = in_words(
    r"^[a-z0-9][a-z0-9._-]{0,39}$", "at most 40 small letters, digits and . _ - beginning with a letter or digit"
)
CAPABILITY = in_words(r"^[a-z][a-z0-9_-]*=\S+$", "NAME=VALUE without blanks, such as gpu=a100")
Wanted = Literal["running", "stopped", "gave_up"]
Phase = Literal["starting", "working", "backing_off", "stopping", "stopped", "gave_up"]
Text = Annotated[str, Meta(max_length=200)]


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent is made from: a built-in one, or a table ``[jobs.agents.NAME]`` of gonogo.toml.

    ``env`` goes into the process's environment, such as ``OLLAMA_HOST``; it is kept nowhere else.
    """

    summary: str = ""
    connectors: Annotated[tuple[str, ...], Meta(min_length=1)]
    capabilities: tuple[str, ...] = ()
    modules: str = ""
    concurrency: Annotated[int, Meta(ge=1, le=100)] = 2
    role: Text = ""
    prompt: Annotated[str, Meta(max_length=MOST_PROMPT)] = ""
    env: dict[str, str] = {}


class NewAgent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent as a request describes it; what is absent comes from the template."""

    template: str
    name: Annotated[str, Meta(pattern=NAME)] | None = None
    role: Text | None = None
    prompt: Annotated[str, Meta(max_length=MOST_PROMPT)] | None = None
    connectors: tuple[str, ...] | None = None
    capabilities: tuple[Annotated[str, Meta(pattern=CAPABILITY, max_length=200)], ...] | None = None
    modules: Text | None = None
    concurrency: Annotated[int, Meta(ge=1, le=100)] | None = None


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as it is kept. ``capabilities`` are what jobs may need of it beside what its connectors offer."""

    id: str
    name: str
    template: str
    role: str
    prompt: str
    connectors: tuple[str, ...]
    capabilities: tuple[str, ...]
    modules: str
    concurrency: int
    wanted: Wanted
    made_at: str
    made_by: str


class Identity(msgspec.Struct, frozen=True):
    """A process id with the time it started (seconds since 1970), so that a reused id is told apart."""

    pid: int
    started: float


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """How an agent's process is at this moment. ``crashes`` counts those since it last worked for a while."""

    phase: Phase
    identity: Identity | None = None
    crashes: int = 0
    why: str = ""


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """An agent, its process, and the jobs that it does now. ``worker`` is its id at the queue, once it has one."""

    agent: Agent
    phase: Phase
    pid: int | None
    crashes: int
    why: str
    worker: str | None = None
    offers: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    jobs_per_minute: int = 0
