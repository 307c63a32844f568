"""Commands that never end by themselves: followed logs, monitors, servers in the foreground."""

from __future__ import annotations

import re
from collections.abc import Callable

from gonogo.releases.reading.flags import has_flag, list_operands
from gonogo.releases.reading.programs import MONITORS, SERVERS
from gonogo.releases.reading.words import Simple

_FOLLOWERS = frozenset({"tail", "watch", "journalctl"})
_ENDING_ARGS = frozenset(
    {
        "--version",
        "-v",
        "-V",
        "version",
        "--help",
        "-t",
        "-T",
        "--check",
        "--check-config",
        "build",
        "export",
        "--daemon",
        "-D",
        "--daemonize",
        "stop",
        "reload",
        "lint",
        "info",
        "validate",
        "fmt",
    }
)


def find_endless(simple: Simple) -> str | None:
    """The words of a command that never ends; None when it ends, or lets the shell go on without it."""
    program, args = simple.program, simple.args
    if simple.bounded or (simple.background and program not in _FOLLOWERS):
        return None
    if program in MONITORS:
        return None if _is_batch(program, args) else program
    if (follows := _ENDLESS.get(program)) and follows(args):
        return " ".join((program, *args[:2]))
    return program if program in SERVERS and _ENDING_ARGS.isdisjoint(args) else None


def _is_batch(program: str, args: tuple[str, ...]) -> bool:
    if program in ("top", "htop"):
        return any(re.match(r"^-\w*b", arg) for arg in args) or any(arg.startswith("-l") for arg in args)
    if program in ("tcpdump", "iotop", "dstat", "ngrep"):
        return any(arg.startswith("-c") or arg.startswith("-n") for arg in args) and program != "iotop"
    if program == "glances":
        return "--stdout" in args or "--export" in args
    if program in ("tmux", "screen"):
        return any(arg in ("-d", "-dm", "-dmS", "kill-session", "kill-server", "ls", "-ls", "-X") for arg in args)
    return program in ("ngrok", "cloudflared") and bool(args) and args[0] in ("version", "config", "update", "service")


def _follows_logs(args: tuple[str, ...]) -> bool:
    return "logs" in args and has_flag(args[args.index("logs") :], "-f", "--follow") and "--follow=false" not in args


def _stays_up(args: tuple[str, ...]) -> bool:
    words = list_operands(args)
    if "up" in words:
        return not has_flag(args, "-d", "--detach", "--wait", "--no-start")
    return _follows_logs(args) or (words[:1] in (["events"], ["stats"]) and "--no-stream" not in args)


def _starts_script(args: tuple[str, ...]) -> bool:
    words = [word for word in list_operands(args) if word not in ("run", "--")]
    return bool(words) and (
        words[0] in ("start", "dev", "serve", "watch", "develop", "preview")
        or words[0].endswith((":watch", ":dev", ":start"))
        or words[0].startswith(("start:", "dev:", "serve:", "watch:"))
    )


def _serves_python(args: tuple[str, ...]) -> bool:
    if args[:1] == ("-m",):
        return args[1:2] in (
            ("http.server",),
            ("uvicorn",),
            ("gunicorn",),
            ("flask",),
            ("hypercorn",),
            ("celery",),
            ("SimpleHTTPServer",),
        )
    return "runserver" in args or args[:1] in (("app.py",), ("server.py",), ("manage.py runserver",))


_ENDLESS: dict[str, Callable[[tuple[str, ...]], bool]] = {
    "tail": lambda args: has_flag(args, "-f", "-F", "--follow") or any(re.match(r"^-\d+f$", arg) for arg in args),
    "journalctl": lambda args: has_flag(args, "-f", "--follow"),
    "dmesg": lambda args: has_flag(args, "-w", "--follow"),
    "docker": _stays_up,
    "podman": _stays_up,
    "docker-compose": _stays_up,
    "kubectl": lambda args: (
        _follows_logs(args)
        or args[:1] in (("port-forward",), ("proxy",))
        or (args[:1] in (("get",), ("top",)) and has_flag(args, "-w", "--watch", "--watch-only"))
    ),
    "oc": lambda args: _follows_logs(args) or args[:1] == ("port-forward",),
    "heroku": lambda args: args[:1] == ("logs",) and has_flag(args, "-t", "--tail"),
    "vercel": lambda args: args[:1] == ("dev",) or "--follow" in args,
    "netlify": lambda args: args[:1] == ("dev",),
    "fly": lambda args: args[:1] == ("logs",) and "--no-tail" not in args,
    "flyctl": lambda args: args[:1] == ("logs",) and "--no-tail" not in args,
    "aws": lambda args: args[:2] == ("logs", "tail") and "--follow" in args,
    "pm2": lambda args: (
        args[:1] in (("monit",), ("dashboard",)) or (args[:1] in (("logs",), ("log",)) and "--nostream" not in args)
    ),
    "npm": _starts_script,
    "yarn": _starts_script,
    "pnpm": _starts_script,
    "bun": _starts_script,
    "npx": lambda args: bool(args) and args[0] in SERVERS | {"nodemon"} and args[1:2] != ("build",),
    "flask": lambda args: "run" in args,
    "fastapi": lambda args: args[:1] in (("run",), ("dev",)),
    "python": lambda args: _serves_python(args),
    "python3": lambda args: _serves_python(args),
    "uv": lambda args: args[:1] == ("run",) and bool({"uvicorn", "gunicorn", "flask", "fastapi"} & set(args)),
    "poetry": lambda args: args[:1] == ("run",) and bool({"uvicorn", "gunicorn", "flask"} & set(args)),
    "celery": lambda args: (
        bool({"worker", "beat", "flower", "events"} & set(args)) and not has_flag(args, "--detach", "-D")
    ),
    "rq": lambda args: args[:1] == ("worker",) and "--burst" not in args,
    "rails": lambda args: args[:1] in (("server",), ("s",)) and "-d" not in args,
    "php": lambda args: (
        has_flag(args, "-S") or args[:2] == ("artisan", "serve") or args[:2] == ("artisan", "queue:work")
    ),
    "bundle": lambda args: (
        args[:2] in (("exec", "puma"), ("exec", "sidekiq"))
        or args[:3] in (("exec", "rails", "server"), ("exec", "rails", "s"))
    ),
    "mvn": lambda args: "spring-boot:run" in args,
    "gradle": lambda args: "bootRun" in args,
    "gradlew": lambda args: "bootRun" in args,
    "hugo": lambda args: args[:1] == ("server",),
    "redis-cli": lambda args: (
        any(
            arg in ("--latency", "--latency-history", "--latency-dist", "--stat", "--intrinsic-latency") for arg in args
        )
        or any(arg.upper() in ("MONITOR", "SUBSCRIBE", "PSUBSCRIBE") for arg in args)
    ),
    "wrangler": lambda args: args[:1] in (("tail",), ("dev",)) or args[:2] == ("pages", "dev"),
    "gcloud": lambda args: "tail" in args or (args[:1] == ("beta",) and "tail" in args),
    "az": lambda args: "tail" in args or ("logs" in args and has_flag(args, "--follow")),
    "doctl": lambda args: "logs" in args and has_flag(args, "-f", "--follow"),
    "railway": lambda args: args[:1] == ("logs",),
    "supabase": lambda args: args[:2] == ("functions", "serve"),
    "cf": lambda args: args[:1] == ("logs",) and "--recent" not in args,
    "ping": lambda args: not any(arg.startswith(("-c", "-n", "-w")) for arg in args),
    "nc": lambda args: has_flag(args, "-l", "-k") and "-z" not in args,
    "cargo": lambda args: args[:1] == ("watch",),
    "stripe": lambda args: args[:1] == ("listen",),
    "ollama": lambda args: args[:1] == ("serve",),
    "vault": lambda args: args[:1] == ("server",),
    "kafka-console-consumer": lambda args: "--max-messages" not in args,
    "minikube": lambda args: args[:1] in (("tunnel",), ("dashboard",)),
}
