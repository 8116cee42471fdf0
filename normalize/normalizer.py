"""Entries to records: every value cleaned, parsed and kept beside what the page said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

from normalize.addresses import read_addresses
from normalize.counts import parse_count
from normalize.dates import parse_date
from normalize.identity import CONTENT_FIELDS, arxiv_id, content_hash, doi, record_id
from normalize.issues import Issue, issue
from normalize.language import Detection, detect
from normalize.model import Entry, Record, TranslatedText, TranslationStatus
from normalize.names import display_name, split_byline
from normalize.state import NormalizerState
from normalize.taxonomy import parse_taxonomy
from normalize.text import repair

if TYPE_CHECKING:
    from normalize.translate.targets import RecordTranslator

TRANSLATED_FIELDS = ("title", "summary")
BATCH = 256
"""Records that are translated together."""


@attrs.frozen(kw_only=True)
class _Texts:
    """Title and summary, cleaned, and their language."""

    title: str | None
    summary: str | None
    language: Detection
    field_languages: Mapping[str, str]
    issues: tuple[str, ...]


class Normalizer:
    """Turns entries into records; pure but for the translations it may be asked for.

    Args:
        target: language that the reader wants, BCP 47, or several; None for none. Text that the
            page itself gives in a second language is kept as translation whatever the target.
        reference: the page's clock, for dates without year and relative dates; None to take the
            time at which each entry's page was fetched, where that is known.
        state: SQLite file in which entries are remembered from run to run, made if missing; None
            to remember them for the life of the normaliser only.
        models_dir: where translation packages are installed; None for the default place.
        translation_cache: file of translations kept from run to run; None to keep them in memory.
        fields: which of ``title`` and ``summary`` to translate.
    """

    def __init__(  # noqa: PLR0913 - settings by name
        self,
        *,
        target: str | Sequence[str] | None = "en",
        reference: datetime | date | None = None,
        state: str | Path | None = None,
        models_dir: str | Path | None = None,
        translation_cache: str | Path | None = None,
        fields: Sequence[str] = TRANSLATED_FIELDS,
    ) -> None:
        self.target = target
        self.reference = reference
        self._targets = (target,) if isinstance(target, str) else tuple(target or ())
        self._state_path = state
        self._models_dir = models_dir
        self._translation_cache = translation_cache
        self._fields = tuple(fields)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit and close what is held open: the state and the cache of translations."""
        if "state" in self.__dict__:
            self.state.close()
            del self.state
        if "_translator" in self.__dict__:
            self._translator.close()

    @cached_property
    def state(self) -> NormalizerState:
        """What is remembered of earlier entries; opened when first needed."""
        return NormalizerState(self._state_path)

    def normalize(self, entries: Iterable[Entry]) -> Iterator[Record]:
        """Yield one record for each entry, in their order, with what links it to earlier ones.

        With a target, entries are read some hundred at a time: models are fast with many texts.

        Raises:
            IncompatibleIndex: the state was written by another version; remove it to start anew.
        """
        size = BATCH if self._targets else 1
        waiting = iter(entries)
        try:
            while batch := list(islice(waiting, size)):
                cleared = (self.state.clear_of_boilerplate(entry) for entry in batch)
                for record in self.translated([self.record(entry) for entry in cleared]):
                    yield self.state.with_duplicates(record)
        finally:
            self.state.commit()

    def translated(self, records: Sequence[Record]) -> list[Record]:
        """Give records their translations into every target, in order."""
        return self._translator.translate(records) if self._targets else list(records)

    @cached_property
    def _translator(self) -> RecordTranslator:
        # Loaded where the first translation is wanted: most who normalise want none.
        from normalize.translate.targets import RecordTranslator  # noqa: PLC0415

        return RecordTranslator(
            self._targets,
            models_dir=self._models_dir,
            cache=self._translation_cache,
            fields=self._fields,
        )

    def record(self, entry: Entry) -> Record:
        """Make the record of one entry on its own: a pure function of entry and settings."""
        texts = _texts(entry)
        published, date_issues = self._published(entry)
        authors, author_count, author_issues = _authors(entry)
        metrics, metric_issues = _metrics(entry)
        taxonomy = parse_taxonomy(entry.taxonomy)
        addresses = read_addresses(entry)
        issues = (
            *entry.issues,
            *addresses.issues,
            *texts.issues,
            *date_issues,
            *author_issues,
            *taxonomy.issues,
            *metric_issues,
        )
        record = Record(
            id=record_id(entry),
            source=entry.source,
            url=addresses.url,
            page_url=entry.page_url,
            position=entry.position,
            title=texts.title,
            summary=texts.summary,
            authors=authors,
            author_count=author_count,
            published=published,
            published_raw=entry.published,
            language=texts.language.tag,
            language_confidence=round(texts.language.confidence, 4),
            language_method=texts.language.method,
            field_languages=texts.field_languages,
            direction=texts.language.direction,
            translations=_site_translations(entry, texts.language),
            topics=taxonomy.topics,
            places=taxonomy.places,
            tags=tuple(text for tag in entry.tags if (text := _line(tag))),
            identifiers=_identifiers(entry),
            metrics=metrics,
            links=addresses.links,
            image=addresses.image,
            issues=tuple(dict.fromkeys(issues)),
            content_hash="",
            fetched_at=entry.fetched_at,
            raw={**addresses.raw, **_raw(entry)},
        )
        content = {name: getattr(record, name) for name in CONTENT_FIELDS}
        return attrs.evolve(record, content_hash=content_hash(content))

    def _published(self, entry: Entry) -> tuple[str | None, tuple[str, ...]]:
        if not entry.published or not entry.published.strip():
            return None, ()
        found = parse_date(
            entry.published,
            languages=entry.languages,
            reference=self.reference or _instant(entry.fetched_at),
            day_first=entry.day_first,
        )
        if found is None:
            return None, (issue(Issue.DATE_NOT_UNDERSTOOD),)
        return found.iso, found.issues


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


def _authors(entry: Entry) -> tuple[tuple[str, ...], int | None, tuple[str, ...]]:
    names = tuple(name for author in entry.authors if (name := display_name(author)))
    issues: tuple[str, ...] = ()
    if entry.byline:
        byline = split_byline(entry.byline, family_first=entry.family_first)
        names, issues = (*names, *byline.names), byline.issues
    if entry.author_count is None:
        return names, len(names) or None, issues
    count = parse_count(entry.author_count).value
    if count is None:
        issues += (issue(Issue.COUNT_NOT_UNDERSTOOD, "author_count"),)
    return names, count if count is not None else len(names) or None, issues


def _metrics(entry: Entry) -> tuple[dict[str, int], tuple[str, ...]]:
    counts = {name: parse_count(text) for name, text in entry.metrics.items()}
    issues = [
        issue(Issue.COUNT_NOT_UNDERSTOOD if count.value is None else Issue.COUNT_APPROXIMATE, name)
        for name, count in counts.items()
        if count.value is None or count.approximate
    ]
    known = {name: count.value for name, count in counts.items() if count.value is not None}
    return known, tuple(issues)


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
