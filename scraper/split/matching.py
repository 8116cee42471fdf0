"""The entries of a list by whether their addresses are of the form that a source declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from normalize.issues import Issue, issue
from normalize.model import Entry
from scraper.split.source import host_of

EntryId = Callable[[str], str | None]
"""Gives the id of the entry at an address, None for the address of anything else."""

LEFT_OUT = "left_out"
"""Key of ``Entry.raw`` at a page's last entry: address, else title, of the first that was left
out."""

# Share of a list's parts that have to be entries, by their addresses or by their fields.
_ENTRY_SHARE = 0.8
# Share of the known entries that have a field from which others need it too.
_USUAL = 0.9
_FIELDS = ("title", "summary", "published")
_DETAILS = ("summary", "published")
# Entries with details from which a list is no menu.
_FEWEST = 3


@attrs.frozen(kw_only=True)
class Matching:
    """A list, sorted; each part in page order."""

    entries: tuple[Entry, ...] = ()
    """Entries of the declared form, with their ids, and those that are like them."""

    known: tuple[Entry, ...] = ()
    """Entries of the declared form alone."""

    others: tuple[Entry, ...] = ()
    """Neither."""

    @property
    def is_list(self) -> bool:
        """Whether nearly all of the list are entries."""
        whole = len(self.entries) + len(self.others)
        return bool(self.known) and len(self.entries) >= whole * _ENTRY_SHARE

    @property
    def is_changed(self) -> bool:
        """Whether most entries of the list have another form than the declared one."""
        return len(self.entries) - len(self.known) > len(self.known)

    def outweighs(self, found: Sequence[Entry], home: str) -> bool:
        """Whether the list looks more like the site's entries than others that are known do.

        A changed list does, unless it is bare, as menus are. One of which nothing is known does if
        it has details and others have none.

        Args:
            found: entries of the declared form elsewhere on the page.
            home: host of the site.
        """
        if self.is_changed:
            bare = not any(map(_is_detailed, self.entries))
            return not bare or len(found) == 1 or not any(map(_is_detailed, found))
        if self.known:
            return False
        detailed = [e for e in self.others if _is_at(e, home) and _is_detailed(e)]
        most = len(detailed) >= max(_FEWEST, len(self.others) / 2, len(found) + 1)
        # A lone link's details may be those of what stands around it.
        return most and (len(found) == 1 or not any(map(_is_detailed, found)))


def matching(found: Iterable[Entry], entry_id: EntryId) -> Matching:
    """Sort the parts of a list.

    One whose address is of another form is an entry all the same if it is on the same host, or has
    no address, and has each field that the known ones have; it gets `Issue.ADDRESS_UNLIKE`.
    """
    told = [(entry, entry_id(entry.url or "")) for entry in found]
    known = tuple(attrs.evolve(e, native_id=told_id) for e, told_id in told if told_id is not None)
    if not known:
        return Matching(others=tuple(entry for entry, _ in told))
    fields = [name for name in _FIELDS if _share(known, name) >= _USUAL]
    hosts = {host_of(entry.url) for entry in known}
    entries, others = [], []
    for entry, told_id in told:
        if told_id is not None:
            entries.append(attrs.evolve(entry, native_id=told_id))
        elif _is_alike(entry, fields, hosts):
            remark = issue(Issue.ADDRESS_UNLIKE)
            entries.append(attrs.evolve(entry, issues=(remark, *entry.issues)))
        else:
            others.append(entry)
    return Matching(entries=tuple(entries), known=known, others=tuple(others))


def with_left_out(entries: Sequence[Entry], others: Sequence[Entry]) -> list[Entry]:
    """The entries, the last of which tells how many others were left out."""
    if not others:
        return list(entries)
    *before, last = entries
    remark = issue(Issue.ENTRIES_LEFT_OUT, len(others))
    raw = {**last.raw, LEFT_OUT: others[0].url or others[0].title or ""}
    return [*before, attrs.evolve(last, raw=raw, issues=(*last.issues, remark))]


def left_out(entry: Entry) -> int:
    """How many others were left out, as the last entry of a page tells; 0 at any other entry."""
    return sum(_details(entry.issues))


def _details(issues: Sequence[str]) -> Iterator[int]:
    for told in issues:
        code, _, detail = told.partition(":")
        if code == Issue.ENTRIES_LEFT_OUT:
            yield int(detail)


def _is_alike(entry: Entry, fields: Sequence[str], hosts: set[str]) -> bool:
    near = not entry.url or host_of(entry.url) in hosts
    return near and all(getattr(entry, name) for name in fields)


def _is_at(entry: Entry, home: str) -> bool:
    return host_of(entry.url) in {"", home}


def _is_detailed(entry: Entry) -> bool:
    return any(getattr(entry, name) for name in _DETAILS)


def _share(entries: Sequence[Entry], name: str) -> float:
    return sum(bool(getattr(entry, name)) for entry in entries) / len(entries)
