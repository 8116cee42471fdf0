"""Installed translation packages: finding, installing, checking and removing them.

The packages' directory holds one directory a package. A package appears there whole or not at
all: it is unpacked into a hidden directory beside, tried, synced and then renamed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from normalize.translate.argos import argos_directory, open_package
from normalize.translate.package_archive import unpack
from normalize.translate.package_format import (
    METADATA,
    BrokenPackage,
    EngineMissing,
    Metadata,
    PackageError,
    check_files,
    read_metadata,
)

ENVIRONMENT = "KHULASA_MODELS_DIR"

_MANIFEST = "khulasa.json"
_PENDING = ".pending-"
_REMOVED = ".removed-"

_log = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class InstalledPackage:
    """A translation package on this machine."""

    from_code: str
    """Language of the text, in the codes of Argos Translate."""

    to_code: str
    """Language of the translation."""

    version: str
    """Version of the package."""

    path: Path
    """Its directory."""

    size: int
    """Bytes of all its files."""

    checksum: str
    """SHA-256 of the archive it came from; where Argos Translate installed it, of its files'
    names, sizes and times."""

    read_only: bool
    """Whether it belongs to Argos Translate and is not this project's to remove."""

    def open(self) -> Any:  # noqa: ANN401  argostranslate has no types
        """Open it as an ``argostranslate.package.Package``, with its ``tokenizer``.

        Raises:
            PackageError: argostranslate is missing or does not take it.
        """
        return open_package(self.path)


def models_directory(setting: str | Path | None = None) -> Path:
    """The packages' directory: the setting, ``KHULASA_MODELS_DIR``, or the user's own place.

    It need not exist: only `install` creates it.
    """
    named = setting or os.environ.get(ENVIRONMENT)
    if named:
        return Path(named).expanduser()
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
    return base / "khulasa" / "models"


def installed(models_dir: str | Path | None = None) -> list[InstalledPackage]:
    """All packages of `models_directory`, and those that Argos Translate installed for itself.

    In order of their languages, the one to use first: newest version, this project's own. What is
    no package is left out and logged. Nothing is created and no engine is loaded.
    """
    ours, theirs = models_directory(models_dir), argos_directory()
    found = [*_packages_in(ours, read_only=False)]
    if theirs.absolute() != ours.absolute():
        found += _packages_in(theirs, read_only=True)
    found.sort(key=lambda package: package.read_only)
    found.sort(key=lambda package: _metadata_of(package).order, reverse=True)
    return sorted(found, key=lambda package: (package.from_code, package.to_code))


def install(
    file: Path, models_dir: str | Path | None = None, *, pair: tuple[str, str] | None = None
) -> InstalledPackage:
    """Install a package from its archive, in place of other versions for the same languages.

    Args:
        file: the archive.
        models_dir: where packages are installed; None for the default.
        pair: the languages, from and to, that it must be for; None where any will do.

    Raises:
        PackageError: the archive is no sound package, is for other languages, or its model cannot
            be loaded.
        OSError: it cannot be read, or the directory cannot be written (a full disk).
    """
    checksum = _checksum(file)
    home = models_directory(models_dir)
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home):
        _clear(home)
        pending = home / f"{_PENDING}{secrets.token_hex(6)}"
        try:
            pending.mkdir()
            metadata = unpack(file, pending)
            _check_pair(metadata, pair)
            _try_out(pending)
            _write_manifest(pending, checksum)
            place = home / _directory_name(metadata, checksum)
            _replace(pending, place, metadata, home)
        finally:
            shutil.rmtree(pending, ignore_errors=True)
    return _read(place, read_only=False)


def remove(package: InstalledPackage) -> None:
    """Remove a package.

    Raises:
        PackageError: Argos Translate installed it.
    """
    if package.read_only:
        raise PackageError(f"{package.path} belongs to Argos Translate")
    with _locked(package.path.parent):
        _discard(package.path)


def check(package: InstalledPackage) -> None:
    """Check that a package's files are those that were installed, and that its model loads.

    Raises:
        PackageError: naming the first file that is missing or differs, or the engine's error.
    """
    for name, checksum in _manifest(package.path).get("files", {}).items():
        file = package.path / name
        if not file.is_file() or _checksum(file) != checksum:
            raise BrokenPackage(f"{file} is missing or damaged")
    _try_out(package.path)


def _packages_in(directory: Path, *, read_only: bool) -> Iterator[InstalledPackage]:
    try:
        paths = sorted(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for path in paths:
        if path.name.startswith(".") or not path.is_dir():
            continue
        try:
            yield _read(path, read_only=read_only)
        except (BrokenPackage, OSError) as error:
            _log.warning("Ignoring %s, which is no translation package: %s", path, error)


def _read(path: Path, *, read_only: bool) -> InstalledPackage:
    files = {file.relative_to(path).as_posix(): file.stat() for file in _files_in(path)}
    check_files(files)
    metadata = read_metadata((path / METADATA).read_bytes())
    return InstalledPackage(
        from_code=metadata.from_code,
        to_code=metadata.to_code,
        version=metadata.version,
        path=path,
        size=sum(state.st_size for state in files.values()),
        checksum=_manifest(path).get("archive") or _fingerprint(files),
        read_only=read_only,
    )


def _fingerprint(files: Mapping[str, os.stat_result]) -> str:
    states = [(name, state.st_size, state.st_mtime_ns) for name, state in files.items()]
    return hashlib.sha256(repr(states).encode()).hexdigest()


def _metadata_of(package: InstalledPackage) -> Metadata:
    return Metadata(from_code=package.from_code, to_code=package.to_code, version=package.version)


def _directory_name(metadata: Metadata, checksum: str) -> str:
    """The content is part of the name, so that a package never has to replace its like in place."""
    version = metadata.version.replace(".", "_")
    return f"translate-{metadata.from_code}_{metadata.to_code}-{version}-{checksum[:8]}"


def _check_pair(metadata: Metadata, pair: tuple[str, str] | None) -> None:
    if pair not in {None, (metadata.from_code, metadata.to_code)}:
        raise PackageError(f"it translates {metadata.from_code} → {metadata.to_code}")


def _try_out(path: Path) -> None:
    """Load tokenizer and model: what is damaged shows now, not in the middle of a crawl."""
    package = open_package(path)
    try:
        import ctranslate2  # noqa: PLC0415  loaded where it is needed

        package.tokenizer.encode("a")
        ctranslate2.Translator(str(path / "model"), device="cpu")
    except ImportError as error:
        raise EngineMissing(f"translation needs ctranslate2 and sentencepiece: {error}") from error
    except (RuntimeError, ValueError, OSError) as error:
        raise BrokenPackage(f"the model cannot be loaded: {error}") from error


def _write_manifest(path: Path, checksum: str) -> None:
    files = {file.relative_to(path).as_posix(): _checksum(file) for file in _files_in(path)}
    with (path / _MANIFEST).open("w", encoding="utf-8") as out:
        json.dump({"archive": checksum, "files": files}, out, indent=1)
        out.flush()
        os.fsync(out.fileno())


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads((path / _MANIFEST).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise BrokenPackage(f"{_MANIFEST} is not JSON: {error}") from error
    return data if isinstance(data, dict) else {}


def _replace(pending: Path, place: Path, metadata: Metadata, models_dir: Path) -> None:
    """Put the new package in its place, then take away the others for the same languages."""
    for directory in (*pending.rglob("*/"), pending):
        _sync(directory)
    if place.exists():
        _discard(place)
    pending.rename(place)
    _sync(models_dir)
    pair = (metadata.from_code, metadata.to_code)
    for package in _packages_in(models_dir, read_only=False):
        if (package.from_code, package.to_code) == pair and package.path != place:
            _discard(package.path)


def _discard(path: Path) -> None:
    """Hide a directory first, so that nobody sees a part of it."""
    hidden = path.with_name(f"{_REMOVED}{secrets.token_hex(6)}")
    path.rename(hidden)
    shutil.rmtree(hidden)


def _clear(models_dir: Path) -> None:
    """Take away what a killed installation left; the lock says that none is going on."""
    for path in models_dir.iterdir():
        if path.name.startswith((_PENDING, _REMOVED)):
            shutil.rmtree(path)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files_in(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file())


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
