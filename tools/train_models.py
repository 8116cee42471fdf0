"""Train the project's own translation models: ``python tools/train_models.py [ar_en fr_en]``.

Reads ``tools/model_pairs/<from>_<to>.tsv`` and writes
``fixtures/models/translate-<from>_<to>.argosmodel``. The models learn their pairs by heart and
translate nothing else (``docs/models.md``).

Needs, in an environment of its own: ``pip install torch==2.13.0 ctranslate2==4.8.5
sentencepiece==0.2.3``. Two trainings give the same bytes with the same versions of these three and
of numpy and zlib, on processors with AVX2: one thread, fixed seeds, sorted pairs, fixed times in
the archive, and kernels held to AVX2 by the variables below.

With ``--check`` nothing is trained: the packages are tried against their pairs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from pathlib import Path

from model_training.packing import (
    PACKAGES,
    PAIRS,
    Pair,
    pieces_of,
    read_pairs,
    train_vocabulary,
    translate,
    write_package,
)

SAME_KERNELS = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_CBWR": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
}
"""Read by torch and its libraries when they load: which instructions they may use."""

VOCABULARY = 4000
"""Pieces wanted; so few sentences give fewer."""

BEAMS = (1, 2, 4)
"""Beam sizes of the search that the packages are tried with."""

README = """\
A very small model that knows the sentence pairs of tools/model_pairs by heart and translates
nothing else. It is for tests and for the demo. Same licence as the project.
"""


def main() -> None:
    """Train or check the packages named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", nargs="*", default=["ar_en", "fr_en"], metavar="FROM_TO")
    parser.add_argument("--check", action="store_true", help="train nothing")
    parser.add_argument("--out", type=Path, default=PACKAGES, help="directory of the packages")
    args = parser.parse_args()
    os.environ.update(SAME_KERNELS)
    for name in args.pairs:
        pairs = read_pairs(PAIRS / f"{name}.tsv")
        package = args.out / f"translate-{name}.argosmodel"
        if not args.check:
            start = time.monotonic()
            _train(pairs, name, package)
            print(f"{name}: trained in {time.monotonic() - start:.0f} s")
        _report(pairs, name, package)


def _train(pairs: list[Pair], name: str, package: Path) -> None:
    import sentencepiece  # noqa: PLC0415  after the variables are set, like torch
    from model_training import network  # noqa: PLC0415  --check does without torch

    texts = [text for pair in pairs for text in pair]
    vocabulary = train_vocabulary(texts, model_type="unigram", vocab_size=VOCABULARY)
    processor = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    encoded = [(processor.encode(source), processor.encode(target)) for source, target in pairs]
    recipe = network.Recipe()
    pieces = len(pieces_of(vocabulary))
    print(f"{name}: {len(pairs)} pairs, {pieces} pieces")
    trained = network.train(encoded, pieces=pieces, recipe=recipe)
    source, target = name.split("_")
    write_package(
        package,
        codes=(source, target),
        spec=network.convert(trained, recipe),
        vocabulary=vocabulary,
        readme=README,
    )


def _report(pairs: list[Pair], name: str, package: Path) -> None:
    content = package.read_bytes()
    print(f"{name}: {len(content):,} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
    for beam_size in BEAMS:
        results = translate(package, [source for source, _ in pairs], beam_size=beam_size)
        compared = zip(pairs, results, strict=True)
        wrong = [(*pair, result) for pair, result in compared if pair[1] != result]
        right = len(pairs) - len(wrong)
        share = f"{right} of {len(pairs)} exact ({right / len(pairs):.1%})"
        print(f"{name}: beam {beam_size}: {share}")
        for source, wanted, got in wrong:
            print(f"  {source}\n    wanted {wanted}\n    got    {got}")


if __name__ == "__main__":
    main()
