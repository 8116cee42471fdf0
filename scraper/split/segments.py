"""Entries of a text dump, or of a box's lines: runs of text lines with what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs


@attrs.frozen(kw_only=True)
class LineRules:
    """What a source's lines look like."""

    fields: Mapping[str, re.Pattern[str]] = attrs.field(factory=dict)
    """Patterns that match a whole line of metadata, by name. Named groups are field values, the
    whole line is the value of a pattern without groups. The first pattern that matches counts."""

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


PARAGRAPH = re.compile(r".{200,}|.{80,}[.!?…؟۔。][\"'”»)\]]*")
"""A line long enough, or ended like a sentence, to be a summary rather than a title."""


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
    for name, pattern in fields.items():
        match = pattern.fullmatch(line)
        if match:
            groups = {k: v for k, v in match.groupdict().items() if v is not None}
            return groups if pattern.groupindex else {name: line}
    return None


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
