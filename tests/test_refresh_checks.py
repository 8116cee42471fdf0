"""What a run must show before it is published, given the good runs before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from scraper.outcome import Outcome
from scraper.runs.checks import Findings, Verdict, check, examine, quiet_warning
from scraper.runs.model import CrawlResult, PageVisit, RunRow
from scraper.runs.plan import SourcePlan
from scraper.runs.since import is_older, leave_out_older

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
URL = "https://site.example/list"
FULL = {"title": 1.0, "summary": 1.0, "authors": 0.9, "published": 1.0, "url": 1.0}
GOOD = Findings(
    records=20,
    fill={**FULL, "tags": 0.0, "topics": 0.0, "image": 0.4},
    und=0.0,
    suspect=0.0,
    with_issues=0.1,
)
ROW = RunRow(
    source="a",
    run_id="1",
    started="2026-11-20T06:00:00Z",
    finished="2026-11-20T06:01:00Z",
    outcome=Outcome.OK,
    seen=20,
    records=20,
    fill=GOOD.fill,
    with_issues=0.1,
)


def page(count: int, url: str = URL, *, unchanged: bool = False) -> PageVisit:
    return PageVisit(
        url=url,
        status=304 if unchanged else 200,
        fetched_at="2026-11-21T06:00:00Z",
        entry_ids=tuple(f"a:{url}{n}" for n in range(count)),
        unchanged=unchanged,
    )


def verdict(  # noqa: PLR0913  what a run is made of
    folder: Path,
    *pages: PageVisit,
    findings: Findings = GOOD,
    plan: SourcePlan | None = None,
    history: Sequence[RunRow] = (ROW, ROW, ROW),
    outcome: Outcome = Outcome.OK,
    usual: int | None = 20,
    stats: dict[str, Any] | None = None,
) -> Verdict:
    lines = "".join(one.to_json() for one in pages or (page(20),))
    (folder / "pages.jsonl").write_text(lines, encoding="utf-8")
    result = CrawlResult(
        source="a",
        run_id="2",
        started=NOW,
        finished=NOW,
        outcome=outcome,
        told="as the crawl told" if outcome is not Outcome.OK else "",
        stats=stats or {},
        directory=folder,
    )
    known = {URL: None if usual is None else page(usual).entry_ids}
    return check(
        result, findings, plan=plan or SourcePlan(name="a"), history=history, known=known.get
    )


def test_a_run_like_those_before_it_passes(tmp_path: Path) -> None:
    assert verdict(tmp_path) == Verdict(outcome=Outcome.OK, told="")


def test_a_crawl_that_failed_keeps_its_outcome(tmp_path: Path) -> None:
    found = verdict(tmp_path, page(1), outcome=Outcome.BLOCKED)
    assert found == Verdict(outcome=Outcome.BLOCKED, told="as the crawl told")


@pytest.mark.parametrize(
    ("count", "usual", "expected"),
    [
        (10, 20, Outcome.BOUNDS),
        (11, 20, Outcome.OK),
        (0, 20, Outcome.BOUNDS),
        (1, 4, Outcome.OK),  # so few entries say nothing
        (2, None, Outcome.OK),  # a page that is new
    ],
)
def test_half_the_usual_list_is_withheld(
    tmp_path: Path, count: int, usual: int | None, expected: Outcome
) -> None:
    assert verdict(tmp_path, page(count), usual=usual).outcome is expected


def test_the_reason_names_both_numbers(tmp_path: Path) -> None:
    told = verdict(tmp_path, page(10)).told
    assert told == "10 entries on pages that had 20 at the last good run"


def test_fewer_pages_are_no_shorter_list(tmp_path: Path) -> None:
    # The list is read only as far as it holds something new.
    history = [attrs.evolve(ROW, seen=200)] * 3
    assert verdict(tmp_path, page(20), history=history).outcome is Outcome.OK


def test_pages_that_are_unchanged_or_new_do_not_count(tmp_path: Path) -> None:
    pages = (page(20, unchanged=True), page(2, url="https://site.example/day/2"))
    assert verdict(tmp_path, *pages).outcome is Outcome.OK


def test_the_first_entries_of_a_new_day_are_no_shorter_list(tmp_path: Path) -> None:
    today = attrs.evolve(page(0), entry_ids=("a:new1", "a:new2", f"a:{URL}1"))
    assert verdict(tmp_path, today).outcome is Outcome.OK
    half = attrs.evolve(page(0), entry_ids=("a:new1", f"a:{URL}1"))
    assert verdict(tmp_path, half).outcome is Outcome.BOUNDS


def test_the_share_is_the_sources_own(tmp_path: Path) -> None:
    for share, expected in ((0.0, Outcome.OK), (0.2, Outcome.OK), (0.3, Outcome.BOUNDS)):
        plan = SourcePlan(name="a", min_share=share)
        assert verdict(tmp_path, page(5), plan=plan).outcome is expected


def test_a_share_of_none_compares_nothing(tmp_path: Path) -> None:
    plan = SourcePlan(name="a", min_share=0)
    assert verdict(tmp_path, page(0), plan=plan).outcome is Outcome.OK


def test_declared_bounds(tmp_path: Path) -> None:
    assert verdict(tmp_path, plan=SourcePlan(name="a", min_entries=20)).outcome is Outcome.OK
    withheld = verdict(tmp_path, plan=SourcePlan(name="a", min_entries=21))
    assert withheld == Verdict(
        outcome=Outcome.BOUNDS,
        told="20 entries on the pages read, fewer than the minimum of 21",
    )
    much = verdict(tmp_path, plan=SourcePlan(name="a", max_entries=19))
    assert much.outcome is Outcome.OK
    assert much.warnings == ("20 entries on the pages read, more than the maximum of 19",)


def test_a_list_that_may_be_empty_has_no_minimum(tmp_path: Path) -> None:
    plan = SourcePlan(name="a", min_entries=5)
    stats = {"source/allow_empty": True}
    found = verdict(tmp_path, page(0), plan=plan, usual=None, stats=stats)
    assert found.outcome is Outcome.OK


def test_a_run_that_stops_at_what_is_known_need_not_reach_the_minimum(tmp_path: Path) -> None:
    plan = SourcePlan(name="a", min_entries=40)
    stats = {"pages/stopped_at_known": 1}
    assert verdict(tmp_path, plan=plan, stats=stats).outcome is Outcome.OK
    assert verdict(tmp_path, plan=plan).outcome is Outcome.BOUNDS


def test_remembered_entries_count_for_the_minimum(tmp_path: Path) -> None:
    plan = SourcePlan(name="a", min_entries=20)
    assert verdict(tmp_path, page(20, unchanged=True), plan=plan).outcome is Outcome.OK


def test_a_field_that_has_gone_is_a_changed_layout(tmp_path: Path) -> None:
    findings = attrs.evolve(GOOD, fill={**GOOD.fill, "summary": 0.1})
    found = verdict(tmp_path, findings=findings)
    assert found.outcome is Outcome.LAYOUT
    assert found.told == "summary in 10% of records, usually in 100%"


def test_a_field_that_is_rarer_warns(tmp_path: Path) -> None:
    findings = attrs.evolve(GOOD, fill={**GOOD.fill, "authors": 0.5, "image": 0.0})
    found = verdict(tmp_path, findings=findings)
    assert found.outcome is Outcome.OK
    assert found.warnings == (
        "authors in 50% of records, usually in 90%",
        "image in 0% of records, usually in 40%",
    )


def test_one_odd_run_does_not_change_what_is_usual(tmp_path: Path) -> None:
    odd = attrs.evolve(ROW, fill={**GOOD.fill, "summary": 0.0})
    findings = attrs.evolve(GOOD, fill={**GOOD.fill, "summary": 0.0})
    found = verdict(tmp_path, findings=findings, history=[odd, ROW, ROW])
    assert found.outcome is Outcome.LAYOUT


def test_a_handful_of_records_says_nothing_of_fields(tmp_path: Path) -> None:
    findings = Findings(
        records=4, fill=dict.fromkeys(GOOD.fill, 0.0), und=1, suspect=1, with_issues=1
    )
    found = verdict(tmp_path, page(4), findings=findings, usual=None)
    assert found == Verdict(outcome=Outcome.OK, told="")
    few = [attrs.evolve(ROW, records=4)] * 3
    empty = attrs.evolve(GOOD, fill=dict.fromkeys(GOOD.fill, 0.0))
    assert verdict(tmp_path, findings=empty, history=few).outcome is Outcome.OK


def test_shares_that_rise_warn(tmp_path: Path) -> None:
    findings = attrs.evolve(GOOD, und=0.5, suspect=0.25, with_issues=0.9)
    assert verdict(tmp_path, findings=findings).warnings == (
        "50% of records have no known language, usually 0%",
        "90% of records have issues, usually 10%",
    )


def test_what_records_hold_is_counted() -> None:
    records = [
        {"title": "أول", "language": "ar", "authors": ["س"], "issues": ["x"], "summary": ""},
        {"title": None, "language": "und", "authors": [], "issues": []},
        {
            "title": "b",
            "language": "en",
            "translations": {"en": {"status": "ok"}, "fr": {"status": "suspect"}},
        },
        {"title": "c", "language": "en", "translations": {"fr": {"status": "failed"}}},
    ]
    found = examine(json.dumps(record).encode() for record in records)
    assert found.records == 4
    assert (found.fill["title"], found.fill["authors"], found.fill["summary"]) == (0.75, 0.25, 0)
    assert (found.und, found.suspect, found.with_issues) == (0.25, 0.25, 0.25)


def test_no_records_are_no_zero_shares() -> None:
    assert examine([]) == Findings(records=0, fill={}, und=0, suspect=0, with_issues=0)


def test_a_source_that_is_quiet_for_long() -> None:
    plan = SourcePlan(name="a", max_quiet_days=7)
    assert quiet_warning(NOW - timedelta(days=7), plan=plan, now=NOW) is None
    told = quiet_warning(NOW - timedelta(days=9, hours=3), plan=plan, now=NOW)
    assert told == "no new entry for 9 days"
    assert quiet_warning(None, plan=plan, now=NOW) is None
    never = SourcePlan(name="a", max_quiet_days=0)
    assert quiet_warning(NOW - timedelta(days=999), plan=never, now=NOW) is None
    # The clock was set back.
    assert quiet_warning(NOW + timedelta(days=99), plan=plan, now=NOW) is None


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2026-05-08", True),
        ("2026-05-09", False),
        ("2026-05-09T00:00:00Z", False),
        ("2026-05-08T23:59:59Z", True),
        ("2026-05", False),  # may lie after it
        ("2026-04", True),
        ("2025", True),
        ("2026", False),
        (None, False),
    ],
)
def test_older_than_a_day(published: str | None, *, expected: bool) -> None:
    assert is_older(published, "2026-05-09") is expected


def test_what_is_older_is_left_out_and_told(tmp_path: Path) -> None:
    records = [
        {"id": "a:1", "published": "2026-05-01"},
        {"id": "a:2", "published": "2026-05-01"},
        {"id": "a:3", "published": "2026-05-10"},
    ]
    lines = [json.dumps(record) + "\n" for record in records]
    (tmp_path / "records.jsonl").write_text("".join(lines), encoding="utf-8")
    left = leave_out_older(tmp_path, "2026-05-09", is_known=lambda entry: entry == "a:2")
    assert left == 1
    assert (tmp_path / "records.jsonl").read_text(encoding="utf-8") == lines[1] + lines[2]
    (reject,) = (tmp_path / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(reject) == {
        "reason": "before_since",
        "id": "a:1",
        "detail": "published 2026-05-01, before 2026-05-09",
    }
