"""The source's module as text, in the project's own format."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from importlib import resources
from string import Template

from scraper.scaffold.draft import Draft
from scraper.split.source import host_of

_LINE = 100
_PAGES = 3
# What no host's name has: the docstring names it, and the address may be the page's own word.
_NO_HOST = re.compile(r"[^\w.-]")
_QUOTE = r"\x22"


def module_text(draft: Draft) -> str:
    """Write the module that declares a source."""
    template = resources.files("scraper").joinpath("data/source.tmpl").read_text(encoding="utf-8")
    entry = _assigned("", "ENTRY = re.compile(", _raw(draft.entry), ")") if draft.entry else ""
    return Template(template).substitute(
        host=_NO_HOST.sub("", host_of(draft.home)),
        home=_assigned("", "HOME = ", _quoted(draft.home), ""),
        entry=f"{entry}\n\n" if draft.entry else "\n",
        classname=class_name(draft.name),
        what="A listing and the pages that follow it" if draft.next_page else "A listing",
        name=_quoted(draft.name).whole(),
        listings=_assigned("    ", "listings = (", _quoted(draft.listing), ",)"),
        pages=f"    default_pages = {_PAGES}\n" if draft.next_page else "",
        title=_assigned("        ", "title=", _quoted(draft.title), ","),
        languages=_tuple(draft.languages),
        entry_argument="ENTRY, " if draft.entry else "",
        known_by=_assigned("        ", "known_by=", _quoted(draft.known_by), ","),
        marker=_assigned("        ", "marker=re.compile(", _raw(draft.marker), "),"),
        day_first="" if draft.day_first is None else f"        day_first={draft.day_first},\n",
        min_entries=draft.min_entries,
        places=_places("paths", draft.paths) + _places("hosts", draft.hosts),
    )


def _places(name: str, values: Sequence[str]) -> str:
    told = [_assigned("        ", f"{name}=(", _quoted(value), ",),") for value in values]
    return "".join(f"{line}\n" for line in told)


def class_name(name: str) -> str:
    """Class of a source's spider: ``NewsSiteSpider`` for ``news_site``."""
    return "".join(part.capitalize() for part in name.split("_")) + "Spider"


class _Literal:
    """A string as Python code, in one part or in several."""

    def __init__(self, prefix: str, units: Sequence[str]) -> None:
        self._prefix = prefix
        self._units = units
        """Characters and escapes, none of which may be parted."""

    def whole(self) -> str:
        """On one line, in the quotes that need no escapes."""
        if _QUOTE in self._units and "'" not in self._units:
            told = "".join('"' if unit == _QUOTE else unit for unit in self._units)
            return f"{self._prefix}'{told}'"
        return f'{self._prefix}"{"".join(self._units)}"'

    def parts(self, width: int) -> list[str]:
        """On as many lines as it takes."""
        lines, room = [""], width - len(self._prefix) - 2
        for unit in self._units:
            if _width(lines[-1] + unit) > room:
                lines.append("")
            lines[-1] += unit
        return [f'{self._prefix}"{line}"' for line in lines]


def _assigned(indent: str, head: str, value: _Literal, tail: str) -> str:
    """A value behind its name, parted over lines where it is too long for one."""
    line = f"{indent}{head}{value.whole()}{tail}"
    if _width(line) <= _LINE:
        return line
    opened = "" if head.endswith("(") else "("
    closed = "" if head.endswith("(") else ")"
    comma = "," if tail.startswith(",)") else ""
    parts = [f"{indent}    {part}" for part in value.parts(_LINE - len(indent) - 5)]
    end = f"{indent}{closed}{tail.removeprefix(comma)}"
    return "\n".join([f"{indent}{head}{opened}", *parts[:-1], parts[-1] + comma, end])


def _width(line: str) -> int:
    """Columns as the linter counts them: ideographs take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def _quoted(text: str) -> _Literal:
    return _Literal("", [_unit(char) for char in text])


def _raw(pattern: str) -> _Literal:
    """A regular expression; what a raw string cannot hold is written as the expression's escape."""
    units: list[str] = []
    for char in pattern:
        shown = char if char.isprintable() and char != '"' else _u(char)
        if units and units[-1] == "\\":
            units[-1] = units[-1] + shown if shown == char else shown
        else:
            units.append(shown)
    return _Literal("r", units)


def _unit(char: str) -> str:
    if char == '"':
        return _QUOTE
    if char == "\\":
        return char * 2
    return char if char.isprintable() else _u(char)


def _u(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 2**16 else f"\\U{ord(char):08x}"


def _tuple(values: Sequence[str]) -> str:
    inner = ", ".join(_quoted(value).whole() for value in values)
    return f"({inner},)" if len(values) == 1 else f"({inner})"
