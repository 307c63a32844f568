"""What an actor may do with jobs of which types: the bounds of keys, and who may bring commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gonogo.jobs.schemas import Job
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise_command_text
from gonogo.kernel.kernel import Kernel

COMMAND_TYPES = frozenset({"shell"})
"""Types whose payload is a command: everything else calls what an administrator installed."""
LLM_TYPES = frozenset({"ollama.chat", "ollama.generate"})
_CONNECTORS = {"shell": "shell", "http": "http", "ollama.": "ollama", "comfyui.": "comfyui"}
"""By how a type begins; functions of modules have every other name."""


def authorise_types(actor: Actor, jobs: Iterable[Job]) -> str | None:
    """The permission by which these jobs may be enqueued, if they need one. Raises ``Forbidden``."""
    brought = sorted({job.type for job in jobs if job.type in COMMAND_TYPES})
    return authorise_command_text(actor, f"A job of type {brought[0]}") if brought else None


async def check_types(kernel: Kernel, actor: Actor, types: Iterable[str]) -> None:
    """Hold a key to the types that it is bound to. Raises ``OutOfBounds``."""
    for name in sorted(set(types)):
        enqueues = "jobs:enqueue" in actor.scopes and actor.bound.covers_type(name)
        covered = enqueues or ("llm:call" in actor.scopes and name in LLM_TYPES)
        scope = "jobs:enqueue" if "jobs:enqueue" in actor.scopes else "llm:call"
        await kernel.bounds.check(actor, scope, f"jobs of type {name}", covered=covered)


async def check_capabilities(kernel: Kernel, actor: Actor, capabilities: Sequence[str]) -> None:
    """Hold a worker's key to its types and connectors. Raises ``OutOfBounds``."""
    bound = actor.bound
    for capability in capabilities:
        kind, _, name = capability.partition("=")
        if kind == "type":
            covered = bound.covers_type(name) and bound.covers_connector(_find_connector(name))
        else:
            covered = kind != "connector" or bound.covers_connector(name)
        await kernel.bounds.check(actor, "queue:work", f"{kind} {name}", covered=covered)


def _find_connector(type: str) -> str:
    found = (connector for prefix, connector in _CONNECTORS.items() if _is_of(type, prefix))
    return next(found, "python")


def _is_of(type: str, prefix: str) -> bool:
    return type.startswith(prefix) if prefix.endswith(".") else type == prefix
