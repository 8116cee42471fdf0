"""A fixture recorded again, after its source was corrected by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from normalize.normalizer import Normalizer
from scraper.atomic import PendingFile
from scraper.errors import SplitError
from scraper.scaffold.cases import FIELDS
from scraper.scaffold.table import printable
from scraper.split import split
from scraper.split.source import Source

EXPECTED = "expected.jsonl"

_Line = Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Recording:
    """What a source makes of a case now."""

    path: Path
    """Of the file that says what is expected."""
    lines: tuple[_Line, ...]
    changes: tuple[str, ...]
    """What differs from what was expected, in words."""

    def write(self) -> None:
        """Replace the file.

        Raises:
            OSError: it could not be written.
        """
        pending = PendingFile(self.path)
        try:
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines)
            pending.file.write(text.encode())
            pending.publish()
        except BaseException:
            pending.discard()
            raise


def record_again(fixture: Path, source: Source) -> list[Recording]:
    """Read the cases that hold records; lines keep the fields that they had.

    Args:
        fixture: the source's folder.
        source: as it is now.

    Raises:
        SplitError: the source refuses one of them.
        OSError: a file cannot be read.
        ValueError: a file is not as the contract of sources wants it.
    """
    return [_recording(path, source) for path in sorted(fixture.glob(f"*/{EXPECTED}"))]


def no_longer_refused(fixture: Path, source: Source) -> list[str]:
    """Names of the cases that were to be refused and are read."""
    found = []
    for path in sorted(fixture.glob("*/meta.json")):
        if "raises" in json.loads(path.read_text(encoding="utf-8")):
            try:
                _read(path.parent, source)
            except SplitError:
                continue
            found.append(path.parent.name)
    return found


def changes_told(made: Sequence[Recording], read: Sequence[str]) -> Iterator[str]:
    """Lines for the terminal: what changed in each case.

    Args:
        made: what was recorded.
        read: cases that are no longer refused.
    """
    for recording in made:
        count = f"{len(recording.lines)} records, {len(recording.changes)} changes"
        yield f"{recording.path}: {count}"
        yield from (f"  {printable(change)}" for change in recording.changes)
    yield from (f"look at: {name} was to be refused and is read" for name in read)


def _recording(path: Path, source: Source) -> Recording:
    before = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    pairs = _paired(before, _read(path.parent, source))
    lines = tuple({name: told[name] for name in was or FIELDS} for was, told in pairs)
    changes = [*_changes(pairs), *_gone(before, [was for was, _ in pairs])]
    return Recording(path=path, lines=lines, changes=tuple(changes))


def _read(case: Path, source: Source) -> list[_Line]:
    meta = json.loads((case / "meta.json").read_text(encoding="utf-8"))
    (page,) = case.glob("page.*")
    entries = split(
        page.read_bytes(),
        url=meta["url"],
        content_type=meta["content_type"],
        source=source,
        fetched_at=meta["fetched_at"],
    )
    return [record.to_dict() for record in Normalizer(target=None).normalize(entries)]


def _paired(before: Sequence[_Line], now: Sequence[_Line]) -> list[tuple[_Line | None, _Line]]:
    """Each record with the line that told of it before, by its address or its title."""
    left = list(before)
    pairs: list[tuple[_Line | None, _Line]] = []
    for told in now:
        same = (
            line
            for name in ("url", "title")
            for line in left
            if line.get(name) and line[name] == told[name]
        )
        was = next(same, None)
        if was is not None:
            left = [line for line in left if line is not was]
        pairs.append((was, told))
    return pairs


def _changes(pairs: Sequence[tuple[_Line | None, _Line]]) -> Iterator[str]:
    for was, told in pairs:
        if was is None:
            yield f"{told['position']}: new: {told['title']} ({told['id']})"
            continue
        for name, value in was.items():
            if value != told[name]:
                yield f"{told['position']}: {name}: {value!r} -> {told[name]!r}"


def _gone(before: Sequence[_Line], kept: Sequence[_Line | None]) -> Iterator[str]:
    for line in before:
        if not any(line is was for was in kept):
            yield f"gone: {line.get('title')} ({line.get('id') or line.get('url')})"
