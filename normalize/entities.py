"""HTML entities that are still visible in text that a parser has already decoded once."""

from __future__ import annotations

import html
import re
from html.entities import html5

_AMPERSAND = r"(?:amp|AMP|\#0{0,4}38|\#[xX]0{0,4}26);"
_ENTITY = re.compile(
    rf"&(?P<escapes>(?:{_AMPERSAND})*)"
    r"(?P<name>\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_NUMBER_AFTER = re.compile(r"=?\s*[-+−±~$]?\.?[0-9]")


def decode_entities(text: str) -> str:
    """Decode entities that double escaping left visible.

    The parser's decoding is the one decoding that markup is owed. What is still an entity after
    it is damage (``AT&amp;T``, ``it&#8217;s``) and becomes its character, however often it was
    escaped; but the angle brackets stay escaped, since they are what writing about markup shows:
    ``&amp;lt;`` becomes ``&lt;`` and ``&lt;b&gt;`` remains. They are decoded only where they
    compare: ``p &lt; 0.05``. Names without their semicolon and unknown names are text.
    """
    return _ENTITY.sub(_decoded, text)


def has_entity(text: str) -> bool:
    """Whether `text` holds anything of an entity's form."""
    return "&" in text and _ENTITY.search(text) is not None


def _decoded(found: re.Match[str]) -> str:
    name = found["name"]
    bare = f"&{name};"
    character = html.unescape(bare) if name.startswith("#") else html5.get(f"{name};", bare)
    if character in {"<", ">"} and not _compares(found):
        return bare
    return character


def _compares(found: re.Match[str]) -> bool:
    before = found.string[: found.start()][-1:]
    after = found.string[found.end() : found.end() + 8]
    if _NUMBER_AFTER.match(after) or before in {"-", "="}:
        return True
    return before.isspace() and after[:1] in {" ", "="}
