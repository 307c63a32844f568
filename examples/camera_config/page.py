"""The page of the tracker on a port of its own: ``python page.py 8790 http://127.0.0.1:8780``."""

from __future__ import annotations

import html
import json
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Page(BaseHTTPRequestHandler):
    """One page: the cameras and which of them are processed."""

    api = ""

    def do_GET(self) -> None:
        """Ask the service and show what it says; 502 when it says nothing."""
        try:
            body, status = self.draw(), 200
        except OSError as error:
            body, status = f"<p>The service does not answer: {html.escape(str(error))}</p>", 502
        data = f"<!doctype html><title>Cameras</title><h1>Cameras</h1>{body}".encode()
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def draw(self) -> str:
        """A list of all cameras, the processed ones marked."""
        sources = self.ask("get-sources")["sources"]
        selected = self.ask("get-processing-cameras")["selected_cameras"]
        rows = (f"<li>{html.escape(s['name'])}{' ✔' if s['name'] in selected else ''}</li>" for s in sources)
        return f"<ul>{''.join(rows)}</ul>"

    def ask(self, name: str) -> Any:
        """The answer of the service."""
        with urllib.request.urlopen(f"{self.api}/api/config/{name}", timeout=5) as answer:
            return json.load(answer)

    def log_message(self, *_arguments: object) -> None:
        """Nobody reads it."""


if __name__ == "__main__":
    Page.api = sys.argv[2]
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
