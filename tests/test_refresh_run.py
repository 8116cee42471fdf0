"""A refresh whose crawls do not come to an end."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from scraper.outcome import Outcome
from scraper.runs.layout import Layout
from scraper.runs.model import CrawlResult, Policy
from scraper.runs.options import CrawlOptions
from scraper.runs.plan import SourcePlan
from scraper.runs.process import Child
from scraper.runs.progress import Progress
from scraper.runs.publish import publish
from scraper.runs.refresh import Refresh
from scraper.runs.settle import Settler
from scraper.runs.state import State
from tests.runs_state import NOON, record

CRAWLED = CrawlResult(
    source="a", run_id="1", started=NOON, finished=NOON, outcome=Outcome.OK, directory=Path()
)


class NoSignals:
    """None comes."""

    @contextmanager
    def held(self) -> Iterator[None]:
        yield


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(root=tmp_path)
    made.make()
    return made


def refreshing(state: State, layout: Layout, *names: str, **parts: Any) -> Refresh:  # noqa: ANN401  parts of a Refresh
    """A refresh of sources, with stand-ins for what the tests give no other part for."""
    usual: dict[str, Any] = {
        "layout": layout,
        "options": CrawlOptions(),
        "settler": Settler(state=state, layout=layout),
        "publish": lambda: None,
        "progress": Progress(names, io.StringIO(), redraw=False),
        "signals": NoSignals(),
    }
    return Refresh(**(usual | parts))


def plans(*names: str) -> list[SourcePlan]:
    return [SourcePlan(name=name, spider="aitopics") for name in names]


def unstartable(_: Child) -> None:
    raise OSError(24, "Too many open files")


def test_a_crawl_that_cannot_be_started_is_a_crash_in_history(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Child, "run", unstartable)
    with State(layout.state) as state:
        (report,) = refreshing(state, layout, "a").run(plans("a"), jobs=1)
        (row,) = state.history("a")
    told = "the crawl could not be started: [Errno 24] Too many open files"
    assert (report.outcome, report.told) == (Outcome.CRASH, told)
    assert (row.outcome, row.told) == (Outcome.CRASH, told)
    assert report.log == ""


def crawled(child: Child) -> CrawlResult:
    """A crawl that finds one entry, and one that is stopped."""
    plan, directory = child.crawl.plan, child.crawl.directory
    outcome = Outcome.OK if plan.name == "well" else Outcome.HTTP
    one = record("1", source=plan.name)
    (directory / "records.jsonl").write_text(one.to_json_line(), encoding="utf-8")
    return CrawlResult(
        source=plan.name,
        run_id=child.crawl.run_id,
        started=NOON,
        finished=NOON,
        outcome=outcome,
        directory=directory,
    )


@pytest.mark.parametrize("spoilt", ["run directory", "memory", "last run", "lock"])
def test_one_source_that_cannot_be_prepared_is_a_crash_and_keeps_no_other(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    monkeypatch.setattr(Child, "run", crawled)
    with State(layout.state) as state:
        refreshing(state, layout, "well").run(plans("well"), jobs=1)
        refresh = refreshing(state, layout, "ill", "well")
        spoil(layout, state, spoilt)
        unusable = {"ill": "its lock cannot be taken"} if spoilt == "lock" else None
        reports = refresh.run(plans("ill", "well"), jobs=2, unusable=unusable)
        row = state.history("ill", 1)[0]
    assert {report.source: report.outcome for report in reports} == {
        "ill": Outcome.CRASH,
        "well": Outcome.UNCHANGED,
    }
    (ill,) = (report for report in reports if report.source == "ill")
    told = {
        "run directory": "the crawl could not be started: [Errno 17] File exists",
        "memory": "the crawl could not be started: [Errno 21] Is a directory",
        "last run": "what the last run left cannot be put in order: [Errno 21] Is a directory",
        "lock": "its lock cannot be taken",
    }
    assert ill.told.startswith(told[spoilt])
    assert (row.outcome, row.told) == (Outcome.CRASH, ill.told)


def spoil(layout: Layout, state: State, what: str) -> None:
    """Let something stand where files of a source are to be."""
    if what == "run directory":
        layout.runs("ill").write_text("in the way", encoding="utf-8")
    if what == "memory":
        layout.normalizer("ill").mkdir()
    if what == "last run":
        directory = layout.runs("ill") / "1"
        directory.mkdir(parents=True)
        result = attrs.evolve(CRAWLED, source="ill", directory=directory)
        state.apply(result, now=NOON, policy=Policy())
        (directory / "normalizer.sqlite").write_bytes(b"")
        layout.normalizer("ill").mkdir()


class Stop(Exception):
    """A signal."""


class Signals:
    """One that comes while a crawl is waited for."""

    def __init__(self, asked: threading.Event) -> None:
        self._asked = asked
        self.holding = False

    @contextmanager
    def held(self) -> Iterator[None]:
        self.holding = True
        yield
        self.holding = False

    def come(self) -> None:
        if not self.holding and self._asked.is_set():
            raise Stop


def test_a_refresh_that_is_stopped_publishes_what_became_of_its_sources(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, stopped = threading.Event(), threading.Event()

    def run(child: Child) -> CrawlResult:
        if child.crawl.plan.name == "well":
            return crawled(child)
        asked.set()
        assert stopped.wait(30)
        return attrs.evolve(crawled(child), outcome=Outcome.INTERRUPTED, told="stopped")

    monkeypatch.setattr(Child, "run", run)
    monkeypatch.setattr(Child, "stop", lambda _: stopped.set())
    signals = Signals(asked)
    progress = Progress(["well", "slow"], io.StringIO(), redraw=False)
    published: list[int] = []
    draw = progress.draw

    def drawn() -> None:
        draw()
        if published:
            signals.come()

    monkeypatch.setattr(progress, "draw", drawn)
    with State(layout.state) as state:

        def publish_all() -> None:
            published.append(len(state.history("well")))
            publish(state, layout, now=NOON)

        refresh = refreshing(state, layout, publish=publish_all, progress=progress, signals=signals)
        with pytest.raises(Stop):
            refresh.run(plans("slow", "well"), jobs=2)
    told = json.loads(layout.manifest.read_bytes())["sources"]
    assert told["slow"]["outcome"] == "interrupted"
