"""What becomes of a crawl that has ended: checks, then the state, or history alone."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import attrs

from scraper.outcome import Outcome
from scraper.runs import normalizer_memory
from scraper.runs.checks import (
    ACCEPTED,
    USUAL_RUNS,
    Findings,
    Verdict,
    check,
    examine,
    quiet_warning,
    seen_entries,
)
from scraper.runs.faults import RefreshError
from scraper.runs.layout import Layout
from scraper.runs.model import RECORDS, CrawlResult, Delta, Policy, RunRow
from scraper.runs.plan import SourcePlan
from scraper.runs.process import LOG
from scraper.runs.report import SourceReport
from scraper.runs.since import leave_out_older
from scraper.runs.state import State
from scraper.runs.words import warnings_of


@attrs.frozen(kw_only=True)
class _Kept:
    """Of when the feed is that stays where a run is not good; fields as in `SourceReport`."""

    stale_since: str | None = None
    feed_of: str | None = None


@attrs.frozen(kw_only=True)
class Settler:
    """Applies good crawls to the state and notes the others; it publishes nothing."""

    state: State
    layout: Layout
    since: str | None = None
    """Day (ISO 8601) before which new entries are left out."""

    accept: bool = False
    """Whether a run passes that is unlike those before it: its list shorter, a field gone."""

    def recover(self, source: str) -> None:
        """Finish what the last good run of a source left undone when its process died.

        Raises:
            RefreshError: the state cannot be read.
            OSError: the memory of the normaliser cannot be written.
            sqlite3.Error: it is broken.
        """
        runs = self.layout.runs(source)
        last = next((row.run_id for row in self.state.last_good(source, 1)), None)
        # Before the memory changes: with what it then is, their logs make no sense.
        normalizer_memory.forget_all(runs, but=last)
        if last is not None:
            normalizer_memory.keep(self.layout.normalizer(source), runs / last)

    def settle(self, result: CrawlResult, plan: SourcePlan, *, now: datetime) -> SourceReport:
        """Judge a crawl and do what follows from it.

        Raises:
            RefreshError: the state cannot be written, or what the crawl left not be read.
            OSError: the run directory or the memory of the normaliser cannot be written.
            sqlite3.Error: that memory is broken.
        """
        if not result.outcome.publishes:
            return self._withhold(result, None)
        findings = examine(self._seen_lines(result))
        verdict = self._judge(result, findings, plan)
        judged = attrs.evolve(result, outcome=verdict.outcome, told=verdict.told)
        if not judged.outcome.publishes:
            return self._withhold(judged, findings)
        warnings = [*verdict.warnings]
        return self._apply(judged, findings, warnings, plan, now=now)

    def _judge(self, result: CrawlResult, findings: Findings, plan: SourcePlan) -> Verdict:
        verdict = self._check(
            result, findings, plan, self.state.last_good(result.source, USUAL_RUNS)
        )
        if verdict.outcome.publishes or not self.accept:
            return verdict
        accepted = self._check(result, findings, attrs.evolve(plan, min_share=0), [])
        note = f"{ACCEPTED}: {verdict.told}"
        return attrs.evolve(accepted, warnings=(note, *accepted.warnings))

    def _check(
        self,
        result: CrawlResult,
        findings: Findings,
        plan: SourcePlan,
        history: Sequence[RunRow],
    ) -> Verdict:
        return check(
            result,
            findings,
            plan=plan,
            history=history,
            known=lambda url: self._remembered(result.source, url),
        )

    def _seen_lines(self, result: CrawlResult) -> Iterator[bytes]:
        """Records of all entries on the pages: those read, and those of unchanged pages."""
        yield from result.records()
        pages = result.pages()
        read = {entry for page in pages if not page.unchanged for entry in page.entry_ids}
        rest = dict.fromkeys(entry for page in pages if page.unchanged for entry in page.entry_ids)
        yield from self.state.feed_lines(result.source, (e for e in rest if e not in read))

    def give_up(self, result: CrawlResult, why: str) -> SourceReport:
        """Note a crawl that cannot be settled as crashed, if even that can be written."""
        told = why.encode("utf-8", "backslashreplace").decode("utf-8")
        crashed = attrs.evolve(result, outcome=Outcome.CRASH, told=told)
        with contextlib.suppress(RefreshError):
            # A run that is in the history already was applied.
            self.state.record_failure(crashed)
        kept = _Kept()
        with contextlib.suppress(RefreshError):
            kept = self._kept(crashed)
        return SourceReport(
            source=result.source,
            outcome=Outcome.CRASH,
            told=told,
            stale_since=kept.stale_since,
            feed_of=kept.feed_of,
            run_id=result.run_id,
            log=_log_of(result),
        )

    def _withhold(self, result: CrawlResult, findings: Findings | None) -> SourceReport:
        normalizer_memory.forget(result.directory)
        self.state.record_failure(result, findings=findings)
        return self._report(result, Delta())

    def _apply(
        self,
        result: CrawlResult,
        findings: Findings,
        warnings: list[str],
        plan: SourcePlan,
        *,
        now: datetime,
    ) -> SourceReport:
        self._leave_out_older(result)
        normalizer_memory.seal(result.directory)
        quiet = quiet_warning(self._last_new(result.source), plan=plan, now=now)
        warnings += [quiet] if quiet else []
        warnings += warnings_of(result.stats)
        policy = plan.policy or Policy()
        delta = self.state.apply(
            result, now=now, policy=policy, findings=findings, warnings=warnings
        )
        normalizer_memory.keep(self.layout.normalizer(result.source), result.directory)
        outcome = Outcome.OK if delta.changed else Outcome.UNCHANGED
        return self._report(attrs.evolve(result, outcome=outcome), delta, tuple(warnings))

    def _leave_out_older(self, result: CrawlResult) -> None:
        if self.since is None or not (result.directory / RECORDS).exists():
            return
        leave_out_older(
            result.directory,
            self.since,
            is_known=lambda entry: bool(self.state.known(result.source, [entry])),
        )

    def _last_new(self, source: str) -> datetime | None:
        last = self.state.last_new_entry(source)
        return datetime.fromisoformat(last) if last else None

    def _remembered(self, source: str, url: str) -> Collection[str] | None:
        page = self.state.page(source, url)
        return None if page is None else page.entry_ids

    def _kept(self, result: CrawlResult) -> _Kept:
        """What is kept in place of a run that history has by now; nothing if the run is good."""
        status = None if result.outcome.publishes else self.state.status(result.source)
        if status is None:
            return _Kept()
        retired = {one.source for one in self.state.publication.retired()}
        feed_of = None if result.source in retired else status.last_good
        return _Kept(stale_since=status.stale_since, feed_of=feed_of)

    def _report(
        self, result: CrawlResult, delta: Delta, warnings: tuple[str, ...] = ()
    ) -> SourceReport:
        kept = self._kept(result)
        return SourceReport(
            source=result.source,
            outcome=result.outcome,
            told=result.told,
            run_id=result.run_id,
            seconds=(result.finished - result.started).total_seconds(),
            seen=_seen(result),
            added=len(delta.added),
            updated=len(delta.updated),
            removed=len(delta.removed),
            rejects=result.rejects,
            warnings=warnings,
            stale_since=kept.stale_since,
            feed_of=kept.feed_of,
            log="" if result.outcome.publishes else _log_of(result),
        )


def _seen(result: CrawlResult) -> int:
    """Entries on the pages; a crawl that was killed may have left half a line."""
    try:
        return seen_entries(result.pages())
    except ValueError:
        return 0


def _log_of(result: CrawlResult) -> str:
    """Where the log of a run is; empty for a crawl that could not be begun."""
    path = result.directory / LOG
    return str(path) if path.exists() else ""
