"""Where a refresh keeps what it publishes, and what is its own."""

from __future__ import annotations

from pathlib import Path

import attrs


@attrs.frozen(kw_only=True)
class Layout:
    """The paths below one output directory.

    A method that takes a source gives the path of that source's own file, and with None that of
    all sources together.
    """

    root: Path
    """The output directory."""

    gzip: bool = False
    """Whether feeds and change files are published compressed."""

    def make(self) -> None:
        """Make the directories that are the refresh's own; nothing is done to what is there.

        They are for their owner alone: logs name all settings of a crawl, which may be secret.

        Raises:
            OSError: they cannot be made.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        self.private.mkdir(mode=0o700, exist_ok=True)
        for path in (self.locks, self.private / "runs", self.private / "normalizer"):
            path.mkdir(parents=True, exist_ok=True)

    def folder(self, source: str | None) -> Path:
        """Directory of what is published of a source."""
        return self.root if source is None else self.root / "sources" / source

    def feed(self, source: str | None) -> Path:
        """The current feed."""
        return self.folder(source) / f"feed.jsonl{self._suffix}"

    def other_feed(self, source: str | None) -> Path:
        """The feed as it would be called were `gzip` the other way."""
        return self.folder(source) / f"feed.jsonl{'' if self.gzip else '.gz'}"

    def changes(self, source: str | None) -> Path:
        """Directory of the change files."""
        return self.folder(source) / "changes"

    def change_file(self, source: str | None, time: str) -> Path:
        """The change file of the moment ``time`` (compact UTC, see `model.compact_time`)."""
        return self.changes(source) / f"{time}.jsonl{self._suffix}"

    def archive(self, source: str | None) -> Path:
        """Directory of the entries that left the feed."""
        return self.folder(source) / "archive"

    def archive_file(self, source: str | None, month: str) -> Path:
        """The entries first seen in a month (``2026-11``) that left the feed."""
        return self.archive(source) / f"{month}.jsonl.gz"

    def atom(self, source: str | None) -> Path:
        """The newest entries as Atom."""
        return self.folder(source) / "feed.atom"

    def json_feed(self, source: str | None) -> Path:
        """The newest entries as JSON Feed."""
        return self.folder(source) / "feed.json"

    @property
    def manifest(self) -> Path:
        """What there is, and how old it is."""
        return self.root / "manifest.json"

    @property
    def schema(self) -> Path:
        """JSON Schema of a feed's lines."""
        return self.root / "record.schema.json"

    @property
    def private(self) -> Path:
        """Directory of what is not for consumers."""
        return self.root / "private"

    @property
    def state(self) -> Path:
        """The state."""
        return self.private / "state.sqlite"

    @property
    def translations(self) -> Path:
        """Translations that have been made."""
        return self.private / "translations.sqlite"

    @property
    def locks(self) -> Path:
        """Directory of the locks."""
        return self.private / "locks"

    @property
    def publish_lock(self) -> Path:
        """Lock of whoever publishes; no source can have its name."""
        return self.locks / ".publish"

    def lock(self, source: str) -> Path:
        """Lock of whoever refreshes a source."""
        return self.locks / f"{source}.lock"

    def normalizer(self, source: str) -> Path:
        """What the normaliser remembers of a source."""
        return self.private / "normalizer" / f"{source}.sqlite"

    def profile(self, source: str) -> Path:
        """Directory of what a source gave in good runs, by which a new layout is judged."""
        return self.private / "profiles" / source

    def retired(self, place: str) -> Path:
        """Where the published files of a retired source are (`retirement.Retirement.place`)."""
        return self.root / place

    def runs(self, source: str) -> Path:
        """Directory of a source's run directories."""
        return self.private / "runs" / source

    @property
    def _suffix(self) -> str:
        return ".gz" if self.gzip else ""
