"""What addresses of one kind have in common: ``/papers/#``, ``/news/*/~``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

from normalize.urls import canonical_url
from scraper.split.source import host_of, is_below

ELSEWHERE = "//"
"""The shape of addresses of other sites."""

_NUMBERED, _SLUG, _ANY = "#", "~", "*"
_DIGIT = re.compile(r"\d")
_JOINED = re.compile(r"[-_]|[^\x00-\x7f]")
# Scripts that servers leave out of addresses at will.
_SCRIPTS = ("index.php", "index.html")


def path_parts(url: str) -> list[str]:
    """The parts of an address's path, unquoted, without a script that opens it."""
    try:
        path = urlsplit(url).path
    except ValueError:  # brackets that hold no IPv6 address
        return []
    parts = [unquote(part) for part in path.split("/") if part]
    return parts[1:] if len(parts) > 1 and parts[0] in _SCRIPTS else parts


def learn_shapes(urls: Iterable[str], home: str) -> dict[str, float]:
    """The shapes of addresses, and what share of the addresses has each.

    Addresses with as many parts and the same names in their query make a shape. A part that is
    the same in all of them stands for itself; others for what they have in common: ``#`` holds a
    digit, ``~`` is of words joined, ``*`` may be anything. `ELSEWHERE` stands for other sites'.

    Args:
        urls: absolute addresses.
        home: root of the site.
    """
    groups: dict[tuple[int, tuple[str, ...]], list[list[str]]] = defaultdict(list)
    outside = count = 0
    for url in urls:
        count += 1
        if is_at_home(url, home):
            parts, names, values = _parts(url)
            groups[len(parts), names].append([*parts, *values])
        else:
            outside += 1
    found = {
        _written(names, [_common(column) for column in zip(*rows, strict=True)]): len(rows) / count
        for (_, names), rows in groups.items()
    }
    return found | ({ELSEWHERE: outside / count} if outside else {})


def has_shape(url: str, shapes: Collection[str], home: str) -> bool:
    """Whether an address has one of the shapes."""
    if not is_at_home(url, home):
        return ELSEWHERE in shapes
    parts, names, values = _parts(url)
    return any(_fits([*parts, *values], names, shape) for shape in shapes)


def is_at_home(url: str, home: str) -> bool:
    """Whether an address lies on the site."""
    return is_below(host_of(url), host_of(home))


def _parts(url: str) -> tuple[list[str], tuple[str, ...], list[str]]:
    """Parts of the path; names and values of the query in the order of the names."""
    plain = canonical_url(url)
    try:
        query = sorted(parse_qsl(urlsplit(plain).query, keep_blank_values=True))
    except ValueError:  # brackets that hold no IPv6 address
        query = []
    return path_parts(plain), tuple(name for name, _ in query), [value for _, value in query]


def _common(values: Sequence[str]) -> str:
    if len(set(values)) == 1 and not _DIGIT.search(values[0]):
        return values[0]
    if all(map(_DIGIT.search, values)):
        return _NUMBERED
    return _SLUG if all(map(_JOINED.search, values)) else _ANY


def _written(names: Sequence[str], parts: Sequence[str]) -> str:
    at = len(parts) - len(names)
    asked = "&".join(f"{n}={v}" for n, v in zip(names, parts[at:], strict=True))
    return "/" + "/".join(parts[:at]) + (f"?{asked}" if asked else "")


def _fits(values: Sequence[str], names: Sequence[str], shape: str) -> bool:
    path, _, asked = shape.partition("?")
    pairs = [pair.partition("=") for pair in asked.split("&")] if asked else []
    expected = [*filter(None, path.split("/")), *(value for _, _, value in pairs)]
    if shape == ELSEWHERE or [n for n, _, _ in pairs] != [*names] or len(expected) != len(values):
        return False
    return all(map(_part_fits, values, expected))


def _part_fits(value: str, expected: str) -> bool:
    tests: Mapping[str, bool] = {
        _ANY: True,
        _NUMBERED: bool(_DIGIT.search(value)),
        _SLUG: bool(_JOINED.search(value)),
    }
    return tests.get(expected, value == expected)
