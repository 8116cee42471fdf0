"""The history of runs in the state, and what it says of each source."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from scraper.outcome import Outcome
from scraper.runs.model import (
    CrawlResult,
    Delta,
    Findings,
    RunRow,
    SourceStatus,
    utc_text,
)

_COLUMNS = (
    "source, run_id, started, finished, outcome, told, seen, added, updated, removed, archived,"
    " records, fill, und, suspect, with_issues, warnings"
)


def next_number(connection: sqlite3.Connection) -> int:
    """Number of the run to come; numbers tell the order where clocks may not."""
    (number,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM runs").fetchone()
    return int(number)


def run_row(
    result: CrawlResult,
    delta: Delta,
    *,
    findings: Findings | None,
    warnings: Sequence[str],
) -> RunRow:
    """Make the row of a run; what it has seen and read is for the caller to add."""
    return RunRow(
        source=result.source,
        run_id=result.run_id,
        started=utc_text(result.started),
        finished=utc_text(result.finished),
        outcome=result.outcome,
        told=result.told,
        added=len(delta.added),
        updated=len(delta.updated),
        removed=len(delta.removed),
        archived=len(delta.archived),
        records=0 if findings is None else findings.records,
        fill={} if findings is None else dict(findings.fill),
        und=0.0 if findings is None else findings.und,
        suspect=0.0 if findings is None else findings.suspect,
        with_issues=0.0 if findings is None else findings.with_issues,
        warnings=tuple(warnings),
    )


def add_run(connection: sqlite3.Connection, number: int, row: RunRow) -> None:
    """Write a row of history."""
    connection.execute(
        f"INSERT INTO runs (number, good, {_COLUMNS}) VALUES ({', '.join('?' * 19)})",  # noqa: S608  constants
        (
            number,
            row.outcome.publishes,
            row.source,
            row.run_id,
            row.started,
            row.finished,
            row.outcome.value,
            row.told,
            row.seen,
            row.added,
            row.updated,
            row.removed,
            row.archived,
            row.records,
            json.dumps(dict(row.fill)),
            row.und,
            row.suspect,
            row.with_issues,
            json.dumps(row.warnings),
        ),
    )


def has_run(connection: sqlite3.Connection, source: str, run_id: str) -> bool:
    """Whether a run is in history."""
    return (
        connection.execute(
            "SELECT 1 FROM runs WHERE source = ? AND run_id = ?", (source, run_id)
        ).fetchone()
        is not None
    )


def rows(connection: sqlite3.Connection, source: str, limit: int, *, good: bool) -> list[RunRow]:
    """The last runs of a source, the latest first; only good ones if so asked."""
    chosen = " AND good = 1" if good else ""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM runs WHERE source = ?{chosen} ORDER BY number DESC LIMIT ?",  # noqa: S608  constants
        (source, limit),
    )
    return [_row(values) for values in found]


def statuses(connection: sqlite3.Connection) -> list[SourceStatus]:
    """How each source is, by name."""
    names = connection.execute("SELECT source FROM sources ORDER BY source").fetchall()
    found = (status(connection, name) for (name,) in names)
    return [one for one in found if one is not None]


def status(connection: sqlite3.Connection, source: str) -> SourceStatus | None:
    """How a source is; None before the end of its first run."""
    last = next(iter(rows(connection, source, 1, good=False)), None)
    if last is None:
        return None
    good = next(iter(rows(connection, source, 1, good=True)), None)
    generation, last_new_entry, last_seen, count = connection.execute(
        "SELECT generation, last_new_entry, last_seen,"
        " (SELECT count(*) FROM feed WHERE feed.source = sources.source)"
        " FROM sources WHERE source = ?",
        (source,),
    ).fetchone()
    return SourceStatus(
        source=source,
        outcome=last.outcome,
        told=last.told,
        warnings=last.warnings,
        since=_since(connection, last),
        checked=last.finished,
        last_good=None if good is None else good.finished,
        last_new_entry=last_new_entry,
        stale_since=None if last.outcome.publishes else _stale_since(connection, source),
        count=count,
        generation=generation,
        last_seen=last_seen,
    )


def _since(connection: sqlite3.Connection, last: RunRow) -> str:
    """End of the first of the latest runs that had one outcome; all good ones are one."""
    same = "good = 1" if last.outcome.publishes else "outcome = :outcome"
    return _first_after(
        connection,
        f"SELECT max(number) FROM runs WHERE source = :source AND NOT ({same})",  # noqa: S608  constants
        {"source": last.source, "outcome": last.outcome.value},
    )


def _stale_since(connection: sqlite3.Connection, source: str) -> str:
    return _first_after(
        connection,
        "SELECT max(number) FROM runs WHERE source = :source AND good = 1",
        {"source": source},
    )


def _first_after(connection: sqlite3.Connection, query: str, values: dict[str, str]) -> str:
    (finished,) = connection.execute(
        "SELECT finished FROM runs WHERE source = :source"  # noqa: S608  constants
        f" AND number > coalesce(({query}), 0) ORDER BY number LIMIT 1",
        values,
    ).fetchone()
    return str(finished)


def _row(values: Sequence[Any]) -> RunRow:
    data = dict(zip(_COLUMNS.split(", "), values, strict=True))
    return RunRow(
        **{
            **data,
            "outcome": Outcome(data["outcome"]),
            "fill": json.loads(data["fill"]),
            "warnings": tuple(json.loads(data["warnings"])),
        }
    )
