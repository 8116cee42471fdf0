"""Whether any broken page still ends in entries or in a named refusal, and how long that takes.

Usage: python benchmarks/listing_fuzz.py [--inputs 5000] [--seed 0] [--pages DIR]

Breaks the project's own made pages, or every ``*.html`` and ``*.html.gz`` of a directory: tags
dropped and swapped, attributes shuffled, cut off at any byte, another encoding than declared,
pieces moved and repeated, bytes spoiled. Ends with 1 if anything but a ``SplitError`` is raised,
or if one input takes longer than a second for every MB of it, and at least a second.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.listing import bodies
from scraper.errors import SplitError
from scraper.split import split
from tests.listing_mutations import mutated

SLOW = 1.0


def outcome(body: bytes, url: str) -> str:
    """How the reading of one input ended: in entries, in a refusal, or in what must not be."""
    try:
        split(body, url=url, content_type="text/html", source="listing")
    except SplitError as refusal:
        return type(refusal).__name__
    except Exception as error:  # noqa: BLE001  what is looked for
        return f"BROKEN {type(error).__name__}: {str(error)[:80]}"
    return "entries"


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pages", type=Path)
    options = parser.parse_args()
    told = [(body.decode("utf-8", "replace"), url) for body, url in bodies(options.pages)]
    ends: Counter[str] = Counter()
    slowest, total = 0.0, time.process_time()
    for number in range(options.inputs):
        turn = random.Random(options.seed * 1_000_000 + number)  # noqa: S311  reproducible
        html, url = turn.choice(told)
        body = mutated(html, turn)
        start = time.process_time()
        end = outcome(body, url)
        spent = time.process_time() - start
        slowest = max(slowest, spent)
        if spent > SLOW * max(1.0, len(body) / 1e6):
            end = f"BROKEN slow: {spent:.1f} s for {len(body)} bytes"
        if end.startswith("BROKEN"):
            print(f"input {number}: {end}")
        ends[end] += 1
    total = time.process_time() - total
    print(f"{options.inputs} inputs in {total:.0f} s, the slowest {slowest:.2f} s")
    for end, times in ends.most_common():
        print(f"{times:6} {end}")
    sys.exit(any(end.startswith("BROKEN") for end in ends))


if __name__ == "__main__":
    main()
