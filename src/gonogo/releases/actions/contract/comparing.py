"""A recorded exchange against what the API answers now: every breaking change in a sentence of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from gonogo.releases.actions.contract.baseline import Exchange, Latency
from gonogo.releases.actions.contract.sampling import Sampled
from gonogo.releases.actions.contract.shape import find_missing, is_masked, list_leaves, name_type, read_fields

# A client that could read any number can read a whole one.
_FITS = {("number", "integer")}


class Comparison(msgspec.Struct, frozen=True):
    """``breaking`` are changes that break a client, ``added`` fields that are new, ``assertions`` how much was held."""

    breaking: tuple[str, ...]
    added: tuple[str, ...]
    assertions: int


def compare_exchange(kept: Exchange, seen: Sampled, masks: Sequence[str], *, values: bool = False) -> Comparison:
    """Compare status, content type and shape; with ``values``, recorded values and list lengths as well."""
    fields = read_fields(seen.bodies)
    changes = [*_compare_head(kept, seen), *_compare_fields(kept, seen)]
    assertions = 2 + sum(field.required for field in kept.fields.values()) + len(kept.fields)
    if values:
        changes.extend(_compare_values(kept, seen, masks))
        assertions += sum(not is_masked(path, masks) for path in kept.values)
    added = tuple(path for path in fields if path not in kept.fields and kept.fields)
    return Comparison(tuple(changes), added, assertions)


def _compare_head(kept: Exchange, seen: Sampled) -> Iterator[str]:
    status = next((each for each in seen.statuses if each != kept.status), None)
    if status is not None:
        yield f"status is {status}, was {kept.status}"
    kind = next((each for each in seen.content_types if each != kept.content_type), None)
    if kind is not None:
        yield f"content type is {kind or 'not given'}, was {kept.content_type or 'not given'}"
    if kept.fields and not seen.bodies:
        yield "the answer is no JSON any more"


def _compare_fields(kept: Exchange, seen: Sampled) -> Iterator[str]:
    if not seen.bodies:
        return
    fields = read_fields(seen.bodies)
    for path, field in kept.fields.items():
        missing = find_missing(seen.bodies, path) if field.required else None
        if missing is not None:
            yield f"required field {path} is missing (first at {missing})"
        now = fields.get(path)
        for kind in now.types if now else ():
            if kind not in field.types and not any((was, kind) in _FITS for was in field.types):
                yield f"{path} is {_article(kind)}, was {' or '.join(field.types)}"


def _compare_values(kept: Exchange, seen: Sampled, masks: Sequence[str]) -> Iterator[str]:
    told = set()
    for body in seen.bodies:
        leaves = {leaf.path: leaf for leaf in list_leaves(body)}
        for path, value in kept.values.items():
            leaf = leaves.get(path)
            # What is missing or of another type has been told already.
            if leaf is None or path in told or is_masked(path, masks):
                continue
            same_type = leaf.type == name_type(value) or leaf.type == "array"
            if same_type and leaf.value != value:
                told.add(path)
                what = "has {} elements, had {}" if leaf.type == "array" else "is {}, was {}"
                yield f"{path} " + what.format(_write(leaf.value), _write(value))


def compare_latency(kept: Latency, best: Latency, tolerance: float, slack_ms: float) -> list[str]:
    """The percentiles that are over. A difference under ``slack_ms`` is the machine's own noise."""
    return [
        f"{name} is {now:.1f} ms, was {was:.1f} ms: {now / was - 1:+.0%}, allowed {tolerance:+.0%}"
        for name, was, now in (("p50", kept.p50, best.p50), ("p95", kept.p95, best.p95))
        if was and now > was * (1 + tolerance) and now - was > slack_ms
    ]


def keep_best(first: Latency, second: Latency) -> Latency:
    """The lower of each percentile: what disturbs a measurement only ever makes it longer."""
    return Latency(min(first.p50, second.p50), min(first.p95, second.p95), min(first.p99, second.p99))


def _article(kind: str) -> str:
    return kind if kind == "null" else f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def _write(value: object) -> str:
    return msgspec.json.encode(value).decode()[:120]
