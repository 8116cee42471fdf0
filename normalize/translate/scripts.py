"""Which letters belong to a language."""

from __future__ import annotations

from functools import cache

from normalize.language.scripts import LATIN, script_of
from normalize.translate.vocabulary import model_code
from normalize.vocabulary import vocabulary


@cache
def scripts_of(language: str) -> frozenset[str]:
    """Scripts that a BCP 47 language is written in, ISO 15924."""
    scripts: dict[str, list[str]] = vocabulary("gate")["scripts"]
    return frozenset(scripts.get(model_code(language), [LATIN]))


def has_words_of(text: str, language: str) -> bool:
    """Whether there is a letter that the language is written in.

    "BERT" in an Arabic text is no Arabic: a model for Arabic has nothing to say to it.
    """
    scripts = scripts_of(language)
    if LATIN in scripts:
        return any(char.isalpha() for char in text)
    return any(script_of(char) in scripts for char in text)
