"""``scrapy normalize``: entries to records, in bulk."""

from __future__ import annotations

import argparse
import logging
import os
import sqlite3
import sys
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import BinaryIO

import attrs
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from normalize.duplicates import IncompatibleIndex
from scraper.atomic import is_device
from scraper.bulk import (
    BulkDuplicates,
    Job,
    Locked,
    Options,
    Progress,
    ResumableOutput,
    Sink,
    Stopped,
    StopSignals,
    StreamOutput,
    WorkerDied,
    close,
    identity,
    installed_models,
    run,
    usable_cores,
)
from scraper.commands import FAILED, OK, STDIN, open_input, reject_unknown_options, tell
from scraper.translation import TranslationSettings, leave_at_once

LOCKED = 75
BROKEN_PIPE = 141
_OF_SIGNALS = 128


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
            "Normalise entries, as scrapy split writes them (JSONL, plain or compressed; - for "
            "standard input), into records on standard output, or into a file that appears only "
            "when it is complete; stopped before that, the same command goes on where it was. A "
            "line that is no entry is left out and told, with -o in OUT.rejects.jsonl. Records are "
            "translated by the installed packages (scrapy models), many at a time. Exit "
            "codes: 0 all lines normalised, 1 some were not or the run failed, 2 wrong usage, "
            "75 another process is writing OUT, 130 stopped by Ctrl-C, 143 by SIGTERM."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        parser.add_argument(
            "-o", "--output", metavar="OUT", help="write to OUT, compressed if it ends in .gz"
        )
        parser.add_argument(
            "--to",
            metavar="LANG",
            default="en",
            help="language wanted, or several (en,fr); none for no translation",
        )
        parser.add_argument("--models-dir", metavar="DIR", help="directory of translation packages")
        parser.add_argument(
            "--translation-cache", metavar="FILE", help="keep translations in FILE for later runs"
        )
        parser.add_argument(
            "--reference-date",
            metavar="DATE",
            help="the page's day (2025-10-30): completes dates without year",
        )
        parser.add_argument(
            "--state",
            metavar="FILE",
            help="find duplicates and clusters, over this run and all with the same FILE",
        )
        parser.add_argument(
            "--workers", metavar="N", help="processes to work with (default: all cores)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Normalise all lines of all files."""
        reject_unknown_options(args)
        if not args:
            raise UsageError("name a file, or - for standard input")
        translation = self._translation(opts)
        job = Job(
            names=tuple(args),
            options=Options(
                target=translation.target if translation else None,
                reference=_day(opts.reference_date),
            ),
            workers=_workers(opts.workers),
            translation=translation,
        )
        _check_readable(job.names)
        redraw = sys.stderr.isatty() and (opts.output is not None or not sys.stdout.isatty())
        progress = Progress(job.names, sys.stderr, redraw=redraw)
        with ExitStack() as stack:
            _tell_warnings(progress, stack)
            job = attrs.evolve(job, duplicates=_duplicates(opts, stack))
            try:
                sink = _sink(job, opts, progress, stack)
            except Locked as error:
                tell(f"{error}; nothing was done")
                self.exitcode = LOCKED
                return
            self.exitcode = _conduct(job, sink, progress)
        if translation is not None and self.exitcode > _OF_SIGNALS:
            leave_at_once(self.exitcode)

    def _translation(self, opts: argparse.Namespace) -> TranslationSettings | None:
        assert self.settings is not None  # noqa: S101  Scrapy sets it before run
        told = {
            "TRANSLATE_TO": opts.to,
            "TRANSLATE_MODELS_DIR": opts.models_dir,
            "TRANSLATE_CACHE": opts.translation_cache,
        }
        for name, value in told.items():
            if value is not None:
                self.settings.set(name, value, priority="cmdline")
        try:
            return TranslationSettings.of(self.settings)
        except ValueError as error:
            raise UsageError(
                str(error).replace("TRANSLATE_TO", "--to"), print_help=False
            ) from error


class _Telling(logging.Handler):
    """Tells what the log of a command that writes none would say."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.WARNING)
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        """Tell a message."""
        self._progress.tell(record.getMessage())


def _tell_warnings(progress: Progress, stack: ExitStack) -> None:
    """Let the user see what the normaliser warns of, such as a model that is not installed."""
    logger = logging.getLogger("normalize")
    telling = _Telling(progress)
    logger.addHandler(telling)
    stack.callback(logger.removeHandler, telling)


def _conduct(job: Job, sink: Sink, progress: Progress) -> int:
    """Run, say how it ended, and return the exit code."""
    with StopSignals() as stop:
        try:
            tally = run(job, sink, stop=stop, progress=progress)
        except Stopped as error:
            stop.ignore()
            progress.tell(f"stopped by {error}: {sink.suspend()}")
            return _OF_SIGNALS + error.signum
        except WorkerDied as error:
            stop.ignore()
            progress.tell(f"{error}: {sink.suspend()}")
            return FAILED
        except BrokenPipeError:
            return _end_of_reader()
        except (OSError, sqlite3.Error) as error:
            progress.tell(f"failed: {error}; with -o the same command goes on where it was")
            return FAILED
    progress.tell(progress.summary(tally))
    return FAILED if tally.rejects else OK


def _end_of_reader() -> int:
    """Whoever read the records has enough; Python's last flush must not fail on it either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _duplicates(opts: argparse.Namespace, stack: ExitStack) -> BulkDuplicates | None:
    if opts.state is None:
        return None
    path = Path(opts.output or "")
    compress = path.suffix == ".gz" and not is_device(path)
    try:
        found = BulkDuplicates(Path(opts.state), compress=compress)
    except (IncompatibleIndex, sqlite3.Error) as error:
        raise UsageError(f"--state {opts.state}: {error}", print_help=False) from error
    stack.callback(found.close)
    return found


def _sink(job: Job, opts: argparse.Namespace, progress: Progress, stack: ExitStack) -> Sink:
    output: str | None = opts.output
    if output is None:
        return StreamOutput(_standard_output(), progress.tell)
    path = Path(output)
    try:
        if is_device(path):
            device = path.open("wb")
            stack.callback(close, device)
            return StreamOutput(device, progress.tell)
        models = installed_models(job.translation) if job.translation else []
        of_run = identity(
            job.names,
            job.options,
            compress=path.suffix == ".gz",
            models=models,
            state=opts.state,
        )
        commit = job.duplicates.commit if job.duplicates else lambda: None
        return stack.enter_context(ResumableOutput(path, of_run, progress.tell, commit))
    except OSError as error:
        raise UsageError(
            f"cannot write {output}: {error.strerror or error}", print_help=False
        ) from error


def _standard_output() -> BinaryIO:
    sys.stdout.flush()
    return sys.stdout.buffer


def _check_readable(names: tuple[str, ...]) -> None:
    """Open every file before the first is begun.

    Raises:
        UsageError: one cannot be read.
    """
    for name in names:
        # A pipe that is opened and closed would be at its end.
        if name != STDIN and not is_device(Path(name)):
            with open_input(name):
                pass


def _workers(text: str | None) -> int:
    if text is None:
        return usable_cores()
    if not text.isdecimal() or not int(text):
        raise UsageError(f"--workers is a number from 1 on, not {text!r}", print_help=False)
    return int(text)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(
            f"--reference-date is written like 2025-10-30, not {text!r}", print_help=False
        ) from error
