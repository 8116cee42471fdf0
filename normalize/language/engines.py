"""The two statistical engines. Importing this loads numpy; models load on first use, once."""

from __future__ import annotations

import threading
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, Final

import attrs
import numpy as np
from langdetect import DetectorFactory, LangDetectException
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier, visit_counts

from normalize.language.evidence import candidates
from normalize.language.vocabulary import vocabulary

# functools.cache alone would let two threads that come first both load a model.
_LOADING: Final = threading.RLock()

_SEED = 0
_TRIALS = 2
_SECOND_OPINION_CHARACTERS = 200


@attrs.frozen(kw_only=True)
class Scorer:
    """py3langid's model restricted to the languages of one script."""

    model: Any
    """The whole model: its automaton finds the n-grams of a text."""

    rows: list[int]
    """Offset of each state's row in the automaton's table."""

    table: NDArray[np.float32]
    """Log-likelihoods, n-gram by column; a language may have several columns, side by side."""

    constant: NDArray[np.float32]
    """Log-priors by column, less the handicap of the column's language."""

    starts: NDArray[np.intp]
    """First column of each language, in the order of `Candidates.languages`."""

    def scores(self, text: str) -> list[float]:
        """Log-likelihood (nats) of each language; all alike for a text of unknown n-grams."""
        data = text.encode(errors="surrogatepass")
        visits = visit_counts(self.model.tk_nextmove, self.rows, self.model.tk_output, data)
        if not visits:
            return [0.0] * len(self.starts)
        size = len(visits)
        features = np.fromiter(visits.keys(), dtype=np.intp, count=size)
        counts = np.fromiter(visits.values(), dtype=np.float32, count=size)
        columns = np.log1p(counts) @ self.table[features] + self.constant
        best: list[float] = np.maximum.reduceat(columns, self.starts).tolist()
        return best


def scores(script: str, text: str) -> list[float]:
    """Log-likelihood (nats) of each language of ``script``, the rarer ones handicapped."""
    return _scorer(script).scores(text)


def second_opinion(script: str, text: str) -> str | None:
    """Best guess of langdetect among the languages of ``script``; None where it has none.

    Seeded per text, so that it depends on the text alone.
    """
    factory = _factory(script)
    if factory is None:
        return None
    detector = factory.create()
    detector.seed = _SEED
    detector.n_trial = _TRIALS
    detector.append(text[:_SECOND_OPINION_CHARACTERS])
    try:
        guesses = detector.get_probabilities()
    except LangDetectException:  # no n-gram of the text is known
        return None
    return guesses[0].lang if guesses else None


def _scorer(script: str) -> Scorer:
    with _LOADING:
        return _load_scorer(script)


def _factory(script: str) -> DetectorFactory | None:
    with _LOADING:
        return _load_factory(script)


@cache
def _load_model() -> tuple[Any, list[int]]:
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    return model, [row << 8 for row in model.tk_row]


@cache
def _load_scorer(script: str) -> Scorer:
    model, rows = _load_model()
    known = candidates(script)
    shared = vocabulary("languages")["columns"]
    # A label may have several columns: Serbian has one for each of its scripts.
    columns = [
        [i for i, label in enumerate(model.nb_classes) if label in shared.get(name, [name])]
        for name in known.languages
    ]
    sizes = [len(found) for found in columns]
    flat = [i for found in columns for i in found]
    return Scorer(
        model=model,
        rows=rows,
        table=np.ascontiguousarray(model.nb_ptc[:, flat], dtype=np.float32),
        constant=(model.nb_pc[flat] - np.repeat(known.handicaps, sizes)).astype(np.float32),
        starts=np.array([0, *accumulate(sizes[:-1])], dtype=np.intp),
    )


@cache
def _load_factory(script: str) -> DetectorFactory | None:
    languages = vocabulary("languages")["second_opinion"].get(script)
    if languages is None:
        return None
    profiles = files("langdetect") / "profiles"
    factory = DetectorFactory()
    factory.load_json_profile([(profiles / name).read_text(encoding="utf-8") for name in languages])
    return factory
