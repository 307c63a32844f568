"""A small service: ``python3 serve.py PORT`` answers with what ``VERSION`` and ``faults`` held when it started."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = next(path for path in (Path("VERSION"), Path("../VERSION")) if path.exists()).read_text().strip()
BROKEN = [line for path in (Path("faults"), Path("../faults")) if path.exists() for line in path.read_text().split()]


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(
            500 if self.path in BROKEN else 200,
            {"status": "success", "version": VERSION, "steps": [], "path": self.path},
        )

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(200, {"token": "tok-4711", "status": "success"})

    def do_PUT(self) -> None:
        self._answer(401, {"status": "unauthorized"})

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
