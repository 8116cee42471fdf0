"""Writing a new source into its project: all of its files, or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import attrs

from scraper.atomic import PendingFile
from scraper.scaffold.cases import Case
from scraper.split.source import Source


@attrs.frozen(kw_only=True)
class Place:
    """Where a source's files belong."""

    module: Path
    fixture: Path

    @property
    def taken(self) -> list[Path]:
        """What is there already."""
        return [path for path in (self.module, self.fixture) if path.exists()]


def write(place: Place, module: str, cases: Sequence[Case]) -> None:
    """Write the module and the fixture.

    Cases of the same name are replaced, others stay.

    Raises:
        OSError: it could not be written; nothing was.
    """
    place.fixture.parent.mkdir(parents=True, exist_ok=True)
    pending = PendingFile(place.module)
    try:
        with tempfile.TemporaryDirectory(dir=place.fixture.parent, prefix=".") as staged:
            for case in cases:
                _write_case(Path(staged) / case.name, case)
            pending.file.write(module.encode())
            place.fixture.mkdir(exist_ok=True)
            for case in cases:
                target = place.fixture / case.name
                if target.exists():
                    shutil.rmtree(target)
                (Path(staged) / case.name).rename(target)
        pending.publish()
    except BaseException:
        pending.discard()
        raise


def declared(module: str, name: str) -> Source:
    """The source that a module's text declares: what is written is what was tried.

    Raises:
        ValueError: it declares none.
    """
    namespace = ModuleType(f"spiders.{name}")
    exec(compile(module, f"{name}.py", "exec"), namespace.__dict__)  # noqa: S102  this project's own template, all values written as literals
    for item in vars(namespace).values():
        source = vars(item).get("source") if isinstance(item, type) else None
        if isinstance(source, Source):
            return source
    raise ValueError(f"The module of {name} declares no source")


def _write_case(folder: Path, case: Case) -> None:
    folder.mkdir()
    for name, content in case.files():
        (folder / name).write_bytes(content)
