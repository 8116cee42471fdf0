"""How the sources are: a table for people, JSON for machines, a verdict for health checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from scraper.runs.model import RunRow, SourceStatus
from scraper.runs.retirement import Retirement
from scraper.runs.state import State

TREND = 10
"""Runs that the trend shows."""

_BARS = "▁▂▃▄▅▆▇█"
_FAILED = "×"
_HEADINGS = ("source", "outcome", "since", "last good", "entries", "last new", "trend")
_NUMERIC = _HEADINGS.index("entries")


@attrs.frozen(kw_only=True)
class Overview:
    """A source: how it is, and how its last runs were."""

    status: SourceStatus
    runs: Sequence[RunRow]
    """The latest first."""

    def is_stale(self, now: datetime, max_age: timedelta) -> bool:
        """Whether its last good run is longer ago than that, or there was none."""
        age = age_of(self.status.last_good, now)
        return age is None or age > max_age

    def to_dict(self, now: datetime) -> dict[str, Any]:
        """All of it, as JSON types."""
        age = age_of(self.status.last_good, now)
        return {
            **attrs.asdict(self.status),
            "outcome": self.status.outcome.value,
            "warnings": [*self.status.warnings],
            "age_seconds": None if age is None else int(age.total_seconds()),
            "runs": [
                {
                    "run_id": row.run_id,
                    "finished": row.finished,
                    "outcome": row.outcome.value,
                    "seen": row.seen,
                    "added": row.added,
                    "updated": row.updated,
                    "removed": row.removed,
                }
                for row in self.runs
            ],
        }


def overviews(state: State, names: Iterable[str] = ()) -> list[Overview]:
    """The sources of those names, or all.

    Raises:
        StateError: the state cannot be read.
    """
    wanted = set(names)
    with state.reading():
        return [
            Overview(status=status, runs=state.history(status.source, TREND))
            for status in state.statuses()
            if not wanted or status.source in wanted
        ]


def age_of(time: str | None, now: datetime) -> timedelta | None:
    """How long ago a time is; nothing for the future, which a clock that was set back makes."""
    if time is None:
        return None
    return max(timedelta(0), now - datetime.fromisoformat(time).astimezone(UTC))


def table(sources: Sequence[Overview], now: datetime) -> list[str]:
    """Lines for a terminal: a row for each source, and below it what there is to say of it."""
    rows = [_row(source, now) for source in sources]
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    lines = [_line(_HEADINGS, widths)]
    for source, row in zip(sources, rows, strict=True):
        lines.append(_line(row, widths))
        told = [source.status.told] if source.status.told else []
        lines += [f"  {text}" for text in (*told, *source.status.warnings)]
    return lines


def retired_lines(retired: Iterable[Retirement], now: datetime) -> list[str]:
    """Lines for a terminal on sources that are refreshed no more."""
    return [
        f"{one.source}: retired {_since(one.at, now)}, {one.entries} entries in {one.place}"
        for one in retired
    ]


def trend(runs: Sequence[RunRow]) -> str:
    """The runs from the earliest to the latest: how many entries each saw, × where one failed."""
    most = max((row.seen for row in runs if row.outcome.publishes), default=0)
    return "".join(_bar(row, most) for row in reversed(runs))


def _bar(row: RunRow, most: int) -> str:
    if not row.outcome.publishes:
        return _FAILED
    return _BARS[round((len(_BARS) - 1) * row.seen / most) if most else 0]


def _row(source: Overview, now: datetime) -> tuple[str, ...]:
    status = source.status
    return (
        status.source,
        status.outcome.value,
        _ago(status.since, now),
        _ago(status.last_good, now),
        str(status.count),
        _ago(status.last_new_entry, now),
        trend(source.runs),
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        f"{cell:>{width}}" if column == _NUMERIC else f"{cell:<{width}}"
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def _since(time: str, now: datetime) -> str:
    ago = _ago(time, now)
    return ago if ago == "now" else f"{ago} ago"


def _ago(time: str | None, now: datetime) -> str:
    age = age_of(time, now)
    if age is None:
        return "never"
    minutes = int(age.total_seconds()) // 60
    for size, unit in ((2 * 1440, "d"), (120, "h"), (1, "min")):
        if minutes >= size:
            whole = {"d": 1440, "h": 60, "min": 1}[unit]
            return f"{minutes // whole} {unit}"
    return "now"
