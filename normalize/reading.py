"""An entry to its record: every value cleaned, parsed and kept beside what the page said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import attrs

from normalize.addresses import Addresses, read_addresses
from normalize.counts import parse_count
from normalize.dates import parse_date
from normalize.identity import arxiv_id, content_hash, doi, record_id
from normalize.issues import Issue, issue
from normalize.language import Detection, detect
from normalize.model import Entry, Record, TranslatedText, TranslationStatus
from normalize.names import display_name, split_byline
from normalize.taxonomy import Taxonomy, parse_taxonomy
from normalize.text import repair


@attrs.frozen(kw_only=True)
class _Texts:
    """Title and summary, cleaned, and their language."""

    title: str | None
    summary: str | None
    language: Detection
    field_languages: Mapping[str, str]
    issues: tuple[str, ...]


@attrs.frozen(kw_only=True)
class _Published:
    """The date, ISO 8601."""

    iso: str | None = None
    issues: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class _Authors:
    """Names in display order, and how many authors there are."""

    names: tuple[str, ...]
    count: int | None
    issues: tuple[str, ...]


@attrs.frozen(kw_only=True)
class _Metrics:
    """Counts by name; those that are not understood are left out."""

    counts: Mapping[str, int]
    issues: tuple[str, ...]


@attrs.frozen(kw_only=True)
class _Reading:
    """What was read of an entry."""

    texts: _Texts
    published: _Published
    authors: _Authors
    metrics: _Metrics
    taxonomy: Taxonomy
    addresses: Addresses

    def issues(self) -> Iterator[str]:
        """Remarks, in the order of the record's fields."""
        for part in (
            self.addresses,
            self.texts,
            self.published,
            self.authors,
            self.taxonomy,
            self.metrics,
        ):
            yield from part.issues


def record_of(entry: Entry, *, reference: datetime | date | None = None) -> Record:
    """Make the record of one entry, without translations of our own.

    Args:
        entry: What the page says.
        reference: The page's clock, for dates without year and relative dates; None to take the
            time at which the page was fetched, where that is known.
    """
    read = _Reading(
        texts=_texts(entry),
        published=_published(entry, reference),
        authors=_authors(entry),
        metrics=_metrics(entry),
        taxonomy=parse_taxonomy(entry.taxonomy),
        addresses=read_addresses(entry),
    )
    record = _assembled(entry, read)
    return attrs.evolve(record, content_hash=content_hash(attrs.asdict(record, recurse=False)))


def _assembled(entry: Entry, read: _Reading) -> Record:
    """The record but for the hash of its content."""
    language = read.texts.language
    return Record(
        id=record_id(entry),
        source=entry.source,
        url=read.addresses.url,
        page_url=entry.page_url,
        position=entry.position,
        title=read.texts.title,
        summary=read.texts.summary,
        authors=read.authors.names,
        author_count=read.authors.count,
        published=read.published.iso,
        published_raw=entry.published,
        language=language.tag,
        language_confidence=round(language.confidence, 4),
        language_method=language.method,
        field_languages=read.texts.field_languages,
        direction=language.direction,
        translations=_site_translations(entry, language),
        topics=read.taxonomy.topics,
        places=read.taxonomy.places,
        tags=tuple(text for tag in entry.tags if (text := _line(tag))),
        identifiers=_identifiers(entry),
        metrics=read.metrics.counts,
        links=read.addresses.links,
        image=read.addresses.image,
        issues=tuple(dict.fromkeys((*entry.issues, *read.issues()))),
        content_hash="",
        fetched_at=entry.fetched_at,
        raw={**read.addresses.raw, **_raw(entry)},
    )


def _published(entry: Entry, reference: datetime | date | None) -> _Published:
    if not entry.published or not entry.published.strip():
        return _Published()
    found = parse_date(
        entry.published,
        languages=entry.languages,
        reference=reference or _instant(entry.fetched_at),
        day_first=entry.day_first,
    )
    if found is None:
        return _Published(issues=(issue(Issue.DATE_NOT_UNDERSTOOD),))
    return _Published(iso=found.iso, issues=found.issues)


def _texts(entry: Entry) -> _Texts:
    title = repair(" ".join((entry.title or "").split()))
    summary = repair(entry.summary or "")
    of_title = detect(title.text, declared=entry.languages)
    of_summary = detect(summary.text, declared=entry.languages)
    language = of_summary if summary.text and of_summary.language != "und" else of_title
    differ = "und" not in (of_title.language, of_summary.language) and (
        of_title.language != of_summary.language
    )
    languages = {"title": of_title.tag, "summary": of_summary.tag} if differ else {}
    issues = (*title.issues, *summary.issues)
    if language.language != "und" and not language.certain:
        issues += (issue(Issue.LANGUAGE_UNCERTAIN),)
    if not title.text and not summary.text:
        issues += (issue(Issue.NO_TEXT),)
    return _Texts(
        title=title.text or None,
        summary=summary.text or None,
        language=language,
        field_languages=languages,
        issues=issues,
    )


def _authors(entry: Entry) -> _Authors:
    names = tuple(name for author in entry.authors if (name := display_name(author)))
    issues: tuple[str, ...] = ()
    if entry.byline:
        byline = split_byline(entry.byline, family_first=entry.family_first)
        names, issues = (*names, *byline.names), byline.issues
    count = None
    if entry.author_count is not None:
        count = parse_count(entry.author_count).value
        if count is None:
            issues += (issue(Issue.COUNT_NOT_UNDERSTOOD, "author_count"),)
    known = count if count is not None else len(names) or None
    return _Authors(names=names, count=known, issues=issues)


def _metrics(entry: Entry) -> _Metrics:
    counts = {name: parse_count(text) for name, text in entry.metrics.items()}
    issues = [
        issue(Issue.COUNT_NOT_UNDERSTOOD if count.value is None else Issue.COUNT_APPROXIMATE, name)
        for name, count in counts.items()
        if count.value is None or count.approximate
    ]
    known = {name: count.value for name, count in counts.items() if count.value is not None}
    return _Metrics(counts=known, issues=tuple(issues))


def _identifiers(entry: Entry) -> dict[str, str]:
    """Identifiers the source gives, and those in the entry's own addresses."""
    told = entry.identifiers
    addresses = [entry.url or "", *(link.url for link in entry.links)]
    arxiv = [told.get("arxiv", ""), *addresses]
    dois = [told.get("doi", ""), *addresses]
    found = {
        "arxiv": next((key for text in arxiv if (key := arxiv_id(text))), None),
        "doi": next((key for text in dois if (key := doi(text))), None),
    }
    others = {name: text for name, text in told.items() if name not in found}
    return {name: key for name, key in found.items() if key} | others


def _site_translations(entry: Entry, language: Detection) -> dict[str, TranslatedText]:
    """The texts that the page gives in further languages: the site's own translations."""
    found: dict[str, TranslatedText] = {}
    for parallel in entry.parallel:
        title, summary = _line(parallel.title or ""), repair(parallel.summary or "").text
        other = detect(f"{title}\n{summary}", declared=entry.languages)
        if other.language not in ("und", language.language):
            found[other.tag] = TranslatedText(
                title=title or None,
                summary=summary or None,
                status=TranslationStatus.OK,
                engine="source",
            )
    return found


def _raw(entry: Entry) -> dict[str, str]:
    """The page's own strings of the values that were parsed."""
    parsed = {
        "byline": entry.byline,
        "author_count": entry.author_count,
        "taxonomy": "\n".join(entry.taxonomy) or None,
        **entry.metrics,
    }
    return {name: text for name, text in parsed.items() if text is not None} | dict(entry.raw)


def _line(text: str) -> str:
    return repair(" ".join(text.split())).text


def _instant(fetched_at: str | None) -> datetime | None:
    return datetime.fromisoformat(fetched_at) if fetched_at else None
