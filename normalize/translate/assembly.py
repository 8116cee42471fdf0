"""A text taken apart into sentences, and put together from their renderings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from normalize.model import TranslationStatus
from normalize.translate.attempts import BADNESS, Rendering
from normalize.translate.gate import changed
from normalize.translate.marks import join_sentences
from normalize.translate.model import Reason, Translation
from normalize.translate.protect import Protection, has_marks, has_words
from normalize.translate.sentences import split_sentences


@attrs.frozen(kw_only=True)
class Plan:
    """A text as its sentences."""

    text: str
    lead: str
    """White space before the first sentence."""

    sentences: tuple[str, ...]
    spaces: tuple[str, ...]
    """White space behind each sentence."""


@attrs.frozen(kw_only=True)
class Assembly:
    """Takes texts of one language pair apart and puts them together."""

    protection: Protection
    source: str
    target: str

    def plan(self, text: str) -> Plan:
        """Take a text apart."""
        lead = ""
        sentences: list[str] = []
        spaces: list[str] = []
        for piece in split_sentences(text, self.source, self.protection.spans(text)):
            before = piece[: len(piece) - len(piece.lstrip())]
            if spaces:
                spaces[-1] += before
            else:
                lead = before
            sentences.append(piece.strip())
            spaces.append(piece[len(piece.rstrip()) :])
        return Plan(text=text, lead=lead, sentences=tuple(sentences), spaces=tuple(spaces))

    def translation(
        self, plan: Plan, renderings: Mapping[str, Rendering], engine: str
    ) -> Translation:
        """Put a text together; what must be as in the original is checked once more."""
        chosen = [renderings[sentence] for sentence in plan.sentences]
        text = self._joined(plan, chosen)
        lost = changed(plan.text, text, self.protection)
        if lost is not None:
            # Marks of different sentences have come to mean something together.
            chosen = [
                untranslated(sentence, lost) if has_marks(rendering.text) else rendering
                for sentence, rendering in zip(plan.sentences, chosen, strict=True)
            ]
            text = self._joined(plan, chosen)
            if changed(plan.text, text, self.protection) is not None:
                chosen = [untranslated(sentence, lost) for sentence in plan.sentences]
        return _judged(plan, text, chosen, engine)

    def _joined(self, plan: Plan, chosen: Sequence[Rendering]) -> str:
        pairs = zip((rendering.text for rendering in chosen), plan.spaces, strict=True)
        return plan.lead + join_sentences(pairs, source=self.source, target=self.target)


def untranslated(sentence: str, reason: Reason) -> Rendering:
    """Leave a sentence as it is."""
    return Rendering(text=sentence, status=TranslationStatus.FAILED, reason=reason)


def _judged(plan: Plan, text: str, chosen: Sequence[Rendering], engine: str) -> Translation:
    """Give a text the worst status of its sentences; failed only where all have failed."""
    pairs = zip(plan.sentences, chosen, strict=True)
    wordy = [rendering for sentence, rendering in pairs if has_words(sentence)]
    worst = max(wordy, key=lambda rendering: BADNESS[rendering.status])
    if worst.status is not TranslationStatus.FAILED:
        return Translation(text=text, status=worst.status, reason=worst.reason, engine=engine)
    failed = all(rendering.status is TranslationStatus.FAILED for rendering in wordy)
    return Translation(
        text=None if failed else text,
        status=TranslationStatus.FAILED if failed else TranslationStatus.SUSPECT,
        reason=worst.reason,
        engine=engine,
    )
