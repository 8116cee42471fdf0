"""The project's commands, and what they share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from scrapy.exceptions import UsageError

OK = 0
FAILED = 1
USAGE = 2

STDIN = "-"


def reject_unknown_options(args: Sequence[str]) -> None:
    """Refuse what looks like an option: Scrapy hands misspelt ones on as arguments.

    Raises:
        UsageError: naming it.
    """
    for arg in args:
        if arg.startswith("-") and arg != STDIN:
            raise UsageError(f"unknown option {arg}", print_help=False)


def check_instant(text: str | None) -> None:
    """Refuse a time of fetching that is none.

    Raises:
        UsageError: it is not RFC 3339, or without an offset.
    """
    try:
        known = text is None or datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        known = False
    if not known:
        raise UsageError(
            f"--fetched-at is written like 2026-05-09T06:00:00Z, not {text!r}", print_help=False
        )


def check_address(option: str, text: str | None) -> None:
    """Refuse the address of a page that is none.

    Raises:
        UsageError: it is no whole address; the message names the option.
    """
    try:
        parts = urlsplit(text or "")
        known = text is None or (parts.scheme in ("http", "https") and bool(parts.hostname))
    except ValueError:  # brackets that hold no IPv6 address
        known = False
    if not known:
        raise UsageError(
            f"{option} is written like https://example.org/list, not {text!r}", print_help=False
        )


def tell(message: str) -> None:
    """Write a message for the person at the terminal: standard output is for results."""
    sys.stderr.write(f"{message}\n")


def write_result(line: str) -> None:
    """Write a line to standard output: UTF-8 whatever the locale."""
    sys.stdout.buffer.write(f"{line}\n".encode("utf-8", "backslashreplace"))


@contextmanager
def quiet_pipe() -> Iterator[None]:
    """End the block without a traceback where the reader of standard output has gone (`head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes standard output once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def open_input(name: str) -> Iterator[BufferedReader]:
    """Open a file, or standard input for ``-``.

    Raises:
        UsageError: it cannot be read.
    """
    if name == STDIN:
        yield cast("BufferedReader", sys.stdin.buffer)
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115  closed below; only the opening may fail here
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}", print_help=False) from error
    with file:
        yield file
