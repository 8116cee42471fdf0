"""Text cleaning: real damage and what must come through, case by case."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from normalize.entities import decode_entities
from normalize.hyphenation import join_hyphenated
from normalize.issues import Issue, issue
from normalize.mojibake import fix_mojibake
from normalize.text import clean, clean_line, repair
from tests.shared import shared

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "text_damage.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case['kind']}" for n, case in enumerate(CASES)])
def test_damage_is_repaired_and_the_rest_stays(case: dict[str, Any]) -> None:
    result = repair(case["text"])
    assert result.text == case["clean"], case["why"]
    assert list(result.issues) == case["issues"], case["why"]
    assert clean(result.text) == result.text


def test_cases_are_many_and_of_every_kind() -> None:
    assert len({case["text"] for case in CASES}) == len(CASES)
    damaged = Counter(case["kind"] for case in CASES if case["text"] != case["clean"])
    assert damaged.total() >= 200
    unchanged = sum(case["text"] == case["clean"] for case in CASES)
    assert unchanged >= 150


def test_seed_paragraphs_lose_only_the_space_around_them() -> None:
    paths = sorted(shared("seeds").glob("*.txt"))
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 700
    for line in lines:
        result = repair(line)
        assert result.text == line.strip()
        assert result.issues == ()


def test_surrogate_pairs_are_joined_and_lone_ones_reported() -> None:
    assert repair("\ud83d\ude00 \ud83e\udd16").text == "\U0001f600 \U0001f916"
    assert repair("\ud83d\ude00").issues == ()
    assert repair("a\udc00").issues == (issue(Issue.ENCODING_LOSSY),)


def test_issues_name_each_repair_once_in_order() -> None:
    text = "hyphen-\nation, cafÃ© thÃ©, AT&amp;T,, \ufffd\x00 end"
    assert repair(text).text == "hyphenation, café thé, AT&T, \ufffd end"
    assert repair(text).issues == (
        "encoding_lossy",
        "text_repaired:control_characters",
        "text_repaired:entities",
        "text_repaired:hyphenation",
        "text_repaired:mojibake",
        "text_repaired:punctuation",
    )


def test_loss_free_normalisation_leaves_no_issue() -> None:
    text = "\ufeff e\u0301\u00a0\u200f ﻻ\r\nمحـــمد \U0001f3f4 a\u00adb "
    assert repair(text).text == "é لا\nمحمد \U0001f3f4 ab"
    assert repair(text).issues == ()


def test_damage_that_another_repair_uncovers_is_repaired() -> None:
    assert clean("caf&Atilde;&copy;") == "café"
    assert clean("&#8235;عربي&#8236;") == "عربي"
    assert clean("AT&am\u200bp;T") == "AT&T"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A title\nover two lines", "A title over two lines"),
        ("  a \r\n\r\n b\u2028c ", "a b c"),
        ("hyphen-\nation", "hyphenation"),
        ("state-of-\nthe-art", "state-of-the-art"),
        ("Ein-\nund Ausgabe", "Ein- und Ausgabe"),
        ("GPT-\n4 and COVID-\n19", "GPT-4 and COVID-19"),
        ("1990-\n1995", "1990-1995"),
        ("$a\n+ b$ formula", "$a + b$ formula"),
        ("عنوان\nعلى سطرين", "عنوان على سطرين"),
        ("Erdoğan,\tRecep", "Erdoğan, Recep"),
        ("", ""),
        ("\n", ""),
    ],
)
def test_clean_line(text: str, line: str) -> None:
    assert clean_line(text) == line


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("&amp;amp;amp;", "&"),
        ("&#38;lt;", "&lt;"),
        ("&#x26;#x3c;", "&#x3c;"),
        ("&AMP;lt;", "&lt;"),
        ("&amp;unknown;", "&unknown;"),
        ("3 &lt;5", "3 <5"),
        ("&#0;", "\ufffd"),
        ("&nGt;", "≫⃒"),
        ("&notit;", "&notit;"),
    ],
)
def test_entities(text: str, decoded: str) -> None:
    assert decode_entities(text) == decoded


def test_a_hyphen_that_the_text_writes_elsewhere_is_the_words_own() -> None:
    assert join_hyphenated("a hash-\ncode") == "a hashcode"
    assert join_hyphenated("a hash-\ncode is a Hash-Code") == "a hash-\ncode is a Hash-Code"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("cp1256", "نتائج جديدة في تعلم الآلة من جامعة دمشق"),
        ("cp1251", "Институт физики опубликовал новые результаты"),
        ("cp1253", "Το πανεπιστήμιο δημοσίευσε νέα αποτελέσματα"),
        ("cp1255", "האוניברסיטה פרסמה תוצאות חדשות"),
    ],
)
def test_code_pages_read_as_another_are_told_apart(charset: str, text: str) -> None:
    misread = text.encode(charset).decode("sloppy-windows-1252")
    assert misread != text
    assert fix_mojibake(misread) == text


@pytest.mark.parametrize("text", ["éèêë àâäé", "àâäéèêëïîôöùûü", "ÄÖÜß", "ÐÑÒÓ ÕÖ"])
def test_lists_of_accented_letters_are_not_misread_text(text: str) -> None:
    assert clean(text) == text


def test_new_letters_of_unicode_stay_though_the_interpreter_knows_them_not() -> None:
    unassigned = "\U0001fae9"  # face with bags under eyes, Unicode 16
    assert clean(f"tired {unassigned}") == f"tired {unassigned}"


def test_composition_happens_across_the_edge_of_a_span() -> None:
    assert unicodedata.is_normalized("NFC", clean("https://example.org/cafe\u0301"))
