"""``Translator`` with engines without models and with the small models of the fixtures."""

from __future__ import annotations

import itertools
import json
import logging
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalize.model import TranslationStatus
from normalize.translate import Reason, Translation, Translator
from normalize.translate.engine import ArgosEngine
from normalize.translate.protect import Protection
from tests.translation_engines import FakeEngine, broken, engine, invented_words

MODELS = Path(__file__).parents[1] / "fixtures" / "models"
ROOT = Path(__file__).parents[1]


def unpacked(home: Path, archive: Path, from_code: str = "", to_code: str = "") -> None:
    """Put a package into a directory of packages, for other languages if they are named."""
    with zipfile.ZipFile(archive) as members:
        members.extractall(home)
        top = home / members.namelist()[0].partition("/")[0]
    if from_code:
        top = top.rename(home / f"translate-{from_code}_{to_code}-1_0")
        file = top / "metadata.json"
        metadata = json.loads(file.read_text(encoding="utf-8"))
        metadata |= {"from_code": from_code, "to_code": to_code}
        file.write_text(json.dumps(metadata), encoding="utf-8")


@pytest.fixture(autouse=True)
def _no_packages_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_DATA_HOME", "ARGOS_PACKAGES_DIR", "KHULASA_MODELS_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the directory in which a test model stands for French to English."""

    @cache
    def directory_of(name: str) -> Path:
        directory = tmp_path_factory.mktemp(name)
        unpacked(directory, MODELS / "test" / f"{name}.argosmodel", "fr", "en")
        return directory

    return directory_of


def ok(text: str, name: str = "fake/1") -> Translation:
    return Translation(text=text, status=TranslationStatus.OK, engine=name)


def skipped(reason: Reason, text: str | None = None) -> Translation:
    return Translation(text=text, status=TranslationStatus.SKIPPED, reason=reason)


def test_each_text_has_its_translation_in_order() -> None:
    texts = ["un chat. deux chiens.", "", "des oiseaux", "un chat. deux chiens.", "$x$ 12 [3]"]
    assert Translator("en", engine=engine(invented_words)).translate(texts, "fr") == [
        ok("uno chat. deuxo chiens."),
        skipped(Reason.NOTHING_TO_TRANSLATE, ""),
        ok("deso oiseauxo"),
        ok("uno chat. deuxo chiens."),
        skipped(Reason.NOTHING_TO_TRANSLATE, "$x$ 12 [3]"),
    ]


def test_paragraphs_and_spaces_between_sentences_stay() -> None:
    text = "  Un chat dort.  Il rêve.\n\n\tDes chiens aussi.\r\nFin\n"
    [translation] = Translator("en", engine=engine(invented_words)).translate([text], "fr")
    assert translation.text == "  Uno chato dort.  Ilo rêve.\n\n\tDeso chienso aussi.\r\nFino\n"


def test_sentences_of_a_language_without_spaces_are_set_apart() -> None:
    def english(text: str) -> str:
        return {"我们提出了一种方法。": "We propose a method.", "它有效吗？": "Does it work?"}.get(
            text, "word"
        )

    [translation] = Translator("en", engine=engine(english)).translate(
        ["我们提出了一种方法。它有效吗？"], "zh"
    )
    assert translation.text == "We propose a method. Does it work?"


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("Un essai", "und", skipped(Reason.UNDETERMINED)),
        ("A test", "en", skipped(Reason.SAME_LANGUAGE)),
        ("A test", "en-GB", skipped(Reason.SAME_LANGUAGE)),
        ("é 12", "fr", skipped(Reason.TOO_SHORT)),
        ("BERT", "ar", skipped(Reason.NOTHING_TO_TRANSLATE, "BERT")),
        (
            "https://example.org/a",
            "fr",
            skipped(Reason.NOTHING_TO_TRANSLATE, "https://example.org/a"),
        ),
    ],
)
def test_what_needs_no_model_is_skipped(text: str, source: str, expected: Translation) -> None:
    assert Translator("en", engine=engine(broken)).translate([text], source) == [expected]


def test_a_missing_model_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    translator = Translator("en", engine=FakeEngine(fake=None))
    with caplog.at_level(logging.INFO):
        found = translator.translate(["un", "deux"], "fr") + translator.translate(["trois"], "fr")
    assert found == [skipped(Reason.NO_MODEL)] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "no installed model translates from fr to en"
    ]


def test_a_model_that_breaks_fails_the_text_alone(caplog: pytest.LogCaptureFixture) -> None:
    [translation] = Translator("en", engine=engine(broken)).translate(["un essai"], "fr")
    assert (translation.text, translation.status, translation.reason) == (
        None,
        TranslationStatus.FAILED,
        Reason.ENGINE_ERROR,
    )
    assert len(caplog.records) == 1


def test_a_clause_is_tried_alone_where_the_sentence_fails() -> None:
    def long_ones_loop(text: str) -> str:
        return "well " * 30 if text.count(" ") > 4 else invented_words(text)

    [translation] = Translator("en", engine=engine(long_ones_loop)).translate(
        ["les petits chats dorment, les grands chiens courent"], "fr"
    )
    assert translation == ok("leso petitso chatso dorment, leso grandso chienso courento")


def test_one_bad_sentence_makes_the_text_suspect_and_keeps_the_rest() -> None:
    def silent_on_cats(text: str) -> str:
        return "" if "chat" in text else invented_words(text)

    [translation] = Translator("en", engine=engine(silent_on_cats)).translate(
        ["Les chiens courent. Le chat dort."], "fr"
    )
    assert translation.text == "Leso chienso courent. Le chat dort."
    assert (translation.status, translation.reason) == (
        TranslationStatus.SUSPECT,
        Reason.EMPTY,
    )


@pytest.mark.parametrize(
    ("language", "text", "translated"),
    [
        (
            "ar",
            "تحسين عمر شبكات الحساسات اللاسلكية باستخدام خوارزمية عنقدة متكيفة مع الطاقة المتبقية",
            (
                "Extending the lifetime of wireless sensor networks with a clustering algorithm "
                "that adapts to residual energy"
            ),
        ),
        (
            "fr",
            "Étude de l'érosion côtière par traitement d'images satellitaires",
            "A study of coastal erosion by satellite image processing",
        ),
    ],
)
def test_an_installed_model_translates(
    home: Path, language: str, text: str, translated: str
) -> None:
    unpacked(home, MODELS / f"translate-{language}_en.argosmodel")
    found = Translator("en", models_dir=home).translate([text], language)
    assert found == [ok(translated, f"argos/{language}_en-1.0")]


def test_a_pair_without_a_package_goes_through_english(home: Path) -> None:
    for pair in (("fr", "en"), ("en", "de"), ("fr", "it"), ("it", "de")):
        unpacked(home, MODELS / "test" / "words.argosmodel", *pair)
    model = ArgosEngine(models_dir=home).model("fr-CA", "de")
    assert model is not None
    assert model.name == "argos/fr_en-1.0+en_de-1.0"
    assert ArgosEngine(models_dir=home).model("de", "fr") is None
    assert len(model.translate(["un", "deux", "un"])) == 3


def test_underscores_and_long_sentences_come_through_a_copying_model(
    small_model: Callable[[str], Path],
) -> None:
    model = ArgosEngine(models_dir=small_model("copy")).model("fr", "en")
    assert model is not None
    long = " ".join(["word and word_two"] * 40)
    assert model.translate(["x_i = a_b", long]) == ["x_i = a_b", long]


@pytest.mark.parametrize("words", [1, 12])
def test_a_model_that_loops_is_stopped_alike_beside_any_other_sentence(
    small_model: Callable[[str], Path], words: int
) -> None:
    known = ("one", "two", "three", "four", "five", "six", "seven", "good", "cat", "house")
    endless = itertools.cycle(known)
    text = " ".join(itertools.islice(endless, words))
    others = [f"{text} {' '.join(itertools.islice(endless, count))}" for count in (1, 3, 6, 40)]
    model = ArgosEngine(models_dir=small_model("loop")).model("fr", "en")
    assert model is not None
    [alone] = model.translate([text])
    assert [model.translate([text, other])[0] for other in others] == [alone] * len(others)


def test_a_damaged_model_is_an_error_of_the_engine(home: Path) -> None:
    unpacked(home, MODELS / "test" / "copy.argosmodel", "fr", "en")
    (home / "translate-fr_en-1_0" / "model" / "model.bin").write_bytes(b"no model")
    [translation] = Translator("en", models_dir=home).translate(["un essai"], "fr")
    assert translation.reason is Reason.ENGINE_ERROR


def test_a_package_installed_anew_answers_at_once(home: Path) -> None:
    unpacked(home, MODELS / "test" / "copy.argosmodel", "fr", "en")
    translator = Translator("en", models_dir=home)
    [copied] = translator.translate(["good morning to all"], "fr")
    for file in sorted((home / "translate-fr_en-1_0").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (home / "translate-fr_en-1_0").rmdir()
    unpacked(home, MODELS / "test" / "double.argosmodel", "fr", "en")
    [doubled] = translator.translate(["good morning to all"], "fr")
    assert copied.text != doubled.text


PARTS = st.sampled_from(
    [
        "we see",
        "good",
        "$x_i$",
        "12",
        "3,5",
        "`a b`",
        "[7]",
        "and",
        "www.example.org",
        "#tag",
        "$5,",
    ]
)


@pytest.mark.parametrize("name", ["copy", "double", "drop", "loop", "swap", "words"])
@settings(max_examples=15, deadline=None)
@given(parts=st.lists(PARTS, min_size=1, max_size=8))
def test_spans_and_numbers_survive_real_models(
    small_model: Callable[[str], Path], name: str, parts: list[str]
) -> None:
    text = " ".join(parts)
    [translation] = Translator("en", models_dir=small_model(name)).translate([text], "fr")
    if translation.text is not None:
        assert Protection().fixed(translation.text) == Protection().fixed(text)


def test_importing_loads_no_engine_and_makes_no_directory(tmp_path: Path) -> None:
    code = """
import sys
from normalize.translate import Translator
Translator("en").translate(["text"], "en")
Translator("en").translate(["texte"], "fr")
heavy = {"ctranslate2", "sentencepiece", "sentencex", "argostranslate", "torch", "py3langid"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout == "[]\n"
    assert list(tmp_path.iterdir()) == []
