"""Parts of a page that hold links to other pages of its list, and parts that never do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, pairwise

from lxml.html import HtmlElement

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_LETTER = re.compile(r"[^a-z]+")
# Levels above a link that tell what it is part of.
_AROUND = 6
_PAGERS = frozenset(
    ("pagination", "paginations", "pager", "pagers", "paging", "paginate", "paginator", "pagenavi",
     "pagenav", "pagelist", "pageturn", "pagebar", "pages", "page", "pagelinks", "navlinks",
     "seiten", "paginacion", "paginacao", "paginazione", "sayfalama", "stranky", "phantrang")
)  # fmt: skip
_LEFT_OUT = frozenset(
    ("calendar", "datepicker", "kalender", "calendario", "calendrier", "minicalendar", "slider",
     "slick", "swiper", "carousel", "owl", "slideshow", "lightbox", "gallery", "flexslider",
     "commentlist", "commentnavigation", "commentspagination", "commentpaging", "disqus",
     "postnavigation", "postnav", "singlenavigation", "singlenav", "nextpost", "nextarticle",
     "nextentry", "articlenav", "entrynavigation")
)  # fmt: skip
_COMMENTS = frozenset(("comments", "comment"))
_COMMENT_PARTS = frozenset(("navigation", "nav", "pagination", "list", "respond"))
_PAGE_LEVEL = ("html", "body", "main")
# A calendar's days stand in a table, seven to a row.
_DAYS_IN_WEEK = 7
_LEAST_DAYS = 20
_LEAST_WEEKS = 3
_MOST_CELLS = 100
_CELL_PARTS = 4
# Links at each end of a page that may lead on.
_MOST = 1500


def words_inside(node: HtmlElement) -> set[str]:
    """Words of an element's class and id, alone and joined (``page-next``: also ``pagenext``)."""
    return set(_words(f"{node.get('class') or ''} {node.get('id') or ''}"))


def is_pager(node: HtmlElement) -> bool:
    """Whether an element is part of what leads through a list."""
    around = [node, *_around(node)]
    labels = (f"{a.get('aria-label') or ''} {a.get('role') or ''}".lower() for a in around)
    return any(words_inside(a) & _PAGERS for a in around) or any("pagina" in t for t in labels)


def left_out(root: HtmlElement) -> frozenset[HtmlElement]:
    """The elements that belong to calendars, slides, comments, or the way between articles."""
    found: set[HtmlElement] = set()
    for node in root.iter():
        parent = node.getparent()
        if parent in found or (node.tag not in _PAGE_LEVEL and _leads_elsewhere(node)):
            found.add(node)
    return frozenset(found)


def _leads_elsewhere(node: HtmlElement) -> bool:
    words = words_inside(node)
    if words & _LEFT_OUT:
        # Themes call the way between pages so too.
        return not (words & _PAGERS)
    if words & _COMMENTS and (words & _COMMENT_PARTS or node.get("id") in _COMMENTS):
        return True
    return node.tag == "table" and _is_calendar(node)


def _around(node: HtmlElement) -> list[HtmlElement]:
    found: list[HtmlElement] = []
    for part in node.iterancestors():
        if part.tag in _PAGE_LEVEL or len(found) == _AROUND:
            break
        found.append(part)
    return found


def ends(nodes: Iterable[HtmlElement]) -> list[HtmlElement]:
    """The first and the last of very many: what leads on stands above a list or below it."""
    found = list(nodes)
    return found if len(found) <= 2 * _MOST else [*found[:_MOST], *found[-_MOST:]]


def short_text(node: HtmlElement, longest: int) -> str | None:
    """The text of an element, None as soon as it is longer."""
    text = ""
    for piece in node.itertext():
        text += piece
        if len(text.strip()) > longest:
            return None
    return text.strip()


def _is_calendar(table: HtmlElement) -> bool:
    cells = list(islice(table.iter("td"), _MOST_CELLS))
    days = {text for cell in cells if (text := _first_text(cell)).isdecimal()}
    if len(cells) == _MOST_CELLS or len(days) < _LEAST_DAYS:
        return False
    rows = islice(table.iter("tr"), _MOST_CELLS)
    return sum(len(row) == _DAYS_IN_WEEK for row in rows) >= _LEAST_WEEKS


def _first_text(cell: HtmlElement) -> str:
    return "".join(node.text or "" for node in islice(cell.iter(), _CELL_PARTS)).strip()


@lru_cache(maxsize=4096)
def _words(attribute: str) -> frozenset[str]:
    words: set[str] = set()
    for token in attribute.split():
        parts = _NO_LETTER.split(_CAMEL.sub("-", token).lower())
        words.update(parts)
        words.add("".join(parts))
        words.update("".join(pair) for pair in pairwise(parts))
    words.discard("")
    return frozenset(words)
