"""All made listing pages: every layout in several languages, and pages that list nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from tests.listing_boards import BOARDS
from tests.listing_cards import CARDS
from tests.listing_news import NEWS
from tests.listing_pages import SITE, Item, Made, Page, items_of, pages, shell

LANGUAGES = (
    "en", "ar", "he", "fa", "ur", "ko", "ja", "zh", "cs", "hi", "de", "es", "ru", "tr", "vi", "el",
    "pl", "th",
)  # fmt: skip
COUNTS = (12, 8, 20)


def further_pages() -> Iterator[Page]:
    """The layouts of boards, news and cards in three languages each, every second one bare."""
    made = {**BOARDS, **NEWS, **CARDS}
    for at, name in enumerate(made):
        for turn in range(3):
            told = made[name].languages or LANGUAGES
            language = told[(at * 5 + turn * 7) % len(told)]
            yield page_of(name, made[name], language, COUNTS[turn], plain=(at + turn) % 2 == 1)


def page_of(name: str, made: Made, language: str, count: int, *, plain: bool) -> Page:
    """One page of a layout."""
    items = in_groups(items_of(language, min(count, made.most), made.start), made.group)
    return Page(
        name=f"{name}-{language}",
        html=shell(language, made.layout(items, language), plain=plain),
        url=f"{SITE}/list",
        items=items,
        dated=made.dated,
        linked=True,
    )


def in_groups(items: Sequence[Item], size: int) -> tuple[Item, ...]:
    """The items with the day of the first of their group."""
    heads = [items[at - at % size] for at in range(len(items))]
    return tuple(
        attrs.evolve(item, day=head.day, shown=head.shown)
        for item, head in zip(items, heads, strict=True)
    )


def all_pages() -> Iterator[Page]:
    """Every made page that lists something."""
    yield from pages()
    yield from further_pages()
