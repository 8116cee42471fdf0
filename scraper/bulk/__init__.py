"""Normalising in bulk: files of entries to a file of records, on all cores, resumable."""

from scraper.bulk.checkpoint import identity
from scraper.bulk.duplicates import BulkDuplicates
from scraper.bulk.lines import Position
from scraper.bulk.options import Options
from scraper.bulk.output import Locked, ResumableOutput
from scraper.bulk.pool import WorkerDied, usable_cores
from scraper.bulk.progress import Progress
from scraper.bulk.run import Job, run
from scraper.bulk.sinks import Sink, StreamOutput, Tally, close
from scraper.bulk.stop import Stopped, StopSignals
from scraper.bulk.translate import installed_models

__all__ = [
    "BulkDuplicates",
    "Job",
    "Locked",
    "Options",
    "Position",
    "Progress",
    "ResumableOutput",
    "Sink",
    "StopSignals",
    "Stopped",
    "StreamOutput",
    "Tally",
    "WorkerDied",
    "close",
    "identity",
    "installed_models",
    "run",
    "usable_cores",
]
