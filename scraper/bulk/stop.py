"""Being stopped: signals that end a run, but never in the middle of a line or a checkpoint."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked the run to end. No `Exception`: what handles failures must not swallow it."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum


class StopSignals:
    """Raises `Stopped` when Ctrl-C, SIGTERM or SIGHUP comes, at once or after what must be whole.

    Signals that the caller ignores (``nohup``) stay ignored. To be entered in the main thread.
    """

    def __init__(self) -> None:
        self._signum: int | None = None
        self._holding = False
        self._before: dict[int, Callable[[int, FrameType | None], Any] | int | None] = {}

    def __enter__(self) -> Self:
        for signum in _SIGNALS:
            if signal.getsignal(signum) is not signal.SIG_IGN:
                self._before[signum] = signal.signal(signum, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing stop the block; what came meanwhile stops the run after it."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._signum is not None:
            raise Stopped(self._signum)

    def ignore(self) -> None:
        """From now on, nothing stops: the run is ending already."""
        self._holding = True

    def _note(self, signum: int, _frame: FrameType | None) -> None:
        self._signum = signum
        if not self._holding:
            raise Stopped(signum)
