"""Engines without models, for tests: honest ones and ones that break what they can."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import attrs

from normalize.translate.model import EngineError


@attrs.define(kw_only=True)
class FakeModel:
    """Applies a function to each text and counts what it is asked."""

    function: Callable[[str], str]
    name: str = "fake/1"
    signature: str = "fake-1"
    asked: list[str] = attrs.field(factory=list)

    def translate(self, texts: Sequence[str]) -> list[str]:
        self.asked += texts
        return [self.function(text) for text in texts]


@attrs.define(kw_only=True)
class FakeEngine:
    """Has one model for every pair of languages, or none."""

    fake: FakeModel | None

    def model(self, source: str, target: str) -> FakeModel | None:
        del source, target
        return self.fake


def engine(function: Callable[[str], str]) -> FakeEngine:
    return FakeEngine(fake=FakeModel(function=function))


def invented_words(text: str) -> str:
    """Other words, the same marks and numbers: passes the gate."""
    return " ".join(f"{word}o" if word.isalpha() else word for word in text.split(" "))


def scrambled(text: str) -> str:
    """Put all characters in another order, the same for the same text."""
    characters = list(text)
    random.Random(text).shuffle(characters)  # noqa: S311 - the same for the same text
    return "".join(characters)


def reversed_words(text: str) -> str:
    return " ".join(reversed(text.split(" ")))


def without_every_third(text: str) -> str:
    """Drop words, numbers and marks."""
    return " ".join(word for index, word in enumerate(text.split(" ")) if index % 3 != 1)


def with_additions(text: str) -> str:
    """Add what looks like spans and numbers."""
    return f"7 $ {text} `x` www.example.org @you #1 <b> 12"


def nothing(text: str) -> str:
    del text
    return ""


def numbers_spelled_wrong(text: str) -> str:
    return "".join("9" if char.isdigit() else char for char in text)


def broken(text: str) -> str:
    raise EngineError(f"no room for {len(text)} characters")


HOSTILE = (
    scrambled,
    reversed_words,
    without_every_third,
    with_additions,
    nothing,
    numbers_spelled_wrong,
)
