"""What a million known entries cost a whole refresh: ``python benchmarks/refresh_whole.py``.

Runs ``scrapy refresh`` as cron does, of one source on loopback whose list shows exactly 50 new
entries, and measures from outside: seconds from start to end, and of them those that a processor
was at work (what else is done on the machine lengthens the former); memory as the highest sum of
the resident sizes (RSS) of the refresh and its crawl, looked at a hundred times a second; beside
it the highest of any one process. Pages that the two share count twice in the sum.

The same is done with an empty state and with 1,000,000 known entries (``--entries``): in
``state.sqlite``, where the newest 10,000 are the feed, and in the normaliser's memory of the
source: records with fingerprints, keys to find them by, entries learnt from. These rows are
written in SQL into tables that the program itself has made; fingerprints are copies of real ones.
The bar: under 10 s, and at most 300 MiB more than with an empty state.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attrs
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from normalize.identity import content_hash  # noqa: E402
from normalize.model import Record  # noqa: E402
from scraper.runs.layout import Layout  # noqa: E402
from tests.crawls import command, environment  # noqa: E402
from tests.site import Site  # noqa: E402

SOURCE = "bench"
NEW = 50
LIVE = 10_000
SAMPLES = 400
KEYS = 20
"""Keys of a record of this size, as the duplicate index makes them."""

BAR_SECONDS, BAR_MIB = 10, 300
MIB = 2**20
BETWEEN_LOOKS = 0.01
AT = "2026-01-01T00:00:00Z"
MARKS = {"records": 11, "entries": 7, "feed": 7}


@attrs.frozen(kw_only=True)
class Cost:
    """What a refresh took."""

    seconds: float
    working: float
    """Seconds of processors."""

    together: float
    """MiB: highest sum of the processes."""

    highest: float
    """MiB: highest of any one process."""


def main() -> None:
    """Measure with an empty state and with a full one, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=2, help="measurements of each")
    options = parser.parse_args()
    print(
        "   known entries   state  memory   seconds   working   MiB together   MiB highest process"
    )
    with tempfile.TemporaryDirectory() as folder, Site().running() as site:
        text = Texts()
        for turn in range(options.repeats):
            empty = measure(Path(folder) / f"empty-{turn}", site, text)
            full = Path(folder) / f"full-{turn}"
            fill(full, site, text, options.entries)
            cost = measure(full, site, text, options.entries)
            more = cost.together - empty.together
            met = cost.seconds < BAR_SECONDS and more <= BAR_MIB
            print(
                f"{more:+.0f} MiB for what is known; bar: {BAR_SECONDS} s and {BAR_MIB} MiB more: "
                f"{'met' if met else 'NOT met'}"
            )


class Texts:
    """Entries of a list, no two alike."""

    def __init__(self) -> None:
        self._random = random.Random(20261121)  # noqa: S311  texts need not be secret
        letters = "abcdefghijklmnopqrstuvwxyz"
        lengths = (self._random.randint(3, 9) for _ in range(5000))
        self._words = ["".join(self._random.choices(letters, k=length)) for length in lengths]
        self._made = 0

    def page(self, count: int) -> str:
        """A page of so many entries, none of which was shown before."""
        items = "".join(
            f'<li class="entry"><a href="/e/{number}">{self.words(9)}</a>'
            f"<p>{self.words(120)}.</p></li>\n"
            for number in range(self._made, self._made + count)
        )
        self._made += count
        return f"<!DOCTYPE html><html><body><main><ul>{items}</ul></main></body></html>"

    def words(self, count: int) -> str:
        """So many words."""
        return " ".join(self._random.choices(self._words, k=count)).capitalize()


def measure(root: Path, site: Site, text: Texts, known: int = 0) -> Cost:
    """Refresh from a list of new entries; print what it took."""
    site.pages["/list"] = text.page(NEW)
    sizes = [size(path) for path in (Layout(root=root).state, Layout(root=root).normalizer(SOURCE))]
    cost, told = refresh(root, site)
    assert told["added"] == NEW, told
    print(
        f"{known:16,} {sizes[0]:7.0f} {sizes[1]:7.0f} {cost.seconds:9.2f} {cost.working:9.2f}"
        f" {cost.together:14.0f} {cost.highest:21.0f}"
    )
    return cost


def refresh(root: Path, site: Site) -> tuple[Cost, dict[str, object]]:
    """Run the command, look at its processes until it ends."""
    config = root.parent / f"{root.name}.toml"
    address = f"{site.base}/list"
    config.write_text(
        f'[[source]]\nname = "{SOURCE}"\nspider = "listing"\nargs = {{ url = "{address}" }}\n',
        encoding="utf-8",
    )
    begun, worked = time.monotonic(), working()
    process = subprocess.Popen(
        command("refresh", "--config", str(config), "--out", str(root), "--json"),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    together, highest = 0.0, 0.0
    while process.poll() is None:
        resident = [memory_of(one) for one in family(process.pid)]
        together, highest = max(together, sum(resident)), max(highest, *resident)
        time.sleep(BETWEEN_LOOKS)
    seconds = time.monotonic() - begun
    out, err = process.communicate()
    worked = working() - worked
    assert process.returncode == 0, err
    (told,) = json.loads(out)["sources"]
    return Cost(seconds=seconds, working=worked, together=together, highest=highest), told


def working() -> float:
    """Seconds that processors were at work for processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in read(path).split():
            yield from family(int(child))


def memory_of(pid: int) -> float:
    """Resident MiB; 0 of a process that has gone."""
    lines = read(Path(f"/proc/{pid}/status")).splitlines()
    found = (int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return next(found, 0) * 1024 / MIB


def read(path: Path) -> str:
    """A file of the kernel's; nothing where its process has gone."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def size(path: Path) -> float:
    """MiB of a file; 0 where there is none."""
    return path.stat().st_size / MIB if path.exists() else 0.0


def fill(root: Path, site: Site, text: Texts, entries: int) -> None:
    """Let the program make its tables, and records to copy; then add to them."""
    site.pages["/list"] = text.page(SAMPLES)
    refresh(root, site)
    layout = Layout(root=root)
    with closing(sqlite3.connect(layout.state)) as database, database:
        fill_state(database, entries - SAMPLES, text)
    with closing(sqlite3.connect(layout.normalizer(SOURCE))) as database, database:
        fill_memory(database, entries - SAMPLES)
    # What this has written is not for the refresh to wait for.
    os.sync()


def fill_state(database: sqlite3.Connection, entries: int, text: Texts) -> None:
    """Entries that were seen, the newest of them in the feed."""
    insert(
        database,
        "entries",
        ((SOURCE, entry_id(n), f"{n:032x}", 1, AT, AT, 0) for n in range(entries)),
        "source, id, content_hash, revision, first_seen, last_seen, removed",
    )
    live = range(max(0, entries - LIVE + SAMPLES), entries)
    insert(
        database,
        "feed",
        ((SOURCE, entry_id(n), 0, AT, line(n, text), "[]", "[]") for n in live),
        "source, id, run, changed_at, line, newer, older",
    )


def fill_memory(database: sqlite3.Connection, entries: int) -> None:
    """Records with the fingerprints of others, keys of their own, marks of what was learnt."""
    samples = database.execute("SELECT input, title, authors, texts FROM records").fetchall()
    (first,) = database.execute("SELECT max(n) + 1 FROM records").fetchone()
    rows = (
        (first + n, entry_id(n), given, None, None, None, None, "http://site.example/", *rest)
        for n in range(entries)
        for given, *rest in (samples[n % len(samples)],)
    )
    columns = "n, id, input, duplicate_of, cluster_id, arxiv, doi, page_url, title, authors, texts"
    insert(database, "records", rows, columns)
    numbers = np.random.default_rng(20261121)
    keys = numbers.integers(-(2**63), 2**63, size=entries * KEYS, dtype=np.int64)
    order = np.argsort(keys)
    owners = first + order // KEYS
    database.executemany(
        "INSERT OR IGNORE INTO keys VALUES (?, ?)",
        zip(map(int, keys[order]), map(int, owners), strict=True),
    )
    marks = np.sort(numbers.integers(0, 2**63, size=entries, dtype=np.int64))
    database.executemany(
        "INSERT OR IGNORE INTO learnt VALUES (?)", ((int(m).to_bytes(8),) for m in marks)
    )


def insert(
    database: sqlite3.Connection, table: str, rows: Iterator[tuple[object, ...]], columns: str
) -> None:
    """Write rows of these columns."""
    marks = ", ".join("?" * MARKS[table])
    database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608  constants


def entry_id(number: int) -> str:
    """The id of an entry seen long ago."""
    return f"{SOURCE}:{number:032x}"


def line(number: int, text: Texts) -> str:
    """A line of the feed."""
    content = {"title": text.words(9), "summary": text.words(120)}
    record = Record(
        id=entry_id(number),
        source=SOURCE,
        position=1,
        title=content["title"],
        summary=content["summary"],
        content_hash=content_hash(content),
        fetched_at=AT,
        first_seen=AT,
        last_seen=AT,
    )
    return record.to_json_line()


if __name__ == "__main__":
    main()
