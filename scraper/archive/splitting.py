"""Archives to entries: every capture of every listing page, dated as the archive dates it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import attrs

from normalize.model import Entry
from scraper.archive.gunzip import Readable
from scraper.archive.reader import ArchivedPage, ArchiveReader, BrokenArchive
from scraper.errors import BlockedPage, SplitError
from scraper.split import split
from scraper.split.listing.sources import FALLBACKS
from scraper.split.source import path_of

_OK = 200
_ORIGIN = re.compile(r"\Ahttps?://[^/?#]*", re.IGNORECASE)
# Parts of pages that hold no entries, told by their type alone.
_PARTS = ("image/", "audio/", "video/", "font/")
_PART_TYPES = frozenset(
    {"text/css", "text/javascript", "application/javascript", "application/pdf", "application/zip"}
)


@attrs.define(kw_only=True)
class ArchiveSplitter:
    """Splits the pages of one archive.

    A page that holds no listing (robots.txt, a redirect, an image, an article) is skipped and
    counted; a page of a known source that cannot be split is a failure.
    """

    source: str | None = None
    """Name of the source of all pages; None: found out page by page."""

    base_url: str | None = None
    """Root of the site that the archived one was a copy of; None: the archive's own addresses."""

    fetched_at: str | None = None
    """The clock of all pages; None: the archive's own dates."""

    pages: int = 0
    """Pages split."""

    skipped: Counter[str] = attrs.field(factory=Counter)
    """What was skipped, and how often."""

    def run(
        self, stream: Readable, emit: Callable[[Sequence[Entry]], None], tell: Callable[[str], None]
    ) -> bool:
        """Split an archive page by page.

        Args:
            stream: the archive, gzip unpacked.
            emit: takes the entries of a page.
            tell: takes a message for a person.

        Returns:
            Whether all went well: nothing failed, and at least one page was split.

        Raises:
            UnknownSource: no source has the name given.
        """
        reader = ArchiveReader(stream)
        failed = 0
        try:
            for page in reader:
                reason = _no_listing(page)
                if reason:
                    self.skipped[reason] += 1
                else:
                    failed += not self._split(page, emit, tell)
        except BrokenArchive as error:
            tell(str(error))
            failed += 1
        if reader.torn:
            tell("the archive breaks off within its last record")
        if reader.revisits:
            self.skipped["unchanged page (revisit)"] = reader.revisits
        tell(self._summary())
        return not failed and self.pages > 0

    def _split(
        self,
        page: ArchivedPage,
        emit: Callable[[Sequence[Entry]], None],
        tell: Callable[[str], None],
    ) -> bool:
        url = self._live(page.url)
        if page.problem:
            tell(f"{url}: {page.problem}")
            return False
        try:
            entries = split(
                page.body,
                url=url,
                content_type=page.content_type,
                source=self.source,
                fetched_at=self.fetched_at or page.fetched_at,
            )
        except SplitError as error:
            if self.source is None and error.source in (None, *FALLBACKS):
                gate = isinstance(error, BlockedPage)
                self.skipped["blocked page" if gate else "no listing"] += 1
                return True
            tell(f"{url}: {error}")
            return False
        self.pages += 1
        emit(entries)
        return True

    def _live(self, url: str) -> str:
        """The address on the site that the archived one was a copy of."""
        if self.base_url is None:
            return url
        return self.base_url.rstrip("/") + (_ORIGIN.sub("", url, count=1) or "/")

    def _summary(self) -> str:
        split = f"{self.pages} {'page' if self.pages == 1 else 'pages'} split"
        skipped = ", ".join(f"{count} x {what}" for what, count in sorted(self.skipped.items()))
        return f"{split}; skipped: {skipped}" if skipped else split


def _no_listing(page: ArchivedPage) -> str | None:
    """Why a page holds no listing, as far as that can be told without reading it."""
    if path_of(page.url) == "/robots.txt":
        return "robots.txt"
    if page.status != _OK:
        return f"HTTP {page.status}"
    kind = (page.content_type or "").partition(";")[0].strip().lower()
    return kind if kind.startswith(_PARTS) or kind in _PART_TYPES else None
