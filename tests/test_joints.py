"""Telling a space that cuts a word from the text's own, on invented abstracts cut everywhere."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalize.joints import judge_space

ENGLISH = (
    "We study how small models learn to translate rare sentences when only a handful of labelled "
    "examples are available for training. Our approach combines a retrieval step with a "
    "lightweight decoder, so that each query is answered from similar cases seen before. "
    "Experiments on five public benchmarks show consistent gains over strong baselines, although "
    "improvements shrink once the number of examples grows beyond a few hundred. We also examine "
    "why the method fails on long documents and propose a simple remedy that halves the error. "
    "The code and the annotated corpus will be released to support further research on low "
    "resource settings, robust evaluation, and responsible deployment in hospitals and schools."
)
ARABIC = (
    "تدرس هذه الورقة كيفية تعلم النماذج الصغيرة ترجمة الجمل النادرة عندما لا يتوفر سوى عدد قليل "
    "من الأمثلة المصنفة للتدريب. يجمع نهجنا بين خطوة استرجاع ومفكك خفيف الوزن بحيث يجاب عن كل "
    "استعلام من حالات مشابهة سبقت رؤيتها. تظهر التجارب على خمس مجموعات بيانات عامة تحسنا ثابتا "
    "مقارنة بالأساليب القوية، مع أن التحسن يتقلص عندما يزيد عدد الأمثلة على بضع مئات. نفحص أيضا "
    "سبب فشل الطريقة في المستندات الطويلة ونقترح علاجا بسيطا يخفض الخطأ إلى النصف. وسوف تنشر "
    "الشيفرة والمدونة الموسومة لدعم مزيد من البحث في اللغات قليلة الموارد والتقييم المتين."
)


@attrs.frozen
class Outcome:
    found: float
    kept: float
    sure_and_right: float


def cuts(text: str) -> Iterator[tuple[str, str, bool]]:
    """Each place at which a dump could show a lone space, and whether the space is foreign."""
    for place in range(10, len(text) - 10):
        if not text[place - 1].isspace() and not text[place].isspace():
            yield text[:place], text[place:], True
        elif text[place] == " ":
            yield text[:place], text[place + 1 :], False


def outcome(text: str, language: str) -> Outcome:
    told = [
        (judge_space(before, after, language=language), is_foreign)
        for before, after, is_foreign in cuts(text)
    ]
    foreign = [joint.inserted for joint, is_foreign in told if is_foreign]
    own = [not joint.inserted for joint, is_foreign in told if not is_foreign]
    sure = [joint.inserted == is_foreign for joint, is_foreign in told if joint.certain]
    return Outcome(
        sum(foreign) / len(foreign), sum(own) / len(own), sum(sure) / len(sure) if sure else 0
    )


@pytest.mark.parametrize(
    ("text", "language", "found", "kept"),
    [(ENGLISH, "en", 0.92, 0.84), (ARABIC, "ar", 0.93, 0.84)],
)
def test_most_spaces_are_judged_rightly(
    text: str, language: str, found: float, kept: float
) -> None:
    result = outcome(text, language)
    assert result.found >= found
    assert result.kept >= kept
    assert result.sure_and_right >= 0.97


@pytest.mark.parametrize(
    ("before", "after", "language", "inserted"),
    [
        ("we show that dynamical int", "egrators work", "en", True),
        ("that can be u", "sing data", "en", True),
        ("the results of", "the study", "en", False),
        ("we present the", "new method", "en", False),
        ("في هذه الدرا", "سة نقدم", "ar", True),
        ("نقدم في ال", "بحث طريقة", "ar", True),
        ("نقدم في هذا", "البحث طريقة", "ar", False),
        ("a long sentence", ". Another", "en", True),
        ("جملة أولى", "، ثم ثانية", "ar", True),
        ("seen (", "as here)", "en", True),
        ("the state-of-", "the-art", "en", True),
        ("in 20", "24 it", "en", True),
        ("has 5", "layers", "en", False),
        ("where $x + ", "y$ is", "en", True),
    ],
)
def test_single_spaces(before: str, after: str, language: str, *, inserted: bool) -> None:
    assert judge_space(before, after, language=language).inserted is inserted


def test_words_of_the_same_page_decide() -> None:
    known = frozenset({"overfitting", "over"})
    joint = judge_space("of over", "fitting", vocabulary=known)
    assert (joint.inserted, joint.certain) == (True, True)
    known = frozenset({"over", "fitting"})
    joint = judge_space("of over", "fitting", vocabulary=known)
    assert (joint.inserted, joint.certain) == (False, True)


def test_nothing_on_one_side_is_no_joint() -> None:
    assert judge_space("", "word").inserted is False
    assert judge_space("word", "").inserted is False


def test_hyphen_before_a_space_leaves_doubt() -> None:
    assert judge_space("of pre-", "and postwar").certain is False


@settings(deadline=None)
@given(
    before=st.text(max_size=30),
    after=st.text(max_size=30),
    language=st.sampled_from(["en", "ar", "fa", "ja", "zh-Hans", "xx", "und", "", "../en"]),
)
def test_any_text_in_any_language_gets_a_verdict(before: str, after: str, language: str) -> None:
    joint = judge_space(before, after, language=language)
    assert joint == judge_space(before, after, language=language)
