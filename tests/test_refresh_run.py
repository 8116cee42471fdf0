"""A refresh whose crawls do not come to an end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scraper.outcome import Outcome
from scraper.runs.layout import Layout
from scraper.runs.plan import SourcePlan
from scraper.runs.process import Child
from scraper.runs.progress import Progress
from scraper.runs.refresh import CrawlOptions, Refresh
from scraper.runs.settle import Settler
from scraper.runs.state import State


class NoSignals:
    """None comes."""

    @contextmanager
    def held(self) -> Iterator[None]:
        yield


def unstartable(_: Child) -> None:
    raise OSError(24, "Too many open files")


def test_a_crawl_that_cannot_be_started_is_a_crash_in_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Child, "run", unstartable)
    layout = Layout(root=tmp_path)
    layout.make()
    with State(layout.state) as state:
        refresh = Refresh(
            layout=layout,
            options=CrawlOptions(),
            settler=Settler(state=state, layout=layout),
            publish=lambda: None,
            progress=Progress(["a"], io.StringIO(), redraw=False),
            signals=NoSignals(),
        )
        (report,) = refresh.run([SourcePlan(name="a", spider="aitopics")], jobs=1)
        (row,) = state.history("a")
    told = "the crawl could not be started: [Errno 24] Too many open files"
    assert (report.outcome, report.told) == (Outcome.CRASH, told)
    assert (row.outcome, row.told) == (Outcome.CRASH, told)
