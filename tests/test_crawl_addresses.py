"""Where a crawl may go, when it may come back, and what it takes for a whole page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import attrs
import pytest
from scrapy import Request, Spider
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.test import get_crawler
from twisted.internet.address import IPv4Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IProtocolFactory, IReactorPluggableNameResolver
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from zope.interface import directlyProvides  # type: ignore[import-untyped]  # publishes no types

from scraper.middlewares import (
    AddressRefused,
    RedirectLimitMiddleware,
    RetryAfterMiddleware,
    RobotsUnreachableMiddleware,
)
from scraper.middlewares.addresses import asked_for, is_public
from scraper.middlewares.pauses import retry_after
from scraper.middlewares.resolving import PinningResolver
from scraper.runs.parent_watch import ParentWatch
from scraper.runs.recorder import LineFile, RunRecorder
from scraper.split.document import DocumentKind
from scraper.split.source import Source
from spiders.aitopics import AITopicsSpider
from tests.run_spiders import BulletinSpider

SOURCE = Source(
    name="a", title="A", home="https://www.example.org/", languages=("ar",),
    readers={DocumentKind.HTML: {}}, known_by="", marker=re.compile("$^"), terms="", cadence="",
    hosts=("cdn.example.net",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07::1", True),
        ("127.0.0.1", False), ("127.8.8.8", False), ("0.0.0.0", False),  # noqa: S104  not bound to
        ("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("198.18.0.1", False),
        ("224.0.0.1", False), ("255.255.255.255", False),
        ("::1", False), ("::", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::127.0.0.1", False), ("64:ff9b::a9fe:a9fe", False), ("64:ff9b::5db8:d70e", True),
        ("64:ff9b:1::1", False), ("2002:7f00:1::", False), ("fec0::1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:93.184.215.14", True), ("ff02::1", False),
    ],
)  # fmt: skip
def test_public_addresses(address: str, *, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.org/x", True), ("http://www.example.org/", True),
        ("https://news.example.org/", True), ("https://cdn.example.net/1", True),
        ("https://a.cdn.example.net/", True), ("https://example.net/", False),
        ("https://example.org.evil.example/", False), ("https://notexample.org/", False),
        ("http://[bad/", False), (None, False),
    ],
)  # fmt: skip
def test_hosts_of_a_source(url: str | None, *, allowed: bool) -> None:
    assert SOURCE.allows(url) is allowed


def test_hosts_that_a_person_named_may_have_any_address() -> None:
    assert asked_for(BulletinSpider()) == frozenset()
    named = BulletinSpider(base="http://intranet:8000/", path="list", hosts="cdn.local")
    assert asked_for(named) == {"intranet", "cdn.local"}
    assert asked_for(None) == frozenset()


class RebindingResolver:
    """An owner's name server: a public address for who looks first, then this machine."""

    def __init__(self) -> None:
        self.answers = ["93.184.215.14"]

    def resolveHostName(self, receiver: Any, _: str, port: int = 0, *__: Any) -> None:  # noqa: ANN401, N802  Twisted's
        answer = self.answers.pop() if self.answers else "127.0.0.1"
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", answer, port))
        receiver.resolutionComplete()


def connected(host: bytes, resolver: object) -> list[tuple[str, int]]:
    """Where Scrapy's downloads of a host go, by way of that resolver."""
    reactor: Any = MemoryReactorClock()  # type: ignore[no-untyped-call]  # publishes no types
    directlyProvides(reactor, IReactorPluggableNameResolver)
    reactor.nameResolver = resolver
    HostnameEndpoint(reactor, host, 8080).connect(cast("IProtocolFactory", Factory()))
    reactor.advance(60)
    return [(client[0], client[1]) for client in reactor.tcpClients]


@pytest.mark.parametrize(
    ("judged", "asked"),
    [
        ("evil.example", b"evil.example"),
        ("evil.example", b"EVIL.example"),
        # Twisted looks up the letters that a name in ASCII stands for.
        ("xn--mgbh0fb.xn--kgbechtv", b"xn--mgbh0fb.xn--kgbechtv"),
        ("xn--strae-oqa.example", b"xn--strae-oqa.example"),
    ],
)
def test_the_address_that_was_judged_is_the_one_connected_to(judged: str, asked: bytes) -> None:
    resolver = PinningResolver(RebindingResolver())
    found = asyncio.run(resolver.pin(judged))
    assert [address.host for address in found] == ["93.184.215.14"]
    assert connected(asked, resolver) == [("93.184.215.14", 8080)]
    assert connected(b"other.example", resolver) == [("127.0.0.1", 8080)]


def test_a_spider_of_no_declared_source_has_the_hosts_of_its_arguments() -> None:
    assert asked_for(Spider("other", url="http://intranet/x")) == {"intranet"}


@pytest.mark.parametrize(
    ("asked", "location", "followed"),
    [
        ("https://example.org/a", "/b", True),
        ("https://example.org/a", "https://www.example.org/b", True),
        ("http://example.org/a", "https://example.org/a", True),
        ("https://example.org/a", "//news.example.org/b", True),
        ("https://news.example.org/a", "https://example.org/b", True),
        ("https://example.org/a", "https://cdn.example.net/b", True),
        ("https://example.org/a", "https://other.example/b", False),
        ("https://example.org/a", "//other.example/b", False),
        ("https://example.org/a", "http://127.0.0.1/b", False),
        # Scrapy drops the slashes too many, and takes a backslash for the end of the host.
        ("https://example.org/a", "///other.example/b", False),
        ("https://example.org/a", "////other.example/b", False),
        ("https://example.org/a", "https://other.example\\@example.org/b", False),
        # What is no address is Scrapy's to leave alone.
        ("https://example.org/a", "http://[bad/", True),
    ],
)
def test_redirects_stay_on_the_source(asked: str, location: str, *, followed: bool) -> None:
    crawler = get_crawler(settings_dict={"REDIRECT_MAX_TIMES": 5})
    spider = BulletinSpider()
    spider.source = SOURCE  # type: ignore[misc]  # an example's
    crawler.spider = spider
    request = Request(asked, callback=spider.parse)
    response = Response(asked, status=302, headers={"Location": location}, request=request)
    RedirectLimitMiddleware.from_crawler(crawler).process_response(request, response)
    assert bool(request.meta.get("dont_redirect")) is not followed
    counted = crawler.stats.get_value("http/redirect_refused", 0)
    assert counted == (0 if followed else 1)


def test_an_answer_that_is_no_redirect_may_name_any_address() -> None:
    crawler = get_crawler(settings_dict={"REDIRECT_MAX_TIMES": 5})
    crawler.spider = BulletinSpider()
    request = Request("https://example.org/a", callback=crawler.spider.parse)
    response = Response(request.url, status=200, headers={"Location": "https://other.example/"})
    RedirectLimitMiddleware.from_crawler(crawler).process_response(request, response)
    assert crawler.stats.get_value("http/redirect_refused", 0) == 0


def test_a_redirect_is_relative_to_the_address_that_was_asked() -> None:
    crawler = get_crawler(settings_dict={"REDIRECT_MAX_TIMES": 5})
    crawler.spider = BulletinSpider()
    request = Request("https://example.org/a", callback=crawler.spider.parse)
    body = b'<base href="https://other.example/">'
    response = HtmlResponse(request.url, status=302, headers={"Location": "b"}, body=body)
    RedirectLimitMiddleware.from_crawler(crawler).process_response(request, response)
    assert "dont_redirect" not in request.meta


def test_robots_txt_may_stand_elsewhere() -> None:
    crawler = get_crawler(settings_dict={"REDIRECT_MAX_TIMES": 5})
    crawler.spider = BulletinSpider()
    request = Request("https://example.org/robots.txt", callback=NO_CALLBACK)
    response = Response(request.url, status=302, headers={"Location": "https://other.example/r"})
    RedirectLimitMiddleware.from_crawler(crawler).process_response(request, response)
    assert "dont_redirect" not in request.meta


def test_a_robots_txt_at_a_refused_address_forbids() -> None:
    middleware = RobotsUnreachableMiddleware.from_crawler(get_crawler())
    request = Request("https://example.org/robots.txt", callback=NO_CALLBACK)
    replaced = middleware.process_exception(request, AddressRefused("private"))
    assert replaced is not None
    assert replaced.body == b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": " 0 "}, 0),
        ({"Retry-After": "9" * 400}, float("inf")),
        # By the site's clock, not by ours.
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT",
          "Date": "Wed, 21 Oct 2015 07:26:00 GMT"}, 120),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT",
          "Date": "Wed, 21 Oct 2015 07:30:00 GMT"}, 0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": f"Wed, 21 Oct {'9' * 20} 07:28:00 GMT"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "١٢"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_retry_after(headers: Mapping[str, str], seconds: float | None) -> None:
    assert retry_after(Response("https://example.org/", headers=dict(headers))) == seconds


@attrs.frozen
class Pause:
    status: int
    header: str
    attempts: int
    until: float | None
    again: bool


@pytest.mark.parametrize(
    "pause",
    [
        Pause(429, "30", 0, 1030, again=True),
        Pause(503, "120", 2, 1120, again=True),
        Pause(503, "", 0, 1020, again=True),
        Pause(503, "", 1, 1040, again=True),
        Pause(429, "", 3, 1120, again=True),
        Pause(429, "121", 0, None, again=False),
        Pause(500, "30", 0, None, again=True),
    ],
    ids=str,
)
def test_pauses(pause: Pause, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scraper.middlewares.pauses.monotonic", lambda: 1000.0)
    settings = {"DOWNLOAD_DELAY": 10, "RETRY_AFTER_MAX": 120, "CLOSESPIDER_TIMEOUT": 1800}
    middleware = RetryAfterMiddleware.from_crawler(get_crawler(settings_dict=settings))
    request = Request("https://www.example.org/", meta={"retry_times": pause.attempts})
    headers = {"Retry-After": pause.header}
    response = Response(request.url, status=pause.status, headers=headers)
    assert middleware.process_response(request, response) is response
    assert request.meta.get("dont_retry", False) is not pause.again
    until = {} if pause.until is None else {"example.org": pause.until}
    assert vars(middleware)["_free_from"] == until


LENGTH = {"Content-Length": "100"}
LIST = '<div><ul><li class="entry"><a href="/e/1">Title</a></li>'


@pytest.mark.parametrize(
    ("body", "headers", "broken"),
    [
        (f"<html><body>{LIST}</ul></div></body></html>", LENGTH, False),
        # Closing tags that HTML lets a page leave out.
        (f"<html><body>{LIST}</ul></div>", LENGTH, False),
        (f"<!DOCTYPE html>{LIST}</ul></div>", LENGTH, False),
        (f"<html><body>{LIST}", LENGTH, True),
        (f"<html><body>{LIST}</ul>", LENGTH, True),
        (f"<html><body>{LIST}</ul></div><div", LENGTH, True),
        # Sent in chunks, of which the last says that it is the last: the site's own carelessness.
        (f"<html><body>{LIST}", {}, False),
    ],
)
def test_pages_that_end_in_mid_list(body: str, headers: dict[str, str], *, broken: bool) -> None:
    spider = BulletinSpider.from_crawler(get_crawler(BulletinSpider))
    url = "http://bulletin.example/list"
    response = HtmlResponse(url, body=body.encode(), headers=headers, request=Request(url))
    assert len(list(spider.parse(response))) == 1
    assert spider.crawler.stats.get_value("http/broken_off", 0) == int(broken)


@pytest.mark.parametrize(
    ("arguments", "by_date"), [({}, True), ({"filters": "x"}, True), ({"q": "robots"}, False)]
)
def test_answers_to_a_query_are_not_by_date(arguments: dict[str, str], *, by_date: bool) -> None:
    assert AITopicsSpider(**arguments).by_date is by_date


def test_a_line_that_fits_in_part_is_taken_back(tmp_path: Path) -> None:
    @attrs.define
    class HalfFull:
        file: Any

        def write(self, data: bytes) -> int:
            written: int = self.file.write(data[: len(data) // 2])
            return written

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the file's own
            return getattr(self.file, name)

    lines = LineFile(tmp_path / "lines")
    lines.write("first\n")
    whole = vars(lines)["_file"]
    vars(lines)["_file"] = HalfFull(whole)
    with pytest.raises(OSError, match="no space for more than 6 bytes"):
        lines.write("second\n")
    vars(lines)["_file"] = whole
    lines.write("third\n")
    lines.close()
    assert (tmp_path / "lines").read_bytes() == b"first\nthird\n"


@pytest.mark.parametrize("component", [RunRecorder, ParentWatch])
def test_what_is_of_a_run_is_off_without_one(component: Any) -> None:  # noqa: ANN401  either
    with pytest.raises(NotConfigured):
        component.from_crawler(get_crawler())
