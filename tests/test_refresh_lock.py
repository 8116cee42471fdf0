"""Locks of sources: one holder, who can be named, and none that outlives its process."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.runs import lock
from scraper.runs.faults import LocksBusy
from scraper.runs.lock import Holder, SourceLocks
from tests.crawls import ROOT, environment

NOW = datetime(2026, 11, 21, 6, 35, tzinfo=UTC)
HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from scraper.runs.lock import SourceLocks
locks = SourceLocks(Path(sys.argv[1]), now=datetime(2026, 11, 21, 5, 0, tzinfo=UTC))
held, refused = locks.acquire(sys.argv[2:])
print(len(held), flush=True)
sys.stdin.read()
"""


def hold(folder: Path, *sources: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), *sources],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_a_free_lock_is_taken_and_says_who_has_it(tmp_path: Path) -> None:
    with SourceLocks(tmp_path, now=NOW) as locks:
        assert locks.acquire(["a", "b"]) == (("a", "b"), {})
        other = SourceLocks(tmp_path, now=NOW)
        held, refused = other.acquire(["b", "c"])
        assert held == ("c",)
        assert refused == {"b": Holder(pid=os.getpid(), since="2026-11-21T06:35:00+00:00")}
        other.release()
    assert SourceLocks(tmp_path, now=NOW).acquire(["a"]) == (("a",), {})


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with hold(tmp_path, "a") as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "1\n"
        _, refused = SourceLocks(tmp_path, now=NOW).acquire(["a"])
        assert refused == {"a": Holder(pid=holder.pid, since="2026-11-21T05:00:00+00:00")}
        holder.kill()
        holder.wait()
        assert SourceLocks(tmp_path, now=NOW).acquire(["a"]) == (("a",), {})


def test_of_twenty_at_once_one_gets_all(tmp_path: Path) -> None:
    sources = [f"source-{n}" for n in range(10)]
    locks = [SourceLocks(tmp_path, now=NOW) for _ in range(20)]
    counts = sorted(len(one.acquire(sources)[0]) for one in locks)
    assert counts == [0] * 19 + [10]


def test_processes_started_meanwhile_do_not_inherit_the_lock(tmp_path: Path) -> None:
    with SourceLocks(tmp_path, now=NOW) as locks:
        locks.acquire(["a"])
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with child:
        assert SourceLocks(tmp_path, now=NOW).acquire(["a"]) == (("a",), {})
        child.kill()


def test_the_gate_is_not_waited_at_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "GATE_SECONDS", 0.1)
    with (tmp_path / lock.GATE).open("w", encoding="utf-8") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        gate.write('{"pid": 4711, "since": "2026-11-21T05:00:00+00:00"}')
        gate.flush()
        with pytest.raises(
            LocksBusy, match=r"0\.1 s .*\.gate is locked by process 4711, since 2026"
        ):
            SourceLocks(tmp_path, now=NOW).acquire(["a"])
    assert SourceLocks(tmp_path, now=NOW).acquire(["a"]) == (("a",), {})


def test_a_lock_that_cannot_be_taken_keeps_no_other_source(tmp_path: Path) -> None:
    (tmp_path / "a.lock").mkdir()
    with SourceLocks(tmp_path, now=NOW) as locks:
        assert locks.acquire(["a", "b"]) == (("b",), {})
        assert locks.unusable.keys() == {"a"}
        assert "its lock cannot be taken: [Errno 21] Is a directory" in locks.unusable["a"]


def test_a_file_that_says_nothing_is_an_unknown_holder(tmp_path: Path) -> None:
    with SourceLocks(tmp_path, now=NOW) as locks:
        locks.acquire(["a"])
        (tmp_path / "a.lock").write_text("{", encoding="utf-8")
        _, refused = SourceLocks(tmp_path, now=NOW).acquire(["a"])
        assert str(refused["a"]) == "process unknown, since unknown"
