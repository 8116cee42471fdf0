"""Match keys and digits."""

from __future__ import annotations

import pytest

from normalize.arabic import fold, fold_key, unify_digits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إلى", "الي"),
        ("آخر", "اخر"),
        ("ٱلله", "الله"),
        ("مؤسسة", "موسسه"),
        ("شيء", "شي"),
        ("قائمة", "قايمه"),
        ("مُحَمَّدٌ", "محمد"),
        ("هٰذا", "هذا"),
        ("محـــمد", "محمد"),
        ("ﺍﻟﻌﺮﺑﻴﺔ", "العربيه"),
        ("کتاب", "كتاب"),
        ("فارسی", "فارسي"),
        ("ہے", "هي"),
        ("می\u200cشود", "ميشود"),
        ("\u200fنص\u200e", "نص"),
        ("عام ١٤٤٥", "عام 1445"),
        ("سال ۱۴۰۲", "سال 1402"),
        ("२०२४", "2024"),
        ("١٬٢٣٤٫٥", "1,234.5"),
        ("READ More", "read more"),
        ("STRASSE", "straße"),
        ("ＡＢＣ", "abc"),
        ("a\u00a0 \n b", "a b"),
        ("cafe\u0301", "CAFÉ"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_spellings_of_one_text_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كتب", "كتاب"),
        ("résumé", "resume"),
        ("گل", "كل"),
        ("پدر", "بدر"),
        ("कि", "की"),
        ("が", "か"),
        ("2024", "2025"),
    ],
)
def test_different_texts_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("• Read more…", "read more"),
        ("«إقرأ المزيد»", "اقرا المزيد"),
        ("— اقرأ ــ المزيد —", "اقرا المزيد"),
        ("State-of-the-art!", "state of the art"),
        ("***", ""),
        ("© 2024", "2024"),
        ("हिन्दी में", "हिन्दी में"),
    ],
)
def test_fold_key_is_words_only(text: str, key: str) -> None:
    assert fold_key(text) == key


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("١٢٣", "123"),
        ("۴۵۶", "456"),
        ("০১২", "012"),
        ("１２", "12"),
        ("١٬٢٣٤٫٥٦", "1,234.56"),
        ("1٬234", "1,234"),
        ("٫ alone", "٫ alone"),
        ("x² ½ Ⅳ ①", "x² ½ Ⅳ ①"),
        ("𝟙𝟚", "12"),
        ("٢٠٢٤/٠٥", "2024/05"),
    ],
)
def test_unify_digits(text: str, digits: str) -> None:
    assert unify_digits(text) == digits
