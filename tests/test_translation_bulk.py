"""Translation in bulk: what workers normalise comes out translated, in order, and resumable."""

from __future__ import annotations

import gzip
import itertools
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from normalize import Normalizer, Record
from scraper.bulk import installed_models
from scraper.bulk.lines import Batch, Position
from scraper.bulk.translate import BulkTranslator
from scraper.bulk.work import Result
from scraper.translation import TranslationSettings
from tests import bulk_input
from tests.crawls import ROOT, command, environment
from tests.processes import answering_ctrl_c, wait_until
from tests.translation_models import install_models

ENTRIES = 700


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_models(tmp_path_factory.mktemp("translation"), "ar_en", "fr_en")


def settings(models: Path) -> TranslationSettings:
    return TranslationSettings(
        target=("en",), models_dir=models, translation_cache=None, fields=("title", "summary")
    )


def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("normalize", *map(str, args)),
        cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def started(*args: str | Path) -> subprocess.Popen[str]:
    with answering_ctrl_c():
        return subprocess.Popen(
            command("normalize", *map(str, args)),
            cwd=ROOT, env=environment(), stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip


def plain(count: int) -> list[Record]:
    return [Normalizer(target=None).record(bulk_input.entry(number)) for number in range(count)]


def done(*counts: int) -> Iterator[tuple[Batch, Result]]:
    """Results of batches of so many records each."""
    lines = iter(record.to_json_line().encode() for record in plain(sum(counts)))
    for number, count in enumerate(counts):
        place = Position(line=number)
        batch = Batch(file="in", start=place, end=place, consumed=0, lines=())
        records = b"".join(next(lines) for _ in range(count))
        yield batch, Result(records=records, count=count, rejects=())


@pytest.mark.parametrize("compress", [False, True])
def test_each_batch_gets_its_own_records_back(
    models: Path,
    compress: bool,  # noqa: FBT001  pytest passes by name
) -> None:
    translator = BulkTranslator(settings(models), compress=compress)
    found = list(translator.translated(done(3, 0, 70, 1)))
    assert [batch.start.line for batch, _ in found] == [0, 1, 2, 3]
    assert [result.count for _, result in found] == [3, 0, 70, 1]
    sizes = []
    lines: list[bytes] = []
    for _, result in found:
        data = gzip.decompress(result.records) if compress else result.records
        sizes.append(data.count(b"\n"))
        lines += data.splitlines()
    assert sizes == [3, 0, 70, 1]
    expected = Normalizer(target="en", models_dir=models).translated(plain(74))
    assert [Record.from_dict(json.loads(line)) for line in lines] == expected
    assert {record.translations["en"].status for record in expected} != {"skipped"}


@pytest.mark.parametrize("size", [1, 64, 100])
def test_translations_are_the_same_however_many_are_made_together(models: Path, size: int) -> None:
    records = plain(200)
    with Normalizer(target="en", models_dir=models) as normalizer:
        together = normalizer.translated(records)
    with Normalizer(target="en", models_dir=models) as normalizer:
        found = [
            record
            for start in range(0, len(records), size)
            for record in normalizer.translated(records[start : start + size])
        ]
    assert found == together


def test_the_command_translates_what_workers_normalised(tmp_path: Path, models: Path) -> None:
    entries = bulk_input.write(tmp_path / "in.jsonl", ENTRIES, broken_every=100)
    out, cache = tmp_path / "out.jsonl.gz", tmp_path / "cache.sqlite"
    ended = run(
        entries, "-o", out, "--models-dir", models, "--translation-cache", cache, "--workers", "2"
    )
    assert ended.returncode == 1, ended.stderr  # of the lines that are no entries
    with gzip.open(out, "rt", encoding="utf-8") as lines:
        found = [Record.from_dict(json.loads(line)) for line in lines]
    assert [record.id for record in found] == [f"demo:{number}" for number in range(ENTRIES)]
    engines = {(r.language, r.translations["en"].engine) for r in found}
    assert engines == {("ar", "argos/ar_en-1.0"), ("fr", "argos/fr_en-1.0"), ("en", None)}
    assert cache.is_file()


def test_without_a_model_each_pair_is_told_once(tmp_path: Path) -> None:
    entries = bulk_input.write(tmp_path / "in.jsonl", 9)
    ended = run(entries, "--models-dir", tmp_path / "none", "--to", "en,fr")
    assert ended.returncode == 0
    assert ended.stderr.splitlines()[:-1] == [
        "no installed model translates from ar to en",
        "no installed model translates from fr to en",
        "no installed model translates from en to fr",
        "no installed model translates from ar to fr",
    ]
    found = [Record.from_dict(json.loads(line)) for line in ended.stdout.splitlines()]
    assert [list(record.translations) for record in found] == [["en", "fr"]] * 9


def test_no_translation_is_no_translation(tmp_path: Path) -> None:
    entries = bulk_input.write(tmp_path / "in.jsonl", 9)
    ended = run(entries, "--to", "none")
    lines = [record.to_json_line() for record in plain(9)]
    assert ended.stdout == "".join(lines)


def test_a_stopped_run_ends_as_if_it_had_not_been(tmp_path: Path, models: Path) -> None:
    entries = bulk_input.write(tmp_path / "in.jsonl", 800)
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert run(entries, "-o", whole, "--models-dir", models).returncode == 0
    kept = tmp_path / ".out.jsonl.partial" / "records"
    stops = attempts = 0
    while stops < 2 and attempts < 6:
        attempts += 1
        before = size(kept)
        with started(entries, "-o", out, "--models-dir", models) as process:
            wait_until(lambda: out.exists() or size(kept) > before)  # noqa: B023  called in the loop
            process.send_signal(signal.SIGINT)
            process.communicate()
        # A slow watcher may find it done, or stop it between the last rename and its end.
        if out.exists():
            assert out.read_bytes() == whole.read_bytes()
            out.unlink()
        else:
            assert process.returncode == 130
            assert whole.read_bytes().startswith(kept.read_bytes())
            stops += 1
    assert stops == 2
    ended = run(entries, "-o", out, "--models-dir", models)
    assert ended.returncode == 0
    assert out.read_bytes() == whole.read_bytes()


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_other_models_are_another_run(models: Path, tmp_path: Path) -> None:
    names = installed_models(settings(models))
    assert [name.partition("@")[0] for name in names] == ["ar_en-1.0", "fr_en-1.0"]
    one = installed_models(settings(install_models(tmp_path, "ar_en")))
    assert one == names[:1]


def test_rounds_grow_with_speed_and_stay_within_bounds(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    clock = itertools.accumulate([0, 5, 0, 4, 0, 900, 0, 100, 0, 0.001, 0, 1])
    translator = BulkTranslator(settings(models), compress=False)
    monkeypatch.setattr("scraper.bulk.translate.monotonic", lambda: next(clock))
    monkeypatch.setattr(
        Normalizer,
        "translated",
        lambda _, records: sizes.append(len(records)) or list(records),
    )
    assert len(list(translator.translated(done(*[64] * 20)))) == 20
    # Ten seconds' worth each: 128 after 64 in 5 s, 320 after 128 in 4 s; never fewer than 64.
    assert sizes == [64, 128, 320, 64, 64, 640]
