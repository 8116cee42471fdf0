"""What the vocabularies say of languages: how rare they are, and which one a script stands for."""

from __future__ import annotations

from functools import cache

from normalize.vocabulary import vocabulary


@cache
def penalties(script: str) -> dict[str, float]:
    """Languages told apart within ``script``, with the nats each must bring beforehand."""
    found: dict[str, float] = vocabulary("languages")["penalties"].get(script, {})
    return found


@cache
def default_language(script: str) -> str | None:
    """The language that nearly all text of ``script`` is in, or None where there are several."""
    found: str | None = vocabulary("scripts")["default_language"].get(script)
    return found
