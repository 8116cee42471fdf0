"""Documents that stand beside the pages of the entries: no entries of their own."""

from __future__ import annotations

import attrs

from scraper.split.listing.addresses import is_file
from scraper.split.listing.candidates import Candidate
from scraper.split.listing.families import Mark
from scraper.split.listing.outline import Outline
from scraper.split.listing.records import records

_ROWS = frozenset(("tr", "li"))
_LEAST = 3
_SHARE = 0.9
_HIGHEST = 8


def without_files(outline: Outline, best: Candidate) -> Candidate:
    """A list without the documents that nearly each of its rows has beside a page."""
    files = [mark for mark in best.family.marks if is_file(mark.key)]
    pages = [mark for mark in best.family.marks if not is_file(mark.key)]
    if best.family.form != "links" or min(len(files), len(pages)) < _LEAST:
        return best
    rows = {_row_of(outline, mark) for mark in pages}
    beside = [mark for mark in files if _row_of(outline, mark) in rows]
    if len(beside) < len(files) * _SHARE or None in rows:
        return best
    family = attrs.evolve(best.family, marks=tuple(pages))
    return attrs.evolve(best, family=family, records=tuple(records(outline, family)))


def _row_of(outline: Outline, mark: Mark) -> int | None:
    at = mark.number
    for _ in range(_HIGHEST):
        at = outline.parents[at]
        if at < 0 or outline.tags[at] in _ROWS:
            return at if at >= 0 else None
    return None
