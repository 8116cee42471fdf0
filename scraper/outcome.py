"""How a crawl ended: a verdict over its stats, and the exit code that says so."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

STAT = "crawl/outcome"
"""The stat that holds the outcome while feeds are stored."""

FAULT = "fault/"
"""Before the name of a counter: the stat that holds, in words, the first fault it counted."""

BLOCKING_STATUSES = (401, 403, 407, 429, 451)
"""HTTP statuses by which a site refuses a reader, as against having no such page."""

_LIMITS_ASKED_FOR = ("closespider_itemcount", "closespider_pagecount")
_TIMEOUTS = ("closespider_timeout", "closespider_timeout_no_item")
_CODE_FAILURES = (
    "spider_exceptions/count",
    "item_errors/count",
    "feed/invalid",
    "feed/unusable",
    "feed/write_errors",
    "feedexport/failed_count/",
    "run/unusable",
    "run/write_errors",
    "archive/write_errors",
)
_FAILED_PAGES = (
    "http/errors/",
    "http/failures/",
    "http/redirect_refused",
    "http/address_refused",
    "http/broken_off",
)


class Outcome(StrEnum):
    """The ways a crawl ends."""

    OK = "ok"
    """Every page was fetched and read; the feed is published."""

    UNCHANGED = "unchanged"
    """As ``ok``, and there is nothing to publish: every record was in the feed already, or every
    page is as the last good run left it."""

    EMPTY = "empty"
    """Every page was read and none held an entry, where the source should have some."""

    BLOCKED = "blocked"
    """The site refused: robots.txt, a status such as 403, a login or challenge page."""

    HTTP = "http"
    """A page could not be fetched, after retries."""

    LAYOUT = "layout"
    """A page was fetched but is not what the source is known by."""

    BOUNDS = "bounds"
    """Fewer records than the source declares as its minimum."""

    TIMEOUT = "timeout"
    """The run took longer than it may."""

    INTERRUPTED = "interrupted"
    """A signal stopped the run."""

    CRASH = "crash"
    """A bug, an invalid record, or a feed that could not be written."""

    @property
    def publishes(self) -> bool:
        """Whether the feed may replace the last good one."""
        return self in (Outcome.OK, Outcome.UNCHANGED)

    @property
    def exit_code(self) -> int:
        """Exit code of ``scrapy crawl``; 2 (usage) is given before a crawl begins."""
        return {Outcome.CRASH: 1, Outcome.INTERRUPTED: 130}.get(self, 0 if self.publishes else 3)


def outcome(stats: Mapping[str, Any], reason: str) -> Outcome:
    """Judge a crawl.

    One finding wins, in this order: a signal, what the code did wrong, what ended the run early,
    what the site did, what is missing.

    Args:
        stats: the crawl's stats; the names are Scrapy's own and those in ``docs/crawling.md``.
        reason: why the spider was closed (Scrapy's ``finish_reason``).
    """
    return _run_verdict(stats, reason) or _site_verdict(stats) or _record_verdict(stats, reason)


def explain(stats: Mapping[str, Any], reason: str) -> str:
    """Say in a few words what led to the outcome; empty where there is nothing to add."""
    verdict = outcome(stats, reason)
    told = {
        Outcome.CRASH: _explain_crash(stats, reason),
        Outcome.INTERRUPTED: "stopped by a signal",
        Outcome.TIMEOUT: "the run took longer than CLOSESPIDER_TIMEOUT allows",
        Outcome.LAYOUT: _told(stats, "split/"),
        Outcome.BLOCKED: _told(stats, "robotstxt/forbidden", "split/blocked", "http/errors/"),
        Outcome.HTTP: _told(stats, "http/"),
        Outcome.EMPTY: explain_empty("-a allow_empty=true"),
        Outcome.BOUNDS: f"fewer records than the source's minimum of {_minimum(stats)}",
    }
    return told.get(verdict, "")


def explain_empty(allowing: str) -> str:
    """Say what there is to do about a crawl without entries.

    Args:
        allowing: how to tell, where this is read, that a source may be empty.
    """
    return f"no entries; if that is right, say so with {allowing}"


def _run_verdict(stats: Mapping[str, Any], reason: str) -> Outcome | None:
    if reason == "shutdown":
        return Outcome.INTERRUPTED
    if _count(stats, *_CODE_FAILURES):
        return Outcome.CRASH
    if reason in _TIMEOUTS:
        return Outcome.TIMEOUT
    # A spider that closes itself early has found that it cannot go on.
    return None if reason in ("finished", *_LIMITS_ASKED_FOR) else Outcome.CRASH


def _site_verdict(stats: Mapping[str, Any]) -> Outcome | None:
    refusals = (f"http/errors/{status}" for status in BLOCKING_STATUSES)
    # Where robots.txt cannot be had, everything counts as forbidden; the cause is the network.
    if _count(stats, "http/robots_unreachable"):
        return Outcome.HTTP
    if _count(stats, "split/blocked", "robotstxt/forbidden", *refusals):
        return Outcome.BLOCKED
    if _count(stats, "split/"):
        return Outcome.LAYOUT
    return Outcome.HTTP if _count(stats, *_FAILED_PAGES) else None


def _record_verdict(stats: Mapping[str, Any], reason: str) -> Outcome:
    records, remembered = stats.get("item_scraped_count", 0), stats.get("entries/unchanged", 0)
    if not records + remembered and not stats.get("source/allow_empty"):
        return Outcome.EMPTY
    # What was cut short on purpose, or where all was known already, need not reach the minimum.
    is_short = reason in _LIMITS_ASKED_FOR or stats.get("pages/stopped_at_known")
    if 0 < records + remembered < _minimum(stats) and not is_short:
        return Outcome.BOUNDS
    all_known = stats.get("feed/already_there") and not stats.get("feed/appended")
    none_read = stats.get("pages/unchanged") and not records
    return Outcome.UNCHANGED if all_known or none_read else Outcome.OK


def _explain_crash(stats: Mapping[str, Any], reason: str) -> str:
    if unusable := stats.get("feed/unusable") or stats.get("run/unusable"):
        return str(unusable)
    return _told(stats, *_CODE_FAILURES) or f"the spider closed itself: {reason}"


def _minimum(stats: Mapping[str, Any]) -> int:
    return stats.get("source/min_entries") or 0


def _matching(stats: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Stats of these names; a name that ends in a slash stands for all below it."""
    return {
        key: value
        for key, value in sorted(stats.items())
        if value and any(key == n or (n.endswith("/") and key.startswith(n)) for n in names)
    }


def _count(stats: Mapping[str, Any], *names: str) -> int:
    return len(_matching(stats, *names))


def _told(stats: Mapping[str, Any], *names: str) -> str:
    """What is known in words of what was counted, and the counters."""
    counted = _matching(stats, *names)
    words = dict.fromkeys(text for key in counted if (text := stats.get(FAULT + key)))
    counters = ", ".join(f"{key}={value}" for key, value in counted.items())
    return f"{'; '.join(words)} ({counters})" if words else counters
