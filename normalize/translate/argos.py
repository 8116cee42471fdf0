"""Argos Translate's package layer, loaded when it is needed and without its side effects."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from normalize.translate.package_format import BrokenPackage, EngineMissing

_LOCK = Lock()
_DIRECTORIES = {
    "XDG_DATA_HOME": ".local/share",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".local/cache",
}
"""Where Argos Translate puts its data, settings and cache below the home directory."""


def open_package(path: Path) -> Any:  # noqa: ANN401  argostranslate has no types
    """Open a package's directory as an ``argostranslate.package.Package``.

    Raises:
        EngineMissing: argostranslate or a library that it needs is not installed.
        BrokenPackage: it does not take the directory for a package.
    """
    try:
        return _package_module().Package(path)
    except (OSError, ValueError) as error:
        raise BrokenPackage(f"{path}: {error}") from error


def default_index() -> str:
    """Address of the package index that Argos Translate uses (``ARGOS_PACKAGE_INDEX``).

    Raises:
        EngineMissing: argostranslate is not installed.
    """
    return str(_package_module().settings.remote_package_index)


def argos_directory() -> Path:
    """Where Argos Translate itself installs packages (``ARGOS_PACKAGES_DIR``)."""
    named = os.environ.get("ARGOS_PACKAGES_DIR")
    return Path(named) if named else _home("XDG_DATA_HOME") / "argos-translate" / "packages"


@cache
def _package_module() -> ModuleType:
    try:
        with _LOCK:
            if "argostranslate.settings" in sys.modules:
                return importlib.import_module("argostranslate.package")
            return _import_aside()
    except ImportError as error:
        raise EngineMissing(
            f"translation needs argostranslate, ctranslate2 and sentencepiece: {error}"
        ) from error


def _import_aside() -> ModuleType:
    """Import while Argos Translate takes a temporary directory for the user's home.

    Its settings create six directories when they are imported. Afterwards they name the places
    they would have named, for other code in this process that uses Argos Translate itself.
    """
    packages = argos_directory()
    with tempfile.TemporaryDirectory() as aside:
        replaced = {name: str(Path(aside, name)) for name in _DIRECTORIES}
        with _environment(replaced | {"ARGOS_PACKAGES_DIR": str(Path(aside, "packages"))}):
            module = importlib.import_module("argostranslate.package")
        settings = module.settings
        for name, value in list(vars(settings).items()):
            if isinstance(value, Path) and value.is_relative_to(aside):
                setattr(settings, name, _real(value.relative_to(aside), packages))
        settings.package_dirs = [packages] if packages.is_dir() else []
    return module


def _real(path: Path, packages: Path) -> Path:
    root, *rest = path.parts
    return packages.joinpath(*rest) if root == "packages" else _home(root).joinpath(*rest)


def _home(name: str) -> Path:
    """A base directory of the XDG specification, which has relative paths ignored."""
    named = os.environ.get(name, "")
    return Path(named) if named.startswith("/") else Path.home() / _DIRECTORIES[name]


@contextmanager
def _environment(replaced: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in replaced}
    os.environ.update(replaced)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
