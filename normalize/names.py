"""Bylines to names in display order, ``Given Family``; letters are never changed.

A name keeps the order of its script: Chinese, Japanese and Korean names stay family first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import attrs

from normalize.issues import Issue, issue
from normalize.name_words import fold_arabic, name_words
from normalize.pairing import is_suffix, pair

_WHITE_SPACE = re.compile(r"\s+")
_DIRECTION_MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_MARK = r"[\d*∗†‡§]"
_FOOTNOTES = re.compile(
    rf"\$\s*\^[^$]*\$|\^\s*\{{[^{{}}]*\}}|\^{_MARK}+(?:,{_MARK}+)*"
    rf"|[(\[（]\s*{_MARK}+(?:\s*,\s*{_MARK}+)*\s*[)\]）]"
    "|[\u00b2\u00b3\u00b9\u1d2c-\u1d6a\u1d9b-\u1dbf\u2070-\u209c]+|[*∗†‡§¶‖✉]+"
)
_END_DIGITS = re.compile(r"(?<=[^\d\s_-])\s?\d+$")
_HANDLE = re.compile(r"[a-z0-9_.-]+")
_AFFILIATION_KEY = re.compile(r"\s*\(\s*\(\d+\)[^\n]*\)\s*$")  # ((1) MIT, (2) ETH), as on arXiv
_MAIL = re.compile(r"<?\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")
_EDGES = " ,;:·•|-–—"
_BRACKETED = r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）"
_HARD = re.compile(rf"{_BRACKETED}|(?P<cut>[;؛；\n]|\s[|•·/]\s)")
_SOFT = re.compile(rf"{_BRACKETED}|(?P<cut>[,،、，､])")
_KANJI_DOTS = re.compile(r"[㐀-鿿々]{2,}(?:・[㐀-鿿々]{2,})+")


@attrs.frozen(kw_only=True)
class Byline:
    """The authors that a byline names."""

    names: tuple[str, ...] = ()
    """Names in display order."""

    issues: tuple[str, ...] = ()
    """``byline_unpaired``, ``authors_truncated``; none where nothing was lost."""


def split_byline(text: str, *, family_first: bool = False) -> Byline:
    """Split a byline into names.

    Labels (``By``, ``بقلم``, ``作者：``), footnote marks and the digits of affiliations go, and
    ``et al.`` leaves ``authors_truncated``. Brackets keep their commas.

    Args:
        text: The byline as the page gives it.
        family_first: Whether it writes ``Last, First, Last, First``. Without it a list is
            inverted only where semicolons leave no doubt (``Weber, Logan; Michel, Jesse``).
    """
    plain = _plain(text)
    plain, cut = _cut_short(_without_label(plain, family_first=family_first))
    items = list(_split(plain, _HARD))
    if family_first:
        groups = [group for item in items for group in _at_conjunctions(item)]
        names, unpaired = _paired(groups)
    elif _is_inverted(items):
        names, unpaired = _paired(items)
    else:
        names, unpaired = _listed(items), False
    return Byline(names=tuple(names), issues=cut + _unpaired(found=unpaired))


def display_name(text: str) -> str:
    """Clean one name; ``Weber, Logan`` becomes ``Logan Weber``.

    What follows the comma stays there where it is an affiliation: ``Jane Doe, MIT``.
    """
    plain = _plain(text)
    parts = _cleaned(_split(plain, _SOFT))
    if len(parts) > 1 and not is_suffix(parts[1]) and _is_affiliation(parts):
        return ", ".join(parts)
    return " ".join(pair(parts).names)


def _is_affiliation(parts: Sequence[str]) -> bool:
    collective = {word.casefold() for word in parts[1].split()} & name_words().collectives
    return bool(collective) or (not _is_family(parts[0]) and parts[1].isupper())


def _unpaired(*, found: bool) -> tuple[str, ...]:
    return (issue(Issue.BYLINE_UNPAIRED),) if found else ()


def _plain(text: str) -> str:
    unmarked = _AFFILIATION_KEY.sub("", _single_spaced(_DIRECTION_MARKS.sub("", text)))
    return _single_spaced(_FOOTNOTES.sub("", _without_mail(unmarked)))


def _single_spaced(text: str) -> str:
    """Fold runs of white space, which patterns would try at every length; a line end stays one."""
    return _WHITE_SPACE.sub(lambda found: "\n" if "\n" in found[0] else " ", text)


def _without_mail(text: str) -> str:
    """Take addresses away from the names beside them: ``jane@example.org (Jane Doe)``."""
    if "@" not in text:
        return text
    rest = _EMPTY_BRACKETS.sub("", _MAIL.sub(" ", text)).strip()
    if not any(map(str.isalpha, rest)):
        return text
    bracketed = rest.startswith("(") and rest.endswith(")") and rest.count("(") == 1
    return rest[1:-1] if bracketed else rest


def _without_label(text: str, *, family_first: bool) -> str:
    words = name_words()
    label = words.label.match(text)
    if label:
        return text[label.end() :]
    particle = words.particle_label.match(text)
    if particle is None or family_first:
        return text
    name = next(_split(text[particle.end() :], _SOFT), "").split()
    # "Von Neumann" is a name, "Von der Leyen" too; "Von Anna Schmidt" is a label and a name.
    labelled = len(name) > 1 and name[0].casefold() not in words.particles
    return text[particle.end() :] if labelled else text


def _cut_short(text: str) -> tuple[str, tuple[str, ...]]:
    counted = name_words().counted_truncation.search(text)
    if counted:
        number = int(next(group for group in counted.groups() if group))
        return text[: counted.start()], (issue(Issue.AUTHORS_TRUNCATED, number),)
    found = name_words().truncation.search(text)
    if found:
        return text[: found.start()], (issue(Issue.AUTHORS_TRUNCATED),)
    return text, ()


def _split(text: str, separator: re.Pattern[str]) -> Iterator[str]:
    """Cut at the separator's ``cut`` group; what the rest of it matches is kept whole."""
    start = 0
    for match in separator.finditer(text):
        if match["cut"] is not None:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _is_inverted(items: Sequence[str]) -> bool:
    """Whether every item between semicolons is a family name, a comma and a given name.

    One family name of a single word shows it for those of several (``García Márquez``).
    """
    parts = [_cleaned(_split(item, _SOFT)) for item in items if item.strip()]
    return (
        len(parts) > 1
        and all(
            len([text for text in item if not is_suffix(text)]) == 2  # noqa: PLR2004  a pair
            and (_is_family(item[0]) or not _is_affiliation(item))
            for item in parts
        )
        and any(_is_family(item[0]) for item in parts)
    )


def _is_family(text: str) -> bool:
    words = text.split()
    return all(word.casefold() in name_words().particles for word in words[:-1])


def _paired(groups: Sequence[str]) -> tuple[list[str], bool]:
    names: list[str] = []
    unpaired = False
    for group in groups:
        parts = _cleaned(_split(group, _SOFT))
        if parts:
            found = pair(parts)
            names.extend(found.names)
            unpaired = unpaired or found.unpaired
    return names, unpaired


def _listed(items: Sequence[str]) -> list[str]:
    names: list[str] = []
    texts = [
        text
        for item in items
        for part in _split(item, _SOFT)
        for group in _at_conjunctions(part)
        for text in _at_weak_conjunctions(group)
    ]
    for text in _cleaned(texts):
        if is_suffix(text) and names:
            names[-1] += f" {text}"
        else:
            names.extend(text.split("・") if _KANJI_DOTS.fullmatch(text) else [text])
    return names


def _at_conjunctions(text: str) -> list[str]:
    words = text.split(" ")
    waw = [f" {word[0]} {word[1:]}" if _is_waw_and_name(word) else word for word in words]
    return name_words().conjunction.split(" ".join(waw))


def _is_waw_and_name(word: str) -> bool:
    """Whether a word is ``و`` or ``ו`` written onto a given name, as in ``ومحمد``."""
    words = name_words()
    if word.startswith("ו"):
        return word[1:] in words.hebrew_given
    folded = fold_arabic(word)
    if not folded.startswith("و") or folded in words.arabic_in_waw:
        return False
    return folded[1:] in words.arabic_given or folded.startswith("وعبد")


def _at_weak_conjunctions(text: str) -> list[str]:
    """Cut at ``y`` where both sides are full names: not in ``José Ortega y Gasset``."""
    parts = name_words().weak_conjunction.split(text)
    return parts if all(len(part.split()) > 1 for part in parts) else [text]


def _cleaned(texts: Iterator[str] | Sequence[str]) -> list[str]:
    names = (_clean(text) for text in texts)
    return [name for name in names if any(map(str.isalpha, name))]


def _clean(text: str) -> str:
    name = unicodedata.normalize("NFC", " ".join(text.split())).strip(_EDGES)
    name = name_words().profession.sub("", name)
    return name if _HANDLE.fullmatch(name) else _END_DIGITS.sub("", name).strip(_EDGES)
