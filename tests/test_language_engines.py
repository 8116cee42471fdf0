"""Engines of language identification: the same answer always, loaded only when needed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from normalize.language import Detection, detect, detector
from tests.language_tables import MIXED, SENTENCES

ROOT = Path(__file__).resolve().parents[1]
ANY_TEXT = st.text(alphabet=st.characters(), max_size=200)


@given(ANY_TEXT, st.lists(ANY_TEXT, max_size=3))
@settings(max_examples=300, deadline=None)
def test_never_raises(text: str, declared: list[str]) -> None:
    found = detect(text, declared=declared)
    assert 0.0 <= found.confidence <= 1.0
    assert found.language == "und" or found.confidence >= 0.5
    assert re.fullmatch(r"[a-z]{2,3}", found.language)


@given(ANY_TEXT)
@settings(max_examples=100, deadline=None)
def test_space_around_a_text_changes_nothing(text: str) -> None:
    assert detect(f"\n {text}") == detect(text)


def fresh(text: str) -> Detection:
    """Detect without the memo."""
    detector._detect.cache_clear()
    return detect(text)


def test_fifty_runs_give_one_answer() -> None:
    texts = [*(text for _, text in MIXED), "Image Segmentation", "Mamba", "Tekoäly", "Je suis"]
    for text in texts:
        assert len({fresh(text) for _ in range(50)}) == 1


def test_the_order_of_calls_changes_nothing() -> None:
    texts = [text for _, text in SENTENCES + MIXED]
    forwards = {text: fresh(text) for text in texts}
    assert {text: fresh(text) for text in reversed(texts)} == forwards


def test_eight_threads_give_the_answers_of_one() -> None:
    texts = [text for _, text in SENTENCES + MIXED]
    alone = [fresh(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(
            pool.map(lambda text: [fresh(t) for t in texts[text:] + texts[:text]], range(8))
        )
    for offset, answers in enumerate(together):
        assert answers == alone[offset:] + alone[:offset]


FIRST_USE = """
import json, sys, threading
from concurrent.futures import ThreadPoolExecutor
from normalize.language import detect
texts = json.load(sys.stdin)
start = threading.Barrier(8)
def work(_):
    start.wait()
    return [detect(text).language for text in texts]
with ThreadPoolExecutor(8) as pool:
    print(json.dumps(list(pool.map(work, range(8)))))
"""


def python(code: str, stdin: str = "") -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
    ).stdout


def test_eight_threads_may_be_the_first_to_use_it() -> None:
    texts = ["Image Segmentation", "Mamba", *(text for _, text in SENTENCES[::9])]
    answers = json.loads(python(FIRST_USE, json.dumps(texts)))
    assert answers == [[detect(text).language for text in texts]] * 8


def test_engines_load_only_when_a_text_needs_them() -> None:
    code = (
        "import sys; from normalize.language import detect; print(detect('שלום').language, "
        "detect('Γειά').language, 'py3langid' in sys.modules, 'langdetect' in sys.modules)"
    )
    assert python(code).split() == ["he", "el", "False", "False"]
