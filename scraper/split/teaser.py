"""Teasers: the visible beginning of a text and its hidden rest, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from normalize.issues import Issue
from normalize.joints import judge_space
from normalize.language import detect
from scraper.split.lines import one_line
from scraper.split.phrases import phrase_key, phrases

_DOTS = re.compile(r"\s*(?:\.{2,}|…)\s*")
# A dump may set the dots off with spaces; a second space after them is the text's own.
_DOTS_AT_CUT = re.compile(r"(?:\.{3}|…|\s(?:\.{3}|…)\s)(?P<rest>.*\S.*)", re.DOTALL)
_LAST_SENTENCE_END = re.compile(r"[.!?؟…۔。][\"'”»)\]]*(?=[^.!?؟…۔。]*$)")
# Spaces before the line break stand behind the half's last word: they are the half's.
_INDENTATION_BEFORE = re.compile(r"\r?\n\s*$")
_INDENTATION_AFTER = re.compile(r"^\s*\n\s*")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_INLINE = frozenset(("span", "i", "em", "b", "strong", "a", "font", "small"))
_WORD = re.compile(r"[^\W\d_]+")


def join_teasers(root: HtmlElement) -> None:
    """Take out of a tree what stands between a teaser and its rest, in place.

    That is: the node of dots, the template's indentation (white space with a line break; a plain
    space belongs to one of the halves), and the words of the link that unfolds the rest.
    """
    # The link to the rest goes first: it may itself stand between the halves.
    for anchor in list(root.iter("a", "button")):
        if phrase_key(one_line(anchor)) in phrases("read_more"):
            _remove(anchor)
    for node in list(root.iter(*_INLINE)):
        is_dots = len(node) == 0 and _DOTS.fullmatch(node.text or "")
        rest = _next_inline(node) if is_dots else None
        if rest is not None:
            _remove(node)
            _close_gap(rest)
    for node in root.iter(*_INLINE):
        if is_hidden(node):
            _close_gap(node)


def close_teaser_gaps(texts: Sequence[str], offset: int) -> list[tuple[str, tuple[Issue, ...]]]:
    """Undo the joint in texts of one page of a text dump, in which a space joins the halves.

    Args:
        texts: the texts of the page's entries.
        offset: characters that the site shows before it cuts.

    Returns:
        Each text with the remarks on it. A page on which fewer than half of the longer texts
        have a space at the offset does not join them this way: nothing is touched there.
    """
    texts = _without_dots([_without_link(text) for text in texts], offset)
    longer = [text for text in texts if len(text) > offset + 1]
    spaced = sum(text[offset] == " " for text in longer)
    if not longer or spaced * 2 < len(longer):
        return [(text, ()) for text in texts]
    vocabulary = _vocabulary(texts, offset)
    return [_close_text_gap(text, offset, vocabulary) for text in texts]


def _without_dots(texts: Sequence[str], offset: int) -> list[str]:
    """The texts without dots at the cut, where the dump shows them: they tell the joint exactly."""
    found = [_DOTS_AT_CUT.match(text, offset) for text in texts]
    longer = sum(len(text) > offset + 1 for text in texts)
    if sum(map(bool, found)) * 2 < longer:
        return list(texts)
    return [
        text[:offset] + match["rest"] if match else text
        for text, match in zip(texts, found, strict=True)
    ]


def _without_link(text: str) -> str:
    """The text without the words of the link that unfolds it, where they follow its end."""
    match = _LAST_SENTENCE_END.search(text)
    if match and phrase_key(text[match.end() :]) in phrases("read_more"):
        return text[: match.end()]
    return text


def _close_text_gap(
    text: str, offset: int, vocabulary: frozenset[str]
) -> tuple[str, tuple[Issue, ...]]:
    if len(text) <= offset + 1 or text[offset] != " ":
        return text, ()
    before, after = text[:offset], text[offset + 1 :]
    if before.endswith(" ") or after.startswith(" "):
        return before + after, (Issue.TEASER_GAP_REPAIRED,)
    joint = judge_space(before, after, language=detect(text).language, vocabulary=vocabulary)
    doubt = () if joint.certain else (Issue.TEASER_GAP_UNCERTAIN,)
    if joint.inserted:
        return before + after, (Issue.TEASER_GAP_REPAIRED, *doubt)
    return text, doubt


def _vocabulary(texts: Sequence[str], offset: int) -> frozenset[str]:
    """Words of the page, but for the fragments at the joints themselves."""
    known: set[str] = set()
    for text in texts:
        for match in _WORD.finditer(text):
            if match.end() < offset or match.start() > offset + 1:
                known.add(match.group().lower())
    return frozenset(known)


def _next_inline(node: HtmlElement) -> HtmlElement | None:
    """The inline node that follows with nothing but emptied links and white space before it."""
    while not (node.tail or "").strip():
        following = node.getnext()
        if following is None or following.tag not in _INLINE:
            return None
        if one_line(following):
            return following
        node = following
    return None


def is_hidden(node: HtmlElement) -> bool:
    """Whether an element's own attributes hide it."""
    return node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))


def _close_gap(rest: HtmlElement) -> None:
    """Take the template's indentation from between the rest and what stands before it."""
    rest.text = _INDENTATION_AFTER.sub("", rest.text or "")
    _strip_indentation_before(rest)


def _remove(node: HtmlElement) -> None:
    """Take a node out, with the indentation around it; the text after it stays.

    A link stays without its words: it may be all that leads to the entry.
    """
    if node.getparent() is None:  # gone with the link around it
        return
    node.tail = _INDENTATION_AFTER.sub("", node.tail or "")
    _strip_indentation_before(node)
    if node.get("href") is None:
        node.drop_tree()
    else:
        for child in list(node):
            node.remove(child)
        node.text = None


def _strip_indentation_before(node: HtmlElement) -> None:
    """Strip the end of the text before a node, wherever the tree holds it."""
    before = node.getprevious()
    if before is None:
        parent = node.getparent()
        if parent is not None:
            parent.text = _INDENTATION_BEFORE.sub("", parent.text or "")
        return
    before.tail = _INDENTATION_BEFORE.sub("", before.tail or "")
    while not before.tail and len(before):
        before = before[-1]
        before.tail = _INDENTATION_BEFORE.sub("", before.tail or "")
    if not before.tail:
        before.text = _INDENTATION_BEFORE.sub("", before.text or "")
