"""Brackets at the ends of lines."""

import pytest

from scraper.split.listing.brackets import without_empty_brackets, without_loose_brackets


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("(Moscow, Russia) A harbour (part 0)", "(Moscow, Russia) A harbour (part 0)"),
        ("[1] A note [sic]", "[1] A note [sic]"),
        ("A summary … [", "A summary …"),
        ("A summary ]", "A summary"),
        (") A summary (", "A summary"),
        ("(A summary that goes on", "A summary that goes on"),
        ("(whole)", "(whole)"),
        ("((", ""),
        ("", ""),
    ],
)
def test_only_loose_brackets_go(text: str, kept: str) -> None:
    assert without_loose_brackets(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A summary … [ ]", "A summary …"),
        ("A () summary (of two)", "A summary (of two)"),
        ("f(x)", "f(x)"),
    ],
)
def test_empty_brackets_go(text: str, kept: str) -> None:
    assert without_empty_brackets(text) == kept
