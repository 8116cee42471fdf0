"""The two statistical engines, loaded on first use, once, whatever the number of threads."""

from __future__ import annotations

import threading
from functools import cache
from importlib.resources import files
from typing import Any, Final

from normalize.language.vocabulary import penalties, vocabulary

# functools.cache alone would let two threads that come first both load a model.
_LOADING: Final = threading.RLock()

_SEED = 0
_TRIALS = 2
_SECOND_OPINION_CHARACTERS = 200
# langdetect's names of what BCP 47 writes with one code here.
_FOLDED = {"zh-cn": "zh", "zh-tw": "zh"}


def scores(script: str, text: str) -> dict[str, float]:
    """Log-likelihood (nats) of each language of ``script``, rarer ones handicapped.

    The model is py3langid's, restricted to the languages of the script.
    """
    columns, handicaps = _columns(script), penalties(script)
    found: dict[str, float] = {}
    for label, score in _identifier(script).rank(text):
        for language in columns[label]:
            # rank() is sorted: the first label of a language is its best.
            found.setdefault(language, score - handicaps[language])
    return found


def second_opinion(script: str, text: str) -> str | None:
    """Best guess of langdetect among the languages of ``script``; None where it has none.

    Seeded per text, so that it depends on the text alone.
    """
    factory = _factory(script)
    if factory is None:
        return None
    from langdetect import LangDetectException  # noqa: PLC0415  profiles load on first use only

    detector = factory.create()
    detector.seed = _SEED
    detector.n_trial = _TRIALS
    detector.append(text[:_SECOND_OPINION_CHARACTERS])
    try:
        guesses = detector.get_probabilities()
    except LangDetectException:  # no n-gram of the text is known
        return None
    return _FOLDED.get(guesses[0].lang, guesses[0].lang) if guesses else None


@cache
def _columns(script: str) -> dict[str, tuple[str, ...]]:
    """Labels of the model with the languages that each stands for."""
    shared = vocabulary("languages")["columns"]
    columns: dict[str, tuple[str, ...]] = {}
    for language in penalties(script):
        for label in shared.get(language, [language]):
            columns[label] = (*columns.get(label, ()), language)
    return columns


def _identifier(script: str) -> Any:  # noqa: ANN401  py3langid is untyped
    with _LOADING:
        return _load_identifier(script)


def _factory(script: str) -> Any:  # noqa: ANN401  langdetect is untyped
    with _LOADING:
        return _load_factory(script)


@cache
def _load_model() -> Any:  # noqa: ANN401  py3langid is untyped
    from py3langid.langid import (  # noqa: PLC0415  numpy and the model load on first use only
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE)


@cache
def _load_identifier(script: str) -> Any:  # noqa: ANN401  py3langid is untyped
    import numpy as np  # noqa: PLC0415  loads on first use only

    model = _load_model()
    labels = _columns(script)
    indices = [i for i, label in enumerate(model.nb_classes) if label in labels]
    classes = [model.nb_classes[i] for i in indices]
    return type(model)(
        np.ascontiguousarray(model.nb_ptc[:, indices], dtype=np.float32),
        model.nb_pc[indices],
        classes,
        model.tk_nextmove,
        model.tk_output,
        tk_row=model.tk_row,
    )


@cache
def _load_factory(script: str) -> Any:  # noqa: ANN401  langdetect is untyped
    languages = vocabulary("languages")["second_opinion"].get(script)
    if languages is None:
        return None
    from langdetect import DetectorFactory  # noqa: PLC0415  profiles load on first use only

    profiles = files("langdetect") / "profiles"
    factory = DetectorFactory()
    factory.load_json_profile([(profiles / name).read_text(encoding="utf-8") for name in languages])
    return factory
