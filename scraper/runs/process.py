"""One source's crawl, in a process of its own with a time limit."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from scraper.agent import is_loopback
from scraper.outcome import Outcome, explain_empty
from scraper.runs.model import RECORDS, CrawlResult, compact_time
from scraper.runs.plan import SourcePlan
from scraper.runs.words import in_words

GRACE = 10.0
"""Seconds for a crawl to end in good order once its time is over, before it is killed."""

STATS = "stats.json"
LOG = "log.txt"

WITHOUT_PAUSES = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0"}
"""Settings of a crawl that reads a copy: there is no site to be spared."""


@attrs.frozen(kw_only=True)
class Crawl:
    """What is to be crawled, and where to."""

    plan: SourcePlan
    run_id: str
    directory: Path
    """The run directory; it exists."""

    settings: Mapping[str, str]
    """Settings that the crawl is started with; they win over those of its plan."""

    replayed: bool = False
    """Whether the pages come from an archive."""

    def arguments(self) -> list[str]:
        """What the process is told.

        Not by its command line, which everybody on the machine can read: arguments and settings
        may be secret.
        """
        arguments = [f"{name}={value}" for name, value in self.plan.args.items()]
        nobody_is_asked = self.replayed or _is_on_this_machine(self.plan.args)
        settings = {
            **(WITHOUT_PAUSES if nobody_is_asked else {}),
            **self.plan.settings,
            "CLOSESPIDER_TIMEOUT": str(self.plan.timeout),
            "RUN_DIR": str(self.directory),
            "RUN_SOURCE": self.plan.name,
            "RUN_PARENT_PIPE": "1",
            **self.settings,
        }
        told = [f"{name}={value}" for name, value in settings.items()]
        # Scrapy formats the address with the spider's attributes.
        records = str(self.directory / RECORDS).replace("%", "%%")
        return [
            self.plan.spider,
            *(part for one in arguments for part in ("-a", one)),
            *(part for one in told for part in ("-s", one)),
            *("-O", f"{records}:jsonl"),
        ]


class Child:
    """The process of a crawl.

    It ends with this process: its standard input is a pipe that closes when this process is gone,
    however it went.
    """

    def __init__(self, crawl: Crawl) -> None:
        self.crawl = crawl
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._late = False

    def run(self) -> CrawlResult:
        """Start the process, wait for its end, read what it left.

        Raises:
            OSError: the process cannot be started, or what it left not be read.
        """
        started = datetime.now(UTC)
        code = self._run_process()
        return self._result(code, started, datetime.now(UTC))

    def stop(self) -> None:
        """End the process, or keep it from being started; `run` returns soon after."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.terminate()
                self._kill_after(GRACE)

    def _run_process(self) -> int | None:
        directory = self.crawl.directory
        # A file without a name: nobody else can open it, and nothing is left of it.
        with (directory / LOG).open("ab") as log, tempfile.TemporaryFile(dir=directory) as order:
            order.write(json.dumps(self.crawl.arguments()).encode())
            order.seek(0)
            with self._lock:
                if self._stopped:
                    return None
                self._process = subprocess.Popen(  # noqa: S603  our own command
                    command(self.crawl.plan.name, order.fileno()),
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    pass_fds=[order.fileno()],
                    # A Ctrl-C at the terminal is for this process, which passes it on.
                    start_new_session=True,
                )
            with self._process:
                return self._wait()

    def _wait(self) -> int:
        assert self._process is not None  # noqa: S101  started by the caller
        try:
            return self._process.wait(self.crawl.plan.timeout + GRACE)
        except subprocess.TimeoutExpired:
            self._late = True
            self._process.terminate()
            self._kill_after(GRACE)
            return self._process.wait()

    def _kill_after(self, seconds: float) -> None:
        assert self._process is not None  # noqa: S101  as above
        # Of a process that has ended by then, nothing is killed.
        timer = threading.Timer(seconds, self._process.kill)
        timer.daemon = True
        timer.start()

    def _result(self, code: int | None, started: datetime, finished: datetime) -> CrawlResult:
        stats = _stats(self.crawl.directory / STATS)
        outcome, told = self._judge(code, stats)
        return CrawlResult(
            source=self.crawl.plan.name,
            run_id=self.crawl.run_id,
            started=started,
            # A clock that was set back meanwhile.
            finished=max(started, finished),
            outcome=outcome,
            told=told,
            stats=stats,
            directory=self.crawl.directory,
        )

    def _judge(self, code: int | None, stats: Mapping[str, Any]) -> tuple[Outcome, str]:
        if self._stopped:
            return Outcome.INTERRUPTED, "stopped by a signal"
        if self._late:
            return Outcome.TIMEOUT, f"took longer than {self.crawl.plan.timeout:g} s and was ended"
        log = self.crawl.directory / LOG
        if code is None or code < 0:
            name = signal.Signals(-code).name if code else "nothing"
            return Outcome.CRASH, f"the crawl was ended by {name}; see {log}"
        if "outcome" not in stats:
            return Outcome.CRASH, f"the crawl ended with exit code {code}; see {log}"
        outcome = Outcome(stats["outcome"])
        if outcome.publishes and (code != 0 or not (self.crawl.directory / RECORDS).exists()):
            return Outcome.CRASH, f"the records could not be written; see {log}"
        return outcome, self._told(outcome, stats)

    def _told(self, outcome: Outcome, stats: Mapping[str, Any]) -> str:
        if outcome is Outcome.EMPTY:
            # The crawl tells what `scrapy crawl` understands.
            return explain_empty(f"-a {self.crawl.plan.name}.allow_empty=true")
        return in_words(str(stats.get("told", "")))


def command(source: str, descriptor: int) -> list[str]:
    """The command line of a crawl's process: whose it is, and where to read what it is told."""
    return [sys.executable, "-m", "scraper.runs.child", str(descriptor), source]


def new_run(directory: Path, now: datetime) -> tuple[str, Path]:
    """Make a run directory below ``directory``; returns the run's id and the directory.

    It is for its owner alone: the log that is written there names all settings.

    Raises:
        OSError: it cannot be made.
    """
    directory.mkdir(parents=True, exist_ok=True)
    base = compact_time(now)
    number = 1
    while True:
        run_id = base if number == 1 else f"{base}-{number}"
        try:
            (directory / run_id).mkdir(mode=0o700)
        except FileExistsError:
            number += 1
        else:
            return run_id, directory / run_id


def _is_on_this_machine(args: Mapping[str, str]) -> bool:
    """Whether a crawl is of a copy at a loopback address."""
    return is_loopback(args.get("base") or args.get("url") or "")


def _stats(path: Path) -> Mapping[str, Any]:
    """What the crawl counted; nothing where it could not even write that."""
    try:
        stats: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return stats
