"""What there is to say of a refresh: a line a source, JSON, the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from scraper.outcome import Outcome
from scraper.runs.lock import Holder

PUBLISHED = 0
CRASHED = 1
WITHHELD = 3
PARTIAL = 4
LOCKED = 75


@attrs.frozen(kw_only=True)
class SourceReport:
    """How the refresh of one source ended."""

    source: str
    outcome: Outcome
    told: str = ""
    run_id: str = ""
    seconds: float = 0.0
    seen: int = 0
    """Different entries on the pages that were read or are known to be unchanged."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    rejects: int = 0
    """Entries that did not become records of the feed."""

    warnings: tuple[str, ...] = ()
    stale_since: str | None = None
    """End of the first failed run after the last good one; None where this run is good."""

    feed_of: str | None = None
    """End of the last good run, whose feed is kept, where this run is none; None also where there
    was none."""

    log: str = ""
    """The log of the run, where it is not good."""

    def line(self) -> str:
        """One line for a person."""
        told = [f"{self.source}: {self.outcome}, {self._counts()} in {self.seconds:.1f} s"]
        told += [self.told] if self.told else []
        told += [f"warning: {warning}" for warning in self.warnings]
        if not self.outcome.publishes:
            kept = f"the feed of {self.feed_of} is kept" if self.feed_of else ""
            told.append(kept or "there is no good feed yet")
            told += [f"see {self.log}"] if self.log and self.log not in self.told else []
        return "; ".join(told)

    def to_dict(self) -> dict[str, Any]:
        """All of it, as JSON types."""
        return attrs.asdict(self) | {"outcome": self.outcome.value, "warnings": [*self.warnings]}

    def _counts(self) -> str:
        rejects = f", {self.rejects} rejected" if self.rejects else ""
        return (
            f"{self.seen} seen, {self.added} added, {self.updated} updated,"
            f" {self.removed} removed{rejects}"
        )


def refused_line(source: str, holder: Holder) -> str:
    """One line for a person on a source that another run has."""
    return f"{source}: locked, another refresh is at work on it ({holder})"


def exit_code(
    reports: Iterable[SourceReport], refused: Mapping[str, Holder], unpublished: str | None = None
) -> int:
    """What the process is to end with; 1 wherever publishing failed.

    A source that another run is refreshing is not published by this one: with all of them it is
    75, with some of them partial.
    """
    outcomes = [report.outcome for report in reports]
    good = sum(outcome.publishes for outcome in outcomes)
    if unpublished is not None:
        return CRASHED
    if not outcomes:
        return LOCKED
    if good == len(outcomes) and not refused:
        return PUBLISHED
    if good:
        return PARTIAL
    return CRASHED if Outcome.CRASH in outcomes else WITHHELD


def to_json(
    reports: Sequence[SourceReport],
    refused: Mapping[str, Holder],
    unpublished: str | None,
    code: int,
) -> dict[str, Any]:
    """The whole refresh, for machines."""
    return {
        "exit_code": code,
        "unpublished": unpublished,
        "sources": [report.to_dict() for report in reports],
        "locked": [{"source": name, **attrs.asdict(holder)} for name, holder in refused.items()],
    }
