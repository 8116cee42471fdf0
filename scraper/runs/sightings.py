"""Where entries stood on a listing, and whether a later look at that place missed them.

That an entry is not on a page that was read does not mean that it is gone: newer ones push it off
the first page. It is missed where a run has read the entries that stood around it, on both sides
and in the order they had, and it was not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import attrs

from scraper.runs.model import PageVisit

NEIGHBOURS = 5
"""How many entries on either side of one are remembered: some of them may go as well."""


@attrs.frozen(kw_only=True)
class Place:
    """What stood around an entry when it was last seen on a page that was read."""

    newer: tuple[str, ...] = ()
    """The entries before it, in the page's order; none for the first of a listing."""

    older: tuple[str, ...] = ()
    """The entries after it, in the page's order."""


@attrs.frozen(kw_only=True)
class Listing:
    """Pages that follow each other, as one list."""

    ids: tuple[str, ...]
    """Entries in the order of the pages and of the places on them, each once."""

    read: frozenset[str]
    """Those on pages that were read in this run, rather than answered 304."""

    begins: bool
    """Whether its first page was read in this run."""

    def places(self) -> Iterator[tuple[str, Place]]:
        """What stands around each of the entries on pages that were read."""
        for index, entry in enumerate(self.ids):
            if entry in self.read:
                yield (
                    entry,
                    Place(
                        newer=self.ids[max(0, index - NEIGHBOURS) : index],
                        older=self.ids[index + 1 : index + 1 + NEIGHBOURS],
                    ),
                )

    def passes(self, place: Place) -> bool:
        """Whether the run has read what stood on both sides of a place, in the same order.

        The side before the first entry of a listing is the beginning of its first page. There is
        no such side after the last one: a list of the newest fifty ends where it is cut off.
        """
        newer = [self._ranks[entry] for entry in place.newer if entry in self._ranks]
        older = [self._ranks[entry] for entry in place.older if entry in self._ranks]
        before = bool(newer) if place.newer else self.begins
        return before and bool(older) and (newer + older) == sorted(newer + older)

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {entry: rank for rank, entry in enumerate(self.ids) if entry in self.read}


def listings(visits: Sequence[PageVisit]) -> list[Listing]:
    """Join the pages of a run to the listings they make, in an order that does not vary."""
    return [_listing(chain) for chain in chains(visits)]


def chains(visits: Sequence[PageVisit]) -> list[list[PageVisit]]:
    """Pages by the listing they belong to: first ones by address, each with those it leads to."""
    by_url: Mapping[str, PageVisit] = {visit.url: visit for visit in visits}
    followed = {visit.next_url for visit in visits if visit.next_url != visit.url}
    heads = sorted(url for url in by_url if url not in followed)
    done: set[str] = set()
    # Pages that only lead to each other have no first one: any will do.
    found = [list(_follow(head, by_url, done)) for head in (*heads, *sorted(by_url))]
    return [chain for chain in found if chain]


def _follow(head: str, by_url: Mapping[str, PageVisit], done: set[str]) -> Iterator[PageVisit]:
    url: str | None = head
    while url is not None and url in by_url and url not in done:
        done.add(url)
        yield by_url[url]
        url = by_url[url].next_url


def _listing(chain: Sequence[PageVisit]) -> Listing:
    ids = dict.fromkeys(entry for visit in chain for entry in visit.entry_ids)
    read = {entry for visit in chain if not visit.unchanged for entry in visit.entry_ids}
    return Listing(ids=tuple(ids), read=frozenset(read), begins=not chain[0].unchanged)
