"""Addresses of listing pages compared: which of two comes later in one list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit

from scraper.split.phrases import phrases

_NUMBER = re.compile(r"\d{1,9}")
_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml)$|/$")
# What stands before a page's number in a path: `/page/2`, `-p2`, `_2`, `/seite-2`.
_COUNTED = re.compile(r"(?:[/_.,;-]?([^\W\d_]{1,12}))?[/_.,;:=-]{0,2}(\d{1,6})")
_ONE_PART = re.compile(r"/[^/\d]+")
# The number by which the second page is counted, from nought or one.
_SECOND = 2
# A number beyond which a first count is that of an entry: `?p=128317`.
_MOST = 9999
# Numbers of years are no numbers of pages.
_YEARS = range(1900, 2100)


class Step(Enum):
    """Where an address leads from another, as far as addresses tell."""

    ON = "on"
    """To a later page of the same list."""

    BACK_ONE = "back_one"
    """To the page before: a next page only where a site counts downwards."""

    BACK = "back"
    """To an earlier page."""

    ALIKE = "alike"
    """To the same path with another query: a cursor perhaps."""

    UNKNOWN = "unknown"
    """The addresses do not tell."""


def step(here: str, there: str) -> Step:
    """Compare two addresses of one site.

    Args:
        here: the page that is read.
        there: where one of its links leads.
    """
    try:
        one, other = urlsplit(urldefrag(here).url), urlsplit(urldefrag(there).url)
    except ValueError:  # brackets that hold no IPv6 address
        return Step.UNKNOWN
    asked, wanted = (dict(parse_qsl(parts.query, keep_blank_values=True)) for parts in (one, other))
    path, target = (_ENDING.sub("", unquote(parts.path)) for parts in (one, other))
    if path == target:
        return _query_step(asked, wanted)
    if not asked and target.startswith(path) and _is_second(target[len(path) :], wanted):
        return Step.ON
    return _path_step(path, target) if _kept(asked) == _kept(wanted) else Step.UNKNOWN


def _is_second(rest: str, wanted: Mapping[str, str]) -> bool:
    """Whether an address is the second page of a list that begins at a directory's own address.

    ``/`` goes on as ``/news?p=2``, ``/live/`` as ``/live/index.php?page=2``.
    """
    counts = [v for name, v in wanted.items() if name.lower() in phrases("page_paths")]
    if not _ONE_PART.fullmatch(rest) or len(counts) != 1 or len(wanted) != 1:
        return False
    return bool(_NUMBER.fullmatch(counts[0])) and 0 < int(counts[0]) <= _SECOND


def _query_step(asked: Mapping[str, str], wanted: Mapping[str, str]) -> Step:
    changed = [k for k in {**asked, **wanted} if asked.get(k) != wanted.get(k)]
    counted = [name for name in changed if _is_counter(name, asked, wanted)]
    if len(counted) == 1:
        (name,) = counted
        if name not in asked and int(wanted[name] or 0) > _MOST:
            return Step.ALIKE
        if name in wanted:
            return _direction(int(asked.get(name) or -1), int(wanted[name] or -1), first="-1")
        return Step.BACK
    return Step.ALIKE if changed else Step.UNKNOWN


def _is_counter(name: str, asked: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    values = [given[name] for given in (asked, wanted) if given.get(name)]
    return bool(values) and all(_NUMBER.fullmatch(value) for value in values)


def _kept(query: Mapping[str, str]) -> dict[str, str]:
    """A query without its numbers: pages counted in the path may repeat them there."""
    return {name: value for name, value in query.items() if not _NUMBER.fullmatch(value)}


def _path_step(path: str, target: str) -> Step:
    if target.startswith(path) and _is_page_mark(target[len(path) :]):
        return Step.ON
    if path.startswith(target) and _is_page_mark(path[len(target) :]):
        return Step.BACK
    if _NUMBER.sub("#", path) == _NUMBER.sub("#", target):
        pairs = zip(_NUMBER.findall(path), _NUMBER.findall(target), strict=True)
        changed = [(one, other) for one, other in pairs if one != other]
        if len(changed) == 1:
            return _direction(int(changed[0][0]), int(changed[0][1]), first=changed[0][0])
    stem = re.sub(r"[^/]*$", "", path)
    rest = target.removeprefix(stem)
    # `/news/index.html` is followed by `/news/page-2.html`, `/list.html` by `/list2.html`.
    if stem != "/" and target.startswith(stem) and _names_page(rest):
        return Step.ON
    return Step.UNKNOWN


def _direction(one: int, other: int, *, first: str) -> Step:
    if one == other:
        return Step.UNKNOWN
    if one in _YEARS and other in _YEARS and first != "-1":
        return Step.UNKNOWN
    if other > one:
        return Step.ON
    return Step.BACK_ONE if one - other == 1 and other > 0 else Step.BACK


def _is_page_mark(rest: str) -> bool:
    """Whether the end of a path counts pages: a number, after a word for page or none."""
    found = _COUNTED.fullmatch(rest)
    if found is None or int(found[2]) in _YEARS:
        return False
    return found[1] is None or found[1].lower() in phrases("page_paths")


def _names_page(rest: str) -> bool:
    found = _COUNTED.fullmatch(f"/{rest}")
    return bool(found and found[1]) and _is_page_mark(f"/{rest}")
