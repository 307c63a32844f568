"""What can be wrong with an agent, as facts."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, NotFound


class AgentNotFound(NotFound):
    """No agent has this id or name."""

    type, title = "agent-not-found", "No such agent"


class BadAgent(BadInput):
    """An agent breaks a rule; nothing was spawned."""

    type, title = "bad-agent", "This agent can't be spawned"


class AgentNameTaken(Conflict):
    """Another agent has this name."""

    type, title = "agent-name-taken", "An agent has this name already"


class AgentRuns(Conflict):
    """The agent must be stopped first."""

    type, title = "agent-runs", "This agent still runs"
