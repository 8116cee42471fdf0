"""Translation packages for tests: sound ones, and archives with one thing wrong."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

MODELS = Path(__file__).resolve().parents[1] / "fixtures" / "models"
COPY = MODELS / "test" / "copy.argosmodel"


@cache
def members() -> Mapping[str, bytes]:
    """The files of the copying package, by their names below its root directory."""
    with zipfile.ZipFile(COPY) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def metadata(**changed: object) -> bytes:
    """The metadata of the copying package, with other values."""
    return json.dumps(json.loads(members()["metadata.json"]) | changed).encode()


def archive(
    path: Path,
    changed: Mapping[str, bytes] | None = None,
    *,
    without: str = "",
    extra: Mapping[str | zipfile.ZipInfo, bytes] | None = None,
) -> Path:
    """Write the copying package with some files changed, left out or added (with full names)."""
    content = {
        name: data
        for name, data in {**members(), **(changed or {})}.items()
        if not without or not name.startswith(without)
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for name, data in content.items():
            out.writestr(f"xx_yy/{name}", data)
        for member, data in (extra or {}).items():
            out.writestr(member, data)
    return path


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []
