"""`split` as its callers see it, and on whatever the network may send."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalize.model import Entry
from scraper.errors import LayoutChanged, SplitError, UnknownSource, UnsupportedDocument
from scraper.split import split
from scraper.split.document import DocumentKind
from scraper.split.registry import find_source, known_sources
from scraper.split.source import Source
from tests.test_sources import CASES, read_case

SHAMRA = find_source("shamra_academia")
LINKS = "<li><a href=/show/3a443d1e5ffee4>One</a></li><li><a href=/show/3a443d1e5ffee5>Two</a></li>"
CARACAS = timezone(timedelta(hours=-4.5))
HEAD = '<head><link rel="canonical" href="{}"></head>'


def body_of(case: str) -> bytes:
    return read_case(next(path for path in CASES if path.match(f"*/{case}")))[0]


@pytest.mark.parametrize(
    "found",
    [
        lambda: split(f"<ul>{LINKS}</ul>", source="shamra_academia"),
        lambda: split(f"<ul>{LINKS}</ul>", source=SHAMRA),
        lambda: split(f"<ul>{LINKS}</ul>", url="https://shamra-academia.com/list"),
        lambda: split(f"<ul>{LINKS}</ul>".encode(), url="https://www.shamra-academia.com/list"),
        lambda: split(f"<ul>{LINKS}</ul>", url="HTTP://AR.Shamra-Academia.com:8080/"),
        lambda: split(HEAD.format("https://shamra-academia.com/list") + f"<ul>{LINKS}</ul>"),
        lambda: split(f"<p>شمرا أكاديميا</p><ul>{LINKS}</ul>"),
        lambda: split(
            f"<p>شمرا أكاديميا</p><ul>{LINKS}</ul>".encode("windows-1256"),
            content_type="text/html; charset=windows-1256",
        ),
    ],
)
def test_ways_to_find_the_source(found: Callable[[], list[Entry]]) -> None:
    entries = found()
    assert [entry.source for entry in entries] == ["shamra_academia"] * 2
    assert [entry.position for entry in entries] == [1, 2]
    assert [entry.title for entry in entries] == ["One", "Two"]


@pytest.mark.parametrize(
    "url",
    [
        "https://shamra-academia.com.example.org/",
        "https://notshamra-academia.com/",
        "https://example.org/?u=shamra-academia.com",
        "http://[bad",
        "",
    ],
)
def test_other_hosts_are_not_the_source(url: str) -> None:
    assert not SHAMRA.serves(url)


def test_marks_of_two_sources_decide_nothing() -> None:
    page = f'<p>شمرا أكاديميا</p><div data-target="DailyPapers"></div><ul>{LINKS}</ul>'
    with pytest.raises(UnsupportedDocument, match="not clear which source") as raised:
        split(page)
    assert "marks of huggingface_papers, shamra_academia" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("shamra", "Did you mean 'shamra_academia'?"),
        ("aitopic", "Did you mean 'aitopics'?"),
        ("AITOPICS!", "Known: aitopics, huggingface_papers, shamra_academia"),
        ("", "Known: aitopics"),
    ],
)
def test_unknown_source_is_told_with_the_known_ones(name: str, hint: str) -> None:
    with pytest.raises(UnknownSource, match=re.escape(hint)):
        split(f"<ul>{LINKS}</ul>", source=name)


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        (None, None),
        ("2026-05-09T06:00:00Z", "2026-05-09T06:00:00Z"),
        ("2026-05-09T08:00:00.75+02:00", "2026-05-09T06:00:00Z"),
        (datetime(2026, 5, 9, 6, tzinfo=UTC), "2026-05-09T06:00:00Z"),
        (datetime(2026, 5, 9, 1, 30, tzinfo=CARACAS), "2026-05-09T06:00:00Z"),
    ],
)  # fmt: skip
def test_clock_of_the_page_is_told_in_utc(given_: datetime | str | None, told: str | None) -> None:
    entries = split(f"<ul>{LINKS}</ul>", source=SHAMRA, fetched_at=given_)
    assert {entry.fetched_at for entry in entries} == {told}


@pytest.mark.parametrize(
    "given_", ["2026-05-09T06:00:00", "yesterday", "", datetime(2026, 5, 9)]  # noqa: DTZ001  on purpose
)  # fmt: skip
def test_clock_without_an_offset_is_refused(given_: datetime | str) -> None:
    with pytest.raises(ValueError, match=r"offset|isoformat"):
        split(f"<ul>{LINKS}</ul>", source=SHAMRA, fetched_at=given_)


@pytest.mark.parametrize("base", ["https://shamra-academia.com/ar/", "https://mirror.example.org/"])
def test_links_hang_on_address_base_and_home(base: str) -> None:
    source = attrs.evolve(
        SHAMRA,
        readers={
            DocumentKind.HTML: {
                "hrefs": lambda document: [
                    Entry(source="x", position=0, url=anchor.get("href"))
                    for anchor in document.tree.iter("a")
                ]
            }
        },
    )
    page = "<a href=p/1>x</a><a href=/p/2>x</a><a href='?p=3'>x</a>"
    home = ["https://shamra-academia.com/p/1", "https://shamra-academia.com/p/2"]
    assert [e.url for e in split(page, source=source)][:2] == home
    url = "https://shamra-academia.com/list/all?x=1"
    assert [e.url for e in split(page, source=source, url=url)] == [
        "https://shamra-academia.com/list/p/1",
        "https://shamra-academia.com/p/2",
        "https://shamra-academia.com/list/all?p=3",
    ]
    with_base = f'<html><head><base href="{base}"></head><body>{page}</body></html>'
    assert split(with_base, source=source, url=url)[0].url == f"{base}p/1"
    assert split(with_base, source=source)[0].url == f"{base}p/1"


def test_page_facts_stand_in_every_entry() -> None:
    url = "https://shamra-academia.com/list"
    for entry in split(f"<ul>{LINKS}</ul>", url=url):
        assert entry.page_url == url
        assert entry.languages == ("ar", "en", "fr")
    stated = HEAD.format("https://shamra-academia.com/other")
    assert {e.page_url for e in split(f"{stated}<ul>{LINKS}</ul>")} == {
        "https://shamra-academia.com/other"
    }
    assert {e.page_url for e in split(f"<ul>{LINKS}</ul>", source=SHAMRA)} == {None}


def test_declared_encoding_of_a_source_counts_even_where_it_is_found_by_its_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    koi = attrs.evolve(SHAMRA, encoding="koi8-r", marker=re.compile("koi-mark"))
    monkeypatch.setattr("scraper.split.known_sources", lambda: {"shamra_academia": koi})
    body = "<p>koi-mark</p><a href=/show/3a443d1e5ffee4>Заголовок</a>".encode("koi8-r")
    for source in (koi, None):
        (entry,) = split(body, source=source, content_type="text/html; charset=windows-1251")
        assert entry.title == "Заголовок"


def test_second_best_reader_leaves_a_remark() -> None:
    page = body_of("huggingface_papers/cards_only")
    found = split(page, source="huggingface_papers")
    assert found
    assert all("layout_fallback:cards" in entry.issues for entry in found)


def test_cut_off_page_marks_its_last_entry_only() -> None:
    page = f"<html><body><ul>{LINKS}"
    assert [entry.issues for entry in split(page, source=SHAMRA)] == [(), ("page_cut_off",)]
    whole = f"{page}</ul></body></html>"
    assert [entry.issues for entry in split(whole, source=SHAMRA)] == [(), ()]


@pytest.mark.parametrize("source", known_sources())
def test_changed_layout_names_source_address_expected_and_found(source: str) -> None:
    with pytest.raises(LayoutChanged) as raised:
        split("<h1>Redesigned</h1>", source=source, url="https://example.org/list")
    told = str(raised.value)
    assert f"source: {source}; at: https://example.org/list; expected: " in told
    assert known_sources()[source].known_by in told
    assert "found: html: 'Redesigned'" in told


BODIES = [read_case(case) for case in CASES]
SOURCES = st.sampled_from([None, *known_sources(), "listing"])


def may_fail(body: bytes | str, source: str | Source | None, **kwargs: str | None) -> list[Entry]:
    """The entries, none where `split` refuses as it may."""
    with contextlib.suppress(SplitError):
        return split(body, source=source, **kwargs)
    return []


def holds(entries: list[Entry]) -> None:
    """What is true of the entries of any page whatever."""
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    for entry in entries:
        line = entry.to_json_line()
        assert line.encode("utf-8").count(b"\n") == 1
        assert Entry.from_dict(json.loads(line)) == entry


@settings(deadline=None)
@given(body=st.binary(max_size=400) | st.text(max_size=400), source=SOURCES)
def test_any_bytes_and_any_text(body: bytes | str, source: str | None) -> None:
    holds(may_fail(body, source))


PIECES = (
    "<div>", "</div>", "<a href='/show/3a443d1e5ffee4'>", "<a href='/doc/news:C85C11EF'>", "</a>",
    "<h3 class=searchtitle>", "</h3>", "<p>", "<table>", "<tr>", "<td>", "<template>", "<svg>",
    "<span hidden>", "...", "</span>", "<pre>", "\n", "2 authors", "· Oct 5", "Submitted by",
    "<base href='//['>", "<div data-target='DailyPapers' data-props='{\"dailyPapers\":[{}]}'>",
    "<!--", "-->", "]]>", "&#0;", "&nbsp;", "ملخص البحث", "- Europe > Austria (0.14)", "x" * 250,
    "<a href='/papers/2605.90001'>", "1.2k", "<time datetime='2026'>", "<html dir=rtl>", "</body>",
)  # fmt: skip


@settings(deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25), source=SOURCES)
def test_any_soup_of_markup(pieces: list[str], source: str | None) -> None:
    holds(may_fail("".join(pieces), source))


def dropped(body: bytes, place: int) -> bytes:
    """Without the tag that begins next."""
    start = body.find(b"<", place)
    return body[:start] + body[body.find(b">", start) + 1 :] if start >= 0 else body


def swapped(body: bytes, place: int) -> bytes:
    """Without classes, ids and addresses from a place on."""
    return body[:place] + re.sub(rb"(class|id|href)=", rb"data-\1=", body[place:])


def cut(body: bytes, place: int) -> bytes:
    return body[:place]


def beheaded(body: bytes, place: int) -> bytes:
    return body[place:]


def doubled(body: bytes, place: int) -> bytes:
    return body[:place] + body[max(0, place - 2000) :]


def struck(body: bytes, place: int) -> bytes:
    return body[:place] + b"\xff\x00<" + body[place + 3 :]


def reread(body: bytes, place: int) -> bytes:
    """In another encoding, as a badly set up copy is."""
    names = ("utf-16", "windows-1256", "utf-8-sig", "cp037")
    return body.decode("utf-8", "replace").encode(names[place % len(names)], "replace")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_damaged_pages_are_read_or_refused(data: st.DataObject) -> None:
    body, meta = data.draw(st.sampled_from(BODIES))
    ways = st.sampled_from([dropped, swapped, cut, beheaded, doubled, struck, reread])
    for change in data.draw(st.lists(ways, min_size=1, max_size=4)):
        body = change(body, data.draw(st.integers(0, max(0, len(body) - 1))))
    charset = data.draw(st.sampled_from(["", "; charset=utf-8", "; charset=gb2312", "; charset=x"]))
    kind = meta["content_type"].partition(";")[0]
    holds(may_fail(body, data.draw(SOURCES), url=meta["url"], content_type=kind + charset))


@pytest.mark.parametrize("case", ["first_page", "windows_1256"])
def test_entries_of_a_truncated_page_are_those_of_the_whole(case: str) -> None:
    body = body_of(f"shamra_academia/{case}")
    whole = split(body, source=SHAMRA)
    for length in range(len(body) // 2, len(body), len(body) // 40):
        part = split(body[:length], source=SHAMRA)
        assert part[:-1] == [
            attrs.evolve(entry, issues=kept.issues)
            for entry, kept in zip(whole, part[:-1], strict=False)
        ]
        assert len(part) <= len(whole)


def test_abstract_without_a_title_among_titled_ones() -> None:
    prose = "{} study at length what was found before, and it says so in one sentence."
    one, two, three = (prose.format(name) * 2 for name in ("One", "Two", "Three"))
    dump = f"First\n{one}\nSecond\nثانيا\n{two}\n{three}"
    found = split(dump, source=SHAMRA)
    assert [(entry.title, entry.summary) for entry in found] == [
        ("First", one),
        ("Second", two),
        (None, three),
    ]
    assert [[text.title for text in entry.parallel] for entry in found] == [[], ["ثانيا"], []]


@pytest.mark.parametrize(
    "told",
    ["لا توجد أخبار حالياً", "לא נמצאו פריטים.", "등록된 게시물이 없습니다.", "Keine Einträge",
     "Nebyly nalezeny žádné položky", "कोई समाचार नहीं मिला"],
)  # fmt: skip
def test_page_that_says_it_lists_nothing_is_no_failure(told: str) -> None:
    body = f"<html><body><nav><a href='/'>A</a></nav><main><p>{told}</p></main></body></html>"
    assert split(body, url="https://n.example/", source="listing") == []
