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
from scraper.runs import normalizer_memory
from scraper.runs.faults import RefreshError
from scraper.runs.layout import Layout
from scraper.runs.making import making_of, note_making, was_made_so
from scraper.runs.model import CrawlResult
from scraper.runs.plan import SourcePlan
from scraper.runs.process import Child, Crawl, new_run
from scraper.runs.progress import Progress
from scraper.runs.report import SourceReport
from scraper.runs.retention import prune
from scraper.runs.settle import Settler

SECONDS_BETWEEN_DRAWINGS = 0.2
ARCHIVE = "pages.warc.gz"


class Signals(Protocol):
    """What knows of signals that ask the run to end."""

    def held(self) -> AbstractContextManager[None]:
        """A block that no signal interrupts; one that came meanwhile does so after it."""


@attrs.frozen(kw_only=True)
class CrawlOptions:
    """What all crawls of a refresh have in common."""

    settings: Mapping[str, str] = attrs.field(factory=dict)
    """Scrapy settings."""

    archive: bool = False
    """Whether the responses are kept."""

    replay: tuple[Path, ...] = ()
    """Archives to read in place of the network."""

    fresh: bool = False
    """Whether all pages are asked for as if for the first time."""

    making: str = ""
    """What records are made with; pages that were read otherwise are asked for again."""


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
        self._publish = publish
        self._progress = progress
        self._signals = signals
        self._children: list[Child] = []
        self._stopping = threading.Event()
        self.unpublished: str | None = None
        """Why what is in the state could not be published, the last time it was tried."""

    def run(self, plans: Sequence[SourcePlan], *, jobs: int) -> list[SourceReport]:
        """Refresh the sources; reports in the order of their ends.

        A source that fails, whatever the reason, does not keep the others from being published.

        Raises:
            RefreshError: the state cannot be read.
            OSError: what an earlier run left cannot be put in order.
        """
        with self._signals.held():
            for plan in plans:
                self._settler.recover(plan.name)
            # What an earlier run could not publish is not to wait for this one's crawls.
            self._try_publish()
        reports: list[SourceReport] = []
        waiting: dict[Future[CrawlResult], SourcePlan] = {}
        try:
            self._wait_for(plans, jobs, waiting, reports)
        finally:
            # Empty unless the run was stopped.
            self._note_interrupted(waiting)
        return reports

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
            for future, plan in begun.items():
                self._progress.end(self._settle_one(future, plan))

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
                self._stopping.set()
                for future in waiting:
                    future.cancel()
                for child in self._children:
                    child.stop()

    def _crawl(self, plan: SourcePlan) -> CrawlResult:
        """Crawl one source, in a thread of its own."""
        run_id, directory = new_run(self._layout.runs(plan.name), datetime.now(UTC))
        child = Child(
            Crawl(
                plan=plan,
                run_id=run_id,
                directory=directory,
                settings=self._settings(plan, directory),
                replayed=bool(self._options.replay),
            )
        )
        self._children.append(child)
        if self._stopping.is_set():
            child.stop()
        self._progress.begin(plan.name, directory)
        started = datetime.now(UTC)
        try:
            return child.run()
        except OSError as error:
            return CrawlResult(
                source=plan.name,
                run_id=run_id,
                started=started,
                finished=max(started, datetime.now(UTC)),
                outcome=Outcome.CRASH,
                told=f"the crawl could not be started: {error}",
                directory=directory,
            )

    def _settings(self, plan: SourcePlan, directory: Path) -> dict[str, str]:
        memory = normalizer_memory.lend(self._layout.normalizer(plan.name), directory)
        settings = {
            **self._options.settings,
            "STATE_FILE": str(memory),
            "PROFILE_DIR": str(self._layout.profile(plan.name)),
        }
        if self._options.archive:
            # The setting is a pattern.
            settings["ARCHIVE_FILE"] = str(directory / ARCHIVE).replace("%", "%%")
        if self._options.replay:
            settings["REPLAY_FILES"] = ",".join(map(str, self._options.replay))
        elif self._may_remember(plan):
            settings["RUN_STATE"] = str(self._layout.state)
        return settings

    def _may_remember(self, plan: SourcePlan) -> bool:
        """Whether what pages held at the last run spares reading them again."""
        memory = self._layout.normalizer(plan.name)
        return not self._options.fresh and was_made_so(memory, self._making(plan))

    def _making(self, plan: SourcePlan) -> str:
        return making_of(
            self._options.making,
            args=plan.args,
            settings={**plan.settings, **self._options.settings},
            since=self._settler.since,
        )

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
        try:
            result = future.result()
        except OSError as error:
            return SourceReport(source=plan.name, outcome=Outcome.CRASH, told=str(error))
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
                note_making(self._layout.normalizer(plan.name), self._making(plan))
            prune(self._layout.runs(plan.name), self._settler.state, plan.name)
        except (RefreshError, OSError) as error:
            # The run is in the state, whatever becomes of older ones.
            told = f"old runs could not be tidied away: {error}"
            return attrs.evolve(report, warnings=(*report.warnings, told))
        return report
