"""A refresh that is killed at any moment, and many at once: nothing is torn, lost or doubled."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from scraper.outcome import Outcome
from scraper.runs.state import State
from tests.refreshes import SETTINGS, Output, config, ended, without_clock
from tests.site import Site, page_of
from tools.snapshot_site import serve

SOURCES = ("aitopics", "huggingface_papers", "shamra_academia")
KILLS = 6
KILLS_IN_ONE_PLACE = 3
AT_ONCE = 8


@attrs.define
class Reader:
    """Reads feeds all the time, as consumers do, and notes what no consumer should see."""

    root: Path
    reads: int = 0
    problems: list[str] = attrs.field(factory=list)
    _sizes: dict[Path, int] = attrs.field(factory=dict)
    _end: threading.Event = attrs.field(factory=threading.Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read for the length of the block."""
        thread = threading.Thread(target=self._read)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()

    def _read(self) -> None:
        while not self._end.wait(0.002):
            for path in (self.root / "feed.jsonl", *self.root.glob("sources/*/feed.jsonl")):
                if path.exists():
                    self._look_at(path, path.read_bytes())

    def _look_at(self, path: Path, content: bytes) -> None:
        self.reads += 1
        if len(content) < self._sizes.get(path, 1):
            self.problems.append(f"{path.name} is shorter than before: {len(content)} bytes")
        if len(content) != self._sizes.get(path):
            self._sizes[path] = len(content)
            self.problems += [f"{path.name}: {problem}" for problem in problems(content)]


def problems(feed: bytes) -> Iterator[str]:
    """What is wrong with a feed's bytes."""
    if not feed.endswith(b"\n"):
        yield "the last line is not whole"
    ids = [json.loads(line)["id"] for line in feed.splitlines()]
    if len(ids) != len(set(ids)):
        yield "an entry is there twice"


def demo_arguments(bases: dict[str, str]) -> list[str]:
    told = [part for name, base in bases.items() for part in ("--base", f"{name}={base}")]
    return [*SOURCES, *told, "--jobs", "3"]


def combined(output: Output) -> list[dict[str, object]]:
    """The combined feed; the order of the sources in it is that of their ends."""
    records = [without_clock(json.loads(line)) for line in output.feed().splitlines()]
    return sorted(records, key=lambda record: str(record["id"]))


def test_after_kills_at_any_moment_the_feed_is_that_of_an_undisturbed_run(tmp_path: Path) -> None:
    moments = random.Random(6)  # noqa: S311  moments need not be secret
    with serve() as bases:
        arguments = demo_arguments(bases)
        undisturbed = Output(tmp_path / "undisturbed")
        begun = time.monotonic()
        assert undisturbed.refresh(*arguments, settings={}).code == 0
        seconds = time.monotonic() - begun
        expected = {source: undisturbed.content(source) for source in SOURCES}
        assert [len(expected[source]) for source in SOURCES] == [22, 6, 22]
        for place in range(0, KILLS, KILLS_IN_ONE_PLACE):
            output = Output(tmp_path / f"killed-{place}")
            reader = Reader(output.root)
            with reader.reading():
                for _ in range(KILLS_IN_ONE_PLACE):
                    process = output.start(*arguments, settings={})
                    # The first third is the start of Python.
                    time.sleep(moments.uniform(seconds / 3, seconds))
                    process.kill()
                    ended(process)
                end = output.refresh(*arguments, settings={})
            assert end.code == 0
            assert {source: output.content(source) for source in SOURCES} == expected
            assert combined(output) == combined(undisturbed)
            assert reader.problems == []
            assert reader.reads > 0
            # In the directories of killed runs there may be what they were writing.
            assert [name for name in output.published() if name.endswith(".tmp")] == []


class HeldPages(dict[str, str]):
    """Pages that are not answered before all may go on."""

    def __init__(self, pages: dict[str, str]) -> None:
        super().__init__(pages)
        self.asked = threading.Event()
        self.go_on = threading.Event()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]  # one of the forms of dict.get
        page = super().get(key, default)
        if page is not None:
            self.asked.set()
            self.go_on.wait(60)
        return page


@pytest.fixture
def held_site() -> Iterator[tuple[Site, HeldPages]]:
    with Site().running() as site:
        site.pages = pages = HeldPages({"/list": page_of("1", "2", "3")})
        yield site, pages
        pages.go_on.set()


def test_of_many_at_once_one_works(held_site: tuple[Site, HeldPages], tmp_path: Path) -> None:
    site, pages = held_site
    output = Output(tmp_path)
    arguments = ["bulletin", "--base", f"bulletin={site.base}"]
    # On a busy machine it may be long before all have looked.
    patient = {**SETTINGS, "DOWNLOAD_TIMEOUT": "90"}
    processes = [output.start(*arguments, settings=patient) for _ in range(AT_ONCE)]
    # The one that works cannot end before the others have looked.
    while sum(process.poll() is None for process in processes) > 1:
        time.sleep(0.05)
    assert pages.asked.wait(30)
    pages.go_on.set()
    ends = [(process.pid, ended(process)) for process in processes]

    odd = "\n".join(end.err for _, end in ends if end.code not in (0, 75))
    assert sorted(end.code for _, end in ends) == [0] + [75] * (AT_ONCE - 1), odd
    ((worker, _),) = ((pid, end) for pid, end in ends if end.code == 0)
    for _, end in ends:
        if end.code:
            assert f"another refresh is at work on it (process {worker}, since 20" in end.err
    assert output.ids() == ["bulletin:1", "bulletin:2", "bulletin:3"]
    assert len(list(output.root.glob("changes/*"))) == 1
    assert len(list(output.root.glob("private/runs/bulletin/*"))) == 1


def test_crawls_end_with_the_refresh_that_is_killed(
    held_site: tuple[Site, HeldPages], tmp_path: Path
) -> None:
    site, pages = held_site
    output = Output(tmp_path)
    arguments = ["bulletin", "--base", f"bulletin={site.base}"]
    process = output.start(*arguments)
    assert pages.asked.wait(60)
    process.kill()
    assert ended(process).code == -9
    (log,) = output.root.glob("private/runs/bulletin/*/log.txt")
    deadline = time.monotonic() + 30
    while "has gone: ending" not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    pages.go_on.set()
    assert output.refresh(*arguments).code == 0
    assert output.ids() == ["bulletin:1", "bulletin:2", "bulletin:3"]


def test_no_command_line_tells_what_a_source_is_given(
    held_site: tuple[Site, HeldPages], tmp_path: Path
) -> None:
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("there is no /proc here to read command lines from")
    site, pages = held_site
    pages["/list?s3cret"] = page_of("1")
    source = {"name": "bulletin", "args": {"base": site.base, "path": "list?s3cret"}}
    path = config(tmp_path, [source])
    text = path.read_text(encoding="utf-8") + 'settings = { FTP_PASSWORD = "s3cret" }\n'
    path.write_text(text, encoding="utf-8")
    process = Output(tmp_path / "out").start("--config", str(path))
    assert pages.asked.wait(60)
    lines = [read(path) for path in Path("/proc").glob("[0-9]*/cmdline")]
    pages.go_on.set()
    assert ended(process).code == 0
    assert any("scraper.runs.child" in line and "bulletin" in line for line in lines)
    assert not any("s3cret" in line for line in lines)
    (log,) = tmp_path.glob("out/private/runs/bulletin/*/log.txt")
    assert "s3cret" in log.read_text(encoding="utf-8")
    assert log.parent.stat().st_mode & 0o077 == 0


def read(path: Path) -> str:
    """A file of the kernel's; nothing where its process has gone."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_ctrl_c_ends_the_crawls_and_says_so(
    held_site: tuple[Site, HeldPages], tmp_path: Path
) -> None:
    site, pages = held_site
    output = Output(tmp_path)
    process = output.start("bulletin", "--base", f"bulletin={site.base}")
    assert pages.asked.wait(60)
    process.terminate()
    pages.go_on.set()
    end = ended(process)
    assert end.code == 143
    interrupted, stopped = end.err.splitlines()[-2:]
    assert interrupted.startswith("bulletin: interrupted, ")
    assert "; stopped by a signal; there is no good feed yet; see " in interrupted
    assert stopped == "stopped by SIGTERM; what was published stands"
    with State(output.root / "private" / "state.sqlite", read_only=True) as state:
        (row,) = state.history("bulletin")
    assert (row.outcome, row.told) == (Outcome.INTERRUPTED, "stopped by a signal")
    assert not (output.root / "feed.jsonl").exists()
