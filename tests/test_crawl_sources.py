"""The sources as a user crawls them: their own spiders, the real normaliser, local sites."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from scraper.validation import feed_problems
from tests.crawls import ROOT, command, environment
from tests.site import Site
from tools.snapshot_site import serve

SOURCES = ("aitopics", "huggingface_papers", "shamra_academia")
NEW_LAYOUT = f"<!DOCTYPE html><title>New</title><h1>All new</h1>{'<p>Some words. </p>' * 40}"
LOGIN = (
    "<!DOCTYPE html><title>Log in</title><form method=post action=/login>"
    "<input name=user><input type=password name=password></form>"
)
QUICK = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0"}

Ended = subprocess.CompletedProcess[str]


def crawl(source: str, base: str, feed: Path) -> Ended:
    return subprocess.run(
        command("crawl", source, "-a", f"base={base}", "-O", str(feed), settings=QUICK),
        cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8",
        timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


@pytest.fixture(scope="module")
def ended(folder: Path) -> Iterator[Mapping[str, Future[Ended]]]:
    with (
        serve() as bases,
        Site(page=NEW_LAYOUT).running() as changed,
        Site(page=LOGIN).running() as closed,
        ThreadPoolExecutor(3) as pool,
    ):
        jobs = {source: (source, bases[source]) for source in SOURCES}
        jobs |= {f"{source} changed": (source, changed.base) for source in SOURCES}
        jobs |= {"aitopics closed": ("aitopics", closed.base)}
        yield {
            name: pool.submit(crawl, source, base, folder / f"{name}.jsonl")
            for name, (source, base) in jobs.items()
        }


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_gives_a_valid_feed(
    source: str, ended: Mapping[str, Future[Ended]], folder: Path
) -> None:
    end = ended[source].result()
    assert end.returncode == 0, end.stderr
    lines = (folder / f"{source}.jsonl").read_bytes().splitlines(keepends=True)
    assert f"{source}: ok, {len(lines)} records in " in end.stderr
    assert len(lines) > 1
    assert list(feed_problems(lines)) == []


@pytest.mark.parametrize("source", SOURCES)
def test_a_new_layout_is_said_and_publishes_nothing(
    source: str, ended: Mapping[str, Future[Ended]], folder: Path
) -> None:
    end = ended[f"{source} changed"].result()
    assert end.returncode == 3
    assert end.stderr.splitlines()[-1].startswith(f"{source}: layout, 0 records in ")
    assert "Traceback" not in end.stderr
    assert not (folder / f"{source} changed.jsonl").exists()


def test_a_login_page_is_told_from_a_new_layout(ended: Mapping[str, Future[Ended]]) -> None:
    end = ended["aitopics closed"].result()
    assert end.returncode == 3
    assert end.stderr.splitlines()[-1].startswith("aitopics: blocked, 0 records in ")
