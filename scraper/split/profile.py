"""What a source's entries are usually like: what a new layout has to agree with."""

from __future__ import annotations

import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

import attrs

from normalize.identity import ID_HASH_LENGTH
from normalize.model import Entry, Record
from scraper.split.address_shape import learn_shapes, path_parts

FIELDS = ("title", "url", "summary", "published")
"""Fields that any page's structure can give, and by which layouts are compared."""

# Share of the entries that an address's shape or a script has at least, to be the source's own.
_USUAL = 0.1
# Letters of titles that tell the scripts of a source.
_LETTERS = 2000
# Ids that are hashes, see `normalize.identity`.
_HEXADECIMAL = frozenset("0123456789abcdef")


@attrs.frozen(kw_only=True)
class SourceProfile:
    """The entries of a source's good runs, summed up."""

    source: str
    """Name of the source."""

    home: str
    """Root of its site."""

    entries: int
    """How many entries it sums up."""

    shapes: tuple[str, ...]
    """What addresses of entries look like, as `learn_shapes` writes them."""

    fill: Mapping[str, float]
    """Share of the entries that have each of `FIELDS`."""

    fewest: int
    """Entries of the shortest page."""

    most: int
    """Entries of the longest page."""

    title_length: int
    """Median letters of a title."""

    scripts: tuple[str, ...]
    """Scripts that titles are written in."""

    has_ids: bool = False
    """Whether entries have ids of the site's own."""

    id_part: int | None = None
    """Which part of an address's path is that id, counted from the end with -1 for the last;
    None where addresses do not hold it."""


def profile_of(found: Iterable[Entry | Record], *, source: str, home: str) -> SourceProfile | None:
    """Sum up entries, or records made of them; None where there are none.

    Args:
        found: entries of good runs.
        source: name of the source.
        home: root of its site.
    """
    entries = list(found)
    if not entries:
        return None
    pages = Counter(entry.page_url for entry in entries)
    titles = [entry.title for entry in entries if entry.title]
    shapes = learn_shapes([entry.url for entry in entries if entry.url], home)
    ids = [(entry.url or "", told) for entry in entries if (told := _native_id(entry))]
    id_part = next((at for at in (-1, -2, -3) if _all_hold(ids, at)), None)
    return SourceProfile(
        source=source,
        home=home,
        entries=len(entries),
        shapes=tuple(sorted(shape for shape, share in shapes.items() if share >= _USUAL)),
        fill=fill_rates(entries),
        fewest=min(pages.values()),
        most=max(pages.values()),
        title_length=round(statistics.median(map(len, titles))) if titles else 0,
        scripts=scripts_of(titles),
        has_ids=bool(ids),
        id_part=id_part,
    )


def merged(old: SourceProfile | None, new: SourceProfile) -> SourceProfile:
    """The profile after another good run: what pages hold widens, all else is the new run's."""
    if old is None or (old.source, old.home) != (new.source, new.home):
        return new
    return attrs.evolve(new, fewest=min(old.fewest, new.fewest), most=max(old.most, new.most))


def fill_rates(entries: Sequence[Entry | Record]) -> dict[str, float]:
    """Share of entries that have each of `FIELDS`."""
    return {
        name: round(sum(bool(getattr(entry, name)) for entry in entries) / len(entries), 3)
        for name in FIELDS
    }


def scripts_of(titles: Iterable[str]) -> tuple[str, ...]:
    """Scripts that have a tenth or more of the titles' letters, the most frequent first."""
    letters = [char for title in titles for char in title if char.isalpha()][:_LETTERS]
    counts = Counter(unicodedata.name(char, "?").partition(" ")[0] for char in letters)
    return tuple(name for name, n in counts.most_common() if n >= _USUAL * len(letters))


def id_in(url: str, part: int) -> str | None:
    """The id that an address holds as a part of its path."""
    parts = path_parts(url)
    return parts[part] if len(parts) >= -part else None


def _all_hold(ids: Sequence[tuple[str, str]], part: int) -> bool:
    return bool(ids) and all(id_in(url, part) == told for url, told in ids)


def _native_id(item: Entry | Record) -> str | None:
    if isinstance(item, Entry):
        return item.native_id
    told = unquote(item.id.partition(":")[2])
    # Without an id of its own an entry has a hash, which no address holds.
    return None if len(told) == ID_HASH_LENGTH and set(told) <= _HEXADECIMAL else told
