"""Lines that belong to the page and not to its entries: declared ones, and ones that recur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Self

import attrs

from normalize.arabic import fold_key

_STATE_VERSION = 1
_LONGEST_KEY = 80


class InvalidEvidence(ValueError):
    """A mapping is not the stored state of a `BoilerplateEvidence`."""


@attrs.frozen(kw_only=True)
class LineVerdict:
    """A line, and why it is dropped if it is."""

    line: str
    """The line as given."""

    reason: str | None = None
    """``phrase:<declared phrase>`` or ``recurs:<units it is in>/<units seen>``; None: kept."""

    @property
    def keep(self) -> bool:
        """Whether the line is kept."""
        return self.reason is None


def match_phrases(lines: Iterable[str], phrases: Iterable[str]) -> tuple[LineVerdict, ...]:
    """Judge lines by declared phrases.

    A line is dropped if the whole of it is a phrase, under `fold_key`: variants of alef and hamza,
    vowel marks, tatweel, case, dashes and punctuation do not tell them apart.

    Raises:
        ValueError: a phrase holds no letter or digit, and would match every empty line.
    """
    declared = {fold_key(phrase): phrase for phrase in phrases}
    if "" in declared:
        raise ValueError(f"boilerplate phrase {declared['']!r} holds no letter or digit")
    return tuple(_by_phrase(line, declared.get(fold_key(line))) for line in lines)


def _by_phrase(line: str, phrase: str | None) -> LineVerdict:
    return LineVerdict(line=line, reason=None if phrase is None else f"phrase:{phrase}")


def _at_least_two(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 2:  # noqa: PLR2004  what occurs once recurs nowhere
        raise ValueError(f"{attribute.name} must be 2 or more, found {value}")


def _a_share(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not 0 < value <= 1:
        raise ValueError(f"{attribute.name} must be above 0 and at most 1, found {value}")


@attrs.frozen(kw_only=True)
class BoilerplateEvidence:
    """In how many units (entries or pages) of one source each line was seen.

    A line is boilerplate once it is in at least `share` of the units and in at least `minimum`.
    Immutable: learning returns new evidence. Kept with the source between runs.
    """

    share: float = attrs.field(default=0.5, validator=_a_share)
    """Least share of the units, above 0 and at most 1."""

    minimum: int = attrs.field(default=4, validator=_at_least_two)
    """Least number of units, 2 or more."""

    most_lines: int = attrs.field(default=2000, validator=_at_least_two)
    """Number of lines remembered; the rarest are forgotten first."""

    window: int = attrs.field(default=5000, validator=_at_least_two)
    """Number of units after which all counts are halved, so that a new layout comes through."""

    units: int = 0
    """Units seen, halved with the counts."""

    counts: Mapping[str, int] = attrs.field(factory=dict)
    """Key of a line to the number of units that hold it."""

    def learn(self, units: Iterable[Iterable[str]]) -> Self:
        """Count the lines of further units; a line counts once a unit."""
        counts = Counter(self.counts)
        seen = self.units
        for lines in units:
            counts.update({_key(line) for line in lines} - {""})
            seen += 1
        return self._bounded(counts, seen)

    def merge(self, other: BoilerplateEvidence) -> Self:
        """Add evidence of another run over the same source; thresholds are this one's."""
        return self._bounded(Counter(self.counts) + Counter(other.counts), self.units + other.units)

    def judge(self, lines: Iterable[str]) -> tuple[LineVerdict, ...]:
        """Judge lines by what was learnt; a line never seen is kept."""
        return tuple(LineVerdict(line=line, reason=self._reason(_key(line))) for line in lines)

    def to_dict(self) -> dict[str, Any]:
        """State as JSON types, keys in order; thresholds are the source's and not stored."""
        return {
            "version": _STATE_VERSION,
            "units": self.units,
            "counts": dict(sorted(self.counts.items())),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], **thresholds: Any) -> Self:  # noqa: ANN401  fields
        """Restore what `to_dict` stored, under the thresholds given.

        Raises:
            InvalidEvidence: the mapping has another shape or version.
        """
        units, counts = data.get("units"), data.get("counts")
        if data.get("version") != _STATE_VERSION or not isinstance(counts, Mapping):
            raise InvalidEvidence(f"not boilerplate evidence of version {_STATE_VERSION}")
        if not isinstance(units, int) or not all(map(_is_count, (units, *counts.values()))):
            raise InvalidEvidence("boilerplate evidence holds something that is not a count")
        return cls(units=units, counts=dict(counts), **thresholds)

    def _reason(self, key: str) -> str | None:
        count = self.counts.get(key, 0)
        if count < self.minimum or count < self.share * self.units:
            return None
        return f"recurs:{count}/{self.units}"

    def _bounded(self, counts: Counter[str], units: int) -> Self:
        while units > self.window:
            units //= 2
            counts = Counter({key: count // 2 for key, count in counts.items() if count > 1})
        if len(counts) > self.most_lines:
            # By key among equals, so that equal evidence is equal state.
            ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            counts = Counter(dict(ranked[: self.most_lines]))
        return attrs.evolve(self, units=units, counts=dict(counts))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _key(line: str) -> str:
    """Fold key of a line, its tail hashed where it is long, so that state is bounded in size."""
    key = fold_key(line)
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[: _LONGEST_KEY - 17]}#{blake2b(key.encode(), digest_size=8).hexdigest()}"
