"""Spiders without a network: what they ask for, where they go on, where they stop."""

from __future__ import annotations

import asyncio
import html
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from normalize.model import Entry
from scraper.errors import BlockedPage, LayoutChanged, SpiderArgumentError
from scraper.sources import SourceSpider
from spiders.aitopics import AITopicsSpider
from spiders.huggingface_papers import HuggingFacePapersSpider
from spiders.shamra_academia import ShamraAcademiaSpider
from tests.test_sources import FIXTURES

SPIDERS = (AITopicsSpider, HuggingFacePapersSpider, ShamraAcademiaSpider)
COPY = "http://127.0.0.1:8000/"


def page(case: str) -> bytes:
    return (FIXTURES / case / "page.html").read_bytes()


def parsed(
    spider: SourceSpider, url: str, body: bytes, content_type: str = "text/html; charset=utf-8"
) -> tuple[list[Entry], list[str]]:
    """Entries of a page, and the addresses asked for next."""
    headers = {"Content-Type": content_type}
    response = HtmlResponse(url, body=body, headers=headers, request=Request(url))
    told = list(spider.parse(response))
    entries = [item for item in told if isinstance(item, Entry)]
    return entries, [item.url for item in told if isinstance(item, Request)]


def listing(*ids: str, following: str = "") -> bytes:
    boxes = "".join(f"<li><a href=/show/{i}>Title of {i}</a></li>" for i in ids)
    return f"<html><body><ul>{boxes}</ul>{following}</body></html>".encode()


@pytest.mark.parametrize("spider", SPIDERS)
def test_start_asks_for_the_first_urls(spider: type[SourceSpider]) -> None:
    built = spider()

    async def asked() -> list[str]:
        return [request.url async for request in built.start()]

    assert asyncio.run(asked()) == list(built.first_urls())


@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        ({}, "https://huggingface.co/papers"),
        ({"date": "2026-05-08"}, "https://huggingface.co/papers/date/2026-05-08"),
        ({"week": "2026-W01"}, "https://huggingface.co/papers/week/2026-W01"),
        ({"month": "2026-05"}, "https://huggingface.co/papers/month/2026-05"),
        ({"trending": "1"}, "https://huggingface.co/papers/trending"),
        ({"trending": "no"}, "https://huggingface.co/papers"),
        ({"q": "a b&c"}, "https://huggingface.co/papers?q=a%20b%26c"),
        ({"q": "عربي"}, "https://huggingface.co/papers?q=%D8%B9%D8%B1%D8%A8%D9%8A"),
        ({"month": "2026-05", "q": "x"}, "https://huggingface.co/papers/month/2026-05?q=x"),
        ({"date": "2026-05-08", "base": COPY}, f"{COPY}papers/date/2026-05-08"),
        ({"base": "http://127.0.0.1:8000"}, f"{COPY}papers"),
    ],
)
def test_pages_of_huggingface(arguments: dict[str, str], url: str) -> None:
    assert HuggingFacePapersSpider(**arguments).first_urls() == [url]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"date": "2026-13-01"}, "date is written like 2026-05-08, not '2026-13-01'"),
        ({"date": "2026-02-30"}, "date is written like"),
        ({"date": "08.05.2026"}, "date is written like"),
        ({"date": "2026-5-8"}, "date is written like"),
        ({"date": "٢٠٢٦-٠٥-٠٨"}, "date is written like"),
        ({"week": "2026-W54"}, "week is written like 2026-W19"),
        ({"week": "2026-W1"}, "week is written like"),
        ({"month": "2026-13"}, "month is written like 2026-05"),
        ({"month": "2026-05-01"}, "month is written like"),
        ({"trending": "maybe"}, "trending must be true or false"),
        ({"date": "2026-05-08", "week": "2026-W19"}, "exclude each other"),
        ({"month": "2026-05", "trending": "yes"}, "exclude each other"),
    ],
)
def test_periods_that_are_none(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(SpiderArgumentError, match=message):
        HuggingFacePapersSpider(**arguments).first_urls()


@pytest.mark.parametrize("spider", SPIDERS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pagse": "3"}, "takes no argument 'pagse'. Did you mean 'pages'?"),
        ({"xyzzy": "3"}, "takes no argument 'xyzzy'. Known: "),
        ({"source": "x"}, "takes no argument 'source'"),
        ({"pages": "0"}, "pages must be a whole number from 1, not '0'"),
        ({"pages": "-1"}, "pages must be a whole number"),
        ({"pages": "two"}, "pages must be a whole number"),
        ({"pages": "1.5"}, "pages must be a whole number"),
        ({"pages": ""}, "pages must be a whole number"),
        ({"base": "example.org"}, "base must be an address"),
        ({"base": "ftp://example.org/"}, "base must be an address"),
        ({"base": "http://[bad/"}, "base must be an address"),
        ({"base": "http:///path"}, "base must be an address"),
    ],
)
def test_wrong_arguments(
    spider: type[SourceSpider], arguments: dict[str, str], message: str
) -> None:
    with pytest.raises(SpiderArgumentError, match=message.replace("?", r"\?")):
        spider(**arguments)


@pytest.mark.parametrize("spider", SPIDERS)
def test_arguments_of_every_spider(spider: type[SourceSpider]) -> None:
    built = spider(base=COPY, pages="3", allow_empty="true")
    assert (built.base, built.pages, built.name) == (COPY, 3, spider.name)


def test_pages_of_aitopics() -> None:
    (url,) = AITopicsSpider(q="ذكاء & AI", filters="a:b c").first_urls()
    assert url.startswith("https://aitopics.org/search?")
    asked = parse_qs(urlsplit(url).query)
    assert asked == {"q": ["ذكاء & AI"], "filters": ["a:b c"], "start": ["0"]}
    assert AITopicsSpider().first_urls() == ["https://aitopics.org/search?start=0"]


def test_pages_of_shamra() -> None:
    assert ShamraAcademiaSpider().first_urls() == ["https://shamra-academia.com/"]
    listed = "https://shamra-academia.com/fields/7"
    assert ShamraAcademiaSpider(url=listed).first_urls() == [listed]
    assert ShamraAcademiaSpider(base=COPY).first_urls() == [COPY]
    for wrong in ("/fields/7", "fields", "javascript:x"):
        with pytest.raises(SpiderArgumentError, match="url must be an address"):
            ShamraAcademiaSpider(url=wrong).first_urls()


def test_aitopics_goes_on_by_tens_to_the_empty_page() -> None:
    spider = AITopicsSpider(base=COPY, q="x")
    start = f"{COPY}search?q=x&start="
    entries, asked = parsed(spider, f"{start}0", page("aitopics/first_page"))
    assert (len(entries), asked) == (10, [f"{start}10"])
    entries, asked = parsed(spider, f"{start}10", page("aitopics/second_page"))
    assert (len(entries), asked) == (10, [f"{start}20"])
    entries, asked = parsed(spider, f"{start}20", page("aitopics/last_page"))
    assert (len(entries), asked) == (3, [f"{start}30"])
    entries, asked = parsed(spider, f"{start}30", page("aitopics/empty"))
    assert (entries, asked) == ([], [])


def test_aitopics_stops_after_the_number_of_pages() -> None:
    spider = AITopicsSpider(pages=1)
    _, asked = parsed(spider, "https://aitopics.org/search?start=0", page("aitopics/first_page"))
    assert asked == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<title>Just a moment...</title><form></form>", BlockedPage),
        (b"<title>Log in</title><form><input type=password></form>", BlockedPage),
        (b"<html><body><nav>Home</nav><p>Part of a pa", LayoutChanged),
    ],
)
def test_gate_in_mid_list_is_not_the_end_of_aitopics(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parsed(AITopicsSpider(), "https://aitopics.org/search?start=10", body)


def test_page_with_nothing_new_ends_the_crawl() -> None:
    spider = ShamraAcademiaSpider()
    onward = "<a rel=next href=/list?page={}>x</a>"
    url = "https://shamra-academia.com/list?page={}"
    first = listing("3a443d1e5ffee4", "3a443d1e5ffee5", following=onward.format(2))
    again = listing("3a443d1e5ffee5", "3a443d1e5ffee4", following=onward.format(3))
    assert parsed(spider, url.format(1), first)[1] == [url.format(2)]
    entries, asked = parsed(spider, url.format(2), again)
    assert (len(entries), asked) == (2, [])


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("utf-8", "text/html; charset=utf-8"),
        ("windows-1256", "text/html; charset=utf-8"),
        ("windows-1256", "text/html; charset=ISO-8859-1"),
        ("windows-1256", "text/html"),
        ("utf-16", "text/html"),
    ],
)
def test_arabic_next_link_is_read_in_any_encoding(encoding: str, header: str) -> None:
    following = "<p>صفحات البحث</p><a href='/list?page=2'>التالي</a>"
    body = listing("3a443d1e5ffee4", following=following).decode().encode(encoding)
    spider = ShamraAcademiaSpider()
    _, asked = parsed(spider, "https://shamra-academia.com/list", body, header)
    assert asked == ["https://shamra-academia.com/list?page=2"]


def test_arabic_address_is_asked_for_as_the_page_writes_it() -> None:
    following = "<a rel=next href='/list?q=عربي&page=2'>x</a>"
    body = listing("3a443d1e5ffee4", following=following).decode()
    url = "https://shamra-academia.com/list"
    _, (asked,) = parsed(ShamraAcademiaSpider(), url, body.encode())
    assert asked == f"{url}?q=%D8%B9%D8%B1%D8%A8%D9%8A&page=2"
    header = "text/html; charset=windows-1256"
    _, (asked,) = parsed(ShamraAcademiaSpider(), url, body.encode("windows-1256"), header)
    assert asked == f"{url}?q=%DA%D1%C8%ED&page=2"


def daily(day: str, previous: object, **extra: object) -> bytes:
    papers = [{"paper": {"id": f"2605.9{day[-4:].replace('-', '')}", "title": f"Paper of {day}"}}]
    props = {"dailyPapers": papers, "prevDate": previous, **extra}
    told = html.escape(json.dumps(props))
    return f'<body><div data-target="DailyPapers" data-props="{told}"></div></body>'.encode()


@pytest.mark.parametrize(
    ("previous", "path"),
    [
        ("2026-05-07", "papers/date/2026-05-07"),
        ("2026-05-07T00:00:00.000Z", "papers/date/2026-05-07"),
        ("2026-W18", "papers/week/2026-W18"),
        ("2026-04", "papers/month/2026-04"),
    ],
)
def test_huggingface_goes_back_in_time(previous: str, path: str) -> None:
    spider = HuggingFacePapersSpider(base=COPY, pages=2)
    entries, asked = parsed(spider, f"{COPY}papers/date/2026-05-08", daily("2026-05-08", previous))
    assert len(entries) == 1
    assert asked == [COPY + path]


@pytest.mark.parametrize(
    ("previous", "extra"),
    [
        (None, {}),
        ("", {}),
        ("yesterday", {}),
        (["2026-05-07"], {}),
        ("2026-05-07", {"isTrending": True}),
    ],
)
def test_huggingface_stops_where_no_period_is_before(
    previous: object, extra: dict[str, object]
) -> None:
    spider = HuggingFacePapersSpider(pages=5)
    body = daily("2026-05-08", previous, **extra)
    assert parsed(spider, "https://huggingface.co/papers/date/2026-05-08", body)[1] == []


def test_search_of_huggingface_is_one_page() -> None:
    spider = HuggingFacePapersSpider(q="dialect", pages=5)
    url = "https://huggingface.co/papers?q=dialect"
    entries, asked = parsed(spider, url, page("huggingface_papers/search"))
    assert len(entries) == 3
    assert asked == []


def test_weekend_is_answered_by_another_day_without_an_error() -> None:
    spider = HuggingFacePapersSpider(date="2026-05-09")
    assert spider.first_urls() == ["https://huggingface.co/papers/date/2026-05-09"]
    # The site leads to Friday; the answer bears that address.
    friday = "https://huggingface.co/papers/date/2026-05-08"
    entries, _ = parsed(spider, friday, daily("2026-05-08", None))
    assert [(entry.title, entry.page_url) for entry in entries] == [("Paper of 2026-05-08", friday)]


@pytest.mark.parametrize("copy", [COPY, "http://127.0.0.1:8000/mirror/"])
def test_entries_of_a_copy_have_the_live_addresses(copy: str) -> None:
    spider = ShamraAcademiaSpider(base=copy)
    entries, _ = parsed(spider, f"{copy}list?page=1", listing("3a443d1e5ffee4"))
    assert [(e.url, e.page_url) for e in entries] == [
        (
            "https://shamra-academia.com/show/3a443d1e5ffee4",
            "https://shamra-academia.com/list?page=1",
        )
    ]
    results = AITopicsSpider(base=copy)
    found, _ = parsed(results, f"{copy}search?start=0", page("aitopics/first_page"))
    assert not [entry.url for entry in found if entry.url and "127.0.0.1" in entry.url]


def test_entries_carry_the_clock_of_the_crawl_in_utc() -> None:
    entries, _ = parsed(
        ShamraAcademiaSpider(), "https://shamra-academia.com/", listing("3a443d1e5ffee4")
    )
    (entry,) = entries
    assert entry.fetched_at is not None
    assert len(entry.fetched_at) == len("2026-05-09T06:00:00Z")
    assert entry.fetched_at.endswith("Z")
