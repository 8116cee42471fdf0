"""The newest answer to every address of some archives, on disk but for the addresses."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urldefrag

import attrs

from scraper.archive.reader import ArchivedPage, ArchiveReader, opened

ENDINGS = (".warc", ".warc.gz")

NOT_MODIFIED = 304
"""HTTP status of an answer that holds no page: what the asker has is still right."""

_UNDATED = datetime.min.replace(tzinfo=UTC)


@attrs.frozen
class _Place:
    page: ArchivedPage  # without its body
    start: int
    size: int


class PageStore:
    """Looks up archived pages by address.

    An address that was fetched several times answers with its newest capture; captures of one
    instant with the last of them, in the order of the archives. A capture that says "not modified"
    holds no page: it counts where there is no other.

    Args:
        paths: WARC files, or directories whose WARC files are read in the order of their names.

    Raises:
        OSError: a path cannot be read, or a directory holds no WARC file.
        BrokenArchive: a file is damaged, or no WARC.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._bodies = tempfile.TemporaryFile()  # noqa: SIM115  open for as long as the store is
        self._places: dict[str, _Place] = {}
        self.torn: list[Path] = []
        """Archives whose last record breaks off."""
        try:
            self._read(_files(paths))
        except BaseException:
            self.close()
            raise

    def _read(self, paths: Iterable[Path]) -> None:
        for path in paths:
            with path.open("rb") as file:
                reader = ArchiveReader(opened(file))
                for page in reader:
                    self._keep(page)
            if reader.torn:
                self.torn.append(path)

    def __len__(self) -> int:
        return len(self._places)

    def find(self, url: str) -> ArchivedPage | None:
        """The newest capture of an address; None where there is none."""
        place = self._places.get(urldefrag(url).url)
        if place is None:
            return None
        self._bodies.seek(place.start)
        return attrs.evolve(place.page, body=self._bodies.read(place.size))

    def close(self) -> None:
        """Drop what was kept on disk."""
        self._bodies.close()

    def _keep(self, page: ArchivedPage) -> None:
        url = urldefrag(page.url).url
        before = self._places.get(url)
        if page.problem is None and (before is None or _rank(page) >= _rank(before.page)):
            start = self._bodies.seek(0, 2)
            self._bodies.write(page.body)
            self._places[url] = _Place(attrs.evolve(page, body=b""), start, len(page.body))


def _rank(page: ArchivedPage) -> tuple[bool, datetime]:
    return page.status != NOT_MODIFIED, page.fetched_at or _UNDATED


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(file for file in path.iterdir() if file.name.endswith(ENDINGS))
        if not found:
            raise FileNotFoundError(f"no archive ({', '.join(ENDINGS)}) in {path}")
        yield from found
