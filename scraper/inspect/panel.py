"""The panel beside an inspected page: its entries as they were read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from html import escape

from normalize.model import Entry, Record
from scraper.inspect.locate import FIELDS, Place

_LONGEST = 400


def summary_rows(entries: Sequence[Entry], records: Sequence[Record], address: str) -> str:
    """What is known of the page as a whole, as rows of a table."""
    confidence = entries[0].raw.get("confidence", "") if entries else ""
    rows = {
        "page": address,
        "read as": entries[0].source if entries else "",
        "entries": str(len(entries)),
        "confidence": confidence,
        "languages": ", ".join(dict.fromkeys(record.language for record in records)),
    }
    return "".join(
        f"<tr><th>{escape(name)}</th><td dir=auto>{escape(text)}</td></tr>"
        for name, text in rows.items()
        if text
    )


def legend(records: Sequence[Record]) -> str:
    """The colours of the fields, and how many entries have each."""
    parts = []
    for mark, name in FIELDS.items():
        count = sum(bool(getattr(record, name)) for record in records)
        parts.append(f'<li><i data-khulasa="{mark}">{mark}</i> {count}/{len(records)}</li>')
    return "".join(parts)


def entry_rows(entries: Sequence[Entry], records: Sequence[Record], places: Sequence[Place]) -> str:
    """One row for each entry: its number, its fields raw and parsed."""
    return "".join(
        _row(number, entry, record, place)
        for number, (entry, record, place) in enumerate(
            zip(entries, records, places, strict=True), 1
        )
    )


def _row(number: int, entry: Entry, record: Record, place: Place) -> str:
    link = f'<a href="#khulasa-{number}">{number}</a>' if place.parts else str(number)
    cells = "".join(
        f'<dt data-khulasa="{name}">{name}</dt><dd dir=auto>{value}</dd>'
        for name, value in _fields(entry, record)
    )
    missing = "" if place.parts else '<p class="issue">not found again in the page</p>'
    issues = "".join(f'<p class="issue">{escape(text)}</p>' for text in record.issues)
    return f"<tr><th>{link}</th><td><dl>{cells}</dl>{missing}{issues}</td></tr>"


def _fields(entry: Entry, record: Record) -> Iterator[tuple[str, str]]:
    """Names and values as HTML, the parsed value behind the raw one where they differ."""
    yield "title", _pair(entry.title, record.title)
    if entry.published:
        yield "date", _pair(entry.published, record.published or "?")
    raw = ", ".join(entry.authors) or entry.byline
    if raw:
        yield "authors", _pair(raw, " · ".join(record.authors))
    if entry.summary:
        yield "summary", _pair(entry.summary, record.summary)
    if entry.url:
        yield "url", f"<bdi dir=ltr>{escape(record.url or entry.url)}</bdi>"
    if entry.image:
        yield "image", f"<bdi dir=ltr>{escape(_cut(entry.image))}</bdi>"
    if record.metrics:
        yield "metrics", escape(", ".join(f"{name} {n}" for name, n in record.metrics.items()))


def _pair(raw: str | None, parsed: str | None) -> str:
    """The value as the page has it, and what it was read as where that says something else."""
    if raw is None:
        return "–"
    shown = f"<bdi>{escape(_cut(raw))}</bdi>"
    if parsed is None or _plain(raw) == _plain(parsed):
        return shown
    # No arrow: on a line from right to left it would point the wrong way.
    return f"{shown} = <bdi><b>{escape(_cut(parsed))}</b></bdi>"


def _plain(text: str) -> str:
    """A text without differences that nobody sees."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
