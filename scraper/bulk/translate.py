"""Translation in bulk: one process with all cores, and many records at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice
from time import monotonic

from normalize import Normalizer
from normalize.translate.packages import installed
from scraper.bulk.lines import Batch
from scraper.bulk.work import Result, records_of, with_records
from scraper.translation import TranslationSettings

SECONDS_A_ROUND = 10.0
"""Of translating that a run which is stopped may lose, about."""

FEWEST_RECORDS = 64
MOST_RECORDS = 4096

_Done = tuple[Batch, Result]


def installed_models(translation: TranslationSettings) -> list[str]:
    """Name the models that the translations depend on."""
    return [
        f"{package.from_code}_{package.to_code}-{package.version}@{package.checksum}"
        for package in installed(translation.models_dir)
    ]


class BulkTranslator:
    """Translates the records of results, which keep their order.

    Records of many batches are translated together: as many as take some seconds, so that the
    model is kept busy and a run is not long without a checkpoint.

    Args:
        translation: what to translate, and to what.
        compress: whether results are to be gzip members.
    """

    def __init__(self, translation: TranslationSettings, *, compress: bool) -> None:
        self._normalizer = Normalizer(**translation.arguments())
        self._compress = compress
        self._records_a_round = FEWEST_RECORDS

    def translated(self, done: Generator[_Done, None, None]) -> Generator[_Done, None, None]:
        """Yield each batch with its result translated.

        Args:
            done: batches and results, not compressed.
        """
        waiting: list[_Done] = []
        with closing(done):
            for batch, result in done:
                waiting.append((batch, result))
                if sum(result.count for _, result in waiting) >= self._records_a_round:
                    yield from self._round(waiting)
                    waiting.clear()
        if waiting:
            yield from self._round(waiting)

    def _round(self, waiting: Iterable[_Done]) -> Iterator[_Done]:
        records = [record for _, result in waiting for record in records_of(result)]
        begun = monotonic()
        translated = iter(self._normalizer.translated(records))
        self._pace(len(records), monotonic() - begun)
        for batch, result in waiting:
            own = islice(translated, result.count)
            yield batch, with_records(result, own, compress=self._compress)

    def _pace(self, records: int, seconds: float) -> None:
        if records:
            fitting = int(records * SECONDS_A_ROUND / max(seconds, 0.001))
            self._records_a_round = min(max(fitting, FEWEST_RECORDS), MOST_RECORDS)
