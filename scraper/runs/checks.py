"""Checks before publishing: is this run what the good runs before it let one expect?"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from scraper.outcome import Outcome
from scraper.runs.model import CrawlResult, PageVisit, RunRow
from scraper.runs.plan import SourcePlan

FIELDS = ("title", "summary", "authors", "published", "url", "tags", "topics", "image")
"""Fields whose fill rate is watched."""

FEWEST = 5
"""Records from which shares say something."""

USUAL_RUNS = 10
"""Good runs that tell what is usual."""

ACCEPTED = "accepted as it is"
"""How the warning begins of a run that was published because somebody asked for it."""

_FULL = 0.8
_GONE = 0.2
_FALL = 0.3
_SHARES = {"und": "no known language", "suspect": "a suspect translation"}


@attrs.frozen(kw_only=True)
class Findings:
    """What the records of all entries are like that a run saw, read again or not."""

    records: int
    fill: Mapping[str, float]
    """Share of records in which a field holds something, by field."""

    und: float
    """Share of records whose language is unknown."""

    suspect: float
    """Share of records with a translation that may be wrong."""

    with_issues: float
    """Share of records that have issues."""


@attrs.frozen(kw_only=True)
class Verdict:
    """What the checks make of a run."""

    outcome: Outcome
    told: str
    warnings: tuple[str, ...] = ()


Known = Callable[[str], Collection[str] | None]
"""Ids of the entries that a page, by its address, had when it was last read well."""


def examine(lines: Iterable[bytes]) -> Findings:
    """Count what records hold, one at a time."""
    filled: Counter[str] = Counter()
    shares: Counter[str] = Counter()
    count = 0
    for record in _records(lines):
        count += 1
        filled.update(name for name in FIELDS if record.get(name))
        shares["und"] += record.get("language") == "und"
        shares["issues"] += bool(record.get("issues"))
        translations = record.get("translations", {}).values()
        shares["suspect"] += any(text["status"] == "suspect" for text in translations)
    whole = count or 1
    return Findings(
        records=count,
        fill={name: round(filled[name] / whole, 4) for name in FIELDS} if count else {},
        und=round(shares["und"] / whole, 4),
        suspect=round(shares["suspect"] / whole, 4),
        with_issues=round(shares["issues"] / whole, 4),
    )


def check(
    result: CrawlResult,
    findings: Findings,
    *,
    plan: SourcePlan,
    history: Sequence[RunRow],
    known: Known,
) -> Verdict:
    """Judge a crawl that ended well by what came before it; any other keeps its outcome.

    Args:
        result: of the crawl.
        findings: of the entries on its pages.
        plan: of the source.
        history: its last good runs.
        known: of its pages.
    """
    if not result.outcome.publishes:
        return Verdict(outcome=result.outcome, told=result.told)
    pages = result.pages()
    withheld = (
        _too_few(pages, plan.min_entries, result)
        or _shrunk(pages, known, plan.min_share)
        or _emptied(findings, history)
    )
    if withheld is not None:
        return withheld
    warnings = [*_too_many(pages, plan.max_entries), *_fallen(findings, history)]
    return Verdict(
        outcome=result.outcome,
        told=result.told,
        warnings=(*warnings, *_risen(findings, history)),
    )


def quiet_warning(last_new: datetime | None, *, plan: SourcePlan, now: datetime) -> str | None:
    """Say that a source has had nothing new for longer than it should."""
    if last_new is None or not plan.max_quiet_days:
        return None
    quiet = now - last_new
    if quiet <= timedelta(days=plan.max_quiet_days):
        return None
    return f"no new entry for {quiet.days} days"


def _too_few(
    pages: Sequence[PageVisit], minimum: int | None, result: CrawlResult
) -> Verdict | None:
    seen = seen_entries(pages)
    # Where all was known already, further pages were not read.
    need_not = result.stats.get("source/allow_empty") or result.stats.get("pages/stopped_at_known")
    if minimum is None or seen >= minimum or need_not:
        return None
    told = f"{seen} entries on the pages read, fewer than the minimum of {minimum}"
    return Verdict(outcome=Outcome.BOUNDS, told=told)


def _shrunk(pages: Sequence[PageVisit], known: Known, least: float) -> Verdict | None:
    """Compare pages that were read before with themselves: runs read more pages or fewer."""
    if not least:
        return None
    counts = [
        (len(page.entry_ids), len(before))
        for page in pages
        if not page.unchanged
        and (before := known(page.url)) is not None
        and _is_same_list(page.entry_ids, before)
    ]
    now, usual = sum(count for count, _ in counts), sum(before for _, before in counts)
    if usual < FEWEST or now > usual * least:
        return None
    told = f"{now} entries on pages that had {usual} at the last good run"
    return Verdict(outcome=Outcome.BOUNDS, told=told)


def _is_same_list(now: Sequence[str], before: Collection[str]) -> bool:
    """Whether a page shows what it showed; that of a new day begins with few entries, all new."""
    return 2 * len(set(now) & set(before)) >= len(now)


def _emptied(findings: Findings, history: Sequence[RunRow]) -> Verdict | None:
    if findings.records < FEWEST:
        return None
    usual = _usual_fill(history)
    gone = [
        f"{name} in {findings.fill[name]:.0%} of records, usually in {usual[name]:.0%}"
        for name in FIELDS
        if usual.get(name, 0) >= _FULL and findings.fill[name] <= _GONE
    ]
    return Verdict(outcome=Outcome.LAYOUT, told="; ".join(gone)) if gone else None


def _too_many(pages: Sequence[PageVisit], maximum: int | None) -> Iterator[str]:
    seen = seen_entries(pages)
    if maximum is not None and seen > maximum:
        yield f"{seen} entries on the pages read, more than the maximum of {maximum}"


def _fallen(findings: Findings, history: Sequence[RunRow]) -> Iterator[str]:
    if findings.records < FEWEST:
        return
    for name, usual in _usual_fill(history).items():
        share = findings.fill.get(name)
        if share is not None and share < usual - _FALL:
            yield f"{name} in {share:.0%} of records, usually in {usual:.0%}"


def _risen(findings: Findings, history: Sequence[RunRow]) -> Iterator[str]:
    rows = _telling(history)
    if findings.records < FEWEST or not rows:
        return
    for name, meaning in (*_SHARES.items(), ("with_issues", "issues")):
        share = getattr(findings, name)
        usual = statistics.fmean(getattr(row, name) for row in rows)
        if share > usual + _FALL:
            yield f"{share:.0%} of records have {meaning}, usually {usual:.0%}"


def _usual_fill(history: Sequence[RunRow]) -> dict[str, float]:
    """Median fill rates, which one odd run among many does not move."""
    rows = _telling(history)
    names = {name for row in rows for name in row.fill}
    return {
        name: statistics.median(row.fill[name] for row in rows if name in row.fill)
        for name in sorted(names)
    }


def _telling(history: Sequence[RunRow]) -> list[RunRow]:
    """The last runs, the latest first; none from before one that was accepted as it was."""
    accepted = (at for at, row in enumerate(history) if _was_accepted(row))
    recent = history[: next(accepted, len(history)) + 1]
    return [row for row in recent if row.records >= FEWEST][:USUAL_RUNS]


def _was_accepted(row: RunRow) -> bool:
    return any(warning.startswith(ACCEPTED) for warning in row.warnings)


def seen_entries(pages: Sequence[PageVisit]) -> int:
    """Number of different entries on pages."""
    return len({entry for page in pages for entry in page.entry_ids})


def _records(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield json.loads(line)
