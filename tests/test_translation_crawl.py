"""Translation while a crawl goes on: nothing waits for ever, nothing is lost at any end."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import attrs
import pytest
from scrapy.settings import Settings

from normalize import Entry, Normalizer, Record
from scraper.translation import TranslationSettings, languages_wanted
from tests.crawls import GOOD, ROOT, command, crawl, environment, finish, start
from tests.processes import answering_ctrl_c, wait_until
from tests.site import Site
from tests.translation_models import install_models
from tools.snapshot_site import serve

TRANSLATING = "translating"
"""A file that `SlowNormalizer` makes when it begins."""


class SlowNormalizer(Normalizer):
    """Says when it begins to translate, and takes two seconds longer."""

    seconds = 2.0

    def __init__(self, *, models_dir: Path, **settings: object) -> None:
        super().__init__(models_dir=models_dir, **settings)  # type: ignore[arg-type]  # as told
        self._flag = models_dir.parent / TRANSLATING

    def translated(self, records: Sequence[Record]) -> list[Record]:
        """Translate, later."""
        self._flag.touch()
        time.sleep(self.seconds)
        return super().translated(records)


class EndlessNormalizer(SlowNormalizer):
    """Does not come to an end."""

    seconds = 3600.0


class RaisingNormalizer(Normalizer):
    """Fails at one entry."""

    def normalize(self, entries: Iterable[Entry]) -> Iterator[Record]:
        """Normalise up to the entry."""
        for record in super().normalize(entries):
            if record.id == "demo:7":
                raise ZeroDivisionError
            yield record


class ThreadNormalizer(Normalizer):
    """Notes where it works and how much at a time."""

    def normalize(self, entries: Iterable[Entry]) -> Iterator[Record]:
        """Normalise; the tag says by which thread and with how many others."""
        entries = list(entries)
        name = threading.current_thread().name
        told = (name, str(len(entries)))
        yield from super().normalize(attrs.evolve(entry, tags=told) for entry in entries)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site().running() as running:
        yield running


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return install_models(tmp_path, "ar_en")


def told(models: Path, normalizer: str = "", **settings: str) -> dict[str, str]:
    name = f"{__name__}.{normalizer}" if normalizer else "normalize.normalizer.Normalizer"
    own = {"NORMALIZER": name, "TRANSLATE_TO": "en", "TRANSLATE_MODELS_DIR": str(models)}
    return own | settings


def records(text: str | None) -> list[Record]:
    return [Record.from_dict(json.loads(line)) for line in (text or "").splitlines()]


def ids(text: str | None) -> list[str]:
    return [record.id for record in records(text)]


def numbers(count: int) -> list[str]:
    return [f"demo:{number}" for number in range(count)]


def test_the_snapshot_is_crawled_with_its_translations(tmp_path: Path) -> None:
    models = install_models(tmp_path, "ar_en", "fr_en")
    feed = tmp_path / "feed.jsonl"
    with serve() as bases:
        settings = {
            "TRANSLATE_TO": "en", "TRANSLATE_MODELS_DIR": str(models),
            "TRANSLATE_CACHE": str(tmp_path / "cache" / "translations.sqlite"),
            "DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0",
        }  # fmt: skip
        done = subprocess.run(
            command(
                "crawl", "shamra_academia", "-a", f"base={bases['shamra_academia']}",
                "-O", str(feed), settings=settings,
            ),
            cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = records(feed.read_text(encoding="utf-8"))
    english = {record.id.partition(":")[2]: record.translations["en"] for record in found}
    assert len(english) == 22
    assert {record.language for record in found} == {"ar", "fr", "en"}
    filled = english["3a91c0de47b2f5"]
    assert filled.title == (
        "Extending the Lifetime of Wireless Sensor Networks by Energy-Adaptive Clustering"
    )
    assert filled.engine == "source, argos/ar_en-1.0"
    titles = {text.title for text in english.values()}
    assert (
        "Seismic performance assessment of reinforced concrete buildings with a soft ground storey"
        in titles
    )
    assert "A study of coastal erosion by satellite image processing" in titles
    assert "'translation/en/ok': 14," in done.stderr
    assert "'translation/en/skipped/same_language': 8" in done.stderr
    assert (tmp_path / "cache" / "translations.sqlite").is_file()


@pytest.mark.parametrize("concurrent", ["1", "100"])
def test_entries_never_wait_for_others_to_come(
    tmp_path: Path, site: Site, models: Path, concurrent: str
) -> None:
    path = "path=/ok?n=3&next=%2Fok%3Fn%3D4%26offset%3D3"
    settings = told(models, CONCURRENT_ITEMS=concurrent)
    ended = crawl(tmp_path, "-a", f"base={site.base}", "-a", path, **settings)
    assert (ended.code, ended.outcome) == (0, "ok"), ended.err
    assert ids(ended.feed) == numbers(7)


def test_more_entries_than_a_batch_holds_come_in_order(
    tmp_path: Path, site: Site, models: Path
) -> None:
    settings = told(models, "ThreadNormalizer", CONCURRENT_ITEMS="1000")
    ended = crawl(tmp_path, "-a", f"base={site.base}", "-a", "path=/ok?n=600", **settings)
    assert (ended.code, ended.outcome) == (0, "ok"), ended.err
    assert ids(ended.feed) == numbers(600)
    assert {record.tags for record in records(ended.feed)} == {
        ("translation", "256"),
        ("translation", "88"),
    }


def test_a_missing_model_is_one_line_in_the_log(tmp_path: Path, site: Site) -> None:
    settings = told(tmp_path / "none")
    ended = crawl(tmp_path, "-a", f"base={site.base}", "-a", "path=/ok?n=30", **settings)
    assert ended.outcome == "ok"
    assert "Traceback" not in ended.err
    assert ended.err.count("no installed model translates from ar to en") == 1
    found = records(ended.feed)
    assert len(found) == 30
    arabic = {r.translations["en"].reason for r in found if r.language == "ar"}
    assert arabic == {"no_model"}


def test_an_entry_that_fails_fails_alone(tmp_path: Path, site: Site, models: Path) -> None:
    settings = told(models, "RaisingNormalizer")
    ended = crawl(tmp_path, "-a", f"base={site.base}", "-a", "path=/ok?n=20", **settings)
    assert (ended.code, ended.outcome) == (1, "crash")
    assert "item_errors/count=1" in ended.summary
    assert ids(ended.withheld) == [name for name in numbers(20) if name != "demo:7"]


def test_a_crawl_that_is_interrupted_loses_nothing_that_was_under_way(
    tmp_path: Path, site: Site, models: Path
) -> None:
    (tmp_path / "feed.jsonl").write_text(GOOD, encoding="utf-8")
    process = begin(tmp_path, site, told(models, "SlowNormalizer"), "path=/ok?n=30")
    wait_until((tmp_path / TRANSLATING).exists, process)
    process.send_signal(signal.SIGINT)
    ended = finish(process, tmp_path)
    assert (ended.code, ended.outcome) == (130, "interrupted"), ended.err
    assert ended.feed == GOOD
    assert ids(ended.withheld) == numbers(30)
    arabic = [r for r in records(ended.withheld) if r.language == "ar"]
    assert {r.translations["en"].engine for r in arabic} == {"argos/ar_en-1.0"}


def test_a_second_interruption_waits_for_no_model(tmp_path: Path, site: Site, models: Path) -> None:
    (tmp_path / "feed.jsonl").write_text(GOOD, encoding="utf-8")
    process = begin(tmp_path, site, told(models, "EndlessNormalizer"), "path=/ok?n=3")
    wait_until((tmp_path / TRANSLATING).exists, process)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert any("Received SIGINT, shutting down gracefully" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    ended = finish(process, tmp_path)
    assert ended.code == 130, ended.err
    assert ended.feed == GOOD


def test_a_crawl_that_is_killed_leaves_the_feed_and_no_false_translation(
    tmp_path: Path, site: Site, models: Path
) -> None:
    killed, whole = tmp_path / "killed.sqlite", tmp_path / "whole.sqlite"
    (tmp_path / "feed.jsonl").write_text(GOOD, encoding="utf-8")
    settings = told(models, TRANSLATE_CACHE=str(killed), CONCURRENT_ITEMS="10")
    process = begin(tmp_path, site, settings, "path=/ok?n=150")
    wait_until(lambda: cached(killed), process)
    process.kill()
    assert finish(process, tmp_path).feed == GOOD
    kept = cached(killed)
    settings["TRANSLATE_CACHE"] = str(whole)
    ended = crawl(tmp_path, "-a", f"base={site.base}", "-a", "path=/ok?n=150", **settings)
    assert ended.outcome == "ok"
    made = cached(whole)
    assert 0 < len(kept) < len(made)
    assert kept.items() <= made.items()


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        (
            "TRANSLATE_TO",
            "en,English",
            "TRANSLATE_TO is a language like en, or none, not 'English'",
        ),
        ("TRANSLATE_FIELDS", "body", "TRANSLATE_FIELDS is title, summary or both, not 'body'"),
    ],
)
def test_a_wrong_setting_is_refused_before_the_first_request(
    tmp_path: Path, setting: str, value: str, message: str
) -> None:
    ended = crawl(tmp_path, "-a", "base=http://127.0.0.1:1", **{setting: value})
    assert ended.code == 2
    assert message in ended.err


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, ()),
        ("", ()),
        ("none", ()),
        ("en", ("en",)),
        (" en, zh-Hant,en,", ("en", "zh-Hant")),
        (["fr", "ckb"], ("fr", "ckb")),
    ],
)
def test_languages_wanted(value: str | list[str] | None, wanted: tuple[str, ...]) -> None:
    assert languages_wanted(value) == wanted


def test_settings_become_arguments() -> None:
    assert TranslationSettings.of(Settings()) is None
    settings = Settings({"TRANSLATE_TO": "en", "TRANSLATE_CACHE": "a.sqlite"})
    settings.set("TRANSLATE_FIELDS", "title")
    found = TranslationSettings.of(settings)
    assert found is not None
    assert found.arguments() == {
        "target": ("en",),
        "models_dir": None,
        "translation_cache": Path("a.sqlite"),
        "fields": ("title",),
    }


def begin(folder: Path, site: Site, settings: dict[str, str], path: str) -> subprocess.Popen[str]:
    feed = str(folder / "feed.jsonl")
    with answering_ctrl_c():
        return start("-a", f"base={site.base}", "-a", path, "-O", feed, **settings)


def cached(path: Path) -> dict[bytes, tuple[str, str, str | None]]:
    """Key to text, status and reason; empty where there is no cache yet."""
    if not path.is_file():
        return {}
    with closing(sqlite3.connect(path, timeout=10)) as database:
        try:
            rows = database.execute("SELECT key, text, status, reason FROM rendering").fetchall()
        except sqlite3.OperationalError:
            return {}
    return {key: (text, status, reason) for key, text, status, reason in rows}
