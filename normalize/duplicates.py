"""Which records are the same entry elsewhere, and which tell of the same work or story.

Nothing is merged: a record is told what came before it. As feeds are written line by line, the
first record of a cluster cannot know of those that follow: its `cluster_id` is its own id, as is
that of a record that is alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice, product
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from normalize.duplicate_store import DuplicateStore, IncompatibleIndex, Known
from normalize.fingerprints import Fingerprint, fingerprint, fold, pack, title_key
from normalize.identity import arxiv_id
from normalize.model import Record
from normalize.similarity import contradicts, evidence, is_copy, is_other_text, may_be_same, vetoes
from normalize.urls import match_url

__all__ = ["DuplicateIndex", "IncompatibleIndex"]

BATCH = 2000
MOST_TEXTS = 8
REFRESH_GROWTH = 1.1
REFRESH_LEAST = 20
FEW_TEXTS = 1000

_ARXIV_DOI = "10.48550/"


@attrs.frozen(kw_only=True)
class _Near:
    """A record that shares bands with another, and its texts."""

    record: Known
    texts: Sequence[Fingerprint]


class DuplicateIndex:
    """An index of all records seen, over all runs.

    Fingerprints and bands live in SQLite, so that memory stays bounded: 32 MiB of page cache,
    some caches of words and the keys of 2,000 records, whatever the number of records. One
    process at a time may write.

    As a context manager it commits at the end, or forgets what was not committed after an error.

    Args:
        path: Its file, made if missing; None for a private one that ends with the index.

    Raises:
        IncompatibleIndex: if the file was written with other fingerprints.
        sqlite3.DatabaseError: if the file is no SQLite database.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self._store = DuplicateStore(path)
        self._commonness = self._store.load_commonness()
        self._uncommitted = 0
        self._placed = 0
        self._refresh_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._store.rollback()
        self.close()

    def commit(self) -> None:
        """Make what was assigned so far last; done by itself every 2,000 records."""
        if self._placed:
            self._store.save_commonness(self._commonness)
        self._store.commit()
        self._uncommitted = self._placed = 0

    def close(self) -> None:
        """Commit and close; the index cannot be used afterwards."""
        self.commit()
        self._store.close()

    def assign(self, record: Record) -> Record:
        """Fill in `duplicate_of` and `cluster_id`, and remember the record.

        `duplicate_of` is the first record with the same page, arXiv identifier, DOI or telling
        title; `cluster_id` the first of its cluster, which may be the record itself. A record
        that was assigned before, and has not changed since, gets its place again.
        """
        self._store.begin()
        known = self._store.find(record.id)
        current = _known(record)
        if known is None or known.input != current.input:
            known = self._place(record, current, known)
        self._uncommitted += 1
        if self._uncommitted >= BATCH:
            self.commit()
        found = (known.duplicate_of, known.cluster_id or record.id)
        if found == (record.duplicate_of, record.cluster_id):
            return record
        return attrs.evolve(record, duplicate_of=found[0], cluster_id=found[1])

    def _place(self, record: Record, current: Known, before: Known | None) -> Known:
        """Find the place of a record that is new, or whose text is; a place once given stays."""
        texts = list(islice(_texts(record), MOST_TEXTS))
        kinds = dict(_keys(record, current))
        bands = {key for text in texts for key in text.bands}
        before_n = before.n if before else None
        found = self._store.search(tuple(kinds), tuple(bands), other_than=before_n)
        near = [_Near(record=known, texts=known.fingerprints()) for known in found.near]
        original = self._original(current, texts, [(kinds[key], r) for key, r in found.exact])
        root = original or self._nearest(current, texts, near)
        first = (original.duplicate_of or original.id) if original else None
        # Seen again with another text, the first of its copies finds one of those.
        duplicate_of = first if first != record.id else None
        cluster_id = (root.cluster_id or root.id) if root else None
        current = attrs.evolve(
            current,
            n=before_n,
            duplicate_of=(before.duplicate_of if before else None) or duplicate_of,
            cluster_id=(before.cluster_id if before else None) or cluster_id,
            texts=pack(texts),
        )
        self._store.put(current, (kinds.keys() | _wanted_bands(texts, near)) - found.crowded)
        if root:
            self._store.found_cluster(root.cluster_id or root.id)
        self._count(current, texts)
        return current

    def _count(self, current: Known, texts: Sequence[Fingerprint]) -> None:
        """Count the words of a record; once there are many texts a quarter of them will do."""
        self._placed += 1
        if self._commonness.texts >= FEW_TEXTS and current.input[0] % 4:
            return
        for text in texts:
            self._commonness.add(text.words | text.title)
        if self._commonness.texts >= self._refresh_at:
            self._commonness.refresh()
            self._refresh_at = self._commonness.texts * REFRESH_GROWTH + REFRESH_LEAST

    def _original(
        self, current: Known, texts: Sequence[Fingerprint], found: Sequence[tuple[str, Known]]
    ) -> Known | None:
        """The first record that is exactly the same entry, of those found by keys of a kind."""
        for kind, other in found:
            if _is_other_work(current, other):
                continue
            if kind in {"arxiv", "doi"} or _agree(kind, current, other, texts):
                return other
        return None

    def _nearest(
        self, current: Known, texts: Sequence[Fingerprint], near: Sequence[_Near]
    ) -> Known | None:
        """The record for which most speaks that it is of the same work, if enough does."""
        discounts = self._commonness.discounts
        most, nearest = 0.0, None
        for other in near:
            if _is_other_work(current, other.record):
                continue
            other_authors = _has_other_authors(current, other.record)
            found = max(
                (
                    evidence(mine, theirs, discounts=discounts, other_authors=other_authors)
                    for mine, theirs in product(texts, other.texts)
                    if may_be_same(mine, theirs)
                ),
                default=0.0,
            )
            if found > most and not vetoes(texts, other.texts, discounts=discounts):
                most, nearest = found, other.record
        return nearest


def _wanted_bands(texts: Iterable[Fingerprint], near: Iterable[_Near]) -> set[int]:
    """Bands of texts without a copy: that stands for them, so that boilerplate fills no bands."""
    twins = [text for other in near for text in other.texts]
    return {
        key
        for text in texts
        if not any(is_copy(text, twin) for twin in twins)
        for key in text.bands
    }


def _agree(kind: str, current: Known, other: Known, texts: Sequence[Fingerprint]) -> bool:
    """Whether nothing speaks against a URL or a title in common."""
    if kind == "url" and current.title != other.title and _are_listed_together(current, other):
        return False  # entries of one page that lead to one place, such as its anchors
    if kind == "title" and _has_other_authors(current, other):
        return False
    speaks_against = is_other_text if kind == "url" else contradicts
    others = other.fingerprints()
    if kind == "title" and vetoes(texts, others):
        return False
    pairs = list(product(texts, others))
    return not pairs or not all(speaks_against(one, two) for one, two in pairs)


def _known(record: Record) -> Known:
    words = (fold(word) for name in record.authors for word in name.split())
    authors = sorted({word for word in words if word.isascii() and word.strip(".-'") == word})
    doi = record.identifiers.get("doi")
    translated = [(code, t.title, t.summary) for code, t in record.translations.items()]
    basis = (record.title, record.summary, record.authors, record.url, translated)
    identifiers = sorted(record.identifiers.items())
    return Known(
        n=None,
        id=record.id,
        input=_digest(repr((*basis, identifiers))),
        arxiv=record.identifiers.get("arxiv") or arxiv_id(record.url or ""),
        doi=None if doi is None or doi.startswith(_ARXIV_DOI) else doi,
        page_url=record.page_url,
        title=record.title,
        authors=" ".join(authors),
        texts=b"",
    )


def _texts(record: Record) -> Iterator[Fingerprint]:
    """Fingerprints of the original and of every translation: languages meet in the target's."""
    fields = [(record.language, record.title, record.summary)]
    fields += [(code, text.title, text.summary) for code, text in record.translations.items()]
    for language, title, summary in fields:
        found = fingerprint(title, summary, language=language)
        if found is not None:
            yield found


def _keys(record: Record, known: Known) -> Iterator[tuple[int, str]]:
    """64-bit keys of exact evidence; a home page or the listing itself is none."""
    is_web = (record.url or "").lower().startswith(("http://", "https://"))
    url = _match_url(record.url or "") if is_web else ""
    own_page = "/" in url or "?" in url
    listed_at = _match_url(record.page_url) if record.page_url else ""
    values = {
        "url": url if own_page and url != listed_at else None,
        "arxiv": known.arxiv,
        "doi": known.doi,
        "title": title_key(record.title or ""),
    }
    for kind, value in values.items():
        if value:
            yield int.from_bytes(_digest(f"{kind}:{value}"), signed=True), kind


_match_url = lru_cache(maxsize=1024)(match_url)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _is_other_work(one: Known, other: Known) -> bool:
    """Whether identifiers of one scheme differ."""
    return _differ(one.arxiv, other.arxiv) or _differ(one.doi, other.doi)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _are_listed_together(one: Known, other: Known) -> bool:
    return one.page_url is not None and one.page_url == other.page_url


def _has_other_authors(one: Known, other: Known) -> bool:
    """Whether both have authors in Latin script and not a word of their names in common."""
    mine, theirs = set(one.authors.split()), set(other.authors.split())
    return bool(mine and theirs) and not mine & theirs
