"""``Translator``: many texts of one language at once, each with what is to be thought of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from normalize.model import TranslationStatus
from normalize.translate.assembly import Assembly, untranslated
from normalize.translate.attempts import Attempts, Rendering
from normalize.translate.cache import TranslationCache, cache_key
from normalize.translate.engine import ArgosEngine
from normalize.translate.model import Engine, EngineError, Model, Reason, Translation
from normalize.translate.protect import Protection
from normalize.translate.runtime import Decoding
from normalize.translate.scripts import has_words_of
from normalize.translate.vocabulary import model_code

logger = logging.getLogger(__name__)

_FEWEST_LETTERS = 2
_SHORT = 200
# Sentences between two writes to the cache: a run that is killed loses no more than these.
_SENTENCES_A_ROUND = 2000


class Translator:
    """Translates to one language, offline, with the Argos packages that are installed.

    Formulas, code, links, identifiers, handles, citations, emoji, tags and the glossary's terms
    come out as they went in, and so do the values of numbers, all in their order; what a model
    makes of the rest passes a gate (`normalize.translate.gate`). Nothing is loaded before a
    translation is needed.

    Args:
        target: language to translate to, BCP 47.
        models_dir: where packages are installed; None for the default of
            `normalize.translate.packages`.
        cache: file of translations kept between runs; None to keep them in memory.
        beam_size: hypotheses weighed at a time; 1 is fastest, 4 is Argos' own.
        batch_tokens: tokens translated at a time on each thread.
        loaded_models: language pairs held in memory at once; each takes some 100 MB.
        glossary: terms that stay as they are.
        cache_entries: sentences that the cache holds at most.
        engine: another engine than CTranslate2 with Argos packages.
    """

    def __init__(  # noqa: PLR0913 - settings by name
        self,
        target: str = "en",
        *,
        models_dir: str | Path | None = None,
        cache: str | Path | None = None,
        beam_size: int = 2,
        batch_tokens: int = 2048,
        loaded_models: int = 1,
        glossary: Iterable[str] = (),
        cache_entries: int = 500_000,
        engine: Engine | None = None,
    ) -> None:
        self.target = target
        self._protection = Protection(glossary)
        self._cache_path, self._cache_entries = cache, cache_entries
        self._cache: TranslationCache | None = None
        self._engine = engine or ArgosEngine(
            models_dir=models_dir,
            decoding=Decoding(beam_size=beam_size, batch_tokens=batch_tokens),
            loaded_models=loaded_models,
        )
        self._logged: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the cache; what it keeps in a file is found again, also by this translator."""
        if self._cache is not None:
            self._cache.close()
            self._cache = None

    def translate(self, texts: Iterable[str], source: str) -> list[Translation]:
        """Translate texts of one language.

        Args:
            texts: running texts, cleaned; line ends stay where they are.
            source: their language, BCP 47; ``und`` if unknown.

        Returns:
            One translation for each text, in their order.
        """
        texts = list(texts)
        if source in ("", "und"):
            return [_skipped(Reason.UNDETERMINED)] * len(texts)
        if model_code(source) == model_code(self.target):
            return [_skipped(Reason.SAME_LANGUAGE)] * len(texts)
        model = self._engine.model(source, self.target)
        found = self._remembered(texts, model, source)
        new = [text for text in dict.fromkeys(texts) if text not in found]
        found |= {text: own for text in new if (own := self._own_translation(text, source))}
        wanted = [text for text in new if text not in found]
        if wanted and model is None:
            self._log_once(f"no installed model translates from {source} to {self.target}")
            found |= dict.fromkeys(wanted, _skipped(Reason.NO_MODEL))
        elif wanted and model is not None:
            found |= self._made(wanted, model, source)
        return [found[text] for text in texts]

    def _own_translation(self, text: str, source: str) -> Translation | None:
        """Answer for what needs no model."""
        prose = "".join(self._protection.outside(text))
        if not has_words_of(prose, source):
            return _skipped(Reason.NOTHING_TO_TRANSLATE, text)
        if len(prose) < _SHORT and sum(map(str.isalpha, prose)) < _FEWEST_LETTERS:
            return _skipped(Reason.TOO_SHORT)
        return None

    def _remembered(
        self, texts: Iterable[str], model: Model | None, source: str
    ) -> dict[str, Translation]:
        """Find whole texts that were translated before."""
        if model is None:
            return {}
        keys = self._keys(texts, "text", model, source)
        known = self._opened_cache().get(keys.values())
        return {
            text: _translation(known[key], model.name) for text, key in keys.items() if key in known
        }

    def _made(self, texts: Sequence[str], model: Model, source: str) -> dict[str, Translation]:
        assembly = Assembly(protection=self._protection, source=source, target=self.target)
        plans = [assembly.plan(text) for text in texts]
        sentences = list(dict.fromkeys(s for plan in plans for s in plan.sentences))
        renderings = self._renderings(sentences, model, source)
        found = {p.text: assembly.translation(p, renderings, model.name) for p in plans}
        if not any(one.reason is Reason.ENGINE_ERROR for one in renderings.values()):
            keys = self._keys(texts, "text", model, source)
            self._opened_cache().put({keys[text]: _rendering(one) for text, one in found.items()})
        return found

    def _renderings(
        self, sentences: Sequence[str], model: Model, source: str
    ) -> dict[str, Rendering]:
        keys = self._keys(sentences, "sentence", model, source)
        cache = self._opened_cache()
        known = cache.get(keys.values())
        found = {s: known[key] for s, key in keys.items() if key in known}
        attempts = Attempts(
            model=model, protection=self._protection, source=source, target=self.target
        )
        for unknown in _rounds([s for s in sentences if s not in found]):
            try:
                made = dict(zip(unknown, attempts.render(unknown), strict=True))
            except EngineError as error:
                self._log_once(f"translation by {model.name} failed: {error}")
                found |= {s: untranslated(s, Reason.ENGINE_ERROR) for s in unknown}
            else:
                cache.put({keys[s]: rendering for s, rendering in made.items()})
                found |= made
        return found

    def _keys(self, texts: Iterable[str], kind: str, model: Model, source: str) -> dict[str, bytes]:
        parts = (kind, source, self.target, model.signature, self._protection.signature)
        return {text: cache_key(text, *parts) for text in texts}

    def _opened_cache(self) -> TranslationCache:
        if self._cache is None:
            self._cache = TranslationCache(self._cache_path, max_entries=self._cache_entries)
        return self._cache

    def _log_once(self, message: str) -> None:
        if message not in self._logged:
            self._logged.add(message)
            logger.warning("%s", message)


def _skipped(reason: Reason, text: str | None = None) -> Translation:
    return Translation(text=text, status=TranslationStatus.SKIPPED, reason=reason)


def _translation(rendering: Rendering, engine: str) -> Translation:
    return Translation(
        text=None if rendering.status is TranslationStatus.FAILED else rendering.text,
        status=rendering.status,
        reason=rendering.reason,
        engine=engine,
    )


def _rendering(translation: Translation) -> Rendering:
    return Rendering(
        text=translation.text or "", status=translation.status, reason=translation.reason
    )


def _rounds(sentences: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(sentences), _SENTENCES_A_ROUND):
        yield sentences[at : at + _SENTENCES_A_ROUND]
