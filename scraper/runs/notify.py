"""Telling somebody when the outcome of a source changes, and only then."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs

from normalize.convert import InvalidEntry, from_json_types, to_json_types
from scraper.atomic import atomic_writer
from scraper.outcome import Outcome
from scraper.runs.channels import DeliveryError
from scraper.runs.lock import wait_for

logger = logging.getLogger(__name__)

HEALTHY = "healthy"
MOST_QUIET = timedelta(days=1)
RETRY = timedelta(minutes=5)

LOCK_SECONDS = 30.0
"""How long one waits for another process that is writing down what it told."""

Channels = Mapping[str, Callable[[Mapping[str, Any]], None]]
"""What delivers a message, by name; raises `DeliveryError`."""


@attrs.frozen(kw_only=True)
class Report:
    """What there is to tell of one source."""

    source: str
    outcome: Outcome
    told: str
    """Why, in a few words."""

    stale_since: str | None
    """End of the first failed run after the last good one; None where this run is good."""

    feed_of: str | None
    """End of the last good run, whose feed is kept, where this run is none."""

    @property
    def state(self) -> str:
        """The outcome; ``ok`` and ``unchanged`` are the same to who is told."""
        return HEALTHY if self.outcome.publishes else self.outcome.value


@attrs.frozen(kw_only=True)
class Told:
    """What a channel was last told of a source."""

    state: str = HEALTHY
    at: str | None = None
    """When; None for never."""

    quiet: float = 0.0
    """Seconds after `at` in which nothing more is told."""

    failures: int = 0
    """Deliveries that failed one after the other; `at` is then the time of the last."""


_Memory = dict[str, dict[str, Told]]
"""Channel, source, what it was told."""


class Notifier:
    """Tells channels of changed outcomes; what cannot be delivered waits for a later run.

    A source that changes its outcome again and again is told of less and less often: each
    message doubles the time in which it is not told of again, up to a day; an outcome that stays
    for a day resets it. What holds at the end of that time is told, if it is news.

    Args:
        channels: what delivers.
        memory: JSON file of what was told.
        quiet: the shortest time between two messages about a source.
    """

    def __init__(self, channels: Channels, *, memory: Path, quiet: timedelta) -> None:
        self._channels = channels
        self._path = memory
        self._quiet = quiet

    def tell(self, reports: Sequence[Report], *, now: datetime) -> None:
        """Deliver what is news; a failure is logged and harms nothing.

        Raises:
            OSError: what was told cannot be remembered.
        """
        if not self._channels:
            return
        memory = self._remembered()
        for name in self._channels:
            told = memory.get(name, {})
            news = [r for r in reports if self._is_news(r, told.get(r.source, Told()), now)]
            if news:
                done = self._deliver(name, news, told, now)
                tried = {
                    r.source: self._after(told.get(r.source, Told()), r, now, done=done)
                    for r in news
                }
                # Before the next channel is tried: a refresh may be stopped meanwhile.
                self._remember(name, tried)

    def _remember(self, name: str, tried: Mapping[str, Told]) -> None:
        """Add to what is in the file by now: refreshes of other sources tell as well."""
        with _locked(self._path.parent):
            memory = self._remembered()
            memory[name] = {**memory.get(name, {}), **tried}
            with atomic_writer(self._path) as file:
                json.dump({n: _plain(told) for n, told in memory.items()}, file, indent=1)

    def _deliver(
        self, name: str, news: Sequence[Report], told: Mapping[str, Told], now: datetime
    ) -> bool:
        try:
            self._channels[name](_message(news, told, now))
        except DeliveryError as error:
            logger.error("%s: the change of %s could not be told: %s", name, _names(news), error)  # noqa: TRY400  the message says it all
            return False
        return True

    def _is_news(self, report: Report, told: Told, now: datetime) -> bool:
        if report.state == told.state:
            return False
        if told.at is None:
            return True
        since = now - datetime.fromisoformat(told.at)
        wait = _retry_after(told.failures) if told.failures else timedelta(seconds=told.quiet)
        # A time in the future is of a clock that has been set back.
        return since < timedelta(0) or since >= wait

    def _after(self, told: Told, report: Report, now: datetime, *, done: bool) -> Told:
        at = now.isoformat()
        if not done:
            return attrs.evolve(told, at=at, failures=told.failures + 1)
        calm = told.at is None or now - datetime.fromisoformat(told.at) >= MOST_QUIET
        doubled = min(timedelta(seconds=told.quiet * 2), MOST_QUIET)
        quiet = self._quiet if calm else max(self._quiet, doubled)
        return Told(state=report.state, at=at, quiet=quiet.total_seconds())

    def _remembered(self) -> _Memory:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            return {
                name: {source: from_json_types(told, Told) for source, told in sources.items()}
                for name, sources in data.items()
            }
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, InvalidEntry) as error:
            logger.warning("%s is not understood and begun anew: %s", self._path, error)
            return {}


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not wait_for(descriptor, LOCK_SECONDS):
            raise TimeoutError(f"{directory} has been locked for {LOCK_SECONDS:g} s")
        yield
    finally:
        os.close(descriptor)


def _retry_after(failures: int) -> timedelta:
    doublings: int = 2 ** min(failures - 1, 12)
    return min(RETRY * doublings, MOST_QUIET)


def _plain(told: Mapping[str, Told]) -> dict[str, Any]:
    return {source: to_json_types(one) for source, one in told.items()}


def _names(news: Sequence[Report]) -> str:
    return ", ".join(report.source for report in news)


def _message(news: Sequence[Report], told: Mapping[str, Told], now: datetime) -> dict[str, Any]:
    changes = [
        {
            "source": report.source,
            "outcome": report.outcome.value,
            "before": told.get(report.source, Told()).state,
            "told": report.told,
            "stale_since": report.stale_since,
            "feed_of": report.feed_of,
        }
        for report in news
    ]
    lines = [
        f"{c['source']}: {c['before']} -> {c['outcome']}" + (f" ({c['told']})" if c["told"] else "")
        for c in changes
    ]
    return {"time": now.isoformat(timespec="seconds"), "text": "\n".join(lines), "changes": changes}
