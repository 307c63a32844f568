"""``gonogo webhooks``: who is told of what, what came of it, and telling."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import GO, NO_GO, CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import count, say, show_json, show_table
from gonogo.cli.values import write_took
from gonogo.cli.webhook_deliver import deliver
from gonogo.cli.webhook_sources import add_source, received, remove_source, sources
from gonogo.cli.webhook_types import declare, types

Events = Annotated[list[str] | None, Parameter(name="--events", consume_multiple=True, help="Event types, with *.")]
Header = Annotated[list[str] | None, Parameter(name="--header", help="A header of your own, as 'Name: value'.")]
Rate = Annotated[int | None, Parameter(help="Deliveries a second at most.")]
Ordered = Annotated[bool, Parameter(help="Strictly in order.")]
Signature = Annotated[Literal["v1", "v1a"], Parameter(help="v1: shared secret; v1a: ed25519.")]
Overlap = Annotated[int, Parameter(help="Hours for which the old secret signs too.")]
State = Annotated[Literal["pending", "delivered", "failed", "cancelled"] | None, Parameter(help="Only these.")]
EndpointName = Annotated[str | None, Parameter(name="--endpoint", help="Only this endpoint's.")]
Since = Annotated[str | None, Parameter(name="--from", help="From this instant on.")]
Until = Annotated[str | None, Parameter(name="--to", help="Until this instant.")]
Every = Annotated[bool, Parameter(name="--all", help="Also those that were delivered.")]
Data = Annotated[str, Parameter(help="The event's data as JSON; '-' reads standard input.")]
EventId = Annotated[str | None, Parameter(name="--id", help="The same id is told once.")]
app = App(name="webhooks", help="Endpoints, events, deliveries, replay, sources of hooks.")
for _command in (sources, add_source, remove_source, received, types, declare, deliver):
    app.command(_command)


@app.command
def endpoints(*, json: AsJson = False) -> None:
    """List every endpoint, the ones in trouble first, with its last day.

    Example: gonogo webhooks endpoints
    """
    with open_gonogo() as gonogo:
        found = gonogo.webhooks.endpoints()
    if json:
        show_json(found)
        return
    rows = [
        (
            line["endpoint"]["id"],
            line["endpoint"]["url"],
            describe_state(line["endpoint"]),
            " ".join(line["endpoint"]["events"]),
            "" if line["success_rate"] is None else f"{line['success_rate']:.1f} %",
            "" if line["mean_ms"] is None else write_took(line["mean_ms"] / 1000),
            str(line["waiting"]),
        )
        for line in found
    ]
    headings = ("id", "address", "state", "events", "taken", "mean", "waiting")
    show_table(headings, rows, empty="Nobody is told yet: gonogo webhooks add https://example.org/hook")


@app.command
def add(
    url: str,
    /,
    *,
    events: Events = None,
    description: str = "",
    rate: Rate = None,
    ordered: Ordered = False,
    header: Header = None,
    signature: Signature = "v1",
    json: AsJson = False,
) -> None:
    """Add an endpoint. What verifies its signatures is shown, this once.

    Example: gonogo webhooks add https://example.org/hook --events 'release.*' alert.fired
    """
    more: dict[str, Any] = {"description": description, "ordered": ordered, "signature": signature}
    with open_gonogo() as gonogo:
        endpoint = gonogo.webhooks.add(url, events, rate_limit=rate, headers=read_headers(header or []), **more)
    if json:
        show_json(endpoint)
        return
    say(f"{endpoint['url']} is told of {' '.join(endpoint['events'])}. Its id: {endpoint['id']}")
    _show_secret(endpoint)


@app.command
def change(
    id: str,
    /,
    *,
    url: str | None = None,
    events: Events = None,
    description: str | None = None,
    rate: Rate = None,
    header: Header = None,
    json: AsJson = False,
) -> None:
    """Change what is given of an endpoint; the rest stays.

    Example: gonogo webhooks change 0198c9a4-… --rate 50
    """
    given = {"url": url, "events": events, "description": description, "rate_limit": rate}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if header is not None:
        changes["headers"] = read_headers(header)
    if not changes:
        raise CannotRun("Say what to change: --url, --events, --description, --rate or --header.")
    with open_gonogo() as gonogo:
        endpoint = gonogo.webhooks.change(id, **changes)
    if json:
        show_json(endpoint)
    else:
        say(f"{endpoint['url']} is changed.")


@app.command
def enable(id: str, /) -> None:
    """Send to a disabled endpoint again, what waited for it first.

    Example: gonogo webhooks enable 0198c9a4-…
    """
    with open_gonogo() as gonogo:
        say(f"{gonogo.webhooks.change(id, state='active')['url']} is enabled.")


@app.command
def disable(id: str, /) -> None:
    """Send nothing to an endpoint for now; what waits for it is kept.

    Example: gonogo webhooks disable 0198c9a4-…
    """
    with open_gonogo() as gonogo:
        say(f"{gonogo.webhooks.change(id, state='disabled')['url']} is disabled.")


@app.command
def remove(id: str, /) -> None:
    """Remove an endpoint; what waits for it is given up.

    Example: gonogo webhooks remove 0198c9a4-…
    """
    with open_gonogo() as gonogo:
        removed = gonogo.webhooks.remove(id)
    say(f"The endpoint is removed, {count(removed['cancelled'], 'delivery is', 'deliveries are')} given up.")


@app.command
def rotate(id: str, /, *, overlap: Overlap = 24, json: AsJson = False) -> None:
    """Give an endpoint a new secret, shown this once.

    Example: gonogo webhooks rotate 0198c9a4-… --overlap 48
    """
    with open_gonogo() as gonogo:
        endpoint = gonogo.webhooks.rotate(id, overlap)
    if json:
        show_json(endpoint)
        return
    say(f"Deliveries to {endpoint['url']} carry both signatures for {overlap} h.")
    _show_secret(endpoint)


@app.command
def test(id: str, /) -> None:
    """Send a test event to an endpoint.

    Example: gonogo webhooks test 0198c9a4-…
    """
    with open_gonogo() as gonogo:
        accepted = gonogo.webhooks.test(id)
    say(f"The test event {accepted['id']} is on its way: gonogo webhooks deliveries --endpoint {id}")


@app.command
def send(type: str, data: Data = "{}", /, *, id: EventId = None, json: AsJson = False) -> None:
    """Tell everybody who wants events of this type.

    Example: gonogo webhooks send order.shipped '{"order": 17}'
    """
    with open_gonogo() as gonogo:
        accepted = gonogo.webhooks.send(type, read_data(data), id)
    if json:
        show_json(accepted)
    else:
        again = " (it was told before)" if accepted["duplicate"] else ""
        say(f"{accepted['id']} goes to {count(accepted['deliveries'], 'endpoint', 'endpoints')}{again}.")


@app.command
def deliveries(*, endpoint: EndpointName = None, state: State = None, limit: int = 50, json: AsJson = False) -> None:
    """List deliveries, newest first.

    Example: gonogo webhooks deliveries --state failed
    """
    with open_gonogo() as gonogo:
        page = gonogo.webhooks.deliveries(endpoint, state, limit=limit)
    if json:
        show_json(page.items)
        return
    rows = [
        (
            str(one["id"]),
            one["type"],
            one["state"],
            str(one["attempts"]),
            one["last_error"] or str(one["last_status"] or ""),
            one["created_at"],
            one["endpoint_id"],
        )
        for one in page.items
    ]
    headings = ("id", "event", "state", "attempts", "answer", "accepted", "endpoint")
    show_table(headings, rows, empty="Nothing was sent.")


@app.command
def show(delivery: int, /, *, json: AsJson = False) -> int:
    """Show one delivery with every attempt. Ends with 1 when it failed.

    Example: gonogo webhooks show 17
    """
    with open_gonogo() as gonogo:
        record = gonogo.webhooks.delivery(delivery)
    if json:
        show_json(record)
    else:
        one = record["delivery"]
        after = count(one["attempts"], "attempt", "attempts")
        due = f", the next at {one['next_attempt_at']}" if one["state"] == "pending" else ""
        say(f"{one['type']} to {record['url']}: {one['state']} after {after}{due}")
        say(record["body"])
        for attempt in record["attempts"]:
            told = attempt["error"] or f"{attempt['status']}"
            say(f"  {attempt['number']}. {attempt['at']}  {write_took(attempt['took_ms'] / 1000)}  {told}")
    return NO_GO if record["delivery"]["state"] == "failed" else GO


@app.command
def replay(
    *delivery: int,
    endpoint: EndpointName = None,
    since: Since = None,
    until: Until = None,
    every: Every = False,
) -> None:
    """Send again: some deliveries, or those that failed of an endpoint or a time.

    Example: gonogo webhooks replay --endpoint 0198c9a4-… --from 2026-03-02T12:00:00Z
    """
    if not (delivery or endpoint or since):
        raise CannotRun("Say what to send again: deliveries by number, --endpoint, or --from.")
    with open_gonogo() as gonogo:
        done = gonogo.webhooks.replay(list(delivery), endpoint, since, until, failed_only=not every)
    say(f"{count(done['replayed'], 'delivery is', 'deliveries are')} tried again.")


def describe_state(endpoint: Any) -> str:
    """``active``, ``failing`` or ``disabled``."""
    return "failing" if endpoint["state"] == "active" and endpoint["failing_since"] else str(endpoint["state"])


def read_headers(lines: list[str]) -> dict[str, str]:
    """Headers from ``Name: value``. Raises ``CannotRun``."""
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise CannotRun(f"Write a header as 'Name: value', not {line!r}.")
        headers[name.strip()] = value.strip()
    return headers


def read_data(text: str) -> dict[str, Any]:
    """An event's data. Raises ``CannotRun``."""
    import sys

    import msgspec

    try:
        return msgspec.json.decode(sys.stdin.read() if text == "-" else text, type=dict[str, Any])
    except msgspec.ValidationError as error:
        raise CannotRun("The data must be a JSON object, such as '{\"order\": 17}'.") from error
    except msgspec.DecodeError as error:
        raise CannotRun(f"The data must be a JSON object: {error}") from error


def _show_secret(endpoint: Any) -> None:
    kind = "public key" if endpoint["signature"] == "v1a" else "signing secret, shown this once"
    say(f"Its {kind}: {endpoint['secret']}")
