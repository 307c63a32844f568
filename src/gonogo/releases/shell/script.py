"""The bash script that surrounds one command."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from gonogo.releases.shell.background import keep_last_pid

FILES = ("state", "variables", "facts", "code")
"""What a shell writes for the one that comes after it, and for its launcher."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """How a command stands among the others: in a new fence, at the end of its fence, with a lent CURL_HOME."""

    begins_fence: bool = False
    ends_fence: bool = False
    curl_home: str | None = None


# The outer shell's own remarks ("Killed …") would quote this whole text, so its standard error is shut.
_LOCAL = """\
{paths}
exec 9>&2 2>/dev/null
(
{body}) </dev/null 2>&9 9>&-
_gonogo_code=$?
printf '%s\\n' "$_gonogo_code" >|"$_gonogo_code_file"
exit "$_gonogo_code"
"""

# Elsewhere all files are in a folder of this command alone, and gone before the state is sent back. What is left of
# standard input is the line to the launcher: a word on it, or its end, ends the command and all that belongs to it.
_REMOTE = """\
{{
_gonogo_umask=$(umask); umask 077
_gonogo_home=$(mktemp -d "${{XDG_RUNTIME_DIR:-${{TMPDIR:-/tmp}}}}/gonogo.XXXXXXXX") || exit 255
for _gonogo_name in {names}; do : >|"$_gonogo_home/$_gonogo_name"; done
mkdir "$_gonogo_home/nowhere" "$_gonogo_home/ended"{ended}; umask "$_gonogo_umask"
_gonogo_state=$_gonogo_home/state _gonogo_variables=$_gonogo_home/variables
_gonogo_facts=$_gonogo_home/facts _gonogo_nowhere=$_gonogo_home/nowhere _gonogo_ended=$_gonogo_home/ended
exec 7>&1 8<&0 9>&2 2>/dev/null
set -m
(
set +m
export GONOGO_ITEM={mark}
{body}) </dev/null >&7 2>&9 7>&- 8<&- 9>&- &
_gonogo_child=$!
set +m
(
IFS= read -r _ <&8
: >"$_gonogo_home/ending"
kill -TERM -- "-$_gonogo_child"
for ((i = 0; i < {grace}; i++)); do kill -0 -- "-$_gonogo_child" || break; sleep 0.1; done
kill -KILL -- "-$_gonogo_child"
for _gonogo_name in /proc/[0-9]*/environ; do
pid=${{_gonogo_name%/environ}} pid=${{pid#/proc/}}
if ((pid == $$ || pid == BASHPID)); then continue; fi
mapfile -d '' -t _gonogo_words <"$_gonogo_name" || continue
for word in "${{_gonogo_words[@]}}"; do
[[ $word != GONOGO_ITEM={mark} ]] || kill -KILL "$pid"
done
done
) >/dev/null 7>&- 9>&- &
_gonogo_watch=$!
trap '' PIPE TERM
wait "$_gonogo_child"
_gonogo_code=$?
if [[ -e $_gonogo_home/ending ]]; then wait "$_gonogo_watch"; else kill "$_gonogo_watch"; fi
exec 3<"$_gonogo_facts" 4<"$_gonogo_variables" 5<"$_gonogo_state"
rm -rf "$_gonogo_home"
{{
printf '%scode\\n%s' {marker} "$_gonogo_code"
printf '%sfacts\\n' {marker}; cat <&3
printf '%svariables\\n' {marker}; cat <&4
printf '%sstate\\n' {marker}; cat <&5
printf '%send\\n' {marker}
}} >&7
exit "$_gonogo_code"
}}
"""

_BODY = """\
{prelude}
_gonogo_depth=$BASH_SUBSHELL _gonogo_jobs=() _gonogo_limits=() _gonogo_pipes=() _gonogo_exit_trap= _gonogo_err=
{{
{restore}
_gonogo_take_up_jobs
}} >/dev/null
_gonogo_ends={ends} _gonogo_seen= _gonogo_whole=
{fence}{lending}builtin trap '{{ _gonogo_leave; }} 9>&2 2>/dev/null' EXIT
[[ -z $_gonogo_err ]] || builtin trap -- "$_gonogo_err" ERR
{status}
eval {command}
{{ _gonogo_finish "$?" || :; builtin trap - EXIT ERR; }} 2>/dev/null
[[ -z $_gonogo_now ]] || _gonogo_run_trap
builtin exit "$_gonogo_code"
"""

_NEW_FENCE = """\
_gonogo_begin_fence
if [[ -n $_gonogo_exit_trap ]]; then _gonogo_now=$_gonogo_exit_trap _gonogo_exit_trap=; _gonogo_run_trap; fi
"""

_LEND = "[[ -v CURL_HOME ]] || {{ _gonogo_lent=CURL_HOME; export CURL_HOME={path}; }}\n"

# With `set -e`, or a trap on errors, the last exit code can't be set again without its consequences.
_LAST_STATUS = '[[ $- == *e* || -n $_gonogo_err ]] || _gonogo_status "${_gonogo_code:-0}"'
_MOST_PIPES = 8

# Two lines: the first may be eaten by a backslash. Without a trace of it in `set -x`. A trap on errors ends here, or
# the failure of `eval` itself would set it off again.
_SEE = '\n\n{ _gonogo_code=$? _gonogo_pipes=("${PIPESTATUS[@]}") _gonogo_seen=1; builtin trap - ERR; } 2>/dev/null'


def build_local(command: str, *, paths: Mapping[str, str], setting: Setting) -> str:
    """The script for this machine: every path is given, nothing but the command may fork.

    ``paths`` are of saved, added, nowhere and ended, and of every one of ``FILES``.
    """
    named = {**{name: paths[name] for name in ("saved", "added", "nowhere", "ended", *FILES[:-1])}}
    named |= {"code_file": paths["code"], "more": str(_find("builtins.sh"))}
    assigned = " ".join(f"_gonogo_{name}={shlex.quote(path)}" for name, path in named.items())
    restore = '. "$_gonogo_saved"\n[[ ! -e $_gonogo_added ]] || . "$_gonogo_added"'
    return _LOCAL.format(paths=assigned, body=_build_body(command, restore, setting))


def build_remote(
    command: str,
    *,
    state: str,
    marker: str,
    mark: str,
    grace_s: float,
    setting: Setting,
    ended: Mapping[int, int] | None = None,
) -> str:
    """The script for a shell that shares no files with this machine; it is sent on standard input.

    ``ended`` are the exit codes of earlier background processes there, as far as they are known here.
    """
    codes = "".join(f'; echo {code} >"$_gonogo_home/ended/{pid}"' for pid, code in (ended or {}).items())
    return _REMOTE.format(
        ended=codes,
        names=" ".join(FILES),
        mark=shlex.quote(mark),
        marker=shlex.quote(marker),
        grace=max(1, round(grace_s * 10)),
        body=_build_body(command, f"{_load('builtins.sh')}eval {shlex.quote(state)}", setting),
    )


def render_exports(variables: Mapping[str, str]) -> str:
    """Assignments that bash can read back, one exported variable a line."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _build_body(command: str, restore: str, setting: Setting) -> str:
    text = shlex.quote(keep_last_pid(command) + _SEE)
    if "|" not in command and "trap" not in command:
        text = f"{shlex.quote(keep_last_pid(command))}${{_gonogo_err:+{shlex.quote(_SEE)}}}"
    return _BODY.format(
        prelude=_load("session.sh"),
        restore=restore,
        ends="1" if setting.ends_fence else "",
        fence=_NEW_FENCE if setting.begins_fence else "",
        lending=_LEND.format(path=shlex.quote(setting.curl_home)) if setting.curl_home else "",
        status=_render_status(command),
        command=text,
    )


def _render_status(command: str) -> str:
    """The last command's exit code for this one; with those of its pipe's parts, which cost a process each."""
    if "PIPESTATUS" not in command:
        return _LAST_STATUS
    lines = [f"{count}) {_render_pipe(count)} ;;" for count in range(2, _MOST_PIPES + 1)]
    return "\n".join(
        (
            "if [[ $- == *e* || -n $_gonogo_err ]]; then :; else",
            "case ${#_gonogo_pipes[@]} in",
            *lines,
            '*) _gonogo_status "${_gonogo_code:-0}" ;;',
            "esac; fi",
        )
    )


def _render_pipe(parts: int) -> str:
    return " | ".join(f"_gonogo_status ${{_gonogo_pipes[{number}]}}" for number in range(parts))


@cache
def _load(name: str) -> str:
    return _find(name).read_text(encoding="utf-8")


@cache
def _find(name: str) -> Path:
    return Path(str(files("gonogo.releases.shell").joinpath(name)))
