"""What leaves a feed: taken down by the site, on evidence; grown old or too many, by policy."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.runs.files import append_members
from scraper.runs.layout import Layout
from scraper.runs.model import PageVisit, Policy
from scraper.runs.publish import publish
from scraper.runs.sightings import Place, chains, listings
from scraper.runs.state import State
from tests.runs_state import NOON, crawled, listed, record, visit

THREE = Policy(removed_after=3)
ONE = Policy(removed_after=1)
SECOND_PAGE = "https://site.example/list?page=2"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(root=tmp_path / "out")
    made.make()
    return made


@pytest.fixture
def state(layout: Layout) -> Iterator[State]:
    with State(layout.state) as opened:
        yield opened


def ids(state: State) -> list[str]:
    return [json.loads(line)["id"].partition(":")[2] for line in state.lines("site")]


def removed(state: State, root: Path, lists: Sequence[str], policy: Policy = THREE) -> list[str]:
    """What each of the runs that find these lists takes out; an entry is a letter."""
    deltas = [state.apply(listed(root, *one), now=NOON, policy=policy) for one in lists]
    return ["".join(entry[-1] for entry in delta.removed) for delta in deltas]


@pytest.mark.parametrize(
    ("lists", "taken"),
    [
        # Missing from between its neighbours, three times.
        (["edcba", "edba", "edba", "edba", "edba"], ["", "", "", "c", ""]),
        # Pushed off the page by newer ones.
        (["edcba", "gfedc", "ihgfe", "kjihg", "mlkji"], ["", "", "", "", ""]),
        # Pushed off, and the page emptied below.
        (["edcba", "edcb", "edc", "ed", "e"], ["", "", "", "", ""]),
        # Seen again in between: counted anew.
        (["cba", "ca", "ca", "cba", "ca", "ca", "ca"], ["", "", "", "", "", "", "b"]),
        # The first of the list, which nothing newer stood above.
        (["cba", "ba", "ba", "ba"], ["", "", "", "c"]),
        # The first, with newer ones come since.
        (["cba", "dba", "dba", "dba"], ["", "", "", "c"]),
        # Neighbours that are gone as well.
        (["gfedcba", "gba", "gba", "gba"], ["", "", "", "cdef"]),
        # A list that is not the same any more, or in another order, tells nothing.
        (["cba", "zyx", "zyx", "zyx"], ["", "", "", ""]),
        (["cba", "ac", "ac", "ac"], ["", "", "", ""]),
        # Missed twice, then pushed off: not enough.
        (["cba", "ca", "ca", "fed", "fed"], ["", "", "", "", ""]),
    ],
)
def test_an_entry_is_removed_on_evidence_alone(
    lists: list[str], taken: list[str], state: State, tmp_path: Path
) -> None:
    found = removed(state, tmp_path, lists)
    assert ["".join(sorted(one)) for one in found] == taken
    assert set(ids(state)) == set("".join(lists)) - set("".join(taken))


@pytest.mark.parametrize("never", [None, 0])
def test_nothing_is_removed_where_the_policy_says_so(
    never: int | None, state: State, tmp_path: Path
) -> None:
    lists = ["cba", "ca", "ca", "ca", "ca", "ca"]
    assert removed(state, tmp_path, lists, Policy(removed_after=never)) == [""] * 6


def test_an_entry_on_a_page_that_was_not_reached_is_not_missed(
    state: State, tmp_path: Path
) -> None:
    first = visit("d", "c", next_url=SECOND_PAGE)
    second = visit("b", "a", url=SECOND_PAGE)
    records = [record(one) for one in "dcba"]
    state.apply(crawled(tmp_path, records, [first, second]), now=NOON, policy=ONE)
    delta = state.apply(crawled(tmp_path, records[:2], [first]), now=NOON, policy=ONE)
    assert delta.removed == ()
    gone = visit("a", url=SECOND_PAGE)
    delta = state.apply(crawled(tmp_path, [], [first, gone]), now=NOON, policy=ONE)
    assert delta.removed == ("site:b",)


def test_a_page_that_was_not_read_is_no_evidence(state: State, tmp_path: Path) -> None:
    first = visit("e", "d", next_url=SECOND_PAGE)
    second = visit("c", "b", "a", url=SECOND_PAGE)
    records = [record(one) for one in "edcba"]
    state.apply(crawled(tmp_path, records, [first, second]), now=NOON, policy=ONE)
    stale = visit("b", "a", url=SECOND_PAGE, status=304, unchanged=True)
    delta = state.apply(crawled(tmp_path, [], [first, stale]), now=NOON, policy=ONE)
    assert delta.removed == ()


def test_an_entry_that_another_list_shows_is_not_missed(state: State, tmp_path: Path) -> None:
    news = visit("c", "b", "a", url="https://site.example/news")
    city = visit("x", "y", url="https://site.example/city")
    records = [record(one) for one in "cbaxy"]
    state.apply(crawled(tmp_path, records, [news, city]), now=NOON, policy=ONE)
    moved = [visit("c", "a", url=news.url), visit("b", "x", "y", url=city.url)]
    assert not state.apply(crawled(tmp_path, [], moved), now=NOON, policy=ONE).removed
    gone = [visit("c", "a", url=news.url), visit("x", "y", url=city.url)]
    delta = state.apply(crawled(tmp_path, [], gone), now=NOON, policy=ONE)
    assert delta.removed == ("site:b",)


def test_what_was_removed_and_returns_is_added_again(state: State, tmp_path: Path) -> None:
    removed(state, tmp_path, ["cba", "ca"], ONE)
    later = NOON + timedelta(hours=1)
    back = crawled(tmp_path, [record("b", "Title of b", at=later)])
    delta = state.apply(back, now=later, policy=ONE)
    assert delta.added == ("site:b",)
    assert ids(state) == ["c", "a", "b"]
    last = state.publication.pending("site")[-1].number
    (change,) = map(json.loads, state.publication.change_lines("site", last))
    assert (change["change"], change["returned"], change["revision"]) == ("added", True, 1)
    assert change["record"]["first_seen"] == "2026-11-21T12:00:00Z"
    assert change["record"]["last_seen"] == "2026-11-21T13:00:00Z"


def test_the_newest_stay_where_there_are_too_many(state: State, tmp_path: Path) -> None:
    policy = Policy(max_entries=3)
    delta = state.apply(listed(tmp_path, *"edcba"), now=NOON, policy=policy)
    assert (ids(state), delta.archived) == (["e", "d", "c"], ("site:a", "site:b"))
    delta = state.apply(listed(tmp_path, *"gfedcba"), now=NOON, policy=policy)
    assert (ids(state), delta.added) == (["e", "g", "f"], ("site:g", "site:f"))
    assert delta.archived == ("site:c", "site:d")
    delta = state.apply(listed(tmp_path, *"gfedcba"), now=NOON, policy=policy)
    assert not delta.changed


def test_old_entries_leave_unless_they_change(state: State, tmp_path: Path) -> None:
    policy = Policy(max_age_days=10)
    state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=policy)
    fifth, later = NOON + timedelta(days=5), NOON + timedelta(days=11)
    state.apply(crawled(tmp_path, [record("a", "New", at=fifth)]), now=fifth, policy=policy)
    delta = state.apply(crawled(tmp_path, [record("c", at=later)]), now=later, policy=policy)
    assert (delta.archived, ids(state)) == (("site:b",), ["a", "c"])
    again = [record("b", "Title of b", at=later)]
    assert not state.apply(crawled(tmp_path, again), now=later, policy=policy).changed
    changed = [record("b", "Another", at=later)]
    delta = state.apply(crawled(tmp_path, changed), now=later, policy=policy)
    assert (delta.updated, ids(state)) == (("site:b",), ["a", "c", "b"])


@pytest.mark.parametrize("limits", [{"max_age_days": 1e12}, {"max_age_days": 0, "max_entries": 0}])
def test_no_limit_keeps_all(limits: dict[str, int], state: State, tmp_path: Path) -> None:
    policy = Policy(**limits)
    state.apply(listed(tmp_path, *"abc"), now=NOON, policy=policy)
    later = NOON + timedelta(days=9000)
    assert not state.apply(listed(tmp_path, "a"), now=later, policy=policy).archived


def test_what_left_is_in_the_archive_of_its_month(
    state: State, layout: Layout, tmp_path: Path
) -> None:
    policy = Policy(max_entries=1, removed_after=1)
    december = NOON + timedelta(days=20)
    state.apply(listed(tmp_path, "b", "a"), now=NOON, policy=policy)
    publish(state, layout, now=NOON)
    for source in ("site", None):
        assert [path.name for path in layout.archive(source).iterdir()] == ["2026-11.jsonl.gz"]
    new = [record("d", at=december), record("c", position=2, at=december)]
    state.apply(crawled(tmp_path, new, at=december), now=december, policy=policy)
    newer = [record("e", at=december)]
    state.apply(crawled(tmp_path, newer, at=december), now=december, policy=policy)
    publish(state, layout, now=december)
    for source in ("site", None):
        left = {
            path.name: [
                json.loads(line)["id"] for line in gzip.decompress(path.read_bytes()).splitlines()
            ]
            for path in layout.archive(source).iterdir()
        }
        assert left == {
            "2026-11.jsonl.gz": ["site:a", "site:b"],
            "2026-12.jsonl.gz": ["site:c", "site:d"],
        }


def test_an_archive_gets_each_member_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "2026-11.jsonl.gz"
    members = [[f"line {number}\n".encode()] for number in range(3)]
    append_members(path, members[:1])
    first = path.read_bytes()
    append_members(path, members[:1])
    assert path.read_bytes() == first
    append_members(path, members)
    whole = path.read_bytes()
    assert whole.startswith(first)
    append_members(path, members)
    assert path.read_bytes() == whole
    assert gzip.decompress(whole) == b"line 0\nline 1\nline 2\n"
    append_members(path, [members[0]])
    assert gzip.decompress(path.read_bytes()) == b"line 0\nline 1\nline 2\nline 0\n"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_an_archive_is_never_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "2026-11.jsonl.gz"
    noise = random.Random(20261121)  # noqa: S311  need not be secret

    def lines(count: int) -> Iterator[bytes]:
        return (noise.randbytes(2**16) + b"\n" for _ in range(count))

    append_members(path, [lines(160)])
    tracemalloc.start()
    append_members(path, [lines(160), lines(160)])
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 30 * 2**20
    assert highest < 8 * 2**20


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1),
    st.integers(1, 8),
)
def test_what_a_list_shows_leaves_no_gap(entries: list[str], cut: int) -> None:
    """However pages are cut, what they show is passed only between its own neighbours."""
    parts = [entries[start : start + cut] for start in range(0, len(entries), cut)]
    urls = [f"https://site.example/{number}" for number in range(len(parts))]
    pages = [
        visit(*part, url=url, next_url=following)
        for part, url, following in zip(parts, urls, [*urls[1:], None], strict=True)
    ]
    (whole,) = listings(pages[::-1])
    assert whole.ids == tuple(f"site:{entry}" for entry in entries)
    places = dict(whole.places())
    assert places.keys() == set(whole.ids)
    for entry, place in places.items():
        rest = [
            PageVisit(
                url=page.url,
                status=200,
                fetched_at=page.fetched_at,
                next_url=page.next_url,
                entry_ids=tuple(one for one in page.entry_ids if one != entry),
            )
            for page in pages
        ]
        (without,) = listings(rest)
        assert without.passes(place) is (entry != whole.ids[-1])


def test_pages_that_lead_to_each_other_end() -> None:
    pages = [
        visit("a", url="https://site.example/1", next_url="https://site.example/2"),
        visit("b", url="https://site.example/2", next_url="https://site.example/1"),
        visit("c", url="https://site.example/3", next_url="https://site.example/3"),
    ]
    urls = [[page.url[-1] for page in chain] for chain in chains(pages)]
    assert urls == [["3"], ["1", "2"]]
    assert not listings(pages)[0].passes(Place())
