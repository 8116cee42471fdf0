"""What sources gave in good runs, kept from run to run so that new layouts can be healed."""

from __future__ import annotations

import json
import logging
from collections import Counter
from pathlib import Path
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector

from normalize.convert import from_json_types, to_json_types
from normalize.issues import Issue
from normalize.model import Record
from scraper.atomic import atomic_writer
from scraper.outcome import outcome
from scraper.split.healing import with_profile
from scraper.split.profile import SourceProfile, merged, profile_of
from scraper.split.source import Source

FEWEST = 5
"""Records of a run from which a profile is made."""

# Other names below ``split/`` count pages that were not read, and withhold the feed.
HEALED = "layout/healed"
"""The stat that counts entries of new layouts that were healed."""

logger = logging.getLogger(__name__)


class ProfileKeeper:
    """Gives a crawl the profile of its source, and writes it anew after a good run.

    Profiles are files ``<source>.json`` in the directory of the setting ``PROFILE_DIR``. A run
    with healed entries teaches nothing: a wrong guess would confirm itself from then on.
    """

    def __init__(self, folder: Path, stats: StatsCollector) -> None:
        self._folder = folder
        self._stats = stats
        self._records: list[Record] = []
        self._healed: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawl.

        Raises:
            NotConfigured: no directory is set.
        """
        folder = crawler.settings.get("PROFILE_DIR")
        if not folder:
            raise NotConfigured
        keeper = cls(Path(folder), crawler.stats)
        crawler.signals.connect(keeper.spider_opened, signals.spider_opened)
        crawler.signals.connect(keeper.item_scraped, signals.item_scraped)
        crawler.signals.connect(keeper.spider_closed, signals.spider_closed)
        return keeper

    def spider_opened(self, spider: Spider) -> None:
        """Give the spider's source what it gave before."""
        source = _declared(spider)
        profile = self._read(source) if source else None
        if source and profile:
            spider.source = with_profile(source, profile)  # type: ignore[attr-defined]  # every source's spider has it

    def item_scraped(self, item: object, response: Response | None) -> None:
        """Note a record; say it loudly where a page's layout was healed."""
        if not isinstance(item, Record):
            return
        if not any(issue.partition(":")[0] == Issue.LAYOUT_HEALED for issue in item.issues):
            self._records.append(_noted(item))
            return
        self._stats.inc_value(HEALED)
        where = response.url if response is not None else item.page_url or "a page"
        if not self._healed[where]:
            logger.error(
                "%s has a layout that no reader of %s knows; its entries are read by the page's "
                "own structure, which agrees with earlier runs: the readers need somebody's look",
                where,
                item.source,
            )
        self._healed[where] += 1

    def spider_closed(self, spider: Spider, reason: str) -> None:
        """Write the profile of a good run."""
        for where, count in self._healed.items():
            logger.error("%s: %d entries of a new layout", where, count)
        source = _declared(spider)
        is_good = outcome(self._stats.get_stats(), reason).publishes
        if source is None or not is_good or self._healed or len(self._records) < FEWEST:
            return
        made = profile_of(self._records, source=source.name, home=source.home)
        if made is not None:
            self._write(merged(self._read(source), made))

    def _read(self, source: Source) -> SourceProfile | None:
        """The profile of a source; a file that cannot be read or is another's is none."""
        path = self._path(source.name)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            profile = from_json_types(data if isinstance(data, dict) else {}, SourceProfile)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            logger.warning("%s cannot be read (%s): new layouts are not healed", path, error)
            return None
        return profile if (profile.source, profile.home) == (source.name, source.home) else None

    def _write(self, profile: SourceProfile) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with atomic_writer(self._path(profile.source)) as file:
                json.dump(to_json_types(profile), file, ensure_ascii=False, indent=2)
                file.write("\n")
        except OSError as error:
            logger.warning("The profile of %s cannot be written: %s", profile.source, error)

    def _path(self, source: str) -> Path:
        return self._folder / f"{source}.json"


def _declared(spider: Spider) -> Source | None:
    """The source of a spider, where it is that of a site: only those have readers of their own."""
    source = getattr(type(spider), "source", None)
    return source if isinstance(source, Source) else None


def _noted(record: Record) -> Record:
    """What a profile needs of a record: the text of a long run is not kept."""
    return Record(
        id=record.id,
        source=record.source,
        url=record.url,
        page_url=record.page_url,
        position=record.position,
        title=record.title,
        summary=(record.summary or "")[:1] or None,
        published=record.published,
        content_hash="",
    )
