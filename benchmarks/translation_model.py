"""A translation model of the usual size for measurements, made without training.

Six and six layers, width 512, 32,000 pieces, int8: the arithmetic of an Argos package. The
weights are set by hand so that each word comes out as its partner and the sentence then ends;
outputs are as long as real ones and can be checked. The layers that this does not need hold small
random weights.
"""

from __future__ import annotations

import io
import json
import random
import string
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import transformer_spec
from numpy.typing import NDArray

# CTranslate2's specifications take any attribute.
Spec = Any

PIECES = 32_000
LAYERS, WIDTH, HEADS, INNER, POSITIONS = 6, 512, 8, 2048, 512
# One head's width tells positions, the rest tells pieces.
PLACE = WIDTH // HEADS
CODE = WIDTH - PLACE
NOISE = 1e-3
SHARPNESS, LOUDNESS = 2.5, 40.0
SIGNS = ".,;:!?()-"
SYLLABLES = [c + v for c in "bdfghjklmnprstvz" for v in "aeiou"]
FIRST_WORDS = 2_000
WORDS_A_SENTENCE = (24, 36)
SENTENCES_A_TEXT = 8


def words() -> list[str]:
    """The words that the model knows; neighbours at 2n and 2n + 1 are partners.

    The last ones begin with a capital and begin sentences.
    """
    source = random.Random(1)  # noqa: S311 - the same words every time
    found: dict[str, None] = {}
    while len(found) < PIECES - 100:
        found["".join(source.choices(SYLLABLES, k=source.choice((2, 2, 3, 3, 4))))] = None
    plain = list(found)
    return plain[:-FIRST_WORDS] + [word.title() for word in plain[-FIRST_WORDS:]]


def abstracts(count: int) -> list[str]:
    """Invented texts of eight sentences and some 240 words."""
    known, source = words(), random.Random(2)  # noqa: S311 - the same texts every time
    return [
        " ".join(_sentence(known, source) for _ in range(SENTENCES_A_TEXT)) for _ in range(count)
    ]


def partners(text: str) -> str:
    """What the model makes of a text."""
    known = words()
    partner = dict(zip(known[::2], known[1::2], strict=True))
    partner |= {b: a for a, b in partner.items()}
    return " ".join(
        partner[word.strip(",.")] + word[len(word.rstrip(",.")) :] for word in text.split(" ")
    )


def write_package(directory: Path, from_code: str = "en", to_code: str = "fr") -> Path:
    """Write an unpacked Argos package below a directory; takes some ten seconds."""
    package = directory / f"translate-{from_code}_{to_code}-1_0"
    package.mkdir(parents=True)
    vocabulary = _vocabulary()
    (package / "sentencepiece.model").write_bytes(vocabulary)
    names = {"from_name": from_code, "to_name": to_code, "type": "translate"}
    codes = {"from_code": from_code, "to_code": to_code}
    versions = {"package_version": "1.0", "argos_version": "1.9"}
    (package / "metadata.json").write_text(json.dumps(versions | codes | names), encoding="utf-8")
    (package / "model").mkdir()
    _save(_pieces(vocabulary), package / "model")
    return package


def _sentence(known: list[str], source: random.Random) -> str:
    first = source.choice(known[-FIRST_WORDS:])
    chosen = [first, *source.sample(known[:-FIRST_WORDS], source.randint(*WORDS_A_SENTENCE))]
    for place in source.sample(range(1, len(chosen) - 1), 2):
        chosen[place] += ","
    return " ".join(chosen) + "."


def _vocabulary() -> bytes:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(f"{SIGNS}{string.ascii_letters}{string.digits}")]),
        model_writer=model,
        model_type="char",
        vocab_size=PIECES,
        hard_vocab_limit=False,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        user_defined_symbols=[f"▁{word}" for word in words()],
        normalization_rule_name="identity",
        minloglevel=2,
    )
    return model.getvalue()


def _pieces(vocabulary: bytes) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    return [processor.id_to_piece(index) for index in range(processor.get_piece_size())]


def _answers(pieces: list[str]) -> list[int]:
    """For each piece that comes out the one that went in."""
    ids = {piece: index for index, piece in enumerate(pieces)}
    answers = list(range(len(pieces)))
    known = words()
    for one, other in zip(known[::2], known[1::2], strict=True):
        a, b = ids[f"▁{one}"], ids[f"▁{other}"]
        answers[a], answers[b] = b, a
    return answers


def _save(pieces: list[str], directory: Path) -> None:
    random_numbers = np.random.default_rng(0)
    signs = np.array([-1.0, 1.0], np.float32)
    embedding = np.zeros((len(pieces), WIDTH), np.float32)
    embedding[:, :CODE] = random_numbers.choice(signs, size=(len(pieces), CODE))
    positions = np.zeros((POSITIONS, WIDTH), np.float32)
    positions[:, CODE:] = 2 * random_numbers.choice(signs, size=(POSITIONS, PLACE))
    spec = transformer_spec.TransformerSpec.from_config((LAYERS, LAYERS), HEADS, pre_norm=True)
    spec.config.add_source_eos = True
    spec.config.decoder_start_token = "<s>"  # noqa: S105 - a piece, no password
    for half in (spec.encoder, spec.decoder):
        half.scale_embeddings = False
        half.position_encodings.encodings = positions
        _norm(half.layer_norm)
        for layer in half.layer:
            _attention(layer.self_attention, random_numbers, queries=3)
            _norm(layer.ffn.layer_norm)
            _linear(layer.ffn.linear_0, _noise(random_numbers, INNER, WIDTH))
            _linear(layer.ffn.linear_1, _noise(random_numbers, WIDTH, INNER))
    spec.encoder.embeddings[0].weight = embedding
    spec.decoder.embeddings.weight = embedding
    for layer in spec.decoder.layer[:-1]:
        _attention(layer.attention, random_numbers, queries=1)
    _answering_attention(spec.decoder.layer[-1].attention)
    spec.decoder.projection.weight = embedding[_answers(pieces)]
    spec.decoder.projection.bias = np.zeros(len(pieces), np.float32)
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(directory))


def _attention(attention: Spec, source: np.random.Generator, *, queries: int) -> None:
    """Fill self-attention (queries, keys and values in one) or cross-attention (queries apart)."""
    _norm(attention.layer_norm)
    _linear(attention.linear[0], _noise(source, queries * WIDTH, WIDTH))
    if queries == 1:
        _linear(attention.linear[1], _noise(source, 2 * WIDTH, WIDTH))
    _linear(attention.linear[-1], _noise(source, WIDTH, WIDTH))


def _answering_attention(attention: Spec) -> None:
    """Every head looks at the same position of the input; together they bring its code."""
    query = np.zeros((WIDTH, WIDTH), np.float32)
    for head in range(HEADS):
        rows = np.arange(head * PLACE, (head + 1) * PLACE)
        query[rows, np.arange(CODE, WIDTH)] = SHARPNESS
    value = np.zeros((WIDTH, WIDTH), np.float32)
    contents = np.arange(CODE)
    value[contents, contents] = 1.0
    _norm(attention.layer_norm)
    _linear(attention.linear[0], query)
    _linear(attention.linear[1], np.concatenate([query, value]))
    _linear(attention.linear[2], LOUDNESS * value)


def _noise(source: np.random.Generator, rows: int, columns: int) -> NDArray[np.float32]:
    return (source.standard_normal((rows, columns)) * NOISE).astype(np.float32)


def _norm(norm: Spec) -> None:
    norm.gamma = np.ones(WIDTH, np.float32)
    norm.beta = np.zeros(WIDTH, np.float32)


def _linear(linear: Spec, weight: NDArray[np.float32]) -> None:
    linear.weight = weight
    linear.bias = np.zeros(len(weight), np.float32)
