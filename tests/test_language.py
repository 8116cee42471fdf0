from __future__ import annotations

import hashlib
import re
from collections import Counter

import attrs
import pytest

from normalize.language import Method, detect, detector
from normalize.language.engines import second_opinion
from normalize.language.scripts import script_of
from normalize.model import Direction
from tests.language_tables import MIXED, SENTENCES
from tests.shared import shared

CORE = {
    *("ar", "bn", "de", "el", "en", "es", "fa", "fr", "he", "hi", "id", "it", "ja"),
    *("ko", "nl", "pl", "pt", "ru", "sw", "th", "tr", "uk", "ur", "vi", "zh"),
}


def test_the_table_covers_every_core_language() -> None:
    sizes = Counter(language for language, _ in SENTENCES)
    assert [language for language in CORE if sizes[language] < 8] == []
    assert len(sizes) >= 50
    assert len(MIXED) >= 15


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_sentence(language: str, text: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(("language", "text"), MIXED)
def test_text_with_foreign_terms_formulas_and_boilerplate(language: str, text: str) -> None:
    found = detect(text)
    assert (found.language, found.certain) == (language, True)


@pytest.mark.parametrize(
    ("text", "script", "direction"),
    [
        ("هذا نص عربي قصير", "Arab", Direction.RTL),
        ("זה משפט קצר בעברית", "Hebr", Direction.RTL),
        ("This is a short sentence", "Latn", Direction.LTR),
        ("Это короткое предложение", "Cyrl", Direction.LTR),
        ("这个问题没有简单的答案", "Hans", Direction.LTR),
        ("這個問題沒有簡單的答案", "Hant", Direction.LTR),
        ("今日はとても寒い", "Jpan", Direction.LTR),
        ("오늘은 매우 춥다", "Kore", Direction.LTR),
        ("ދިވެހި ބަސް", "Thaa", Direction.RTL),
    ],
)
def test_script_and_direction(text: str, script: str, direction: Direction) -> None:
    found = detect(text)
    assert (found.script, found.direction) == (script, direction)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("這個問題沒有簡單的答案", "zh-Hant"),
        ("这个问题没有简单的答案", "zh"),
        ("今日はとても寒い", "ja"),
        ("This is a short sentence", "en"),
        ("2024", "und"),
    ],
)
def test_tag_names_the_script_where_it_is_not_the_usual_one(text: str, tag: str) -> None:
    assert detect(text).tag == tag


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "2024-05-21 10:30",
        "٢٠٢٤",
        "!!! ??? …",
        "https://example.org/some/english/words",
        "someone@example.org",
        "10.1038/s41586-024-07123-4",
        r"$x^2 + \alpha y$",
        "😀🎉",
        "\ud800",
        "⟨∀⟩ ≤ ∞",
    ],
)
def test_text_without_words_is_undetermined(text: str) -> None:
    found = detect(text, declared="ar")
    assert (found.language, found.confidence, found.method, found.certain) == (
        "und",
        0.0,
        Method.NONE,
        False,
    )


@pytest.mark.parametrize("text", ["ResNet", "GPT-4", "Qwen"])
def test_a_bare_name_is_left_to_the_declared_language(text: str) -> None:
    assert detect(text).language == "und"
    found = detect(text, declared=("de", "en"))
    assert (found.language, found.method) == ("de", Method.DECLARED)
    assert not found.certain


@pytest.mark.parametrize("text", ["Meta Llama 3", "Llama Guard", "Stable Diffusion XL"])
def test_a_headline_of_names_is_left_to_the_declared_language(text: str) -> None:
    assert detect(text).language == "und"
    found = detect(text, declared="en")
    assert (found.language, found.certain) == ("en", False)


def test_a_headline_with_capitals_throughout_leans_to_english() -> None:
    for text in ("Image Segmentation", "Semantic Parsing", "Optimal Transport"):
        assert detect(text).language == "en"
    assert detect("Reconocimiento Facial").language == "es"
    assert detect("Deteksi Berita Palsu").language == "id"
    assert detect("Makine Öğrenmesi").language == "tr"
    # Not even where the source declares English.
    assert detect("Reconocimiento Facial", declared="en").language == "es"
    assert detect("Peringkasan Teks Otomatis", declared="en").language == "id"


def test_a_short_sentence_is_answered_where_a_bare_name_is_not() -> None:
    assert detect("Unakipenda?").language == "sw"
    assert detect("Anatoka Boston.").language == "sw"
    assert detect("Tilburg").language == "und"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the cat sleeps on the warm roof"),
        ("de", "die Katze schläft auf dem warmen Dach"),
        ("ru", "кошка спит на тёплой крыше"),
        ("ur", "بلی گرم چھت پر سو رہی ہے"),
    ],
)
def test_the_second_opinion_alone_tells_plain_sentences(language: str, text: str) -> None:
    script = detect(text).script
    assert script is not None
    assert second_opinion(script, text) == language
    assert second_opinion(script, "1234") is None


def test_a_declared_language_tips_the_balance() -> None:
    assert detect("Image Segmentation", declared="en").language == "en"
    assert detect("Image Segmentation", declared="fr-CA").language == "fr"
    assert detect("人工知能", declared="ja").language == "ja"
    assert detect("人工智能", declared="zh").language == "zh"


def test_a_declared_language_is_no_verdict() -> None:
    english = "We show that smaller models can be trained with less data."
    assert detect(english, declared="ar").language == "en"
    assert detect(english, declared=("de", "fr")).language == "en"
    assert detect("我们提出了一种总结长文章的简单方法", declared="ja").language == "zh"
    assert detect("هل قرأت المقال الذي كتبته ليلى؟", declared=["fa"]).language == "ar"


def test_declared_codes_may_be_old_regional_or_unknown() -> None:
    assert detect("Siapa itu", declared="in_ID").language == "id"
    assert detect("שלום עולם", declared="iw").language == "he"
    assert detect("A short sentence in English", declared=("x-none", "", "tlh")).language == "en"


def test_names_and_quotations_do_not_decide() -> None:
    assert detect("The poet Wisława Szymborska was born in Kórnik in 1923.").language == "en"
    assert detect("Der Präsident traf Recep Tayyip Erdoğan am Dienstag.").language == "de"
    assert detect("В Київ приехала делегация, сообщает газета.").language == "ru"
    assert detect("كتبت صحيفة «پیام چ» عن المؤتمر الذي عقد أمس.").language == "ar"


def test_japanese_headings_without_kana() -> None:
    assert detect("機械学習").language == "ja"
    assert detect("机器学习").language == "zh"
    assert detect("機器學習").language == "zh"


def test_the_method_says_what_decided() -> None:
    assert detect("Η έκθεση παλαιών χαρτών").method is Method.SCRIPT
    assert detect("ئێمە ڕێگایەکی سادە پێشنیار دەکەین").method is Method.LETTERS
    assert detect("She left the keys on the table.").method is Method.STATISTICS


def test_confidence_follows_the_evidence() -> None:
    long = detect("Nobody expected the bridge to open before spring, but it did.")
    short = detect("Tekoäly")
    assert long.certain
    assert long.confidence > 0.95
    assert not short.certain
    assert short.confidence < 0.8


def test_engines_that_disagree_on_a_lead_in_doubt_make_it_uncertain() -> None:
    text = "Mask R-CNN"
    found = detect(text)
    assert second_opinion("Latn", text) != found.language
    assert not found.certain


def test_only_the_first_thousand_characters_count() -> None:
    head = "The committee published its yearly report. " * 24
    assert len(head) > detector.CHARACTERS
    assert detect(head + "هذا نص عربي " * 500) == detect(head)


def test_detection_is_immutable() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        detect("Hello there").language = "fr"  # type: ignore[misc]  # what must not be possible


def test_letters_are_told_from_digits_and_marks() -> None:
    assert [script_of(c) for c in "aжعא漢のハ한ก٣؟1. "] == [
        "Latn",
        "Cyrl",
        "Arab",
        "Hebr",
        "Hani",
        "Kana",
        "Kana",
        "Hang",
        "Thai",
        *[None] * 5,
    ]


def seed_texts() -> list[str]:
    """Titles and abstracts of the seeds, all English."""
    texts = []
    for name in ("huggingface_papers_1.txt", "huggingface_papers_2.txt"):
        lines = [line.strip() for line in shared(f"seeds/{name}").read_text("utf-8").splitlines()]
        lines = [line for line in lines if line]
        ends = [i for i, line in enumerate(lines) if re.fullmatch(r"• \d+ authors?", line)]
        texts += [line for i in ends for line in lines[i - 2 : i]]
    lines = shared("seeds/aitopics.txt").read_text("utf-8").splitlines()
    # A byline is `Last, First, Last, First`: at most three words between commas.
    byline = re.compile(r"(?:[^,\s]+(?: [^,\s]+){0,2}, ?)+[^,\s]+(?: [^,\s]+){0,2}")
    texts += [line for line in lines if line[:2] != "- " and not byline.fullmatch(line.strip())]
    lines = shared("seeds/shamra_academia.txt").read_text("utf-8").splitlines()
    return [text for text in texts + [line for line in lines if len(line) > 200] if text.strip()]


def test_titles_and_abstracts_of_the_seeds_are_english() -> None:
    texts = seed_texts()
    assert len(texts) >= 180
    assert [
        (text[:80], detect(text).language) for text in texts if detect(text).language != "en"
    ] == []


def test_development_sentences() -> None:
    path = shared("langid-dev/sentences.tsv")
    rows = [line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines()]
    # Every fourth sentence, by its own hash: the sample does not depend on the file's order.
    sample = [row for row in rows if hashlib.md5(row[1].encode()).digest()[0] % 4 == 0]  # noqa: S324  no secret
    sizes = Counter(language for language, _ in sample)
    right = Counter(language for language, text in sample if detect(text).language == language)
    assert {
        language: right[language] / sizes[language]
        for language in sizes
        if right[language] / sizes[language] < 0.95
    } == {}
    assert sum(right.values()) / len(sample) >= 0.985
