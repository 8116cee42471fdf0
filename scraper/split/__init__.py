"""Pages to entries: a pure function of bytes, address and clock."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from normalize.issues import Issue, issue
from normalize.model import Entry
from scraper.errors import BlockedPage, LayoutChanged, NoEntries, UnsupportedDocument
from scraper.split.blocked import gate_of, says_no_entries, visible_lines
from scraper.split.decode import Decoded, decode
from scraper.split.document import (
    Document,
    DocumentKind,
    cut_off_issue,
    refuse_unprintable,
    refuse_unreadable,
)
from scraper.split.feed_text import stated_languages, true_kind
from scraper.split.healing import Healing, HealingSource, heal
from scraper.split.listing.sources import FALLBACKS, fallback_for
from scraper.split.recognition import marked, source_at
from scraper.split.registry import find_source, known_sources
from scraper.split.source import Source

__all__ = ["BlockedPage", "LayoutChanged", "NoEntries", "UnsupportedDocument", "split"]


def split(
    body: bytes | str,
    *,
    url: str | None = None,
    content_type: str | None = None,
    source: str | Source | None = None,
    fetched_at: datetime | str | None = None,
) -> list[Entry]:
    """Split a page into its entries, boilerplate off.

    Args:
        body: the page: HTML, JSON, or rendered text.
        url: its address; relative links hang on it.
        content_type: the ``Content-Type`` header as received.
        source: a spider's name, or a declaration; ``listing`` or ``feed`` to use no source's
            rules; None to find out from the address, or from what the page holds, and to use
            no source's rules where neither tells. A source that `healing.with_profile` gives is
            read by the page's own structure where its readers fail and that agrees.
        fetched_at: when it was fetched, RFC 3339 or an aware datetime: the page's clock.

    Returns:
        Entries in page order; none only where the page itself says that there are none.

    Raises:
        UnsupportedDocument: empty, binary, too large, of no known source, or (`BlockedPage`) a
            login, consent or challenge page.
        LayoutChanged: a page of the source that holds nothing its entries are known by.
        NoEntries: a page of no known source without a list, or with a single article.
        UnknownSource: no source has that name.
    """
    known = known_sources().values()
    chosen = find_source(source) if isinstance(source, str) else source or source_at(url, known)
    try:
        refuse_unreadable(body, content_type=content_type, where=url)
        document = _read(body, url, content_type, chosen)
        if chosen is None:
            chosen = _recognised(document)
            # What the source declares of its languages and its encoding has not counted so far.
            document = _read(body, url, content_type, chosen)
        document = attrs.evolve(document, base_url=chosen.home)
        entries = _entries(document, chosen)
    except UnsupportedDocument as error:
        error.source = error.source or (chosen.name if chosen else None)
        error.where = error.where or url
        raise
    return _with_page_facts(entries, document, chosen, _instant(fetched_at))


def _read(
    body: bytes | str, url: str | None, content_type: str | None, source: Source | None
) -> Document:
    if isinstance(body, str):
        decoded = Decoded(text=body, encoding="utf-8")
    else:
        decoded = decode(
            body,
            content_type=content_type,
            languages=(*(source.languages if source else ()), *stated_languages(body)),
            override=source.encoding if source else None,
        )
    text = decoded.text.removeprefix("\ufeff")
    refuse_unprintable(text, where=url)
    kind = true_kind(text, content_type)
    return Document(text=text, kind=kind, url=url, issues=decoded.issues)


def _recognised(document: Document) -> Source:
    """The source that the document itself points to: its stated address, then its marks."""
    sources = known_sources().values()
    stated = source_at(document.stated_url, sources)
    if stated:
        return stated
    found = marked(document, sources)
    if len(found) == 1:
        return found[0]
    fallback = fallback_for(document)
    if fallback and not found:
        return fallback
    raise UnsupportedDocument(
        "It is not clear which source this document is of; name it (--source NAME)",
        where=document.url,
        expected=f"a page of one of {', '.join(known_sources())}",
        found=f"marks of {', '.join(s.name for s in found)}" if found else _glimpse(document),
    )


def _entries(document: Document, source: Source) -> list[Entry]:
    readers = source.readers.get(document.kind, {})
    if not readers and document.kind is DocumentKind.FEED:
        readers = FALLBACKS["feed"].readers[DocumentKind.FEED]
    if not readers:
        raise UnsupportedDocument(
            "The source has no reader for this kind of document",
            source=source.name,
            where=document.url,
            expected=", ".join(source.readers),
            found=document.kind,
        )
    for place, (name, read) in enumerate(readers.items()):
        try:
            entries = read(document)
        except NoEntries as reason:
            return _explain_none(document, source, reason)
        if entries is not None:
            if not place:
                return entries
            fallback = issue(Issue.LAYOUT_FALLBACK, name)
            return [attrs.evolve(e, issues=(fallback, *e.issues)) for e in entries]
    return _explain_none(document, source)


def _explain_none(
    document: Document, source: Source, reason: NoEntries | None = None
) -> list[Entry]:
    """Tell an empty listing from a gate, from a page that is no listing, from a changed layout."""
    gate = gate_of(document)
    if gate:
        raise BlockedPage(
            f"The site sent a {gate} page in place of the listing",
            source=source.name,
            where=document.url,
            expected=source.known_by,
            found=_glimpse(document),
        )
    if document.kind is not DocumentKind.JSON and says_no_entries(document):
        return []
    if reason:
        raise reason
    healing = _healing(document, source)
    if healing.entries:
        return list(healing.entries)
    cut = document.kind is DocumentKind.HTML and document.is_cut_off
    raise LayoutChanged(
        "The page breaks off before its first entry" if cut else "The page has no entries",
        source=source.name,
        where=document.url,
        expected=source.known_by,
        found="; in its own structure: ".join(filter(None, (_glimpse(document), healing.against))),
    )


def _healing(document: Document, source: Source) -> Healing:
    """What the page's own structure gives, where the source knows what to expect of it."""
    if document.kind is not DocumentKind.HTML or not isinstance(source, HealingSource):
        return Healing()
    return heal(document, source.profile)


def _glimpse(document: Document) -> str:
    """The beginning of what a reader would see, for messages."""
    if document.kind in (DocumentKind.HTML, DocumentKind.TEXT):
        text = " ".join(visible_lines(document))
    else:
        text = document.text
    text = " ".join(text[:400].split())
    return f"{document.kind}: {text[:120]!r}" if text else f"{document.kind} without visible text"


def _with_page_facts(
    entries: list[Entry], document: Document, source: Source, fetched_at: str | None
) -> list[Entry]:
    cut_off = cut_off_issue(document)
    page_url = document.stated_url
    return [
        attrs.evolve(
            entry,
            source=source.name,
            position=position,
            page_url=page_url,
            day_first=entry.day_first if source.day_first is None else source.day_first,
            languages=source.languages or entry.languages,
            fetched_at=fetched_at,
            issues=(
                *document.issues,
                *entry.issues,
                *(cut_off if position == len(entries) else ()),
            ),
        )
        for position, entry in enumerate(entries, 1)
    ]


def _instant(when: datetime | str | None) -> str | None:
    """An instant as records write it: UTC, whole seconds.

    Raises:
        ValueError: not RFC 3339, or without an offset.
    """
    if when is None:
        return None
    instant = datetime.fromisoformat(when) if isinstance(when, str) else when
    if instant.tzinfo is None:
        raise ValueError(f"fetched_at needs an offset, such as Z: {when}")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
