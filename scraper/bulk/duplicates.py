"""Duplicates and clusters in bulk: found in the order of the records, by one process."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from normalize.duplicates import DuplicateIndex
from scraper.bulk.lines import Batch
from scraper.bulk.work import Result, records_of, with_records


class BulkDuplicates:
    """Fills in `duplicate_of` and `cluster_id`, over this run and all that kept the same file.

    A record that a stopped run has remembered but not written gets the same place again.

    Args:
        path: the file, made if missing.
        compress: whether results are to be gzip members.

    Raises:
        IncompatibleIndex: the file was written with other fingerprints.
        sqlite3.DatabaseError: it is no SQLite database.
    """

    def __init__(self, path: Path, *, compress: bool) -> None:
        self._index = DuplicateIndex(path)
        self._compress = compress

    def marked(
        self, done: Generator[tuple[Batch, Result], None, None]
    ) -> Generator[tuple[Batch, Result], None, None]:
        """Yield each batch with its records marked, no earlier than it is asked for.

        Args:
            done: batches and results, not compressed.
        """
        with closing(done):
            for batch, result in done:
                records = [self._index.assign(record) for record in records_of(result)]
                yield batch, with_records(result, records, compress=self._compress)

    def commit(self) -> None:
        """Make what was remembered last; before a checkpoint says that it was written."""
        self._index.commit()

    def close(self) -> None:
        """Commit and close."""
        self._index.close()
