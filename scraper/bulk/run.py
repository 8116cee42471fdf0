"""A run from its first line to its last."""

from __future__ import annotations

from contextlib import closing

import attrs

from scraper.bulk.duplicates import BulkDuplicates
from scraper.bulk.lines import Position, batches
from scraper.bulk.options import Options
from scraper.bulk.pool import results
from scraper.bulk.progress import Progress
from scraper.bulk.sinks import Sink, Tally
from scraper.bulk.stop import StopSignals
from scraper.bulk.translate import BulkTranslator
from scraper.translation import TranslationSettings


@attrs.frozen(kw_only=True)
class Job:
    """What is to be normalised, and how."""

    names: tuple[str, ...]
    """Input files; ``-`` is standard input."""

    options: Options = attrs.field(factory=Options)
    """Of the normaliser."""

    workers: int = 1
    """Processes; 1 for this one alone."""

    translation: TranslationSettings | None = None
    """What to translate, which is done in this process; None for no translation."""

    duplicates: BulkDuplicates | None = None
    """What finds duplicates, in this process too; None not to look for any."""


def run(job: Job, sink: Sink, *, stop: StopSignals, progress: Progress) -> Tally:
    """Normalise all lines that the sink still wants.

    Args:
        job: what and how.
        sink: takes the records.
        stop: what may end the run between two batches.
        progress: is told how far the run is.

    Raises:
        OSError: the input or the output failed.
        Stopped: a signal ended the run; the sink holds whole lines.
        WorkerDied: a worker process ended by itself.
    """
    tally = sink.begin()
    progress.begin(tally)
    source = batches(job.names, tally.position)
    compress = sink.compress and job.translation is None and job.duplicates is None
    done = results(source, job.options, workers=job.workers, compress=compress)
    if job.translation is not None:
        later = sink.compress and job.duplicates is None
        done = BulkTranslator(job.translation, compress=later).translated(done)
    if job.duplicates is not None:
        done = job.duplicates.marked(done)
    with closing(done):
        for batch, result in done:
            with stop.held():
                tally = tally.plus(batch, result)
                sink.write(batch, result, tally)
            progress.update(tally, batch.consumed)
    with stop.held():
        tally = attrs.evolve(tally, position=Position(file=len(job.names)))
        sink.finish(tally)
    return tally
