"""What a person should see before trusting a source that was made of one page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from normalize.issues import Issue
from normalize.model import Record
from scraper.scaffold.cases import Case
from scraper.scaffold.draft import Draft
from scraper.scaffold.pieces import FILE_ENDING
from scraper.scaffold.table import fill_rates, printable, table
from scraper.split.declared import local_address
from scraper.split.document import Document
from scraper.split.source import host_of

# A number that is no year, and a word, in an address.
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{3}")
_WORD = re.compile(r"[^\W\d_]{3}")
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
    yield f"address: {printable(draft.page.url or 'unknown')}{_stated(draft)}"
    yield f"next page: {printable(draft.next_page or 'not found')}"
    yield from (f"look at: {doubt}" for doubt in _doubts(draft, records, cases))


def _doubts(draft: Draft, records: Sequence[Record], cases: Sequence[Case]) -> Iterator[str]:
    if draft.entry is None:
        yield "the entries' addresses have no pattern; the page's structure alone decides"
    else:
        yield from _worded(draft)
        others = _others(draft)
        if others:
            shown = ", ".join(others[:_FEW])
            yield f"{len(others)} other links have the entries' pattern: {printable(shown)}"
    unlike = [record for record in records if Issue.ADDRESS_UNLIKE in record.issues]
    if unlike:
        told = printable(unlike[0].url or unlike[0].title or "")
        yield f"{len(unlike)} entries are read whose addresses ENTRY does not match: {told}"
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


def _stated(draft: Draft) -> str:
    """What the page says of its own address."""
    stated = Document(text=draft.document.text, kind=draft.document.kind).stated_url
    if not stated:
        return ""
    return " (as it states)" if stated == draft.page.url else f" (it states {printable(stated)})"


def _worded(draft: Draft) -> Iterator[str]:
    """Ids of words beside numbers: sites change the words of a title, or move it elsewhere."""
    hosts = (host_of(draft.home),)
    pattern = re.compile(draft.entry or "")
    told = [local_address(entry.url or "", hosts) for entry in draft.entries]
    ids = [match["id"] for address in told if (match := pattern.fullmatch(address))]
    names = [FILE_ENDING.sub("", name) if FILE_ENDING.search(name[-6:]) else name for name in ids]
    if ids and all(map(_WORD.search, names)) and all(map(_NUMBER.search, told)):
        yield (
            f"the id has words, which a site may change: {printable(ids[0])}; where the number "
            "alone tells entries apart, put the group `id` of ENTRY around it"
        )


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
