"""One of several ways: "Option 2", "# Or with Kubernetes", "if using Docker", or labels that name rival platforms."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from gonogo.releases.plan import Doubt
from gonogo.releases.reading.conditions import find_condition


class Barrier(msgspec.Struct, frozen=True):
    """Why commands do not run by themselves. ``never``: they are certainly off the way, so nobody is asked."""

    why: str
    doubt: Doubt
    never: bool = False


_OPTION = re.compile(
    r"^\W{0,20}(?:\d{1,6}[.)]?\d{0,6}\s+)?(?:option|method|approach|variant|alternative|strategy|path|scenario|case|choice"
    r"|way|solution|plan)\s*#?(?P<n>\d{1,3}|[a-e]"
    r"|i{1,3})\b",
    re.IGNORECASE,
)
_PLATFORMS = (
    r"docker(?:[- ]compose| swarm)?|containers?|kubernetes|k8s|helm|kustomize|systemd|pm2|supervisor|vercel"
    r"|netlify|heroku|aws|ecs|eks"
    r"|fargate|lambda|gcp|gke|cloud run|azure|aks|fly(?:\.io)?|railway|render|nomad|ansible|terraform"
    r"|bare metal|vms?"
    r"|virtual machines?|linux|mac ?os|windows|ubuntu|debian|centos|rhel|fedora|alpine|homebrew|brew|npm|yarn"
    r"|pnpm|bun|pip|poetry|uv|conda"
)
_PLACES = r"development|dev|local|locally|staging|production|prod|test"
_GLUE = (
    r"or|with|using|via|for|on|to|if|in|the|use|you|deploy|deployment|deploys?|service|cli|manual|mode"
    r"|environment|only|&|and|users?"
)
_VARIANT = re.compile(rf"^(?:(?:{_PLATFORMS}|{_PLACES}|{_GLUE})[\s()/,:+-]*)+$", re.IGNORECASE)
_PLATFORM = re.compile(rf"\b(?:{_PLATFORMS})\b", re.IGNORECASE)
_PLACE = re.compile(rf"\b(?:{_PLACES})\b", re.IGNORECASE)
_DEPLOYS = re.compile(r"\bdeploy", re.IGNORECASE)
_SHOWN_VARIANTS = 6
_FIRST = frozenset({"1", "a", "i"})
_REASONS: dict[Doubt, str] = {
    "alternative": "is one of several ways: choose one",
    "condition": "depends on a condition: a person decides whether it runs",
    "example": "shows an example",
    "later": "is for later",
}


@lru_cache(maxsize=2048)
def find_option(text: str) -> str | None:
    """The number or letter of "Option 2", "Method B"."""
    match = _OPTION.match(text)
    return match["n"].lower() if match else None


def is_later_option(text: str) -> bool:
    option = find_option(text)
    return option is not None and option not in _FIRST


@lru_cache(maxsize=4096)
def find_barrier(text: str) -> Barrier | None:
    """Why commands under these words need a person's choice; None when they need none."""
    if find_option(text):
        return Barrier(f'"{shorten(text)}" is one of several ways: choose one', "alternative")
    found = find_condition(text)
    if found is None:
        return None
    reason = "says not to run this" if found.never and found.doubt != "example" else _REASONS[found.doubt]
    return Barrier(f'"{shorten(text)}" {reason}', found.doubt, found.never)


@lru_cache(maxsize=2048)
def names_variant(text: str) -> bool:
    """Whether a label does nothing but name a platform or a place: "Docker", "Production (systemd)"."""
    if len(text) >= 60 or _VARIANT.match(text) is None:
        return False
    return bool(_PLATFORM.search(text) or (_PLACE.search(text) and not _DEPLOYS.search(text)))


def find_variants(labels: list[str]) -> list[str]:
    """The labels that compete with each other. Places alone ("Staging", "Production") follow, they don't compete."""
    named = [label for label in labels if names_variant(label)]
    rivals = [label for label in named if _PLATFORM.search(label)]
    return named if len(named) > 1 and rivals else []


def explain_variants(label: str, variants: list[str]) -> Barrier:
    """The barrier in front of one of several rival labels."""
    shown = ", ".join(map(shorten, variants[:_SHOWN_VARIANTS])) + ("…" if len(variants) > _SHOWN_VARIANTS else "")
    return Barrier(f'"{shorten(label)}" is one of {len(variants)} ways ({shown}): a person chooses', "alternative")


def shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
