"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

AsJson = Annotated[bool, Parameter(name="--json", help="Print JSON instead of text.")]
RunName = Annotated[str, Parameter(help="A run's id, or its end; 'last' for the newest.")]
