"""What records are made with: where it has changed, unchanged pages are to be read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from normalize.translate.packages import installed, models_directory
from scraper.atomic import atomic_writer

SUFFIX = ".made"


def making(target: Sequence[str], models_dir: str | None) -> str:
    """The program's version, the languages wanted, the translation packages there are."""
    packages = installed(models_directory(models_dir)) if target else []
    pairs = sorted(f"{one.from_code}-{one.to_code} {one.version}" for one in packages)
    return json.dumps({"version": version("khulasa"), "to": [*target], "packages": pairs})


def making_of(
    every: str, *, args: Mapping[str, str], settings: Mapping[str, str], since: str | None
) -> str:
    """How one source's records are made: as all are, and as its crawl is asked to.

    What it is asked stands there as a hash: settings may be secret.

    Args:
        every: of `making`.
        args: of the spider.
        settings: of the crawl.
        since: day before which new entries are left out.
    """
    asked = json.dumps([dict(args), dict(settings), since], sort_keys=True)
    return f"{every}\n{hashlib.sha256(asked.encode()).hexdigest()}\n"


def was_made_so(memory: Path, now: str) -> bool:
    """Whether the last good run of a source made its records as they are made now.

    Args:
        memory: the source's memory of the normaliser, beside which it is noted.
        now: of `making_of`.
    """
    try:
        return memory.with_suffix(SUFFIX).read_text(encoding="utf-8") == now
    except FileNotFoundError:
        return False


def note_making(memory: Path, now: str) -> None:
    """Note how a good run made its records.

    Raises:
        OSError: it cannot be written.
    """
    if not was_made_so(memory, now):
        with atomic_writer(memory.with_suffix(SUFFIX)) as file:
            file.write(now)
