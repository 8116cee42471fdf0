"""The two statistical engines. Importing this loads numpy; models load on first use, once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Final

import attrs
import numpy as np
from langdetect import DetectorFactory
from langdetect.detector import Detector
from langdetect.utils.ngram import NGram
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from normalize.language.evidence import candidates
from normalize.vocabulary import vocabulary

# functools.cache alone would let two threads that come first both load a model.
_LOADING: Final = threading.RLock()

_SECOND_OPINION_CHARACTERS = 200
_UNSEEN: Final[float] = Detector.ALPHA_DEFAULT / Detector.BASE_FREQ
"""What langdetect adds to the probability of every n-gram in every language."""


@attrs.frozen(kw_only=True)
class Automaton:
    """py3langid's automaton, laid out so that one step costs two look-ups beside each other.

    Rows have 256 places, one a byte; a place is the row's offset plus the byte.
    """

    rows: memoryview[int]
    """Offset of the row that each place leads to."""

    features: memoryview[int]
    """Number of the n-gram that ends at each place, or -1."""

    def count(self, data: bytes) -> Counter[int]:
        """How often each n-gram occurs in UTF-8 text."""
        rows, features = self.rows, self.features
        row, found = 0, []
        for byte in data:
            place = row + byte
            row = rows[place]
            feature = features[place]
            if feature >= 0:
                found.append(feature)
        return Counter(found)


@attrs.frozen(kw_only=True)
class Scorer:
    """py3langid's model restricted to the languages of one script."""

    automaton: Automaton
    """What finds the n-grams of a text."""

    table: NDArray[np.float32]
    """Log-likelihoods, n-gram by column; a language may have several columns, side by side."""

    constant: NDArray[np.float32]
    """Log-priors by column, less the rest of the handicap of the column's language."""

    starts: NDArray[np.intp] | None
    """First column of each language in the order of `Candidates.languages`; None where each has
    one column."""

    def scores(self, text: str) -> list[float]:
        """Log-likelihood (nats) of each language; all alike for a text of unknown n-grams."""
        visits = self.automaton.count(text.encode(errors="surrogatepass"))
        size = len(visits)
        features = np.fromiter(visits, dtype=np.intp, count=size)
        counts = np.fromiter(visits.values(), dtype=np.float32, count=size)
        columns = np.log1p(counts).dot(self.table.take(features, axis=0))
        columns += self.constant
        if self.starts is not None:
            columns = np.maximum.reduceat(columns, self.starts)
        found: list[float] = columns.tolist()
        return found if size else [0.0] * len(found)


def scores(script: str, text: str) -> list[float]:
    """Log-likelihood (nats) of each language of ``script``, the rarer ones handicapped."""
    return _scorer(script).scores(text)


def second_opinion(script: str, text: str) -> str | None:
    """Likeliest language of ``script`` by langdetect's profiles; None where they do not know it.

    langdetect itself draws n-grams at random until one language stands out; here all count once,
    which is what its draws approach, without chance.
    """
    factory = _factory(script)
    if factory is None:
        return None
    profiles = factory.word_lang_prob_map
    grams = _grams(text[:_SECOND_OPINION_CHARACTERS])
    found = [profiles[gram] for gram in grams if gram in profiles]
    if not found:
        return None
    nats = np.log(np.array(found) + _UNSEEN).sum(axis=0)
    return str(factory.langlist[int(nats.argmax())])


def _grams(text: str) -> Iterator[str]:
    """The n-grams of one to three letters that langdetect reads in a text."""
    window = NGram()
    for char in NGram.normalize_vi(text):
        window.add_char(char)
        for size in range(1, NGram.N_GRAM + 1):
            gram = window.get(size)
            if gram:
                yield gram


def _scorer(script: str) -> Scorer:
    with _LOADING:
        return _load_scorer(script)


def _factory(script: str) -> DetectorFactory | None:
    with _LOADING:
        return _load_factory(script)


@cache
def _load_scorer(script: str) -> Scorer:
    return _load_scorers()[script]


@cache
def _load_scorers() -> dict[str, Scorer]:
    """All scripts at once: py3langid's whole model need not be kept for the next."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    automaton = _automaton(model)
    return {
        script: _restricted(model, automaton, script)
        for script in vocabulary("languages")["penalties"]
    }


def _automaton(model: LanguageIdentifier) -> Automaton:
    states: NDArray[np.int32] = np.frombuffer(model.tk_nextmove, dtype=np.int32)
    rows = np.array(model.tk_row, dtype=np.int32) << 8
    features = np.array(model.tk_output, dtype=np.int32)
    # A view of numpy's memory, whose pages are large, is read faster than Python's own array.
    return Automaton(rows=rows[states].data, features=features[states].data)


def _restricted(model: LanguageIdentifier, automaton: Automaton, script: str) -> Scorer:
    known = candidates(script)
    shared = vocabulary("languages")["columns"]
    # A label may have several columns: Serbian has one for each of its scripts.
    columns = [
        [i for i, label in enumerate(model.nb_classes) if label in shared.get(name, [name])]
        for name in known.languages
    ]
    sizes = [len(found) for found in columns]
    flat = [i for found in columns for i in found]
    handicaps = np.subtract(known.handicaps, known.advances)
    return Scorer(
        automaton=automaton,
        table=np.ascontiguousarray(model.nb_ptc[:, flat], dtype=np.float32),
        constant=(model.nb_pc[flat] - np.repeat(handicaps, sizes)).astype(np.float32),
        starts=np.array([0, *accumulate(sizes[:-1])], dtype=np.intp) if max(sizes) > 1 else None,
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
