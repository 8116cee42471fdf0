"""Output of a bulk run that goes on after a stop, and what makes a run the same."""

from __future__ import annotations

import errno
import io
import itertools
from pathlib import Path

import attrs
import pytest

from scraper.bulk import (
    Job,
    Locked,
    Options,
    Position,
    Progress,
    ResumableOutput,
    StopSignals,
    StreamOutput,
    Tally,
    identity,
    run,
)
from scraper.bulk.work import BatchNormalizer, Result
from tests.bulk_input import OPTIONS, batch, line_of


def tally_of(records: int, *, line: int, offset: int = 0) -> Tally:
    return Tally(position=Position(offset=offset, line=line), records=records)


def result_of(text: bytes) -> Result:
    return Result(records=text, count=text.count(b"\n"), rejects=())


class TestOutput:
    def test_what_was_written_after_the_last_checkpoint_is_cut_off(self, tmp_path: Path) -> None:
        target, messages = tmp_path / "out.jsonl", list[str]()
        with ResumableOutput(target, {"of": "one"}, messages.append) as output:
            assert output.begin() == Tally()
            output.write(batch(b""), result_of(b"1\n"), tally_of(1, line=1, offset=9))
            output.suspend()
        partial = tmp_path / ".out.jsonl.partial" / "records"
        partial.write_bytes(b"1\n2\n3 is to")
        with ResumableOutput(target, {"of": "one"}, messages.append) as output:
            tally = output.begin()
            assert tally == tally_of(1, line=1, offset=9)
            output.write(batch(b""), result_of(b"2\n"), tally_of(2, line=2))
            output.finish(tally_of(2, line=2))
        assert target.read_bytes() == b"1\n2\n"
        assert messages == ["going on after 1 records of a run that was stopped"]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl"]

    @pytest.mark.parametrize("change", ["identity", "shorter", "unreadable"])
    def test_another_run_starts_anew(self, tmp_path: Path, change: str) -> None:
        target, messages = tmp_path / "out.jsonl", list[str]()
        with ResumableOutput(target, {"of": "one"}, messages.append) as output:
            output.begin()
            output.write(batch(b""), result_of(b"1\n"), tally_of(1, line=1))
            output.suspend()
        if change == "shorter":
            (output.directory / "records").write_bytes(b"1")
        if change == "unreadable":
            (output.directory / "checkpoint.json").write_bytes(b"{")
        told = {"of": "another" if change == "identity" else "one"}
        with ResumableOutput(target, told, messages.append) as output:
            assert output.begin() == Tally()
            output.finish(Tally())
        assert target.read_bytes() == b""

    @pytest.mark.parametrize("moved", [0, 1, 2])
    def test_a_run_killed_while_files_took_their_places_is_finished(
        self, tmp_path: Path, moved: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "in.jsonl"
        path.write_bytes(line_of(title="A title") + b"{\n")
        target = tmp_path / "out.jsonl"
        job = Job(names=(str(path),), options=OPTIONS)
        places = itertools.count()
        replace = Path.replace

        def killed(self: Path, other: Path) -> Path:
            ours = other.name.startswith("out.jsonl")
            if ours and next(places) == moved:
                raise KeyboardInterrupt
            return replace(self, other)

        of_run = identity(job.names, job.options, compress=False)
        progress = Progress(job.names, io.StringIO(), redraw=False)
        if moved < 2:
            monkeypatch.setattr(Path, "replace", killed)
        else:
            monkeypatch.setattr("shutil.rmtree", _interrupt)
        with (
            pytest.raises(KeyboardInterrupt),
            ResumableOutput(target, of_run, _silent) as output,
            StopSignals() as stop,
        ):
            run(job, output, stop=stop, progress=progress)
        monkeypatch.undo()
        with ResumableOutput(target, of_run, _silent) as output, StopSignals() as stop:
            tally = run(job, output, stop=stop, progress=progress)
        assert (tally.records, tally.rejects) == (1, 1)
        assert target.read_bytes().count(b"\n") == 1
        assert output.rejects.read_bytes().count(b"\n") == 1
        assert not output.directory.exists()

    def test_a_disk_that_is_full_leaves_the_last_checkpoint(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = tmp_path / "out.jsonl"
        with ResumableOutput(target, {"of": "one"}, _silent) as output:
            output.begin()
            output.write(batch(b""), result_of(b"1\n"), tally_of(1, line=1))
            output.suspend()
        with ResumableOutput(target, {"of": "one"}, _silent) as output:
            output.begin()
            monkeypatch.setattr(output, "_records", _FullDisk())
            with pytest.raises(OSError, match="No space left"):
                output.write(batch(b""), result_of(b"2\n" * 9_999), tally_of(2, line=2))
        with ResumableOutput(target, {"of": "one"}, _silent) as output:
            assert output.begin() == tally_of(1, line=1)

    def test_two_at_once_are_refused(self, tmp_path: Path) -> None:
        target = tmp_path / "out.jsonl"
        with (
            ResumableOutput(target, {}, _silent),
            pytest.raises(Locked),
            ResumableOutput(target, {}, _silent),
        ):
            pass
        with ResumableOutput(target, {}, _silent) as output:
            output.begin()

    def test_a_stream_takes_records_and_tells_rejects(self) -> None:
        stream, messages = io.BytesIO(), list[str]()
        result = BatchNormalizer(OPTIONS)(batch(b"{\n"))
        sink = StreamOutput(stream, messages.append)
        sink.write(batch(b""), attrs.evolve(result, records=b"1\n"), Tally())
        assert stream.getvalue() == b"1\n"
        assert len(messages) == 1
        assert messages[0].startswith("in.jsonl:1: not JSON: ")


class TestIdentity:
    def test_it_changes_with_content_name_options_and_compression(self, tmp_path: Path) -> None:
        one, two = tmp_path / "one", tmp_path / "two"
        one.write_bytes(b"1\n")
        two.write_bytes(b"1\n")
        told = [
            identity([str(one)], OPTIONS, compress=False),
            identity([str(one)], OPTIONS, compress=True),
            identity([str(one)], Options(target="fr"), compress=False),
            identity([str(one), str(two)], OPTIONS, compress=False),
            identity([str(two)], OPTIONS, compress=False),
        ]
        one.write_bytes(b"2\n")
        told.append(identity([str(one)], OPTIONS, compress=False))
        assert all(a != b for a, b in itertools.combinations(told, 2))
        assert told[-1] == identity([str(one)], OPTIONS, compress=False)

    def test_what_is_read_once_has_none(self, tmp_path: Path) -> None:
        path = tmp_path / "one"
        path.write_bytes(b"1\n")
        assert identity(["-"], OPTIONS, compress=False) is None
        assert identity([str(path), "/dev/null"], OPTIONS, compress=False) is None


class _FullDisk(io.BytesIO):
    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def _silent(_: str) -> None:
    """Takes messages that a test does not look at."""


def _interrupt(_: Path) -> None:
    raise KeyboardInterrupt
