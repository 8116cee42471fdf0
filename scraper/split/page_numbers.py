"""Rows of page numbers: which is the current one, and which follows it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice
from urllib.parse import urldefrag, urljoin

import attrs
from lxml.html import HtmlElement

from scraper.split.page_address import Step, step
from scraper.split.page_parts import ends, is_pager, short_text, words_inside

_NUMBER = re.compile(r"[\[(（【-]?\s*(\d{1,5})\s*[\])）】.-]?")
_SAID = re.compile(r"[^\W\d_]{2,12}[\s:]{1,2}(\d{1,5})")
_LOOSE = re.compile(r"(?:[^\W\d_]{2,12}[\s:]{1,2})?[\[(]?(\d{1,5})[\])]?")
_LONGEST = 24
# Numbers in a row beyond which it does not lead through pages.
_MOST = 300
_CURRENT = frozenset(
    ("current", "active", "selected", "on", "cur", "now", "thispage", "currentpage", "this",
     "actual", "aktiv", "aktuell", "actif", "activo", "ativo", "attiva", "here", "curr")
)  # fmt: skip
_NOT_CURRENT = frozenset(("inactive", "disabled", "dots"))
# Levels up to the element that holds a row of numbers.
_UP = 4
# Numbers of years are no numbers of pages.
_YEARS = range(1900, 2100)


@attrs.frozen(kw_only=True, eq=False)
class _Number:
    """A number in a row."""

    node: HtmlElement
    value: int
    address: str | None
    """Where it leads; None for one that is no link."""


def following_numbers(
    root: HtmlElement, url: str, left_out: Collection[HtmlElement] = ()
) -> Iterator[tuple[HtmlElement, str]]:
    """The link to the number after the current page's, in each row of page numbers.

    The current page is the number that is no link, or is marked (``aria-current``, class), or
    leads to ``url`` itself; where none is, the first number of the row that leads on by its
    address follows.

    Args:
        root: the page.
        url: its address.
        left_out: elements that lead elsewhere.
    """
    for row in _rows(root, left_out):
        links = {n.value: n for n in reversed(row) if n.address is not None}
        current = _current(row, url)
        if current is not None:
            found = links.get(current + 1)
            if found is not None and found.address:
                yield found.node, found.address
        elif all(is_pager(number.node) for number in row):
            onward = {v: n for v, n in links.items() if step(url, _whole(url, n)) is Step.ON}
            onward.pop(1, None)
            if onward:
                first = onward[min(onward)]
                yield first.node, first.address or ""


def _rows(root: HtmlElement, left_out: Collection[HtmlElement]) -> Iterator[list[_Number]]:
    """Numbers that stand together, at least one of them a link."""
    seen: set[HtmlElement] = set()
    for anchor in ends(root.iter("a", "option")):
        if anchor in seen or anchor in left_out or _number(anchor) is None:
            continue
        holder = _holder(anchor)
        if holder is not None and holder not in seen:
            row = list(islice(_numbers_in(holder), _MOST))
            seen.add(holder)
            seen.update(number.node for number in row)
            if len(row) < _MOST:
                yield row


def _holder(anchor: HtmlElement) -> HtmlElement | None:
    """The closest element around a number that holds another."""
    for part in islice(anchor.iterancestors(), _UP):
        if part.tag in ("body", "html", "main"):
            return None
        if len(list(islice(_numbers_in(part), 2))) > 1:
            return part
    return None


def _numbers_in(holder: HtmlElement) -> Iterator[_Number]:
    """Numbers of a row: links, elements, and bare text between them."""
    yield from _loose(holder, holder.text)
    for node in islice(holder.iter(), 1, None):
        value = _number(node)
        if value is not None and not any(_number(child) == value for child in node):
            around = (node, *islice(node.iterancestors(), _UP))
            link = next((n for n in around if n.tag in ("a", "option")), None)
            yield _Number(node=node, value=value, address=_address(link))
        if node.getparent() is holder:
            yield from _loose(holder, node.tail)


def _loose(holder: HtmlElement, text: str | None) -> Iterator[_Number]:
    found = _LOOSE.fullmatch((text or "").strip(" \t\r\n|·,…")) if text else None
    if found and int(found[1]) not in _YEARS:
        yield _Number(node=holder, value=int(found[1]), address=None)


def _address(link: HtmlElement | None) -> str | None:
    if link is None:
        return None
    if link.tag == "option":
        value = link.get("value") or ""
        return value if value.startswith(("/", "?", "http")) else ""
    return link.get("href") or None


def _number(node: HtmlElement) -> int | None:
    """The number that is all an element says, alone or after a word (``Page 2``)."""
    text = " ".join((short_text(node, _LONGEST) or "").split())
    found = _NUMBER.fullmatch(text) or _SAID.fullmatch(text)
    return int(found[1]) if found and int(found[1]) not in _YEARS else None


def _current(row: list[_Number], url: str) -> int | None:
    """The current page's number, where exactly one number can be it."""
    marked = {n.value for n in row if _is_marked(n)}
    if len(marked) == 1:
        return marked.pop()
    bare = {n.value for n in row if n.address is None}
    if len(bare) == 1:
        return bare.pop()
    itself = {n.value for n in row if n.address and _whole(url, n) == urldefrag(url).url}
    return itself.pop() if len(itself) == 1 and not bare else None


def _is_marked(number: _Number) -> bool:
    for place, part in enumerate((number.node, *number.node.iterancestors())):
        if place == 3 or (place and _number(part) != number.value):  # noqa: PLR2004  li > span > a
            return False
        if part.get("aria-current") in ("page", "true") or part.get("selected") is not None:
            return True
        words = words_inside(part)
        if words & _CURRENT and not words & _NOT_CURRENT:
            return True
    return False


def _whole(url: str, number: _Number) -> str:
    try:
        return urldefrag(urljoin(url, number.address or "")).url
    except ValueError:  # brackets that hold no IPv6 address
        return ""
