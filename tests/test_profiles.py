"""Profiles from run to run: written by good runs, used by the next, never taught by guesses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy import Spider
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from normalize.model import Entry, Record
from scraper.profiles import ProfileKeeper
from scraper.settings import EXTENSIONS
from scraper.split.healing import HealingSource
from spiders.shamra_academia import ShamraAcademiaSpider
from tests.pages_site import Crawled, Page, Served, run, serve

TITLES = (
    "أثر الري التكميلي في إنتاج القمح القاسي", "تقدير الهطل المطري بالشبكات العصبية",
    "كشف الأخبار الزائفة في النصوص العربية", "تحسين عمر شبكات الحساسات اللاسلكية",
    "تقييم الأداء الزلزالي للأبنية البيتونية", "دور التعلم المدمج في مهارات القراءة",
)  # fmt: skip
ABSTRACT = "يتناول البحث المسألة من وجوهها كلها ويقدم نتائج التجارب التي أجريت خلال موسمين. "


def listing(tag: str, ids: str, *, titles: tuple[str, ...] = TITLES) -> Page:
    items = "".join(
        f"<{tag}><h3><a href='/show/{ids.format(number)}'>{title}</a></h3>"
        f"<p>{ABSTRACT * 2}</p></{tag}>"
        for number, title in enumerate(titles)
    )
    return Page(body=f"<html lang=ar dir=rtl><body><main>{items}</main></body></html>")


# Ids of 13 digits, as the source knows them, then of 20.
PAGES = {
    "/good": listing("article", "3a4f7720be9{:02d}"),
    "/healed": listing("section", "3a4f7720be9{:02d}c0ffee1"),
    "/other": listing("section", "trending-topic-of-the-day-{}", titles=("قسم",) * 3 + TITLES[:3]),
    "/fewer": listing("section", "3a4f7720be9{:02d}c0ffee1", titles=TITLES[:2]),
}


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with serve(PAGES) as served:
        yield served


def crawl(site: Served, path: str, folder: Path) -> Crawled:
    extensions = {**EXTENSIONS, "scraper.profiles.ProfileKeeper": 0}
    url = f"https://shamra-academia.com{path}"
    return run(
        "crawl", "shamra_academia", "-a", f"base={site.base}", "-a", f"url={url}",
        feed=folder / "feed.jsonl",
        PROFILE_DIR=str(folder / "profiles"), EXTENSIONS=json.dumps(extensions),
    )  # fmt: skip


def test_a_source_is_healed_from_its_second_run_on(site: Served, tmp_path: Path) -> None:
    before = crawl(site, "/healed", tmp_path)
    assert before.code == 3
    assert before.summary.startswith("shamra_academia: layout, 0 records")
    assert not (tmp_path / "profiles").exists()

    good = crawl(site, "/good", tmp_path)
    assert good.code == 0, good.err
    profile = tmp_path / "profiles" / "shamra_academia.json"
    told = json.loads(profile.read_text(encoding="utf-8"))
    assert (told["shapes"], told["entries"], told["id_part"]) == (["/show/#"], 6, -1)

    healed = crawl(site, "/healed", tmp_path)
    assert healed.code == 0, healed.err
    assert [record["title"] for record in healed.records] == [*TITLES]
    assert healed.records[0]["id"] == "shamra_academia:3a4f7720be900c0ffee1"
    assert all("layout_healed" in record["issues"] for record in healed.records)
    assert "no reader of shamra_academia knows" in healed.err
    assert "'layout/healed': 6" in healed.err
    assert json.loads(profile.read_text(encoding="utf-8")) == told

    for path in ("/other", "/fewer"):
        refused = crawl(site, path, tmp_path)
        assert refused.code == 3, refused.err
        assert "in its own structure: " in refused.err
        assert "layout_healed" not in refused.err


SPIDER = ShamraAcademiaSpider
SOURCE = SPIDER.source


def record(number: int, *issues: str) -> Record:
    return Record(
        id=f"shamra_academia:3a{number:011d}",
        source="shamra_academia",
        url=f"https://shamra-academia.com/show/3a{number:011d}",
        page_url="https://shamra-academia.com/list",
        position=number + 1,
        title=f"{TITLES[0]} {number}",
        content_hash="0" * 32,
        issues=issues,
    )


def keeper(folder: Path) -> ProfileKeeper:
    crawler = get_crawler(settings_dict={"PROFILE_DIR": str(folder)})
    return ProfileKeeper.from_crawler(crawler)


def ended(folder: Path, *records: Record, reason: str = "finished") -> bool:
    """Whether a run of these records leaves a profile."""
    crawler = get_crawler(settings_dict={"PROFILE_DIR": str(folder)})
    kept = ProfileKeeper.from_crawler(crawler)
    spider = SPIDER()
    kept.spider_opened(spider)
    for item in records:
        crawler.stats.inc_value("item_scraped_count")
        kept.item_scraped(item, None)
    kept.spider_closed(spider, reason)
    return (folder / "shamra_academia.json").exists()


GOOD = tuple(record(number) for number in range(6))


def test_good_runs_write_a_profile(tmp_path: Path) -> None:
    assert ended(tmp_path, *GOOD)
    spider = SPIDER()
    keeper(tmp_path).spider_opened(spider)
    assert isinstance(spider.source, HealingSource)
    assert spider.source.profile.entries == 6
    assert SPIDER.source is SOURCE
    assert type(SOURCE) is not HealingSource


def test_runs_that_prove_nothing_write_none(tmp_path: Path) -> None:
    assert not ended(tmp_path, *GOOD[:4])
    assert not ended(tmp_path, *GOOD, record(6, "layout_healed"))
    assert not ended(tmp_path, *GOOD, reason="shutdown")
    assert not ended(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"source": "shamra_academia"}', "null"])
def test_a_broken_profile_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "shamra_academia.json").write_text(text, encoding="utf-8")
    spider = SPIDER()
    keeper(tmp_path).spider_opened(spider)
    assert spider.source is SOURCE


def test_a_profile_of_another_site_is_none(tmp_path: Path) -> None:
    assert ended(tmp_path, *GOOD)
    path = tmp_path / "shamra_academia.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(told | {"home": "https://port.example/"}), encoding="utf-8")
    spider = SPIDER()
    keeper(tmp_path).spider_opened(spider)
    assert spider.source is SOURCE


def test_a_directory_that_cannot_be_written_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert not ended(tmp_path / "file" / "profiles", *GOOD)
    assert "cannot be written" in caplog.text


def test_other_items_and_spiders_are_left_alone(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    kept.item_scraped(Entry(source="a", position=1), None)
    spider = Spider(name="plain")
    kept.spider_opened(spider)
    kept.spider_closed(spider, "finished")
    assert list(tmp_path.iterdir()) == []


def test_without_a_directory_nothing_is_kept() -> None:
    with pytest.raises(NotConfigured):
        ProfileKeeper.from_crawler(get_crawler())
