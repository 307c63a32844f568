"""``gonogo load``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from gonogo.cli.calling import call_action
from gonogo.cli.options import AsJson

Urls = Annotated[str, Parameter(help="A service of yours; several addresses are asked in turn.")]
Name = Annotated[str, Parameter(help="Label of its signals: load.p95{name=…}.")]
Rate = Annotated[float, Parameter(help="Requests a second.")]
Concurrency = Annotated[int, Parameter(help="How many at a time.")]
Duration = Annotated[str, Parameter(help="How long, up to 10m.")]
Timeout = Annotated[str, Parameter(help="After how long an answer counts as failed.")]
Errors = Annotated[str, Parameter(help="The share of failures that still passes.")]
Own = Annotated[bool, Parameter(help="It is yours although its address is public.")]


def load(
    *url: Urls,
    name: Name = "load",
    rate: Rate = 50.0,
    concurrency: Concurrency = 16,
    duration: Duration = "10s",
    timeout: Timeout = "5s",
    errors: Errors = "0%",
    own: Own = False,
    json: AsJson = False,
) -> int:
    """Send a bounded load and tell how it was answered. Exit code 1 when more failed than --errors allows.

    Example: gonogo load http://127.0.0.1:8080/health --rate 200 --duration 30s
    """
    options = {"url": url, "name": name, "rate": rate, "concurrency": concurrency, "duration": duration}
    return call_action("load", {**options, "timeout": timeout, "errors": errors, "own": own}, json=json)
