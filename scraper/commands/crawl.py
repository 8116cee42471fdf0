"""``scrapy crawl``: Scrapy's command, with an exit code that tells how the crawl ended."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import logging
import math
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from scrapy import Spider
from scrapy.commands import crawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings, default_settings
from scrapy.utils.misc import load_object

from scraper import settings as project_settings
from scraper.archive.reader import BrokenArchive
from scraper.commands import FAILED, tell
from scraper.errors import SpiderArgumentError
from scraper.feed import FeedExporter
from scraper.monitor import flag
from scraper.network_settings import check_network_settings
from scraper.outcome import Outcome, explain, outcome
from scraper.pipelines import NormalizePipeline, reference_date
from scraper.runs.recorder import write_stats
from scraper.told import one_line
from scraper.translation import TranslationSettings, leave_at_once

logger = logging.getLogger(__name__)


class Command(crawl.Command):
    """Crawl one source; say how it ended."""

    def long_desc(self) -> str:
        """Paragraph, for the help."""
        return (
            "Crawls one source. Exit code 0: published; 1: a bug or an unwritable feed; 2: wrong "
            "usage; 3: withheld, the last good feed is kept; 130: stopped by a signal."
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, then judge."""
        if len(args) != 1:
            raise UsageError(f"expected one source, found {len(args)}: {' '.join(args)}")
        spider = self._spider(args[0])
        _check_arguments(spider, opts.spargs)
        _check_settings(self.settings)
        crawler = self._create_crawler(spider)
        begun = monotonic()
        assert self.crawler_process is not None  # noqa: S101  Scrapy sets it before run
        crawling = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:
            self.exitcode = FAILED
            tell(f"{spider.name}: crash, the crawl could not begin: {_why_not_begun(crawling)}")
            return
        verdict, told = _conclude(crawler, seconds=monotonic() - begun)
        self.exitcode = _leave_stats(crawler, verdict, told)
        pipeline = crawler.get_item_pipeline(NormalizePipeline)
        if pipeline is not None and pipeline.is_busy:
            leave_at_once(self.exitcode)

    def _spider(self, name: str) -> type[Spider]:
        assert self.crawler_process is not None  # noqa: S101  Scrapy sets it before run
        loader = self.crawler_process.spider_loader
        known = sorted(loader.list())
        if name in known:
            return loader.load(name)
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise UsageError(
            f"no source is called {name!r}.{hint} Known: {', '.join(known)}.", print_help=False
        )


def _check_arguments(spider: type[Spider], arguments: Mapping[str, Any]) -> None:
    """Build the spider once for nothing: in a crawl, its refusal would be a traceback."""
    try:
        built = spider(**arguments)
        flag("allow_empty", getattr(built, "allow_empty", False))
        first_urls = getattr(built, "first_urls", None)
        if first_urls is not None:
            first_urls()
    except SpiderArgumentError as error:
        raise UsageError(str(error), print_help=False) from error


def _why_not_begun(crawling: object) -> str:
    """What ended a crawl before its spider was there; with a traceback where it is no file's."""
    if not isinstance(crawling, asyncio.Future) or not crawling.done():
        return "see the log"
    error = crawling.exception()
    if not isinstance(error, OSError | BrokenArchive):
        logger.error("The crawl could not begin", exc_info=error)
    return one_line(f"{type(error).__name__}: {error}")


def _check_settings(settings: BaseSettings | None) -> None:
    assert settings is not None  # noqa: S101  Scrapy sets it before run
    check_values(settings)
    try:
        load_object(settings["NORMALIZER"])
    except (ImportError, NameError, TypeError, ValueError) as error:
        raise UsageError(f"NORMALIZER: {error}", print_help=False) from error
    try:
        TranslationSettings.of(settings)
    except ValueError as error:
        raise UsageError(str(error), print_help=False) from error
    try:
        reference_date(settings.get("REFERENCE_DATE"))
    except ValueError as error:
        raise UsageError(f"REFERENCE_DATE: {error}", print_help=False) from error


def check_values(settings: BaseSettings) -> None:
    """Refuse values that would raise in mid-crawl, reach nobody, or leave this network open.

    Raises:
        UsageError: naming the setting.
    """
    _check_types(settings)
    try:
        check_network_settings(settings)
    except ValueError as error:
        raise UsageError(str(error), print_help=False) from error


def _check_types(settings: BaseSettings) -> None:
    """Refuse text where a number or a yes or no is wanted."""
    usual = vars(default_settings) | vars(project_settings)
    texts = [(name, value) for name, value in settings.items() if isinstance(value, str)]
    for name, value in texts:
        kind = bool if name == "STOP_AT_KNOWN" and value else type(usual.get(name))
        try:
            valid = _is_valid(settings, name, kind)
        except ValueError:
            valid = False
        if not valid:
            wanted = "true or false" if kind is bool else "a number"
            raise UsageError(f"{name} must be {wanted}, not {value!r}.", print_help=False)


def _is_valid(settings: BaseSettings, name: str, kind: type) -> bool:
    if kind is bool:
        return settings.getbool(name) in (True, False)
    # Scrapy reads some settings as fractions whose defaults are whole numbers.
    return kind not in (int, float) or math.isfinite(settings.getfloat(name))


def _conclude(crawler: Crawler, *, seconds: float) -> tuple[Outcome, str]:
    """Print the summary; return the outcome and why it is so."""
    stats = crawler.stats.get_stats()
    # Without a reason the reactor was stopped before the spider was: a second Ctrl-C.
    reason = stats.get("finish_reason", "shutdown")
    verdict, why = outcome(stats, reason), explain(stats, reason)
    exporter = crawler.get_extension(FeedExporter)
    if exporter is None and crawler.settings.getdict("FEEDS"):
        tell("no feed was written: see the log for what is wrong with FEEDS, -o or -O")
        verdict, why = Outcome.CRASH, "no feed was written"
    records = stats.get("item_scraped_count", 0)
    counted = "1 record" if records == 1 else f"{records} records"
    feeds = [getattr(slot.storage, "told", "") for slot in (exporter.slots if exporter else ())]
    told = [
        f"{_name(crawler)}: {verdict}, {counted} in {seconds:.1f} s",
        why,
        *feeds,
        "" if crawler.settings.getdict("FEEDS") else "no feed was asked for (-O FILE)",
    ]
    tell("; ".join(part for part in told if part))
    return verdict, why


def _name(crawler: Crawler) -> str:
    """The spider, and what its entries go by if that is another name."""
    name = crawler.spidercls.name
    label = getattr(crawler.spider, "label", name)
    return name if label == name else f"{name} ({label})"


def _leave_stats(crawler: Crawler, verdict: Outcome, told: str) -> int:
    """Write the stats into the run directory, if there is one; return the exit code."""
    directory = crawler.settings.get("RUN_DIR")
    if not directory:
        return verdict.exit_code
    try:
        write_stats(Path(directory), crawler.stats.get_stats(), outcome=verdict, told=told)
    except OSError as error:
        tell(f"the stats cannot be written: {error}")
        return FAILED
    return verdict.exit_code
