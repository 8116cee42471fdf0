"""What a run's normaliser is made of."""

from __future__ import annotations

from datetime import date

import attrs

from normalize import Normalizer


@attrs.frozen(kw_only=True)
class Options:
    """Arguments of `Normalizer`, in a form that other processes and later runs can be given.

    They are part of a run's identity: a run that was stopped goes on only under equal options.
    """

    target: str | tuple[str, ...] | None = "en"
    """Language or languages wanted, BCP 47; None for no translation."""

    reference: date | None = None
    """The page's day, for dates without year and relative dates."""

    def normalizer(self) -> Normalizer:
        """Make the normaliser."""
        return Normalizer(**attrs.asdict(self, recurse=False))

    def to_dict(self) -> dict[str, str | None]:
        """Names and values, as JSON types."""
        options = attrs.asdict(self, recurse=False)
        return {name: None if value is None else str(value) for name, value in options.items()}
