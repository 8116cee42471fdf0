"""CTranslate2 with the models of installed Argos packages, many sentences at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import attrs

from normalize.translate.model import EngineError
from normalize.translate.packages import InstalledPackage, installed
from normalize.translate.runtime import Decoding, LoadedModel, load
from normalize.translate.vocabulary import model_code

PIVOT = "en"


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
        self._loaded: OrderedDict[tuple[Path, str], LoadedModel] = OrderedDict()
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
        return installed(self._models_dir)

    def _model(self, package: InstalledPackage) -> LoadedModel:
        # A package installed anew at the same place is another model.
        key = Path(package.path), package.checksum
        model = self._loaded.get(key)
        if model is None:
            while len(self._loaded) >= self._most_loaded:
                self._loaded.popitem(last=False)
            try:
                model = load(package, self._decoding.compute_type)
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
        models = (f"{_name(package)}@{package.checksum}" for package in self.packages)
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
