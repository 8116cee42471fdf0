"""Spans of a text that carry meaning in their exact characters: maths, code, links, identifiers.

Whoever rewrites running text (cleaning, translation) leaves these alone.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class SpanKind(StrEnum):
    """What a protected span is."""

    MATHS = "maths"
    COMMAND = "command"
    CODE = "code"
    URL = "url"
    EMAIL = "email"
    DOI = "doi"
    ARXIV = "arxiv"


class Span(NamedTuple):
    """Half-open range of characters ``text[start:end]``."""

    start: int
    end: int
    kind: SpanKind


# What no address holds: white space, quotes, brackets, format characters, sentence marks of
# Arabic and East Asian writing, and ideographs and kana, which follow an address without a space.
_LINK_CHARACTER = (
    r"(?!&(?:quot|apos|lt|gt|nbsp|\#0?3[49]|\#x2[27]);)"
    r"""[^\s<>"{}|\\^`\x00-\x20\x7f-\xa0\xad«»“”‘’‚„…،؛؟۔。，、；：！？（）「」『』【】《》"""
    r"\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3040-\u30ff\u3400-\u9fff"
    r"\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_LINK_TAIL = frozenset(".,;:!?'*_~)]")
_OPENING = {")": "(", "]": "["}
_BRACES = r"\{(?:[^{}]|\{[^{}]{0,200}\}){0,400}\}"

# Every repetition is bounded, so that a delimiter that is never closed costs no more than that.
_SPAN = re.compile(
    rf"""
    (?P<fence>```(?:[^`]|`(?!``)){{1,8000}}```)
  | (?P<code>(?<![`\w])(?P<ticks>``?)(?![\s`])[^`\n]{{1,300}}(?<!\s)(?P=ticks)(?![`\w]))
  | (?P<display>(?<!\\)\$\$(?:[^$\\]|\\[\s\S]){{1,4000}}\$\$)
  | (?P<dollar>(?<![\\$])\$(?P<formula>(?:[^$\\]|\\[\s\S]){{1,800}})\$)
  | (?P<paren>\\\((?:(?!\\\))[\s\S]){{1,2000}}\\\))
  | (?P<bracket>\\\[(?:(?!\\\])[\s\S]){{1,4000}}\\\])
  | (?P<environment>\\begin\{{(?P<name>[A-Za-z]{{1,30}}\*?)\}}
        (?:(?!\\end\{{)[\s\S]|\\end\{{(?!(?P=name)\}})){{0,4000}}\\end\{{(?P=name)\}})
  | (?P<group>\{{\\(?:[^{{}}]|\{{[^{{}}]{{0,200}}\}}){{1,400}}\}})
  | (?P<command>\\[A-Za-z]{{1,40}}\*?(?:\[[^\[\]\n]{{0,80}}\])?(?:{_BRACES})*
        (?:[_^](?:\{{[^{{}}]{{0,100}}\}}|[A-Za-z0-9]))*)
  | (?P<accent>\\["'`^~=.](?:\{{\\?[A-Za-z]{{1,2}}\}}|\\?[A-Za-z]))
  | (?P<escape>\\[%&$\#_{{}}])
  | (?P<url>(?<![A-Za-z0-9_@])(?:(?i:https?|ftp)://|(?:www|Www|WWW)\.(?=\w))(?:{_LINK_CHARACTER}){{1,2000}})
  | (?P<email>(?<![A-Za-z0-9_.%+-])[A-Za-z0-9._%+-]{{1,64}}@[A-Za-z0-9-]{{1,63}}
        (?:\.[A-Za-z0-9-]{{1,63}}){{1,6}})
  | (?P<doi>(?<![A-Za-z0-9_/.])(?i:doi:)?10\.[0-9]{{4,9}}(?:\.[0-9]{{1,9}})*/
        (?:{_LINK_CHARACTER}){{1,300}})
  | (?P<arxiv>(?<![A-Za-z0-9_/.])(?:
        (?:arXiv|arxiv|ArXiv|ARXIV):\ ?(?:[0-9]{{4}}\.[0-9]{{4,5}}
        |[a-z-]{{2,20}}(?:\.[A-Z]{{2}})?/[0-9]{{7}})(?:v[0-9]{{1,2}})?
      | [0-9]{{4}}\.[0-9]{{4,5}}v[0-9]{{1,2}}
      | [a-z]{{2,8}}-[a-z]{{2,4}}/[0-9]{{7}}(?:v[0-9]{{1,2}})?)(?!\w))
    """,
    re.VERBOSE,
)
_KINDS = {
    "fence": SpanKind.CODE,
    "code": SpanKind.CODE,
    "command": SpanKind.COMMAND,
    "accent": SpanKind.COMMAND,
    "escape": SpanKind.COMMAND,
    "group": SpanKind.COMMAND,
    "url": SpanKind.URL,
    "email": SpanKind.EMAIL,
    "doi": SpanKind.DOI,
    "arxiv": SpanKind.ARXIV,
}
_LINKS = frozenset({SpanKind.URL, SpanKind.DOI})
# Each span holds one of these or matches the pattern.
_MARKERS = (
    "$",
    "\\",
    "`",
    "@",
    "/",
    "www.",
    "Www.",
    "WWW.",
    "arXiv:",
    "arxiv:",
    "ArXiv:",
    "ARXIV:",
)
_NUMBERED = re.compile(r"[0-9]v[0-9]")
_TEX_MARK = re.compile(r"[\\^_{}=<>|+*/()\[\]≤≥≠≈∈×·→]")
_MONEY = re.compile(r"\s?[0-9][0-9.,]*\s?(?:[^\W\d_]+\b|%|$)?")
_CURRENCY_PREFIX = re.compile(r"[A-Z]$")


def protected_spans(text: str) -> list[Span]:
    r"""Find what must keep its exact characters.

    Maths in ``$…$``, ``$$…$$``, ``\(…\)``, ``\[…\]`` and environments; TeX groups and commands;
    code between backticks; URLs, e-mail addresses, DOIs and arXiv identifiers. A dollar sign
    before an amount ("$5 and $10", "US$ 3 million") opens no formula.

    Returns:
        The spans in order; they do not overlap.
    """
    if not any(marker in text for marker in _MARKERS) and not _NUMBERED.search(text):
        return []
    spans: list[Span] = []
    at = 0
    while found := _SPAN.search(text, at):
        span = _span(found)
        if span is None:
            at = found.start() + 1
        else:
            spans.append(span)
            at = span.end
    return spans


def _span(found: re.Match[str]) -> Span | None:
    group = found.lastgroup or ""
    if group == "dollar" and not _is_formula(found):
        return None
    kind = _KINDS.get(group, SpanKind.MATHS)
    return Span(found.start(), _link_end(found) if kind in _LINKS else found.end(), kind)


def _is_formula(found: re.Match[str]) -> bool:
    formula, text = found["formula"], found.string
    inner = formula.strip()
    marked = bool(_TEX_MARK.search(inner))
    if not inner or "\n\n" in formula:
        return False
    if formula != inner:
        both_spaced = formula[0].isspace() and formula[-1].isspace()
        return both_spaced and (marked or len(inner) == 1)
    if not marked and text[found.end() : found.end() + 1].isdigit():
        return False
    before = text[max(0, found.start() - 1) : found.start()]
    if _MONEY.match(formula) and (_CURRENCY_PREFIX.match(before) or " " in formula):
        return marked and not _reads_as_prose(formula)
    return marked or not _reads_as_prose(formula)


def _reads_as_prose(formula: str) -> bool:
    """Three words in a row, none of them an argument or a command."""
    return bool(re.search(r"(?<![\\{\w])[^\W\d_]{2,}(?:[ ,;]+[^\W\d_]{2,}){2}", formula))


def _link_end(found: re.Match[str]) -> int:
    """Leave out sentence marks and unpaired brackets at the end of an address."""
    link = found.group()
    while link[-1] in _LINK_TAIL:
        opening = _OPENING.get(link[-1])
        if opening and link.count(opening) >= link.count(link[-1]):
            break
        link = link[:-1]
    return found.start() + len(link)
