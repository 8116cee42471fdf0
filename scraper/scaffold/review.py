"""What a person should see before trusting a source that was made of one page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from normalize.issues import Issue
from normalize.model import Record
from scraper.scaffold.cases import Case
from scraper.scaffold.draft import Draft
from scraper.scaffold.table import fill_rates, printable, table
from scraper.split.declared import local_address
from scraper.split.document import Document
from scraper.split.source import host_of

_CASES = 4
_FEW = 5


def review(draft: Draft, cases: Sequence[Case], *, width: int) -> Iterator[str]:
    """Lines for the terminal: the entries, what is known of the source, what looks wrong."""
    records = cases[0].records or ()
    yield from table(records, width=width)
    yield ""
    yield f"{len(records)} entries, confidence {draft.confidence:.2f}: {fill_rates(records)}"
    yield f"title: {printable(draft.title)}; languages: {', '.join(draft.languages) or 'unknown'}"
    yield f"entries: {printable(draft.entry or draft.known_by)}"
    yield f"next page: {'linked' if draft.has_next else 'not found'}"
    yield from (f"look at: {doubt}" for doubt in _doubts(draft, records, cases))


def _doubts(draft: Draft, records: Sequence[Record], cases: Sequence[Case]) -> Iterator[str]:
    if draft.entry is None:
        yield "the entries' addresses have no pattern; the page's structure alone decides"
    else:
        others = _others(draft)
        if others:
            shown = ", ".join(others[:_FEW])
            yield f"{len(others)} other links have the entries' pattern: {printable(shown)}"
    if len(records) < _FEW:
        yield f"only {len(records)} entries; a longer page tells more"
    lost = [record for record in records if record.published_raw and not record.published]
    relative = sum(Issue.DATE_RELATIVE_WITHOUT_REFERENCE in record.issues for record in lost)
    if relative:
        yield f"{relative} dates are relative: --fetched-at gives a saved page its clock"
    if len(lost) > relative:
        yield f"{len(lost) - relative} dates were not understood"
    if not any(record.published_raw for record in records):
        yield "no entry has a date"
    doubled = len(records) - len({record.id for record in records})
    if doubled:
        yield f"{doubled} entries have an id that another has"
    yield from _strangeness(draft, cases)
    yield from (f"{host} is not of the open internet; `hosts` allows it" for host in draft.hosts)
    if len(cases) < _CASES:
        yield f"only {len(cases)} cases could be made of the page; a source needs {_CASES}"


def _others(draft: Draft) -> list[str]:
    """Addresses of the page's links that have the pattern and are no entries."""
    hosts = (host_of(draft.home),)
    pattern = re.compile(draft.entry or "")
    read = {local_address(entry.url or "", hosts) for entry in draft.entries}
    anchors = draft.document.tree.iter("a")
    told = {local_address(a.get("href") or "", hosts) for a in anchors} - read
    return sorted(address for address in told if address and pattern.fullmatch(address))


def _strangeness(draft: Draft, cases: Sequence[Case]) -> Iterator[str]:
    """Why a saved copy of unknown address is not recognised as a page of the site."""
    unknown = Document(text=draft.document.text, kind=draft.document.kind)
    stated = unknown.stated_url
    if stated and not _is_of(stated, draft.home):
        yield f"the page says that it is {printable(stated)}: is that its address?"
    elif any("recognised" in case.meta for case in cases):
        yield "without its address the page does not tell its site: give the source a marker"


def _is_of(url: str, home: str) -> bool:
    return host_of(url) == host_of(home) or host_of(url).endswith("." + host_of(home))
