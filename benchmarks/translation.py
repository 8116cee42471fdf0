"""Throughput and memory of translation: ``python benchmarks/translation.py``.

A model of the usual size is built in a temporary directory (`translation_model`), invented
abstracts are translated at beams 4, 2 and 1 and once more from the cache, each in a process of its
own. Prints texts a second and peak memory.

``--peer`` makes a virtual environment with argostranslate and measures its own
``translate(text, from, to)`` on the same model and texts in the same run. Its sentence splitters
must be downloaded, so it is handed our sentences: only translation is compared.
``--equality`` compares the two outputs sentence by sentence at beam 4 (implies ``--peer``).
``--memory`` translates 5,000 short texts and prints the memory as it goes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

import translation_model

HERE = Path(__file__).parent
PEER = ("argostranslate==1.11.0",)
PEER_NEEDS = ("ctranslate2", "sentencepiece", "packaging", "sacremoses")
BARS = {"beam 4": 3.5, "beam 2 (default)": 6.0, "beam 1": 10.0}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=40)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--equality", action="store_true")
    parser.add_argument("--memory", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        translation_model.write_package(home / "models")
        texts = translation_model.abstracts(args.texts)
        (home / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        if args.memory:
            run(sys.executable, "memory", home)
            return
        peer = measured(peer_python(home), "peer", home) if args.peer or args.equality else None
        if args.equality:
            compare(texts, home)
        for beam, label in ((4, "beam 4"), (2, "beam 2 (default)"), (1, "beam 1")):
            measured(sys.executable, label, home, beam=beam, peer=peer)


def measured(
    python: str, label: str, home: Path, *, beam: int = 0, peer: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Run one measurement, print its line, and return what it found."""
    found = run(python, "ours" if beam else "peer", home, beam)
    seconds, cpu = found["seconds"], found["cpu_seconds"]
    line = f"{label:18}{found['texts'] / seconds:7.2f} texts/s  {cpu / found['texts']:6.2f} CPU s"
    line += f" a text  peak {found['peak_mb']:4.0f} MB"
    if beam:
        warm = seconds / found["warm_seconds"]
        line += f"  as expected {found['right']:.1%}  ok {found['ok']:.1%}  cached x{warm:,.0f}"
    if peer:
        line += f"  against argostranslate x{peer['seconds'] / seconds:.1f} (bar x{BARS[label]})"
        line += f", CPU x{peer['cpu_seconds'] / cpu:.1f}"
    print(line, flush=True)
    return found


def run(python: str, what: str, home: Path, beam: int = 0) -> dict[str, Any]:
    """Run `translation_runs` in a process of its own; its last line is JSON."""
    command = [python, str(HERE / "translation_runs.py"), what, str(home), str(beam)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    *before, last = done.stdout.splitlines()
    for line in before:
        print(line)
    found: dict[str, Any] = json.loads(last)
    return found


def peer_python(home: Path) -> str:
    """Make an environment with argostranslate; the splitters that it cannot use stay out."""
    # A copy with the interpreter's own packages would measure other versions than pip chooses.
    venv.create(home / "peer", with_pip=True)
    python = str(home / "peer" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PEER_NEEDS], check=True)
    subprocess.run([*pip, "--no-deps", *PEER], check=True)
    return python


def compare(texts: list[str], home: Path) -> None:
    """Print how many sentences both translate alike."""
    run(sys.executable, "ours", home, 4)
    ours = json.loads((home / "ours.json").read_text(encoding="utf-8"))
    theirs = json.loads((home / "peer.json").read_text(encoding="utf-8"))
    pairs = [
        (one, other)
        for a, b in zip(ours, theirs, strict=True)
        for one, other in zip(a.split(". "), b.split(". "), strict=True)
    ]
    alike = sum(one == other for one, other in pairs)
    print(
        f"{alike} of {len(pairs)} sentences of {len(texts)} texts alike ({alike / len(pairs):.2%})"
    )


if __name__ == "__main__":
    main()
