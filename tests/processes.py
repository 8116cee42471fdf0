"""Waiting for what other processes and threads do, and starting those that answer Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def wait_until(
    fulfilled: Callable[[], object],
    process: subprocess.Popen[str] | None = None,
    *,
    seconds: float = 60,
) -> None:
    """Wait for a condition; fail after a time, or when the process that is to fulfil it ends."""
    deadline = time.monotonic() + seconds
    while not fulfilled():
        assert process is None or process.poll() is None, "it ended first"
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@contextmanager
def answering_ctrl_c() -> Iterator[None]:
    """Let processes that are started in the block answer SIGINT.

    A shell's background jobs ignore it, and children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
