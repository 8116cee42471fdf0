"""A lost state: what was published is taken up, so that no reader sees a shorter feed."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.runs.faults import StateError
from scraper.runs.layout import Layout
from scraper.runs.model import Policy
from scraper.runs.publish import publish
from scraper.runs.rebuild import open_state
from scraper.runs.state import State
from tests.runs_state import NOON, crawled, record

LATER = NOON + timedelta(hours=1)
POLICY = Policy(max_entries=4, removed_after=1)


@pytest.fixture(params=[False, True], ids=["plain", "gzip"])
def layout(tmp_path: Path, request: pytest.FixtureRequest) -> Layout:
    """Two sources with a shared entry; one was updated, some were archived, one was removed."""
    layout = Layout(root=tmp_path / "out", gzip=request.param)
    with open_state(layout, now=NOON) as state:
        for source, entries in (("y", "cba"), ("x", "dec"), ("y", "gca"), ("y", "hgfca")):
            titles = {"c": f"c of {len(entries)}"}
            records = [
                record(entry, titles.get(entry, entry), position=place)
                for place, entry in enumerate(entries, start=1)
            ]
            state.apply(crawled(tmp_path, records, source=source), now=NOON, policy=POLICY)
        publish(state, layout, now=NOON)
    return layout


@pytest.fixture
def lost(layout: Layout) -> Layout:
    for path in layout.private.glob("state.sqlite*"):
        path.unlink()
    return layout


def dumped(layout: Layout) -> dict[str, list[tuple[object, ...]]]:
    with State(layout.state, read_only=True) as state:
        return {
            query: state._db.execute(query).fetchall()
            for query in (
                "SELECT * FROM entries ORDER BY source, id",
                "SELECT source, id, line FROM feed ORDER BY source, id",
                "SELECT * FROM sources ORDER BY source",
            )
        }


def feeds(layout: Layout) -> dict[str, bytes]:
    """Feeds, changes and archives; which entries of Atom came in one run is not known any more."""
    return {
        path.relative_to(layout.root).as_posix(): path.read_bytes()
        for path in layout.root.rglob("*.jsonl*")
        if "private" not in path.parts
    }


def test_a_lost_state_is_made_again(layout: Layout) -> None:
    before, lines = dumped(layout), {}
    with State(layout.state) as state:
        for source in ("x", "y", None):
            lines[source] = list(state.lines(source))
    for path in layout.private.glob("state.sqlite*"):
        path.unlink()
    with open_state(layout, now=LATER) as state:
        for source, wanted in lines.items():
            assert list(state.lines(source)) == wanted
    assert dumped(layout) == before


def test_the_first_run_after_the_loss_goes_on(lost: Layout, tmp_path: Path) -> None:
    before = feeds(lost)
    with open_state(lost, now=LATER) as state:
        found = [record("d", "d", at=LATER), record("e", "e", position=2, at=LATER)]
        same = crawled(tmp_path, found, source="x", at=LATER)
        assert not state.apply(same, now=LATER, policy=POLICY).changed
        publish(state, lost, now=LATER)
        assert feeds(lost) == before
        new = crawled(tmp_path, [record("z", at=LATER)], source="x", at=LATER)
        state.apply(new, now=LATER, policy=POLICY)
        assert publish(state, lost, now=LATER) == ["x", None]
    manifest = json.loads(lost.manifest.read_bytes())
    assert [one["generation"] for one in manifest["sources"]["x"]["changes"]] == [2, 5]
    paths = [one["path"] for one in manifest["changes"]]
    assert paths == sorted(paths)
    assert len(paths) == 5


def test_a_loss_in_the_middle_of_making_it_again(
    lost: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("scraper.runs.rebuild._changes", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_state(lost, now=LATER)
    with open_state(lost, now=LATER) as state:
        assert len(list(state.lines("x"))) == 3


def test_a_feed_that_is_damaged_too_is_not_replaced(lost: Layout) -> None:
    feed = lost.feed("x")
    content = gzip.compress(b"{torn") if lost.gzip else b"{torn"
    feed.write_bytes(content)
    with pytest.raises(StateError, match="cannot be made again"):
        open_state(lost, now=LATER)
    assert feed.read_bytes() == content


def test_nothing_published_is_nothing_to_take_up(tmp_path: Path) -> None:
    with open_state(Layout(root=tmp_path / "out"), now=NOON) as state:
        assert state.statuses() == []
        assert list(state.lines(None)) == []
