"""Publishing the state: each feed whole, its changes and archive first, the manifest last.

What is published is made from the state alone, and marked in it once it is in its place. Whatever
stops a publication in between, the next one makes the same files again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import attrs

from normalize.model import SCHEMA_VERSION, Record
from scraper.runs.faults import PublishError
from scraper.runs.files import (
    append_members,
    is_there,
    make_directory,
    publishing,
    put_away,
    write_bytes,
    write_lines,
)
from scraper.runs.layout import Layout
from scraper.runs.lock import wait_for
from scraper.runs.manifest import manifest
from scraper.runs.model import compact_time
from scraper.runs.publication import ChangeFile, Generation, Published, PublishedFile
from scraper.runs.state import State
from scraper.runs.syndicate import atom, json_feed

LOCK_SECONDS = 120.0
"""How long one waits for another process that is publishing."""

LISTED_CHANGES = 100
"""Change files that the manifest lists of each feed."""


@attrs.frozen(kw_only=True)
class PublishOptions:
    """How feeds are published; whether compressed is the `Layout`'s."""

    target: str | None = "en"
    """Language that Atom and JSON Feed show first, BCP 47; None for originals only."""

    title: str = "khulasa"
    """Title of Atom and JSON Feed; those of a source add its name."""

    base_url: str | None = None
    """Address at which the output directory is served, if it is."""

    newest: int = 50
    """Entries in Atom and JSON Feed."""


def publish(
    state: State,
    layout: Layout,
    *,
    now: datetime,
    sources: Iterable[str] | None = None,
    options: PublishOptions | None = None,
) -> list[str | None]:
    """Bring what is published up to the state; files whose content stays are not written.

    Args:
        state: not in a transaction.
        layout: where to.
        now: UTC.
        sources: which sources besides the combined feed; None for all that had a good run.
        options: how; None for the defaults.

    Returns:
        The feeds that were published anew; None among them is the combined one.

    Raises:
        PublishError: a file cannot be written; those that were published before stand, and the
            feeds that could be published have been.
        StateError: the state cannot be read or written.
    """
    with _lock(layout.publish_lock):
        feeds = _feeds(state, sources)
        made = [_Feed(state, layout, source, options or PublishOptions(), now) for source in feeds]
        tried = [(source, *_try(feed)) for source, feed in zip(feeds, made, strict=True)]
        for one in state.publication.retired():
            put_away(layout.folder(one.source), layout.retired(one.place))
        write_bytes(layout.schema, _schema())
        with state.reading():
            text = json.dumps(manifest(state, layout, now=now), ensure_ascii=False, indent=1)
        write_bytes(layout.manifest, (text + "\n").encode("utf-8"))
    for _, _, error in tried:
        if error is not None:
            raise error
    return [source for source, is_new, _ in tried if is_new]


def _feeds(state: State, sources: Iterable[str] | None) -> list[str | None]:
    """What is to be published; the combined feed last, also where its last source has retired."""
    good = state.publication.sources()
    combined = [None] if good or state.publication.published(None).files else []
    return [*(good if sources is None else sources), *combined]


def _try(feed: _Feed) -> tuple[bool, PublishError | None]:
    """Whether a feed was published anew, or why it could not be: the others do not wait for it."""
    try:
        return feed.publish(), None
    except PublishError as error:
        return False, error


class _Feed:
    """One feed to be published.

    Args:
        state: the state.
        layout: where to.
        source: whose feed; None for the combined one.
        options: how.
        now: UTC.
    """

    def __init__(
        self,
        state: State,
        layout: Layout,
        source: str | None,
        options: PublishOptions,
        now: datetime,
    ) -> None:
        self._state = state
        self._publication = state.publication
        self._layout = layout
        self._source = source
        self._options = options
        self._now = now

    def publish(self) -> bool:
        """Publish it, unless what is there is of the state's generation and as it was written."""
        with self._state.reading():
            before = self._publication.published(self._source)
            generation = self._publication.generation(self._source)
            if self._is_current(before, generation):
                return False
            pending = self._publication.pending(self._source)
            self._write_archive(pending)
            changes = [*before.changes, *self._write_changes(pending)]
            files = self._write_feed(before, pending)
        with publishing(self._layout.other_feed(self._source)):
            self._layout.other_feed(self._source).unlink(missing_ok=True)
        self._publication.mark(
            self._source,
            Published(
                generation=generation,
                form=self._form(),
                files=files,
                changes=tuple(changes[-LISTED_CHANGES:]),
            ),
        )
        return True

    def _is_current(self, before: Published, generation: int) -> bool:
        return (
            before.generation == generation
            and before.form == self._form()
            and all(is_there(self._layout.root / name, f) for name, f in before.files.items())
        )

    def _form(self) -> str:
        options = attrs.asdict(self._options)
        return json.dumps({**options, "gzip": self._layout.gzip, "schema": SCHEMA_VERSION})

    def _write_archive(self, pending: list[Generation]) -> None:
        months: dict[str, list[Iterator[bytes]]] = {}
        for generation in pending:
            for month in self._publication.leaving(self._source, generation.number):
                lines = self._publication.leaving_lines(self._source, generation.number, month)
                months.setdefault(month, []).append(lines)
        for month, members in months.items():
            append_members(self._layout.archive_file(self._source, month), members)

    def _write_changes(self, pending: list[Generation]) -> Iterator[ChangeFile]:
        for generation in pending:
            lines = self._publication.change_lines(self._source, generation.number)
            first = next(lines, None)
            if first is not None:
                at = datetime.fromisoformat(generation.at)
                path = self._layout.change_file(self._source, compact_time(at))
                yield ChangeFile(
                    path=self._name(path),
                    generation=generation.number,
                    at=generation.at,
                    file=write_lines(path, _chained(first, lines)),
                )

    def _write_feed(self, before: Published, pending: list[Generation]) -> dict[str, PublishedFile]:
        """Write the syndicated feeds, and after them the feed."""
        newest = self._state.newest(self._source, self._options.newest)
        title = self._options.title
        updated = datetime.fromisoformat(pending[-1].at) if pending else self._last_change(before)
        files = {}
        for path, make in (
            (self._layout.atom(self._source), atom),
            (self._layout.json_feed(self._source), json_feed),
        ):
            content = make(
                newest,
                title=title if self._source is None else f"{title}: {self._source}",
                self_url=self._url(path),
                updated=updated,
                target=self._options.target,
            )
            files[self._name(path)] = write_bytes(path, content)
        path = self._layout.feed(self._source)
        lines = self._state.lines(self._source)
        name = self._name(path)
        return {name: write_lines(path, lines, before=before.files.get(name)), **files}

    def _last_change(self, before: Published) -> datetime:
        return datetime.fromisoformat(before.changes[-1].at) if before.changes else self._now

    def _name(self, path: Path) -> str:
        return path.relative_to(self._layout.root).as_posix()

    def _url(self, path: Path) -> str | None:
        base = self._options.base_url
        return None if base is None else f"{base.rstrip('/')}/{self._name(path)}"


@cache
def _schema() -> bytes:
    text = json.dumps(Record.json_schema(), ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8")


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One publisher at a time; the kernel lifts the lock of one that was killed."""
    with publishing(path):
        make_directory(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        if not wait_for(descriptor, LOCK_SECONDS):
            raise PublishError(
                f"another process has been publishing for {LOCK_SECONDS:.0f} s ({path}); "
                "the next refresh publishes what is missing"
            )
        yield
    finally:
        os.close(descriptor)
