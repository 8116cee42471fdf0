"""A translation model in memory, run by CTranslate2."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from normalize.translate.packages import InstalledPackage
from normalize.translate.tokens import WORD_START, Tokenizer, tokenizer_of

if TYPE_CHECKING:
    import ctranslate2

# Beyond this, more translations in parallel cost memory and gain little: threads go inside each.
_MOST_PARALLEL = 8
_FEWEST_BATCH_TOKENS = 256
# Each hypothesis takes its own memory: wide beams get smaller batches, and lose nothing by it.
_MOST_HYPOTHESIS_TOKENS = 4096
# Upper bounds of the lengths that are decoded together, up to the longest sentence. A model that
# loops is stopped by its sentence's bound: the longest sentence beside it would make its output
# depend on what else is translated.
_LENGTHS = (16, 32, 64, 128)
_ROOM_FOR_OUTPUT = 20
# The value that Argos sets; its own default would favour long outputs.
_LENGTH_PENALTY = 0.2
_CLAUSE_END = re.compile(r"[,;:.!?،؛؟。，；：、)]$")
_COMPUTE_TYPES = {
    "cpu": ("int8", "int8_float32", "default"),
    "cuda": ("int8_float16", "float16", "int8_float32", "default"),
}


@attrs.frozen(kw_only=True)
class Decoding:
    """Settings of translation that decide speed, memory and quality."""

    beam_size: int = 2
    batch_tokens: int = 2048
    sentence_tokens: int = 200
    """Longer sentences are translated in parts; models are trained on no longer ones."""

    compute_type: str | None = None
    """One of CTranslate2's; None for the fastest that the machine has."""


@attrs.frozen(kw_only=True)
class LoadedModel:
    """A model in memory."""

    translator: ctranslate2.Translator
    tokenizer: Tokenizer
    parallel: int
    prefix: str

    def translate(self, texts: Sequence[str], decoding: Decoding) -> list[str]:
        """Translate each text, in order; those longer than the model's limit in parts."""
        encoded = self.tokenizer.encode([_encodable(text) for text in texts])
        parts = [_parts(tokens, decoding.sentence_tokens) for tokens in encoded]
        flat = [part for of_text in parts for part in of_text]
        decoded = iter(self._run(flat, decoding))
        return [" ".join(next(decoded) for _ in of_text).strip() for of_text in parts]

    def _run(self, inputs: list[list[str]], decoding: Decoding) -> list[str]:
        """Hand over all at once, grouped by length: the threads are never idle between groups."""
        total = sum(map(len, inputs))
        share = max(_FEWEST_BATCH_TOKENS, -(-total // self.parallel))
        most = max(_FEWEST_BATCH_TOKENS, _MOST_HYPOTHESIS_TOKENS // decoding.beam_size)
        order = sorted(range(len(inputs)), key=lambda index: -len(inputs[index]))
        pending: list[tuple[list[int], list[ctranslate2.AsyncTranslationResult]]] = []
        for bound, group in _grouped(order, inputs, decoding.sentence_tokens):
            sources = [inputs[index] for index in group]
            results = self.translator.translate_batch(
                sources,
                target_prefix=[[self.prefix]] * len(sources) if self.prefix else None,
                asynchronous=True,
                batch_type="tokens",
                max_batch_size=min(decoding.batch_tokens, share, most),
                beam_size=decoding.beam_size,
                length_penalty=_LENGTH_PENALTY,
                replace_unknowns=True,
                max_input_length=0,
                max_decoding_length=2 * bound + _ROOM_FOR_OUTPUT,
            )
            pending.append((group, results))
        outputs = [""] * len(inputs)
        for group, results in pending:
            for index, result in zip(group, results, strict=True):
                outputs[index] = self._text(result.result().hypotheses[0])
        return outputs

    def _text(self, tokens: list[str]) -> str:
        tokens = tokens[1:] if self.prefix and tokens[:1] == [self.prefix] else tokens
        return self.tokenizer.decode(tokens).strip()


def load(package: InstalledPackage, compute_type: str | None) -> LoadedModel:
    """Load an installed model onto the fastest device, with a thread for every core."""
    # Loaded where the first translation is made: whoever only reads a feed pays nothing.
    import ctranslate2  # noqa: PLC0415

    device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
    available = ctranslate2.get_supported_compute_types(device)
    fastest = next(t for t in _COMPUTE_TYPES[device] if t in available or t == "default")
    cores = _cores()
    parallel = min(cores, _MOST_PARALLEL) if device == "cpu" else 1
    path = Path(package.path)
    metadata = json.loads((path / "metadata.json").read_text(encoding="utf-8"))
    return LoadedModel(
        translator=ctranslate2.Translator(
            str(path / "model"),
            device=device,
            compute_type=compute_type or fastest,
            inter_threads=parallel,
            intra_threads=max(1, cores // parallel),
        ),
        tokenizer=tokenizer_of(package),
        parallel=parallel,
        prefix=metadata.get("target_prefix", ""),
    )


def _cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _grouped(
    order: list[int], inputs: list[list[str]], longest: int
) -> Iterable[tuple[int, list[int]]]:
    """Split indices, longest input first, by the bound of lengths that each falls below."""
    bounds = [*(bound for bound in _LENGTHS if bound < longest), longest]
    groups: dict[int, list[int]] = {}
    for index in order:
        bound = next(bound for bound in bounds if len(inputs[index]) <= bound)
        groups.setdefault(bound, []).append(index)
    return groups.items()


def _parts(tokens: list[str], limit: int) -> list[list[str]]:
    """Cut a sentence that is too long: behind a clause, else a word, else anywhere."""
    parts: list[list[str]] = []
    while len(tokens) > limit:
        places = range(limit, limit // 2, -1)
        cut = next((p for p in places if _CLAUSE_END.search(tokens[p - 1])), 0)
        cut = cut or next((p for p in places if tokens[p].startswith(WORD_START)), limit)
        parts.append(tokens[:cut])
        tokens = tokens[cut:]
    return [*parts, tokens]


def _encodable(text: str) -> str:
    """Replace lone surrogates, which no model has ever seen."""
    return text.encode("utf-8", "replace").decode("utf-8")
