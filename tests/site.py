"""A real HTTP server on loopback that misbehaves on demand; no test leaves this machine."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

Handler = Callable[["_Request"], None]


class Site:
    """A running server.

    Args:
        robots: text of ``/robots.txt``, or the status it is answered with.
        page: HTML that every path gives which has no behaviour of its own; None for a 404.

    ``pages`` holds further pages by path and query; they have an ETag and may be changed while
    the site runs. ``answers`` tells what was asked for, when, and the status it was answered with.
    """

    def __init__(self, robots: str | int = 404, page: str | None = None) -> None:
        self.robots = robots
        self.page = page
        self.pages: dict[str, str] = {}
        self.answers: list[tuple[str, float, int]] = []
        self.released = threading.Event()
        """``/held`` is answered when this is set."""
        self.hits: Counter[str] = Counter()
        self.agents: set[str] = set()
        self._server = _Server(("127.0.0.1", 0), _Request, self)
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator[Site]:
        """Serve for the length of the block."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def refused_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[_Request], site: Site) -> None:
        super().__init__(address, handler)
        self.site = site

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: crawlers that give up are what the tests are about."""


class _Request(BaseHTTPRequestHandler):
    """Paths: ``/ok?n=3&offset=0&next=/…`` gives entries; the others are named for what they do."""

    server: _Server
    routes: ClassVar[dict[str, Handler]]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.site.hits[path] += 1
        self.server.site.agents.add(self.headers.get("User-Agent", ""))
        page = self.server.site.pages.get(self.path)
        if page is None:
            type(self).routes.get(path, _missing)(self)
        else:
            _page(self, page)

    def send_response(self, code: int, message: str | None = None) -> None:
        self.server.site.answers.append((self.path, time.monotonic(), code))
        super().send_response(code, message)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Keep the tests' output clean."""

    def query(self, name: str, default: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [default])[0]

    def answer(self, body: str | bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        content = body.encode("utf-8") if isinstance(body, str) else body
        told = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(content))}
        for name, value in (told | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _entries(request: _Request) -> str:
    """One entry a line, ``id<TAB>title``; a line ``next<TAB>path`` leads on."""
    count, offset = int(request.query("n", "3")), int(request.query("offset", "0"))
    lines = [f"{i}\tعنوان رقم {i}" for i in range(offset, offset + count)]
    following = request.query("next", "")
    return "\n".join([*lines, *([f"next\t{following}"] if following else [])])


def _ok(request: _Request) -> None:
    request.answer(_entries(request))


def _robots(request: _Request) -> None:
    robots = request.server.site.robots
    if isinstance(robots, int):
        request.answer("", status=robots)
    else:
        request.answer(robots)


def _missing(request: _Request) -> None:
    page = request.server.site.page
    if page is None:
        request.answer("no such page", status=404)
    else:
        request.answer(page, Content_Type="text/html; charset=utf-8")


def _flaky(request: _Request) -> None:
    first = request.server.site.hits["/flaky"] == 1
    request.answer("later" if first else _entries(request), status=500 if first else 200)


def _reset(request: _Request) -> None:
    """Half of the body, then a connection reset."""
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"1\thalf of\n" * 50)
    request.wfile.flush()
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


def _short(request: _Request) -> None:
    """An orderly end before the announced length."""
    request.answer(_entries(request), Content_Length="100000", Connection="close")
    request.close_connection = True


def _slow(request: _Request) -> None:
    """A byte now and then, without an end."""
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b".")
        request.wfile.flush()
        time.sleep(0.1)


def _bounce(request: _Request) -> None:
    further = int(request.query("n", "0")) + 1
    request.answer("", status=302, Location=f"/bounce?n={further}")


def _big(request: _Request) -> None:
    request.answer("x" * 200_000)


def page_of(*ids: str, following: str = "") -> str:
    """A listing page of these entries."""
    item = '<li class="entry"><a href="/e/{0}">عنوان رقم {0}</a><p>ملخص الخبر رقم {0}.</p></li>\n'
    items = "".join(item.format(key) for key in ids)
    link = f'<a rel="next" href="{following}">التالي</a>' if following else ""
    return (
        "<!DOCTYPE html><html><head><title>النشرة</title></head><body>"
        f"<main><ul>{items}</ul></main>{link}</body></html>"
    )


def _page(request: _Request, page: str) -> None:
    """A page that can be asked for conditionally."""
    etag = f'"{hashlib.sha256(page.encode()).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == etag:
        request.send_response(304)
        request.send_header("ETag", etag)
        request.end_headers()
    else:
        request.answer(page, Content_Type="text/html; charset=utf-8", ETag=etag)


def _html(request: _Request) -> str:
    count, offset = int(request.query("n", "3")), int(request.query("offset", "0"))
    ids = (str(number) for number in range(offset, offset + count))
    return page_of(*ids, following=request.query("next", ""))


def _list(request: _Request) -> None:
    request.answer(_html(request), Content_Type="text/html; charset=utf-8")


def _held(request: _Request) -> None:
    request.server.site.released.wait(120)
    _list(request)


def _busy(request: _Request) -> None:
    """Too many requests at first; ``after`` is Retry-After, seconds or ``date:`` and seconds."""
    if request.server.site.hits[urlsplit(request.path).path] > int(request.query("times", "1")):
        _list(request)
        return
    after = request.query("after", "1")
    if after.startswith("date:"):
        after = formatdate(time.time() + int(after.removeprefix("date:")), usegmt=True)
    request.answer("busy", status=int(request.query("status", "429")), Retry_After=after)


def _redirect(request: _Request) -> None:
    """To ``host``, on this server's port."""
    port = request.server.server_port
    target = f"http://{request.query('host', 'localhost')}:{port}/list"
    request.answer("", status=302, Location=target)


def _mislabelled(request: _Request) -> None:
    """Bytes of windows-1256 under a header that says UTF-8."""
    body = _html(request).encode("cp1256")
    request.answer(body, Content_Type="text/html; charset=utf-8")


def _cut(request: _Request) -> None:
    """More than the announced length."""
    body = _html(request).encode()
    request.answer(
        body, Content_Type="text/html; charset=utf-8", Content_Length=str(len(body) * 2 // 3)
    )
    request.close_connection = True


def _drip(request: _Request) -> None:
    """Headers without an end, a letter now and then."""
    request.send_response(200)
    request.flush_headers()
    for number in itertools.count():
        request.wfile.write(f"X-{number}: ".encode())
        for letter in b"drip\r\n":
            request.wfile.write(bytes([letter]))
            request.wfile.flush()
            time.sleep(0.05)


def _bomb(request: _Request) -> None:
    """A gibibyte of white space in a megabyte."""
    part = gzip.compress(b" " * 2**20)
    request.answer(part * 1024, Content_Type="text/html", Content_Encoding="gzip")


def _not_gzip(request: _Request) -> None:
    request.answer(_html(request), Content_Type="text/html", Content_Encoding="gzip")


def _huge(request: _Request) -> None:
    """Three gibibytes, of a length that is not told."""
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    for _ in range(3 * 2**10):
        request.wfile.write(b" " * 2**20)


_Request.routes = {
    "/robots.txt": _robots,
    "/ok": _ok,
    "/empty": lambda request: request.answer(""),
    "/forbidden": lambda request: request.answer("go away", status=403),
    "/broken": lambda request: request.answer("broken", status=500),
    "/loop": lambda request: request.answer("", status=302, Location="/loop"),
    "/bounce": _bounce,
    "/flaky": _flaky,
    "/reset": _reset,
    "/short": _short,
    "/slow": _slow,
    "/big": _big,
    "/list": _list,
    "/held": _held,
    "/not_modified": lambda request: request.answer("", status=304),
    "/busy": _busy,
    "/redirect": _redirect,
    "/mislabelled": _mislabelled,
    "/cut": _cut,
    "/drip": _drip,
    "/bomb": _bomb,
    "/not_gzip": _not_gzip,
    "/huge": _huge,
}
