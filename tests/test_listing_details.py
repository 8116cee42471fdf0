"""What an entry's lines tell beside its title and date: summary, authors, counts."""

from __future__ import annotations

import pytest

from normalize.model import Entry
from scraper.split import split

MADE = range(3, 9)


def second_entry(item: str) -> Entry:
    """The second of a page's entries, made of an item with ``{n}`` for its number."""
    items = "".join(item.replace("{n}", str(n)) for n in MADE)
    entries = split(f"<html><body><ul>{items}</ul>", url="https://n.example/", source="listing")
    assert len(entries) == len(MADE)
    return entries[1]


@pytest.mark.parametrize(
    "details",
    [
        " 1.1.2024, von Anna Berg, <a href='/{n}#c'>{n} Kommentare</a>",
        " 12 May 2024 · by Jane Doe · 3 comments · filed under the long name of news",
        "<div>نشر في 1 أيار 2024 | بواسطة سامي | 0 تعليق | في قسم أخبار المدينة</div>",
    ],
)
def test_line_of_title_and_details_is_no_summary(details: str) -> None:
    entry = second_entry(
        f"<li><a href='/{{n}}'>The long bridge over the river, number {{n}}</a>{details}</li>"
    )
    assert entry.title == "The long bridge over the river, number 4"
    assert entry.summary is None


def test_summary_beside_the_title_is_read_without_it() -> None:
    entry = second_entry(
        "<div><a href='/{n}'>The bridge {n} is built</a> – Work begins in spring and goes on until"
        " the river rises again.</div>"
    )
    assert entry.title == "The bridge 4 is built"
    assert entry.summary == "Work begins in spring and goes on until the river rises again."


@pytest.mark.parametrize(
    ("details", "authors"),
    [
        ("<div class='author'>Jane Doe</div>", ("Jane Doe",)),
        ("<div class='author'>By Jane Doe</div>", ("Jane Doe",)),
        ("<div class='meta'><div class='date'>3 May 2024</div><p class='author'>سامي</p></div>",
         ("سامي",)),
        ("<div class='author'>harbour2024</div>", ("harbour2024",)),
        ("<div class='author'>12 May 2024</div>", ()),
    ],
)  # fmt: skip
def test_author_in_a_block_of_its_own_is_read(details: str, authors: tuple[str, ...]) -> None:
    entry = second_entry(
        f"<article><h3><a href='/{{n}}'>The bridge {{n}} is built</a></h3>{details}</article>"
    )
    assert entry.authors == authors


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("12 May 2024 | by Jane Doe | 3 comments", "Jane Doe"),
        ("نشر في 1 أيار 2024 | بواسطة سامي | 0 تعليق", "سامي"),
        ("12 May 2024 | Jane Doe | 3 comments", None),
    ],
)
def test_author_between_separators_is_read(line: str, byline: str | None) -> None:
    entry = second_entry(
        f"<article><h3><a href='/{{n}}'>The bridge {{n}} is built</a></h3><p>{line}</p></article>"
    )
    assert entry.byline == byline


def test_entry_of_more_elements_than_are_read_is_read_as_far() -> None:
    body = "".join(
        f"<h3><a href='/{n}'>The bridge {n} is built</a></h3>"
        + "<p>One word.</p>" * (900 if n == 50 else 1)
        for n in range(100)
    )
    entries = split(f"<html><body>{body}", url="https://n.example/", source="listing")
    assert [entry.title for entry in entries] == [f"The bridge {n} is built" for n in range(100)]
