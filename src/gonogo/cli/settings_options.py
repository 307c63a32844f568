"""Options that the commands of ``gonogo settings`` share."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

Key = Annotated[str, Parameter(help="A setting's key, such as physics.spring.strength.")]
Format = Annotated[Literal["json", "toml", "yaml"] | None, Parameter(help="json, toml or yaml.")]
Env = Annotated[str, Parameter(help="The environment; default when absent.")]
Why = Annotated[str, Parameter(help="Why, for the history.")]
Category = Annotated[str | None, Parameter(help="Only this category.")]
Prefix = Annotated[str | None, Parameter(help="Only keys that begin so.")]
Modified = Annotated[bool, Parameter(help="Only those that are not at their default.")]
DryRun = Annotated[bool, Parameter(help="Show what would change, and change nothing.")]
Yes = Annotated[bool, Parameter(help="Don't ask.")]
