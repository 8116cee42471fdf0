"""Records with their texts in another language beside the original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import attrs

from normalize.model import Record, TranslatedText, TranslationStatus
from normalize.translate.model import Reason, Translation
from normalize.translate.vocabulary import model_code

FIELDS = ("title", "summary")

# A field that needs no translation says nothing against the other.
_NEUTRAL = frozenset({Reason.NOTHING_TO_TRANSLATE})
_BADNESS = {
    TranslationStatus.OK: 0,
    TranslationStatus.SUSPECT: 1,
    TranslationStatus.SKIPPED: 2,
    TranslationStatus.FAILED: 3,
}


class TextTranslator(Protocol):
    """What `translate_records` needs of a `Translator`."""

    target: str

    def translate(self, texts: Iterable[str], source: str) -> list[Translation]:
        """Translate texts of one language, in order."""


@attrs.frozen
class _Place:
    """A field of a record."""

    record: int
    field: str


def translate_records(
    records: Sequence[Record], translator: TextTranslator, *, fields: Sequence[str] = FIELDS
) -> list[Record]:
    """Give each record the translation of its title and summary; one batch a language.

    A translation that is there already (the page's own, with engine ``source``) is kept as it
    is. A record in the target language gets none.

    Args:
        records: records as normalized.
        translator: gives the target language.
        fields: which of ``title`` and ``summary`` to translate.

    Returns:
        The records, in order; those that needed nothing unchanged.
    """
    target = translator.target
    batches: dict[str, list[_Place]] = {}
    for index, record in enumerate(records):
        if _is_there(record.translations, target):
            continue
        for field in fields:
            language = record.field_languages.get(field, record.language)
            if getattr(record, field) and model_code(language) != model_code(target):
                batches.setdefault(language, []).append(_Place(index, field))
    made: dict[int, dict[str, Translation]] = {}
    for language, places in batches.items():
        texts = [getattr(records[place.record], place.field) for place in places]
        for place, translation in zip(places, translator.translate(texts, language), strict=True):
            made.setdefault(place.record, {})[place.field] = translation
    return [
        _with_translation(record, target, made[index]) if index in made else record
        for index, record in enumerate(records)
    ]


def _is_there(translations: Mapping[str, TranslatedText], target: str) -> bool:
    return any(model_code(language) == model_code(target) for language in translations)


def _with_translation(record: Record, target: str, made: Mapping[str, Translation]) -> Record:
    told = [one for one in made.values() if one.reason not in _NEUTRAL] or [*made.values()]
    worst = max(told, key=lambda translation: _BADNESS[translation.status])
    text = TranslatedText(
        title=_text(record, made, "title", target),
        summary=_text(record, made, "summary", target),
        status=worst.status,
        reason=worst.reason,
        engine=next((one.engine for one in made.values() if one.engine), None),
    )
    return attrs.evolve(record, translations={**record.translations, target: text})


def _text(record: Record, made: Mapping[str, Translation], field: str, target: str) -> str | None:
    """Take a field's translation, or the field itself where it is in the target language."""
    if field in made:
        return made[field].text
    language = record.field_languages.get(field, record.language)
    text: str | None = getattr(record, field)
    return text if model_code(language) == model_code(target) else None
