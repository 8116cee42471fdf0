"""Where entries begin and end, whatever a page wraps them in."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement

from scraper.split.boxes import Box, find_boxes
from scraper.split.document import parse_html

ROW = "<tr><td>{n}<td><a href=/e/{n}>Title {n}</a><td>Abstract number {n} in words</tr>"
CARD = "<div><h3><a href=/e/{n}>Title {n}</a></h3><p>Abstract number {n} in words</p></div>"
FLAT = "<h3><a href=/e/{n}>Title {n}</a></h3><p>Abstract number {n} in words</p><p>Tag {n}</p>"
HEADED = CARD.removeprefix("<div>").removesuffix("</div>").replace("h3", "header")
TERM = "<dt><a href=/e/{n}>Title {n}</a><dd>Abstract number {n} in words"


def entry_key(anchor: HtmlElement) -> str | None:
    return (anchor.get("href") or "").partition("#")[0].rpartition("/e/")[2] or None


def boxes(page: str) -> list[Box]:
    return find_boxes(parse_html(page), entry_key)


def listing(template: str, count: int = 3) -> str:
    return "".join(template.format(n=n) for n in range(1, count + 1))


def told(page: str) -> list[tuple[str | None, str]]:
    """Title and other lines of each box."""
    return [(box.title, " | ".join(x for x in box.lines if x != box.title)) for box in boxes(page)]


PLAIN = [(f"Title {n}", f"Abstract number {n} in words") for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "page",
    [
        f"<ul>{listing(f'<li>{CARD}</li>')}</ul>",
        f"<main>{listing(CARD)}</main>",
        f"<dl>{listing(TERM)}</dl>",
        f"<h1>Page</h1><div>{listing(CARD)}</div><form><input></form>",
        f"<div><b><i>{CARD.format(n=1)}</i></b>{CARD.format(n=2)}<div>{CARD.format(n=3)}</div></div>",
        f"<div><div>{CARD.format(n=1)}{CARD.format(n=2)}</div><div>{CARD.format(n=3)}</div></div>",
        listing(f"<article>{CARD}</article>"),
        f"<article>{listing(CARD)}</article>",
        listing("<a href=/e/{n}><h3>Title {n}</h3><p>Abstract number {n} in words</p></a>"),
        listing(
            "<div><a href=/e/{n}><img></a><a href=/e/{n}>{n}</a>"
            "<p><a href=/e/{n}#c>Title {n}</a></p>Abstract number {n} in words</div>"
        ).replace(">1<", "><").replace(">2<", "><").replace(">3<", "><"),
    ],
)  # fmt: skip
def test_each_entry_has_its_box(page: str) -> None:
    assert told(f"<html><body>{page}</body></html>") == PLAIN
    assert [box.key for box in boxes(page)] == ["1", "2", "3"]


def test_table_rows() -> None:
    found = told(f"<table>{listing(ROW)}</table>")
    assert found == [(title, f"{n} | {text}") for n, (title, text) in enumerate(PLAIN, 1)]


def test_flat_siblings_follow_their_title() -> None:
    found = told(f"<div>{listing(FLAT)}</div><p>After the list</p>")
    assert found == [(title, f"{text} | Tag {n}") for n, (title, text) in enumerate(PLAIN, 1)]


def test_what_follows_the_last_flat_entry_stays_out() -> None:
    found = told(f"<div>{listing(FLAT)}<ul><li>Next page</ul><nav>2 3 4</nav></div>")
    assert found[-1] == ("Title 3", "Abstract number 3 in words | Tag 3")


def test_numbers_and_empty_links_are_no_titles() -> None:
    page = listing(
        "<li><a href=/e/{n}><img></a><a href=/e/{n}>1.2k</a><a href=/e/{n}>Title {n}</a></li>"
    )
    assert [box.title for box in boxes(page)] == ["Title 1", "Title 2", "Title 3"]


def test_heading_outdoes_a_longer_link() -> None:
    page = listing("<li><h3><a href=/e/{n}>T {n}</a></h3><a href=/e/{n}>Read all of it here</a>")
    assert [box.title for box in boxes(page)] == ["T 1", "T 2", "T 3"]


def test_box_without_any_title_text() -> None:
    page = listing("<li><a href=/e/{n}><img></a></li>")
    assert [(box.key, box.title, box.url) for box in boxes(page)] == [
        ("1", None, "/e/1"),
        ("2", None, "/e/2"),
        ("3", None, "/e/3"),
    ]


@pytest.mark.parametrize("tag", ["aside", "nav", "footer", "div", "ul"])
@pytest.mark.parametrize("is_first", [True, False])
def test_links_beside_the_list_do_not_take_its_entries(tag: str, *, is_first: bool) -> None:
    links = listing("<li><a href=/e/{n}>Title {n}</a></li>", 3) * 2
    beside, main = f"<{tag}>{links}</{tag}>", f"<div>{listing(CARD)}</div>"
    assert told(beside + main if is_first else main + beside) == PLAIN


@pytest.mark.parametrize("tag", ["aside", "nav", "footer"])
def test_links_beside_the_list_are_no_entries(tag: str) -> None:
    popular = f"<{tag}><a href=/e/9>Old one</a><a href=/e/8>Older one</a></{tag}>"
    assert told(popular + listing(CARD) + popular) == PLAIN
    assert [box.key for box in boxes(popular)] == ["9", "8"]


@pytest.mark.parametrize(
    "page",
    [
        f"<body><nav>Home</nav><main><div>{CARD}</div></main><footer>About</footer></body>",
        f"<body><h1>List</h1><div><ul><li>{CARD}</ul></div><form><input></form></body>",
        f"<article>{HEADED}</article><footer>About</footer>",
        f"<nav>Home</nav><div>{HEADED}</div>",
        CARD + "<aside><a href=/e/{n}>{n}</a></aside>",
    ],
)
def test_the_only_entry_of_a_page(page: str) -> None:
    assert told(page.format(n=1)) == PLAIN[:1]


def test_pages_without_entry_links_have_no_boxes() -> None:
    assert boxes("<p>nothing</p>") == []
    assert boxes("<html></html>") == []


def test_hints_and_texts_of_a_box() -> None:
    first = boxes(listing("<li><a href=/e/{n}>T {n}</a><p class=x>A<br>B<p class=y> </li>"))[0]
    assert first.text(".x") == "A\nB"
    assert (first.text(".y"), first.text(".z")) == (None, None)
    assert [node.get("class") for node in first.find("p")] == ["x", "y"]


def test_nested_and_wide_pages_are_read_whole() -> None:
    nested = "".join(f"<div><a href=/e/{n}>Title {n}</a>" for n in range(1, 501))
    assert [box.key for box in boxes(nested)] == [str(n) for n in range(1, 501)]
    wide = listing(FLAT, 20_000)
    found = boxes(f"<div>{wide}</div>")
    assert [box.key for box in found] == [str(n) for n in range(1, 20_001)]
    assert found[-1].lines == ["Title 20000", "Abstract number 20000 in words", "Tag 20000"]


def test_only_entry_deep_inside_a_large_page() -> None:
    filler = "<p>x</p>" * 50_000
    page = f"<form></form>{'<div>' * 1500}{filler}<a href=/e/1>Title 1</a>{'</div>' * 1500}"
    (box,) = boxes(page)
    assert (box.title, len(box.lines)) == ("Title 1", 50_001)
