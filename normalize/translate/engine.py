"""CTranslate2 with the models of installed Argos packages, many sentences at a time."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from normalize.translate.model import EngineError
from normalize.translate.packages import InstalledPackage, installed, models_directory
from normalize.translate.tokens import WORD_START, Tokenizer, tokenizer_of
from normalize.translate.vocabulary import model_code

if TYPE_CHECKING:
    import ctranslate2

PIVOT = "en"

# Beyond this, more translations in parallel cost memory and gain little: threads go inside each.
_MOST_PARALLEL = 8
_FEWEST_BATCH_TOKENS = 256
# Upper bounds of the lengths that are decoded together: a model that loops on a short sentence
# stops where a long one would not be done.
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


class ArgosEngine:
    """Finds and holds the models of installed packages.

    Args:
        models_dir: where packages are installed; None for the default.
        decoding: settings of translation.
        loaded_models: models held in memory at once; the one longest unused goes first.
        packages: the packages to use, in place of what `models_dir` holds.
    """

    def __init__(
        self,
        *,
        models_dir: str | Path | None = None,
        decoding: Decoding | None = None,
        loaded_models: int = 1,
        packages: Sequence[InstalledPackage] | None = None,
    ) -> None:
        self._packages = packages
        self._models_dir = models_dir
        self._decoding = decoding or Decoding()
        self._most_loaded = max(1, loaded_models)
        self._loaded: OrderedDict[tuple[Path, str | None], _Loaded] = OrderedDict()
        self._lock = threading.RLock()

    def model(self, source: str, target: str) -> ArgosRoute | None:
        """Find the shortest way over installed packages, through English where there are two."""
        packages = _first_of_pairs(self._installed())
        path = _route(model_code(source), model_code(target), packages)
        if path is None:
            return None
        return ArgosRoute(packages=tuple(packages[pair] for pair in pairwise(path)), engine=self)

    def translate(self, package: InstalledPackage, texts: Sequence[str]) -> list[str]:
        """Translate texts by one package.

        Raises:
            EngineError: the model could not be loaded or run.
        """
        unique = list(dict.fromkeys(texts))
        with self._lock:
            model = self._model(package)
            try:
                translated = model.translate(unique, self._decoding)
            except (RuntimeError, ValueError, OSError, MemoryError) as error:
                raise EngineError(f"{_name(package)}: {error}") from error
        known = dict(zip(unique, translated, strict=True))
        return [known[text] for text in texts]

    @property
    def signature(self) -> str:
        """What beside the models decides the translation."""
        return f"beam{self._decoding.beam_size}:tokens{self._decoding.sentence_tokens}"

    def _installed(self) -> Iterable[InstalledPackage]:
        if self._packages is not None:
            return self._packages
        return installed(models_directory(self._models_dir))

    def _model(self, package: InstalledPackage) -> _Loaded:
        # A package installed anew at the same place is another model.
        key = Path(package.path), package.checksum
        model = self._loaded.get(key)
        if model is None:
            while len(self._loaded) >= self._most_loaded:
                self._loaded.popitem(last=False)
            try:
                model = _load(package, self._decoding.compute_type)
            except (RuntimeError, ValueError, OSError, ImportError) as error:
                raise EngineError(f"{_name(package)}: {error}") from error
            self._loaded[key] = model
        self._loaded.move_to_end(key)
        return model


@attrs.frozen(kw_only=True)
class ArgosRoute:
    """The packages that lead from one language to another, in order."""

    packages: tuple[InstalledPackage, ...]
    engine: ArgosEngine

    @property
    def name(self) -> str:
        """``argos/ar_en-1.9+en_fr-1.9``."""
        return "argos/" + "+".join(_name(package) for package in self.packages)

    @property
    def signature(self) -> str:
        """Models and settings of translation."""
        models = (f"{_name(package)}@{_version_of(package)}" for package in self.packages)
        return "+".join((*models, self.engine.signature))

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Translate each text, in order.

        Raises:
            EngineError: a model could not be loaded or run.
        """
        translated = list(texts)
        for package in self.packages:
            translated = self.engine.translate(package, translated)
        return translated


@attrs.frozen(kw_only=True)
class _Loaded:
    """A model in memory."""

    translator: ctranslate2.Translator
    tokenizer: Tokenizer
    parallel: int
    prefix: str

    def translate(self, texts: Sequence[str], decoding: Decoding) -> list[str]:
        encoded = self.tokenizer.encode([_encodable(text) for text in texts])
        parts = [_parts(tokens, decoding.sentence_tokens) for tokens in encoded]
        flat = [part for of_text in parts for part in of_text]
        decoded = iter(self._run(flat, decoding))
        return [" ".join(next(decoded) for _ in of_text).strip() for of_text in parts]

    def _run(self, inputs: list[list[str]], decoding: Decoding) -> list[str]:
        """Hand over all at once, grouped by length: the threads are never idle between groups."""
        total = sum(map(len, inputs))
        share = max(_FEWEST_BATCH_TOKENS, -(-total // self.parallel))
        order = sorted(range(len(inputs)), key=lambda index: -len(inputs[index]))
        pending: list[tuple[list[int], list[ctranslate2.AsyncTranslationResult]]] = []
        for group in _grouped(order, inputs):
            sources = [inputs[index] for index in group]
            results = self.translator.translate_batch(
                sources,
                target_prefix=[[self.prefix]] * len(sources) if self.prefix else None,
                asynchronous=True,
                batch_type="tokens",
                max_batch_size=min(decoding.batch_tokens, share),
                beam_size=decoding.beam_size,
                length_penalty=_LENGTH_PENALTY,
                replace_unknowns=True,
                max_input_length=0,
                max_decoding_length=2 * len(sources[0]) + _ROOM_FOR_OUTPUT,
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


def _load(package: InstalledPackage, compute_type: str | None) -> _Loaded:
    # Loaded where the first translation is made: whoever only reads a feed pays nothing.
    import ctranslate2  # noqa: PLC0415

    device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
    available = ctranslate2.get_supported_compute_types(device)
    fastest = next(t for t in _COMPUTE_TYPES[device] if t in available or t == "default")
    cores = _cores()
    parallel = min(cores, _MOST_PARALLEL) if device == "cpu" else 1
    path = Path(package.path)
    metadata = json.loads((path / "metadata.json").read_text(encoding="utf-8"))
    return _Loaded(
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
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _grouped(order: list[int], inputs: list[list[str]]) -> Iterable[list[int]]:
    """Split indices, longest input first, where lengths fall below a bound."""
    groups: OrderedDict[int, list[int]] = OrderedDict()
    for index in order:
        length = len(inputs[index])
        bound = sum(length > limit for limit in _LENGTHS)
        groups.setdefault(bound, []).append(index)
    return groups.values()


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


def _first_of_pairs(
    packages: Iterable[InstalledPackage],
) -> dict[tuple[str, str], InstalledPackage]:
    """Take one package a pair of languages: `installed` puts the one to use first."""
    found: dict[tuple[str, str], InstalledPackage] = {}
    for package in packages:
        found.setdefault((package.from_code, package.to_code), package)
    return found


def _route(source: str, target: str, pairs: Iterable[tuple[str, str]]) -> list[str] | None:
    """Find the shortest way; among equals the one through English, then by code."""
    leads_to: dict[str, list[str]] = {}
    for origin, goal in pairs:
        leads_to.setdefault(origin, []).append(goal)
    waiting = deque([[source]])
    seen = {source}
    while waiting:
        path = waiting.popleft()
        if path[-1] == target:
            return path
        for code in sorted(leads_to.get(path[-1], []), key=lambda c: (c != PIVOT, c)):
            if code not in seen:
                seen.add(code)
                waiting.append([*path, code])
    return None


def _name(package: InstalledPackage) -> str:
    return f"{package.from_code}_{package.to_code}-{package.version}"


def _version_of(package: InstalledPackage) -> str:
    """Checksum of the archive, or where that is unknown what the model's file says of itself."""
    if package.checksum is not None:
        return package.checksum
    state = (Path(package.path) / "model" / "model.bin").stat()
    return f"{state.st_size}:{state.st_mtime_ns}"


def _encodable(text: str) -> str:
    """Replace lone surrogates, which no model has ever seen."""
    return text.encode("utf-8", "replace").decode("utf-8")
