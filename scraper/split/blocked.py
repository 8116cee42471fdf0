"""Pages that a site sends in place of the listing: login, consent, challenge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scraper.split.document import Document, DocumentKind
from scraper.split.lines import text_lines, tidy_lines
from scraper.split.phrases import phrase_key, phrases
from scraper.split.teaser import is_hidden

# Letters of visible text beyond which a page is no mere gate.
_GATE_LENGTH = 3000
# Letters beyond which a line is prose rather than the interface speaking.
_SAYING = 100
# Letters of a line that is somebody's text, and how many such lines a page's frame may have.
_PROSE = 200
_FEW_PARAGRAPHS = 3


def gate_of(document: Document) -> str | None:
    """Name the gate that the page is (``login``, ``consent``, ``challenge``), None for no gate.

    To be asked only of pages without entries: listings carry login links and challenge scripts
    too.
    """
    lines = visible_lines(document)
    if sum(map(len, lines)) > _GATE_LENGTH:
        return None
    title = _title(document)
    told = [phrase_key(line) for line in (*title, *lines) if len(line) < _SAYING]
    for gate in ("challenge", "consent"):
        if any(_tells(phrase, line) for phrase in phrases(gate) for line in told):
            return gate
    asks_password = document.kind is DocumentKind.HTML and bool(
        document.tree.xpath('//input[@type="password"]')
    )
    # The first line told is the page's title; deeper down a login link proves nothing.
    if asks_password or (
        told and f"{told[0]} ".startswith(tuple(f"{p} " for p in phrases("login")))
    ):
        return "login"
    return "challenge" if _is_script_only(document, lines) else None


def _tells(phrase: str, line: str) -> bool:
    """Whether a line has a phrase; single words open it, elsewhere they are anybody's."""
    return phrase in line if " " in phrase else f"{line} ".startswith(f"{phrase} ")


def says_no_entries(document: Document) -> bool:
    """Whether the page itself says, on a line of its own, that there is nothing to list.

    Messages that a style hides wait for a script, and a page full of prose lists something.
    """
    lines = visible_lines(document)
    if document.kind is DocumentKind.HTML:
        hidden = [node for node in document.tree.iter() if is_hidden(node)]
        lines = list((Counter(lines) - Counter(text_lines(*hidden))).elements())
    if sum(len(line) > _PROSE for line in lines) > _FEW_PARAGRAPHS:
        return False
    told = tuple(phrases("no_entries"))
    return any(phrase_key(line).startswith(told) for line in lines if len(line) < _SAYING)


def visible_lines(document: Document) -> list[str]:
    """What a reader sees of an HTML page or a text dump."""
    if document.kind is DocumentKind.HTML:
        return text_lines(document.tree)
    return tidy_lines(document.text.splitlines())


def _title(document: Document) -> list[str]:
    if document.kind is not DocumentKind.HTML:
        return []
    return [str(text) for text in document.tree.xpath("//title/text()")]


def _is_script_only(document: Document, lines: Sequence[str]) -> bool:
    """Challenges such as AWS WAF's show nothing and leave everything to a script."""
    if document.kind is not DocumentKind.HTML or any(lines):
        return False
    return bool(document.tree.xpath("//script"))
