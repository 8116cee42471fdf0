"""``scrapy validate``: check feeds against the published contract."""

from __future__ import annotations

import argparse
import json
from itertools import islice

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from normalize.model import Record
from scraper.append import decompressed
from scraper.commands import (
    FAILED,
    OK,
    open_input,
    quiet_pipe,
    reject_unknown_options,
    tell,
    write_result,
)
from scraper.validation import feed_problems

SHOWN = 20


class Command(ScrapyCommand):
    """Check every line of the feeds named; say what is wrong and where."""

    requires_project = False
    requires_crawler_process = False

    def syntax(self) -> str:
        """Arguments, for the help."""
        return "[options] <feed>..."

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Check feeds against the record schema (- is standard input)"

    def long_desc(self) -> str:
        """Paragraph, for the help."""
        return (
            "Checks every line of the feeds (plain, .gz, .bz2 or .xz; - for standard input): "
            "UTF-8, whole lines, JSON with every key once, the record schema, ids that occur "
            "once. Exit code 0: valid, 1: invalid, 2: not readable."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        parser.add_argument(
            "--all", action="store_true", help=f"print every problem, not the first {SHOWN}"
        )
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema and end")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the feeds in turn."""
        reject_unknown_options(args)
        if opts.schema:
            write_result(json.dumps(Record.json_schema(), ensure_ascii=False, indent=2))
            return
        if not args:
            raise UsageError
        with quiet_pipe():
            counts = [_check(name, shown=None if opts.all else SHOWN) for name in args]
            self.exitcode = FAILED if any(counts) else OK


def _check(name: str, *, shown: int | None) -> int:
    """Print a feed's problems and return how many there are."""
    with open_input(name) as file:
        problems = feed_problems(decompressed(file))
        count = 0
        for line, problem in islice(problems, shown):
            write_result(f"{name}:{line}: {problem}")
            count += 1
        more = sum(1 for _ in problems)
    if more:
        tell(f"{name}: {more} more problems; --all prints them")
    total = count + more
    plural = "" if total == 1 else "s"
    tell(f"{name}: invalid, {total} problem{plural}" if total else f"{name}: valid")
    return total
