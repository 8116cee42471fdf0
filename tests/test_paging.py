"""The link to the next listing page, in any language and direction, and the pages sent instead."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import BlockedPage, LayoutChanged
from scraper.split import split
from scraper.split.document import parse_html
from scraper.split.paging import next_page

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
