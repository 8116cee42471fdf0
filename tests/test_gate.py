"""The quality gate on translations that are good and on such as models get wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from normalize.model import TranslationStatus
from normalize.translate.gate import judge
from normalize.translate.model import Reason, Verdict
from normalize.translate.protect import Protection

DATA = Path(__file__).parent / "data"


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return found


def judged(case: dict[str, Any]) -> Verdict:
    return judge(
        case["source"],
        case["output"],
        source_language=case["from"],
        target_language=case["to"],
    )


def test_no_broken_translation_passes() -> None:
    broken = cases("gate_adversarial.json")
    assert len(broken) == 200
    assert [case for case in broken if judged(case).status is TranslationStatus.OK] == []


def test_all_but_a_few_good_translations_pass() -> None:
    good = cases("gate_honest.json")
    assert len(good) == 200
    doubted = [case for case in good if judged(case).status is not TranslationStatus.OK]
    assert len(doubted) <= 4, doubted


@pytest.mark.parametrize(
    ("source_language", "target_language", "source", "output", "reason"),
    [
        ("en", "fr", "Good results.", "", Reason.EMPTY),
        ("en", "fr", "We study language.", "Nous étudions étudions étudions.", Reason.REPETITION),
        ("ar", "en", "النتائج جيدة.", "النتائج جيدة.", Reason.UNTRANSLATED_COPY),
        ("ar", "en", "النتائج جيدة.", "Результаты хорошие.", Reason.WRONG_SCRIPT),
        ("en", "fr", "It was 1990.", "C'était en 1991.", Reason.NUMBERS_CHANGED),
        ("en", "fr", "Use `a` and `b`.", "Utilisez `b` et `a`.", Reason.SPANS_CHANGED),
        ("en", "fr", "We met in the old library of the town.", "Nous", Reason.LENGTH_RATIO),
        ("en", "fr", "Harry Potter", "Harry Potter", None),
        ("en", "ar", "New York, New York", "نيويورك، نيويورك", None),
        ("ar", "en", "كان عددهم ١٢٫٥ ألفا", "They were 12.5 thousand", None),
        ("en", "ar", "The numbers are 1,000,000 and 3.5", "الأرقام هي 1.000.000 و3,5", None),
    ],
)
def test_the_reason_is_named(
    source_language: str, target_language: str, source: str, output: str, reason: Reason | None
) -> None:
    verdict = judge(
        source, output, source_language=source_language, target_language=target_language
    )
    assert verdict.reason == reason


def test_an_output_without_words_has_failed() -> None:
    verdict = judge("Good results.", "...", source_language="en", target_language="fr")
    assert verdict.status is TranslationStatus.FAILED


def test_terms_of_the_glossary_may_stay() -> None:
    text = "deep water horizon"
    plain = judge(text, text, source_language="en", target_language="fr")
    kept = judge(
        text,
        text,
        source_language="en",
        target_language="fr",
        protection=Protection(["deep water horizon"]),
    )
    assert plain.reason is Reason.UNTRANSLATED_COPY
    assert kept.status is TranslationStatus.OK
