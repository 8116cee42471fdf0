"""Runs that are ended from outside at random moments, and gone on with."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from tests import bulk_input, bulk_server
from tests.crawls import ROOT, command, environment
from tests.processes import answering_ctrl_c, wait_until

ENTRIES = 3_000
BROKEN_EVERY = 100
LEAST_GONE_ON = 3
KILLS = 20
SEED = 7


@attrs.frozen(kw_only=True)
class Paths:
    entries: Path
    records: Path

    @property
    def rejects(self) -> Path:
        return self.records.with_name(f"{self.records.name}.rejects.jsonl")

    @property
    def partial(self) -> Path:
        return self.records.with_name(f".{self.records.name}.partial")

    @property
    def args(self) -> list[str]:
        return ["normalize", str(self.entries), "-o", str(self.records), "--to", "none"]

    def check_kept(self, expected: bytes) -> int:
        """See that what a killed run left can be gone on with; return how many records."""
        try:
            checkpoint = json.loads((self.partial / "checkpoint.json").read_bytes())
        except FileNotFoundError:
            return 0
        kept = (self.partial / "records").read_bytes()[: checkpoint["records_size"]]
        assert len(kept) == checkpoint["records_size"]
        assert expected.startswith(kept)
        assert kept.count(b"\n") == checkpoint["tally"]["records"]
        return kept.count(b"\n")


@attrs.frozen(kw_only=True)
class Server:
    """See `bulk_server`."""

    process: subprocess.Popen[str]
    messages: Path

    def run(self, args: list[str], *, kill_after: float | None = None) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps([args, kill_after])}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    messages = tmp_path_factory.mktemp("server") / "messages"
    process = subprocess.Popen(
        [sys.executable, bulk_server.__file__, str(messages)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    with process:
        yield Server(process=process, messages=messages)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Paths:
    """Input with 30 lines that are no entries, and the output of a run that nothing ended."""
    directory = tmp_path_factory.mktemp("whole")
    paths = Paths(
        entries=bulk_input.write(directory / "in.jsonl", ENTRIES, broken_every=BROKEN_EVERY),
        records=directory / "whole.jsonl",
    )
    assert server.run([*paths.args, "--workers", "1"]) == 1
    ids = [json.loads(line)["id"] for line in paths.records.read_bytes().splitlines()]
    assert ids == [f"demo:{number}" for number in range(ENTRIES)]
    rejected = [json.loads(line)["line"] for line in paths.rejects.read_bytes().splitlines()]
    assert rejected == [101 * k for k in range(1, 31)]
    return paths


def test_twenty_kills_lose_double_and_tear_nothing(
    tmp_path: Path, whole: Paths, server: Server
) -> None:
    chance = random.Random(SEED)  # noqa: S311  reproducible on purpose
    paths = Paths(entries=whole.entries, records=tmp_path / "out.jsonl")
    expected = whole.records.read_bytes()
    args = [*paths.args, "--workers", "1"]
    kills = gone_on = 0
    longest = 0.9  # seconds; more where a slow machine writes nothing in that time
    while kills < KILLS or gone_on < LEAST_GONE_ON:
        kept = paths.check_kept(expected)
        code = server.run(args, kill_after=chance.uniform(0.0, longest))
        assert code in (-signal.SIGKILL, 1)
        kills += code == -signal.SIGKILL
        if code == 1 or paths.records.exists():
            check_equal(paths, whole)
            paths.records.unlink()
        gone_on += kept > 0
        longest *= 1 if kept else 1.1
    print(f"seed {SEED}: {kills} kills, {gone_on} runs went on from an earlier one")  # noqa: T201
    assert server.run(args) == 1
    check_equal(paths, whole)
    assert not paths.partial.exists()


def test_a_killed_run_with_workers_is_gone_on_with(tmp_path: Path, whole: Paths) -> None:
    chance = random.Random(SEED)  # noqa: S311  reproducible on purpose
    paths = Paths(entries=whole.entries, records=tmp_path / "out.jsonl")
    with started(paths) as process:
        wait_for_growth(paths, process)
        time.sleep(chance.uniform(0.0, 0.4))
        process.kill()
    wait_until(lambda: not session(process.pid))
    assert process.returncode == -signal.SIGKILL
    paths.check_kept(whole.records.read_bytes())
    assert finish(paths) == 1
    check_equal(paths, whole)


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_all_processes_keeps_what_is_done(
    tmp_path: Path, whole: Paths, signum: int, code: int
) -> None:
    paths = Paths(entries=whole.entries, records=tmp_path / "out.jsonl")
    with started(paths) as process:
        wait_for_growth(paths, process)
        os.killpg(process.pid, signum)
        _, messages = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Traceback" not in messages
    assert messages.splitlines()[-1].startswith(f"stopped by {signal.Signals(signum).name}: ")
    assert "the same command goes on from there" in messages
    assert not paths.records.exists()
    assert paths.check_kept(whole.records.read_bytes()) > 0
    wait_until(lambda: not session(process.pid))


def test_a_worker_that_is_killed_ends_the_run_resumably(tmp_path: Path, whole: Paths) -> None:
    paths = Paths(entries=whole.entries, records=tmp_path / "out.jsonl")
    with started(paths) as process:
        wait_for_growth(paths, process)
        os.kill(workers_of(process.pid)[0], signal.SIGKILL)
        _, messages = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "a worker was killed by signal 9 (out of memory?" in messages
    assert f"{paths.entries}, lines " in messages
    wait_until(lambda: not session(process.pid))
    assert "the same command goes on from there" in messages
    assert finish(paths) == 1
    check_equal(paths, whole)


def check_equal(paths: Paths, whole: Paths) -> None:
    assert paths.records.read_bytes() == whole.records.read_bytes()
    assert paths.rejects.read_bytes() == whole.rejects.read_bytes()


def started(paths: Paths) -> subprocess.Popen[str]:
    with answering_ctrl_c():
        return subprocess.Popen(
            command(*paths.args, "--workers", "2"),
            env=environment(),
            cwd=ROOT,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )


def finish(paths: Paths) -> int:
    done = subprocess.run(
        command(*paths.args, "--workers", "2"),
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return done.returncode


def wait_for_growth(paths: Paths, process: subprocess.Popen[str]) -> None:
    """Wait until workers have sent something, which is long before they are done."""
    records = paths.partial / "records"
    wait_until(lambda: records.exists() and records.stat().st_size, process)


def session(leader: int) -> list[int]:
    """Processes of a session that have not ended."""
    members = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # ended meanwhile
            state, _, _, of, *_ = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(of) == leader and state != "Z":
                members.append(int(path.parent.name))
    return members


def workers_of(leader: int) -> list[int]:
    """Processes that the fork server has forked: grandchildren of the command."""
    return [pid for child in children(leader) for pid in children(child)]


def children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in told.split()]
