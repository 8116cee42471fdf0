"""Boilerplate: declared phrases, and lines that recur."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.boilerplate import BoilerplateEvidence, InvalidEvidence, match_phrases


def test_phrases_match_whole_lines_under_the_fold() -> None:
    lines = ["إقــرأ المزيد …", "اقرأ المزيد عن الذكاء", "- READ more -", "Readmore", "***", ""]
    verdicts = match_phrases(lines, ["اقرأ المزيد", "Read More"])
    assert [verdict.line for verdict in verdicts] == lines
    assert [verdict.reason for verdict in verdicts] == [
        "phrase:اقرأ المزيد",
        None,
        "phrase:Read More",
        None,
        None,
        None,
    ]
    assert [verdict.keep for verdict in verdicts] == [False, True, False, True, True, True]


@pytest.mark.parametrize("empty", ["", "  ", "***", "ـــ", "\u200f"])
def test_a_phrase_without_words_is_refused(empty: str) -> None:
    with pytest.raises(ValueError, match="no letter or digit"):
        match_phrases(["anything"], [empty])


def pages(count: int) -> list[list[str]]:
    return [[f"Title {n}", "Share this!", f"An abstract, number {n}."] for n in range(count)]


def test_lines_that_recur_are_dropped_with_their_evidence() -> None:
    evidence = BoilerplateEvidence().learn(pages(10))
    verdicts = evidence.judge(["Title 3", "SHARE this", "share THIS now"])
    assert [verdict.reason for verdict in verdicts] == [None, "recurs:10/10", None]


def test_a_line_counts_once_a_unit() -> None:
    evidence = BoilerplateEvidence().learn([["Same", "same", "SAME!"] * 10])
    assert evidence.judge(["same"])[0].keep


@pytest.mark.parametrize(
    ("with_line", "without", "kept"),
    [(3, 0, True), (4, 0, False), (4, 4, False), (4, 5, True), (40, 41, True)],
)
def test_both_thresholds_must_be_reached(with_line: int, without: int, *, kept: bool) -> None:
    units = [["Subscribe"]] * with_line + [["Other"]] * without
    evidence = BoilerplateEvidence(share=0.5, minimum=4).learn(units)
    assert evidence.judge(["Subscribe"])[0].keep is kept


def test_marks_without_words_are_never_boilerplate() -> None:
    evidence = BoilerplateEvidence().learn([["***", ""]] * 10)
    assert evidence.counts == {}
    assert [verdict.keep for verdict in evidence.judge(["***", ""])] == [True, True]


def test_learning_leaves_the_evidence_as_it_was() -> None:
    first = BoilerplateEvidence().learn(pages(2))
    before = first.to_dict()
    first.learn(pages(5))
    first.merge(first)
    assert first.to_dict() == before


def test_state_survives_json_and_merging_equals_learning_at_once() -> None:
    whole = BoilerplateEvidence().learn(pages(10))
    half = BoilerplateEvidence().learn(pages(10)[:5])
    stored = json.loads(json.dumps(half.to_dict(), ensure_ascii=False))
    restored = BoilerplateEvidence.from_dict(stored)
    other = BoilerplateEvidence().learn(pages(10)[5:])
    assert restored == half
    assert restored.merge(other) == whole
    assert other.merge(restored) == whole


def test_thresholds_are_given_anew_and_not_stored() -> None:
    stored = BoilerplateEvidence(minimum=9).learn(pages(5)).to_dict()
    assert BoilerplateEvidence.from_dict(stored).judge(["Share this"])[0].reason == "recurs:5/5"
    assert BoilerplateEvidence.from_dict(stored, minimum=6).judge(["Share this"])[0].keep


def test_state_is_bounded_and_what_recurs_outlives_the_rest() -> None:
    evidence = BoilerplateEvidence(most_lines=50).learn(pages(500))
    long_lines = BoilerplateEvidence().learn([["word " * 1000 + str(n)] for n in range(3)])
    assert len(evidence.counts) == 50
    assert evidence.judge(["Share this"])[0].reason == "recurs:500/500"
    assert len(long_lines.counts) == 3
    assert max(map(len, long_lines.counts)) == 80


def test_a_new_layout_comes_through_and_an_old_one_fades() -> None:
    evidence = BoilerplateEvidence(window=100)
    evidence = evidence.learn([["Old banner"]] * 1000).learn([["New banner"]] * 300)
    assert evidence.units <= 100
    assert [verdict.keep for verdict in evidence.judge(["Old banner", "New banner"])] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": 2, "units": 1, "counts": {}},
        {"version": 1, "units": 1, "counts": []},
        {"version": 1, "units": None, "counts": {}},
        {"version": 1, "units": -1, "counts": {}},
        {"version": 1, "units": True, "counts": {}},
        {"version": 1, "units": 1, "counts": {"a": "1"}},
    ],
)
def test_other_shapes_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InvalidEvidence):
        BoilerplateEvidence.from_dict(data)


@pytest.mark.parametrize(
    "thresholds", [{"minimum": 1}, {"share": 0}, {"share": 1.1}, {"window": 0}, {"most_lines": 0}]
)
def test_thresholds_that_would_drop_anything_are_refused(thresholds: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        BoilerplateEvidence(**thresholds)


@given(st.lists(st.lists(st.text(max_size=6), max_size=6), max_size=12))
def test_a_line_of_one_unit_is_never_dropped(units: list[list[str]]) -> None:
    evidence = BoilerplateEvidence(share=0.01, minimum=2).learn([*units, ["the line of one unit"]])
    assert evidence.judge(["the line of one unit"])[0].keep
