"""Sentence pairs in, vocabularies and packages out: what all of the project's own models share."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import sentencepiece
from ctranslate2.specs import transformer_spec

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "fixtures" / "models"
PAIRS = ROOT / "tools" / "model_pairs"

UNK, BOS, EOS, PAD = range(4)
"""Ids of the control pieces; CTranslate2 knows them by their names ``<unk> <s> </s>``."""

ZIP_TIME = (2020, 1, 1, 0, 0, 0)
"""Time of every member, so that the same content gives the same bytes."""

VERSION = "1.0"

NAMES = {"ar": "Arabic", "en": "English", "fr": "French"}

Pair = tuple[str, str]


def read_pairs(path: Path) -> list[Pair]:
    """Read pairs: source, tab, translation; lines that begin with ``#`` are headings.

    Raises:
        ValueError: a line is no pair, or a source occurs twice; the message names the line.
    """
    pairs: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        source, tab, target = line.partition("\t")
        if not tab or not target or "\t" in target or source in pairs:
            raise ValueError(f"{path}:{number}: not a pair, or its source occurs twice")
        pairs[source] = target
    return sorted(pairs.items())


def train_vocabulary(texts: Iterable[str], **options: object) -> bytes:
    """Train a SentencePiece model; the same texts and options give the same bytes."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        character_coverage=1.0,
        unk_id=UNK,
        bos_id=BOS,
        eos_id=EOS,
        pad_id=PAD,
        hard_vocab_limit=False,
        normalization_rule_name="identity",  # the other rules weigh 240 kB
        num_threads=1,
        minloglevel=2,
        **options,
    )
    return model.getvalue()


def pieces_of(vocabulary: bytes) -> list[str]:
    """All pieces of a SentencePiece model in order of their ids."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    return [processor.id_to_piece(index) for index in range(processor.get_piece_size())]


def write_package(
    path: Path,
    *,
    codes: Pair,
    spec: transformer_spec.TransformerSpec,
    vocabulary: bytes,
    readme: str,
) -> None:
    """Quantise a model to int8 and write its package; the same input gives the same bytes."""
    source, target = codes
    pieces = pieces_of(vocabulary)
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.validate()
    spec.optimize(quantization="int8")
    metadata = {
        "package_version": VERSION,
        "argos_version": "1.9",
        "from_code": source,
        "from_name": NAMES.get(source, source),
        "to_code": target,
        "to_name": NAMES.get(target, target),
        "type": "translate",
    }
    with tempfile.TemporaryDirectory() as directory:
        spec.save(directory)
        members = {
            "README.md": readme.encode(),
            "metadata.json": json.dumps(metadata, indent=2).encode() + b"\n",
            "sentencepiece.model": vocabulary,
        } | {f"model/{file.name}": file.read_bytes() for file in Path(directory).iterdir()}
    path.parent.mkdir(parents=True, exist_ok=True)
    root = f"translate-{source}_{target}-{VERSION.replace('.', '_')}"
    _write_zip(path, root=root, members=members)


def _write_zip(path: Path, *, root: str, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(members.items()):
            info = zipfile.ZipInfo(f"{root}/{name}", ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, compresslevel=9)


def translate(path: Path, texts: Sequence[str], *, beam_size: int) -> list[str]:
    """Translate with a package as it stands, on one thread and in int8."""
    import ctranslate2  # noqa: PLC0415  it must be loaded after torch where both are

    with tempfile.TemporaryDirectory() as directory, zipfile.ZipFile(path) as archive:
        archive.extractall(directory)
        package = next(Path(directory).iterdir())
        model_file = str(package / "sentencepiece.model")
        processor = sentencepiece.SentencePieceProcessor(model_file=model_file)
        translator = ctranslate2.Translator(
            str(package / "model"), compute_type="int8", intra_threads=1
        )
        results = translator.translate_batch(
            [processor.encode(text, out_type=str) for text in texts],
            beam_size=beam_size,
            max_batch_size=2048,
            batch_type="tokens",
        )
    return [processor.decode_pieces(result.hypotheses[0]) for result in results]
