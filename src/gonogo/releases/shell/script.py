"""The bash script that surrounds one command."""

from __future__ import annotations

import shlex
from functools import cache
from importlib.resources import files

from gonogo.releases.shell.background import keep_last_pid

_LOCAL = """\
_gonogo_saved={saved} _gonogo_state={state} _gonogo_variables={variables} _gonogo_exit={exit} _gonogo_nowhere={nowhere}
"""

# Elsewhere the state stays on that machine, in the user's own cache, and is put in place only when complete.
_REMOTE = """\
_gonogo_home=${{XDG_CACHE_HOME:-$HOME/.cache}}/gonogo/{run}
_gonogo_nowhere=$_gonogo_home/nowhere
mkdir -p -m 700 "$_gonogo_home" "$_gonogo_nowhere"
_gonogo_saved=$_gonogo_home/state _gonogo_state=$_gonogo_home/{attempt}.state
_gonogo_variables=$_gonogo_home/{attempt}.variables _gonogo_exit=$_gonogo_home/{attempt}.exit
umask_before=$(umask); umask 077; test -e "$_gonogo_saved" || {first} >"$_gonogo_saved"; umask "$umask_before"
"""

# The outer shell's own remarks ("Killed …") would quote this whole text, so its standard error is shut.
_BODY = """\
exec 9>&2 2>/dev/null
(
{prelude}
. "$_gonogo_saved" >/dev/null
trap '{{ _gonogo_save || :; }} 2>/dev/null' EXIT
{lending}[[ $- == *e* ]] || _gonogo_status "${{_gonogo_code:-0}}"
eval {command}
{{
_gonogo_code=$?
set +x
trap '{{ _gonogo_save || :; }} 2>/dev/null' EXIT
_gonogo_status "$_gonogo_code"
}} 2>/dev/null
) </dev/null 2>&9 9>&-
_gonogo_code=$?
printf '%s\\n' "$_gonogo_code" >|"$_gonogo_exit"
"""

_LEND = "[[ -v CURL_HOME ]] || {{ _gonogo_lent=CURL_HOME; export CURL_HOME={path}; }}\n"

_KEEP_REMOTE = 'tail -n 1 "$_gonogo_state" | grep -qx "# complete" && mv -f "$_gonogo_state" "$_gonogo_saved"\n'


def build_local(
    command: str,
    *,
    saved: str,
    state: str,
    variables: str,
    exit_file: str,
    nowhere: str,
    curl_home: str | None = None,
) -> str:
    """The script for this machine: every path is given, nothing but the command may fork.

    ``curl_home`` is lent to this command alone, unless the session has a CURL_HOME of its own.
    """
    paths = {"saved": saved, "state": state, "variables": variables, "exit": exit_file, "nowhere": nowhere}
    return (
        _LOCAL.format(**{name: shlex.quote(path) for name, path in paths.items()}) + _body(command, curl_home) + _end()
    )


def build_remote(command: str, *, run: str, attempt: str, variables: dict[str, str]) -> str:
    """The script for a host reached by a prefix such as ``ssh web1``; it is sent on standard input."""
    first = "printf '%s' " + shlex.quote(render_exports(variables))
    head = _REMOTE.format(run=shlex.quote(run), attempt=shlex.quote(attempt), first=first)
    return head + _body(command) + _KEEP_REMOTE + _end()


def render_exports(variables: dict[str, str]) -> str:
    """Assignments that bash can read back, one exported variable a line."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _body(command: str, curl_home: str | None = None) -> str:
    lending = _LEND.format(path=shlex.quote(curl_home)) if curl_home else ""
    return _BODY.format(prelude=_load_prelude(), lending=lending, command=shlex.quote(keep_last_pid(command)))


def _end() -> str:
    return 'exit "$_gonogo_code"\n'


@cache
def _load_prelude() -> str:
    return files("gonogo.releases.shell").joinpath("session.sh").read_text(encoding="utf-8")
