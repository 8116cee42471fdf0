"""A whole refresh: locks, state, crawls, publishing, notifications; ends with what to tell."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

from scraper.runs.channels import channels
from scraper.runs.layout import Layout
from scraper.runs.lock import Holder, SourceLocks
from scraper.runs.notify import Notifier, Report
from scraper.runs.options import CrawlOptions
from scraper.runs.plan import NotifyTable, SourcePlan
from scraper.runs.progress import Progress
from scraper.runs.publish import PublishOptions, publish
from scraper.runs.rebuild import open_state
from scraper.runs.refresh import Refresh, Signals
from scraper.runs.report import SourceReport, exit_code
from scraper.runs.settle import Settler

TOLD = "notifications.json"

logger = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class Order:
    """What a refresh is asked to do."""

    plans: Sequence[SourcePlan]
    layout: Layout
    jobs: int
    crawl: CrawlOptions
    publish: PublishOptions
    notify: NotifyTable
    since: str | None = None
    accept: bool = False


@attrs.frozen(kw_only=True)
class End:
    """How a refresh ended."""

    reports: Sequence[SourceReport] = ()
    refused: Mapping[str, Holder] = attrs.field(factory=dict)
    unpublished: str | None = None
    """Why what is in the state could not be published."""

    @property
    def exit_code(self) -> int:
        """What the process is to end with."""
        return exit_code(self.reports, self.refused, self.unpublished)


def carry_out(
    order: Order,
    *,
    progress: Progress,
    signals: Signals,
    refuse: Callable[[str, Holder], None],
) -> End:
    """Refresh what no other process is refreshing.

    Args:
        order: what to do.
        progress: told of what happens.
        signals: kept away from what must not stop half done.
        refuse: told of each source that another process is refreshing.

    Raises:
        LocksBusy: nothing could be begun, as another process holds up all refreshes.
        RefreshError: the state cannot be used.
        OSError: the output directory cannot be written.
    """
    order.layout.make()
    with ExitStack() as stack:
        locks = stack.enter_context(SourceLocks(order.layout.locks, now=datetime.now(UTC)))
        held, refused = locks.acquire(plan.name for plan in order.plans)
        for source, holder in refused.items():
            refuse(source, holder)
        if not held and not locks.unusable:
            return End(refused=refused)
        state = stack.enter_context(open_state(order.layout, now=datetime.now(UTC)))
        refresh = Refresh(
            layout=order.layout,
            options=order.crawl,
            settler=Settler(
                state=state, layout=order.layout, since=order.since, accept=order.accept
            ),
            publish=lambda: publish(
                state, order.layout, now=datetime.now(UTC), options=order.publish
            ),
            progress=progress,
            signals=signals,
        )
        plans = [plan for plan in order.plans if plan.name not in refused]
        reports = refresh.run(plans, jobs=order.jobs, unusable=locks.unusable)
        _notify(order, reports)
        return End(reports=reports, refused=refused, unpublished=refresh.unpublished)


def _notify(order: Order, reports: Sequence[SourceReport]) -> None:
    """Tell of changed outcomes, while the locks are held: nobody tells the same."""
    notifier = Notifier(
        channels(order.notify),
        memory=_memory(order.layout),
        quiet=timedelta(minutes=order.notify.quiet_minutes),
    )
    told = [
        Report(
            source=r.source,
            outcome=r.outcome,
            told=r.told,
            stale_since=r.stale_since,
            feed_of=r.feed_of,
        )
        for r in reports
    ]
    try:
        notifier.tell(told, now=datetime.now(UTC))
    except OSError as error:
        logger.error("What was told cannot be written down, so it may be told again: %s", error)  # noqa: TRY400  the message says it all


def _memory(layout: Layout) -> Path:
    return layout.private / TOLD
