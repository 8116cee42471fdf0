"""How well near duplicates are found, and how fast: ``python -m benchmarks.near_duplicates``.

Prints precision and recall over made pairs of several seeds and two makings, then time a record,
new and seen again, and size of the index for a feed of distinct records.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from random import Random

import attrs

from benchmarks.near_duplicate_pairs import Pair, make_pairs
from benchmarks.near_duplicate_unseen import make_unseen_pairs
from normalize.duplicates import DuplicateIndex
from normalize.model import Record

SEEDS = (1, 2, 3, 4, 5)
PAIRS = 300


@attrs.frozen(kw_only=True)
class Score:
    """Outcome over pairs."""

    precision: float
    recall: float
    strangers: int
    """First records of a pair that joined a record of another pair."""

    mistakes: Counter[str]


def score(pairs: Sequence[Pair], *, one_index: bool) -> Score:
    """Assign all pairs, in one index for all or one for each, and compare with the truth."""
    found: list[tuple[Pair, bool]] = []
    strangers = 0
    shared = DuplicateIndex(None)
    for pair in pairs:
        index = shared if one_index else DuplicateIndex(None)
        one, other = index.assign(pair.one), index.assign(pair.other)
        strangers += one.cluster_id != one.id
        together = other.cluster_id == one.cluster_id
        found.append((pair, together))
        if not one_index:
            index.close()
    shared.close()
    right = sum(pair.same for pair, together in found if together)
    return Score(
        precision=right / max(1, sum(together for _, together in found)),
        recall=right / sum(pair.same for pair, _ in found),
        strangers=strangers,
        mistakes=Counter(pair.kind for pair, together in found if together != pair.same),
    )


def feed(count: int) -> list[Record]:
    """Distinct records of the length of teasers and abstracts.

    Words are drawn by Zipf's law from 24,000 made ones, after the boilerplate of a made text.
    """
    random = Random(7)  # noqa: S311  repeatable, not secret
    boilerplate = [pair.one.summary or "" for pair in make_pairs(seed=99, count=PAIRS)]
    parts = ("ka", "lo", "mi", "tur", "sen", "vo", "dra", "pel", "ne", "ri", "sta", "gu", "lom")
    words = ["".join(random.choices(parts, k=4)) for _ in range(24_000)]
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(words))))
    return [
        Record(
            id=f"feed:{number}",
            source="feed",
            position=1,
            url=f"https://feed.example/{number}",
            title=" ".join(random.choices(words, cum_weights=weights, k=9)).capitalize(),
            summary=random.choice(boilerplate)[:80]
            + " ".join(random.choices(words, cum_weights=weights, k=random.choice((30, 90, 150)))),
            language="en",
            content_hash="0" * 32,
        )
        for number in range(count)
    ]


def measure_speed(count: int) -> str:
    """Assign a feed to an index on disk, cold, and once more as in a next run."""
    records = feed(count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.sqlite"
        seconds = []
        for _ in range(2):
            start = time.process_time()
            with DuplicateIndex(path) as index:
                for record in records:
                    index.assign(record)
            seconds.append(time.process_time() - start)
        size = path.stat().st_size
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{count:>7,} records: {seconds[0] / count * 1e6:5.0f} µs each, seen again "
        f"{seconds[1] / count * 1e6:4.0f} µs; {size / count:5.0f} bytes each; peak {memory:.0f} MiB"
    )


def _told(result: Score) -> str:
    mistakes = ", ".join(f"{kind} {n}" for kind, n in result.mistakes.most_common())
    return (
        f"precision {result.precision:.3f}, recall {result.recall:.3f}"
        f", joined strangers {result.strangers}; mistakes of 50 each: {mistakes}"
    )


def main() -> None:
    """Print the figures."""
    for name, make in (("tuned on", make_pairs), ("not tuned on", make_unseen_pairs)):
        for one_index in (False, True):
            print(f"{name}, " + ("one index for all pairs" if one_index else "an index a pair"))
            for seed in SEEDS:
                result = score(make(seed=seed, count=PAIRS), one_index=one_index)
                print(f"  seed {seed}: {_told(result)}")
    for count in (5_000, 50_000):
        print(measure_speed(count))


if __name__ == "__main__":
    main()
