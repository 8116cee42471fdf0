"""Entries of a text dump, or of a box's lines: runs of text lines with what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs


@attrs.frozen(kw_only=True)
class LineRules:
    """What a source's lines look like."""

    fields: Mapping[str, re.Pattern[str]] = attrs.field(factory=dict)
    """Patterns of metadata by name. A line is metadata if such patterns and separators (white
    space, ``·``, ``•``, ``|``) make it up from end to end. Named groups are field values, all of
    the match is the value of a pattern without groups; the first pattern that matches counts."""

    inner: frozenset[str] = frozenset()
    """Names of fields after which the same entry's text may go on; any other field ends it."""

    drop: re.Pattern[str] | None = None
    """Lines that belong to no entry and end none."""

    start: re.Pattern[str] | None = None
    """Lines that open an entry and are no part of its text."""

    paragraph: re.Pattern[str] | None = None
    """Text lines that complete an entry's text, so that the next text line opens another entry.
    None where metadata alone ends an entry."""


@attrs.frozen(kw_only=True)
class Segment:
    """The lines of one entry."""

    texts: tuple[str, ...]
    """Text lines in page order: headings, title, paragraphs."""

    fields: Mapping[str, tuple[str, ...]]
    """Values of the metadata lines by name, in page order."""

    def first(self, name: str) -> str | None:
        """The first value of a field."""
        return next(iter(self.fields.get(name, ())), None)


_SEPARATORS = re.compile(r"[\s·•|]+")
PARAGRAPH = re.compile(r".{200,}|.{80,}[.!?…؟۔。][\"'”»)\]]*")
"""A line long enough, or ended like a sentence, to be a summary rather than a title."""


SENTENCE = re.compile(r".+\s.+[.!?…؟۔。][\"'”»)\]]*")
"""A line of several words that ends like a sentence: a summary, however short, and no label."""


def segments(lines: Iterable[str], rules: LineRules) -> list[Segment]:
    """Split lines into entries: text lines, then their metadata lines, then the next entry.

    Args:
        lines: non-empty lines without surrounding white space.
        rules: the source's lines.
    """
    builder = _Builder(rules)
    for line in lines:
        if rules.drop and rules.drop.fullmatch(line):
            continue
        if rules.start and rules.start.fullmatch(line):
            builder.close()
            continue
        values = _field_values(line, rules.fields)
        if values is None:
            builder.add_text(line)
        else:
            builder.add_fields(values)
    builder.close()
    return builder.done


def _field_values(line: str, fields: Mapping[str, re.Pattern[str]]) -> dict[str, str] | None:
    """Values of a line that is metadata from end to end, None for any other line."""
    values: dict[str, str] = {}
    place = _skip_separators(line, 0)
    while place < len(line):
        found = _first_match(line, place, fields)
        if found is None:
            return None
        name, match = found
        groups = {k: v for k, v in match.groupdict().items() if v is not None}
        values |= groups if match.re.groupindex else {name: match.group()}
        place = _skip_separators(line, match.end())
    return values


def _first_match(
    line: str, place: int, fields: Mapping[str, re.Pattern[str]]
) -> tuple[str, re.Match[str]] | None:
    for name, pattern in fields.items():
        match = pattern.match(line, place)
        if match and match.end() > place and _ends(line, match.end()):
            return name, match
    return None


def _skip_separators(line: str, place: int) -> int:
    match = _SEPARATORS.match(line, place)
    return match.end() if match else place


def _ends(line: str, place: int) -> bool:
    """Whether no word goes on at a place."""
    return place == len(line) or bool(_SEPARATORS.match(line, place))


class _Builder:
    """Collects the lines of the entry that is being read."""

    def __init__(self, rules: LineRules) -> None:
        self.done: list[Segment] = []
        self._rules = rules
        self._texts: list[str] = []
        self._fields: dict[str, list[str]] = {}
        self._has_paragraph = False
        self._has_end = False

    def add_text(self, line: str) -> None:
        if self._has_end or self._has_paragraph:
            self.close()
        self._texts.append(line)
        paragraph = self._rules.paragraph
        self._has_paragraph = paragraph is not None and bool(paragraph.fullmatch(line))

    def add_fields(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            self._fields.setdefault(name, []).append(value)
            self._has_end = self._has_end or name not in self._rules.inner

    def close(self) -> None:
        if self._texts or self._fields:
            fields = {name: tuple(values) for name, values in self._fields.items()}
            self.done.append(Segment(texts=tuple(self._texts), fields=fields))
        self._texts, self._fields = [], {}
        self._has_paragraph = self._has_end = False
