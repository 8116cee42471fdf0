"""The note beside an unfinished output that says how far it is, and of which run it is."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import cattrs

from normalize.model import SCHEMA_VERSION
from scraper.atomic import atomic_writer
from scraper.bulk.options import Options
from scraper.bulk.sinks import Tally
from scraper.commands import STDIN

_FORMAT = 1
_HEAD = 64 * 2**10
"""Bytes of an input file that are hashed."""


@attrs.frozen(kw_only=True)
class Checkpoint:
    """State of an unfinished output."""

    identity: Mapping[str, Any] = attrs.field(factory=dict)
    """What must be equal for a run to be gone on with, see `identity`."""

    tally: Tally = attrs.field(factory=Tally)
    """How far the run was."""

    records_size: int = 0
    """Bytes of the records written up to there; what follows them is not whole."""

    rejects_size: int = 0
    """Bytes of the rejects written up to there."""

    complete: bool = False
    """Whether all was written, and only the files' places are still to be taken."""

    def save(self, path: Path) -> None:
        """Write it, whole or not at all, durably."""
        with atomic_writer(path) as file:
            json.dump(attrs.asdict(self), file, ensure_ascii=False)

    @classmethod
    def load(cls, path: Path) -> Checkpoint | None:
        """Read it; None where there is none, or none of this version."""
        try:
            data = json.loads(path.read_bytes())
            return cattrs.structure(data, cls)
        except (FileNotFoundError, ValueError, cattrs.BaseValidationError):
            return None


def identity(
    names: Sequence[str],
    options: Options,
    *,
    compress: bool,
    models: Sequence[str] = (),
    state: str | None = None,
) -> dict[str, Any] | None:
    """Describe a run by all that its output depends on.

    Args:
        names: of the input files.
        options: of the normaliser.
        compress: whether the output is compressed.
        models: names of the translation models that it may use.
        state: file in which it remembers duplicates.

    Returns:
        None where the input can be read only once (standard input, a pipe).

    Raises:
        OSError: a file cannot be read.
    """
    if any(name == STDIN or not stat.S_ISREG(Path(name).stat().st_mode) for name in names):
        return None
    return {
        "format": _FORMAT,
        "schema_version": SCHEMA_VERSION,
        "options": options.to_dict(),
        "compress": compress,
        "models": list(models),
        "state": state and str(Path(state).resolve()),
        "inputs": [_fingerprint(Path(name)) for name in names],
    }


def _fingerprint(path: Path) -> dict[str, Any]:
    found = path.stat()
    with path.open("rb") as file:
        head = hashlib.blake2b(file.read(_HEAD), digest_size=16).hexdigest()
    return {
        "path": str(path.resolve()),
        "size": found.st_size,
        "modified_ns": found.st_mtime_ns,
        "head": head,
    }
