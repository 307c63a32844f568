"""Commands that wait for somebody to type: editors, prompts, logins, confirmations."""

from __future__ import annotations

import re
from collections.abc import Callable

from gonogo.releases.reading.flags import has_flag, list_operands
from gonogo.releases.reading.programs import EDITORS
from gonogo.releases.reading.words import Simple


def wants_person(simple: Simple) -> bool:
    """Whether the command stops until somebody types."""
    if simple.program in EDITORS:
        return not (_is_paged(simple) or _is_quiet_keygen(simple) or _is_quiet_su(simple))
    wants = _INTERACTIVE.get(simple.program)
    return wants is not None and wants(simple.args, simple.fed)


def _is_paged(simple: Simple) -> bool:
    return simple.fed and simple.program in ("less", "more")


def _is_quiet_su(simple: Simple) -> bool:
    return simple.program == "su" and has_flag(simple.args, "-c", "--command")


def _is_quiet_keygen(simple: Simple) -> bool:
    args = simple.args
    return simple.program == "ssh-keygen" and ("-R" in args or "-l" in args or ("-f" in args and "-N" in args))


def _wants_ssh(args: tuple[str, ...], fed: bool) -> bool:
    words, skip = 0, False
    for arg in args:
        if skip:
            skip = False
        elif arg.startswith("-"):
            if arg in ("-N", "-O", "-V", "-G", "-T") or arg.startswith("-fN"):
                return False
            skip = len(arg) == 2 and arg[1] in "bcDEeFIiJLlmOopQRSWw"
        else:
            words += 1
    return words < 2 and not fed


def _wants_prompt(args: tuple[str, ...], fed: bool) -> bool:
    return not fed and not has_flag(
        args,
        "-c",
        "-f",
        "-e",
        "-l",
        "-V",
        "--command",
        "--file",
        "--execute",
        "--version",
        "--eval",
        "--list",
        "--help",
    )


def _wants_language(args: tuple[str, ...], fed: bool) -> bool:
    return not fed and not args


def _wants_python(args: tuple[str, ...], fed: bool) -> bool:
    asks = bool({"shell", "dbshell", "createsuperuser", "changepassword"} & set(args)) and "manage.py" in " ".join(args)
    return not fed and (not args or (asks and not has_flag(args, "--noinput", "--no-input", "-c", "--command")))


def _wants_container(args: tuple[str, ...], fed: bool) -> bool:
    if not args or not {"exec", "run", "attach"} & set(args[:4]):
        return False
    typed = any(re.match(r"^-(?:it|ti|i|t)$", arg) or arg in ("--tty", "--interactive", "--stdin") for arg in args)
    shell = args[-1] in (
        "bash",
        "sh",
        "zsh",
        "ash",
        "/bin/bash",
        "/bin/sh",
        "psql",
        "redis-cli",
        "mysql",
        "mongosh",
        "python",
        "python3",
        "node",
    )
    return not fed and (args[0] == "attach" or shell or (typed and not _runs_quietly(args)))


def _runs_quietly(args: tuple[str, ...]) -> bool:
    """A terminal asked for out of habit: the command behind it ends by itself all the same."""
    return any(arg in ("-c", "--", "-e", "-d", "--rm") for arg in args) and args[-1] not in ("bash", "sh")


def _wants_apply(args: tuple[str, ...], _fed: bool) -> bool:
    return (
        bool(args)
        and args[-1:] != ("-help",)
        and {"apply", "destroy"} & set(list_operands(args)[:1]) != set()
        and not any(
            arg.lstrip("-").startswith("auto-approve")
            or arg.endswith((".tfplan", ".plan", "plan.out", "tfplan", ".out"))
            for arg in args
        )
    )


def _wants_git(args: tuple[str, ...], _fed: bool) -> bool:
    if not args:
        return False
    verb = next((arg for arg in args if not arg.startswith("-")), "")
    if verb == "commit":
        return (
            not has_flag(args, "-m", "-F", "-C", "--message", "--no-edit", "--file", "--amend=")
            and "--no-edit" not in args
        )
    if verb in ("rebase", "add", "checkout", "stash", "reset"):
        return any(arg in ("-i", "-p", "--interactive", "--patch") for arg in args)
    return False


def _asks_redis(args: tuple[str, ...]) -> bool:
    valued = {"-h", "-p", "-a", "-n", "-u", "-s", "--user", "--pass", "--tls", "--cacert", "--cert", "--key"}
    skip = False
    for arg in args:
        if skip:
            skip = False
        elif arg in valued:
            skip = arg != "--tls"
        elif not arg.startswith("-") or (
            arg.startswith("--") and arg not in ("--tls", "--raw", "--no-auth-warning", "--csv")
        ):
            return True
    return False


_INTERACTIVE: dict[str, Callable[[tuple[str, ...], bool], bool]] = {
    "ssh": _wants_ssh,
    "sftp": lambda args, fed: not fed and "-b" not in args,
    "crontab": lambda args, fed: has_flag(args, "-e") or (not args and not fed),
    "psql": _wants_prompt,
    "mysql": lambda args, fed: _wants_prompt(args, fed) or (has_flag(args, "-p", "--password") and "-p" in args),
    "mariadb": _wants_prompt,
    "cqlsh": _wants_prompt,
    "sqlcmd": lambda args, fed: not fed and not has_flag(args, "-Q", "-q", "-i"),
    "mongosh": _wants_prompt,
    "mongo": lambda args, fed: _wants_prompt(args, fed) and not any(arg.endswith(".js") for arg in args),
    "clickhouse-client": lambda args, fed: not fed and not has_flag(args, "-q", "--query"),
    "sqlite3": lambda args, fed: not fed and len(list_operands(args)) < 2,
    "redis-cli": lambda args, fed: not fed and not _asks_redis(args),
    "python": _wants_python,
    "python3": _wants_python,
    "node": _wants_language,
    "irb": lambda _args, fed: not fed,
    "bash": _wants_language,
    "sh": _wants_language,
    "zsh": _wants_language,
    "php": lambda args, fed: not fed and (not args or "-a" in args),
    "docker": _wants_container,
    "podman": _wants_container,
    "docker-compose": _wants_container,
    "kubectl": lambda args, fed: _wants_container(args, fed) or args[:1] == ("edit",),
    "oc": lambda args, fed: _wants_container(args, fed) or args[:1] in (("edit",), ("rsh",)),
    "terraform": _wants_apply,
    "tofu": _wants_apply,
    "pulumi": lambda args, _fed: args[:1] in (("up",), ("destroy",)) and not has_flag(args, "-y", "--yes"),
    "git": _wants_git,
    "read": lambda _args, fed: not fed,
    "select": lambda _args, fed: not fed,
    "gh": lambda args, _fed: args[:2] == ("auth", "login") and "--with-token" not in args,
    "aws": lambda args, _fed: (
        (args[:1] == ("configure",) and args[1:2] not in (("set",), ("list",), ("get",)))
        or args[:2] == ("sso", "login")
    ),
    "gcloud": lambda args, _fed: args[:2] == ("auth", "login") or args[:1] == ("init",),
    "az": lambda args, _fed: args[:1] == ("login",) and not has_flag(args, "--service-principal", "--identity"),
    "heroku": lambda args, _fed: args[:1] in (("login",), ("console",)),
    "npm": lambda args, _fed: (
        args[:1] in (("login",), ("adduser",)) or (args[:1] == ("init",) and not has_flag(args, "-y", "--yes"))
    ),
    "rails": lambda args, _fed: args[:1] in (("console",), ("c",), ("dbconsole",), ("db",)),
    "systemctl": lambda args, _fed: args[:1] == ("edit",),
    "vercel": lambda args, _fed: args[:1] == ("login",),
    "openssl": lambda args, fed: (
        not fed and args[:1] == ("req",) and "-new" in args and not has_flag(args, "-subj", "-batch", "-config", "-in")
    ),
    "wrangler": lambda args, _fed: args[:1] == ("login",),
    "supabase": lambda args, _fed: args[:1] == ("login",) and not has_flag(args, "--token"),
    "firebase": lambda args, _fed: args[:1] in (("login",), ("init",)),
    "netlify": lambda args, _fed: args[:1] in (("login",), ("init",)),
    "docker-credential": lambda _args, fed: not fed,
    "fly": lambda args, _fed: args[:1] == ("launch",) or args[:2] == ("auth", "login"),
    "flyctl": lambda args, _fed: args[:1] == ("launch",) or args[:2] == ("auth", "login"),
    "doctl": lambda args, _fed: args[:2] == ("auth", "init") and not has_flag(args, "-t", "--access-token"),
    "cf": lambda args, _fed: args[:1] == ("login",) and not has_flag(args, "-p", "--sso-passcode"),
    "adduser": lambda args, _fed: "--disabled-password" not in args and "--system" not in args,
    "ssh-add": lambda _args, _fed: False,
    "dpkg-reconfigure": lambda args, _fed: not has_flag(args, "-f", "--frontend"),
    "mysql_secure_installation": lambda _args, _fed: True,
    "certbot": lambda args, _fed: (
        args[:1] in (("certonly",), ("run",), ("install",))
        and not has_flag(args, "-n", "--non-interactive", "--noninteractive")
    ),
    "django-admin": lambda args, _fed: args[:1] in (("shell",), ("createsuperuser",)),
}
