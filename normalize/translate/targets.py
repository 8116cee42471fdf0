"""Records with their texts in every language wanted, whatever the reason there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from normalize.model import Record, TranslatedText, TranslationStatus
from normalize.translate.model import Reason
from normalize.translate.records import FIELDS, TextTranslator, translate_records
from normalize.translate.translator import Translator
from normalize.translate.vocabulary import model_code


class RecordTranslator:
    """Fills in ``translations`` for each language wanted; models are loaded when first needed.

    Args:
        targets: languages wanted, BCP 47.
        models_dir: where packages are installed; None for the default place.
        cache: file of translations kept between runs; None to keep them in memory.
        fields: which of ``title`` and ``summary`` to translate.
        translators: what translates to each language; None for `Translator`.
    """

    def __init__(
        self,
        targets: Sequence[str],
        *,
        models_dir: str | Path | None = None,
        cache: str | Path | None = None,
        fields: Sequence[str] = FIELDS,
        translators: Sequence[TextTranslator] | None = None,
    ) -> None:
        self._fields = tuple(fields)
        self._translators = translators or [
            Translator(target, models_dir=models_dir, cache=cache) for target in targets
        ]

    def close(self) -> None:
        """Close what the translators hold open."""
        for translator in self._translators:
            if isinstance(translator, Translator):
                translator.close()

    def translate(self, records: Sequence[Record]) -> list[Record]:
        """Give records their translations, in order; one batch a language and target.

        What the page itself gives stays; a field that it lacks is filled in. A record for which
        there is nothing to do or no model is told so (status ``skipped`` and the reason).
        """
        translated = list(records)
        for translator in self._translators:
            translated = self._to_one(translated, translator)
        return translated

    def _to_one(self, records: list[Record], translator: TextTranslator) -> list[Record]:
        target = translator.target
        keys = [_key(record.translations, target) for record in records]
        asked = [
            record if key is None else self._lacking(record, key)
            for record, key in zip(records, keys, strict=True)
        ]
        answered = translate_records(asked, translator, fields=self._fields)
        return [
            self._complete(record, target, found)
            if key is None
            else _filled(record, key, found.translations.get(target))
            for record, key, found in zip(records, keys, answered, strict=True)
        ]

    @staticmethod
    def _lacking(record: Record, key: str) -> Record:
        """The record with those texts alone that have no translation yet."""
        given = record.translations[key]
        return attrs.evolve(
            record,
            translations={},
            title=record.title if given.title is None else None,
            summary=record.summary if given.summary is None else None,
        )

    def _complete(self, record: Record, target: str, found: Record) -> Record:
        if target in found.translations:
            return found
        has_text = any(getattr(record, field) for field in self._fields)
        reason = Reason.SAME_LANGUAGE if has_text else Reason.NOTHING_TO_TRANSLATE
        skipped = TranslatedText(status=TranslationStatus.SKIPPED, reason=reason)
        return attrs.evolve(found, translations={**found.translations, target: skipped})


def _key(translations: Mapping[str, TranslatedText], target: str) -> str | None:
    """Find the translation that is there already, perhaps under a variant of the language."""
    wanted = model_code(target)
    return next((key for key in translations if model_code(key) == wanted), None)


def _filled(record: Record, key: str, made: TranslatedText | None) -> Record:
    """Add what was made to what the page gives; where nothing was, the page's alone stays."""
    if made is None or (made.title is None and made.summary is None):
        return record
    given = record.translations[key]
    filled = attrs.evolve(
        given,
        title=made.title if given.title is None else given.title,
        summary=made.summary if given.summary is None else given.summary,
        status=made.status,
        reason=made.reason,
        engine=", ".join(engine for engine in (given.engine, made.engine) if engine) or None,
    )
    return attrs.evolve(record, translations={**record.translations, key: filled})
