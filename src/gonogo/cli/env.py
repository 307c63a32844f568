"""``gonogo env``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gonogo.cli.calling import call_action
from gonogo.cli.options import AsJson

File = Annotated[str | None, Parameter(help="An .env file; the server's own environment when absent.")]
Required = Annotated[tuple[str, ...], Parameter(help="Variables that must be set; may be repeated.")]
Secrets = Annotated[tuple[str, ...], Parameter(help="Secrets, NAME or NAME:64 for their length; may be repeated.")]
Environment = Annotated[str, Parameter(help="Rules for production apply to 'production' alone.")]
Offline = Annotated[bool, Parameter(help="Try no connections.")]
app = App(name="env", help="Hold an environment against the rules of production.")


@app.command
def verify(
    file: File = None,
    /,
    *,
    required: Required = (),
    secrets: Secrets = (),
    environment: Environment = "production",
    offline: Offline = False,
    json: AsJson = False,
) -> int:
    """Check required variables, secrets, debug, CORS and API docs, and try every service named by URL.

    Example: gonogo env verify .env.production --required DATABASE_URL --secrets JWT_SECRET:64
    """
    options = {"file": file, "required": required, "secrets": secrets, "environment": environment}
    return call_action("verify-env", {**options, **({"connect": "no"} if offline else {})}, json=json)
