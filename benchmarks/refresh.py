"""Refreshes of the bundled snapshot: how long one takes in which nothing changed, kills, crowds.

python benchmarks/refresh.py               all of it: 100 kills take about 10 minutes
python benchmarks/refresh.py --kills 10    fewer kills

Prints, and fails where something is lost, torn or doubled:
- unchanged: seconds of a refresh of the three portals in which nothing has changed, and of the
  first one; how many pages were sent whole; whether every published file kept its bytes. Beside
  it ``scrapy crawl`` of the same three, one process each, as what there was before.
- kills: refreshes killed (SIGKILL) at random moments, two to an output directory; after the next
  refresh the feeds must equal those of an undisturbed one, but for times. A reader polls all
  the while for a feed that is torn, empty, or shorter than before.
- crowd: 20 refreshes started together; one works, the others end with 75.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.refreshes import Output, ended, without_clock  # noqa: E402
from tests.test_refresh_kills import SOURCES, Reader, demo_arguments  # noqa: E402
from tools.snapshot_site import serve  # noqa: E402

KILLS_IN_ONE_PLACE = 2
CROWD = 20
REPEATS = 5


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as folder, serve() as bases:
        arguments = demo_arguments(bases)
        seconds = unchanged(Path(folder), bases, arguments)
        crowd(Path(folder), arguments)
        killed(Path(folder), arguments, kills, seconds)


def unchanged(folder: Path, bases: Mapping[str, str], arguments: list[str]) -> float:
    """Time refreshes that find nothing new; returns the seconds of one that finds all new."""
    output = Output(folder / "unchanged")
    first = timed(output, arguments)
    before = output.published()
    times = sorted(timed(output, arguments) for _ in range(REPEATS))
    pages = Counter(
        "unchanged" if page["unchanged"] else "read" for page in last_pages(output.root)
    )
    print(f"first refresh of three portals     {first:6.2f} s, {len(output.ids())} records")
    print(
        f"refresh in which nothing changed   {times[REPEATS // 2]:6.2f} s (median of {REPEATS},"
        f" {times[0]:.2f} to {times[-1]:.2f}); pages not sent again {pages['unchanged']},"
        f" sent whole {pages['read']}"
    )
    assert not pages["read"]
    assert output.published() == before
    print("published files of both            byte for byte equal")
    print(f"three plain crawls beside it       {plain_crawls(folder, bases):6.2f} s")
    return first


def timed(output: Output, arguments: list[str]) -> float:
    """Seconds of a refresh."""
    begun = time.monotonic()
    end = output.refresh(*arguments, settings={})
    assert end.code == 0, end.err
    return time.monotonic() - begun


def last_pages(root: Path) -> Iterator[dict[str, object]]:
    """The pages of the last run of each source."""
    for runs in (root / "private" / "runs").iterdir():
        last = max(runs.iterdir())
        for line in (last / "pages.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def plain_crawls(folder: Path, bases: Mapping[str, str]) -> float:
    """Seconds of three crawls without pauses, which read and write everything each time."""
    begun = time.monotonic()
    quick = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "--loglevel=ERROR")
    crawls = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "scrapy", "crawl", name, "-a", f"base={base}"),
                *("-O", str(folder / f"{name}.jsonl"), *quick),
            ],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        for name, base in bases.items()
    ]
    assert not any(crawl.wait() for crawl in crawls)
    return time.monotonic() - begun


def crowd(folder: Path, arguments: list[str]) -> None:
    """Start many refreshes at once."""
    output = Output(folder / "crowd")
    processes = [output.start(*arguments, settings={}) for _ in range(CROWD)]
    ends = [ended(process) for process in processes]
    odd = [end.err for end in ends if end.code not in (0, 75)]
    assert not odd, odd
    codes = Counter(end.code for end in ends)
    ids = output.ids()
    assert len(ids) == len(set(ids)) == len(Output(folder / "unchanged").ids())
    told = ", ".join(f"{count} ended with {code}" for code, count in sorted(codes.items()))
    print(f"{CROWD} refreshes at once              {told}; {len(ids)} records, none twice")


def killed(folder: Path, arguments: list[str], kills: int, seconds: float) -> None:
    """Kill refreshes at random moments, and compare what the next one publishes."""
    moments = random.Random(20261121)  # noqa: S311  moments need not be secret
    whole = Output(folder / "unchanged")
    expected = {source: whole.content(source) for source in SOURCES}
    done = reads = 0
    while done < kills:
        output = Output(folder / f"killed-{done}")
        reader = Reader(output.root)
        with reader.reading():
            for _ in range(min(KILLS_IN_ONE_PLACE, kills - done)):
                kill(output, arguments, moments.uniform(0.2, seconds))
                done += 1
            assert output.refresh(*arguments, settings={}).code == 0
        assert {source: output.content(source) for source in SOURCES} == expected
        assert combined(output) == combined(whole)
        assert reader.problems == []
        reads += reader.reads
    print(f"{kills} refreshes killed             feeds afterwards as undisturbed")
    print(f"readings meanwhile              {reads:9,}: none torn, empty or shorter than before")


def kill(output: Output, arguments: list[str], after: float) -> None:
    """Start a refresh and kill it."""
    process = output.start(*arguments, settings={})
    time.sleep(after)
    process.kill()
    ended(process)


def combined(output: Output) -> list[dict[str, object]]:
    """The combined feed by id, without times."""
    records = [without_clock(json.loads(line)) for line in output.feed().splitlines()]
    return sorted(records, key=lambda record: str(record["id"]))


if __name__ == "__main__":
    main()
