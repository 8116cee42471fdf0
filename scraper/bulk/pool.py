"""Worker processes: batches out, results back in order, a bounded number under way."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Generator, Iterator
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self, cast

import attrs

from scraper.bulk.lines import Batch
from scraper.bulk.options import Options
from scraper.bulk.work import BatchNormalizer, Result

# What fits into so many batches is done before workers have started.
_SMALL = 4
_AHEAD = 8
"""Batches a worker that may be under way or wait for an earlier one."""
_PATIENCE = 0.3
"""Seconds in which a signal that ended a worker may reach its parent too."""


class WorkerDied(Exception):
    """A worker process ended by itself; the message says how, and on which lines."""


def usable_cores() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def results(
    batches: Iterator[Batch], options: Options, *, workers: int, compress: bool
) -> Generator[tuple[Batch, Result], None, None]:
    """Normalise batches, in their order; in this process if there is one worker or little to do.

    Yields:
        Each batch, without its lines, and its result.

    Raises:
        WorkerDied: a worker was killed or failed.
    """
    head = list(islice(batches, _SMALL)) if workers > 1 else []
    rest = chain(head, batches)
    if workers == 1 or len(head) < _SMALL:
        normalize = BatchNormalizer(options, compress=compress)
        for batch in rest:
            yield _meta(batch), normalize(batch)
        return
    with _Pool(options, workers=workers, compress=compress) as pool:
        yield from pool.map(rest)


@attrs.define(kw_only=True, eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    batch: Batch | None = None
    """What it is working on, without its lines."""
    number: int = 0
    """Which batch of the run that is."""


class _Pool:
    """Processes that each hold one batch at a time.

    They are forked by a server that has loaded the engines (see `scraper.bulk.preload`): unlike
    children forked from here they inherit neither threads nor the lock on the output, so that a
    parent that was killed leaves nothing behind that keeps its successor out.
    """

    def __init__(self, options: Options, *, workers: int, compress: bool) -> None:
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["scraper.bulk.preload"])
        self._window = workers * _AHEAD
        self._workers: list[_Worker] = []
        self._told = (options, compress)
        self._wanted = workers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.connection.close()
            if kind is not None:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()

    def map(self, batches: Iterator[Batch]) -> Iterator[tuple[Batch, Result]]:
        """Normalise batches, in their order."""
        self._start()
        numbered = enumerate(batches)
        done: dict[int, tuple[Batch, Result]] = {}
        sent = written = 0
        while True:
            sent += self._dispatch(numbered, written + self._window - sent)
            if sent == written:
                return
            done.update(self._receive())
            # Whoever has ended gets work before its result is written.
            sent += self._dispatch(numbered, written + self._window - sent)
            while written in done:
                yield done.pop(written)
                written += 1

    def _start(self) -> None:
        for _ in range(self._wanted):
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=_serve, args=(theirs, *self._told), daemon=True)
            try:
                process.start()
            except (EOFError, OSError) as error:
                raise WorkerDied("worker processes cannot be started") from error
            theirs.close()
            self._workers.append(_Worker(process=process, connection=ours))

    def _dispatch(self, batches: Iterator[tuple[int, Batch]], room: int) -> int:
        """Give idle workers a batch each, ``room`` at most; return how many."""
        idle = [worker for worker in self._workers if worker.batch is None][:room]
        return sum(_send(worker, *told) for worker, told in zip(idle, batches, strict=False))

    def _receive(self) -> dict[int, tuple[Batch, Result]]:
        """Wait for results and take those that are there."""
        busy = {worker.connection: worker for worker in self._workers if worker.batch}
        return dict(_take(busy[cast("Connection", ready)]) for ready in wait(list(busy)))


def _send(worker: _Worker, number: int, batch: Batch) -> bool:
    worker.number, worker.batch = number, _meta(batch)
    try:
        worker.connection.send(batch)
    except OSError as error:
        raise _death(worker) from error
    return True


def _take(worker: _Worker) -> tuple[int, tuple[Batch, Result]]:
    try:
        result: Result = worker.connection.recv()
    except (EOFError, OSError) as error:
        raise _death(worker) from error
    assert worker.batch is not None  # noqa: S101  only busy workers are listened to
    batch, worker.batch = worker.batch, None
    return worker.number, (batch, result)


def _death(worker: _Worker) -> WorkerDied:
    # A signal to the whole group ends workers first; the parent's own handler then speaks.
    time.sleep(_PATIENCE)
    worker.process.join(_PATIENCE)
    code = worker.process.exitcode
    how = f"was killed by signal {-code}" if code is not None and code < 0 else "failed"
    hint = " (out of memory? fewer --workers need less)" if code == -signal.SIGKILL else ""
    where = f" at {_lines(worker.batch)}" if worker.batch else ""
    return WorkerDied(f"a worker {how}{hint}{where}")


def _lines(batch: Batch) -> str:
    last = batch.end.line if batch.end.file == batch.start.file else "the end"
    return f"{batch.file}, lines {batch.start.line + 1} to {last}"


def _meta(batch: Batch) -> Batch:
    return attrs.evolve(batch, lines=(), unreadable={})


def _serve(connection: Connection, options: Options, compress: bool) -> None:  # noqa: FBT001  Process passes by position
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    normalize = BatchNormalizer(options, compress=compress)
    # The end of the pipe is the end of the work, or of the parent.
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send(normalize(connection.recv()))
