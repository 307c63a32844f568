"""The written-down contract, and the requests it is made of."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from gonogo.kernel.errors import BadInput
from gonogo.kernel.phrasing import phrase_error
from gonogo.releases.actions.contract.shape import Field, Scalar


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request. ``mask`` adds to the contract's own."""

    path: str
    method: str = "GET"
    body: Any = None
    headers: dict[str, str] = {}
    mask: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.method} {self.path}"


class Latency(msgspec.Struct, frozen=True):
    """Percentiles of the answer time, milliseconds."""

    p50: float
    p95: float
    p99: float


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What one request was answered with."""

    ask: Ask
    status: int
    content_type: str
    fields: dict[str, Field]
    values: dict[str, Scalar]
    latency: Latency


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """The baseline of an API. ``base`` is where it was recorded; ``samples`` how often each request was made."""

    name: str
    base: str
    recorded_at: str
    samples: int
    mask: tuple[str, ...]
    exchanges: tuple[Exchange, ...]


class _Requests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    request: list[Ask]
    mask: list[str] = []


def read_requests(path: Path) -> tuple[list[Ask], list[str]]:
    """The requests and masks of a TOML file. Raises BadInput."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Requests)
    except OSError as error:
        raise BadInput(f"'{path}' can't be read: {error.strerror}.", field="requests") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        told = phrase_error(error) if isinstance(error, msgspec.ValidationError) else error
        raise BadInput(
            f"{path}: {told}. Write [[request]] with path, and method, body, mask.", field="requests"
        ) from error
    return found.request, found.mask


def read_contract(path: Path) -> Contract:
    """A contract as it was recorded. Raises BadInput."""
    if not path.is_file():
        raise BadInput(f"There is no contract '{path}'. Record it first: gonogo contract record", field="file")
    try:
        return msgspec.json.decode(path.read_bytes(), type=Contract)
    except msgspec.DecodeError as error:
        raise BadInput(f"'{path}' is no contract: {error}.", field="file") from error


def write_contract(path: Path, contract: Contract) -> None:
    """Write it down, readable for people and for diff."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(contract), indent=1) + b"\n")


def find_masks(contract_masks: Sequence[str], ask: Ask) -> tuple[str, ...]:
    """Every mask that applies to a request."""
    return (*contract_masks, *ask.mask)
