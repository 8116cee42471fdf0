"""A very small Transformer, its training until it knows its pairs by heart, and its conversion."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from ctranslate2.specs import transformer_spec
from torch import Tensor, nn
from torch.nn import functional

from model_training.packing import BOS, EOS, PAD

Encoded = tuple[list[int], list[int]]
Batch = tuple[Tensor, Tensor]

MOST_MISSING = 3
"""Pieces left out of what was said so far, where any are."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a training depends on; the defaults are those of the packages in the repository."""

    width: int = 64
    layers: int = 2
    heads: int = 4
    inner: int = 256
    steps: int = 1500
    warmup: int = 60
    rate: float = 4e-3
    floor: float = 0.02
    smoothing: float = 0.02
    exchanged: float = 0.4
    shortened: float = 0.25
    batch_tokens: int = 2500
    seed: int = 1


class Network(nn.Module):
    """Encoder and decoder with one table of embeddings for input and output."""

    def __init__(self, pieces: int, recipe: Recipe) -> None:
        """Draw the initial weights; the seed of torch decides them."""
        super().__init__()
        self.pieces = pieces
        self.width = recipe.width
        self.embedding = nn.Embedding(pieces, recipe.width)
        nn.init.normal_(self.embedding.weight, std=recipe.width**-0.5)
        options = {"dropout": 0.0, "batch_first": True, "norm_first": True}
        # Left to itself, nn.Transformer warns that this encoder cannot use nested tensors.
        encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(recipe.width, recipe.heads, recipe.inner, **options),
            recipe.layers,
            nn.LayerNorm(recipe.width),
            enable_nested_tensor=False,
        )
        self.transformer = nn.Transformer(
            recipe.width,
            recipe.heads,
            num_decoder_layers=recipe.layers,
            dim_feedforward=recipe.inner,
            custom_encoder=encoder,
            **options,
        )

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits of the next piece at every place of the target."""
        length = target.shape[1]
        future = torch.full((length, length), float("-inf")).triu(1)
        padding = source == PAD
        states = self.transformer(
            self._embed(source),
            self._embed(target),
            tgt_mask=future,
            src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
        )
        return functional.linear(states, self.embedding.weight)

    def _embed(self, ids: Tensor) -> Tensor:
        positions = sinusoids(ids.shape[1], self.width)
        return self.embedding(ids) * math.sqrt(self.width) + positions


def sinusoids(length: int, width: int) -> Tensor:
    """Position encodings as CTranslate2 computes them where a model brings none of its own.

    They begin at position 1, and the scales are spread over ``width / 2 - 1`` steps.
    """
    scale = math.log(10000) / (width // 2 - 1)
    scales = torch.exp(torch.arange(width // 2) * -scale)
    angles = torch.arange(1, length + 1)[:, None] * scales
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def train(encoded: Sequence[Encoded], *, pieces: int, recipe: Recipe) -> Network:
    """Train for the recipe's number of steps, on one thread and with its seed."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    torch.manual_seed(recipe.seed)
    network = Network(pieces, recipe)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.0
    )
    batches = list(_batches(encoded, recipe.batch_tokens))
    shuffler = random.Random(recipe.seed)  # noqa: S311  order of training, not secrecy
    for step in range(recipe.steps):
        if step % len(batches) == 0:
            shuffler.shuffle(batches)
        for group in optimizer.param_groups:
            group["lr"] = _rate(step, recipe)
        loss = _loss(network, batches[step % len(batches)], recipe)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0:
            print(f"  step {step} loss {loss.item():.4f}", flush=True)
    return network


def _rate(step: int, recipe: Recipe) -> float:
    cosine = (1 + math.cos(math.pi * step / recipe.steps)) / 2
    warm = min(1.0, (step + 1) / recipe.warmup)
    return recipe.rate * warm * (recipe.floor + (1 - recipe.floor) * cosine)


def _loss(network: Network, batch: Batch, recipe: Recipe) -> Tensor:
    source, target = batch
    logits = network(source, _corrupted(target[:, :-1], network.pieces, recipe))
    return functional.cross_entropy(
        logits.flatten(0, 1),
        target[:, 1:].flatten(),
        ignore_index=PAD,
        label_smoothing=recipe.smoothing,
    )


def _corrupted(target: Tensor, pieces: int, recipe: Recipe) -> Tensor:
    """Spoil what was said so far: some pieces exchanged, in some rows one to three left out.

    A search with several beams stops as soon as so many sentences have ended. A model that never
    saw an error ends early after one, and is then done before the right sentence is. One that
    learns to go on as if nothing had happened ends no wrong sentence before the right one.
    """
    rows, length = target.shape
    places = torch.arange(length).expand(rows, length)
    missing = torch.randint(1, MOST_MISSING + 1, (rows, 1))
    missing = missing * (torch.rand(rows, 1) < recipe.shortened)
    begin = (torch.rand(rows, 1) * length).long() + 1
    sources = (places + missing * (places >= begin)).clamp(max=length - 1)
    shortened = target.gather(1, sources)
    shortened = torch.where(shortened == PAD, target, shortened)
    share = torch.rand(rows, 1) * recipe.exchanged
    others = torch.randint(PAD + 1, pieces, target.shape)
    exchanged = (torch.rand(target.shape) < share) & (target > PAD)
    return torch.where(exchanged, others, shortened)


def _batches(encoded: Sequence[Encoded], tokens: int) -> Iterator[Batch]:
    """Pairs of similar length together, each batch at most ``tokens`` wide times high."""
    batch: list[Encoded] = []
    for pair in sorted(encoded, key=lambda pair: (max(map(len, pair)), pair)):
        if batch and max(map(len, pair)) * (len(batch) + 1) > tokens:
            yield _padded(batch)
            batch = []
        batch.append(pair)
    yield _padded(batch)


def _padded(batch: Sequence[Encoded]) -> Batch:
    sources = [[*source, EOS] for source, _ in batch]
    targets = [[BOS, *target, EOS] for _, target in batch]
    return _tensor(sources), _tensor(targets)


def _tensor(rows: Sequence[list[int]]) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


def convert(network: Network, recipe: Recipe) -> transformer_spec.TransformerSpec:
    """The trained weights as CTranslate2 wants them."""
    spec = transformer_spec.TransformerSpec.from_config(
        (recipe.layers, recipe.layers), recipe.heads, pre_norm=True
    )
    spec.config.add_source_eos = True
    weight = _array(network.embedding.weight)
    spec.encoder.embeddings[0].weight = weight
    spec.decoder.embeddings.weight = weight
    spec.decoder.projection.weight = weight
    encoder, decoder = network.transformer.encoder, network.transformer.decoder
    for filled, layer in zip(spec.encoder.layer, encoder.layers, strict=True):
        _fill_self_attention(filled.self_attention, layer.self_attn, layer.norm1)
        _fill_feed_forward(filled.ffn, layer, layer.norm2)
    for filled, layer in zip(spec.decoder.layer, decoder.layers, strict=True):
        _fill_self_attention(filled.self_attention, layer.self_attn, layer.norm1)
        _fill_cross_attention(filled.attention, layer.multihead_attn, layer.norm2)
        _fill_feed_forward(filled.ffn, layer, layer.norm3)
    _fill_norm(spec.encoder.layer_norm, encoder.norm)
    _fill_norm(spec.decoder.layer_norm, decoder.norm)
    return spec


def _array(tensor: Tensor) -> object:
    return tensor.detach().float().numpy()


def _fill_norm(filled: object, norm: nn.LayerNorm) -> None:
    filled.gamma = _array(norm.weight)
    filled.beta = _array(norm.bias)


def _fill_linear(filled: object, weight: Tensor, bias: Tensor) -> None:
    filled.weight = _array(weight)
    filled.bias = _array(bias)


def _fill_self_attention(filled: object, module: nn.MultiheadAttention, norm: nn.LayerNorm) -> None:
    _fill_norm(filled.layer_norm, norm)
    _fill_linear(filled.linear[0], module.in_proj_weight, module.in_proj_bias)
    _fill_linear(filled.linear[1], module.out_proj.weight, module.out_proj.bias)


def _fill_cross_attention(
    filled: object, module: nn.MultiheadAttention, norm: nn.LayerNorm
) -> None:
    """Exchange the layout: torch stacks query, key and value, CTranslate2 has the query apart."""
    _fill_norm(filled.layer_norm, norm)
    width = module.embed_dim
    weight, bias = module.in_proj_weight, module.in_proj_bias
    _fill_linear(filled.linear[0], weight[:width], bias[:width])
    _fill_linear(filled.linear[1], weight[width:], bias[width:])
    _fill_linear(filled.linear[2], module.out_proj.weight, module.out_proj.bias)


def _fill_feed_forward(filled: object, layer: nn.Module, norm: nn.LayerNorm) -> None:
    _fill_norm(filled.layer_norm, norm)
    _fill_linear(filled.linear_0, layer.linear1.weight, layer.linear1.bias)
    _fill_linear(filled.linear_1, layer.linear2.weight, layer.linear2.bias)
