"""The manifest: what is published, how to check it, and how old it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from normalize.convert import to_json_types
from normalize.model import SCHEMA_VERSION
from scraper.runs.layout import Layout
from scraper.runs.model import SourceStatus, utc_text
from scraper.runs.state import State

MANIFEST_VERSION = "1.0"


def manifest(state: State, layout: Layout, *, now: datetime) -> dict[str, Any]:
    """Tell what is published, as JSON types; the fields are explained in ``docs/feeds.md``."""
    statuses = state.statuses()
    stale = [status.source for status in statuses if status.stale_since is not None]
    combined = _feed(state, layout, None)
    return {
        "manifest_version": MANIFEST_VERSION,
        "schema_version": SCHEMA_VERSION,
        "schema": layout.schema.name,
        "checked": utc_text(now),
        "complete": not stale,
        "stale": stale,
        **combined,
        "sources": {status.source: _source(state, layout, status) for status in statuses},
    }


def _source(state: State, layout: Layout, status: SourceStatus) -> dict[str, Any]:
    told = attrs.asdict(status) | {"outcome": status.outcome.value, "warnings": [*status.warnings]}
    for name in ("source", "count", "generation"):
        del told[name]
    return {**told, **_feed(state, layout, status.source)}


def _feed(state: State, layout: Layout, source: str | None) -> dict[str, Any]:
    """What is published of one feed; nulls and empty lists where nothing is yet."""
    published = state.publication.published(source)
    name = layout.feed(source).relative_to(layout.root).as_posix()
    feed = published.files.get(name)
    return {
        "generation": published.generation,
        "changed": published.changes[-1].at if published.changes else None,
        "entries": None if feed is None else feed.lines,
        "feed": None if feed is None else name,
        "files": {path: to_json_types(file) for path, file in published.files.items()},
        "changes": [to_json_types(change) for change in published.changes],
        "archive": _archives(layout, source),
    }


def _archives(layout: Layout, source: str | None) -> list[str]:
    """The archives, the oldest first."""
    found = layout.archive(source).glob("*.jsonl.gz")
    # A file that is being written has a hidden name.
    names = (path.relative_to(layout.root).as_posix() for path in found)
    return sorted(name for name in names if not name.rpartition("/")[2].startswith("."))
