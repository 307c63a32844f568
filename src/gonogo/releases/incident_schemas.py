"""Incidents over HTTP."""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.releases.follow_up_schemas import FollowUp

Status = Literal["open", "closed"]


class Moment(msgspec.Struct, frozen=True):
    """One line of the timeline, at a UTC instant."""

    at: str
    what: str
    who: str = ""


class Step(msgspec.Struct, frozen=True):
    """Something that was done about it, and what came of it."""

    at: str
    what: str
    outcome: str


class Excerpt(msgspec.Struct, frozen=True):
    """The end of what a failed step printed, secrets masked."""

    source: str
    text: str


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident with everything known of it."""

    id: str
    title: str
    run: str | None
    status: Status
    opened_at: str
    opened_by: str
    closed_at: str | None
    cause: str
    measures: str
    timeline: tuple[Moment, ...]
    steps: tuple[Step, ...]
    excerpts: tuple[Excerpt, ...]
    tasks: tuple[FollowUp, ...] = ()


class IncidentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An incident to open. ``run`` is the release it is about; ``tasks`` override the texts of its three tasks."""

    title: str
    run: str | None = None
    cause: str = ""
    measures: str = ""
    owner: str | None = None
    tasks: dict[Literal["day1", "week1", "month1"], str] = {}


class IncidentChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known by now; what is absent stays."""

    title: str | None = None
    cause: str | None = None
    measures: str | None = None
    status: Status | None = None
