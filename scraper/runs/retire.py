"""Retiring sources as a whole: locks, state, publishing; ends with an exit code."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

from scraper.runs.faults import RefreshError
from scraper.runs.layout import Layout
from scraper.runs.lock import SourceLocks
from scraper.runs.plan import PlanError
from scraper.runs.publish import PublishOptions, publish
from scraper.runs.rebuild import open_state
from scraper.runs.refresh import Signals
from scraper.runs.report import LOCKED, PARTIAL, PUBLISHED, refused_line
from scraper.runs.settle import Settler
from scraper.runs.state import State
from scraper.runs.tables import unknown


def retire(
    names: Sequence[str],
    *,
    layout: Layout,
    options: PublishOptions,
    signals: Signals,
    tell: Callable[[str], None],
) -> int:
    """Take sources out of the feeds, the manifest and the status; returns the exit code.

    Args:
        names: of the sources.
        layout: where everything is; it is made if need be.
        options: how feeds are published.
        signals: kept away while state and files are written.
        tell: is told what became of each source.

    Raises:
        PlanError: a source was never refreshed; nothing was done.
        LocksBusy: nothing could be begun.
        RefreshError: the state cannot be used, or not be published.
        OSError: the output directory cannot be written.
    """
    layout.make()
    with ExitStack() as stack:
        locks = stack.enter_context(SourceLocks(layout.locks, now=datetime.now(UTC)))
        held, refused = locks.acquire(names)
        state = stack.enter_context(open_state(layout, now=datetime.now(UTC)))
        _check_known(names, state.sources())
        for source, holder in refused.items():
            tell(refused_line(source, holder))
        for source, why in locks.unusable.items():
            tell(f"{source}: {why}")
        with signals.held():
            _retire_held(held, state, layout, options, tell)
    if len(held) == len(set(names)):
        return PUBLISHED
    return PARTIAL if held or locks.unusable else LOCKED


def _check_known(names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise PlanError(unknown("refreshed source", name, known))


def _retire_held(
    held: Sequence[str],
    state: State,
    layout: Layout,
    options: PublishOptions,
    tell: Callable[[str], None],
) -> None:
    already = {one.source: one for one in state.retired()}
    for source in held:
        try:
            Settler(state=state, layout=layout).recover(source)
        except sqlite3.Error as error:
            raise RefreshError(f"{source}: {error}") from error
    # All that a source has changed is to be in the files that are put away.
    publish(state, layout, now=datetime.now(UTC), options=options)
    for source in held:
        one = already.get(source) or state.retire(source, now=datetime.now(UTC))
        tell(
            f"{source}: {'was already ' if source in already else ''}retired at {one.at}; "
            f"{one.entries} entries; its files are in {layout.retired(one.place)}"
        )
    publish(state, layout, now=datetime.now(UTC), options=options)
