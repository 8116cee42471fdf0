"""``Normalizer``: many entries to records, with what was seen before and with translations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from normalize.model import Entry, Record
from normalize.reading import record_of
from normalize.state import NormalizerState

if TYPE_CHECKING:
    from normalize.translate.targets import RecordTranslator

TRANSLATED_FIELDS = ("title", "summary")
BATCH = 256
"""Records that are translated together."""


class Normalizer:
    """Turns entries into records; pure but for the translations it may be asked for.

    Args:
        target: language that the reader wants, BCP 47, or several; None for none. Text that the
            page itself gives in a second language is kept as translation whatever the target.
        reference: the page's clock, for dates without year and relative dates; None to take the
            time at which each entry's page was fetched, where that is known.
        state: SQLite file in which entries are remembered from run to run, made if missing; None
            to remember them for the life of the normaliser only.
        models_dir: where translation packages are installed; None for the default place.
        translation_cache: file of translations kept from run to run; None to keep them in memory.
        fields: which of ``title`` and ``summary`` to translate.
    """

    def __init__(  # noqa: PLR0913 - settings by name
        self,
        *,
        target: str | Sequence[str] | None = "en",
        reference: datetime | date | None = None,
        state: str | Path | None = None,
        models_dir: str | Path | None = None,
        translation_cache: str | Path | None = None,
        fields: Sequence[str] = TRANSLATED_FIELDS,
    ) -> None:
        self.target = target
        self.reference = reference
        self._targets = (target,) if isinstance(target, str) else tuple(target or ())
        self._state_path = state
        self._models_dir = models_dir
        self._translation_cache = translation_cache
        self._fields = tuple(fields)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit and close what is held open: the state and the cache of translations."""
        if "state" in self.__dict__:
            self.state.close()
            del self.state
        if "_translator" in self.__dict__:
            self._translator.close()

    @cached_property
    def state(self) -> NormalizerState:
        """What is remembered of earlier entries; opened when first needed."""
        return NormalizerState(self._state_path)

    def normalize(self, entries: Iterable[Entry]) -> Iterator[Record]:
        """Yield one record for each entry, in their order, with what links it to earlier ones.

        With a target, entries are read some hundred at a time: models are fast with many texts.

        Raises:
            IncompatibleIndex: the state was written by another version; remove it to start anew.
        """
        size = BATCH if self._targets else 1
        waiting = iter(entries)
        try:
            while batch := list(islice(waiting, size)):
                cleared = (self.state.clear_of_boilerplate(entry) for entry in batch)
                for record in self.translated([self.record(entry) for entry in cleared]):
                    yield self.state.with_duplicates(record)
        finally:
            self.state.commit()

    def translated(self, records: Sequence[Record]) -> list[Record]:
        """Give records their translations into every target, in order."""
        return self._translator.translate(records) if self._targets else list(records)

    @cached_property
    def _translator(self) -> RecordTranslator:
        # Loaded where the first translation is wanted: most who normalise want none.
        from normalize.translate.targets import RecordTranslator  # noqa: PLC0415

        return RecordTranslator(
            self._targets,
            models_dir=self._models_dir,
            cache=self._translation_cache,
            fields=self._fields,
        )

    def record(self, entry: Entry) -> Record:
        """Make the record of one entry on its own: a pure function of entry and settings."""
        return record_of(entry, reference=self.reference)
