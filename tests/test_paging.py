"""The link to the next listing page, in any language and direction, and the pages sent instead."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import BlockedPage, LayoutChanged
from scraper.split import split
from scraper.split.document import parse_html
from scraper.split.page_address import Step, step
from scraper.split.paging import next_page
from tests import paging_cases as cases

HERE = "https://example.org/list?page=2"
NEXT = "https://example.org/list?page=3"


@pytest.mark.parametrize(
    "markup",
    [
        "<a rel=next href='?page=3'>x</a>",
        "<head><link rel='prefetch next' href='/list?page=3'></head><p>",
        "<a rel='nofollow next' href='https://example.org/list?page=3'>x</a>",
        "<li class='page next'><a href='?page=3'>x</a></li>",
        "<a class=next href=' ?page=3 '>x</a>",
        "<a rel=next href='?page=3#list'>x</a>",
        "<a href='?page=3'>التالي</a>",
        "<a href='?page=3'>التالي »</a>",
        "<a href='?page=3'>الصفحة التالية ←</a>",
        "<a href='?page=3'>Next →</a>",
        "<a href='?page=3'>Следующая</a>",
        "<a href='?page=3'>次へ</a>",
        "<a href='?page=3'>下一页</a>",
        "<a href='?page=3'>بعدی</a>",
        "<a href='?page=3' title='Next page'>3</a>",
        "<a href='?page=3' aria-label='Suivant'><svg></svg></a>",
        "<a href='?page=1'>«</a><a href='?page=3'>»</a>",
        "<html dir=rtl><a href='?page=1'>»</a><a href='?page=3'>«</a>",
        "<html dir=rtl><a href='?page=1'>«</a><a href='?page=3'>»</a>",
        "<a rel=next href='http://[bad'>x</a><a href='?page=3'>Next</a>",
        "<a class='next disabled' href='#'>x</a><a href='?page=3'>Next</a>",
        "<base href='https://example.org/list'><a rel=next href='?page=3'>x</a>",
    ],
)  # fmt: skip
def test_next_page(markup: str) -> None:
    assert next_page(parse_html(markup), HERE) == NEXT


@pytest.mark.parametrize(
    "markup",
    [
        "<p>no link</p>",
        "<a rel=next href='?page=2#list'>itself</a>",
        "<a href='javascript:next()'>Next</a>",
        "<a href='mailto:next@example.org'>Next</a>",
        "<a rel=next href='https://elsewhere.example.com/list?page=3'>Next</a>",
        "<a href='/paper'>Next generation models</a>",
        "<a href='?page=1'>«</a>",
        "<a href='?page=1'>»</a>",
        "<html dir=rtl><a href='?page=1'>«</a>",
        "<a rel=next>Next</a>",
    ],
)
def test_no_next_page(markup: str) -> None:
    assert next_page(parse_html(markup), HERE) is None


@pytest.mark.parametrize("word", cases.WORDS)
def test_words_for_next(word: str) -> None:
    markup = f"<a href='/b'>x</a><a href='?page=1'>1</a><a href='?page=3'>{word}</a>"
    assert next_page(parse_html(markup), HERE) == NEXT


@pytest.mark.parametrize("word", cases.LOAD_MORE)
def test_words_for_more(word: str) -> None:
    link = f"<a href='?page=3'>{word}</a>"
    assert next_page(parse_html(link), HERE) == NEXT
    control = f"<button data-url='?page=3'>{word}</button>"
    assert next_page(parse_html(control), HERE) == NEXT
    entry = f"<p><a href='/ships'>{word}</a></p>"
    assert next_page(parse_html(entry), HERE) is None


@pytest.mark.parametrize("word", cases.ELSEWHERE)
def test_words_that_lead_elsewhere(word: str) -> None:
    assert next_page(parse_html(f"<a href='?page=3'>{word}</a>"), HERE) is None


@pytest.mark.parametrize(
    ("url", "markup", "expected"),
    [*cases.NUMBERED, *cases.CONTROLS, *cases.ARROWS, *cases.MIXED],
)
def test_next_page_of_layouts(url: str, markup: str, expected: str | None) -> None:
    page = markup if markup.startswith(("<html", "<body")) else f"<body>{markup}</body>"
    assert next_page(parse_html(page), url) == expected


def test_a_calendar_is_known_by_its_days() -> None:
    days = "".join(
        "<tr>" + "".join(f"<td><a href='/d/{w * 7 + d}'>{w * 7 + d}</a></td>" for d in range(1, 8))
        for w in range(4)
    )
    markup = f"<table>{days}</table><a href='?page=3'>Next</a>"
    assert next_page(parse_html(markup), HERE) == NEXT
    assert next_page(parse_html(f"<table>{days}</table>"), "https://example.org/d/7") is None


def test_known_pages_are_not_read_again() -> None:
    root = parse_html("<a rel=next href='?page=1'>x</a><a href='?page=3'>Next</a>")
    assert next_page(root, HERE, known=["https://example.org/list?page=1"]) == NEXT
    assert next_page(root, HERE, known=[NEXT, "https://example.org/list?page=1#x"]) is None


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("/list", "/list?page=2", Step.ON),
        ("/list?page=2", "/list?page=10", Step.ON),
        ("/list?page=2&q=x", "/list?q=x&page=3", Step.ON),
        ("/list?start=10", "/list?start=20", Step.ON),
        ("/list", "/list/page/2/", Step.ON),
        ("/list/", "/list/2", Step.ON),
        ("/list/page/2/", "/list/page/3/", Step.ON),
        ("/list.html", "/list_2.html", Step.ON),
        ("/a/index.html", "/a/index_1.html", Step.ON),
        ("/a/", "/a/seite-2", Step.ON),
        ("/", "/page/2", Step.ON),
        ("/list?page=3", "/list?page=2", Step.BACK_ONE),
        ("/list_9.html", "/list_8.html", Step.BACK_ONE),
        ("/list?page=3", "/list?page=1", Step.BACK),
        ("/list?page=3", "/list", Step.BACK),
        ("/list/page/2/", "/list/", Step.BACK),
        ("/list", "/list?after=abc", Step.ALIKE),
        ("/list?sort=a", "/list?sort=b", Step.ALIKE),
        ("/", "/news?p=2", Step.ON),
        ("/live/", "/live/index.php?page=2", Step.ON),
        ("/", "/?p=128317", Step.ALIKE),
        ("/", "/news?p=7", Step.UNKNOWN),
        ("/", "/news?id=2", Step.UNKNOWN),
        ("/", "/news/sea?page=2", Step.UNKNOWN),
        ("/list", "/list/2024", Step.UNKNOWN),
        ("/2023/", "/2024/", Step.UNKNOWN),
        ("/list", "/list/ships-3", Step.UNKNOWN),
        ("/list", "/other?page=2", Step.UNKNOWN),
        ("/list", "/list", Step.UNKNOWN),
        ("/list?q=a", "/list/page/2?q=b", Step.UNKNOWN),
        ("http://[bad", "/list", Step.UNKNOWN),
    ],
)
def test_addresses_tell_the_direction(here: str, there: str, expected: Step) -> None:
    assert step(here, there) is expected


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_no_address_raises(href: str, text: str) -> None:
    root = parse_html("<p><a rel=next>x</a></p>")
    (anchor,) = root.iter("a")
    printable = "".join(c for c in href if c.isprintable())
    anchor.set("href", printable)
    anchor.text = "".join(c for c in text if c.isprintable())
    target = next_page(root, HERE)
    assert target is None or target.startswith("https://example.org")


GATES = {
    "login": [
        "<title>Log in</title><form><input name=u><input type=password></form>",
        "<title>Sign in to the portal</title><form><input type=email></form>",
        "<title>تسجيل الدخول - شمرا</title><p>أدخل البريد الإلكتروني",
        "<title>Anmelden</title><p>Weiter",
        "Log in\n\nPlease log in to continue",
        "تسجيل الدخول\n\nالبريد الإلكتروني",
    ],
    "consent": [
        "<title>Before you continue to the site</title><button>Accept all</button>",
        "<h1>Bevor Sie fortfahren</h1>",
        "<p>قبل المتابعة إلى الموقع</p>",
        "We value your privacy\nAccept",
    ],
    "challenge": [
        "<title>Just a moment...</title><script src=/c.js></script>",
        "<title>لحظة…</title>",
        "<p>تحقق من أنك إنسان</p>",
        "<title>Un instant…</title><p>Vérification de votre navigateur",
        "<title>Один момент…</title>",
        "<title>请稍候…</title>",
        "<title>しばらくお待ちください...</title>",
        "<title>Bir dakika lütfen...</title>",
        "<h1>403 Forbidden</h1>",
        "<h1>Too Many Requests</h1>",
        "Checking your browser before accessing the site",
        "<html><body><script>verify()</script></body></html>",
    ],
}


@pytest.mark.parametrize(("gate", "page"), [(g, p) for g, pages in GATES.items() for p in pages])
@pytest.mark.parametrize("source", ["aitopics", "huggingface_papers", "shamra_academia"])
def test_gates_are_named(gate: str, page: str, source: str) -> None:
    with pytest.raises(BlockedPage, match=f"sent a {gate} page") as raised:
        split(page, source=source, url="https://example.org/list")
    message = str(raised.value)
    assert f"source: {source}; at: https://example.org/list; expected: " in message
    assert "found: " in message


LISTED = (
    "<div><a href=/show/3a443d1e5ffee4>Captcha: just a moment</a><p>We study how people tell that"
    " they are human, and what it costs them in time and patience.</p></div>"
)


@pytest.mark.parametrize(
    "extra",
    [
        "<nav><a href=/login>Log in</a><form><input type=password></form></nav>",
        "<div>We value your privacy</div>",
        "<script src=/challenge.js></script><noscript>Enable JavaScript and cookies</noscript>",
        "<p>Just a moment...</p>",
        "<p>No results in your favourites</p>",
    ],
)
def test_listing_with_the_marks_of_a_gate_is_a_listing(extra: str) -> None:
    found = split(f"<title>Login</title>{extra}{LISTED}", source="shamra_academia")
    assert [entry.native_id for entry in found] == ["3a443d1e5ffee4"]


@pytest.mark.parametrize(
    "page",
    [
        "<p>No results found.</p>",
        "<p>Sorry, no results for “x”.</p>",
        "<h3>لا توجد نتائج مطابقة لبحثك</h3>",
        "<p>عذراً، لا توجد نتائج</p>",
        "<p>没有结果</p>",
        "0 results\n\nTry another word",
    ],
)
def test_page_that_says_it_is_empty_is_empty(page: str) -> None:
    assert split(page, source="shamra_academia") == []


PROSE = "<p>" + "A long text about something that the page lists. " * 6 + "</p>"


@pytest.mark.parametrize(
    "page",
    [
        "<p>We found no results of note.</p>",
        "<title>No results</title><p>Something else</p>",
        f"{PROSE * 4}<p>No results found</p>",
        "<div style='display: none'>No results found</div><p>Something else</p>",
        "<div hidden><p>No results found</p></div><p>Something else</p>",
    ],
)
def test_page_that_only_holds_the_words_has_changed(page: str) -> None:
    with pytest.raises(LayoutChanged):
        split(page, source="shamra_academia")
