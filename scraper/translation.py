"""Translation in a crawl: the settings, and a thread that works while the reactor goes on."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Never, Protocol

import attrs
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector
from scrapy.utils.asyncio import call_later, is_asyncio_available
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from normalize.model import BCP_47, Entry, Record
from normalize.normalizer import TRANSLATED_FIELDS

GATHER_SECONDS = 0.1
"""Time in which entries of a page come together before the first batch of a lull begins."""

MOST_A_BATCH = 256
RELEASED_AT_ONCE = 8
"""Records handed on before the reactor looks after its connections again."""


class RecordNormalizer(Protocol):
    """What a crawl needs of a normaliser."""

    def normalize(self, entries: Iterable[Entry]) -> Iterator[Record]:
        """Make a record of each entry, in their order."""


def languages_wanted(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Read ``TRANSLATE_TO``: languages, comma separated or listed; ``none`` for none.

    Raises:
        ValueError: one is not a BCP 47 tag such as ``en``.
    """
    parts = value.split(",") if isinstance(value, str) else value or ()
    wanted = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if wanted == ("none",):
        return ()
    for language in wanted:
        if not re.fullmatch(BCP_47, language):
            raise ValueError(f"TRANSLATE_TO is a language like en, or none, not {language!r}")
    return wanted


@attrs.frozen(kw_only=True)
class TranslationSettings:
    """What the settings say of translation; the names are those of `Normalizer`'s arguments."""

    target: tuple[str, ...]
    models_dir: Path | None
    translation_cache: Path | None
    fields: tuple[str, ...]

    @classmethod
    def of(cls, settings: BaseSettings) -> TranslationSettings | None:
        """Read them; None where no translation is wanted.

        Raises:
            ValueError: a setting cannot be understood; the message names it.
        """
        target = languages_wanted(settings.get("TRANSLATE_TO"))
        fields = tuple(settings.getlist("TRANSLATE_FIELDS", [*TRANSLATED_FIELDS]))
        if not fields or not set(fields) <= set(TRANSLATED_FIELDS):
            told = ",".join(fields)
            raise ValueError(f"TRANSLATE_FIELDS is title, summary or both, not {told!r}")
        if not target:
            return None
        return cls(
            target=target,
            models_dir=_path(settings.get("TRANSLATE_MODELS_DIR")),
            translation_cache=_path(settings.get("TRANSLATE_CACHE")),
            fields=fields,
        )

    def arguments(self) -> dict[str, Any]:
        """Arguments of the normaliser."""
        return attrs.asdict(self, recurse=False)


@attrs.frozen
class _Waiting:
    """An entry whose record somebody waits for."""

    entry: Entry
    record: Deferred[Record]


class NormalizerThread:
    """Normalises entries of a whole crawl in batches, on one thread beside the reactor.

    A batch is what has come together while the one before it was worked on, or, after a lull,
    within a tenth of a second. No batch waits to become full: a page may yield its next request
    only when its first entries are through. Records come out in the order of their entries. The
    crawl does not end before the last is out, because Scrapy waits for items under way.

    Args:
        normalizer: used on that thread only.
        stats: where translations are counted.
        target: languages whose translations are counted.
    """

    def __init__(
        self, normalizer: RecordNormalizer, *, stats: StatsCollector, target: Sequence[str]
    ) -> None:
        self._normalizer = normalizer
        self._stats = stats
        self._target = target
        self._waiting: deque[_Waiting] = deque()
        self._done: deque[tuple[_Waiting, Record | Exception]] = deque()
        self._batches: SimpleQueue[list[_Waiting] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._begins = False
        """Whether a batch is being worked on, or about to be."""

    @property
    def is_busy(self) -> bool:
        """Whether a batch is under way; in a reactor that was stopped by force, for ever."""
        return self._begins

    async def normalize(self, entry: Entry) -> Record:
        """Make the record of an entry, together with others; what it raises is raised here."""
        waiting = _Waiting(entry, Deferred())
        self._waiting.append(waiting)
        self._begin_later()
        return await maybe_deferred_to_future(waiting.record)

    def close(self) -> None:
        """End the thread; nothing may be waiting."""
        self._batches.put(None)

    def _begin_later(self) -> None:
        if self._waiting and not self._begins:
            self._begins = True
            call_later(GATHER_SECONDS, self._begin)

    def _begin(self) -> None:
        if self._thread is None:
            # A daemon: a second Ctrl-C ends the process at once, whatever a model is at.
            self._thread = threading.Thread(
                target=self._work, args=(_to_reactor(),), name="translation", daemon=True
            )
            self._thread.start()
        size = min(len(self._waiting), MOST_A_BATCH)
        self._batches.put([self._waiting.popleft() for _ in range(size)])

    def _work(self, to_reactor: Callable[..., object]) -> None:
        while (batch := self._batches.get()) is not None:
            outcomes = _outcomes(self._normalizer, [waiting.entry for waiting in batch])
            # The loop is closed if the crawl was ended at once.
            with suppress(RuntimeError):
                to_reactor(self._take, batch, outcomes)

    def _take(self, batch: list[_Waiting], outcomes: list[Record | Exception]) -> None:
        releasing = bool(self._done)
        self._done.extend(zip(batch, outcomes, strict=True))
        self._begins = False
        self._begin_later()
        if not releasing:
            self._release()

    def _release(self) -> None:
        for _ in range(min(len(self._done), RELEASED_AT_ONCE)):
            waiting, outcome = self._done.popleft()
            if waiting.record.called:
                continue
            if isinstance(outcome, Exception):
                waiting.record.errback(outcome)
            else:
                self._count(outcome)
                waiting.record.callback(outcome)
        if self._done:
            call_later(0, self._release)

    def _count(self, record: Record) -> None:
        for language in self._target:
            if text := record.translations.get(language):
                reason = f"/{text.reason}" if text.reason else ""
                self._stats.inc_value(f"translation/{language}/{text.status}{reason}")


def leave_at_once(code: int) -> Never:
    """End the process while a model is at work.

    An orderly end would first wait for all that the model was given, and abort where Python ends
    a thread inside of it.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _outcomes(normalizer: RecordNormalizer, entries: list[Entry]) -> list[Record | Exception]:
    """Normalise entries; after a failure one by one, so that it befalls its own entry alone."""
    try:
        return list(normalizer.normalize(entries))
    except Exception as error:  # noqa: BLE001  raised again where the entry's record is awaited
        if len(entries) == 1:
            return [error]
    return [outcome for entry in entries for outcome in _outcomes(normalizer, [entry])]


def _to_reactor() -> Callable[..., object]:
    """Give what calls a function in the reactor's thread, from any other."""
    if is_asyncio_available():
        return asyncio.get_event_loop().call_soon_threadsafe
    from twisted.internet import reactor  # noqa: PLC0415  importing it installs one

    call: Callable[..., object] = reactor.callFromThread
    return call


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None
