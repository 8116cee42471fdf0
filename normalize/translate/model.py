"""What a translation is, and why it may be less than one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import attrs

from normalize.model import TranslationStatus


class Reason(StrEnum):
    """Why the status of a translation is not ``ok``."""

    EMPTY = "empty"
    """The model gave no words for words."""

    REPETITION = "repetition"
    """Words or phrases repeat that do not repeat in the original."""

    LENGTH_RATIO = "length_ratio"
    """Far longer or shorter than the original, or cut off."""

    UNTRANSLATED_COPY = "untranslated_copy"
    """The original came back."""

    WRONG_SCRIPT = "wrong_script"
    """Written in letters that the target language is not written in."""

    NUMBERS_CHANGED = "numbers_changed"
    """The numbers are not the original's; the part concerned stays in the original language."""

    SPANS_CHANGED = "spans_changed"
    """Formulas, links or the like are not the original's; that part stays untranslated."""

    ENGINE_ERROR = "engine_error"
    """The model could not be loaded or run."""

    SAME_LANGUAGE = "same_language"
    """The text is in the target language already."""

    UNDETERMINED = "undetermined"
    """The language of the text is not known."""

    NO_MODEL = "no_model"
    """No installed package leads from the text's language to the target."""

    TOO_SHORT = "too_short"
    """Fewer than two letters."""

    NOTHING_TO_TRANSLATE = "nothing_to_translate"
    """Formulas, links, numbers and the like alone: the text is its own translation."""


@attrs.frozen(kw_only=True)
class Verdict:
    """What is to be thought of a translation."""

    status: TranslationStatus = TranslationStatus.OK
    reason: Reason | None = None


@attrs.frozen(kw_only=True)
class Translation:
    """One text translated."""

    text: str | None
    """The translation; None where it failed or was skipped, but for what is its own."""

    status: TranslationStatus
    """``ok``, ``suspect`` (kept, see the reason), ``failed`` or ``skipped``."""

    reason: Reason | None = None
    """Why the status is not ``ok``."""

    engine: str | None = None
    """Engine and models, such as ``argos/ar_en-1.9+en_fr-1.9``; None where none was asked."""


class EngineError(Exception):
    """A model could not be loaded or run."""


class Model(Protocol):
    """Translates from one language to another."""

    @property
    def name(self) -> str:
        """What the feed names as engine."""

    @property
    def signature(self) -> str:
        """Differs for models and settings that may give other translations."""

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Translate each text, in order.

        Raises:
            EngineError: the model could not be loaded or run.
        """


class Engine(Protocol):
    """Holds models."""

    def model(self, source: str, target: str) -> Model | None:
        """Find the way from one language to another, BCP 47; None where there is none."""
