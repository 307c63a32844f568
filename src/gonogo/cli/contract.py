"""``gonogo contract``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gonogo.cli.calling import call_action
from gonogo.cli.options import AsJson

Base = Annotated[str, Parameter(help="Where the API is, such as http://127.0.0.1:8080.")]
MaybeBase = Annotated[str | None, Parameter(help="Where the API is now; where it was recorded when absent.")]
Paths = Annotated[tuple[str, ...], Parameter(help="Paths to GET; may be repeated.")]
Requests = Annotated[str | None, Parameter(help="A TOML file with [[request]]: path, method, body, mask.")]
Name = Annotated[str, Parameter(help="Name of the contract.")]
File = Annotated[str | None, Parameter(help="Where it is kept; contracts/NAME.json when absent.")]
Mask = Annotated[tuple[str, ...], Parameter(help="Fields whose value may change, such as sources[].id.")]
Samples = Annotated[int | None, Parameter(help="How often each request is made.")]
Tolerance = Annotated[str, Parameter(help="How much slower it may be.")]
Slack = Annotated[str, Parameter(help="A difference under this is noise.")]
Rounds = Annotated[int, Parameter(help="How often a request is measured; the best counts.")]
Values = Annotated[
    bool, Parameter(help="Compare recorded values and list lengths too, not only the shape.", negative="")
]
NoLatency = Annotated[bool, Parameter(help="Leave the time out.")]
app = App(name="contract", help="Record an API's responses and verify them later.")


@app.command
def record(
    base: Base,
    /,
    *paths: Annotated[str, Parameter(help="Paths to GET.")],
    requests: Requests = None,
    name: Name = "api",
    file: File = None,
    mask: Mask = (),
    samples: Samples = None,
    rounds: Rounds = 3,
    json: AsJson = False,
) -> int:
    """Write down status, content type, fields with their types, values and times of every answer.

    Example: gonogo contract record http://127.0.0.1:8080 /api/config/get-sources --mask generated_at
    """
    options = {"base": base, "paths": paths, "requests": requests, "name": name, "file": file}
    return call_action("contract.record", {**options, "mask": mask, "samples": samples, "rounds": rounds}, json=json)


@app.command
def verify(
    base: MaybeBase = None,
    /,
    *,
    name: Name = "api",
    file: File = None,
    mask: Mask = (),
    tolerance: Tolerance = "10%",
    slack: Slack = "1ms",
    rounds: Rounds = 3,
    samples: Samples = None,
    values: Values = False,
    no_latency: NoLatency = False,
    json: AsJson = False,
) -> int:
    """Verify that the API still answers in the recorded shape; list every breaking change.

    Status, content type, required fields and their types are compared, values and list lengths only with --values.

    Example: gonogo contract verify http://127.0.0.1:8081 --tolerance 10%
    """
    options = {"base": base, "name": name, "file": file, "mask": mask, "tolerance": tolerance, "slack": slack}
    more = {"rounds": rounds, "samples": samples, **({"values": "yes"} if values else {})}
    more |= {"latency": "no"} if no_latency else {}
    return call_action("contract.verify", {**options, **more}, json=json)
