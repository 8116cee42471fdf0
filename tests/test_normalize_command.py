from __future__ import annotations

import errno
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from scrapy.cmdline import execute

from normalize.model import Record
from scraper.bulk import ResumableOutput
from scraper.commands import normalize as command_module
from scraper.validation import feed_problems
from tests import bulk_input
from tests.crawls import ROOT, command, environment


def normalize(*args: str | Path) -> int:
    """Run the command in this process and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        execute(["scrapy", "normalize", *map(str, args)])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def records(data: bytes) -> list[Record]:
    assert list(feed_problems(data.splitlines(keepends=True))) == []
    return [Record.from_dict(json.loads(line)) for line in data.splitlines()]


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    return bulk_input.write(tmp_path / "in.jsonl", 6)


def test_records_go_to_standard_output(
    entries: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert normalize(entries, "--to", "none") == 0
    out, err = capfdbinary.readouterr()
    assert [record.id for record in records(out)] == [f"demo:{n}" for n in range(6)]
    assert [record.language for record in records(out)] == ["en", "ar", "fr"] * 2
    assert err.startswith(b"6 records, ")
    assert b", 0 rejected, " in err


def test_rejects_without_output_file_are_told(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = bulk_input.write(tmp_path / "in.jsonl", 2, broken_every=1)
    assert normalize(path, "--to", "none") == 1
    out, err = capfdbinary.readouterr()
    assert len(records(out)) == 2
    assert [line.split(b" ")[0] for line in err.splitlines()[:2]] == [
        f"{path}:2:".encode(),
        f"{path}:4:".encode(),
    ]


def test_rejects_with_output_file_stand_beside_it_until_there_are_none(tmp_path: Path) -> None:
    path = bulk_input.write(tmp_path / "in.jsonl", 2, broken_every=2)
    out = tmp_path / "out.jsonl"
    assert normalize(path, "-o", out) == 1
    assert len(records(out.read_bytes())) == 2
    (reject,) = (tmp_path / "out.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(reject) == {
        "file": str(path),
        "line": 3,
        "reason": "not JSON: Expecting ':' delimiter at column 21",
        "raw": '{"torn at entry": 2',
    } | {"reason": json.loads(reject)["reason"]}
    assert json.loads(reject)["reason"].startswith("not JSON: ")
    bulk_input.write(path, 2)
    assert normalize(path, "-o", out) == 0
    assert sorted(found.name for found in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_several_files_compressed_or_not_go_into_one_compressed_file(
    tmp_path: Path, entries: Path
) -> None:
    packed, out = tmp_path / "packed.jsonl.gz", tmp_path / "out.jsonl.gz"
    packed.write_bytes(gzip.compress(entries.read_bytes()))
    assert normalize(entries, packed, "-o", out, "--workers", "1") == 0
    assert len(gzip.decompress(out.read_bytes()).splitlines()) == 12


def test_no_entries_make_an_empty_compressed_file(tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl.gz"
    path.write_bytes(b"\n")
    assert normalize(path, "-o", out) == 0
    assert gzip.decompress(out.read_bytes()) == b""


def test_a_device_is_written_as_it_is(entries: Path) -> None:
    assert normalize(entries, "-o", "/dev/null") == 0
    assert not Path("/dev/.null.partial").exists()


def test_a_full_disk_is_told(entries: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert normalize(entries, "-o", "/dev/full") == 1
    assert "failed: [Errno 28] No space left on device" in capsys.readouterr().err


def test_standard_input_is_read(
    entries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with entries.open("rb") as file:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file))
        assert normalize("-", "-o", tmp_path / "out.jsonl") == 0
    assert len(records((tmp_path / "out.jsonl").read_bytes())) == 6


def test_the_reference_date_completes_dates(tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text(
        '{"source": "demo", "position": 1, "title": "A", "published": "3 May"}\n', encoding="utf-8"
    )
    assert normalize(path, "-o", out, "--reference-date", "2025-10-30") == 0
    assert [record.published for record in records(out.read_bytes())] == ["2025-05-03"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "name a file"),
        (["missing.jsonl"], "cannot read missing.jsonl: No such file"),
        (["IN", "--workers", "0"], "--workers is a number from 1 on, not '0'"),
        (["IN", "--workers", "many"], "--workers is a number from 1 on, not 'many'"),
        (["IN", "--to", "English!"], "--to is a language like en, or none, not 'English!'"),
        (["IN", "--reference-date", "May"], "--reference-date is written like 2025-10-30"),
        (["IN", "-o", "missing/out"], "cannot write missing/out: No such file"),
        (["IN", "--wrokers"], "unknown option --wrokers"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_done(
    entries: Path, capsys: pytest.CaptureFixture[str], args: list[str], message: str
) -> None:
    assert normalize(*(str(entries) if arg == "IN" else arg for arg in args)) == 2
    out, err = capsys.readouterr()
    assert message in out + err


def test_a_second_process_on_the_same_output_is_refused(
    entries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    with ResumableOutput(out, None, print) as first:
        assert normalize(entries, "-o", out) == 75
        assert f"another process is writing into {first.directory}" in capsys.readouterr().err
    assert not out.exists()
    assert normalize(entries, "-o", out) == 0


def test_a_reader_that_has_enough_ends_the_run_quietly(entries: Path) -> None:
    with subprocess.Popen(
        command(
            "normalize", str(bulk_input.write(entries, 2_000)), "--workers", "1", "--to", "none"
        ),
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"schema_version"')
        process.stdout.close()
        messages = process.stderr.read()
    assert process.returncode == command_module.BROKEN_PIPE == 141
    assert messages == b""


def test_a_run_that_is_stopped_with_standard_input_says_that_it_cannot_go_on(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.jsonl"
    with subprocess.Popen(
        command("normalize", "-", "-o", str(out), "--workers", "1"),
        env=environment(),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"".join(bulk_input.lines(500)))
        process.stdin.flush()
        partial = tmp_path / ".out.jsonl.partial" / "records"
        while not (partial.exists() and partial.stat().st_size):
            assert process.poll() is None
        process.terminate()
        messages = process.stderr.read()
        process.stdin.close()
    assert process.returncode == 143
    assert b"standard input and pipes cannot be read again: nothing is kept" in messages
    assert list(tmp_path.iterdir()) == []


def test_duplicates_are_found_over_runs_that_share_a_state(tmp_path: Path) -> None:
    one, two, state = (tmp_path / name for name in ("1.jsonl", "2.jsonl", "state.sqlite"))
    told = {"position": 1, "summary": "Copper was melted in three small furnaces by the harbour."}
    first = [{"source": "demo", "native_id": n, "title": f"Kiln {n}"} for n in "ab"]
    second = [{"source": "other", "native_id": "c", "url": "https://e.example/1", **told}]
    first[0] |= {"url": "https://e.example/1", **told}
    first[1] |= {"position": 2, "summary": "A grammar of whistled speech, from two valleys."}
    for path, entries_ in ((one, first), (two, second)):
        path.write_text("".join(f"{json.dumps(e)}\n" for e in entries_), encoding="utf-8")
    found = []
    for path in (one, two):
        out = path.with_suffix(".out.gz")
        assert normalize(path, "--to", "none", "--state", state, "-o", out) == 0
        found += records(gzip.decompress(out.read_bytes()))
    assert [(r.id, r.duplicate_of, r.cluster_id) for r in found] == [
        ("demo:a", None, "demo:a"),
        ("demo:b", None, "demo:b"),
        ("other:c", "demo:a", "demo:a"),
    ]


def test_a_state_that_is_none_is_refused_at_once(entries: Path, tmp_path: Path) -> None:
    assert normalize(entries, "--state", entries, "-o", tmp_path / "out.jsonl") == 2
    assert not (tmp_path / "out.jsonl").exists()


def test_a_stopped_run_with_a_state_ends_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.jsonl"
    # Every entry once more under another source, so that half of all are duplicates.
    entries = [
        attrs.evolve(bulk_input.entry(n), source=source, url=f"https://e.example/{n}")
        for source in ("demo", "copy")
        for n in range(400)
    ]
    path.write_text("".join(entry.to_json_line() for entry in entries), encoding="utf-8")
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    args = (path, "--to", "none", "--workers", "1")
    assert normalize(*args, "-o", whole, "--state", tmp_path / "whole.sqlite") == 0
    write, written = ResumableOutput.write, []

    def fail_in_the_middle(self: ResumableOutput, *told: Any) -> None:  # noqa: ANN401  as write
        write(self, *told)
        self._save()
        written.append(told)
        if len(written) == 9:
            raise OSError(errno.EIO, "the disk went away")

    monkeypatch.setattr(ResumableOutput, "write", fail_in_the_middle)
    state = ("-o", out, "--state", tmp_path / "state.sqlite")
    assert normalize(*args, *state) == 1
    assert not out.exists()
    assert normalize(*args, *state) == 0
    assert out.read_bytes() == whole.read_bytes()
    found = [record.duplicate_of for record in records(out.read_bytes())]
    assert found == [None] * 400 + [f"demo:{n}" for n in range(400)]
