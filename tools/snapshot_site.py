"""The bundled snapshot of the three portals, served on loopback: one port a portal.

Pages have an ETag and a date, and who has a page already is told so (304), as by a live site.

python tools/snapshot_site.py    serve until interrupted, and print where
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from email.utils import formatdate, parsedate_to_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
ROUTES = FIXTURES / "site" / "routes.json"

_NOT_MODIFIED = 304


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
        if "file" not in route:
            self._answer(route["status"], b"Not found\n", {"Content-Type": "text/plain"})
            return
        file = FIXTURES / route["file"]
        body, changed = file.read_bytes(), file.stat().st_mtime
        validators = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "Last-Modified": formatdate(changed, usegmt=True),
        }
        if self._has(validators):
            self._answer(_NOT_MODIFIED, b"", validators)
        else:
            kind = route.get("content_type", "text/plain")
            self._answer(route["status"], body, {"Content-Type": kind} | validators)

    def _has(self, validators: Mapping[str, str]) -> bool:
        """Whether the client has the page as it is (RFC 9110, 13.2.2: the ETag decides)."""
        etags = self.headers.get("If-None-Match")
        if etags is not None:
            return validators["ETag"] in etags
        since = self.headers.get("If-Modified-Since")
        with contextlib.suppress(ValueError):  # no date: as if it were not there
            changed = parsedate_to_datetime(validators["Last-Modified"])
            return since is not None and changed <= parsedate_to_datetime(since)
        return False

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        length = {} if status == _NOT_MODIFIED else {"Content-Length": str(len(body))}
        for name, value in {**headers, **length}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  the server's own
        """Say nothing: the crawls' own logs tell what was asked."""


class _Server(ThreadingHTTPServer):
    """A server to which clients that go away are nothing to report: crawls are stopped, too."""

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  the base's own
        """Print the traceback of any other error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def serve() -> Iterator[dict[str, str]]:
    """Serve the portals; the value is each source's base URL by name."""
    routes = json.loads(ROUTES.read_text(encoding="utf-8"))
    servers = {
        source: _Server(("127.0.0.1", 0), partial(_Portal, answers))
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
