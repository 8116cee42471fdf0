"""The state: what a run changes, what it remembers, and what cannot be opened."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from normalize.model import TranslatedText, TranslationStatus
from scraper.outcome import Outcome
from scraper.runs import database, migrations
from scraper.runs.faults import (
    RunFilesError,
    StateBusy,
    StateDamaged,
    StateError,
    StateTooNew,
)
from scraper.runs.model import Page, Policy
from scraper.runs.state import State
from tests.runs_state import NOON, PAGE, crawled, listed, record, visit

SMALL = ("sources", "retirements")
POLICY = Policy()
HOUR = timedelta(hours=1)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


def ids(state: State, source: str | None = "site") -> list[str]:
    return [json.loads(line)["id"].partition(":")[2] for line in state.lines(source)]


def changes(state: State, source: str | None = "site") -> list[dict[str, object]]:
    """The change lines of the last generation."""
    last = state.publication.pending(source)[-1].number
    return [json.loads(line) for line in state.publication.change_lines(source, last)]


def test_new_entries_come_last_in_the_order_of_their_listing(state: State, tmp_path: Path) -> None:
    first = state.apply(listed(tmp_path, "c", "b", "a"), now=NOON, policy=POLICY)
    second = state.apply(listed(tmp_path, "e", "d", "c"), now=NOON, policy=POLICY)
    assert first.added == ("site:c", "site:b", "site:a")
    assert (second.added, second.unchanged) == (("site:e", "site:d"), 1)
    assert ids(state) == ["c", "b", "a", "e", "d"]
    newest = [one["id"] for one in state.newest("site", 3)]
    assert newest == ["site:e", "site:d", "site:c"]


def test_pages_order_the_feed_however_they_were_crawled(state: State, tmp_path: Path) -> None:
    pages = [
        visit("a", "b", url="https://site.example/1", next_url="https://site.example/10"),
        visit("c", url="https://site.example/10"),
    ]
    records = [
        record("c", page=pages[1].url),
        record("b", page=pages[0].url, position=2),
        record("a", page=pages[0].url),
    ]
    state.apply(crawled(tmp_path, records, pages[::-1]), now=NOON, policy=POLICY)
    assert ids(state) == ["a", "b", "c"]


def test_an_unchanged_run_changes_nothing_but_last_seen(state: State, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "a", "b"), now=NOON, policy=POLICY)
    before = list(state.lines("site"))
    later = NOON + HOUR
    records = [record("a", "Title of a", at=later), record("b", "Title of b", at=later)]
    delta = state.apply(crawled(tmp_path, records, at=later), now=later, policy=POLICY)
    assert not delta.changed
    assert (delta.unchanged, delta.generation) == (2, 0)
    assert list(state.lines("site")) == before
    (status,) = state.statuses()
    assert (status.last_seen, status.generation) == ("2026-11-21T13:00:00Z", 1)
    assert status.last_new_entry == "2026-11-21T12:00:00Z"


def test_changed_content_updates_the_line_in_its_place(state: State, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "a", "b"), now=NOON, policy=POLICY)
    later = NOON + HOUR
    records = [record("a", "New title", at=later), record("b", "Title of b", position=2)]
    delta = state.apply(crawled(tmp_path, records), now=later, policy=POLICY)
    assert delta.updated == ("site:a",)
    first, _ = map(json.loads, state.lines("site"))
    assert first["title"] == "New title"
    assert first["first_seen"] == "2026-11-21T12:00:00Z"
    assert first["last_seen"] == "2026-11-21T13:00:00Z"
    (change,) = changes(state)
    assert (change["change"], change["revision"]) == ("updated", 2)
    assert (change["changed"], change["returned"]) == (["title"], False)
    assert change["record"] == first


@pytest.mark.parametrize(
    ("then", "kind"),
    [
        ({"en": TranslatedText(title="Title", status=TranslationStatus.OK)}, "updated"),
        ({"en": TranslatedText(title="Titl", status=TranslationStatus.SUSPECT)}, "updated"),
        ({"en": TranslatedText(title="x", status=TranslationStatus.FAILED, engine="b")}, "added"),
        ({"en": TranslatedText(status=TranslationStatus.SKIPPED)}, "added"),
        ({}, "added"),
        ({"fr": TranslatedText(title="Titre", status=TranslationStatus.OK)}, "updated"),
    ],
)
def test_only_a_better_translation_updates_unchanged_content(
    then: dict[str, TranslatedText], kind: str, state: State, tmp_path: Path
) -> None:
    failed = {"en": TranslatedText(status=TranslationStatus.FAILED, engine="a")}
    before = record("a", "العنوان", translations=failed)
    after = record("a", "العنوان", translations=then)
    state.apply(crawled(tmp_path, [before]), now=NOON, policy=POLICY)
    state.apply(crawled(tmp_path, [after]), now=NOON, policy=POLICY)
    again = state.apply(crawled(tmp_path, [before]), now=NOON, policy=POLICY)
    assert not again.changed
    (line,) = map(json.loads, state.lines("site"))
    told = changes(state)[0]
    assert (told["change"], told["revision"]) == (kind, 1)
    if kind == "updated":
        assert line["translations"].keys() == {"en", *then}
        assert told["changed"] == ["translations"]
    else:
        assert line["translations"]["en"]["engine"] == "a"


def test_entries_of_an_unchanged_page_count_as_seen(state: State, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "a", "b"), now=NOON, policy=POLICY)
    later = NOON + HOUR
    same = visit("a", "b", status=304, unchanged=True, fetched_at="2026-11-21T13:00:00Z")
    delta = state.apply(
        crawled(tmp_path, [], [same], outcome=Outcome.UNCHANGED), now=later, policy=POLICY
    )
    assert (delta.unchanged, delta.changed) == (2, False)
    assert state.statuses()[0].last_seen == "2026-11-21T13:00:00Z"
    assert state.history("site")[0].seen == 2


def test_pages_are_remembered_as_they_were_last_read(state: State, tmp_path: Path) -> None:
    read = visit("a", etag='"1"', last_modified="yesterday", next_url="https://site.example/2")
    state.apply(crawled(tmp_path, [record("a")], [read]), now=NOON, policy=POLICY)
    same = attrs.evolve(read, status=304, unchanged=True, etag=None)
    state.apply(crawled(tmp_path, [], [same]), now=NOON, policy=POLICY)
    assert state.page("site", PAGE) == Page(
        url=PAGE,
        fetched_at="2026-11-21T12:00:00Z",
        etag='"1"',
        last_modified="yesterday",
        next_url="https://site.example/2",
        entry_ids=("site:a",),
    )
    assert state.page("other", PAGE) is None
    state.forget_pages("site")
    assert state.page("site", PAGE) is None


def test_a_failed_run_leaves_history_and_nothing_else(state: State, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "a"), now=NOON, policy=POLICY)
    failed = listed(tmp_path, "a", "b", outcome=Outcome.BOUNDS, titles={"a": "x"})
    state.record_failure(failed, warnings=("odd",))
    assert ids(state) == ["a"]
    assert state.known("site", ["site:a", "site:b"]).keys() == {"site:a"}
    assert [row.outcome for row in state.history("site")] == [Outcome.BOUNDS, Outcome.OK]
    assert [row.outcome for row in state.last_good("site")] == [Outcome.OK]
    assert state.history("site")[0].warnings == ("odd",)
    with pytest.raises(ValueError, match="bounds"):
        state.apply(failed, now=NOON, policy=POLICY)


def test_a_status_tells_since_when_and_how_stale(state: State, tmp_path: Path) -> None:
    ends = [
        Outcome.OK,
        Outcome.UNCHANGED,
        Outcome.HTTP,
        Outcome.BLOCKED,
        Outcome.BLOCKED,
    ]
    for hour, outcome in enumerate(ends):
        result = listed(tmp_path, "a", at=NOON + hour * HOUR, outcome=outcome)
        if outcome.publishes:
            state.apply(result, now=NOON, policy=POLICY)
        else:
            state.record_failure(result)
    (status,) = state.statuses()
    assert (status.outcome, status.since) == (Outcome.BLOCKED, "2026-11-21T15:00:00Z")
    assert (status.checked, status.stale_since) == ("2026-11-21T16:00:00Z", "2026-11-21T14:00:00Z")
    assert status.last_good == "2026-11-21T13:00:00Z"
    state.apply(listed(tmp_path, "a", at=NOON + 9 * HOUR), now=NOON, policy=POLICY)
    (status,) = state.statuses()
    assert (status.since, status.stale_since) == ("2026-11-21T21:00:00Z", None)
    assert state.history("site", limit=2)[1].outcome is Outcome.BLOCKED


def test_a_source_that_never_went_well_is_stale_from_its_first_run(
    state: State, tmp_path: Path
) -> None:
    for hour in range(2):
        at = NOON + hour * HOUR
        state.record_failure(listed(tmp_path, at=at, outcome=Outcome.HTTP))
    (status,) = state.statuses()
    assert (status.last_good, status.stale_since) == (None, "2026-11-21T12:00:00Z")
    assert (status.count, status.last_new_entry, status.last_seen) == (0, None, None)
    assert state.publication.sources() == []


def test_a_clock_that_is_set_back_harms_nothing(state: State, tmp_path: Path) -> None:
    past = datetime(2001, 1, 1, tzinfo=UTC)
    state.apply(listed(tmp_path, "a"), now=NOON, policy=POLICY)
    records = [record("a", "New", at=past), record("b", at=past, position=2)]
    state.apply(crawled(tmp_path, records, at=past), now=past, policy=POLICY)
    first, second = map(json.loads, state.lines("site"))
    assert (first["first_seen"], first["last_seen"]) == ("2026-11-21T12:00:00Z",) * 2
    assert (second["first_seen"], second["last_seen"]) == ("2001-01-01T00:00:00Z",) * 2
    assert ids(state) == ["a", "b"]
    times = [generation.at for generation in state.publication.pending(None)]
    assert times == ["2026-11-21T12:00:00.000000Z", "2026-11-21T12:00:00.000001Z"]


def test_a_run_is_applied_once(state: State, tmp_path: Path) -> None:
    result = listed(tmp_path, "a")
    state.apply(result, now=NOON, policy=POLICY)
    with pytest.raises(StateError, match="already"):
        state.apply(result, now=NOON, policy=POLICY)
    assert len(state.history("site")) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("records.jsonl", '{"id": "site:b"'), ("records.jsonl", "[]\n"), ("pages.jsonl", "{}\n")],
)
def test_a_torn_run_directory_changes_nothing(
    name: str, content: str, state: State, tmp_path: Path
) -> None:
    result = listed(tmp_path, "a")
    with (result.directory / name).open("a", encoding="utf-8") as file:
        file.write(content)
    with pytest.raises(RunFilesError, match=name):
        state.apply(result, now=NOON, policy=POLICY)
    assert ids(state) == []
    assert state.history("site") == []


def test_two_sources_with_one_entry_give_it_once_to_all(state: State, tmp_path: Path) -> None:
    for source, title in (("x", "As x has it"), ("y", "As y has it")):
        shared = crawled(tmp_path, [record("a", title)], source=source)
        state.apply(shared, now=NOON, policy=POLICY)
    titles = [json.loads(line)["title"] for line in state.lines(None)]
    assert titles == ["As x has it"]
    assert changes(state, None) == []
    gone = Policy(max_entries=1)
    state.apply(crawled(tmp_path, [record("b")], source="x"), now=NOON, policy=gone)
    titles = [json.loads(line)["title"] for line in state.lines(None)]
    assert titles == ["As y has it", "A title"]
    told = [(change["change"], change["id"]) for change in changes(state, None)]
    assert told == [("added", "site:b"), ("updated", "site:a")]
    assert changes(state, None)[1]["changed"] == ["title"]
    assert [change["change"] for change in changes(state, "x")] == ["added", "archived"]


def test_what_leaves_a_later_source_never_stood_in_the_combined_feed(
    state: State, tmp_path: Path
) -> None:
    for source in ("x", "y"):
        shared = crawled(tmp_path, [record("a")], source=source)
        state.apply(shared, now=NOON, policy=POLICY)
    new = crawled(tmp_path, [record("b")], source="y")
    state.apply(new, now=NOON, policy=Policy(max_entries=1))
    assert ids(state, None) == ["a", "b"]
    assert [change["id"] for change in changes(state, None)] == ["site:b"]
    last = state.publication.pending(None)[-1].number
    assert state.publication.leaving("y", last) == ["2026-11"]
    assert state.publication.leaving(None, last) == []


def test_a_reader_sees_the_state_of_one_moment_while_another_writes(
    state: State, tmp_path: Path
) -> None:
    state.apply(listed(tmp_path, "a"), now=NOON, policy=POLICY)
    with State(state.path, read_only=True) as reader:
        with reader.reading():
            assert ids(reader) == ["a"]
            state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=POLICY)
            assert ids(reader) == ["a"]
        assert ids(reader) == ["a", "b"]
        with pytest.raises(StateError, match="readonly"):
            reader.forget_pages("site")


def test_writers_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    State(path).close()

    def work(source: str) -> None:
        with State(path) as own:
            for number in range(5):
                entry = f"{number}"
                own.apply(listed(tmp_path, entry, source=source), now=NOON, policy=POLICY)

    threads = [threading.Thread(target=work, args=(f"s{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with State(path) as state:
        assert {status.source: status.count for status in state.statuses()} == {
            "s0": 5,
            "s1": 5,
            "s2": 5,
            "s3": 5,
        }
        assert len(ids(state, None)) == 20


def test_several_may_begin_one_state(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.sqlite"
        together = threading.Barrier(6)

        def begin(path: Path = path, together: threading.Barrier = together) -> int:
            together.wait()
            with State(path) as own:
                return len(own.statuses())

        with ThreadPoolExecutor(6) as pool:
            assert [one.result() for one in [pool.submit(begin) for _ in range(6)]] == [0] * 6


def test_one_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    path = tmp_path / "state.sqlite"
    with (
        State(path) as state,
        database.writing(state._db, path),
        State(path) as other,
        pytest.raises(StateBusy, match="locked by another process"),
    ):
        other.forget_pages("site")


def test_a_missing_state_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="nothing has been refreshed"):
        State(tmp_path / "state.sqlite", read_only=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"not a database at all\n" * 100, b"SQLite format 3\0" * 300])
def test_a_damaged_state_says_what_to_do(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(content)
    with pytest.raises(StateDamaged, match=r"recover.*move it away"):
        State(path)
    assert path.read_bytes() == content


def test_damage_inside_is_told_as_well(state: State, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, *map(str, range(400))), now=NOON, policy=POLICY)
    state.close()
    content = bytearray(state.path.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xff" * len(content[half:])
    state.path.write_bytes(content)
    with State(state.path) as broken, pytest.raises(StateDamaged, match="damaged"):
        list(broken.lines("site"))


def test_a_newer_state_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    State(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateTooNew, match="version 99, this program knows up to"):
        State(path)


def test_a_full_disk_undoes_the_whole_run(state: State, tmp_path: Path) -> None:
    state.apply(listed(tmp_path, "a"), now=NOON, policy=POLICY)
    (pages,) = state._db.execute("PRAGMA page_count").fetchone()
    state._db.execute(f"PRAGMA max_page_count = {pages}")
    many = listed(tmp_path, *map(str, range(500)))
    with pytest.raises(StateError, match="full"):
        state.apply(many, now=NOON, policy=POLICY)
    assert ids(state) == ["a"]
    state._db.execute("PRAGMA max_page_count = 100000")
    assert len(state.apply(many, now=NOON, policy=POLICY).added) == 500


def test_statements_on_large_tables_use_indexes(state: State, tmp_path: Path) -> None:
    seen: list[str] = []
    state._db.set_trace_callback(seen.append)
    policy = Policy(max_entries=2, max_age_days=1, removed_after=1)
    state.apply(listed(tmp_path, "c", "b", "a"), now=NOON, policy=policy)
    state.apply(listed(tmp_path, "d", "c", "a"), now=NOON + 48 * HOUR, policy=policy)
    state.known("site", ["site:a"])
    list(state.lines("site"))
    state.newest("site", 3)
    state.newest(None, 3)
    state.statuses()
    state._db.set_trace_callback(None)
    plans = {
        (statement, step[3])
        for statement in seen
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE"))
        for step in state._db.execute(f"EXPLAIN QUERY PLAN {statement}")
    }
    assert len(plans) > 20
    scans = {
        (statement, step)
        for statement, step in plans
        if step.startswith("SCAN")
        and " USING " not in step
        and not any(t in statement for t in SMALL)
    }
    sorts = {(statement, step) for statement, step in plans if "TEMP B-TREE" in step}
    assert (scans, sorts) == (set(), set())


def test_steps_of_a_newer_program_keep_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.sqlite"
    with State(path) as state:
        state.apply(listed(tmp_path, "a"), now=NOON, policy=POLICY)
    first = len(migrations.STEPS)

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE more (x)")
        raise sqlite3.OperationalError("no space")

    steps = [*migrations.STEPS, lambda db: db.execute("ALTER TABLE pages ADD COLUMN more TEXT")]
    monkeypatch.setattr(database, "STEPS", [*steps, fails])
    with pytest.raises(StateError, match="no space"):
        State(path)
    monkeypatch.setattr(database, "STEPS", steps)
    with pytest.raises(StateError, match="brings it up to date"):
        State(path, read_only=True)
    with State(path) as state:
        assert ids(state) == ["a"]
        assert state._db.execute("PRAGMA user_version").fetchone() == (first + 1,)
        assert state._db.execute("SELECT more FROM pages").fetchall() == [(None,)]
        assert (
            state._db.execute("SELECT name FROM sqlite_master WHERE name = 'more'").fetchall() == []
        )


def schema(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    ).fetchall()
    return found


def test_a_state_of_version_1_is_brought_up_to_date(state: State, tmp_path: Path) -> None:
    """``state_version_1.sql`` is a dump of a state as version 1 wrote it; it never changes."""
    dump = Path(__file__).parent / "data" / "state_version_1.sql"
    path = tmp_path / "old.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    with State(path) as old:
        assert schema(old._db) == schema(state._db)
        newest = state._db.execute("PRAGMA user_version").fetchone()
        assert old._db.execute("PRAGMA user_version").fetchone() == newest
        assert ids(old) == ["c", "b"]
        assert json.loads(next(old.lines("site")))["title"] == "عنوان"
        assert [status.outcome.value for status in old.statuses()] == ["http", "ok"]
        delta = old.apply(listed(tmp_path, "d", "c", at=NOON + HOUR), now=NOON, policy=POLICY)
        assert (delta.added, delta.updated) == (("site:d",), ("site:c",))
        assert ids(old) == ["c", "b", "d"]
