"""The measure as a table and a list of faults."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dialects.measuring import Measure, add_up

_HEAD = (
    f"{'document':<28} {'runs':>5} {'danger':>6} {'lost':>5} {'silent':>6}"
    f" {'auto':>9} {'expected':>8} {'wrong':>5} {'compiled':>9} {'asks':>5}"
)


def render_measures(measures: list[Measure], *, faults: bool) -> Iterator[str]:
    """A line for each document, the totals, what was promised of them, and the faults where they are wanted."""
    yield _HEAD
    for measure in measures:
        yield _render_row(measure)
    total = add_up(measures)
    yield _render_row(total)
    yield ""
    yield from _render_promises(total, len(measures))
    if faults:
        yield ""
        for fault in total.faults:
            yield f"{fault.kind:<9} {fault.document}:{fault.line}: {fault.text[:90]}"
            yield f"          wanted {fault.wanted[:100]}; became {fault.became[:160] or 'nothing'}"


def _render_row(measure: Measure) -> str:
    auto = f"{measure.ran_auto}/{measure.labelled_auto}"
    compiled = f"{measure.compiled}/{measure.checkable}"
    return (
        f"{measure.document:<28} {measure.automatic:>5} {measure.dangerous:>6} {measure.lost:>5} {measure.silent:>6}"
        f" {auto:>9} {measure.expectations:>8} {measure.wrong:>5} {compiled:>9} {measure.questions:>5}"
    )


def _render_promises(total: Measure, documents: int) -> Iterator[str]:
    yield f"{documents} documents, {total.automatic} commands that run by themselves, {total.expectations} expectations"
    yield f"dangerous automatic commands: {total.dangerous} (0)"
    yield f"lines lost: {total.lost} (0)"
    yield f"passed over in silence: {total.silent} (0)"
    yield f"read as something else: {total.wrong} (0)"
    yield f"expectations compiled without a person: {total.compiled_share:.0%} (at least 75%)"
    yield f"safe commands that run by themselves: {total.auto_share:.0%} (at least 85%)"
    yield f"questions that the labels find needless: {total.questions}"
