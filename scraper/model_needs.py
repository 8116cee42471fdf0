"""Which translation packages the sources need, and which of them are missing or damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from normalize.translate.engine import PIVOT, ArgosEngine
from normalize.translate.package_format import BrokenPackage
from normalize.translate.packages import InstalledPackage, check, installed
from normalize.translate.vocabulary import model_code
from scraper.split.registry import known_sources

Pair = tuple[str, str]
"""Codes of the languages that a package translates from and to."""


@attrs.frozen(kw_only=True)
class Finding:
    """What there is for one pair of languages."""

    language: str
    """That of entries, BCP 47."""

    target: str
    """The language wanted, BCP 47."""

    sources: tuple[str, ...]
    """Names of the sources with entries in it."""

    told: str
    """The packages that serve, or what is wrong."""

    to_install: tuple[Pair, ...] = ()
    """Packages without which the pair cannot be translated."""

    def __str__(self) -> str:
        return f"{self.language} → {self.target}: {self.told} ({', '.join(self.sources)})"


@attrs.frozen(kw_only=True)
class Report:
    """What was found for all sources."""

    findings: tuple[Finding, ...]
    """One for each language of the sources and each target but itself."""

    @property
    def missing(self) -> tuple[Pair, ...]:
        """The packages to install, each once."""
        return tuple(dict.fromkeys(pair for one in self.findings for pair in one.to_install))


def examine(targets: Sequence[str], directory: Path) -> Report:
    """Look for the packages that translate every declared language; needs no network.

    Args:
        targets: languages wanted, BCP 47.
        directory: where packages are installed.
    """
    engine = ArgosEngine(models_dir=directory)
    packages = installed(directory)
    return Report(
        findings=tuple(
            _finding(engine, language, target, sources, packages)
            for target in targets
            for language, sources in declared_languages().items()
            if model_code(language) != model_code(target)
        )
    )


def declared_languages() -> dict[str, tuple[str, ...]]:
    """The languages that sources declare, each with the names of its sources."""
    languages: dict[str, tuple[str, ...]] = {}
    for name, source in known_sources().items():
        for language in source.languages:
            languages[language] = (*languages.get(language, ()), name)
    return languages


def _finding(
    engine: ArgosEngine,
    language: str,
    target: str,
    sources: tuple[str, ...],
    packages: Sequence[InstalledPackage],
) -> Finding:
    def found(told: str, *to_install: Pair) -> Finding:
        return Finding(
            language=language, target=target, sources=sources, told=told, to_install=to_install
        )

    route = engine.model(language, target)
    if route is None:
        have = {(one.from_code, one.to_code) for one in packages}
        way = _way(model_code(language), model_code(target))
        return found("missing", *(pair for pair in way if pair not in have))
    for package in route.packages:
        try:
            check(package)
        except BrokenPackage as error:
            return found(f"damaged: {error}", (package.from_code, package.to_code))
    return found(route.name)


def _way(source: str, target: str) -> list[Pair]:
    """The packages of a pair: published ones lead from or to English."""
    if PIVOT in {source, target}:
        return [(source, target)]
    return [(source, PIVOT), (PIVOT, target)]
