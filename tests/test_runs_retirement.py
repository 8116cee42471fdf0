"""Sources that are refreshed no more, and that come back."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import attrs
import pytest

from scraper.outcome import Outcome
from scraper.runs.layout import Layout
from scraper.runs.model import Policy
from scraper.runs.publish import publish
from scraper.runs.state import State
from tests.runs_state import NOON, crawled, listed, parsed

HOUR = timedelta(hours=1)
POLICY = Policy()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(root=tmp_path / "out")
    made.make()
    return made


@pytest.fixture
def state(layout: Layout, tmp_path: Path) -> Iterator[State]:
    """Two sources, published."""
    with State(layout.state) as opened:
        for source, entries in (("old", "cba"), ("site", "fed")):
            opened.apply(listed(tmp_path, *entries, source=source), now=NOON, policy=POLICY)
        publish(opened, layout, now=NOON)
        yield opened


def ids(layout: Layout, source: str | None = None) -> list[str]:
    return [one["id"] for one in parsed(layout.feed(source).read_bytes())]


def told(layout: Layout) -> dict[str, object]:
    manifest: dict[str, object] = json.loads(layout.manifest.read_bytes())
    return manifest


def test_a_retired_source_leaves_feed_manifest_and_status_and_loses_nothing(
    state: State, layout: Layout
) -> None:
    before = {
        path.relative_to(layout.folder("old")): path.read_bytes()
        for path in layout.folder("old").rglob("*")
        if path.is_file()
    }
    retirement = state.retire("old", now=NOON + HOUR)
    assert (retirement.at, retirement.entries) == ("2026-11-21T13:00:00Z", 3)
    assert retirement.place == "retired/old/20261121T130000.000000Z"
    publish(state, layout, now=NOON + HOUR)
    assert ids(layout) == ["site:f", "site:e", "site:d"]
    assert list(told(layout)["sources"]) == ["site"]  # type: ignore[call-overload]  # a table
    assert [one.source for one in state.statuses()] == ["site"]
    assert [one.source for one in state.retired()] == ["old"]
    assert not layout.folder("old").exists()
    place = layout.retired(retirement.place)
    after = {p.relative_to(place): p.read_bytes() for p in place.rglob("*") if p.is_file()}
    assert after == before
    (archive,) = layout.archive(None).iterdir()
    assert [one["id"] for one in parsed(gzip.decompress(archive.read_bytes()))] == [
        "old:c",
        "old:b",
        "old:a",
    ]
    last = max(layout.changes(None).iterdir())
    lines = parsed(last.read_bytes())
    assert [(one["change"], one["id"], one["record"]) for one in lines] == [
        ("archived", "old:c", None),
        ("archived", "old:b", None),
        ("archived", "old:a", None),
    ]
    # What is published is noted: nothing of it is kept for later.
    for table in ("changes", "leaving"):
        assert state._db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608  constants
    assert publish(state, layout, now=NOON + HOUR) == []


def test_a_source_that_is_refreshed_again_is_as_it_was(
    state: State, layout: Layout, tmp_path: Path
) -> None:
    first = parsed(layout.feed("old").read_bytes())
    state.retire("old", now=NOON + HOUR)
    publish(state, layout, now=NOON + HOUR)
    later = NOON + timedelta(days=30)
    again = listed(tmp_path, "d", "c", source="old", at=later)
    delta = state.apply(again, now=later, policy=POLICY)
    assert delta.added == ("old:d",)
    assert delta.updated == ("old:c", "old:b", "old:a")
    publish(state, layout, now=later)
    assert ids(layout, "old") == ["old:c", "old:b", "old:a", "old:d"]
    assert parsed(layout.feed("old").read_bytes())[:3] == first
    assert ids(layout) == ["site:f", "site:e", "site:d", "old:c", "old:b", "old:a", "old:d"]
    assert state.retired() == []
    manifest = told(layout)["sources"]
    changes = manifest["old"]["changes"]  # type: ignore[index]  # a table
    assert [layout.root.joinpath(one["path"]).exists() for one in changes] == [True]
    lines = parsed(max(layout.changes("old").iterdir()).read_bytes())
    assert [(one["change"], one["returned"]) for one in lines] == [
        *[("updated", True)] * 3,
        ("added", False),
    ]


def test_what_came_back_leaves_first_where_there_is_too_much(state: State, tmp_path: Path) -> None:
    state.retire("old", now=NOON)
    again = listed(tmp_path, "e", "d", source="old", at=NOON + HOUR)
    state.apply(again, now=NOON + HOUR, policy=Policy(max_entries=3))
    left = [json.loads(line)["id"] for line in state.lines("old")]
    assert left == ["old:c", "old:e", "old:d"]


def test_a_source_that_fails_after_it_was_retired_is_seen_to_fail(
    state: State, layout: Layout, tmp_path: Path
) -> None:
    retirement = state.retire("old", now=NOON)
    failed = crawled(tmp_path, [], source="old", at=NOON + HOUR, outcome=Outcome.HTTP)
    state.record_failure(attrs.evolve(failed, told="why"))
    publish(state, layout, now=NOON + HOUR)
    assert [(one.source, one.outcome) for one in state.statuses()] == [
        ("old", Outcome.HTTP),
        ("site", Outcome.OK),
    ]
    assert not layout.folder("old").exists()
    assert layout.retired(retirement.place).is_dir()
    assert ids(layout) == ["site:f", "site:e", "site:d"]


def test_an_entry_that_another_source_lists_stays(
    layout: Layout, state: State, tmp_path: Path
) -> None:
    both = listed(tmp_path, "c", source="old")
    state.apply(attrs.evolve(both, source="third"), now=NOON + HOUR, policy=POLICY)
    publish(state, layout, now=NOON + HOUR)
    assert ids(layout).count("old:c") == 1
    state.retire("old", now=NOON + HOUR)
    publish(state, layout, now=NOON + HOUR)
    assert ids(layout) == ["site:f", "site:e", "site:d", "old:c"]
    lines = parsed(max(layout.changes(None).iterdir()).read_bytes())
    assert [(one["change"], one["id"]) for one in lines] == [
        ("updated", "old:c"),
        ("archived", "old:b"),
        ("archived", "old:a"),
    ]


def test_the_last_source_may_retire(layout: Layout, tmp_path: Path) -> None:
    with State(layout.state) as state:
        state.apply(listed(tmp_path, "a"), now=NOON, policy=POLICY)
        publish(state, layout, now=NOON)
        state.retire("site", now=NOON)
        publish(state, layout, now=NOON)
    assert ids(layout) == []
    assert told(layout)["sources"] == {}
