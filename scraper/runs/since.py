"""Leaving out new entries that were published before a day."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from normalize.model import json_line
from scraper.atomic import atomic_file
from scraper.runs.model import RECORDS, REJECTS

REASON = "before_since"


def leave_out_older(directory: Path, day: str, *, is_known: Callable[[str], bool]) -> int:
    """Take records of unknown entries that are older than ``day`` out of a run's records.

    They are told among the run's rejects. Entries without a date stay, as do those whose date is
    less precise than a day and may lie on it or after it.

    Args:
        directory: of the run.
        day: ISO 8601, ``2026-05-09``.
        is_known: whether the state has an entry, by its id.

    Returns:
        How many were left out.

    Raises:
        OSError: the run directory cannot be written.
    """
    records = directory / RECORDS
    left_out = 0
    with (
        records.open("rb") as lines,
        (directory / REJECTS).open("a", encoding="utf-8") as rejects,
        atomic_file(records) as kept,
    ):
        for line in lines:
            record = json.loads(line)
            if is_older(record.get("published"), day) and not is_known(record["id"]):
                detail = f"published {record['published']}, before {day}"
                rejects.write(json_line({"reason": REASON, "id": record["id"], "detail": detail}))
                left_out += 1
            else:
                kept.write(line)
    return left_out


def is_older(published: str | None, day: str) -> bool:
    """Whether a date of any precision lies wholly before a day."""
    if published is None:
        return False
    precision = min(len(published), len(day))
    return published[:precision] < day[:precision]
