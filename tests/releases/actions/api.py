"""A small JSON API that tests change under the feet of its clients."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Api:
    """``answers`` maps a path to status and body; ``pause_s`` is how long each answer takes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, tuple[int, Any]] = {}
        self.content_type = "application/json"
        self.pause_s = 0.0
        self.asked = 0


@contextmanager
def serve_api() -> Iterator[Api]:
    """The API on a free port while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            api.asked += 1
            status, body = api.answers.get(self.path, (404, {"error": "nothing here"}))
            time.sleep(api.pause_s)
            data = json.dumps(body).encode()
            head = f"HTTP/1.1 {status} X\r\ncontent-type: {api.content_type}\r\ncontent-length: {len(data)}\r\n\r\n"
            self.wfile.write(head.encode() + data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api = Api(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
