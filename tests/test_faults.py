"""Whatever a site or this machine does to a crawl: its outcome is right and the feed is whole."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.crawls import GOOD, QUICK, ROOT, command, environment
from tests.jsonl import objects
from tests.site import Site, refused_port

SETTINGS = {
    **QUICK,
    "SPIDER_MODULES": "tests.run_spiders",
    "RETRY_TIMES": "2",
    "DOWNLOAD_MAXSIZE": "4000000",
    "DOWNLOAD_TIMEOUT": "20",
    "TWISTED_DNS_RESOLVER": "tests.run_spiders.Resolver",
}
PUBLISHED = "published"
KEPT = "kept"
NEW_LAYOUT = f"<!DOCTYPE html><title>New</title><h1>All new</h1>{'<p>Some words. </p>' * 40}"
CHALLENGE = "<!DOCTYPE html><title>Just a moment...</title><p>Checking your browser</p>"
LOGIN = "<!DOCTYPE html><title>Log in</title><form><input type=password name=word></form>"
EMPTY = "<!DOCTYPE html><title>النشرة</title><main><ul class=nothing></ul></main>"
RAISING = '{"tests.crawl_spiders.RaisingPipeline": 250}'


@attrs.frozen
class Fault:
    """What goes wrong, and how the crawl has to end.

    ``told`` stands in the summary. ``requests`` counts those of the site for the path; None where
    their number does not matter.
    """

    outcome: str
    code: int
    feed: str
    path: str = "list"
    base: str = "site"
    told: str = ""
    requests: int | None = None
    args: tuple[str, ...] = ()
    settings: Mapping[str, str] = attrs.field(factory=dict)
    run_dir: str = ""
    limit: int = 0


FAULTS = {
    "none": Fault("ok", 0, PUBLISHED, requests=1),
    "name that does not resolve": Fault(
        "http", 3, KEPT, base="nowhere",
        told="http://nowhere.invalid cannot be reached: no address is known for its name (",
    ),
    "refused": Fault(
        "http", 3, KEPT, base="refused", told=" cannot be reached: the connection was refused ("
    ),
    "reset in mid-body": Fault("http", 3, KEPT, "reset", requests=3),
    "slow body without an end": Fault(
        "http", 3, KEPT, "slow",
        told="/slow could not be fetched: it took too long (http/failures/DownloadTimeoutError=1)",
        settings={"DOWNLOAD_TIMEOUT": "4", "RETRY_TIMES": "0"},
    ),
    "slow headers without an end": Fault(
        "http", 3, KEPT, "drip", told="http/failures/DownloadTimeoutError=1",
        settings={"DOWNLOAD_TIMEOUT": "4", "RETRY_TIMES": "0"},
    ),
    "404": Fault(
        "http", 3, KEPT, "missing", told="/missing answered HTTP 404 (http/errors/404=1)",
        requests=1,
    ),
    "403": Fault("blocked", 3, KEPT, "forbidden", told="http/errors/403=1", requests=1),
    "429, seconds": Fault("ok", 0, PUBLISHED, "busy?after=1", requests=2),
    "429, date": Fault("ok", 0, PUBLISHED, "busy?after=date:2", requests=2),
    "503 that names a time": Fault(
        "ok", 0, PUBLISHED, "busy?after=1&status=503&times=2", requests=3
    ),
    "429, tomorrow": Fault(
        "blocked", 3, KEPT, "busy?after=86400", told="http/errors/429=1", requests=1
    ),
    "429, past the end of the run": Fault(
        "blocked", 3, KEPT, "busy?after=30", requests=1, settings={"CLOSESPIDER_TIMEOUT": "25"}
    ),
    "500 once": Fault("ok", 0, PUBLISHED, "busy?status=500", requests=2),
    "503 for ever": Fault("http", 3, KEPT, "busy?status=503&after=&times=99", requests=3),
    "redirect loop": Fault("http", 3, KEPT, "loop", told="http/errors/302=1"),
    "redirect to another host": Fault(
        "http", 3, KEPT, "redirect?host=localhost", told="http/redirect_refused=1", requests=1
    ),
    "redirect to a host of the source": Fault(
        "ok", 0, PUBLISHED, "redirect?host=localhost", args=("-a", "hosts=localhost")
    ),
    "redirect to the cloud's metadata": Fault(
        "http", 3, KEPT, "redirect?host=169.254.169.254", told="http/redirect_refused=1"
    ),
    "redirect to a name with a private address": Fault(
        "http", 3, KEPT, "redirect?host=below.bulletin.example", told="http/address_refused="
    ),
    "the same, allowed by the source": Fault(
        "ok", 0, PUBLISHED, "redirect?host=below.bulletin.example",
        args=("-a", "hosts=below.bulletin.example"),
    ),
    "the same, allowed by a setting": Fault(
        "ok", 0, PUBLISHED, "redirect?host=below.bulletin.example",
        settings={"PRIVATE_ADDRESSES": "1"},
    ),
    "the site itself at a private address": Fault(
        "http", 3, KEPT, base="home", told="http/address_refused="
    ),
    "a copy of the site at a name with one": Fault("ok", 0, PUBLISHED, base="named"),
    "robots.txt disallows": Fault(
        "blocked", 3, KEPT, base="strict", requests=0,
        told="/list is forbidden by the site's robots.txt (robotstxt/forbidden=1)",
    ),
    "robots.txt 500": Fault(
        "http", 3, KEPT, base="down", requests=0,
        told="/robots.txt answered HTTP 500: nothing of the site may be fetched (",
    ),
    "wrong charset": Fault("ok", 0, PUBLISHED, "mislabelled"),
    "announced length too long": Fault("http", 3, KEPT, "short", requests=3),
    "announced length too short": Fault(
        "http", 3, KEPT, "cut?n=20", told="http/broken_off=1", requests=1
    ),
    "gzip bomb": Fault("http", 3, KEPT, "bomb", told="http/failures/BodyTooLarge=1", requests=1),
    "no gzip": Fault("http", 3, KEPT, "not_gzip", told="/not_gzip cannot be unpacked: "),
    "3 GB": Fault("http", 3, KEPT, "huge", told="http/failures/DownloadCancelledError=1"),
    "empty list": Fault("empty", 3, KEPT, base="empty"),
    "empty list, and it may be": Fault(
        "ok", 0, PUBLISHED, base="empty", args=("-a", "allow_empty=true")
    ),
    "half the usual list": Fault("bounds", 3, KEPT, "list?n=5", args=("-a", "minimum=8")),
    "second page gone": Fault("http", 3, KEPT, "list?next=/missing", told="http/errors/404=1"),
    "layout changed": Fault("layout", 3, KEPT, base="new_layout", told="/list"),
    "challenge page": Fault("blocked", 3, KEPT, base="challenge", told="/list"),
    "login page": Fault("blocked", 3, KEPT, base="login", told="/list"),
    "callback raises": Fault(
        "crash", 1, KEPT, args=("-a", "fault=raise"), told=" (spider_exceptions/count=1"
    ),
    "pipeline raises": Fault("crash", 1, KEPT, settings={"ITEM_PIPELINES": RAISING}),
    "run directory on a full disk": Fault(
        "crash", 1, KEPT, told="run/write_errors=1", run_dir="full"
    ),
    "disk full after some lines": Fault("crash", 1, KEPT, "list?n=300", limit=16),
    "run directory read-only": Fault("crash", 1, KEPT, run_dir="read-only"),
}  # fmt: skip


@attrs.frozen(kw_only=True)
class End:
    """A crawl that has ended, and what it left."""

    code: int
    err: str
    feed: bytes
    memory: int
    """Most that it held, in bytes."""

    directory: Path

    @property
    def summary(self) -> str:
        return next(line for line in self.err.splitlines() if line.startswith("bulletin: "))

    def stats(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.directory / "stats.json").read_text("utf-8"))
        return told

    def lines(self, name: str) -> list[dict[str, Any]]:
        text = (self.directory / name).read_bytes().decode("utf-8")
        assert text.endswith("\n") or not text
        return objects(text)


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Site]]:
    """A site for every row: rows run side by side, and requests are counted."""
    kinds = {
        "strict": {"robots": "User-agent: *\nDisallow: /\n"}, "down": {"robots": 500},
        "empty": {"page": EMPTY}, "new_layout": {"page": NEW_LAYOUT},
        "challenge": {"page": CHALLENGE}, "login": {"page": LOGIN},
    }  # fmt: skip
    with ExitStack() as stack:
        built = {name: Site(**kinds.get(fault.base, {})) for name, fault in FAULTS.items()}  # type: ignore[arg-type]  # values of both types
        for name, site in built.items():
            if FAULTS[name].base in ("empty", "new_layout", "challenge", "login"):
                site.pages["/list"] = str(site.page)
        yield {name: stack.enter_context(site.running()) for name, site in built.items()}


@pytest.fixture(scope="module")
def ended(
    sites: Mapping[str, Site], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[End]]]:
    """All the crawls, several at a time: each is a process and mostly starting up."""
    with ThreadPoolExecutor(3) as pool:
        yield {
            name: pool.submit(crawl, fault, sites[name], tmp_path_factory.mktemp("fault"))
            for name, fault in FAULTS.items()
        }


def crawl(fault: Fault, site: Site, folder: Path) -> End:
    """Crawl in a process of its own, to its end."""
    (folder / "feed.jsonl").write_text(GOOD, encoding="utf-8")
    directory = run_directory(folder, fault.run_dir)
    told = command(
        "crawl", "bulletin", *base_of(fault, site), "-a", f"path={fault.path}", *fault.args,
        "-O", str(folder / "feed.jsonl"),
        settings={**SETTINGS, **fault.settings, "RUN_DIR": str(directory)},
    )  # fmt: skip
    if fault.limit:
        # In blocks of 512 bytes: the nearest thing to a disk that fills up.
        told = ["sh", "-c", f'ulimit -f {fault.limit}; exec "$@"', "sh", *told]
    with subprocess.Popen(told, cwd=ROOT, env=environment(), stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        err = process.stderr.read().decode("utf-8")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return End(
        code=process.returncode,
        err=err,
        feed=(folder / "feed.jsonl").read_bytes(),
        memory=usage.ru_maxrss * 1024,
        directory=directory,
    )


def base_of(fault: Fault, site: Site) -> tuple[str, ...]:
    bases = {
        "nowhere": "http://nowhere.invalid",
        "refused": f"http://127.0.0.1:{refused_port()}",
        "named": site.base.replace("127.0.0.1", "copy.bulletin.example"),
    }
    return () if fault.base == "home" else ("-a", f"base={bases.get(fault.base, site.base)}")


def run_directory(folder: Path, kind: str) -> Path:
    directory = folder / "run"
    if kind == "read-only":
        return Path("/proc/self/run")
    directory.mkdir()
    if kind == "full":
        (directory / "entries.jsonl").symlink_to("/dev/full")
    return directory


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, ended: Mapping[str, Future[End]], sites: Mapping[str, Site]) -> None:
    fault, end = FAULTS[name], ended[name].result()
    assert end.summary.startswith(f"bulletin: {fault.outcome}, "), end.err
    assert end.code == fault.code
    assert fault.told in end.summary
    if fault.feed == KEPT:
        assert end.feed.decode("utf-8") == GOOD
    else:
        ids = [json.loads(line)["id"] for line in end.feed.splitlines()]
        assert ids == ([] if fault.base == "empty" else ["bulletin:0", "bulletin:1", "bulletin:2"])
        assert end.feed.endswith(b"\n") or not ids
    if fault.requests is not None:
        path = f"/{fault.path.partition('?')[0]}"
        assert sites[name].hits[path] == fault.requests


@pytest.mark.parametrize("name", [n for n, f in FAULTS.items() if f.run_dir != "read-only"])
def test_the_run_directory_tells_the_same(name: str, ended: Mapping[str, Future[End]]) -> None:
    fault, end = FAULTS[name], ended[name].result()
    stats = end.stats()
    assert stats["outcome"] == fault.outcome
    assert stats["told"] in end.summary
    assert stats["finish_reason"]
    entries = 0 if fault.run_dir == "full" else len(end.lines("entries.jsonl"))
    if "run/write_errors" not in stats:
        assert entries >= stats.get("item_scraped_count", 0)
    if fault.feed == PUBLISHED:
        pages = end.lines("pages.jsonl")
        assert [page["status"] for page in pages] == [200]


def test_a_directory_that_cannot_be_written_makes_no_request(sites: Mapping[str, Site]) -> None:
    assert sites["run directory read-only"].hits == {}


@pytest.mark.parametrize("name", ["429, seconds", "429, date", "503 that names a time"])
def test_retry_after_is_obeyed(
    name: str, ended: Mapping[str, Future[End]], sites: Mapping[str, Site]
) -> None:
    ended[name].result()
    asked = [when for path, when, _ in sites[name].answers if path.startswith("/busy")]
    # A date is in whole seconds: of two, one and a part may be left.
    assert min(later - earlier for earlier, later in pairwise(asked)) >= 0.9


@pytest.mark.parametrize(
    "name",
    [
        "redirect to another host", "redirect to the cloud's metadata",
        "redirect to a name with a private address", "the site itself at a private address",
    ],
)  # fmt: skip
def test_what_is_refused_is_not_asked_for(
    name: str, ended: Mapping[str, Future[End]], sites: Mapping[str, Site]
) -> None:
    ended[name].result()
    assert sites[name].hits["/list"] == 0


@pytest.mark.parametrize("name", ["gzip bomb", "3 GB"])
def test_memory_is_bounded(name: str, ended: Mapping[str, Future[End]]) -> None:
    usual = ended["none"].result().memory
    assert ended[name].result().memory < usual + 60_000_000


def test_a_wrong_charset_is_read_right(ended: Mapping[str, Future[End]]) -> None:
    first = json.loads(ended["wrong charset"].result().feed.splitlines()[0])
    assert first["title"] == "عنوان رقم 0"


@pytest.mark.parametrize(
    "name",
    [
        "404", "403", "429, tomorrow", "503 for ever", "redirect loop", "redirect to another host",
        "redirect to a name with a private address", "announced length too short", "gzip bomb",
        "empty list", "layout changed", "challenge page", "login page", "robots.txt 500",
    ],
)  # fmt: skip
def test_what_a_site_does_is_no_traceback(name: str, ended: Mapping[str, Future[End]]) -> None:
    assert "Traceback" not in ended[name].result().err
