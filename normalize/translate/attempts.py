"""Sentences through a model: whole first, in smaller pieces where that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from normalize.model import TranslationStatus
from normalize.translate.gate import changed, judge
from normalize.translate.marks import join_pieces, marks_in
from normalize.translate.model import Model, Reason, Verdict
from normalize.translate.protect import Grain, Piece, PieceKind, Protection, has_words
from normalize.translate.scripts import has_words_of

BADNESS = {TranslationStatus.OK: 0, TranslationStatus.SUSPECT: 1, TranslationStatus.FAILED: 2}


@attrs.frozen(kw_only=True)
class Rendering:
    """A sentence as it comes out."""

    text: str
    """The translation; the sentence itself where the status is ``failed``."""

    status: TranslationStatus = TranslationStatus.OK
    reason: Reason | None = None


@attrs.frozen(kw_only=True)
class _Draft:
    """What the model made of the pieces of a sentence."""

    text: str
    kept: int = 0
    """Pieces of prose that stayed as they were, since what came back could not be used."""

    prose: int = 0
    """Pieces of prose in all."""


@attrs.frozen(kw_only=True)
class Attempts:
    """Translates sentences of one language pair."""

    model: Model
    protection: Protection
    source: str
    target: str

    def render(self, sentences: Sequence[str]) -> list[Rendering]:
        """Translate each sentence, once more in smaller pieces where the first attempt fails.

        Protected spans and numbers come out as they went in, in their order.

        Raises:
            EngineError: the model could not be loaded or run.
        """
        known: dict[str, str] = {}
        whole = [(sentence, Grain.SENTENCE) for sentence in sentences]
        drafts = self._drafts(whole, known)
        first = [self._judged(s, draft) for s, draft in zip(sentences, drafts, strict=True)]
        again = [
            (index, self._finer(sentences[index], rendering))
            for index, rendering in enumerate(first)
            if rendering.status is not TranslationStatus.OK
        ]
        second = self._drafts([(sentences[index], grain) for index, grain in again], known)
        for (index, grain), draft in zip(again, second, strict=True):
            sentence, before = sentences[index], first[index]
            retry = self._judged(sentence, draft)
            if grain is Grain.STRICT:
                first[index] = _strictly(sentence, draft, retry, before)
            elif BADNESS[retry.status] < BADNESS[before.status] and not _lost_fixed(retry):
                first[index] = retry
        return [_settled(s, rendering) for s, rendering in zip(sentences, first, strict=True)]

    def _finer(self, sentence: str, rendering: Rendering) -> Grain:
        lost = changed(sentence, rendering.text, self.protection) is not None
        return Grain.STRICT if lost else Grain.CLAUSE

    def _judged(self, sentence: str, draft: _Draft) -> Rendering:
        verdict = judge(
            sentence,
            draft.text,
            source_language=self.source,
            target_language=self.target,
            protection=self.protection,
        )
        if draft.prose == 0:
            verdict = Verdict()
        return Rendering(text=draft.text, status=verdict.status, reason=verdict.reason)

    def _drafts(self, work: Sequence[tuple[str, Grain]], known: dict[str, str]) -> list[_Draft]:
        """Translate what is not `known` yet, and add it there."""
        divided = [self._pieces(sentence, grain) for sentence, grain in work]
        prose = dict.fromkeys(_prose(piece for pieces in divided for piece in pieces))
        unknown = [text for text in prose if text not in known]
        if unknown:
            known.update(zip(unknown, self.model.translate(unknown), strict=True))
        return [
            self._draft(pieces, known, strict=grain is Grain.STRICT)
            for pieces, (_, grain) in zip(divided, work, strict=True)
        ]

    def _pieces(self, sentence: str, grain: Grain) -> list[Piece]:
        return [
            Piece(text, PieceKind.SPAN)
            if kind is PieceKind.PROSE and not has_words_of(text, self.source)
            else Piece(text, kind)
            for text, kind in self.protection.pieces(sentence, grain)
        ]

    def _draft(self, pieces: list[Piece], translated: dict[str, str], *, strict: bool) -> _Draft:
        parts: list[Piece] = []
        kept = prose = 0
        for text, kind in pieces:
            rendered = text
            if kind is PieceKind.MARKS:
                rendered = marks_in(text, self.target)
            elif kind is PieceKind.PROSE:
                prose += 1
                rendered = translated[text].strip()
                if strict and not self._usable(rendered):
                    rendered, kept = text, kept + 1
            parts.append(Piece(rendered, kind))
        joined = join_pieces(parts, source=self.source, target=self.target)
        return _Draft(text=joined, kept=kept, prose=prose)

    def _usable(self, text: str) -> bool:
        return has_words(text) and self.protection.holds_words_alone(text)


def _prose(pieces: Iterable[Piece]) -> Iterable[str]:
    return (piece.text for piece in pieces if piece.kind is PieceKind.PROSE)


def _lost_fixed(rendering: Rendering) -> bool:
    return rendering.reason in {Reason.NUMBERS_CHANGED, Reason.SPANS_CHANGED}


def _strictly(sentence: str, draft: _Draft, retry: Rendering, before: Rendering) -> Rendering:
    """Take what was translated around numbers and marks, if anything was."""
    reason = before.reason if _lost_fixed(before) else Reason.NUMBERS_CHANGED
    if _lost_fixed(retry) or draft.kept == draft.prose:
        return Rendering(text=sentence, status=TranslationStatus.FAILED, reason=reason)
    if draft.kept and retry.status is TranslationStatus.OK:
        return attrs.evolve(retry, status=TranslationStatus.SUSPECT, reason=reason)
    return retry


def _settled(sentence: str, rendering: Rendering) -> Rendering:
    """Give the sentence itself where nothing better is left."""
    if rendering.status is TranslationStatus.FAILED:
        return attrs.evolve(rendering, text=sentence)
    return rendering
