"""Lines of a text dump to entries."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.split.segments import PARAGRAPH, LineRules, segments

COUNTED = LineRules(
    fields={
        "count": re.compile(r"(?P<count>\d+) authors?"),
        "date": re.compile(r"Published (?P<date>\d{4}-\d\d)(?: (?P<votes>\d+))?"),
        "label": re.compile(r"Next|Previous"),
        "number": re.compile(r"\d+"),
    },
    inner=frozenset({"label", "number"}),
    drop=re.compile(r"Subscribe now"),
    start=re.compile(r"Submitted by .*"),
)
PROSE = LineRules(
    fields={"tag": re.compile(r"#\w+")}, inner=frozenset({"tag"}), paragraph=PARAGRAPH
)
LONG = "A sentence that says something at length about what was found, and then a little more."


def told(
    lines: list[str], rules: LineRules
) -> list[tuple[tuple[str, ...], dict[str, tuple[str, ...]]]]:
    return [(segment.texts, dict(segment.fields)) for segment in segments(lines, rules)]


def test_metadata_ends_an_entry() -> None:
    lines = ["One", "Text one", "2 authors", "Two", "Text two", "1 author · Published 2026-05 7"]
    assert told(lines, COUNTED) == [
        (("One", "Text one"), {"count": ("2",)}),
        (("Two", "Text two"), {"count": ("1",), "date": ("2026-05",), "votes": ("7",)}),
    ]


def test_inner_metadata_ends_no_entry() -> None:
    lines = ["12", "One", "Next", "Text one", "2 authors", "3", "Two", "1 author"]
    assert told(lines, COUNTED) == [
        (("One", "Text one"), {"number": ("12", "3"), "label": ("Next",), "count": ("2",)}),
        (("Two",), {"count": ("1",)}),
    ]


def test_lines_to_drop_and_lines_that_open() -> None:
    lines = ["Submitted by a", "One", "Subscribe now", "Text", "Submitted by b", "Two", "2 authors"]
    assert told(lines, COUNTED) == [(("One", "Text"), {}), (("Two",), {"count": ("2",)})]


@pytest.mark.parametrize(
    "line",
    ["2 authors say", "the 2 authors", "2 authors,", "Published 2026-05-", "2authors", "· and"],
)
def test_line_with_anything_else_in_it_is_text(line: str) -> None:
    assert told([line], COUNTED) == [((line,), {})]


@pytest.mark.parametrize(
    "line", ["2 authors", "• 2 authors", " · 2 authors |", "2 authors ·· Next"]
)
def test_separators_around_metadata(line: str) -> None:
    ((texts, fields),) = told([line], COUNTED)
    assert texts == ()
    assert fields["count"] == ("2",)


def test_paragraph_ends_the_text_of_an_entry() -> None:
    lines = ["One", LONG, "#a", "#b", "Two", "Other name", LONG, LONG]
    assert told(lines, PROSE) == [
        (("One", LONG), {"tag": ("#a", "#b")}),
        (("Two", "Other name", LONG), {}),
        ((LONG,), {}),
    ]


@pytest.mark.parametrize(
    ("line", "is_paragraph"),
    [
        ("x" * 200, True),
        ("x" * 199, False),
        ("x" * 80 + ".", True),
        ("x" * 79 + ".", False),
        ("x" * 80, False),
        ("س" * 80 + "؟", True),
        ("س" * 80 + "۔", True),
        ("文" * 80 + "。", True),
        ("x" * 80 + ".”)", True),
        ("x" * 80 + "…", True),
        ("x" * 80 + ",", False),
    ],
)
def test_what_a_paragraph_is(line: str, *, is_paragraph: bool) -> None:
    assert bool(PARAGRAPH.fullmatch(line)) is is_paragraph


def test_nothing_gives_nothing() -> None:
    assert segments([], COUNTED) == []
    assert segments(["Subscribe now", "Submitted by x"], COUNTED) == []


LINES = st.lists(st.sampled_from(
    ["One", "Two words", LONG, "2 authors", "12", "Next", "Published 2026-05 3", "#tag", "·"]
))  # fmt: skip


@settings(deadline=None)
@given(lines=LINES, rules=st.sampled_from([COUNTED, PROSE]))
def test_every_text_line_comes_once_and_in_order(lines: list[str], rules: LineRules) -> None:
    found = segments(lines, rules)
    texts = [text for segment in found for text in segment.texts]
    assert texts == [line for line in lines if line in texts]
    assert all(segment.texts or segment.fields for segment in found)
    told_values = sum(len(values) for segment in found for values in segment.fields.values())
    assert len(texts) + told_values >= sum(line != "·" for line in lines)
