"""A site on loopback whose pages a test writes, and crawls of it as a user would run them."""

from __future__ import annotations

import json
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import attrs

from tests.crawls import ROOT, command, environment

HTML = "text/html; charset=utf-8"
QUICK = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "0",
    "RETRY_TIMES": "1",
    "DOWNLOAD_TIMEOUT": "20",
}


@attrs.frozen(kw_only=True)
class Page:
    """What an address answers with."""

    body: str | bytes = ""
    status: int = 200
    content_type: str = HTML
    location: str | None = None
    missing: int = 0
    """Bytes that the header announces and that never come."""


@attrs.frozen(kw_only=True)
class Served:
    """A site that is running."""

    base: str
    hits: Counter[str]


@attrs.frozen(kw_only=True)
class Crawled:
    """A crawl that has ended."""

    code: int
    records: tuple[dict[str, Any], ...]
    err: str

    @property
    def summary(self) -> str:
        return self.err.splitlines()[-1]


class _Pages(BaseHTTPRequestHandler):
    def __init__(self, pages: Mapping[str, Page], hits: Counter[str], *args: Any) -> None:  # noqa: ANN401  the server's own
        self.pages, self.hits = pages, hits
        super().__init__(*args)

    def do_GET(self) -> None:
        self.hits[self.path] += 1
        page = self.pages.get(self.path, Page(status=404))
        body = page.body.encode() if isinstance(page.body, str) else page.body
        body = body.replace(b"{base}", f"http://{self.headers['Host']}".encode())
        self.send_response(page.status)
        told = {"Content-Type": page.content_type, "Content-Length": str(len(body) + page.missing)}
        for name, value in (told | ({"Location": page.location} if page.location else {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  the server's own
        """Keep the tests' output clean."""


@contextmanager
def serve(pages: Mapping[str, Page]) -> Iterator[Served]:
    """Serve pages by their paths; ``{base}`` in a body is the site's own address."""
    hits: Counter[str] = Counter()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, pages, hits))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield Served(base=f"http://127.0.0.1:{server.server_port}", hits=hits)
    finally:
        server.shutdown()
        server.server_close()


def crawl(spider: str, feed: Path, **arguments: str) -> Crawled:
    """Run ``scrapy crawl SPIDER -a name=value … -O FEED`` to its end."""
    told = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    return run("crawl", spider, *told, feed=feed)


def run(*args: str, feed: Path, **settings: str) -> Crawled:
    """Run ``scrapy … -O FEED`` with settings to its end."""
    ended = subprocess.run(
        command(*args, "-O", str(feed), settings=QUICK | settings),
        cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8",
        timeout=60, check=False,
    )  # fmt: skip
    lines = feed.read_text(encoding="utf-8").splitlines() if feed.exists() else []
    records = tuple(map(json.loads, lines))
    return Crawled(code=ended.returncode, records=records, err=ended.stderr)
