"""Counters of a crawl in words: its log has their names, a status is read by people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_COUNTED = re.compile(r"\b([a-z_]+(?:/\w+)+)=(\d+)")
_WORDS = {
    "archive/write_errors": "answers not archived",
    "feed/invalid": "records against the schema",
    "feed/write_errors": "failures to write the records",
    "http/address_refused": "addresses refused",
    "http/broken_off": "pages that end in mid-list",
    "http/redirect_refused": "redirects not followed",
    "http/robots_unreachable": "hosts whose robots.txt could not be had",
    "item_errors/count": "entries that could not be made into records",
    "robotstxt/forbidden": "pages forbidden by robots.txt",
    "run/write_errors": "failures to write to the run directory",
    "spider_exceptions/count": "faults in the program of the source",
    "split/blocked": "pages that refuse",
    "split/no_entries": "pages without a list",
    "split/layout_changed": "pages of another layout",
    "split/unsupported": "pages of no known kind",
}
_WARNED = {
    "layout/healed": "{} entries of a new layout, read by its own structure",
    "entries/unlike": "{} entries at addresses of another form than the source declares",
    "entries/left_out": "{} parts of lists left out for their addresses, see the log",
}
_OF_A_KIND = {
    "http/errors/": "pages answered with HTTP {}",
    "http/failures/": "pages not fetched",
    "feedexport/failed_count/": "feeds not written",
}


def in_words(told: str) -> str:
    """Why a crawl ended as it did, with words for its counters: ``pages not fetched: 2``."""
    return _COUNTED.sub(_worded, told)


def warnings_of(stats: Mapping[str, Any]) -> Iterator[str]:
    """What of a crawl that ended well is to be looked at by a person."""
    for name, words in _WARNED.items():
        if count := stats.get(name):
            yield words.format(count)


def _worded(found: re.Match[str]) -> str:
    name, count = found.groups()
    above, slash, kind = name.rpartition("/")
    words = _WORDS.get(name) or _OF_A_KIND.get(above + slash, "").format(kind)
    return f"{words}: {count}" if words else found[0]
