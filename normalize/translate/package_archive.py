"""Unpacking a package's archive without trusting it."""

from __future__ import annotations

import errno
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import attrs

from normalize.translate.package_format import (
    METADATA,
    BrokenPackage,
    Metadata,
    check_files,
    read_metadata,
)

MAX_UNPACKED = 2 * 1024**3
"""Bytes of all files together; the largest published packages have some hundred megabytes."""

MAX_MEMBERS = 10_000

MAX_RATIO = 100
"""Bytes unpacked for a byte packed; weights hardly shrink. Small archives are not held to it."""

RATIO_FREE = 64 * 1024**2
"""Bytes up to which the ratio does not matter."""

MAX_METADATA = 1024**2

_CHUNK = 1024**2
_ENCRYPTED = 0x1
_DRIVE = re.compile(r"[A-Za-z]:")


@attrs.frozen(kw_only=True)
class _Member:
    name: str
    """Path below the archive's one root directory."""

    info: zipfile.ZipInfo


def unpack(file: Path, into: Path) -> Metadata:
    """Unpack a package's archive into an empty directory, without its root directory.

    Nothing is written before all of the archive's list of contents has been checked.

    Raises:
        BrokenPackage: it is no sound package, or it would write outside or fill the disk.
        OSError: it cannot be read, or ``into`` cannot be written.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = _checked_members(archive)
            metadata = _metadata(archive, members)
            for member in members:
                _write(archive, member, into)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise BrokenPackage(f"the archive is damaged: {error}") from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # what a place before the archive's beginning gives
            raise
        raise BrokenPackage(f"the archive is damaged: {error}") from error
    return metadata


def _checked_members(archive: zipfile.ZipFile) -> list[_Member]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise BrokenPackage(f"the archive has {len(infos)} members, more than {MAX_MEMBERS}")
    _check_size(infos)
    for info in infos:
        _check_member(info)
    roots = {info.filename.partition("/")[0] for info in infos}
    if len(roots) != 1:
        raise BrokenPackage(f"the archive has {len(roots)} top-level names in place of one")
    members = [
        _Member(name=info.filename.partition("/")[2], info=info)
        for info in infos
        if not info.is_dir()
    ]
    names = [member.name for member in members]
    if "" in names:
        raise BrokenPackage(f"the archive's root {roots.pop()!r} is a file")
    _check_tree(names)
    check_files(names)
    return members


def _check_size(infos: list[zipfile.ZipInfo]) -> None:
    """The sizes are the archive's word; the reader stops at them, so they cannot be understated."""
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if unpacked > MAX_UNPACKED:
        raise BrokenPackage(f"it would unpack to {unpacked:,} bytes, more than {MAX_UNPACKED:,}")
    if unpacked > RATIO_FREE and unpacked > MAX_RATIO * packed:
        raise BrokenPackage(f"{packed:,} bytes would unpack to {unpacked:,}: a zip bomb")


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.filename
    parts = name.removesuffix("/").split("/")
    if "\\" in name or _DRIVE.match(name) or any(part in {"", ".", ".."} for part in parts):
        raise BrokenPackage(f"member {name!r} points outside the package")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise BrokenPackage(f"member {name!r} is a link or device")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BrokenPackage(f"member {name!r} is compressed in an unusual way")
    if info.flag_bits & _ENCRYPTED:
        raise BrokenPackage(f"member {name!r} is encrypted")


def _check_tree(names: list[str]) -> None:
    files = set(names)
    if len(files) != len(names):
        raise BrokenPackage("the archive has a member twice")
    for name in names:
        if any(parent in files for parent in _parents(name)):
            raise BrokenPackage(f"member {name!r} lies below a file")


def _parents(name: str) -> Iterator[str]:
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name


def _metadata(archive: zipfile.ZipFile, members: list[_Member]) -> Metadata:
    info = next(member.info for member in members if member.name == METADATA)
    if info.file_size > MAX_METADATA:
        raise BrokenPackage(f"{METADATA} has {info.file_size:,} bytes")
    return read_metadata(archive.read(info))


def _write(archive: zipfile.ZipFile, member: _Member, into: Path) -> None:
    target = into / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member.info) as source, target.open("xb") as out:
        while chunk := source.read(_CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
