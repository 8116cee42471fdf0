"""Laws of text cleaning over arbitrary strings."""

from __future__ import annotations

import re
import unicodedata

import pytest
from ftfy.badness import is_bad
from hypothesis import example, given, settings
from hypothesis import strategies as st

from normalize.arabic import fold, fold_key, unify_digits
from normalize.characters import has_odd_character
from normalize.entities import decode_entities
from normalize.issues import Issue
from normalize.mojibake import has_mojibake
from normalize.spans import protected_spans
from normalize.text import _pass, clean, clean_line, repair

# Pieces that one repair or another takes hold of, and what they take hold of it with.
FRAGMENTS = (
    *("a", "B", "é", "ه", "ل", "ا", "ـ", "َ", "ی", "क", "्", "ษ", "漢", "👩", "🔬", "5", "०", "٥"),
    *("&", "amp;", "&amp;", "&lt;", "lt;", "gt;", "#", "39;", "&#8203;", "&eacute;", "&#x26;"),
    *("Ã", "©", "Â", "â€™", "Ø", "§", "Ù„", "Ð", "Ã¢", "\x80", "\x85", "\x93", "ÇáÚÑÈíÉ", "Ïðèâ"),
    *(" ", "  ", "\xa0", "\u2009", "\u3000", "\t", "\n", "\r\n", "\r", "\u2028", "\v", "\x1c"),
    *("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202b", "\ufeff", "\xad", "\u2060"),
    *("-", "‐", "-\n", ",", ",,", ";;", "،", "؛", " ،", "…", "“", "ﻻ", "ﷺ", "ﷲ", "ﱟ", "ﬁ", "ﹷ"),
    *("$", "$$", "\\", "{", "}", "\\(", "\\)", "\\alpha", "`", "https://x.org/", "@", ".", "/"),
    *("\ud83d", "\ude00", "\ud800", "\x00", "\x1b[0m", "\ufdd0", "\ufffd", "\u0301", "\u0958"),
    *("\U0001f3f4\U000e0067\U000e007f", "\U000e0041", "\u1100\u1161", "\u212b", "<", ">", "="),
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
DAMAGED = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=25).map("".join)

ISSUE_FORM = re.compile(rf"({'|'.join(Issue)})(:[a-z0-9_]+)?")


@settings(max_examples=1500)
@given(DAMAGED | ANY_TEXT)
@example("&am&#112;;lt;")
@example("&amp;amp;amp;lt;")
@example("p &amp;lt; 0.05")
@example("$\u200b$x$")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    line = clean_line(text)
    assert clean_line(line) == line


@settings(max_examples=1000)
@given(DAMAGED | ANY_TEXT)
def test_what_cleaned_text_never_holds(text: str) -> None:
    result = repair(text)
    assert clean(text) == result.text
    result.text.encode("utf-8")
    assert unicodedata.is_normalized("NFC", result.text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\u2028\u2029]", result.text)
    assert protected_spans(result.text) or "\n\n\n" not in result.text
    assert all(ISSUE_FORM.fullmatch(remark) for remark in result.issues)
    assert "\n" not in clean_line(text)


@settings(max_examples=1000)
@given(DAMAGED | ANY_TEXT)
def test_text_that_is_skipped_is_text_a_pass_would_not_change(text: str) -> None:
    rest = clean(text)
    assert _pass(rest, set()) == rest


PROSE = st.lists(
    st.sampled_from(
        ("word", "كلمة", "слово", "了", "a\u200bb", "cafÃ©", "AT&amp;T", "x ، y", "مـد")
    ),
    max_size=5,
).map(" ".join)
FORMULA = st.text("abXY09\\^_{}=<>&;'\"’“+-*/()[] \u2009\u200b\u0301é…", min_size=1, max_size=12)
EXACT = st.one_of(
    FORMULA.map(lambda inner: f"${'x' + inner + '=1'}$"),
    FORMULA.map(lambda inner: f"\\({inner.replace(chr(92), '')}\\)"),
    FORMULA.map(lambda inner: f"`f({inner})`"),
    st.sampled_from(
        (
            r"$9.5\times$",
            r"{\mathcal L}",
            r"\textit{a &amp; b}",
            "https://example.org/?a=1&amp;b=2&copy;=3",
            "me.too@example.org",
            "10.1000/a,,b",
            "arXiv:2101.00001v2",
            "$$\na  =  b\n\n\n$$",
            "\\begin{eq}a,,\u00a0b\\end{eq}",
        )
    ),
)


@settings(max_examples=1000)
@given(st.lists(st.tuples(PROSE, EXACT), min_size=1, max_size=4), PROSE)
def test_protected_spans_keep_their_characters(pieces: list[tuple[str, str]], tail: str) -> None:
    text = " ".join(f"{prose} {exact}" for prose, exact in pieces) + f" {tail}"
    spans = protected_spans(text)
    found = [text[span.start : span.end] for span in spans]
    cleaned = clean(text)
    at = 0
    for exact in found:
        expected = unicodedata.normalize("NFC", exact)
        at = cleaned.find(expected, at)
        assert at >= 0
        at += len(expected)


@given(DAMAGED | ANY_TEXT)
def test_spans_are_in_order_and_apart(text: str) -> None:
    end = 0
    for span in protected_spans(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end


@given(DAMAGED | ANY_TEXT)
def test_match_keys_are_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_key(fold_key(text)) == fold_key(text)
    assert fold_key(fold(text)) == fold_key(text)
    assert unify_digits(unify_digits(text)) == unify_digits(text)


@given(st.text(alphabet="abcdefghij .,()-’“”—…éèüñßøłćžاأبةتثجحدрстуф漢字かな한글๑१", max_size=80))
def test_undamaged_letters_and_marks_stay(text: str) -> None:
    kept = "".join(character for character in text if not character.isspace())
    assert "".join(clean(text).split()) == kept


@pytest.mark.parametrize("character", ["\u200e", "\u00ad", "\ufeff", "\x07", "\u2003", "ـ"])
def test_odd_characters_are_seen_anywhere(character: str) -> None:
    assert has_odd_character(f"text {character}")
    assert not has_odd_character("text — “quoted”, ١٢٣، é")


@settings(max_examples=1000)
@given(st.text(st.sampled_from([*map(chr, range(0x80, 0x180)), *"‚ƒ„…†‡ˆ‰‹‘’“”•–—˜™›œаРВ√≈ab "])))
def test_the_cheap_look_for_mojibake_misses_none(text: str) -> None:

    assert has_mojibake(text) or not is_bad(text)


@given(st.text("&;#amplt38x26gé ", max_size=40))
def test_decoding_entities_never_lengthens(text: str) -> None:
    assert len(decode_entities(text)) <= len(text)
