"""Language identification beside langdetect: ``python benchmarks/language.py [SENTENCES.tsv]``.

``SENTENCES.tsv`` holds ``code<TAB>sentence`` lines. Prints the share of right answers over all
sentences and by language, for whole sentences and for the same cut to 20 to 40 characters, then
texts a second (CPU time, one thread, no text seen twice) of ``detect`` and of ``langdetect.detect``
as it comes with seed 0, both on the same sample in turns, and whether answers repeat.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Before numpy is loaded: figures are those of one thread.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import langdetect

from normalize.language import detect, detector, engines
from normalize.vocabulary import vocabulary

Row = tuple[str, str]

SAMPLE = 2000
TURNS = (50, SAMPLE)
REPEATS = 50
THREADS = 8
SHORTEST, LONGEST = 20, 40
SHORTEST_OF_DENSE_SCRIPTS = 8
DENSE = {"zh", "ja", "ko"}


def digest(text: str) -> int:
    """A number that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def read(path: Path) -> list[Row]:
    """Distinct rows in an order that depends on the texts alone."""
    rows = (line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines())
    return sorted({(code, text) for code, text in rows}, key=lambda row: digest(row[1]))


def cuts(rows: list[Row]) -> Iterator[Row]:
    """Sentences cut to 20 to 40 characters (8 to 40 in dense scripts); shorter ones left out."""
    for code, text in rows:
        shortest = SHORTEST_OF_DENSE_SCRIPTS if code in DENSE else SHORTEST
        if len(text) >= shortest:
            yield code, text[: shortest + digest(text) % (LONGEST - shortest + 1)]


def report_accuracy(name: str, rows: list[Row]) -> None:
    """Print the share of right answers, overall, in two halves, and by language."""
    answers = [(row, detect(row[1])) for row in rows]
    halves: list[list[bool]] = [[], []]
    sizes: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for (code, text), found in answers:
        correct = found.language == code
        halves[digest(text[:8]) % 2].append(correct)
        sizes[code] += 1
        right[code] += correct
    certain = [found.language == code for (code, _), found in answers if found.certain]
    shares = sorted((right[code] / sizes[code], code) for code in sizes)
    print(f"{name}: {sum(right.values()) / len(rows):.2%} of {len(rows)} right", end="; ")
    print("halves", " and ".join(f"{sum(half) / len(half):.2%}" for half in halves), end="; ")
    print(f"of the {len(certain) / len(rows):.1%} called certain {sum(certain) / len(certain):.2%}")
    print("  " + " ".join(f"{code} {share:.1%}" for share, code in shares))


def seconds(function: Callable[[str], object], texts: list[str]) -> float:
    """CPU seconds of the calls."""
    start = time.process_time()
    for text in texts:
        function(text)
    return time.process_time() - start


def report_speed(texts: list[str]) -> None:
    """Print texts a second of both, taking turns of two lengths, the memo emptied before each run.

    Short turns show `detect` at its slowest: each finds the processor's caches full of the peer's.
    """
    langdetect.DetectorFactory.seed = 0
    for function in (detect, langdetect.detect):
        function("models of both are loaded before the clock starts")
    for script in vocabulary("languages")["penalties"]:
        engines.scores(script, "abc")
        engines.second_opinion(script, "abc")
    for length in TURNS:
        detector._detect.cache_clear()  # noqa: SLF001  the memo must not answer for the engines
        ours = peer = 0.0
        for start in range(0, len(texts), length):
            turn = texts[start : start + length]
            ours += seconds(detect, turn)
            peer += seconds(langdetect.detect, turn)
        print(
            f"turns of {min(length, len(texts))}: detect {len(texts) / ours:,.0f} texts/s", end=""
        )
        print(f", langdetect {len(texts) / peer:,.0f}: {peer / ours:.1f} times as many")


def report_repeatability(texts: list[str]) -> None:
    """Print in how many texts repeated runs and threads differ from the first answer."""

    def fresh(_: int) -> list[object]:
        detector._detect.cache_clear()  # noqa: SLF001  the memo would repeat itself
        return [detect(text) for text in texts]

    first = fresh(0)
    runs = [fresh(run) for run in range(REPEATS)]
    with ThreadPoolExecutor(THREADS) as pool:
        threads = list(pool.map(fresh, range(THREADS)))
    for name, answers in ((f"{REPEATS} runs", runs), (f"{THREADS} threads", threads)):
        differing = sum(any(run[i] != first[i] for run in answers) for i in range(len(texts)))
        print(f"{name}: {differing} of {len(texts)} texts answered differently")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    beside = Path(__file__).resolve().parents[2] / "shared" / "langid-dev" / "sentences.tsv"
    parser.add_argument("sentences", nargs="?", type=Path, default=beside)
    rows = read(parser.parse_args().sentences)
    # langdetect raises on text without letters.
    report_speed([text for _, text in rows[:SAMPLE] if any(map(str.isalpha, text))])
    report_accuracy("sentences", rows)
    report_accuracy("cut to 20-40 characters", list(cuts(rows)))
    report_repeatability([text for _, text in rows[:200]])


if __name__ == "__main__":
    main()
