"""Entries for the tests of normalising in bulk, no two alike, in three languages."""

from __future__ import annotations

from pathlib import Path

from normalize.model import Entry, json_line
from scraper.bulk import Options, Position
from scraper.bulk.lines import Batch

OPTIONS = Options(target=None)

_TEXTS = (
    ("A study of bridge number {n}", "We measured the load on bridge {n} during {n} cold nights."),
    ("دراسة الجسر رقم {n}", "قمنا بقياس الحمل على الجسر {n} خلال {n} ليلة باردة."),
    ("Une étude du pont numéro {n}", "Nous avons mesuré la charge du pont {n} en {n} nuits."),
)


def entry(number: int) -> Entry:
    title, summary = _TEXTS[number % len(_TEXTS)]
    return Entry(
        source="demo",
        position=number % 20 + 1,
        native_id=str(number),
        title=title.format(n=number),
        summary=summary.format(n=number),
        published=f"{number % 28 + 1} May 2024",
        metrics={"upvotes": str(number)},
    )


def lines(count: int) -> list[bytes]:
    return [entry(number).to_json_line().encode() for number in range(count)]


def write(path: Path, count: int, *, broken_every: int = 0) -> Path:
    """Write entries; every so many of them is followed by a line that is none."""
    with path.open("wb") as file:
        for number, line in enumerate(lines(count), start=1):
            file.write(line)
            if broken_every and number % broken_every == 0:
                file.write(b'{"torn at entry": %d\n' % number)
    return path


def batch(*lines: bytes, start: int = 0) -> Batch:
    return Batch(
        file="in.jsonl",
        start=Position(line=start),
        end=Position(line=start + len(lines)),
        consumed=0,
        lines=lines,
    )


def line_of(**fields: str | int) -> bytes:
    return json_line({"source": "demo", "position": 1} | fields).encode()
