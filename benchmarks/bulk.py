"""Throughput and memory of ``scrapy normalize``: ``python benchmarks/bulk.py [--full]``.

Makes entries of about a thousand characters from invented sentences in eight languages, no two
alike, so that no cache of earlier answers can shorten the work; normalises files of two sizes
without translation; prints records a second (wall and processor time) and the highest resident
memory of parent and workers. ``--full`` takes 10,000 and 1,000,000 entries (5 GB of temporary
files) instead of 2,000 and 20,000.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from normalize.model import Entry

SIZES = (2_000, 20_000)
FULL_SIZES = (10_000, 1_000_000)
SENTENCES = {"zh": 24}
SENTENCES_ELSE = 10
SEED = 20240521
SECONDS_BETWEEN_LOOKS = 0.2
PARTS = Path(__file__).with_name("bulk_text.json")


@attrs.frozen(kw_only=True)
class Measured:
    """One run."""

    seconds: float
    cpu_seconds: float
    parent: int
    """Highest resident memory of the parent, MiB."""

    workers: int
    """Highest resident memory of any one other process, MiB; what they share counts in each."""

    together: int
    """Highest sum over all processes of their proportional shares (PSS), MiB."""


def entries(count: int) -> Iterator[Entry]:
    """Entries in eight languages in turn, the same in every run."""
    parts: dict[str, dict[str, Any]] = json.loads(PARTS.read_text(encoding="utf-8"))
    languages = sorted(parts)
    chance = random.Random(SEED)  # noqa: S311  reproducible on purpose
    for index in range(count):
        language = languages[index % len(languages)]
        yield _entry(index, language, parts[language], chance)


def _entry(index: int, language: str, parts: dict[str, Any], chance: random.Random) -> Entry:
    sentences = [_sentence(parts, chance) for _ in range(SENTENCES.get(language, SENTENCES_ELSE))]
    date = chance.choice(parts["date"])
    return Entry(
        source="bench",
        position=index % 20 + 1,
        native_id=str(index),
        url=f"https://example.org/{language}/entry/{index}?utm_source=list",
        page_url=f"https://example.org/{language}?page={index // 20}",
        title=_sentence(parts, chance).rstrip(".。"),
        summary=("" if language == "zh" else " ").join(sentences),
        byline=parts["byline"],
        published=date.format(day=chance.randint(1, 28), year=chance.randint(2015, 2025)),
        taxonomy=("Europe > Austria > Vienna (0.14)", "(4 more...)"),
        metrics={"upvotes": str(chance.randint(0, 5000)), "comments": "1.2k"},
        fetched_at="2025-06-01T06:00:00Z",
    )


def _sentence(parts: dict[str, Any], chance: random.Random) -> str:
    space = "" if parts["openings"][0].endswith("法") else " "
    opening, middle, end = (chance.choice(parts[k]) for k in ("openings", "middles", "ends"))
    return space.join((opening, middle, end.format(number=chance.randint(2, 9_999_999))))


def write_entries(path: Path, count: int) -> None:
    """Write a file of entries."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(entry.to_json_line() for entry in entries(count))


def measure(path: Path, out: Path, workers: int) -> Measured:
    """Run the command, looking at the memory of its processes all the while."""
    command = ["normalize", str(path), "-o", str(out), "--to", "none", "--workers", str(workers)]
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "scrapy", *command])
    parent = others = together = 0
    ticks: dict[int, int] = {}
    while process.poll() is None:
        family = {pid: _memory(pid) for pid in _family(process.pid)}
        parent = max(parent, family.get(process.pid, (0, 0))[0])
        others = max([others, *(rss for pid, (rss, _) in family.items() if pid != process.pid)])
        ticks |= {pid: _ticks(pid) or ticks.get(pid, 0) for pid in family}
        together = max(together, sum(pss for _, pss in family.values()))
        time.sleep(SECONDS_BETWEEN_LOOKS)
    assert process.returncode == 0, f"exit code {process.returncode}"
    return Measured(
        seconds=time.monotonic() - begun,
        cpu_seconds=sum(ticks.values()) / os.sysconf("SC_CLK_TCK"),
        parent=parent // 1024,
        workers=others // 1024,
        together=together // 1024,
    )


def _family(pid: int) -> list[int]:
    """A process and all below it (Linux)."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:  # ended meanwhile
        return []
    return [pid, *(below for child in children for below in _family(int(child)))]


def _ticks(pid: int) -> int:
    """Processor time that a process has used (Linux)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:  # ended meanwhile
        return 0
    return sum(int(field) for field in text.rpartition(")")[2].split()[11:13])


def _memory(pid: int) -> tuple[int, int]:
    """Resident and proportional memory of a process, KiB (Linux)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:  # ended meanwhile
        return 0, 0
    values = {line.split(":")[0]: line.split()[1] for line in text.splitlines()[1:]}
    return int(values.get("Rss", 0)), int(values.get("Pss", 0))


def main() -> None:
    """Measure both sizes and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="10,000 and 1,000,000 entries")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--directory", help="for temporary files")
    told = parser.parse_args()
    print(f"{told.workers} workers; memory in MiB, highest seen")
    print("  entries  seconds  records/s  processor s  records/processor s  parent  worker  all")
    with tempfile.TemporaryDirectory(dir=told.directory) as name:
        path = Path(name) / "entries.jsonl"
        for count in FULL_SIZES if told.full else SIZES:
            write_entries(path, count)
            found = measure(path, path.with_name("records.jsonl"), told.workers)
            print(
                f"{count:>9,} {found.seconds:>8.1f} {count / found.seconds:>10,.0f}"
                f" {found.cpu_seconds:>12.1f} {count / found.cpu_seconds:>20,.0f}"
                f" {found.parent:>7} {found.workers:>7} {found.together:>4}",
                flush=True,
            )


if __name__ == "__main__":
    main()
