"""`Entry`: what a page says of one thing that it lists."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from normalize.convert import JsonLine
from normalize.values import Link, ParallelText


@attrs.frozen(kw_only=True)
class Entry(JsonLine):
    """One entry of a page as the page gives it: split off, not yet cleaned or parsed.

    Strings are the page's own, with inline nodes joined and blocks on lines of their own.
    """

    source: str
    """Name of the source (the spider's name)."""

    position: int
    """1-based place of the entry on its page."""

    native_id: str | None = None
    """The site's own id of the entry."""

    url: str | None = None
    """The entry's own page, absolute."""

    page_url: str | None = None
    """The listing page the entry was found on."""

    title: str | None = None
    """Title text."""

    summary: str | None = None
    """Abstract, teaser or body text."""

    parallel: tuple[ParallelText, ...] = ()
    """The same text in further languages, where the page gives it."""

    authors: tuple[str, ...] = ()
    """Names one by one, where the page keeps them apart."""

    byline: str | None = None
    """Names as one string, where the page does not keep them apart."""

    family_first: bool = False
    """Whether `byline` writes ``Last, First, Last, First``."""

    author_count: str | None = None
    """Number of authors where the page gives a number."""

    published: str | None = None
    """Date text, or the date attribute of the page."""

    day_first: bool | None = None
    """Order of ``06/05/2024`` that the source declares; None where it declares none."""

    languages: tuple[str, ...] = ()
    """Languages that the source declares, BCP 47: a prior, never a verdict."""

    taxonomy: tuple[str, ...] = ()
    """Taxonomy lines, such as ``Europe > Austria > Vienna (0.14)`` or ``(4 more...)``."""

    tags: tuple[str, ...] = ()
    """Flat keywords."""

    identifiers: Mapping[str, str] = attrs.field(factory=dict)
    """Identifiers by scheme (``arxiv``, ``doi``), as the page writes them."""

    metrics: Mapping[str, str] = attrs.field(factory=dict)
    """Counts by name (``upvotes``, ``comments``), as the page writes them."""

    links: tuple[Link, ...] = ()
    """Links other than the entry's own page, absolute."""

    image: str | None = None
    """Image URL, absolute."""

    fetched_at: str | None = None
    """When the page was fetched: UTC, RFC 3339; the page's clock."""

    issues: tuple[str, ...] = ()
    """Remarks of the splitter, see `normalize.issues`."""

    raw: Mapping[str, str] = attrs.field(factory=dict)
    """Further strings of the page that belong to the entry but fit no field."""
