"""Runs commands in processes that start at once: forked from one that has loaded everything.

Reads lines of JSON from standard input: the arguments of a command, and after how many seconds
its process is to be killed, or null. Answers each with the exit code, negative for a signal.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from scrapy.cmdline import execute

from scraper.bulk.warm import warm


def _run(args: list[str], messages: Path) -> None:
    sys.stderr = messages.open("a", encoding="utf-8")
    code: object = None
    try:
        execute(["scrapy", *args])
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 70)


def main() -> None:
    warm()
    for line in sys.stdin:
        args, kill_after = json.loads(line)
        child = os.fork()
        if not child:
            _run(args, Path(sys.argv[1]))
        if kill_after is not None:
            time.sleep(kill_after)
            # It may have ended, but its id is its own until it is waited for.
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
