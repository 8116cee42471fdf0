"""Readers for sources that declare only what the addresses of their entries look like.

The list is found as on any page, but among the links of that pattern alone; where each field
stands is learnt from the entries themselves. So a source written by ``scrapy genspider -t source``
holds data and no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
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
from scraper.split.matching import EntryId, Matching, matching, with_left_out
from scraper.split.source import Reader, host_of, is_below

_DELIMITER = re.compile(r"%(?:23|3f)", re.IGNORECASE)
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
    elsewhere; ``""`` for no address. ``%23`` and ``%3F`` stay as they are: unquoted they would
    end the path.
    """
    address = entry_address(href)
    try:
        parts = urlsplit(address or "")
    except ValueError:  # brackets that hold no IPv6 address
        return ""
    if not address:
        return ""
    local = _unquoted(parts._replace(scheme="", netloc="").geturl())
    host = host_of(address)
    at_home = not host or any(known and is_below(host, known) for known in hosts)
    return local if at_home else f"{parts.scheme}://{parts.netloc}{local}"


def entry_ids(pattern: re.Pattern[str], document: Document, home: str) -> EntryId:
    """What tells a document's entry addresses; a copy of the site links to itself."""
    hosts = (host_of(home), host_of(document.url))

    def entry_id(href: str) -> str | None:
        local = local_address(href, hosts)
        match = pattern.fullmatch(local)
        if _DELIMITER.search(href) is None:
            return match["id"] if match else None
        match = match or pattern.fullmatch(unquote(local))
        return unquote(match["id"]) if match else None

    return entry_id


def _unquoted(address: str) -> str:
    """The address without quoting, but for what parts path, query and fragment."""
    kept = _DELIMITER.findall(address)
    parts = map(unquote, _DELIMITER.split(address))
    return "".join(a + b for a, b in zip_longest(parts, map(str.upper, kept), fillvalue=""))


def read_linked(document: Document, entry_id: EntryId) -> list[Entry] | None:
    """Read the page's best list of entry links.

    Where that list has entries of another form among them they come out too; where most of it has
    another form, or it looks more like the site's entries than the links that have the form, the
    page is not what the source declares: None, as where there is no such link.
    """
    made = outline(document.tree)

    def sort(best: Candidate) -> Matching:
        return matching(entries_of(made, best, _languages(document), _NO_MARKS), entry_id)

    first = next(map(sort, _best(document, made)), Matching())
    if first.is_list and not first.is_changed:
        return with_left_out(first.entries, first.others)
    aside = first.others if first.known else ()
    home = host_of(document.base_url or document.url)
    for found in map(sort, _linked(document, made, entry_id)):
        if found.is_list and not first.outweighs(found.known, home):
            read = {entry.url for entry in found.known}
            return with_left_out(found.known, [entry for entry in aside if entry.url not in read])
    return None


def candidates(document: Document, made: Outline, entry_id: EntryId) -> Iterator[Candidate]:
    """Lists that may be the page's entries, the likeliest first.

    The best of all lists, as on any page; the best among the entry links alone; a lone entry
    link is a list of one.
    """
    yield from _best(document, made)
    yield from _linked(document, made, entry_id)


def _best(document: Document, made: Outline) -> list[Candidate]:
    guesses = [*families(made, document.url), *item_families(made)]
    return ranked(made, guesses, held_back(made, document.url))[:1]


def _linked(document: Document, made: Outline, entry_id: EntryId) -> Iterator[Candidate]:
    linked = [
        attrs.evolve(family, marks=marks)
        for family in families(made, document.url)
        if family.form == "links" and (marks := _matching(family.marks, entry_id))
    ]
    held = _matching(held_back(made, document.url), entry_id)
    yield from ranked(made, linked, held)[:1]
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
