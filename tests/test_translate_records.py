"""Records get their translations, one batch a language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from normalize.model import Record, TranslatedText, TranslationStatus
from normalize.translate import Reason, Translation
from normalize.translate.records import translate_records


@attrs.define
class Recorder:
    """Answers by a table and remembers the batches."""

    target: str = "en"
    answers: dict[str, Translation] = attrs.field(factory=dict)
    batches: list[tuple[str, list[str]]] = attrs.field(factory=list)

    def translate(self, texts: Iterable[str], source: str) -> list[Translation]:
        texts = list(texts)
        self.batches.append((source, texts))
        return [self.answers.get(text, good(text)) for text in texts]


def good(text: str) -> Translation:
    return Translation(text=f"en:{text}", status=TranslationStatus.OK, engine="e/1")


def bad(status: TranslationStatus, reason: Reason, text: str | None = None) -> Translation:
    return Translation(text=text, status=status, reason=reason, engine="e/1")


def record(number: int, language: str, **fields: Any) -> Record:  # noqa: ANN401 - any field
    plain = Record(
        id=f"s:{number}", source="s", position=1, language=language, content_hash="0" * 32
    )
    return attrs.evolve(plain, **fields)


def test_one_batch_a_language_and_records_in_order() -> None:
    translator = Recorder()
    records = [
        record(1, "ar", title="t1", summary="s1"),
        record(2, "en", title="t2"),
        record(3, "fr", title="t3"),
        record(4, "ar", summary="s4"),
        record(5, "ar"),
    ]
    found = translate_records(records, translator)
    assert translator.batches == [("ar", ["t1", "s1", "s4"]), ("fr", ["t3"])]
    assert [one.id for one in found] == ["s:1", "s:2", "s:3", "s:4", "s:5"]
    assert found[0].translations == {
        "en": TranslatedText(
            title="en:t1", summary="en:s1", status=TranslationStatus.OK, engine="e/1"
        )
    }
    assert found[3].translations["en"].title is None
    assert found[1] == records[1]
    assert found[4] == records[4]


def test_the_pages_own_translation_is_kept() -> None:
    own = TranslatedText(title="given", status=TranslationStatus.OK, engine="source")
    given = record(1, "ar", title="t", translations={"en": own})
    translator = Recorder()
    assert translate_records([given], translator) == [given]
    assert translator.batches == []


def test_the_worst_status_stands_for_both_fields() -> None:
    answers = {"s": bad(TranslationStatus.SUSPECT, Reason.REPETITION, "well well")}
    [found] = translate_records(
        [record(1, "ar", title="t", summary="s")], Recorder(answers=answers)
    )
    assert found.translations["en"] == TranslatedText(
        title="en:t",
        summary="well well",
        status=TranslationStatus.SUSPECT,
        reason="repetition",
        engine="e/1",
    )


def test_a_title_that_needs_no_translation_does_not_count() -> None:
    nothing = Translation(
        text="GPT-4", status=TranslationStatus.SKIPPED, reason=Reason.NOTHING_TO_TRANSLATE
    )
    [found] = translate_records(
        [record(1, "ar", title="GPT-4", summary="s")], Recorder(answers={"GPT-4": nothing})
    )
    assert found.translations["en"].status is TranslationStatus.OK
    assert (found.translations["en"].title, found.translations["en"].engine) == ("GPT-4", "e/1")


def test_a_title_in_the_target_language_is_taken_over() -> None:
    mixed = record(
        1, "ar", title="A title", summary="s", field_languages={"title": "en", "summary": "ar"}
    )
    translator = Recorder()
    [found] = translate_records([mixed], translator)
    assert translator.batches == [("ar", ["s"])]
    assert (found.translations["en"].title, found.translations["en"].summary) == (
        "A title",
        "en:s",
    )


def test_only_the_fields_asked_for_are_translated() -> None:
    translator = Recorder()
    [found] = translate_records(
        [record(1, "ar", title="t", summary="s")], translator, fields=("title",)
    )
    assert translator.batches == [("ar", ["t"])]
    assert found.translations["en"].summary is None
