"""Pages that a site sends in place of the listing: login, consent, challenge."""

from __future__ import annotations

from collections.abc import Sequence

from scraper.split.document import Document, DocumentKind
from scraper.split.lines import text_lines
from scraper.split.phrases import phrase_key, phrases

# Letters of visible text beyond which a page is no mere gate.
_GATE_LENGTH = 3000
# Letters beyond which a line is prose rather than the interface speaking.
_SAYING = 100


def gate_of(document: Document) -> str | None:
    """Name the gate that the page is (``login``, ``consent``, ``challenge``), None for no gate.

    To be asked only of pages without entries: listings carry login links and challenge scripts
    too.
    """
    lines = visible_lines(document)
    if sum(map(len, lines)) > _GATE_LENGTH:
        return None
    title = _title(document)
    told = [phrase_key(line) for line in (*title, *lines)]
    for gate in ("challenge", "consent"):
        if any(phrase in line for phrase in phrases(gate) for line in told):
            return gate
    asks_password = document.kind is DocumentKind.HTML and bool(
        document.tree.xpath('//input[@type="password"]')
    )
    # The first line told is the page's title; deeper down a login link proves nothing.
    if asks_password or (told and told[0] in phrases("login")):
        return "login"
    return "challenge" if _is_script_only(document, lines) else None


def says_no_entries(document: Document) -> bool:
    """Whether the page itself says, on a line of its own, that there is nothing to list."""
    keys = (phrase_key(line) for line in visible_lines(document) if len(line) < _SAYING)
    told = tuple(phrases("no_entries"))
    return any(key.startswith(told) for key in keys)


def visible_lines(document: Document) -> list[str]:
    """What a reader sees of an HTML page or a text dump."""
    if document.kind is DocumentKind.HTML:
        return text_lines(document.tree)
    return document.text.splitlines()


def _title(document: Document) -> list[str]:
    if document.kind is not DocumentKind.HTML:
        return []
    return [str(text) for text in document.tree.xpath("//title/text()")]


def _is_script_only(document: Document, lines: Sequence[str]) -> bool:
    """Challenges such as AWS WAF's show nothing and leave everything to a script."""
    if document.kind is not DocumentKind.HTML or any(lines):
        return False
    return bool(document.tree.xpath("//script"))
