"""A refresh: crawl sources side by side, check each run, apply it to the state, publish."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import attrs

from scraper.outcome import Outcome
from scraper.runs.faults import RefreshError
from scraper.runs.layout import Layout
from scraper.runs.making import note_making
from scraper.runs.model import CrawlResult, compact_time
from scraper.runs.options import CrawlOptions
from scraper.runs.plan import SourcePlan
from scraper.runs.process import Child, Crawl, new_run
from scraper.runs.progress import Progress
from scraper.runs.report import SourceReport
from scraper.runs.retention import prune
from scraper.runs.settle import Settler

SECONDS_BETWEEN_DRAWINGS = 0.2


class Signals(Protocol):
    """What knows of signals that ask the run to end."""

    def held(self) -> AbstractContextManager[None]:
        """A block that no signal interrupts; one that came meanwhile does so after it."""


class Refresh:
    """One refresh of sources whose locks are held.

    Crawls run in processes of their own, a thread waiting for each. All else happens in the
    calling thread: what has ended is applied and published while the other crawls go on.

    Args:
        layout: where everything is.
        options: of the crawls.
        settler: what becomes of a crawl that has ended.
        publish: publishes what the state has.
        progress: is told of what happens.
        signals: kept away while the state and the published files are written.
    """

    def __init__(  # noqa: PLR0913  its parts, by name
        self,
        *,
        layout: Layout,
        options: CrawlOptions,
        settler: Settler,
        publish: Callable[[], object],
        progress: Progress,
        signals: Signals,
    ) -> None:
        self._layout = layout
        self._options = options
        self._settler = settler
        self._since = settler.since
        self._publish = publish
        self._progress = progress
        self._signals = signals
        self._children: list[Child] = []
        self._stopping = threading.Event()
        self.unpublished: str | None = None
        """Why what is in the state could not be published, the last time it was tried."""

    def run(
        self,
        plans: Sequence[SourcePlan],
        *,
        jobs: int,
        unusable: Mapping[str, str] | None = None,
    ) -> list[SourceReport]:
        """Refresh the sources; reports in the order of their ends.

        A source that fails, whatever the reason, does not keep the others from being published.

        Args:
            plans: of the sources.
            jobs: how many crawls at once.
            unusable: why sources, by name, are not to be begun.

        Raises:
            RefreshError: the state cannot be read.
        """
        reports: list[SourceReport] = []
        with self._signals.held():
            faults = {plan.name: (unusable or {}).get(plan.name) for plan in plans}
            faults |= {name: self._recover(name) for name, fault in faults.items() if not fault}
            reports += [self._not_begun(p, told) for p in plans if (told := faults[p.name])]
            # What an earlier run could not publish is not to wait for this one's crawls.
            self._try_publish()
        for report in reports:
            self._progress.end(report)
        waiting: dict[Future[CrawlResult], SourcePlan] = {}
        try:
            self._wait_for([p for p in plans if not faults[p.name]], jobs, waiting, reports)
        finally:
            # Empty unless the run was stopped.
            self._note_interrupted(waiting)
        return reports

    def _recover(self, source: str) -> str | None:
        """Finish what the last run of a source left undone, or say why that cannot be."""
        try:
            self._settler.recover(source)
        except (OSError, sqlite3.Error) as error:
            return f"what the last run left cannot be put in order: {error}"
        return None

    def _not_begun(self, plan: SourcePlan, told: str) -> SourceReport:
        """Take a crawl into history that could not even be begun."""
        now = datetime.now(UTC)
        run_id = compact_time(now)
        directory = self._layout.runs(plan.name) / run_id
        return self._settler.give_up(_crashed(plan, run_id, directory, now, told), told)

    def _wait_for(
        self,
        plans: Sequence[SourcePlan],
        jobs: int,
        waiting: dict[Future[CrawlResult], SourcePlan],
        reports: list[SourceReport],
    ) -> None:
        """Crawl; what is left in ``waiting`` when this ends has ended too, but is not settled."""
        with self._crawls(plans, jobs, waiting):
            while waiting:
                done, _ = wait(
                    waiting, timeout=SECONDS_BETWEEN_DRAWINGS, return_when=FIRST_COMPLETED
                )
                self._progress.draw()
                if done:
                    reports += self._settle({future: waiting.pop(future) for future in done})

    def _note_interrupted(self, left: Mapping[Future[CrawlResult], SourcePlan]) -> None:
        """Take the crawls that were under way into history."""
        begun = {future: plan for future, plan in left.items() if not future.cancelled()}
        if not begun:
            return
        with self._signals.held():
            reports = [self._settle_one(future, plan) for future, plan in begun.items()]
            # The manifest tells how each source's last run ended.
            self._try_publish()
            for report in reports:
                self._progress.end(report)
            if self.unpublished is not None:
                self._progress.tell(f"refresh: {self.unpublished}")

    @contextmanager
    def _crawls(
        self,
        plans: Sequence[SourcePlan],
        jobs: int,
        waiting: dict[Future[CrawlResult], SourcePlan],
    ) -> Iterator[None]:
        """Start the crawls; at the end of the block, end what still runs."""
        with ThreadPoolExecutor(jobs) as pool:
            waiting |= {pool.submit(self._crawl, plan): plan for plan in plans}
            try:
                yield
            finally:
                # A second signal must not leave crawls behind that nobody has told to end.
                with self._signals.held():
                    self._stopping.set()
                    for future in waiting:
                        future.cancel()
                    for child in self._children:
                        child.stop()
                    pool.shutdown()

    def _crawl(self, plan: SourcePlan) -> CrawlResult:
        """Crawl one source, in a thread of its own."""
        started = datetime.now(UTC)
        run_id = compact_time(started)
        directory = self._layout.runs(plan.name) / run_id
        try:
            run_id, directory = new_run(directory.parent, started)
            child = self._child(plan, run_id, directory)
            self._progress.begin(plan.name, directory)
            return child.run()
        except (OSError, ValueError) as error:
            told = f"the crawl could not be started: {error}"
            return _crashed(plan, run_id, directory, started, told)

    def _child(self, plan: SourcePlan, run_id: str, directory: Path) -> Child:
        child = Child(
            Crawl(
                plan=plan,
                run_id=run_id,
                directory=directory,
                settings=self._options.settings_of(
                    plan, self._layout, directory, since=self._since
                ),
                replayed=bool(self._options.replay),
            )
        )
        self._children.append(child)
        if self._stopping.is_set():
            child.stop()
        return child

    def _settle(self, ended: Mapping[Future[CrawlResult], SourcePlan]) -> list[SourceReport]:
        """Take in what has ended and publish it; no signal stops this half done."""
        with self._signals.held():
            reports = [self._settle_one(future, plan) for future, plan in ended.items()]
            self._try_publish()
        for report in reports:
            self._progress.end(report)
        return reports

    def _try_publish(self) -> None:
        try:
            self._publish()
        except (RefreshError, OSError) as error:
            self.unpublished = str(error)
        else:
            self.unpublished = None

    def _settle_one(self, future: Future[CrawlResult], plan: SourcePlan) -> SourceReport:
        result = future.result()
        if self._stopping.is_set() and result.outcome.publishes:
            # It came to its end while the refresh was being stopped.
            told = "the refresh was stopped before it was taken in"
            result = attrs.evolve(result, outcome=Outcome.INTERRUPTED, told=told)
        try:
            report = self._settler.settle(result, plan, now=datetime.now(UTC))
        except (RefreshError, OSError, ValueError, sqlite3.Error) as error:
            return self._settler.give_up(result, str(error))
        try:
            if report.outcome.publishes:
                making = self._options.making_of(plan, since=self._since)
                note_making(self._layout.normalizer(plan.name), making)
            prune(self._layout.runs(plan.name), self._settler.state, plan.name)
        except (RefreshError, OSError) as error:
            # The run is in the state, whatever becomes of older ones.
            told = f"old runs could not be tidied away: {error}"
            return attrs.evolve(report, warnings=(*report.warnings, told))
        return report


def _crashed(
    plan: SourcePlan, run_id: str, directory: Path, started: datetime, told: str
) -> CrawlResult:
    return CrawlResult(
        source=plan.name,
        run_id=run_id,
        started=started,
        finished=max(started, datetime.now(UTC)),
        outcome=Outcome.CRASH,
        told=told,
        directory=directory,
    )
