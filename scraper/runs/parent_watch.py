"""A crawl that was started by another process ends with it."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

logger = logging.getLogger(__name__)

ORPHANED = 1
"""Exit code of a crawl whose parent has gone."""


class ParentWatch:
    """Ends this process when its standard input does (setting ``RUN_PARENT_PIPE``).

    The parent holds the other end of that pipe and the kernel closes it however the parent went,
    also by SIGKILL. What the crawl has collected is nobody's then, so it ends at once. Linux's
    PR_SET_PDEATHSIG would not do: it fires when the *thread* that started the process ends.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Begin to watch.

        Raises:
            NotConfigured: nobody waits for this crawl.
        """
        if not crawler.settings.getbool("RUN_PARENT_PIPE"):
            raise NotConfigured
        watch = cls(sys.stdin.fileno())
        threading.Thread(target=watch.wait, name="parent-watch", daemon=True).start()
        return watch

    def wait(self) -> None:
        """Read until the pipe ends, then end the process; also if it cannot be read."""
        try:
            while os.read(self._descriptor, 1024):
                continue
        except OSError:
            logger.exception("The parent's pipe cannot be read")
        logger.error("The process that started this crawl has gone: ending")
        logging.shutdown()
        os._exit(ORPHANED)
