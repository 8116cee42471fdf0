"""A page and the text a reader copies off it give the same records."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

from normalize import Normalizer, Record
from scraper.split import split
from tests.test_sources import FIXTURES

UNSEEN = {"script", "style", "head", "svg", "template", "noscript"}
INLINE = {"a", "span", "b", "i", "em", "strong", "small", "time", "label", "img", "button", "input"}


def rendered(markup: str) -> str:
    """What a text browser shows: blocks on lines of their own, bullets before list items.

    Written apart from the splitter's own reading of HTML, so that the two can disagree.
    """
    text = "".join(shown(BeautifulSoup(markup, "lxml")))
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line and line != "•")


def shown(node: Tag) -> Iterator[str]:
    for child in node.children:
        if type(child) is NavigableString:
            yield re.sub(r"\s+", " ", child)
        elif isinstance(child, Tag) and child.name not in UNSEEN:
            block = child.name not in INLINE
            yield "\n" if block else ""
            yield "• " if child.name == "li" else ""
            yield from shown(child)
            yield "\n" if block else ""


def records(body: str, source: str) -> list[Record]:
    return list(Normalizer(target=None).normalize(split(body, source=source)))


@pytest.mark.parametrize(
    "case",
    [
        "huggingface_papers/cards_only",
        "huggingface_papers/cards_compact",
        "aitopics/first_page",
        "aitopics/second_page",
        "aitopics/last_page",
        "shamra_academia/first_page",
        "shamra_academia/last_page",
    ],
)
def test_rendered_text_gives_the_same_records(case: str) -> None:
    page = (FIXTURES / case / "page.html").read_text(encoding="utf-8")
    source = case.partition("/")[0]
    of_page = records(page, source)
    of_text = records(rendered(page), source)
    for name in ("title", "summary", "author_count", "metrics"):
        got = [getattr(record, name) for record in of_text]
        assert got == [getattr(record, name) for record in of_page], name
    # A page gives the instant in an attribute, its text the same to the day or second.
    days = [(record.published or "")[:10] for record in of_text]
    assert days == [(record.published or "")[:10] for record in of_page]
