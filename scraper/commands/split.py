"""``scrapy split``: saved pages, text dumps and web archives to entries."""

from __future__ import annotations

import argparse
import gzip
import mimetypes
import os
import sys
import zlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from io import BufferedReader

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from normalize.model import Entry
from scraper.archive.reader import is_archive, opened
from scraper.archive.splitting import ArchiveSplitter
from scraper.commands import (
    FAILED,
    STDIN,
    check_address,
    check_instant,
    open_input,
    quiet_pipe,
    reject_unknown_options,
    tell,
)
from scraper.errors import DocumentTooLarge, SplitError, UnknownSource, UnsupportedDocument
from scraper.split import split
from scraper.split.document import MAX_BYTES

GZIP_MAGIC = b"\x1f\x8b"


class Command(ScrapyCommand):
    """Split files into entries, JSONL on standard output."""

    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  Scrapy reads a plain dict

    def syntax(self) -> str:
        """The arguments."""
        return "[options] FILE..."

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Split saved pages and text dumps into entries (JSONL on standard output)"

    def long_desc(self) -> str:
        """The whole help."""
        return (
            "Split saved pages (HTML, JSON, rendered text, WARC; .gz of any; - for standard input) "
            "into entries, one JSON object a line on standard output. Pages of a WARC file have "
            "their own addresses and dates. A file that cannot be split is reported on standard "
            "error, the others are done. Exit codes: 0 all files split, 1 some were not, "
            "2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        parser.add_argument("--source", metavar="NAME", help="the source; found out if not named")
        parser.add_argument(
            "--base-url",
            metavar="URL",
            help="address of the page, for its relative links; of a web archive made from a copy, "
            "the root of the site",
        )
        parser.add_argument(
            "--fetched-at",
            metavar="TIME",
            help="when the page was fetched (RFC 3339): the clock of its relative dates; a web "
            "archive says it itself",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Split each file; the bad ones are told and counted."""
        reject_unknown_options(args)
        if not args:
            raise UsageError("name a file, or - for standard input")
        check_instant(opts.fetched_at)
        check_address("--base-url", opts.base_url)
        if sys.__stdout__ is None:
            raise UsageError("standard output is closed", print_help=False)
        failed = 0
        try:
            with quiet_pipe():
                for name in args:
                    failed += not self._split_file(name, opts)
        except OSError as error:
            _forget_output()
            tell(f"cannot write the entries: {error.strerror}")
            self.exitcode = FAILED
            return
        if failed:
            tell(f"{failed} of {len(args)} files could not be split")
            self.exitcode = FAILED

    def _split_file(self, name: str, opts: argparse.Namespace) -> bool:
        try:
            with _opened(name) as file:
                if is_archive(file):
                    return _split_archive(name, file, opts)
                _write(_entries_of(name, file, opts))
        except UnknownSource as error:
            raise UsageError(str(error), print_help=False) from error
        except (SplitError, UsageError) as error:
            reason = str(error).removeprefix(f"cannot read {name}: ")
            tell(f"{name}: {reason}")
            return False
        return True


def _opened(name: str) -> AbstractContextManager[BufferedReader]:
    if name == STDIN and sys.__stdin__ is None:
        raise UsageError("standard input is closed")
    return open_input(name)


def _write(entries: Sequence[Entry]) -> None:
    lines = "".join(entry.to_json_line() for entry in entries)
    sys.stdout.buffer.write(lines.encode())
    sys.stdout.buffer.flush()


def _split_archive(name: str, file: BufferedReader, opts: argparse.Namespace) -> bool:
    splitter = ArchiveSplitter(
        source=opts.source, base_url=opts.base_url, fetched_at=opts.fetched_at
    )
    return splitter.run(opened(file), _write, lambda message: tell(f"{name}: {message}"))


def _forget_output() -> None:
    """Drop what could not be written: Python tries once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _entries_of(name: str, file: BufferedReader, opts: argparse.Namespace) -> list[Entry]:
    return split(
        read_document(file),
        url=opts.base_url,
        content_type=mimetypes.guess_type(name.removesuffix(".gz"))[0],
        source=opts.source,
        fetched_at=opts.fetched_at,
    )


def read_document(file: BufferedReader) -> bytes:
    """Read a document, unpacking gzip, and stop at the limit however much is to come.

    Raises:
        DocumentTooLarge: there is more than `MAX_BYTES`.
        UnsupportedDocument: the gzip stream is broken.
    """
    stream = file if file.peek(2)[:2] != GZIP_MAGIC else gzip.GzipFile(fileobj=file)
    try:
        body = stream.read(MAX_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise UnsupportedDocument("It cannot be read to its end", found=str(error)) from error
    if len(body) > MAX_BYTES:
        raise DocumentTooLarge(f"The document is larger than {MAX_BYTES // 2**20} MiB")
    return body
