"""Running `scrapy` as a user does: a process of its own, whatever the caller's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs

from normalize.model import Record

ROOT = Path(__file__).resolve().parents[1]
GOOD = Record(
    id="demo:good", source="demo", position=1, title="جيد", content_hash="0" * 32
).to_json_line()
QUICK: Mapping[str, str] = {
    "SPIDER_MODULES": "tests.crawl_spiders",
    "NORMALIZER": "tests.crawl_spiders.PlainNormalizer",
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "0",
    "RETRY_TIMES": "1",
    "DOWNLOAD_TIMEOUT": "20",
}


@attrs.frozen(kw_only=True)
class Ended:
    """A crawl that has ended, and what it left."""

    code: int
    out: str
    err: str
    feed: str | None
    withheld: str | None
    temporaries: tuple[str, ...]

    @property
    def summary(self) -> str:
        return self.err.splitlines()[-1]

    @property
    def outcome(self) -> str:
        return self.summary.removeprefix("demo: ").partition(",")[0]


def environment() -> dict[str, str]:
    """The caller's, without what changes how Python or Scrapy behave."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SCRAPY", "PYTHON", "COV"))}
    return kept | {"PYTHONPATH": str(ROOT)}


def command(*args: str, settings: Mapping[str, str] | None = None) -> list[str]:
    """The command line of ``scrapy`` with those settings."""
    told = [part for name, value in (settings or {}).items() for part in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", "scrapy", *args, *told]


def scrapy(
    *args: str, cwd: Path = ROOT, stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run ``scrapy`` to its end."""
    return subprocess.run(
        command(*args),
        cwd=cwd,
        env=environment(),
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


def start(*args: str, **settings: str) -> subprocess.Popen[str]:
    """Start ``scrapy crawl demo`` with quick settings; its log goes to a pipe."""
    return subprocess.Popen(
        command("crawl", "demo", *args, settings={**QUICK, **settings}),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finish(process: subprocess.Popen[str], folder: Path) -> Ended:
    """Wait for a crawl and gather what it left in ``folder``."""
    out, err = process.communicate(timeout=60)
    return Ended(
        code=process.returncode,
        out=out,
        err=err,
        feed=_text(folder / "feed.jsonl"),
        withheld=_text(folder / "feed.jsonl.withheld"),
        temporaries=tuple(p.name for p in folder.glob(".*.tmp")),
    )


def crawl(folder: Path, *args: str, flag: str = "-O", **settings: str) -> Ended:
    """Crawl to ``folder/feed.jsonl`` to the end."""
    process = start(*args, flag, str(folder / "feed.jsonl"), **settings)
    return finish(process, folder)


def _text(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8") if path.exists() else None
