"""A Transformer of one layer whose weights are set by hand: each output piece is a chosen input.

The piece at output position ``t`` is the one at input position ``order(t)``, or what a table of
pieces gives for it; where the input has no such position, the sentence ends.

How: half of the width holds a code of the piece, the other half a code of the position, all
nearly orthogonal. The attention of the decoder compares codes of positions and brings the code
of the piece. The end of the sentence answers every question half as loudly as the right position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from ctranslate2.specs import transformer_spec
from numpy.typing import NDArray

from model_training.packing import EOS, pieces_of

Array = NDArray[np.float32]
Order = Callable[[int], int]

HALF = 256
WIDTH = 2 * HALF
INNER = 8

SHARPNESS = 2.5
"""Of the comparison of positions: the right one outweighs the others by some e³⁰."""

LOUDNESS = 20.0
"""Of what the attention brings, against the piece said before."""


def codes() -> Array:
    """511 vectors of ±1 (511 × 256), any two of which agree in about half of their places.

    The rows of a Hadamard matrix without the constant one, then all of its rows multiplied by a
    bent function: no two of them have a scalar product above 16, each has 256 with itself.
    """
    hadamard = np.ones((1, 1))
    while len(hadamard) < HALF:
        hadamard = np.kron(hadamard, [[1, 1], [1, -1]])
    bits = (np.arange(HALF)[:, None] >> np.arange(8)) & 1
    bent = 1 - 2 * ((bits[:, 0::2] * bits[:, 1::2]).sum(axis=1) % 2)
    return np.concatenate([hadamard[1:], hadamard * bent]).astype(np.float32)


def build(
    vocabulary: bytes, *, order: Order, table: Mapping[str, str] | None = None
) -> transformer_spec.TransformerSpec:
    """Set the weights.

    Args:
        vocabulary: SentencePiece model with at most 511 pieces.
        order: from output position to input position.
        table: pieces that are said in place of others; by default each stands for itself.
    """
    pieces = pieces_of(vocabulary)
    spec = transformer_spec.TransformerSpec.from_config((1, 1), 1, pre_norm=True)
    spec.config.add_source_eos = True
    spec.encoder.scale_embeddings = False
    spec.decoder.scale_embeddings = False
    embedding = np.zeros((len(pieces), WIDTH), np.float32)
    embedding[:, :HALF] = codes()[: len(pieces)]
    spec.encoder.embeddings[0].weight = embedding
    spec.decoder.embeddings.weight = embedding
    spec.encoder.position_encodings.encodings = _positions(lambda position: position)
    spec.decoder.position_encodings.encodings = _positions(order)
    spec.decoder.projection.weight = embedding[_sources(pieces, table or {})]
    spec.decoder.projection.bias = np.zeros(len(pieces), np.float32)
    for half in (spec.encoder, spec.decoder):
        _set_norm(half.layer_norm)
        _silence(half.layer[0])
    _set_attention(spec.decoder.layer[0].attention, embedding[EOS])
    return spec


def _positions(order: Order) -> Array:
    table = np.zeros((HALF * 2 - 1, WIDTH), np.float32)
    known = codes()
    for position in range(len(table)):
        if order(position) < len(known):
            table[position, HALF:] = known[order(position)]
    return table


def _sources(pieces: list[str], table: Mapping[str, str]) -> list[int]:
    """For each output piece the input piece that it answers to, its own but for the table's."""
    ids = {piece: index for index, piece in enumerate(pieces)}
    sources = list(range(len(pieces)))
    for source, target in table.items():
        sources[ids[target]] = ids[source]
        sources[ids[source]] = ids["<s>"]  # which is in no input
    return sources


def _set_norm(norm: object) -> None:
    norm.gamma = np.ones(WIDTH, np.float32)
    norm.beta = np.zeros(WIDTH, np.float32)


def _set_linear(linear: object, weight: Array, bias: Array | None = None) -> None:
    linear.weight = weight.astype(np.float32)
    linear.bias = np.zeros(len(weight), np.float32) if bias is None else bias.astype(np.float32)


def _silence(layer: object) -> None:
    """Self-attention and feed-forward add nothing."""
    _set_norm(layer.self_attention.layer_norm)
    _set_linear(layer.self_attention.linear[0], np.zeros((3 * WIDTH, WIDTH)))
    _set_linear(layer.self_attention.linear[1], np.zeros((WIDTH, WIDTH)))
    _set_norm(layer.ffn.layer_norm)
    _set_linear(layer.ffn.linear_0, np.zeros((INNER, WIDTH)))
    _set_linear(layer.ffn.linear_1, np.zeros((WIDTH, INNER)))


def _set_attention(attention: object, end: Array) -> None:
    query = np.zeros((WIDTH, WIDTH))
    key = np.zeros((WIDTH, WIDTH))
    places = np.arange(HALF, WIDTH)
    query[places, places] = key[places, places] = SHARPNESS
    # The first place is free: every question asks for the end there, only the end answers.
    asked = np.zeros(WIDTH)
    asked[0] = SHARPNESS * HALF / 2
    key[0] = end * SHARPNESS / HALF
    value = np.zeros((WIDTH, WIDTH))
    contents = np.arange(HALF)
    value[contents, contents] = 1.0
    _set_norm(attention.layer_norm)
    _set_linear(attention.linear[0], query, asked)
    _set_linear(attention.linear[1], np.concatenate([key, value]))
    _set_linear(attention.linear[2], LOUDNESS * np.eye(WIDTH))
