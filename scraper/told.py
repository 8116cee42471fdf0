"""The first fault of each kind, in words that name the address: kept in the stats."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
)
from scrapy.statscollectors import StatsCollector

from scraper.outcome import FAULT

_LONGEST = 300
"""Characters of what a site may have put into a message."""

_WHY = (
    (CannotResolveHostError, "no address is known for its name"),
    (DownloadConnectionRefusedError, "the connection was refused"),
    (DownloadTimeoutError, "it took too long"),
    (TimeoutError, "it took too long"),
)


def keep_first(stats: StatsCollector, counter: str, message: str) -> None:
    """Keep what is told of a counter, unless something is."""
    name = FAULT + counter
    if stats.get_value(name) is None:
        stats.set_value(name, one_line(message))


def one_line(text: str) -> str:
    """Text fit for a line at a terminal: nothing that moves the cursor, not too long."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST].rstrip()} …"


def why_unfetched(error: BaseException) -> str:
    """Why a page could not be fetched, in a few words."""
    told = next((words for kind, words in _WHY if isinstance(error, kind)), None)
    return told or ": ".join(part for part in (type(error).__name__, str(error)) if part)
