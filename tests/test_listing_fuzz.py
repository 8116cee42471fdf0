"""Broken pages end in entries or in a named refusal; `benchmarks/listing_fuzz.py` reads more."""

from __future__ import annotations

import random
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import SplitError
from scraper.split import split
from tests.listing_layouts import all_pages
from tests.listing_mutations import MUTATIONS, mutated
from tests.listing_pages import SITE

PAGES = tuple(all_pages())
TAGS = st.sampled_from(
    (
        "<a href='/x{}'>",
        "</a>",
        "<li>",
        "</li>",
        "<ul>",
        "</ul>",
        "<tr>",
        "<td>",
        "</table>",
        "<h3>",
        "<p>",
        "<div class='title'>",
        "</div>",
        "<time datetime='2024-05-0{}'>",
        "<article class=hentry>",
        "<br>",
        "<dt>",
        "<dd>",
        "text {} of some length",
        "12. 3. 2024",
        "\u05e9\u05dc\u05d5\u05dd",
        "<b>",
    )
)


@pytest.mark.parametrize("seed", range(40))
def test_broken_pages_end_in_entries_or_in_a_named_refusal(seed: int) -> None:
    turn = random.Random(seed)  # noqa: S311  reproducible, not secret
    for _ in range(10):
        page = turn.choice(PAGES)
        try:
            found = split(mutated(page.html, turn), url=page.url, source="listing")
        except SplitError:
            continue
        assert [entry.position for entry in found] == list(range(1, len(found) + 1))
        assert all(entry.title or entry.url for entry in found)


def test_mutations_change_pages_and_can_be_repeated() -> None:
    html = PAGES[0].html
    for mutation in MUTATIONS:
        made = [mutation(html, random.Random(3)) for _ in range(2)]  # noqa: S311
        assert made[0] == made[1]
        assert made[0] != html.encode()


@given(parts=st.lists(TAGS, min_size=1, max_size=60))
def test_any_sequence_of_tags_is_read_or_refused(parts: list[str]) -> None:
    body = "".join(part.replace("{}", str(at % 7)) for at, part in enumerate(parts))
    try:
        found = split(f"<html><body>{body}", url=SITE, source="listing")
    except SplitError:
        return
    assert {urlsplit(entry.url).hostname for entry in found if entry.url} <= {"news.example"}
