"""Which run directories are kept: the last ones, the last failed one, and archives for ever."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from scraper.runs.state import State

KEPT = 10
LOOKED_THROUGH = 1000
"""Runs among which the last failed one is looked for."""

ARCHIVES = "*.warc.gz"


def prune(directory: Path, state: State, source: str) -> None:
    """Remove what old runs of a source left; archived pages stay.

    The order of runs is that of the history: a clock that was set back removes nothing. Runs that
    history does not know were killed, or are from before the state was lost: the last one of them
    is kept, and as many more as history is short of.

    Args:
        directory: of the source's runs.
        state: whose history tells which runs are the last.
        source: whose lock is held.

    Raises:
        RefreshError: history cannot be read.
        OSError: something cannot be removed.
    """
    history = state.history(source, LOOKED_THROUGH)
    failed = (row for row in history if not row.outcome.publishes)
    kept = {row.run_id for row in (*history[:KEPT], *islice(failed, 1))}
    known = {row.run_id for row in history}
    if not directory.is_dir():
        # Not even the first run could be begun.
        return
    runs = [path for path in directory.iterdir() if path.is_dir()]
    # By name, which is their time: what is taken out of a directory changes that of the directory.
    unknown = sorted(path.name for path in runs if path.name not in known)
    kept |= {*unknown[-max(1, KEPT - len(history)) :]}
    _empty(path for path in runs if path.name not in kept)


def _empty(directories: Iterable[Path]) -> None:
    for directory in directories:
        archives = set(directory.glob(ARCHIVES))
        for path in directory.iterdir():
            if path not in archives:
                path.unlink()
        if not archives:
            directory.rmdir()
