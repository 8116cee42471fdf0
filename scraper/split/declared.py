"""Readers for sources that declare only what the addresses of their entries look like.

The list is found as on any page, but among the links of that pattern alone; where each field
stands is learnt from the entries themselves. So a source written by ``scrapy genspider -t source``
holds data and no code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import unquote, urlsplit

import attrs

from normalize.model import Entry
from scraper.errors import NoEntries
from scraper.split.boxes import find_boxes
from scraper.split.document import Document, DocumentKind
from scraper.split.listing import read_listing
from scraper.split.listing.families import Family, Mark, entry_address, families, held_back
from scraper.split.listing.fields import Marks, entries_of
from scraper.split.listing.items import item_families
from scraper.split.listing.outline import Outline, outline
from scraper.split.listing.ranking import Candidate, ranked
from scraper.split.listing.records import Record
from scraper.split.source import Reader, host_of

EntryId = Callable[[str], str | None]
"""Gives the id of the entry at an address, None for the address of anything else."""

# Share of a list's entries whose addresses must have the pattern.
_KNOWN_SHARE = 0.8
_NO_MARKS = Marks(raw={}, issues=())


def listing_readers(
    entry: re.Pattern[str] | None = None, *, home: str
) -> Mapping[DocumentKind, Mapping[str, Reader]]:
    """The readers of a source of HTML pages, for `Source.readers`.

    Args:
        entry: matches the whole of an entry's address as `local_address` writes it; its group
            ``id`` is the entry's native id. None where addresses tell nothing (entries without
            links, or with links to anywhere): then the page's own structure decides alone.
        home: root of the site.
    """

    def read_links(document: Document) -> list[Entry] | None:
        return read_linked(document, entry_ids(entry, document, home)) if entry else None

    name, read = ("links", read_links) if entry else ("listing", _read_unlinked)
    return {DocumentKind.HTML: {name: read}}


def local_address(href: str, hosts: Sequence[str]) -> str:
    """An address as entry patterns see it: unquoted, without the host where that is the site's.

    ``https://a.example/x%20y?id=3#top`` is ``/x y?id=3`` at home and the whole without ``#top``
    elsewhere; ``""`` for no address.
    """
    address = entry_address(href)
    try:
        parts = urlsplit(address or "")
    except ValueError:  # brackets that hold no IPv6 address
        return ""
    if not address:
        return ""
    local = unquote(parts._replace(scheme="", netloc="").geturl())
    host = host_of(address)
    at_home = not host or any(known and _is_below(host, known) for known in hosts)
    return local if at_home else f"{parts.scheme}://{parts.netloc}{local}"


def entry_ids(pattern: re.Pattern[str], document: Document, home: str) -> EntryId:
    """What tells a document's entry addresses; a copy of the site links to itself."""
    hosts = (host_of(home), host_of(document.url))

    def entry_id(href: str) -> str | None:
        match = pattern.fullmatch(local_address(href, hosts))
        return match["id"] if match else None

    return entry_id


def read_linked(document: Document, entry_id: EntryId) -> list[Entry] | None:
    """Read the page's best list of entry links, None where there is no such link."""
    made = outline(document.tree)
    for best in candidates(document, made, entry_id):
        found = list(entries_of(made, best, _languages(document), _NO_MARKS))
        known = [
            attrs.evolve(entry, native_id=native)
            for entry in found
            if (native := entry_id(entry.url or "")) is not None
        ]
        if known and len(known) >= len(found) * _KNOWN_SHARE:
            return known
    return None


def candidates(document: Document, made: Outline, entry_id: EntryId) -> Iterator[Candidate]:
    """Lists that may be the page's entries, the likeliest first.

    The best of all lists, as on any page; the best among the entry links alone; a lone entry
    link is a list of one.
    """
    every = families(made, document.url)
    held = held_back(made, document.url)
    yield from ranked(made, [*every, *item_families(made)], held)[:1]
    linked = [
        attrs.evolve(family, marks=marks)
        for family in every
        if family.form == "links" and (marks := _matching(family.marks, entry_id))
    ]
    yield from ranked(made, linked, _matching(held, entry_id))[:1]
    yield from _lone(document, made, entry_id)


def _matching(marks: Sequence[Mark], entry_id: EntryId) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks if entry_id(mark.key) is not None)


def _lone(document: Document, made: Outline, entry_id: EntryId) -> Iterator[Candidate]:
    numbers = {node: number for number, node in enumerate(made.nodes)}
    boxes = find_boxes(document.tree, lambda anchor: entry_id(anchor.get("href") or ""))
    records = []
    for box in boxes:
        node = box.title_node
        parts = tuple(numbers[part] for part in box.nodes if part in numbers)
        if node is not None and node in numbers and parts:
            mark = Mark(number=numbers[node], key=box.url, text=box.title or "", worth=1.0)
            records.append(Record(mark=mark, parts=parts))
    if records:
        family = Family(marks=tuple(record.mark for record in records), form="links", zone="")
        yield Candidate(family=family, records=tuple(records), score=1.0)


def _read_unlinked(document: Document) -> list[Entry] | None:
    try:
        return read_listing(document)
    except NoEntries:
        return None


def _languages(document: Document) -> tuple[str, ...]:
    told = (document.tree.get("lang") or "").strip().replace("_", "-").split("-")[0].lower()
    return (told,) if told.isalpha() and len(told) in {2, 3} else ()


def _is_below(host: str, other: str) -> bool:
    return host == other or host.endswith("." + other)
