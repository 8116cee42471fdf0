"""Publishing: what readers see at every moment, and that no kill, fault or clock loses anything."""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from normalize.model import Record
from scraper.outcome import Outcome
from scraper.runs import publish as publishing
from scraper.runs.faults import PublishError
from scraper.runs.layout import Layout
from scraper.runs.lock import SourceLocks
from scraper.runs.model import CrawlResult, Policy
from scraper.runs.publish import PublishOptions, publish
from scraper.runs.state import State
from tests.runs_state import NOON, crawled, listed, record

SOURCES = ("x", "y")
MOST = 2
MACHINE = Policy(max_entries=MOST, removed_after=2)


def read(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def stand(layout: Layout, source: str | None) -> list[tuple[str, str]]:
    """Ids and titles of a published feed; every line is whole."""
    content = read(layout.feed(source))
    assert content.endswith(b"\n") or not content
    records = [json.loads(line) for line in content.splitlines()]
    return [(one["id"], one["title"]) for one in records]


def published(root: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of every published file but the manifest."""
    return {
        path.relative_to(root).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and "private" not in path.parts and path.name != "manifest.json"
    }


@pytest.fixture(params=[False, True], ids=["plain", "gzip"])
def layout(tmp_path: Path, request: pytest.FixtureRequest) -> Layout:
    made = Layout(root=tmp_path / "out", gzip=request.param)
    made.make()
    return made


@pytest.fixture
def state(layout: Layout) -> Iterator[State]:
    with State(layout.state) as opened:
        yield opened


def test_everything_is_published(state: State, layout: Layout, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=Policy())
    assert publish(state, layout, now=NOON) == ["site", None]
    end = ".gz" if layout.gzip else ""
    assert sorted(published(layout.root)) == sorted(
        [
            *(f"{folder}feed.jsonl{end}" for folder in ("", "sources/site/")),
            *(f"{folder}feed.atom" for folder in ("", "sources/site/")),
            *(f"{folder}feed.json" for folder in ("", "sources/site/")),
            f"changes/20261121T120000.000000Z.jsonl{end}",
            f"sources/site/changes/20261121T120000.000000Z.jsonl{end}",
            "record.schema.json",
        ]
    )
    told = [("site:b", "Title of b"), ("site:a", "Title of a")]
    assert stand(layout, "site") == stand(layout, None) == told
    assert json.loads(layout.schema.read_bytes()) == Record.json_schema()
    for line in read(layout.feed(None)).splitlines():
        Record.from_dict(json.loads(line))


def test_the_manifest_tells_what_is_there(state: State, layout: Layout, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=Policy(max_entries=1))
    state.record_failure(
        listed(tmp_path, source="late", outcome=Outcome.HTTP, at=NOON + timedelta(hours=1))
    )
    publish(state, layout, now=NOON + timedelta(hours=2))
    manifest = json.loads(layout.manifest.read_bytes())
    assert manifest["checked"] == "2026-11-21T14:00:00Z"
    assert manifest["changed"] == "2026-11-21T12:00:00.000000Z"
    assert (manifest["complete"], manifest["stale"]) == (False, ["late"])
    assert (manifest["schema_version"], manifest["entries"]) == ("1.0", 1)
    assert manifest["archive"] == ["archive/2026-11.jsonl.gz"]
    site, late = manifest["sources"]["site"], manifest["sources"]["late"]
    assert (site["outcome"], site["stale_since"], site["entries"]) == ("ok", None, 1)
    assert (late["outcome"], late["stale_since"]) == ("http", "2026-11-21T13:00:00Z")
    assert (late["feed"], late["files"], late["entries"]) == (None, {}, None)
    assert_true_to(manifest, layout)


def assert_true_to(manifest: dict[str, Any], layout: Layout) -> None:
    for feed in (manifest, *manifest["sources"].values()):
        listing = {**feed["files"], **{one["path"]: one["file"] for one in feed["changes"]}}
        for name, told in listing.items():
            content = (layout.root / name).read_bytes()
            assert told["bytes"] == len(content)
            assert told["sha256"] == hashlib.sha256(content).hexdigest()
            if ".jsonl" in name:
                assert told["lines"] == len(read(layout.root / name).splitlines())


def test_an_unchanged_run_touches_no_file(state: State, layout: Layout, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=Policy())
    publish(state, layout, now=NOON)
    before = published(layout.root)
    later = NOON + timedelta(hours=1)
    state.apply(listed(tmp_path, "b", "a", at=later), now=later, policy=Policy())
    assert publish(state, layout, now=later) == []
    assert published(layout.root) == before
    manifest = json.loads(layout.manifest.read_bytes())
    assert manifest["checked"] == manifest["sources"]["site"]["checked"] == "2026-11-21T13:00:00Z"
    assert manifest["changed"] == "2026-11-21T12:00:00.000000Z"


def test_equal_lines_are_equal_bytes(state: State, layout: Layout, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=Policy())
    publish(state, layout, now=NOON)
    first = layout.feed("site").read_bytes()
    layout.feed("site").unlink()
    assert publish(state, layout, now=NOON + timedelta(days=1)) == ["site"]
    assert layout.feed("site").read_bytes() == first


def test_another_form_replaces_the_feed(state: State, layout: Layout, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "a"), now=NOON, policy=Policy())
    publish(state, layout, now=NOON)
    other = Layout(root=layout.root, gzip=not layout.gzip)
    assert publish(state, other, now=NOON) == ["site", None]
    assert not layout.feed(None).exists()
    assert stand(other, None) == [("site:a", "Title of a")]
    options = PublishOptions(title="مقالات", base_url="https://feeds.example/", target="ar")
    publish(state, other, now=NOON, options=options)
    told = json.loads(layout.json_feed("site").read_bytes())
    assert told["title"] == "مقالات: site"
    assert told["feed_url"] == "https://feeds.example/sources/site/feed.json"


def test_a_source_without_entries_has_an_empty_feed(
    state: State, layout: Layout, tmp_path: Path
) -> None:
    assert publish(state, layout, now=NOON) == []
    assert json.loads(layout.manifest.read_bytes())["feed"] is None
    state.apply(listed(tmp_path), now=NOON, policy=Policy())
    assert publish(state, layout, now=NOON) == ["site", None]
    assert stand(layout, "site") == []
    assert publish(state, layout, now=NOON) == []


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("call", ["os.fsync", "os.open", "pathlib.Path.replace"])
def test_a_disk_that_fails_leaves_what_was_published(
    call: str, fault: int, state: State, layout: Layout, tmp_path: Path
) -> None:
    state.apply(listed(tmp_path, "a"), now=NOON, policy=Policy())
    publish(state, layout, now=NOON)
    before = published(layout.root)
    state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=Policy())
    error = OSError(fault, os.strerror(fault), "the disk")
    with mock.patch(call, side_effect=error), pytest.raises(PublishError, match="the disk cannot"):
        publish(state, layout, now=NOON)
    assert {name: published(layout.root)[name] for name in before} == before
    assert len(list(layout.root.rglob("*.tmp"))) == 0
    assert publish(state, layout, now=NOON) == ["site", None]
    assert [entry for entry, _ in stand(layout, None)] == ["site:a", "site:b"]


def test_one_publishes_at_a_time(
    state: State, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "LOCK_SECONDS", 0.1)
    with (
        publishing._lock(layout.publish_lock),
        pytest.raises(PublishError, match="another process has been publishing"),
    ):
        publish(state, layout, now=NOON)
    publish(state, layout, now=NOON)


def test_a_feed_that_cannot_be_published_keeps_no_other_waiting(
    state: State, layout: Layout, tmp_path: Path
) -> None:
    for source in ("a", "b"):
        state.apply(listed(tmp_path, "1", source=source), now=NOON, policy=Policy())
    layout.folder("a").parent.mkdir(parents=True)
    layout.folder("a").write_text("in the way", encoding="utf-8")
    with pytest.raises(PublishError, match="sources/a cannot be written"):
        publish(state, layout, now=NOON)
    assert [entry for entry, _ in stand(layout, "b")] == ["b:1"]
    assert sorted(entry for entry, _ in stand(layout, None)) == ["a:1", "b:1"]
    manifest = json.loads(layout.manifest.read_text("utf-8"))
    assert (manifest["sources"]["a"]["feed"], manifest["entries"]) == (None, 2)
    layout.folder("a").unlink()
    assert publish(state, layout, now=NOON) == ["a"]


def test_a_source_may_be_called_publish(
    state: State, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "LOCK_SECONDS", 0.1)
    layout.make()
    with SourceLocks(layout.locks, now=NOON) as locks:
        assert locks.acquire(["publish"]) == (("publish",), {})
        assert layout.lock("publish").exists()
        publish(state, layout, now=NOON)


class Killed(BaseException):
    """The process is gone."""


class Life:
    """Counts what a process does to disk and state, lets readers look, and ends it in between."""

    def __init__(self, steps: int | None, look: Callable[[], None]) -> None:
        self.left = steps
        self.look = look
        self.dead = False

    def step(self) -> None:
        if self.dead:
            raise Killed
        if self.left is not None:
            self.dead = self.left == 0
            self.left -= 1
        if self.dead:
            raise Killed

    @contextlib.contextmanager
    def lived(self) -> Iterator[None]:
        """A block in which the process lives, and may die."""
        life = self
        true_replace, true_unlink = Path.replace, Path.unlink

        class Connection(sqlite3.Connection):
            def execute(self, *args: Any) -> sqlite3.Cursor:  # noqa: ANN401  sqlite3's own
                life.step()
                # What a power failure would do is not tried here; waiting for the disk is slow.
                statement, *values = args
                return super().execute(statement.replace("= FULL", "= OFF"), *values)

        def fsync(_: int) -> None:
            life.step()
            life.look()

        def replace(path: Path, target: Path) -> Path:
            life.step()
            moved = true_replace(path, target)
            life.look()
            life.step()
            return moved

        def unlink(path: Path, *, missing_ok: bool = False) -> None:
            # The dead do not clear up.
            if not life.dead:
                true_unlink(path, missing_ok=missing_ok)

        with (
            mock.patch("sqlite3.connect", partial(sqlite3.connect, factory=Connection)),
            mock.patch("os.fsync", fsync),
            mock.patch.object(Path, "replace", replace),
            mock.patch.object(Path, "unlink", unlink),
        ):
            yield


def filled(root: Path) -> Layout:
    """What two runs of each of two sources leave, the second ones not yet published."""
    layout = Layout(root=root / "out")
    layout.make()
    with State(layout.state) as state:
        for entries in ("ba", "edcb"):
            for source in SOURCES:
                titles = {entry: f"{entry} of {len(entries)}" for entry in entries}
                found = listed(root, *entries, source=source, titles=titles)
                state.apply(found, now=NOON, policy=Policy(max_entries=3))
            if entries == "ba":
                publish(state, layout, now=NOON)
    return layout


def contents(layout: Layout) -> dict[str, bytes]:
    """Bytes of all that is published, and of what nobody cleared up."""
    return {
        path.relative_to(layout.root).as_posix(): path.read_bytes()
        for path in layout.root.rglob("*")
        if path.is_file() and "private" not in path.parts
    }


def test_a_publication_killed_at_any_step_is_made_good_by_the_next(tmp_path: Path) -> None:
    start = filled(tmp_path)
    undisturbed = Layout(root=tmp_path / "undisturbed")
    shutil.copytree(start.root, undisturbed.root)
    with State(undisturbed.state) as state:
        publish(state, undisturbed, now=NOON)
    wanted = contents(undisturbed)
    assert len([name for name in wanted if "archive/" in name]) == 3
    seen = [stand(start, None), stand(undisturbed, None)]
    steps, finished = 0, False
    while not finished:
        layout = Layout(root=tmp_path / f"killed-{steps}")
        shutil.copytree(start.root, layout.root)
        life = Life(steps, lambda: None)
        with contextlib.suppress(Killed), life.lived(), State(layout.state) as state:
            publish(state, layout, now=NOON)
            finished = True
        assert stand(layout, None) in seen
        with Life(None, lambda: None).lived(), State(layout.state) as state:
            publish(state, layout, now=NOON)
        assert contents(layout) == wanted
        shutil.rmtree(layout.root)
        steps += 1
    assert steps > 100


def test_a_run_killed_at_any_step_is_taken_in_whole_or_not_at_all(tmp_path: Path) -> None:
    start = filled(tmp_path)
    result = listed(tmp_path, *"gfec", source="x", titles={"c": "new"})
    steps, finished = 0, False
    while not finished:
        path = tmp_path / f"{steps}.sqlite"
        shutil.copy(start.state, path)
        with State(path) as state:
            before = "\n".join(state._db.iterdump())
        life = Life(steps, lambda: None)
        with contextlib.suppress(Killed), life.lived(), State(path) as state:
            state.apply(result, now=NOON, policy=MACHINE)
            finished = True
        with State(path) as state:
            assert ("\n".join(state._db.iterdump()) == before) is not finished
        path.unlink()
        steps += 1
    assert steps > 30


class Feed:
    """What a source's feed is to be: a list, and what is known of each entry."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, int, str, str]] = []
        """Run, number in the order of joining, id, title."""

        self.titles: dict[str, str] = {}
        self.gone: set[str] = set()
        self.left: Counter[str] = Counter()

    def run(
        self, entries: list[tuple[str, str]], removed: tuple[str, ...], counter: Iterator[int]
    ) -> None:
        run = next(counter)
        here = {entry for _, _, entry, _ in self.lines}
        told = dict(entries)
        self.lines = [(r, n, entry, told.get(entry, t)) for r, n, entry, t in self.lines]
        for entry, title in entries:
            new = entry in self.gone or self.titles.get(entry) != title
            if entry not in here and new:
                self.lines.append((run, next(counter), entry, title))
            self.titles[entry] = title
            self.gone.discard(entry)
        for entry in removed:
            self.gone.add(entry)
            self._leave(entry)
        while len(self.lines) > MOST:
            self._leave(min(self.lines, key=lambda one: (one[0], -one[1]))[2])

    def _leave(self, entry: str) -> None:
        self.lines = [one for one in self.lines if one[2] != entry]
        self.left[entry] += 1

    def stand(self) -> list[tuple[str, str]]:
        return [(entry, title) for _, _, entry, title in self.lines]


class Machine(RuleBasedStateMachine):
    """Runs, failures, kills and publications in any order, against a list in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.feeds = {source: Feed() for source in SOURCES}
        self.counter = iter(range(1_000_000))
        self.allowed: dict[str | None, list[list[tuple[str, str]]]] = {
            source: [[]] for source in (*SOURCES, None)
        }
        self.now = NOON

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @initialize(gzip=st.booleans())
    def make(self, gzip: bool) -> None:  # noqa: FBT001  Hypothesis' own way
        self.layout = Layout(root=self.root / "out", gzip=gzip)
        self.layout.make()

    @rule(hours=st.integers(-1000, 1000))
    def turn_the_clock(self, hours: int) -> None:
        self.now = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(hours=hours)

    @rule(
        source=st.sampled_from(SOURCES),
        found=st.dictionaries(
            st.sampled_from("abcdefg"), st.sampled_from(["one", "two"]), max_size=6
        ),
        steps=st.none() | st.integers(0, 60),
    )
    def a_good_run(self, source: str, found: dict[str, str], steps: int | None) -> None:
        entries = list(found.items())
        records = [
            record(entry, title, position=place, at=self.now)
            for place, (entry, title) in enumerate(entries, start=1)
        ]
        result = crawled(self.root, records, source=source, at=self.now)
        told: list[tuple[str, ...]] = []
        self.live(steps, lambda state: told.append(self.apply(state, result)))
        if told:
            named = [(f"site:{entry}", title) for entry, title in entries]
            assert not set(told[0]) & {entry for entry, _ in named}
            self.feeds[source].run(named, told[0], self.counter)
            for feed in (source, None):
                self.allowed[feed].append(self.expected(feed))

    @rule(source=st.sampled_from(SOURCES))
    def a_failed_run(self, source: str) -> None:
        result = listed(self.root, "z", source=source, at=self.now, outcome=Outcome.LAYOUT)
        self.live(None, lambda state: state.record_failure(result))

    @rule(steps=st.integers(0, 60))
    def a_publication_that_is_killed(self, steps: int) -> None:
        self.live(steps, lambda state: publish(state, self.layout, now=self.now))

    @rule()
    def a_publication(self) -> None:
        self.live(None, lambda state: publish(state, self.layout, now=self.now))
        for source in (*SOURCES, None):
            if self.layout.feed(source).exists():
                self.allowed[source] = [self.expected(source)]
                assert stand(self.layout, source) == self.expected(source)
                self.nothing_is_lost(source)
                self.changes_lead_to_the_feed(source)
        assert not list(self.layout.root.rglob("*.tmp"))
        assert_true_to(json.loads(self.layout.manifest.read_bytes()), self.layout)
        before = published(self.layout.root)
        self.live(None, lambda state: publish(state, self.layout, now=self.now))
        assert published(self.layout.root) == before

    def nothing_is_lost(self, source: str | None) -> None:
        paths = self.layout.archive(source).glob("2*.jsonl.gz")
        lines = [line for path in paths for line in read(path).splitlines()]
        archived = Counter(json.loads(line)["id"] for line in lines)
        seen = {e for name in SOURCES for e in self.feeds[name].titles if source in (name, None)}
        assert seen == archived.keys() | {entry for entry, _ in self.expected(source)}
        if source is not None:
            assert archived == self.feeds[source].left

    def changes_lead_to_the_feed(self, source: str | None) -> None:
        """Whoever follows the change files from the first on has the feed."""
        records: dict[str, dict[str, Any]] = {}
        for path in sorted(self.layout.changes(source).glob("2*")):
            for line in read(path).splitlines():
                change = json.loads(line)
                if change["record"] is None:
                    del records[change["id"]]
                else:
                    assert (change["id"] in records) is (
                        change["change"] == "updated" and not change["returned"]
                    )
                    records[change["id"]] = change["record"]
        feed = [json.loads(line) for line in read(self.layout.feed(source)).splitlines()]
        assert records == {one["id"]: one for one in feed}
        if source is not None:
            assert list(records) == [one["id"] for one in feed]

    @invariant()
    def readers_see_a_whole_feed(self) -> None:
        """What stands is what was published last, or what a publication has got to."""
        for source, allowed in self.allowed.items():
            if hasattr(self, "layout") and self.layout.feed(source).exists():
                assert stand(self.layout, source) in allowed

    def live(self, steps: int | None, work: Callable[[State], object]) -> None:
        """Do something as a process does that is killed after so many steps."""
        life = Life(steps, self.readers_see_a_whole_feed)
        with contextlib.suppress(Killed), life.lived(), State(self.layout.state) as state:
            work(state)

    def apply(self, state: State, result: CrawlResult) -> tuple[str, ...]:
        return state.apply(result, now=self.now, policy=MACHINE).removed

    def expected(self, source: str | None) -> list[tuple[str, str]]:
        if source is not None:
            return self.feeds[source].stand()
        lines = sorted(line for feed in self.feeds.values() for line in feed.lines)
        first: dict[str, str] = {}
        for _, _, entry, title in lines:
            first.setdefault(entry, title)
        return list(first.items())


def test_any_sequence_of_runs_and_kills_ends_in_the_same_feed() -> None:
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=100, stateful_step_count=25, deadline=None)
    )


def test_the_benchmark_of_the_state_runs() -> None:
    root = Path(__file__).resolve().parents[1]
    ended = subprocess.run(
        [sys.executable, root / "benchmarks" / "refresh_state.py", "--entries", "500"],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert ended.returncode == 0, ended.stderr
    assert "500 known entries" in ended.stdout
    assert "550 in the feed, 0 archived" in ended.stdout


def test_every_field_is_documented(state: State, layout: Layout, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=Policy(max_entries=1))
    publish(state, layout, now=NOON)
    text = (Path(__file__).resolve().parents[1] / "docs" / "feeds.md").read_text(encoding="utf-8")
    manifest = json.loads(layout.manifest.read_bytes())
    source = manifest["sources"]["site"]
    change = json.loads(read(layout.root / source["changes"][0]["path"]).splitlines()[0])
    names = {*manifest, *source, *source["changes"][0], *source["files"][source["feed"]], *change}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
    assert [one.value for one in Outcome if f"`{one}`" not in text] == []
