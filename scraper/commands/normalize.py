"""``scrapy normalize``: entries to records."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import date

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from normalize import Normalizer
from normalize.model import Entry, InvalidEntry
from scraper.atomic import atomic_writer
from scraper.commands import FAILED, open_input, reject_unknown_options, tell


class Command(ScrapyCommand):
    """Normalise entries into records, JSONL."""

    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  Scrapy reads a plain dict

    def syntax(self) -> str:
        """The arguments."""
        return "[options] FILE..."

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Normalise entries (from scrapy split) into records"

    def long_desc(self) -> str:
        """The whole help."""
        return (
            "Normalise entries, as scrapy split writes them (JSONL; - for standard input), into "
            "records on standard output, or into a file that appears only when it is complete. "
            "A line that is no entry is reported on standard error and left out. Exit codes: "
            "0 all lines normalised, 1 some were not, 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="OUT", help="write to OUT, whole or not")
        parser.add_argument(
            "--to", metavar="LANG", default="en", help="language wanted, none for no translation"
        )
        parser.add_argument(
            "--reference-date",
            metavar="DATE",
            help="the page's day (2025-10-30): completes dates without year",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Normalise all lines of all files."""
        reject_unknown_options(args)
        if not args:
            raise UsageError("name a file, or - for standard input")
        reader = _Reader(args)
        normalizer = Normalizer(
            target=None if opts.to == "none" else opts.to,
            reference=_day(opts.reference_date),
        )
        with atomic_writer(opts.output) if opts.output else nullcontext(sys.stdout) as out:
            for record in normalizer.normalize(reader.entries()):
                out.write(record.to_json_line())
        if reader.rejected:
            tell(f"{reader.rejected} lines are no entries and were left out")
            self.exitcode = FAILED


class _Reader:
    """Reads the entries of files one by one and tells what is none."""

    def __init__(self, names: Sequence[str]) -> None:
        self.rejected = 0
        self._names = names

    def entries(self) -> Iterator[Entry]:
        for name in self._names:
            with open_input(name) as file:
                for number, line in enumerate(file, 1):
                    try:
                        yield _entry(line)
                    except InvalidEntry as error:
                        self.rejected += 1
                        tell(f"{name}:{number}: {error}")


def _entry(line: bytes) -> Entry:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise InvalidEntry(f"not a line of JSON in UTF-8: {error}") from error
    if not isinstance(data, dict):
        raise InvalidEntry(f"expected a JSON object, found {type(data).__name__}")
    return Entry.from_dict(data)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(
            f"--reference-date is written like 2025-10-30, not {text!r}", print_help=False
        ) from error
