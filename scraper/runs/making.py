"""What records are made with: where it has changed, unchanged pages are to be read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
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


def was_made_so(memory: Path, now: str) -> bool:
    """Whether the last good run of a source made its records as they are made now.

    Args:
        memory: the source's memory of the normaliser, beside which it is noted.
        now: of `making`.
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
