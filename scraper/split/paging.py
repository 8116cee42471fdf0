"""The link to the next listing page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from itertools import islice
from urllib.parse import urldefrag, urljoin

import attrs
from lxml.html import HtmlElement

from scraper.split.lines import one_line
from scraper.split.page_address import Step, step
from scraper.split.page_numbers import following_numbers
from scraper.split.page_parts import ends, is_pager, left_out, words_inside
from scraper.split.phrases import phrase_key, phrases
from scraper.split.source import host_of

_ARROWS = frozenset(("»", "›", "→", ">", ">>", "❯", "⟩", "▶", "►", "➔", "➜", "➡", "⇒"))
_LEFT_ARROWS = frozenset(("«", "‹", "←", "<", "<<", "❮", "⟨", "◀", "◄", "⇐"))
# Arrows that turn with the text around them: on pages from right to left either may be meant.
_TURNING = frozenset("»›>«‹<❯❮⟩⟨") | {">>", "<<"}
# Names by which icon fonts write arrows as words.
_ICON_NAMES = re.compile(
    r"\b(?:keyboard_arrow_right|arrow_forward(?:_ios)?|chevron_right|navigate_next)\b"
)
_COUNT = re.compile(r"(?:^|\s)[(\[（]?\d{1,6}[)\]）]?(?=\s|$)")
# Counts stand between the words of languages that part none: 次の10件.
_COUNTED = re.compile(r"(?<=[\u3040-\u9fff\uac00-\ud7af])\s?\d{1,4}\s?(?=[件条條个個篇건개])")
# How much each kind of evidence is worth beside what the addresses tell.
_RELATION, _NUMBERED, _CONTROL, _WORDS, _ARROW, _MORE = 4.5, 4.0, 3.5, 3.0, 1.5, 1.6
_ADDRESSED = {Step.ON: 2.0, Step.ALIKE: 1.0, Step.UNKNOWN: 0.0, Step.BACK_ONE: -0.5, Step.BACK: -9}
_ENOUGH = 3.5
# Letters beyond which a link is a title and no word of the interface.
_LONGEST = 60
_ADDRESS_ATTRIBUTES = frozenset(
    ("data-url", "data-href", "data-next", "data-next-url", "data-nexturl", "data-next-page",
    "data-next-page-url", "data-next-href", "data-ajax-url", "data-load-more-url", "data-load-url",
    "data-loadmore", "data-more-url", "data-load", "data-link", "data-path", "data-endpoint",
    "data-infinite-scroll-url", "data-src-next", "hx-get", "data-hx-get", "up-href",
    "ic-get-from", "ic-append-from")
)  # fmt: skip
_TELLING_ATTRIBUTES = ("next", "more", "infinite")
_NEXT_CLASSES = frozenset(
    ("next", "nextpage", "nextlink", "nextpostslink", "pagenext", "nextbtn", "btnnext", "nxt")
)
_MORE_CLASSES = frozenset(("more", "loadmore", "showmore", "viewmore", "infinite", "morelink"))


@attrs.frozen(kw_only=True)
class _Guess:
    """A link that may lead to the next page."""

    target: str
    score: float


def next_page(root: HtmlElement, url: str, *, known: Collection[str] = ()) -> str | None:
    """Find the address of the page after ``url``.

    Evidence, strongest first: ``rel=next``; the number after the current page's in a row of
    numbers; what a control to load more names (``data-url``, ``hx-get``); a link that says "next"
    or "older" in one of the languages of the phrases, or whose class does; an arrow in reading
    direction; a link "more" that counts pages. Addresses that count pages on strengthen it,
    those that count back weaken it. Links to other hosts, next articles, months of a calendar,
    pages of comments and slides are never taken.

    Args:
        root: the page.
        url: its address.
        known: addresses that are no next page: those read before, those of entries.
    """
    page = _Page(root=root, url=url, known=frozenset(map(_bare, known)))
    best: _Guess | None = None
    for guess in page.guesses():
        if guess.score >= _ENOUGH and (best is None or guess.score > best.score):
            best = guess
    return best.target if best else None


@attrs.frozen(kw_only=True, eq=False)
class _Page:
    root: HtmlElement
    url: str
    known: frozenset[str]

    def guesses(self) -> Iterator[_Guess]:
        """Everything that may lead on, strongest kind first."""
        base = _base(self.root, self.url)
        for node, address, worth in self._evidence():
            target = _joined(base, address.strip())
            if target is None or not self._leads_on(target):
                continue
            told = step(self.url, target)
            if worth < _WORDS and told not in (Step.ON, Step.ALIKE):
                continue
            if worth == _MORE and told is not Step.ON:
                continue
            in_pager = node.tag != "link" and is_pager(node)
            yield _Guess(target=target, score=worth + in_pager + _ADDRESSED[told])

    def _evidence(self) -> Iterator[tuple[HtmlElement, str, float]]:
        """Links by kind of evidence: the element, its address, what it is worth."""
        unfit = left_out(self.root)
        anchors = ends(self.root.iter("a", "link", "area"))
        told = {node: _told(node) for node in anchors if node.get("href") and node not in unfit}
        links = [node for node, keys in told.items() if not _is_next_entry(keys)]
        for node in links:
            if "next" in (node.get("rel") or "").lower().split():
                yield node, node.get("href") or "", _RELATION
        for node, address in following_numbers(self.root, self.url, unfit):
            yield node, address, _NUMBERED
        for node, address in _controls(self.root):
            if node not in unfit:
                yield node, address, _CONTROL
        arrows = _arrows(self.root)
        for node in links:
            worth = 0.0 if node.tag == "link" else _worth(node, told[node], arrows)
            if worth:
                yield node, node.get("href") or "", worth

    def _leads_on(self, target: str) -> bool:
        is_page = target.startswith(("http:", "https:")) and host_of(target) == host_of(self.url)
        return is_page and _bare(target) != _bare(self.url) and _bare(target) not in self.known


def _worth(node: HtmlElement, told: Collection[str], arrows: Collection[str]) -> float:
    """What a link's words, class or arrow are worth, 0 for those that say nothing of pages."""
    if not phrases("next_page").isdisjoint(told) or _is_called_next(node):
        return _WORDS
    if _arrow_of(node) in arrows:
        return _ARROW
    return 0.0 if phrases("load_more").isdisjoint(told) else _MORE


def _base(root: HtmlElement, url: str) -> str:
    stated = next((node.get("href") for node in root.iter("base") if node.get("href")), None)
    return _joined(url, stated or "") or url


def _joined(base: str, address: str) -> str | None:
    try:
        return urldefrag(urljoin(base, address)).url
    except ValueError:  # brackets that hold no IPv6 address
        return None


def _bare(address: str) -> str:
    """An address without its fragment, and without the slash that sites put or leave out."""
    try:
        return urldefrag(address).url.rstrip("/")
    except ValueError:  # as above
        return address


def _told(node: HtmlElement) -> frozenset[str]:
    """What a link says: its text, title, label or the picture's; counts in it are left out."""
    said = [_short_text(node), node.get("title"), node.get("aria-label")]
    said += [image.get("alt") for image in islice(node.iter("img"), 2)]
    short = (text for text in said if text and len(text) <= _LONGEST)
    keys = (
        phrase_key(_COUNTED.sub("", _COUNT.sub(" ", _ICON_NAMES.sub(" ", text)))) for text in short
    )
    return frozenset(filter(None, keys))


def _short_text(node: HtmlElement) -> str | None:
    length = 0
    for piece in node.itertext():
        length += len(piece.strip())
        if length > _LONGEST:
            return None
    return one_line(node)


def _is_next_entry(told: Collection[str]) -> bool:
    """Whether a link says that it leads to the next article, image or month."""
    # "Next post: Ships" and "Next post" alike.
    return any(f"{key} ".startswith(_entry_openings()) for key in told)


@cache
def _entry_openings() -> tuple[str, ...]:
    return tuple(f"{phrase} " for phrase in phrases("next_entry"))


def _is_called_next(node: HtmlElement) -> bool:
    """Whether the class of a link, or of the list item around it alone, says next."""
    around = node.getparent()
    named = words_inside(node)
    if around is not None and len(list(islice(around.iter("a"), 2))) == 1:
        named |= words_inside(around)
    if named & _NEXT_CLASSES:
        return True
    return "next" in named and bool(named & {"page", "pager", "pagination", "link"})


def _arrow_of(node: HtmlElement) -> str:
    text = _short_text(node) or ""
    return "›" if text and not _ICON_NAMES.sub("", text).strip() else text


def _arrows(root: HtmlElement) -> frozenset[str]:
    is_rtl = any((node.get("dir") or "").lower() == "rtl" for node in root.iter("html", "body"))
    return _LEFT_ARROWS | (_ARROWS & _TURNING) if is_rtl else _ARROWS


def _controls(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Elements that a script asks for more, and the address that they name for it."""
    for node in root.iter():
        for name in _ADDRESS_ATTRIBUTES.intersection(node.keys()):
            address = (node.get(name) or "").strip()
            is_address = address.startswith(("/", "?", "http:", "https:", "./"))
            if is_address and _asks_for_more(node, name):
                yield node, address


def _asks_for_more(node: HtmlElement, attribute: str) -> bool:
    if any(word in attribute for word in _TELLING_ATTRIBUTES):
        return True
    if (node.get("hx-trigger") or node.get("data-hx-trigger") or "").startswith("revealed"):
        return True
    if words_inside(node) & (_NEXT_CLASSES | _MORE_CLASSES):
        return True
    return not (phrases("load_more") | phrases("next_page")).isdisjoint(_told(node))
