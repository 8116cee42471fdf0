"""What the vocabularies say of languages: their code in packages, and whether words stand apart."""

from __future__ import annotations

from normalize.vocabulary import vocabulary


def model_code(language: str) -> str:
    """Code of Argos packages for a language: ``zt`` for ``zh-Hant``, ``de`` for ``de-AT``."""
    codes: dict[str, str] = vocabulary("translation")["codes"]
    parts = language.lower().split("-")
    for length in range(len(parts), 0, -1):
        code = codes.get("-".join(parts[:length]))
        if code is not None:
            return code
    return parts[0]


def is_spaced(language: str) -> bool:
    """Whether words of the language stand apart."""
    return model_code(language) not in vocabulary("translation")["unspaced"]
