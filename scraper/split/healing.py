"""A new layout read by its own structure, where that agrees with what the source gave before."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

import attrs

from normalize.issues import Issue, issue
from normalize.model import Entry
from scraper.errors import SplitError
from scraper.split.address_shape import ELSEWHERE, has_shape
from scraper.split.document import Document
from scraper.split.listing import read_listing
from scraper.split.profile import SourceProfile, fill_rates, id_in, scripts_of
from scraper.split.source import Source

# Entries, now and before, below which agreement may be chance.
_FEWEST = 3
# Share of entries whose addresses have to look as before, and whose fields have to be there.
_MOST_ALIKE = 0.9
_LIKE_RATE = 0.75
_FILLED = 0.5
# Entries of a page against the shortest and the longest before, letters of its titles likewise.
_SHORTER, _LONGER = 0.5, 1.5
_TITLE_FACTOR = 2.5
_CLEAR = 0.5
_COMPARED = ("summary", "published")


@attrs.frozen(kw_only=True)
class HealingSource(Source):
    """A source that remembers what it gave before."""

    profile: SourceProfile
    """Its entries in good runs."""


@attrs.frozen(kw_only=True)
class Healing:
    """What the structure of a page with a new layout gives."""

    entries: tuple[Entry, ...] = ()
    """Its entries, each with the remark `Issue.LAYOUT_HEALED`; none where they do not agree."""

    against: str = ""
    """What of them disagrees with the profile, in words; empty where nothing does."""


def with_profile(source: Source, profile: SourceProfile) -> HealingSource:
    """The source with what it gave before."""
    told = {field.name: getattr(source, field.name) for field in attrs.fields(Source)}
    return HealingSource(**told, profile=profile)


def heal(document: Document, profile: SourceProfile) -> Healing:
    """Read a page by its own structure, and compare with what the source gave before.

    To be asked only of HTML pages that none of the source's readers can read, and that are
    neither gates nor empty listings. Addresses, fields, number of entries, length and script of
    titles have to agree; a summary or a date that pages no longer show is told in the remark.
    """
    try:
        entries = read_listing(document)
    except SplitError as error:
        return Healing(against=error.message)
    against = next(_disagreements(entries, profile), "")
    if against:
        return Healing(against=against)
    remark = issue(Issue.LAYOUT_HEALED, ",".join(_losses(entries, profile)) or None)
    return Healing(entries=tuple(_healed(entry, profile, remark) for entry in entries))


def _disagreements(entries: Sequence[Entry], profile: SourceProfile) -> Iterator[str]:
    count = len(entries)
    # The last page of a list may hold one entry; its address has to tell that it is the source's.
    least = _FEWEST if ELSEWHERE in profile.shapes else min(_FEWEST, profile.fewest)
    if count < least or profile.entries < _FEWEST:
        yield f"{count} entries now and {profile.entries} before are too few to compare"
    if not profile.fewest * _SHORTER <= count <= profile.most * _LONGER:
        yield f"{count} entries, where there were {profile.fewest} to {profile.most}"
    if not profile.shapes:
        yield "earlier entries had no addresses"
    addresses = [entry.url or "" for entry in entries]
    alike = sum(has_shape(url, profile.shapes, profile.home) for url in addresses if url)
    if alike < count * _MOST_ALIKE:
        yield f"addresses such as {addresses[0] or 'none'}, not {' or '.join(profile.shapes)}"
    if len(set(addresses)) < count or len({entry.title for entry in entries}) < count * _MOST_ALIKE:
        yield "entries that repeat each other"
    yield from _other_fields(entries, profile)
    if float(entries[0].raw.get("confidence", 0)) < _CLEAR:
        yield "a list that hardly stands out"


def _other_fields(entries: Sequence[Entry], profile: SourceProfile) -> Iterator[str]:
    rates = fill_rates(entries)
    if rates["title"] < profile.fill.get("title", 0) * _MOST_ALIKE:
        yield "entries without titles"
    titles = [entry.title for entry in entries if entry.title]
    length = statistics.median(map(len, titles)) if titles else 0
    if not profile.title_length / _TITLE_FACTOR <= length <= profile.title_length * _TITLE_FACTOR:
        yield f"titles of about {length:.0f} letters, not {profile.title_length}"
    if not set(scripts_of(titles)[:1]) <= set(profile.scripts):
        yield "titles in another script"
    usual = [name for name in _COMPARED if profile.fill.get(name, 0) >= _FILLED]
    kept = [name for name in usual if rates[name] >= profile.fill[name] * _LIKE_RATE]
    # Addresses of other sites tell nothing: there all else has to agree.
    needed = len(usual) if ELSEWHERE in profile.shapes else min(1, len(usual))
    if len(kept) < needed:
        yield f"entries without {' and '.join(n for n in usual if n not in kept)}"


def _losses(entries: Sequence[Entry], profile: SourceProfile) -> Iterator[str]:
    """What consumers miss against earlier runs."""
    if profile.has_ids and profile.id_part is None:
        yield "new_ids"
    rates = fill_rates(entries)
    for name in _COMPARED:
        if rates[name] < profile.fill.get(name, 0) * _LIKE_RATE:
            yield f"no_{name}"


def _healed(entry: Entry, profile: SourceProfile, remark: str) -> Entry:
    native = id_in(entry.url or "", profile.id_part) if profile.id_part else None
    return attrs.evolve(entry, native_id=native, issues=(remark, *entry.issues))
