"""Running ``scrapy refresh`` as cron does, on copies of sites on loopback."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from tests.crawls import QUICK, ROOT, command, environment

SETTINGS = {**QUICK, "SPIDER_MODULES": "tests.run_spiders", "RETRY_TIMES": "0"}
CLOCK_FIELDS = ("fetched_at", "first_seen", "last_seen")


@attrs.frozen(kw_only=True)
class Ended:
    """A refresh that has ended, and what it said."""

    code: int
    out: str
    err: str

    def outcome(self, source: str) -> str:
        """What its summary line says of a source."""
        (line,) = (line for line in self.err.splitlines() if line.startswith(f"{source}: "))
        return line.removeprefix(f"{source}: ").partition(",")[0]


@attrs.frozen
class Output:
    """An output directory, as a consumer reads it."""

    root: Path

    def start(self, *args: str, settings: Mapping[str, str] = SETTINGS) -> subprocess.Popen[str]:
        """Start a refresh into it."""
        return subprocess.Popen(
            command("refresh", "--out", str(self.root), *args, settings=settings),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def refresh(self, *args: str, settings: Mapping[str, str] = SETTINGS) -> Ended:
        """Refresh into it, to the end."""
        return ended(self.start(*args, settings=settings))

    def feed(self, source: str | None = None) -> bytes:
        """A feed's bytes."""
        folder = self.root if source is None else self.root / "sources" / source
        return (folder / "feed.jsonl").read_bytes()

    def ids(self, source: str | None = None) -> list[str]:
        """Ids of a feed's records, in their order."""
        return [json.loads(line)["id"] for line in self.feed(source).splitlines()]

    def content(self, source: str) -> list[dict[str, Any]]:
        """A feed's records without what tells of the clock."""
        return [without_clock(json.loads(line)) for line in self.feed(source).splitlines()]

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        data: dict[str, Any] = json.loads((self.root / "manifest.json").read_text("utf-8"))
        return data

    def told(self, source: str) -> dict[str, Any]:
        """What the manifest says of a source."""
        sources = self.manifest["sources"]
        found: dict[str, Any] = sources[source]
        return found

    def published(self) -> dict[str, tuple[bytes, int]]:
        """All that consumers read but the manifest: bytes and inodes by path."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {
            name: (path.read_bytes(), path.stat().st_ino)
            for path in files
            if not (name := os.fspath(path.relative_to(self.root))).startswith("private")
            and name != "manifest.json"
        }


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a refresh."""
    out, err = process.communicate(timeout=120)
    return Ended(code=process.returncode, out=out, err=err)


def without_clock(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what differs from run to run."""
    return {name: value for name, value in record.items() if name not in CLOCK_FIELDS}


def config(folder: Path, sources: Sequence[Mapping[str, Any]], head: str = "") -> Path:
    """Write a ``refresh.toml`` with these sources; spiders are ``bulletin`` unless named."""
    lines = [head]
    for source in sources:
        table = {"spider": "bulletin", **source}
        args = ", ".join(f"{k} = {json.dumps(v)}" for k, v in table.pop("args", {}).items())
        lines += ["[[source]]", *(f"{k} = {json.dumps(v)}" for k, v in table.items())]
        lines += [f"args = {{ {args} }}"]
    path = folder / "refresh.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
