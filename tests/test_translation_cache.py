"""The cache: nothing is translated twice, by however many, and no kill breaks it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from normalize.model import TranslationStatus
from normalize.translate import Reason, Translator
from normalize.translate.attempts import Rendering
from normalize.translate.cache import TranslationCache, cache_key
from tests.translation_engines import FakeEngine, FakeModel, broken, engine, invented_words

TEXTS = ["le chat dort ici. Il rêve bien.", "la souris court vite", "le chat dort ici."]

WRITER = """
import sys, itertools
from normalize.translate.attempts import Rendering
from normalize.translate.cache import TranslationCache, cache_key
cache = TranslationCache(sys.argv[1])
first, last = int(sys.argv[2]), int(sys.argv[3])
for at in range(first, last, 10):
    cache.put({cache_key(str(n), "x"): Rendering(text=f"t{n}") for n in range(at, at + 10)})
    print(at, flush=True)
"""


def writer(path: Path, first: int, last: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first), str(last)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )


def key(number: int) -> bytes:
    return cache_key(str(number), "x")


def test_an_unchanged_feed_is_not_translated_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cache.sqlite"
    first, second = engine(invented_words), engine(invented_words)
    before = Translator("en", engine=first, cache=path).translate(TEXTS, "fr")
    after = Translator("en", engine=second, cache=path).translate(TEXTS, "fr")
    assert first.fake is not None
    assert second.fake is not None
    assert sorted(first.fake.asked) == [
        "Il rêve bien.",
        "la souris court vite",
        "le chat dort ici.",
    ]
    assert second.fake.asked == []
    assert after == before


def test_memory_serves_where_there_is_no_file() -> None:
    fake = engine(invented_words)
    translator = Translator("en", engine=fake)
    translator.translate(TEXTS, "fr")
    assert fake.fake is not None
    asked = len(fake.fake.asked)
    translator.translate(TEXTS, "fr")
    assert len(fake.fake.asked) == asked == 3


@pytest.mark.parametrize("change", ["model", "target", "source", "glossary"])
def test_another_model_pair_or_glossary_is_another_translation(tmp_path: Path, change: str) -> None:
    path = tmp_path / "cache.sqlite"
    Translator("en", engine=engine(invented_words), cache=path).translate(TEXTS, "fr")
    fake = FakeModel(function=invented_words, signature="v2" if change == "model" else "fake-1")
    Translator(
        "de" if change == "target" else "en",
        engine=FakeEngine(fake=fake),
        cache=path,
        glossary=("souris",) if change == "glossary" else (),
    ).translate(TEXTS, "es" if change == "source" else "fr")
    assert fake.asked != []


def test_suspects_stay_suspect_and_errors_are_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    copying = engine(lambda text: text)
    for _ in range(2):
        [copy] = Translator("en", engine=copying, cache=path).translate(
            ["nous étudions une nouvelle méthode"], "fr"
        )
        assert (copy.status, copy.reason) == (
            TranslationStatus.SUSPECT,
            Reason.UNTRANSLATED_COPY,
        )
    assert copying.fake is not None
    assert len(copying.fake.asked) == len(set(copying.fake.asked))
    [failed] = Translator("en", engine=engine(broken), cache=path).translate(["un essai"], "fr")
    assert (failed.status, failed.text) == (TranslationStatus.FAILED, None)
    [fine] = Translator("en", engine=engine(invented_words), cache=path).translate(
        ["un essai"], "fr"
    )
    assert fine.status is TranslationStatus.OK


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    cache = TranslationCache(path, max_entries=100)
    cache.put({key(n): Rendering(text=f"t{n}") for n in range(100)})
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE rendering SET used = used - 3")
    connection.close()
    cache = TranslationCache(path, max_entries=100)
    cache.get([key(n) for n in range(50)])
    cache.put({key(n): Rendering(text=f"t{n}") for n in range(100, 120)})
    assert len(cache) == 90
    assert set(cache.get(map(key, range(50)))) == {key(n) for n in range(50)}
    assert len(cache.get(map(key, range(50, 100)))) == 20
    cache.close()


def test_four_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    writers = [writer(path, first, first + 300) for first in (0, 200, 400, 600)]
    for process in writers:
        process.communicate(timeout=60)
    assert [process.returncode for process in writers] == [0, 0, 0, 0]
    cache = TranslationCache(path)
    found = cache.get(map(key, range(900)))
    assert {key(n): f"t{n}" for n in range(900)} == {k: r.text for k, r in found.items()}
    cache.close()


def test_a_kill_leaves_only_true_pairs(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    process = writer(path, 0, 10_000_000)
    assert process.stdout is not None
    done = [int(process.stdout.readline()) for _ in range(20)][-1]
    time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    cache = TranslationCache(path)
    found = cache.get(map(key, range(len(cache) + 10)))
    assert len(cache) == len(found) >= done
    assert len(found) % 10 == 0
    assert all(found[key(n)].text == f"t{n}" for n in range(len(found)))
    cache.close()


def test_a_file_that_is_no_database_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, " * 50, encoding="utf-8")
    [translation] = Translator("en", engine=engine(invented_words), cache=path).translate(
        ["un essai"], "fr"
    )
    assert translation.status is TranslationStatus.OK
    assert path.read_text(encoding="utf-8").startswith("not a database")
    assert len(caplog.records) == 1
