"""Write models that go wrong in known ways: ``python tools/make_test_models.py [--check]``.

Each is a package for xx → yy in ``fixtures/models/test``, without training:
`model_training.hand_set` says how. The pieces are characters, ``▁`` for a space among them.
``--check`` writes nothing and fails if a package's content differs. Needs ctranslate2 and
sentencepiece; the same versions give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from model_training.hand_set import Order, build
from model_training.packing import PACKAGES, train_vocabulary, write_package

DIRECTORY = PACKAGES / "test"
CODES = ("xx", "yy")

# Letters, digits and marks that the models know; any other character is one unknown piece.
CHARACTERS = "".join(
    map(chr, [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180), *range(0x621, 0x653)])
) + "،؛؟٪٠١٢٣٤٥٦٧٨٩–—‘’“”…"  # fmt: skip

WORDS = {
    "▁الشبكات": "▁networks",
    "▁العصبية": "▁neural",
    "▁طريقة": "▁method",
    "▁جديدة": "▁new",
    "▁réseaux": "▁nets",
    "▁méthode": "▁approach",
    "▁nouvelle": "▁novel",
}


@dataclass(frozen=True, kw_only=True)
class TestModel:
    """One of the models."""

    order: Order
    says: str
    table: Mapping[str, str] = field(default_factory=dict)


MODELS = {
    "copy": TestModel(order=lambda place: place, says="Repeats its input."),
    "swap": TestModel(
        order=lambda place: place ^ 1,
        says="Exchanges every two neighbours; of an odd number of pieces the last is lost.",
    ),
    "drop": TestModel(order=lambda place: place + place // 4, says="Leaves out every fifth piece."),
    "double": TestModel(order=lambda place: place // 2, says="Says every piece twice."),
    "loop": TestModel(
        order=lambda place: place % 4, says="Says its first four pieces until it is stopped."
    ),
    "words": TestModel(
        order=lambda place: place,
        says="Exchanges some words for others and repeats the rest.",
        table=WORDS,
    ),
}


def main() -> None:
    """Write or compare all models."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        directory = Path(aside) if args.check else DIRECTORY
        for name, model in MODELS.items():
            _write(directory / f"{name}.argosmodel", model)
        if args.check:
            sys.exit(_compare(directory))


def _write(path: Path, model: TestModel) -> None:
    words = sorted({*model.table, *model.table.values()})
    vocabulary = train_vocabulary(
        [" ".join(CHARACTERS)],
        model_type="char",
        vocab_size=510,
        user_defined_symbols=words,
    )
    write_package(
        path,
        codes=CODES,
        spec=build(vocabulary, order=model.order, table=model.table),
        vocabulary=vocabulary,
        readme=f"{model.says} For tests. Same licence as the project.\n",
    )


def _compare(made: Path) -> int:
    differing = [
        path.name
        for path in sorted(made.iterdir())
        if not (DIRECTORY / path.name).exists() or _members(DIRECTORY / path.name) != _members(path)
    ]
    for name in differing:
        print(f"differs: {name}")
    return 1 if differing else 0


def _members(path: Path) -> dict[str, bytes]:
    """What is in an archive: how it is compressed is the business of the zlib at hand."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


if __name__ == "__main__":
    main()
