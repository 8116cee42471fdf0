"""Imported by the fork server alone: loads once what every worker then shares.

The language engines take over a second and 130 MB to load. Workers forked after that have them
at once and, as long as they only read them, in the same memory.
"""

from __future__ import annotations

import gc
import signal

# Ctrl-C reaches the whole group of processes; the parent alone decides what comes of it.
signal.signal(signal.SIGINT, signal.SIG_IGN)

from scraper.bulk.warm import warm  # noqa: E402  only once the signal is ignored

warm()
# Collections would write to the headers of shared objects and so copy their pages.
gc.collect()
gc.freeze()
