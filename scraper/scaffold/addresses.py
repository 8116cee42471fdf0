"""The pattern of the entries' addresses, found from those of one page.

What differs from entry to entry becomes a class (number, date, slug), as general as it can be
without taking in the page's other links.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import takewhile

import attrs

from scraper.scaffold.pieces import FILE_ENDING, Piece, escaped, ladder

# Forms of an address beyond which it is no form; share of the entries that the forms must cover.
_MOST_FORMS = 4
_COVERAGE = 0.95
# A stricter class is worth its risk if it leaves so much of the links that are no entries.
_LEFT = 0.2
# Digits from which a number alone tells an entry apart on a whole site.
_LONG_NUMBER = 4
_DAY = re.compile(r"(?:19|20)\d{6}")
# Digits, and entries, from which a number tells an entry apart whatever section it stands in.
_SOME_DIGITS = 3
_SOME_ENTRIES = 5
_SLASHES = re.compile(r"//+")


@attrs.frozen(kw_only=True)
class AddressPattern:
    """What the addresses of a page's entries have in common."""

    regex: str
    """Matches whole addresses as `scraper.split.declared.local_address` writes them; the group
    ``id`` tells entries apart."""
    words: str
    """The same in words: ``/news/<number>/<text>``."""


_Key = tuple[str, int, bool]


@attrs.frozen(kw_only=True)
class _Address:
    """An address in its parts."""

    origin: str
    """Scheme and host, ``""`` at home."""
    path: tuple[str, ...]
    slash: bool
    query: tuple[tuple[str, str], ...]

    @property
    def key(self) -> _Key:
        depth = 0 if self.path == ("",) else len(self.path)
        return (self.origin, depth, bool(self.query))


def induce(entries: Sequence[str], others: Sequence[str]) -> AddressPattern | None:
    """Find the pattern of the entries' addresses.

    Args:
        entries: addresses of entries, as `local_address` writes them.
        others: addresses of the page's other links.

    Returns:
        The pattern; None where the entries' addresses have too little in common.
    """
    groups: dict[_Key, list[_Address]] = defaultdict(list)
    told = [text for text in dict.fromkeys(entries) if text and not _SLASHES.fullmatch(text)]
    for text in told:
        made = _address(text)
        groups[made.key].append(made)
    forms = sorted(groups.values(), key=len, reverse=True)
    if len(forms) > 1:
        forms = [form for form in forms if len(form) > 1][:_MOST_FORMS]
    if not told or sum(map(len, forms)) < len(entries) * _COVERAGE:
        return None
    foreign = sorted(set(others) - set(told))
    patterns = [_form(form, foreign) for form in forms]
    return patterns[0] if len(patterns) == 1 else _either(patterns)


def _address(text: str) -> _Address:
    match = re.fullmatch(r"(?P<origin>https?://[^/?#]+)?(?P<path>[^?]*)(?:\?(?P<query>.*))?", text)
    path = match["path"] if match else text
    query = (match["query"] or "") if match else ""
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    return _Address(
        origin=(match["origin"] or "") if match else "",
        path=tuple(path.strip("/").split("/")),
        slash=path.endswith("/"),
        query=tuple((name, value) for name, value in pairs),
    )


def _form(group: Sequence[_Address], others: Sequence[str]) -> AddressPattern:
    """The pattern of addresses of one form."""
    ladders = [ladder(values) for values in zip(*(a.path for a in group), strict=True)]
    chosen = [steps[0] for steps in ladders]
    unique = len({a.path for a in group}) == len(group)
    query = _query(group, needed=not unique)
    best = _compose(group, chosen, query)
    taken = _taken(best, others)
    for at, steps in enumerate(ladders):
        # Below a section of the site even a name of one word is likely to be an entry's.
        below = any(piece.fixed for piece in chosen[:at])
        for piece in steps[1:]:
            if below and piece.hyphened:
                continue
            stricter = [*chosen[:at], piece, *chosen[at + 1 :]]
            pattern = _compose(group, stricter, query)
            left = _taken(pattern, others)
            if left < taken and left <= _LEFT * _taken(best, others):
                chosen, taken = stricter, left
    return _compose(group, chosen, query)


def _taken(pattern: AddressPattern, others: Sequence[str]) -> int:
    compiled = re.compile(pattern.regex)
    return sum(compiled.fullmatch(text) is not None for text in others)


@attrs.frozen(kw_only=True)
class _Query:
    regex: str = ""
    words: str = ""
    has_id: bool = False


def _query(group: Sequence[_Address], *, needed: bool) -> _Query:
    """What may follow the path; where paths do not tell entries apart, a value of it does."""
    if not any(a.query for a in group):
        return _Query()
    if not needed:
        return _Query(regex=r"(?:\?[^#]*)?")
    values = _parameters(group)
    names = [name for name, told in values.items() if len(told) == len(group)]
    telling = max(names, key=lambda name: len(set(values[name])), default=None)
    if telling is None:
        return _Query(regex=r"\?(?P<id>[^#]+)", words="?<text>", has_id=True)
    is_number = all(value.isdecimal() for value in values[telling])
    value = r"\d+" if is_number else r"[^&#]+"
    regex = rf"\?(?:[^#]*&)?{escaped(telling)}=(?P<id>{value})(?:&[^#]*)?"
    word = f"?{telling}=" + ("<number>" if is_number else "<text>")
    return _Query(regex=regex, words=word, has_id=True)


def _parameters(group: Sequence[_Address]) -> Mapping[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for address in group:
        for name, value in dict(address.query).items():
            values[name].append(value)
    return values


def _compose(group: Sequence[_Address], pieces: Sequence[Piece], query: _Query) -> AddressPattern:
    """Put the pieces of a pattern together, the group ``id`` around what tells entries apart."""
    regexes = [piece.regex for piece in pieces]
    if not query.has_id:
        regexes = _with_id(group, pieces)
    closed = pieces[-1].is_file or FILE_ENDING.search(pieces[-1].regex[-6:])
    end = "" if closed or pieces[-1].regex == "" else "/?"
    words = "/" + "/".join(piece.word for piece in pieces)
    origin = group[0].origin
    return AddressPattern(
        regex=escaped(origin) + "/" + "/".join(regexes) + end + query.regex,
        words=origin + words + query.words,
    )


def _with_id(group: Sequence[_Address], pieces: Sequence[Piece]) -> list[str]:
    """The pieces' expressions with the group ``id`` in place."""
    regexes = [piece.regex for piece in pieces]
    varying = [at for at, piece in enumerate(pieces) if not piece.fixed] or [len(pieces) - 1]
    at = _telling_number(group, pieces, varying)
    if at is not None:
        number = pieces[at].number
        head, _, tail = regexes[at].rpartition(number)
        regexes[at] = f"{head}(?P<id>{number}){tail}"
        return regexes
    regexes[varying[0]] = "(?P<id>" + regexes[varying[0]]
    regexes[varying[-1]] += ")"
    return regexes


def _telling_number(
    group: Sequence[_Address], pieces: Sequence[Piece], varying: Sequence[int]
) -> int | None:
    """The segment whose number alone tells entries apart, on the whole site by all appearance."""
    for at in reversed(varying):
        if not pieces[at].number or pieces[at].dated:
            continue
        found = [_digits(a.path[at], pieces[at].number) for a in group]
        lone = all(pieces[other].dated for other in varying if other != at)
        # Numbers that begin anew every year are short, and stand beside the year.
        is_running = len(group) >= _SOME_ENTRIES and not any(pieces[i].dated for i in varying)
        least = _SOME_DIGITS if is_running else _LONG_NUMBER
        if all(_DAY.fullmatch(number) for number in found):
            continue
        if len(set(found)) == len(group) and (
            (lone and len(varying) == 1) or all(len(number) >= least for number in found)
        ):
            return at
    return None


def _digits(segment: str, number: str) -> str:
    found = re.findall(number, segment)
    return found[-1] if found else ""


def _either(patterns: Sequence[AddressPattern]) -> AddressPattern:
    """One pattern for addresses of several forms: the id is all behind what they share."""
    bare = [pattern.regex.replace("(?P<id>", "(?:") for pattern in patterns]
    parts = [regex.split("/") for regex in bare]
    same = zip(*(part[:-1] for part in parts), strict=False)
    shared = [told[0] for told in takewhile(_is_literal, same)]
    head = "".join(f"{part}/" for part in shared)
    tails = "|".join(regex[len(head) :] for regex in bare)
    return AddressPattern(
        regex=f"{head}(?P<id>{tails})", words=" or ".join(p.words for p in patterns)
    )


def _is_literal(told: tuple[str, ...]) -> bool:
    return (
        len(set(told)) == 1
        and re.fullmatch(r"(?:[\w-]|\\.)*", told[0]) is not None
        and ("\\d" not in told[0])
    )
