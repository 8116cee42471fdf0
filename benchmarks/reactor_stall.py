"""How long a crawl's reactor stands still: ``python -m benchmarks.reactor_stall``.

Each way of normalising crawls, in a process of its own, the snapshot of one portal (22 entries)
and a page of many Arabic entries; meanwhile the reactor is asked every two milliseconds whether it
is there. The figures are the longest times it did not answer; those of a crawl that normalises
nothing are the page's own and the machine's. The models are those of
``fixtures/models``: how long translating takes says nothing of real ones.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.project import get_project_settings

from normalize import Entry
from normalize.translate.packages import install
from scraper.pipelines import NormalizePipeline
from tools.snapshot_site import serve

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "fixtures" / "models"
INTERVAL = 0.002
ENTRIES = 600
TITLE = "أثر مواعيد الزراعة والتسميد الآزوتي في إنتاجية القمح القاسي رقم {}"
SUMMARY = (
    "تعاني شبكات الحساسات اللاسلكية من محدودية الطاقة في عقدها رقم {}. "
    "أظهرت نتائج المحاكاة أن الخوارزمية المقترحة تطيل عمر الشبكة بنسبة 23%."
)


class Probe:
    """Writes the longest stall into the stats."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._call = create_looping_call(self._note)
        self._last = 0.0
        self._longest: list[float] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawl."""
        probe = cls(crawler)
        crawler.signals.connect(probe.opened, signals.spider_opened)
        crawler.signals.connect(probe.closed, signals.spider_closed)
        return probe

    def opened(self) -> None:
        """Begin."""
        self._last = perf_counter()
        self._call.start(INTERVAL)

    def closed(self) -> None:
        """End."""
        self._call.stop()
        worst = sorted(self._longest, reverse=True)[:3]
        self._stats.set_value("stalls", [round(1000 * gap) for gap in worst])

    def _note(self) -> None:
        now = perf_counter()
        self._longest.append(now - self._last - INTERVAL)
        self._last = now


class InReactor(NormalizePipeline):
    """Translates where it normalises: in the reactor."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it without a thread."""
        built = super().from_crawler(crawler)
        return cls(built._normalizer, crawler)  # noqa: SLF001  the pipeline as it would be without


class NoNormalizing:
    """Drops entries: what is left is the crawl itself, and the machine."""

    def process_item(self, item: Entry) -> Entry:
        """Drop an entry."""
        raise DropItem(f"{item.position}", log_level="DEBUG")


class ManySpider(Spider):
    """Gives many entries of one page."""

    name = "many"

    def __init__(self, base: str, **kwargs: Any) -> None:  # noqa: ANN401  Scrapy's own signature
        super().__init__(**kwargs)
        self.base = base

    async def start(self) -> AsyncIterator[Request]:
        """Ask for any page."""
        yield Request(self.base)

    def parse(self, response: Response, **_: Any) -> Iterator[Entry]:  # noqa: ANN401  as above
        """Give entries, no two alike."""
        for number in range(1, ENTRIES + 1):
            yield Entry(
                source=self.name,
                position=number,
                native_id=str(number),
                url=response.urljoin(f"/show/{number}"),
                title=TITLE.format(number),
                summary=SUMMARY.format(number),
            )


def crawl(spider: str, base: str, target: str, pipeline: str, models: str) -> None:
    """Crawl in this process; the last line on standard output is the result."""
    settings = get_project_settings()
    settings.setdict({"TRANSLATE_TO": target, "TRANSLATE_MODELS_DIR": models, "LOG_LEVEL": "ERROR"})
    settings.setdict({"DOWNLOAD_DELAY": 0.2, "AUTOTHROTTLE_ENABLED": False})
    settings["EXTENSIONS"].update({"benchmarks.reactor_stall.Probe": 500})
    if pipeline != NormalizePipeline.__name__:
        settings["ITEM_PIPELINES"].update({"scraper.pipelines.NormalizePipeline": None})
        settings["ITEM_PIPELINES"].update({f"benchmarks.reactor_stall.{pipeline}": 100})
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(ManySpider if spider == ManySpider.name else spider)
    begun = monotonic()
    process.crawl(crawler, base=base)
    process.start()
    found = {
        "stalls": crawler.stats.get_value("stalls"),
        "records": crawler.stats.get_value("item_scraped_count", 0),
        "translated": crawler.stats.get_value("translation/en/ok", 0),
        "seconds": round(monotonic() - begun, 1),
    }
    print(json.dumps(found))


def main(arguments: Sequence[str]) -> None:
    """Crawl in each way; print the figures."""
    if arguments:
        crawl(*arguments)
        return
    print("longest three stalls of the reactor, ms")
    with serve() as bases, tempfile.TemporaryDirectory() as models:
        for package in PACKAGES.glob("*.argosmodel"):
            install(package, models)
        for spider in ("shamra_academia", ManySpider.name):
            for label, target, pipeline in (
                ("nothing normalised", "none", NoNormalizing.__name__),
                ("no translation", "none", NormalizePipeline.__name__),
                ("translation in the reactor", "en", InReactor.__name__),
                ("translation beside the reactor", "en", NormalizePipeline.__name__),
            ):
                base = bases["shamra_academia"]
                command = [sys.executable, "-m", "benchmarks.reactor_stall"]
                done = subprocess.run(
                    [*command, spider, base, target, pipeline, models],
                    cwd=ROOT,
                    stdout=subprocess.PIPE,
                    encoding="utf-8",
                    check=True,
                )
                found = json.loads(done.stdout.splitlines()[-1])
                print(
                    f"{spider:<16} {label:<31} {found['stalls']!s:<20} "
                    f"{found['records']:>4} records, {found['seconds']:>5} s"
                )


if __name__ == "__main__":
    main(sys.argv[1:])
