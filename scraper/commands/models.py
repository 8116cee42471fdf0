"""``scrapy models``: translation packages, installed, published and missing."""

from __future__ import annotations

import argparse
import fcntl
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES

from normalize.translate.argos import default_index
from normalize.translate.package_format import BrokenPackage, PackageError
from normalize.translate.packages import (
    InstalledPackage,
    check,
    install,
    installed,
    models_directory,
    remove,
)
from normalize.translate.vocabulary import model_code
from scraper.commands import FAILED, reject_unknown_options, tell, write_result
from scraper.download_progress import DownloadProgress, megabytes
from scraper.model_index import FetchError, PublishedPackage, download, fetch_index, keep_index
from scraper.model_needs import examine
from scraper.translation import languages_wanted

MODELS_DIR = "TRANSLATE_MODELS_DIR"
MODELS_INDEX = "TRANSLATE_MODELS_INDEX"
DEFAULT_TARGET = "en"

_LANGUAGES = 2


class Command(ScrapyCommand):
    """List, install, remove and check translation packages."""

    requires_project = False
    requires_crawler_process = False

    def syntax(self) -> str:
        """The arguments."""
        return "[options] list | install FROM TO | remove FROM TO | doctor"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "List, install and check translation packages"

    def long_desc(self) -> str:
        """The whole help."""
        return (
            "list: the packages that are installed, and what the index offers. "
            "install FROM TO: from the index, or from --file; whole or not at all. "
            "remove FROM TO: take a package away. "
            "doctor: which pairs of languages the sources need, which of them are missing, and the "
            "command that installs each; needs no network. Packages are kept in the directory "
            f"{MODELS_DIR}. Exit codes: 0 done and nothing missing, 1 not, 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        parser.add_argument("--file", metavar="FILE", help="install: from this .argosmodel file")
        parser.add_argument("--index", metavar="URL", help="package index; that of Argos Translate")
        parser.add_argument("--offline", action="store_true", help="list: do not ask the index")
        parser.add_argument(
            "--to", metavar="LANG", help="doctor: the language wanted, or several (en,fr)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what the first argument says."""
        reject_unknown_options(args)
        actions = {
            "list": self._list,
            "install": self._install,
            "remove": self._remove,
            "doctor": self._doctor,
        }
        action = actions.get(args[0]) if args else None
        if action is None:
            raise UsageError(f"say one of {', '.join(actions)}")
        try:
            done = action(args[1:], opts)
        except (PackageError, FetchError) as error:
            tell(str(error))
            done = False
        except OSError as error:
            tell(f"{error.filename or self._directory}: {error.strerror or error}")
            done = False
        self.exitcode = 0 if done else FAILED

    @property
    def _directory(self) -> Path:
        return models_directory(self._setting(MODELS_DIR))

    def _list(self, args: Sequence[str], opts: argparse.Namespace) -> bool:
        _expect(args, 0)
        packages = installed(self._directory)
        write_result(f"installed in {self._directory}: {_megabytes_of(packages)}")
        for package in packages:
            write_result(f"  {_line(package)}")
        if not opts.offline:
            self._list_published(packages, opts)
        return True

    def _list_published(
        self, packages: Sequence[InstalledPackage], opts: argparse.Namespace
    ) -> None:
        try:
            url = self._index_url(opts)
            index = fetch_index(url, self._directory)
        except (FetchError, PackageError) as error:
            tell(f"What can be installed is not known: {error}")
            return
        if index.stale:
            tell(f"From the copy kept of the index: {index.stale}")
        have = {(one.from_code, one.to_code): one.version for one in reversed(packages)}
        write_result(f"offered by {url}:")
        for pair in sorted({(one.from_code, one.to_code) for one in index.packages}):
            best = index.best(*pair)
            if best is not None and have.get(pair) != best.version:
                was = f" (installed: {have[pair]})" if pair in have else ""
                write_result(f"  {pair[0]} → {pair[1]}  {best.version}{was}")

    def _install(self, args: Sequence[str], opts: argparse.Namespace) -> bool:
        if opts.file is not None and not args:
            return self._install_file(Path(opts.file), None)
        pair = _pair(args)
        if opts.file is not None:
            return self._install_file(Path(opts.file), pair)
        return self._install_published(pair, opts)

    def _install_published(self, pair: tuple[str, str], opts: argparse.Namespace) -> bool:
        url = self._index_url(opts)
        index = fetch_index(url, self._directory)
        package = index.best(*pair)
        if package is None:
            raise FetchError(f"{url} offers no package {pair[0]} → {pair[1]}")
        have = self._own(pair)
        if have is not None and have.version == package.version and _is_sound(have):
            tell(f"{_line(have)}: installed already")
            return True
        with _download_place(self._directory, pair) as place:
            _download(package, place)
            done = self._install_file(place, pair)
        if index.stale is None:
            keep_index(url, index, self._directory)
        return done

    def _install_file(self, file: Path, pair: tuple[str, str] | None) -> bool:
        try:
            package = install(file, self._directory, pair=pair)
        except PackageError as error:
            raise PackageError(f"{file}: {error}; nothing was installed") from error
        tell(f"installed {_line(package)} in {package.path}")
        return True

    def _remove(self, args: Sequence[str], opts: argparse.Namespace) -> bool:  # noqa: ARG002
        pair = _pair(args)
        package = self._own(pair)
        if package is None:
            raise PackageError(f"no package {pair[0]} → {pair[1]} in {self._directory}")
        remove(package)
        tell(f"removed {_line(package)}")
        return True

    def _doctor(self, args: Sequence[str], opts: argparse.Namespace) -> bool:
        _expect(args, 0)
        targets = _targets(opts.to or self._setting("TRANSLATE_TO") or DEFAULT_TARGET)
        report = examine(targets, self._directory)
        for finding in report.findings:
            write_result(str(finding))
        for pair in report.missing:
            write_result(f"  scrapy models install {pair[0]} {pair[1]}{self._same_directory()}")
        return not report.missing

    def _own(self, pair: tuple[str, str]) -> InstalledPackage | None:
        ours = (one for one in installed(self._directory) if not one.read_only)
        return next((one for one in ours if (one.from_code, one.to_code) == pair), None)

    def _index_url(self, opts: argparse.Namespace) -> str:
        return str(opts.index or self._setting(MODELS_INDEX) or default_index())

    def _same_directory(self) -> str:
        """The option that a command needs to mean the directory that this one was told."""
        told = self.settings and self.settings.getpriority(MODELS_DIR)
        if told != SETTINGS_PRIORITIES["cmdline"]:
            return ""
        return f" -s {MODELS_DIR}={shlex.quote(str(self._directory))}"

    def _setting(self, name: str) -> str | None:
        value = self.settings.get(name) if self.settings else None
        return None if value is None else str(value)


def _targets(value: str) -> tuple[str, ...]:
    try:
        return languages_wanted(value)
    except ValueError as error:
        raise UsageError(str(error), print_help=False) from error


def _is_sound(package: InstalledPackage) -> bool:
    try:
        check(package)
    except BrokenPackage:
        return False
    return True


def _download(package: PublishedPackage, place: Path) -> None:
    title = f"{package.from_code} → {package.to_code} {package.version}"
    with DownloadProgress(title, sys.stderr) as progress:
        download(package, place, progress.update)


@contextmanager
def _download_place(directory: Path, pair: tuple[str, str]) -> Iterator[Path]:
    """A hidden file beside the packages, where there is room for them, held by one process.

    Its name is the same every time, so that what a killed download left is written over.
    """
    new = not directory.exists()
    directory.mkdir(parents=True, exist_ok=True)
    place = directory / f".download-{pair[0]}_{pair[1]}"
    try:
        with place.open("ab") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise PackageError(f"{pair[0]} → {pair[1]} is being installed already") from error
            try:
                yield place
            finally:
                place.unlink()
    finally:
        if new:
            with suppress(OSError):  # not empty: something was installed
                directory.rmdir()


def _pair(args: Sequence[str]) -> tuple[str, str]:
    _expect(args, _LANGUAGES)
    return model_code(args[0]), model_code(args[1])


def _expect(args: Sequence[str], number: int) -> None:
    if len(args) != number:
        wanted = "languages: FROM TO" if number else "no arguments"
        raise UsageError(f"expected {wanted}, found {len(args)}", print_help=False)


def _line(package: InstalledPackage) -> str:
    whose = f"  of Argos Translate, {package.path}" if package.read_only else ""
    size = megabytes(package.size)
    return f"{package.from_code} → {package.to_code}  {package.version}  {size}{whose}"


def _megabytes_of(packages: Sequence[InstalledPackage]) -> str:
    return megabytes(sum(one.size for one in packages if not one.read_only))
