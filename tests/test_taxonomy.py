from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.model import TaxonomyPath
from normalize.taxonomy import Taxonomy, folded_count, is_taxonomy_line, parse_taxonomy


def path(*names: str, confidence: float | None = None) -> TaxonomyPath:
    return TaxonomyPath(path=names, confidence=confidence)


def test_places_and_topics_are_told_apart_by_the_root() -> None:
    found = parse_taxonomy(
        [
            "- North America > United States > Massachusetts > Middlesex County > Cambridge (0.14)",
            "- Asia > Middle East > Jordan (0.04)",
            "- (4 more...)",
            "- Information Technology > Data Science > Representation & Reasoning (1.00)",
            "- (2 more...)",
        ]
    )
    assert found == Taxonomy(
        places=(
            path(
                "North America",
                "United States",
                "Massachusetts",
                "Middlesex County",
                "Cambridge",
                confidence=0.14,
            ),
            path("Asia", "Middle East", "Jordan", confidence=0.04),
        ),
        topics=(
            path(
                "Information Technology",
                "Data Science",
                "Representation & Reasoning",
                confidence=1.0,
            ),
        ),
        issues=("folded_taxonomy:4", "folded_taxonomy:2"),
    )


@pytest.mark.parametrize(
    "line", ["- Antarctica (0.04)", "• Antarctica (0.04)", "Antarctica (0.04)"]
)
def test_a_path_may_be_one_node(line: str) -> None:
    assert parse_taxonomy([line]).places == (path("Antarctica", confidence=0.04),)
    assert is_taxonomy_line(line)


@pytest.mark.parametrize(
    ("line", "names", "confidence"),
    [
        (
            "Health (Public) > Care, Acute & Chronic (0.5)",
            ("Health (Public)", "Care, Acute & Chronic"),
            0.5,
        ),
        ("Media > Film (2020)", ("Media", "Film (2020)"), None),
        (
            "Learning > Question Answering (QA) (0.32)",
            ("Learning", "Question Answering (QA)"),
            0.32,
        ),
        ("Industry|Education", ("Industry", "Education"), None),
        ("Energy  >  Oil\u00a0& Gas (0.99)", ("Energy", "Oil & Gas"), 0.99),
    ],
)
def test_names_keep_their_punctuation(
    line: str, names: tuple[str, ...], confidence: float | None
) -> None:
    assert parse_taxonomy([line]).topics == (path(*names, confidence=confidence),)


def test_places_in_other_languages_and_under_a_label() -> None:
    found = parse_taxonomy(["\u200f- آسيا > الأردن > عمّان (0.20)", "Country > Germany"])
    assert found.places == (
        path("آسيا", "الأردن", "عمّان", confidence=0.2),
        path("Country", "Germany"),
    )


@pytest.mark.parametrize(
    "line",
    ["Something else entirely", "Asia > Nepal (1.50)", "accuracy rises > 5 (0.14)", "A > > B"],
)
def test_an_unknown_shape_is_never_dropped_silently(line: str) -> None:
    assert parse_taxonomy([line]) == Taxonomy(issues=("taxonomy_not_understood",))


def test_blank_lines_are_nothing_and_repeats_count_once() -> None:
    found = parse_taxonomy(["", "  ", "- Asia (0.05)\n- Asia (0.05)"])
    assert found == Taxonomy(places=(path("Asia", confidence=0.05),))


@pytest.mark.parametrize(
    "line",
    [
        "accuracy rises > 5 (0.14)",
        "Accuracy rises > baseline (0.14)",
        "We report a correlation with the human rating (0.14)",
        "Home > News > Technology",
        "Deep Learning",
        "A title without any mark",
        "p > 0.05",
        "",
    ],
)
def test_prose_and_breadcrumbs_are_not_taken_for_taxonomy(line: str) -> None:
    assert not is_taxonomy_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "- Europe > Netherlands > North Brabant > 's-Hertogenbosch (0.04)",
        "Europe > United Kingdom > North Sea > Block 30/13a > Jade Field (0.99)",
        "- Leisure & Entertainment (0.68)",
        "- Government > Regional Government",
        "Asia > China",
        "- Law > Statutes of the State (0.30)",
        "- (12 more...)",
    ],
)
def test_taxonomy_lines_are_recognised(line: str) -> None:
    assert is_taxonomy_line(line)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("- (4 more...)", 4),
        (f"- ({'9' * 5000} more...)", None),
        ("(12 more…)", 12),
        ("• (1 more ...)", 1),
        ("(٣ أخرى...)", 3),
        ("4 more", None),
        ("4 more experiments were run...", None),
        ("- Asia (0.05)", None),
    ],
)
def test_folded_count(line: str, count: int | None) -> None:
    assert folded_count(line) == count


@given(st.lists(st.text()))
def test_every_line_leaves_a_trace(lines: list[str]) -> None:
    found = parse_taxonomy(lines)
    anything = any(line.strip() for text in lines for line in text.splitlines())
    assert bool(found.topics or found.places or found.issues) == anything
    assert all(name.strip() for p in found.topics + found.places for name in p.path)
