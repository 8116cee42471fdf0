"""Records and their translations: what is translated, what stays, and what is told."""

from __future__ import annotations

import itertools
import logging
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
import pytest

from normalize import Entry, Normalizer, Record
from normalize.model import ParallelText, TranslatedText, TranslationStatus
from normalize.normalizer import BATCH
from normalize.translate import Reason, Translation
from normalize.translate.targets import RecordTranslator
from scraper.validation import record_problems, record_validator
from tests.crawls import ROOT, environment
from tests.translation_models import install_models

ARABIC = Entry(
    source="portal",
    position=1,
    native_id="ar",
    title="تقييم الأداء الزلزالي للأبنية البيتونية المسلحة ذات الطابق الأرضي اللين",
    summary="تعاني شبكات الحساسات اللاسلكية من محدودية الطاقة في عقدها، إذ يتعذر في معظم التطبيقات "
    "الميدانية استبدال المدخرات أو إعادة شحنها دورياً.",
)
ARABIC_TITLE = (
    "Seismic performance assessment of reinforced concrete buildings with a soft ground storey"
)
ARABIC_SUMMARY = (
    "Wireless sensor networks suffer from the limited energy of their nodes, since in most field "
    "applications the batteries cannot be replaced or recharged regularly."
)
FRENCH = Entry(
    source="portal",
    position=2,
    native_id="fr",
    title="Étude de l'érosion côtière par traitement d'images satellitaires",
)
FRENCH_TITLE = "A study of coastal erosion by satellite image processing"
ENGLISH = Entry(
    source="portal",
    position=3,
    native_id="en",
    title="The measurement of bridges and what we learnt from it in cold nights",
)
UNKNOWN = Entry(source="portal", position=4, native_id="und", title="2024 — 17")
EMPTY = Entry(source="portal", position=5, native_id="none")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_models(tmp_path_factory.mktemp("translation"), "ar_en", "fr_en")


def skipped(reason: Reason) -> TranslatedText:
    return TranslatedText(status=TranslationStatus.SKIPPED, reason=reason)


def test_records_come_translated_and_in_order(models: Path) -> None:
    entries = [ARABIC, ENGLISH, FRENCH, UNKNOWN, EMPTY]
    records = list(Normalizer(target="en", models_dir=models).normalize(entries))
    assert [record.id for record in records] == [f"portal:{e.native_id}" for e in entries]
    assert [record.translations["en"] for record in records] == [
        TranslatedText(
            title=ARABIC_TITLE,
            summary=ARABIC_SUMMARY,
            status=TranslationStatus.OK,
            engine="argos/ar_en-1.0",
        ),
        skipped(Reason.SAME_LANGUAGE),
        TranslatedText(title=FRENCH_TITLE, status=TranslationStatus.OK, engine="argos/fr_en-1.0"),
        skipped(Reason.UNDETERMINED),
        skipped(Reason.NOTHING_TO_TRANSLATE),
    ]
    validator = record_validator()
    assert [record_problems(validator, record.to_dict()) for record in records] == [[]] * 5


def test_the_original_and_its_hash_are_the_same_with_a_translation(models: Path) -> None:
    (plain,) = Normalizer(target=None).normalize([ARABIC])
    (translated,) = Normalizer(target="en", models_dir=models).normalize([ARABIC])
    assert plain.translations == {}
    assert attrs.evolve(translated, translations={}) == plain


def test_a_record_on_its_own_is_not_translated(models: Path) -> None:
    assert Normalizer(target="en", models_dir=models).record(ARABIC).translations == {}


def test_what_the_page_gives_stays_and_what_it_lacks_is_filled_in(models: Path) -> None:
    given = ParallelText(title="How concrete buildings behave when the ground moves under them")
    entry = attrs.evolve(ARABIC, parallel=(given,))
    (record,) = Normalizer(target="en", models_dir=models).normalize([entry])
    assert record.translations == {
        "en": TranslatedText(
            title=given.title,
            summary=ARABIC_SUMMARY,
            status=TranslationStatus.OK,
            engine="source, argos/ar_en-1.0",
        )
    }


@pytest.mark.parametrize("target", ["en", "fr"])
def test_what_the_page_gives_stays_as_it_is_without_a_model(tmp_path: Path, target: str) -> None:
    given = ParallelText(title="How concrete buildings behave when the ground moves under them")
    entry = attrs.evolve(ARABIC, parallel=(given,))
    (record,) = Normalizer(target=target, models_dir=tmp_path).normalize([entry])
    own = TranslatedText(title=given.title, status=TranslationStatus.OK, engine="source")
    assert record.translations["en"] == own
    assert record.translations.get("fr", skipped(Reason.NO_MODEL)) == skipped(Reason.NO_MODEL)


def test_several_targets_and_fields(models: Path) -> None:
    normalizer = Normalizer(target=["en", "fr"], models_dir=models, fields=("title",))
    arabic, french = normalizer.normalize([ARABIC, FRENCH])
    assert arabic.translations["en"].title == ARABIC_TITLE
    assert arabic.translations["en"].summary is None
    assert arabic.translations["fr"] == skipped(Reason.NO_MODEL)
    assert french.translations["en"].title == FRENCH_TITLE
    assert french.translations["fr"] == skipped(Reason.SAME_LANGUAGE)


def test_a_missing_model_is_said_once_for_each_pair(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    normalizer = Normalizer(target="en", models_dir=tmp_path / "none")
    entries = [ARABIC, FRENCH] * 3
    with caplog.at_level(logging.WARNING):
        for entry in entries:
            (record,) = normalizer.normalize([entry])
            assert record.translations["en"] == skipped(Reason.NO_MODEL)
    assert sorted(caplog.messages) == [
        "no installed model translates from ar to en",
        "no installed model translates from fr to en",
    ]
    assert not (tmp_path / "none").exists()


def test_near_duplicates_meet_in_the_target_language(models: Path) -> None:
    # Long enough that two texts in one language are near duplicates by their words.
    english = attrs.evolve(
        ENGLISH, source="other", url="https://example.org/1", title=ARABIC_TITLE,
        summary=ARABIC_SUMMARY,
    )  # fmt: skip
    arabic = attrs.evolve(ARABIC, url="https://example.org/2")
    first, second = Normalizer(target="en", models_dir=models).normalize([english, arabic])
    assert second.cluster_id == first.cluster_id == first.id
    assert second.duplicate_of is None
    _, alone = Normalizer(target=None).normalize([english, arabic])
    assert alone.cluster_id == alone.id


def test_a_closed_normaliser_leaves_what_it_learnt_to_the_next(
    models: Path, tmp_path: Path
) -> None:
    files = {"state": tmp_path / "state.sqlite", "translation_cache": tmp_path / "cache.sqlite"}
    entries = [ARABIC, attrs.evolve(ARABIC, source="other")]
    with Normalizer(target="en", models_dir=models, **files) as normalizer:
        (first,) = normalizer.normalize(entries[:1])
    assert not list(tmp_path.glob("*.sqlite-wal"))
    with Normalizer(target="en", models_dir=models, **files) as normalizer:
        (second,) = normalizer.normalize(entries[1:])
        normalizer.close()
        (again,) = normalizer.normalize(entries[1:])
    assert second.duplicate_of == again.duplicate_of == first.id
    assert again.translations == first.translations


def test_translations_are_found_again_in_the_cache(models: Path, tmp_path: Path) -> None:
    cache = tmp_path / "translations.sqlite"
    (first,) = Normalizer(models_dir=models, translation_cache=cache).normalize([ARABIC])
    again = install_models(tmp_path, "ar_en")
    (weights,) = again.rglob("model.bin")
    weights.write_bytes(b"cannot be loaded")
    (second,) = Normalizer(models_dir=again, translation_cache=cache).normalize([ARABIC])
    assert second == first


def test_entries_are_read_no_further_than_a_batch() -> None:
    def endless() -> Iterator[Entry]:
        for number in itertools.count(1):
            taken.append(number)
            yield attrs.evolve(ENGLISH, native_id=str(number))

    taken: list[int] = []
    first = next(Normalizer(target="en").normalize(endless()))
    assert first.id == "portal:1"
    assert len(taken) == BATCH
    taken.clear()
    next(Normalizer(target=None).normalize(endless()))
    assert len(taken) == 1


@pytest.mark.parametrize(
    ("target", "loaded"), [(None, []), ("en", ["normalize.translate.translator"])]
)
def test_no_engine_is_loaded_for_records_that_need_none(
    target: str | None, loaded: list[str]
) -> None:
    names = ["normalize.translate.translator", "ctranslate2", "sentencepiece", "argostranslate"]
    program = (
        "import sys\n"
        "from normalize import Entry, Normalizer\n"
        f"entry = Entry(source='a', position=1, title={ENGLISH.title!r})\n"
        f"(record,) = Normalizer(target={target!r}).normalize([entry])\n"
        "assert record.language == 'en'\n"
        f"print(*[name for name in {names!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stdout.split() == loaded


@attrs.define
class Answering:
    """Gives every text the same translation."""

    answer: Translation
    target: str = "en"
    asked: list[str] = attrs.field(factory=list)

    def translate(self, texts: Iterable[str], source: str) -> list[Translation]:
        del source
        texts = list(texts)
        self.asked += texts
        return [self.answer] * len(texts)


def given(**texts: str) -> Record:
    own = TranslatedText(**texts, status=TranslationStatus.OK, engine="source")
    return Record(
        id="a:1", source="a", position=1, title="t", summary="s", language="ar",
        translations={"en-GB": own}, content_hash="0" * 32,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "filled"),
    [
        (
            Translation(
                text="S", status=TranslationStatus.SUSPECT, reason=Reason.REPETITION, engine="e"
            ),
            TranslatedText(
                title="T", summary="S", status=TranslationStatus.SUSPECT, reason="repetition",
                engine="source, e",
            ),
        ),
        (
            Translation(
                text=None, status=TranslationStatus.FAILED, reason=Reason.EMPTY, engine="e"
            ),
            TranslatedText(title="T", status=TranslationStatus.OK, engine="source"),
        ),
    ],
)  # fmt: skip
def test_a_field_that_the_page_lacks_is_taken_where_there_is_one(
    answer: Translation, filled: TranslatedText
) -> None:
    translator = Answering(answer)
    (record,) = RecordTranslator(["en"], translators=[translator]).translate([given(title="T")])
    assert translator.asked == ["s"]
    assert record.translations == {"en-GB": filled}
    assert (record.title, record.summary) == ("t", "s")


def test_nothing_is_asked_where_the_page_gives_all() -> None:
    translator = Answering(Translation(text="x", status=TranslationStatus.OK, engine="e"))
    whole = given(title="T", summary="S")
    assert RecordTranslator(["en"], translators=[translator]).translate([whole]) == [whole]
    assert translator.asked == []
