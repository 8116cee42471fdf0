"""What a translation package is: its metadata, its files, and the errors about both.

A package is a directory, or a zip archive of one, in the format of Argos Translate:
``metadata.json``, a CTranslate2 model in ``model/`` and a SentencePiece model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import TypeGuard

import attrs
from packaging.version import InvalidVersion, Version

METADATA = "metadata.json"
TOKENIZER = "sentencepiece.model"
REQUIRED = (METADATA, "model/model.bin", TOKENIZER)

_CODE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}")


class PackageError(Exception):
    """A package cannot be used; the message says which and why."""


class BrokenPackage(PackageError):
    """The file or directory is not a sound translation package."""


class EngineMissing(PackageError):
    """The libraries that translate are not installed."""


@attrs.frozen(kw_only=True)
class Metadata:
    """What ``metadata.json`` says, as far as it is needed to find a package."""

    from_code: str
    """Language of the text, in the codes of Argos Translate."""

    to_code: str
    """Language of the translation."""

    version: str
    """Version of the package."""

    @property
    def order(self) -> Version:
        """The version as something that can be compared."""
        return Version(self.version)


def read_metadata(content: bytes) -> Metadata:
    """Read ``metadata.json``.

    Raises:
        BrokenPackage: it is not the metadata of a translation package.
    """
    try:
        data = json.loads(content)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BrokenPackage(f"{METADATA} is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise BrokenPackage(f"{METADATA} holds no object")
    kind = data.get("type", "translate")
    if kind != "translate":
        raise BrokenPackage(f"a package of type {kind!r} translates nothing")
    metadata = Metadata(
        from_code=_code(data, "from_code"),
        to_code=_code(data, "to_code"),
        version=_version(data.get("package_version")),
    )
    if metadata.from_code == metadata.to_code:
        raise BrokenPackage(f"{METADATA} names {metadata.to_code!r} as both languages")
    return metadata


def check_files(names: Collection[str]) -> None:
    """Check that nothing is missing among a package's files, given without their root.

    Raises:
        BrokenPackage: naming what is missing.
    """
    missing = [name for name in REQUIRED if name not in names]
    if missing == [TOKENIZER] and "bpe.model" in names:
        raise BrokenPackage("its tokenizer is bpe.model; only sentencepiece.model is supported")
    if missing:
        raise BrokenPackage(f"{', '.join(missing)} missing")


def is_code(value: object) -> TypeGuard[str]:
    """Whether a value has the shape of a language code."""
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def is_version(value: object) -> TypeGuard[str]:
    """Whether a value has the shape of a version."""
    if not isinstance(value, str):
        return False
    try:
        Version(value)
    except InvalidVersion:
        return False
    return True


def _code(data: dict[str, object], key: str) -> str:
    value = data.get(key)
    if not is_code(value):
        raise BrokenPackage(f"{METADATA}: {key} is {value!r}, not a language code")
    return value


def _version(value: object) -> str:
    if not is_version(value):
        raise BrokenPackage(f"{METADATA}: package_version is {value!r}, not a version")
    return value
