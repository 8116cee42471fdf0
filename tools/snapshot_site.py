"""The bundled snapshot of the three portals, served on loopback: one port a portal.

python tools/snapshot_site.py    serve until interrupted, and print where
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
ROUTES = FIXTURES / "site" / "routes.json"


class _Portal(BaseHTTPRequestHandler):
    """Answers with the files of one portal's routes, 404 for all else."""

    protocol_version = "HTTP/1.1"

    def __init__(self, routes: Mapping[str, Mapping[str, Any]], *args: Any) -> None:  # noqa: ANN401  the server's own
        self.routes = routes
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer a request."""
        route = self.routes.get(self.path, {"status": 404})
        if "redirect" in route:
            self._answer(302, b"", {"Location": route["redirect"]})
            return
        body = (FIXTURES / route["file"]).read_bytes() if "file" in route else b"Not found\n"
        self._answer(
            route["status"], body, {"Content-Type": route.get("content_type", "text/plain")}
        )

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  the server's own
        """Say nothing: the crawls' own logs tell what was asked."""


@contextlib.contextmanager
def serve() -> Iterator[dict[str, str]]:
    """Serve the portals; the value is each source's base URL by name."""
    routes = json.loads(ROUTES.read_text(encoding="utf-8"))
    servers = {
        source: ThreadingHTTPServer(("127.0.0.1", 0), partial(_Portal, answers))
        for source, answers in routes.items()
    }
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {
            source: f"http://127.0.0.1:{server.server_address[1]}/"
            for source, server in servers.items()
        }
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()


def main() -> None:
    """Serve until Ctrl-C."""
    with serve() as bases, contextlib.suppress(KeyboardInterrupt):
        for source, base in bases.items():
            sys.stdout.write(f"{source}: scrapy crawl {source} -a base={base}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
