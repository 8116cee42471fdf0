"""The index of duplicates as a store: kept from run to run, and records seen again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.near_duplicate_pairs import make_pairs
from normalize.duplicates import DuplicateIndex, IncompatibleIndex
from normalize.model import Record
from tests.duplicate_records import SUMMARY, TITLE, record


def test_a_record_seen_again_keeps_its_place() -> None:
    first, second = record("a", title=TITLE), record("b", title=TITLE)
    with DuplicateIndex() as index:
        assert index.assign(first).cluster_id == "demo:a"
        assert index.assign(first).duplicate_of is None
        index.assign(second)
        again = index.assign(attrs.evolve(second, title="A new title that nobody else has"))
        assert (again.duplicate_of, again.cluster_id) == ("demo:a", "demo:a")
        root = index.assign(first)
        assert (root.duplicate_of, root.cluster_id) == (None, "demo:a")


def test_the_state_spans_runs(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with DuplicateIndex(path) as index:
        index.assign(record("a", title=TITLE, summary=SUMMARY))
    with DuplicateIndex(path) as index:
        assert index.assign(record("b", title=TITLE)).duplicate_of == "demo:a"
        assert index.assign(record("c", summary=SUMMARY)).cluster_id == "demo:a"


def _fail_half_way(path: Path) -> None:
    with DuplicateIndex(path) as index:
        index.assign(record("a", title=TITLE))
        index.commit()
        index.assign(record("b", title="Another title that is long enough"))
        raise RuntimeError


def test_after_an_error_nothing_uncommitted_stays(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with pytest.raises(RuntimeError):
        _fail_half_way(path)
    with DuplicateIndex(path) as index:
        kept = index.assign(record("c", title=TITLE))
        lost = index.assign(record("d", title="Another title that is long enough"))
    assert kept.duplicate_of == "demo:a"
    assert lost.duplicate_of is None


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    DuplicateIndex(path).close()
    database = sqlite3.connect(path)
    with database:
        database.execute("UPDATE versions SET sketch = '0'")
    database.close()
    with pytest.raises(IncompatibleIndex, match="fingerprints 0, expected 2/"):
        DuplicateIndex(path)


def test_no_index_is_made_of_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    path.write_text('{"id": "demo:a"}\n' * 100, encoding="utf-8")
    with pytest.raises(sqlite3.DatabaseError):
        DuplicateIndex(path)


def test_copies_do_not_fill_the_bands(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with DuplicateIndex(path) as index:
        for number in range(50):
            index.assign(record(str(number), title=TITLE, summary=SUMMARY))
    database = sqlite3.connect(path)
    of_copies, of_all = (
        database.execute(f"SELECT COUNT(*) FROM keys WHERE n {where}").fetchone()[0]  # noqa: S608  constants
        for where in ("> 1", "> 0")
    )
    database.close()
    assert of_copies == 23  # the exact key of their title, until it is crowded
    assert of_copies < of_all <= of_copies + 26


def test_answers_do_not_depend_on_when_they_are_written(tmp_path: Path) -> None:
    pairs = make_pairs(seed=21, count=60)
    records = [one for pair in pairs for one in (pair.one, pair.other)]
    with DuplicateIndex(tmp_path / "late.sqlite") as index:
        late = [index.assign(one) for one in records]
    early = []
    with DuplicateIndex(tmp_path / "early.sqlite") as index:
        for one in records:
            early.append(index.assign(one))
            index.commit()
    assert early == late
    assert any(one.cluster_id != one.id for one in late)


def test_what_very_many_share_finds_no_more_of_them(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with DuplicateIndex(path) as index:
        for number in range(200):
            index.assign(record(str(number), title=TITLE, summary=SUMMARY))
        again = index.assign(record("last", title=TITLE, summary=SUMMARY))
    database = sqlite3.connect(path)
    (most,) = database.execute(
        "SELECT MAX(shared) FROM (SELECT COUNT(*) AS shared FROM keys GROUP BY key)"
    ).fetchone()
    database.close()
    assert most == 24
    assert again.duplicate_of == "demo:0"


def test_the_first_of_its_copies_stays_the_first_when_its_text_changes() -> None:
    with DuplicateIndex() as index:
        first = index.assign(record("a", title=TITLE, url="https://example.com/a"))
        copy = index.assign(record("b", title=TITLE, url="https://example.com/a"))
        changed = index.assign(record("a", title=f"{TITLE}, revised", url="https://example.com/a"))
    assert (first.duplicate_of, first.cluster_id) == (None, "demo:a")
    assert (copy.duplicate_of, copy.cluster_id) == ("demo:a", "demo:a")
    assert (changed.duplicate_of, changed.cluster_id) == (None, "demo:a")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.sampled_from([TITLE, f"{TITLE}, revised", SUMMARY[:80]]),
            st.sampled_from(["", SUMMARY, SUMMARY[60:]]),
            st.sampled_from(["https://example.com/1", "https://example.com/2"]),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_records_seen_again_and_again_have_consistent_places(
    seen: list[tuple[str, str, str, str]],
) -> None:
    places: dict[str, Record] = {}
    with DuplicateIndex() as index:
        for name, title, summary, url in seen:
            found = index.assign(record(name, title=title, summary=summary, url=url))
            assert found.id != found.duplicate_of
            assert found.duplicate_of is None or found.duplicate_of in places
            assert found.cluster_id in {found.id, *places}
            places[found.id] = found
        for found in places.values():
            again = index.assign(found)
            assert again.duplicate_of == found.duplicate_of
            head = index.assign(places[again.cluster_id or ""])
            assert head.cluster_id == head.id


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(), st.text()), min_size=2, max_size=6))
def test_no_record_is_its_own_duplicate(texts: list[tuple[str, str, str]]) -> None:
    with DuplicateIndex() as index:
        for number, (title, summary, url) in enumerate(texts):
            found = index.assign(record(str(number), title=title, summary=summary, url=url))
            assert found.id != found.duplicate_of
