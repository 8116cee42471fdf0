"""What becomes of a crawl that has ended, step by step."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import attrs
import pytest

from normalize.identity import content_hash
from normalize.model import Record
from normalize.translate.packages import install
from scraper.outcome import Outcome
from scraper.runs import normalizer_memory
from scraper.runs.layout import Layout
from scraper.runs.making import making, making_of, note_making, was_made_so
from scraper.runs.model import CrawlResult, PageVisit, Policy
from scraper.runs.plan import SourcePlan
from scraper.runs.report import SourceReport
from scraper.runs.retention import prune
from scraper.runs.settle import Settler
from scraper.runs.state import State
from tests.crawls import ROOT, environment
from tests.runs_state import NOON, PAGE, crawled, record

PLAN = SourcePlan(name="site", policy=Policy())
HOUR = timedelta(hours=1)
TITLES = tuple(f"title {number}" for number in range(10))


@pytest.fixture
def settler(tmp_path: Path) -> Iterator[Settler]:
    layout = Layout(root=tmp_path / "out")
    layout.make()
    with State(layout.state) as state:
        yield Settler(state=state, layout=layout)


def crawl(settler: Settler, count: int = 10, **more: object) -> CrawlResult:
    """A crawl of a list of so many entries, in the place of its run directory."""
    records = [record(str(n), title, position=n + 1) for n, title in enumerate(TITLES[:count])]
    made = crawled(settler.layout.root, records, **more)  # type: ignore[arg-type]  # as given by the tests
    place = settler.layout.runs("site") / made.run_id
    shutil.copytree(made.directory, place)
    return attrs.evolve(made, directory=place)


CRAWL = """
import os, sqlite3, sys
from contextlib import closing
from pathlib import Path
from scraper.runs import normalizer_memory
path, end, *words = sys.argv[1:]
normalizer_memory.pin(Path(path))
with closing(sqlite3.connect(path)) as database, database:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA wal_autocheckpoint = 1")
    database.execute("CREATE TABLE IF NOT EXISTS words (word)")
    database.executemany("INSERT INTO words VALUES (?)", [(word,) for word in words])
if end == "killed":
    os.kill(os.getpid(), 9)
"""


def remember(directory: Path, *words: str, end: str = "in good order") -> Path:
    """Let a crawl add to the memory of the normaliser, in a process of its own."""
    path = directory / normalizer_memory.NAME
    subprocess.run(
        [sys.executable, "-c", CRAWL, str(path), end, *words],
        cwd=ROOT,
        env=environment(),
        check=end != "killed",
    )
    return path


def remembered(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [word for (word,) in database.execute("SELECT word FROM words")]


def ids(settler: Settler) -> list[str]:
    return [json.loads(line)["id"] for line in settler.state.lines("site")]


def test_a_good_run_is_applied_and_the_same_again_changes_nothing(settler: Settler) -> None:
    first = settler.settle(crawl(settler), PLAN, now=NOON)
    assert (first.outcome, first.seen, first.added) == (Outcome.OK, 10, 10)
    second = settler.settle(crawl(settler), PLAN, now=NOON + HOUR)
    assert (second.outcome, second.seen, second.added) == (Outcome.UNCHANGED, 10, 0)
    outcomes = [row.outcome for row in settler.state.history("site")]
    assert outcomes == [Outcome.UNCHANGED, Outcome.OK]
    assert len(ids(settler)) == 10


def test_a_run_that_fails_is_history_and_nothing_else(settler: Settler) -> None:
    settler.settle(crawl(settler), PLAN, now=NOON)
    failed = crawl(settler, outcome=Outcome.BLOCKED)
    report = settler.settle(failed, PLAN, now=NOON + HOUR)
    assert report.outcome is Outcome.BLOCKED
    assert report.feed_of == "2026-11-21T12:00:00Z"
    assert len(ids(settler)) == 10
    assert settler.state.history("site")[0].outcome is Outcome.BLOCKED


def test_a_source_is_stale_since_its_first_failure(settler: Settler) -> None:
    first = settler.settle(crawl(settler, outcome=Outcome.HTTP), PLAN, now=NOON)
    assert (first.stale_since, first.feed_of) == ("2026-11-21T12:00:00Z", None)
    good = settler.settle(crawl(settler, at=NOON + HOUR), PLAN, now=NOON + HOUR)
    assert (good.stale_since, good.feed_of) == (None, None)
    expected = ("2026-11-21T14:00:00Z", "2026-11-21T13:00:00Z")
    for hours, outcome in ((2, Outcome.BLOCKED), (3, Outcome.HTTP)):
        now = NOON + hours * HOUR
        failed = settler.settle(crawl(settler, at=now, outcome=outcome), PLAN, now=now)
        assert (failed.stale_since, failed.feed_of) == expected
    torn = settler.give_up(crawl(settler, at=NOON + 4 * HOUR), "torn")
    assert (torn.stale_since, torn.feed_of) == expected
    (status,) = settler.state.statuses()
    assert (status.stale_since, status.last_good) == expected


def test_half_the_list_is_withheld_unless_accepted(settler: Settler) -> None:
    settler.settle(crawl(settler), PLAN, now=NOON)
    assert settler.settle(crawl(settler, 5), PLAN, now=NOON).outcome is Outcome.BOUNDS
    accepting = attrs.evolve(settler, accept=True)
    assert accepting.settle(crawl(settler, 5), PLAN, now=NOON).outcome is Outcome.UNCHANGED
    # What was accepted is what is usual from now on.
    assert settler.settle(crawl(settler, 5), PLAN, now=NOON).outcome is Outcome.UNCHANGED


def test_a_list_that_became_empty_is_published_if_accepted(settler: Settler) -> None:
    settler.settle(crawl(settler), PLAN, now=NOON)
    assert settler.settle(crawl(settler, 0), PLAN, now=NOON).outcome is Outcome.BOUNDS
    accepting = attrs.evolve(settler, accept=True)
    accepted = accepting.settle(crawl(settler, 0), PLAN, now=NOON)
    assert (accepted.outcome, accepted.removed) == (Outcome.UNCHANGED, 0)
    told = "accepted as it is: 0 entries on pages that had 10 at the last good run"
    assert accepted.warnings == (told,)
    # Nothing stands where the entries stood, so none of them is known to be missing.
    assert len(ids(settler)) == 10
    assert settler.settle(crawl(settler, 0), PLAN, now=NOON).outcome is Outcome.UNCHANGED


def test_an_accepted_run_still_has_the_declared_minimum(settler: Settler) -> None:
    accepting = attrs.evolve(settler, accept=True)
    plan = attrs.evolve(PLAN, min_entries=11)
    assert accepting.settle(crawl(settler), plan, now=NOON).outcome is Outcome.BOUNDS


@pytest.fixture(params=["linked", "copied"])
def lent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How a run gets the memory: some file systems have no hard links."""

    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    if request.param == "copied":
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    return str(request.param)


def test_the_memory_of_the_normaliser_is_that_of_applied_runs(settler: Settler, lent: str) -> None:
    kept = settler.layout.normalizer("site")
    good = crawl(settler)
    remember(normalizer_memory.lend(kept, good.directory).parent, "first")
    settler.settle(good, PLAN, now=NOON)
    assert remembered(kept) == ["first"]

    withheld = crawl(settler, 2)
    path = normalizer_memory.lend(kept, withheld.directory)
    assert path.samefile(kept) is (lent == "linked")
    remember(path.parent, "withheld")
    settler.settle(withheld, PLAN, now=NOON)
    assert remembered(kept) == ["first"]
    assert list(withheld.directory.glob(f"{normalizer_memory.NAME}*")) == []

    later = crawl(settler)
    remember(normalizer_memory.lend(kept, later.directory).parent, "later")
    settler.settle(later, PLAN, now=NOON)
    assert remembered(kept) == ["first", "later"]
    assert kept.stat().st_nlink == 1
    assert [path.name for path in kept.parent.iterdir()] == ["site.sqlite"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_run_that_was_applied_but_not_remembered_is_remembered_next_time(
    settler: Settler, lent: str, times: int
) -> None:
    kept = settler.layout.normalizer("site")
    for time in range(times):
        result = crawl(settler, at=NOON + time * HOUR)
        # The first makes the memory, which is lent to the next.
        remember(normalizer_memory.lend(kept, result.directory).parent, f"run {time}")
        assert result.directory.joinpath(normalizer_memory.NAME).stat().st_nlink == (
            2 if time and lent == "linked" else 1
        )
        # Killed between the two steps.
        normalizer_memory.seal(result.directory)
        settler.state.apply(result, now=NOON, policy=Policy())
        settler.recover("site")
        assert remembered(kept) == [f"run {number}" for number in range(time + 1)]
        settler.recover("site")
        assert remembered(kept) == [f"run {number}" for number in range(time + 1)]


@pytest.mark.parametrize("end", ["in good order", "killed"])
def test_a_run_that_was_killed_before_it_was_applied_is_not_remembered(
    settler: Settler, lent: str, end: str
) -> None:
    kept = settler.layout.normalizer("site")
    first = crawl(settler)
    remember(normalizer_memory.lend(kept, first.directory).parent, "first")
    settler.settle(first, PLAN, now=NOON)
    before = kept.read_bytes()
    killed = crawl(settler)
    path = normalizer_memory.lend(kept, killed.directory)
    remember(path.parent, *("killed" for _ in range(1000)), end=end)
    assert kept.read_bytes() == before, lent
    settler.recover("site")
    assert not path.exists()
    assert remembered(kept) == ["first"]
    later = crawl(settler)
    remember(normalizer_memory.lend(kept, later.directory).parent, "later")
    settler.settle(later, PLAN, now=NOON)
    assert remembered(kept) == ["first", "later"]


def test_a_clock_set_back_breaks_nothing(settler: Settler) -> None:
    settler.settle(crawl(settler, 9), PLAN, now=NOON)
    long_ago = NOON - timedelta(days=4000)
    report = settler.settle(crawl(settler, at=long_ago), PLAN, now=long_ago)
    assert (report.outcome, report.added, report.removed) == (Outcome.OK, 1, 0)
    records = [json.loads(line) for line in settler.state.lines("site")]
    assert [one["id"] for one in records] == [f"site:{number}" for number in range(10)]
    assert all(one["first_seen"] <= one["last_seen"] for one in records)
    (status,) = settler.state.statuses()
    assert status.outcome is Outcome.OK


def test_a_crawl_that_cannot_be_settled_is_a_crash_in_history(settler: Settler) -> None:
    settle(settler)
    torn = crawl(settler)
    (torn.directory / "pages.jsonl").write_text('{"url": "x"', encoding="utf-8")
    with pytest.raises(ValueError, match="delimiter"):
        settler.settle(torn, PLAN, now=NOON)
    report = settler.give_up(torn, "torn at \ud800")
    assert (report.outcome, report.told) == (Outcome.CRASH, "torn at \\ud800")
    (status,) = settler.state.statuses()
    assert (status.outcome, status.told) == (Outcome.CRASH, "torn at \\ud800")
    assert status.stale_since is not None
    assert len(ids(settler)) == 10


def test_an_applied_run_stays_good_whatever_follows(settler: Settler) -> None:
    applied = crawl(settler)
    settler.settle(applied, PLAN, now=NOON)
    assert settler.give_up(applied, "the disk is full").outcome is Outcome.CRASH
    (status,) = settler.state.statuses()
    assert (status.outcome, status.stale_since) == (Outcome.OK, None)


def test_what_records_are_made_with_is_noted(tmp_path: Path) -> None:
    memory = tmp_path / "site.sqlite"
    none, english = making((), None), making(("en",), str(tmp_path / "models"))
    assert none != english
    assert not was_made_so(memory, none)
    note_making(memory, none)
    assert was_made_so(memory, none)
    assert not was_made_so(memory, english)
    for package in sorted((ROOT / "fixtures" / "models").glob("*.argosmodel"))[:1]:
        install(package, tmp_path / "models")
    assert making(("en",), str(tmp_path / "models")) != english


def test_what_a_source_is_asked_is_part_of_how_its_records_are_made() -> None:
    plain = making_of("{}", args={"url": "a"}, settings={}, since=None)
    assert plain == making_of("{}", args={"url": "a"}, settings={}, since=None)
    others = {
        making_of("[]", args={"url": "a"}, settings={}, since=None),
        making_of("{}", args={"url": "b"}, settings={}, since=None),
        making_of("{}", args={"url": "a"}, settings={"KEY": "secret"}, since=None),
        making_of("{}", args={"url": "a"}, settings={}, since="2026-05-09"),
    }
    assert len(others - {plain}) == 4
    assert not any("secret" in one for one in others)


def test_entries_before_a_day_do_not_join(settler: Settler) -> None:
    late = attrs.evolve(settler, since="2026-05-01")
    result = crawl(settler, 3)
    lines = [
        attrs.evolve(record(str(n), TITLES[n]), published=published).to_json_line()
        for n, published in enumerate(("2026-04-30", "2026-05-01", None))
    ]
    (result.directory / "records.jsonl").write_text("".join(lines), encoding="utf-8")
    report = late.settle(result, PLAN, now=NOON)
    assert (report.seen, report.added, report.rejects) == (3, 2, 1)
    assert ids(settler) == ["site:1", "site:2"]


def test_a_crawl_that_broke_off_in_mid_line_is_told(settler: Settler) -> None:
    failed = crawl(settler, outcome=Outcome.CRASH)
    with (failed.directory / "pages.jsonl").open("a", encoding="utf-8") as pages:
        pages.write('{"url": "https://si')
    assert settler.settle(failed, PLAN, now=NOON).outcome is Outcome.CRASH


@pytest.mark.parametrize(
    ("stat", "warning"),
    [
        ("layout/healed", "4 entries of a new layout, read by its own structure"),
        ("entries/unlike", "4 entries at addresses of another form than the source declares"),
        ("entries/left_out", "4 parts of lists left out for their addresses, see the log"),
    ],
)
def test_entries_that_are_not_as_declared_warn(settler: Settler, stat: str, warning: str) -> None:
    report = settler.settle(attrs.evolve(crawl(settler), stats={stat: 4}), PLAN, now=NOON)
    assert report.warnings == (warning,)


def test_a_source_that_is_quiet_warns(settler: Settler) -> None:
    plan = attrs.evolve(PLAN, max_quiet_days=7)
    assert settler.settle(crawl(settler), plan, now=NOON).warnings == ()
    report = settler.settle(crawl(settler), plan, now=NOON + timedelta(days=8))
    assert report.warnings == ("no new entry for 8 days",)
    (row,) = settler.state.history("site", 1)
    assert row.warnings == ("no new entry for 8 days",)


def test_run_directories_outlive_the_loss_of_the_state(settler: Settler) -> None:
    runs = settler.layout.runs("site")
    before = [runs / f"20261120T{hour:02}0000.000000Z" for hour in range(12)]
    for directory in before:
        directory.mkdir(parents=True)
        (directory / "log.txt").touch()
    (before[0] / "pages.warc.gz").touch()
    after = [settle(settler, at=NOON, outcome=Outcome.HTTP)]
    # What is taken out of the first one makes it the one that was changed last.
    for kept_before in (9, 8):
        prune(runs, settler.state, "site")
        left = {path.parent.name for path in runs.glob("*/log.txt")} - {one.run_id for one in after}
        assert left == {path.name for path in before[-kept_before:]}
        after.append(settle(settler, at=NOON + HOUR))
    assert all((runs / one.run_id).is_dir() for one in after)


def test_old_run_directories_go_and_archives_stay(settler: Settler) -> None:
    runs = settler.layout.runs("site")
    failed = settle(settler, outcome=Outcome.HTTP)
    archived = settle(settler)
    (runs / archived.run_id / "pages.warc.gz").write_bytes(b"kept")
    old = settle(settler)
    killed = runs / "20250101T000000.000000Z"
    killed.mkdir()
    # The clock is set back meanwhile: the order of runs is that of the history.
    last = [settle(settler, at=NOON - n * HOUR) for n in range(10)]
    prune(runs, settler.state, "site")
    assert {path.name for path in runs.iterdir()} == {
        failed.run_id,
        archived.run_id,
        killed.name,
        *(report.run_id for report in last),
    }
    assert [path.name for path in (runs / archived.run_id).iterdir()] == ["pages.warc.gz"]
    assert not (runs / old.run_id).exists()


def settle(settler: Settler, **more: object) -> SourceReport:
    return settler.settle(crawl(settler, **more), PLAN, now=NOON)  # type: ignore[arg-type]  # as given by the tests


def dated(title: str, *, page: str, position: int, date: str | None = "2026-11-20") -> Record:
    made = record(title, title, page=page, position=position)
    hashed = content_hash({"title": title, "published": date})
    return attrs.evolve(made, published=date, content_hash=hashed)


def three_pages(dates: str | None = "2026-11-20") -> list[list[Record]]:
    """Pages 1 to 3 of a list, with 20, 10 and 20 entries; the first has these dates."""
    counts = {1: 20, 2: 10, 3: 20}
    return [
        [
            dated(f"{page}-{n}", page=f"{PAGE}/{page}", position=n, date=dates if page == 1 else
                  "2026-11-20")
            for n in range(1, count + 1)
        ]
        for page, count in counts.items()
    ]  # fmt: skip


def crawl_pages(settler: Settler, pages: list[list[Record]], *, unchanged: int) -> CrawlResult:
    """A crawl of these pages, the last of which have not changed."""
    read = len(pages) - unchanged
    visits = [
        PageVisit(
            url=f"{PAGE}/{at + 1}",
            status=200 if at < read else 304,
            fetched_at="2026-11-21T12:00:00Z",
            entry_ids=tuple(one.id for one in records),
            unchanged=at >= read,
        )
        for at, records in enumerate(pages)
    ]
    records = [one for page in pages[:read] for one in page]
    made = crawled(settler.layout.root, records, visits)
    place = settler.layout.runs("site") / made.run_id
    shutil.copytree(made.directory, place)
    return attrs.evolve(made, directory=place)


@pytest.mark.parametrize("unchanged", [0, 2])
def test_unchanged_pages_are_judged_as_if_they_had_been_read(
    settler: Settler, unchanged: int
) -> None:
    settler.settle(crawl_pages(settler, three_pages(), unchanged=0), PLAN, now=NOON)
    changed = crawl_pages(settler, three_pages(dates=None), unchanged=unchanged)
    report = settler.settle(changed, PLAN, now=NOON + HOUR)
    assert report.outcome is Outcome.OK
    assert report.warnings == ("published in 60% of records, usually in 100%",)
    (row, _) = settler.state.history("site")
    assert (row.records, row.fill["published"]) == (50, 0.6)


@pytest.mark.parametrize("unchanged", [0, 1])
def test_what_was_accepted_is_what_is_usual_whatever_is_read(
    settler: Settler, unchanged: int
) -> None:
    first = three_pages()[:1]
    settler.settle(crawl_pages(settler, first, unchanged=0), PLAN, now=NOON)
    gone = three_pages(dates=None)[:1]
    withheld = settler.settle(crawl_pages(settler, gone, unchanged=0), PLAN, now=NOON + HOUR)
    assert withheld.outcome is Outcome.LAYOUT
    accepting = attrs.evolve(settler, accept=True)
    accepted = accepting.settle(crawl_pages(settler, gone, unchanged=0), PLAN, now=NOON + 2 * HOUR)
    assert accepted.outcome is Outcome.OK
    told = "accepted as it is: published in 0% of records, usually in 100%"
    assert accepted.warnings == (told,)
    again = crawl_pages(settler, gone, unchanged=unchanged)
    report = settler.settle(again, PLAN, now=NOON + 3 * HOUR)
    assert (report.outcome, report.warnings) == (Outcome.UNCHANGED, ())


def test_an_entry_on_a_read_and_on_an_unchanged_page_is_judged_once(settler: Settler) -> None:
    pages = three_pages()[:2]
    settler.settle(crawl_pages(settler, pages, unchanged=0), PLAN, now=NOON)
    moved = [[*pages[0], pages[1][0]], pages[1]]
    settler.settle(crawl_pages(settler, moved, unchanged=1), PLAN, now=NOON + HOUR)
    assert settler.state.history("site")[0].records == 30
