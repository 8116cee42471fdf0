"""Parts of a crawl that need no server."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from normalize.model import Entry, Record
from scraper.archive.middlewares import ArchiveMiddleware
from scraper.errors import (
    BlockedPage,
    DocumentTooLarge,
    LayoutChanged,
    NoEntries,
    SpiderArgumentError,
    SplitError,
    UnsupportedDocument,
)
from scraper.middlewares import (
    DownloadFailureMiddleware,
    RedirectLimitMiddleware,
    RobotsUnreachableMiddleware,
    SplitErrorMiddleware,
)
from scraper.monitor import flag, item_name
from scraper.pipelines import (
    DuplicatesPipeline,
    NormalizePipeline,
    ValidatePipeline,
    reference_date,
)

ROBOTS = Request(
    "https://example.org/robots.txt", callback=NO_CALLBACK, meta={"dont_obey_robotstxt": True}
)
PAGE = Request("https://example.org/robots.txt")


def record(key: str = "1", digest: str = "0", **fields: Any) -> Record:  # noqa: ANN401  any field
    fields = {"position": 1} | fields
    return Record(id=f"a:{key}", source="a", content_hash=digest * 32, **fields)


@pytest.fixture
def crawler() -> Any:  # noqa: ANN401  a crawler of a spider that does nothing
    return get_crawler(settings_dict={"REDIRECT_MAX_TIMES": 2})


def counted(crawler: Any, prefix: str = "") -> dict[str, Any]:  # noqa: ANN401  as above
    told = crawler.stats.get_stats().items()
    return {k: v for k, v in told if k.startswith(prefix) and not k.startswith("fault/")}


def test_the_first_of_an_id_is_kept(crawler: Any) -> None:  # noqa: ANN401  as above
    pipeline = DuplicatesPipeline.from_crawler(crawler)
    assert pipeline.process_item(record("1")) == record("1")
    assert pipeline.process_item(record("2")) == record("2")
    for again in (record("1"), record("1", digest="f"), record("1")):
        with pytest.raises(DropItem) as dropped:
            pipeline.process_item(again)
        assert dropped.value.log_level == "DEBUG"
    assert counted(crawler) == {"feed/duplicates": 3, "feed/duplicates_that_differ": 1}


def test_an_invalid_record_is_dropped_and_named(
    crawler: Any,  # noqa: ANN401  as above
    caplog: pytest.LogCaptureFixture,
) -> None:
    pipeline = ValidatePipeline.from_crawler(crawler)
    assert pipeline.process_item(record()) == record()
    with pytest.raises(DropItem):
        pipeline.process_item(record(position=0, language="?"))
    (message,) = caplog.messages
    assert message.startswith("Invalid record a:1: ")
    assert "/position: 0 is less than the minimum of 1" in message
    assert '/language: "?" does not match' in message
    assert counted(crawler) == {"feed/invalid": 1}


def test_only_entries_are_normalised() -> None:
    class Echo:
        def normalize(self, entries: Any) -> Any:  # noqa: ANN401  a stand-in
            return (record(entry.native_id) for entry in entries)

    pipeline = NormalizePipeline(Echo(), get_crawler())
    entry = Entry(source="a", position=1, native_id="7")
    assert pipeline.process_item(entry) == record("7")
    with pytest.raises(TypeError, match="a spider yields entries, not dict"):
        pipeline.process_item({"title": "x"})  # type: ignore[arg-type]  what a wrong spider does


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), sqlite3.OperationalError("disk is full")]
)
def test_a_machine_that_fails_is_asked_once(error: Exception, crawler: Any) -> None:  # noqa: ANN401  as above
    class Full:
        asked = 0

        def normalize(self, _: Any) -> Any:  # noqa: ANN401  a stand-in
            self.asked += 1
            raise error

    class Engine:
        closed: tuple[str, ...] = ()

        def close_spider_async(self, *, reason: str) -> None:
            self.closed += (reason,)

    crawler.engine = Engine()
    normalizer = Full()
    pipeline = NormalizePipeline(normalizer, crawler)
    entry = Entry(source="a", position=1, native_id="7")
    with pytest.raises(type(error)):
        pipeline.process_item(entry)
    for _ in range(2):
        with pytest.raises(DropItem, match="not read after") as dropped:
            pipeline.process_item(entry)
        assert dropped.value.log_level == "DEBUG"
    assert normalizer.asked == 1
    assert crawler.engine.closed == ("entries_unreadable",)
    told = crawler.stats.get_value("fault/item_errors/count")
    assert told == f"{type(error).__name__}: {error} in reading entries"


def test_the_normaliser_is_told_what_the_settings_say() -> None:
    settings = {
        "NORMALIZER": "tests.crawl_spiders.PlainNormalizer",
        "TRANSLATE_TO": "",
        "REFERENCE_DATE": "2024-05-21",
        "STATE_FILE": "state.sqlite",
    }
    pipeline = NormalizePipeline.from_crawler(get_crawler(settings_dict=settings))
    assert vars(pipeline)["_normalizer"].told == (None, date(2024, 5, 21), "state.sqlite")


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, None), ("", None), ("2024-05-21", date(2024, 5, 21)), (date(2024, 1, 1),) * 2],
)
def test_reference_date(value: str | date | None, read: date | None) -> None:
    assert reference_date(value) == read


@pytest.mark.parametrize("value", ["soon", "21.05.2024", "2024-02-30"])
def test_a_wrong_reference_date_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|day is out of range"):
        reference_date(value)


@pytest.mark.parametrize(
    ("error", "stat"),
    [
        (LayoutChanged("x"), "split/layout_changed"),
        (BlockedPage("x"), "split/blocked"),
        (UnsupportedDocument("x"), "split/unsupported"),
        (DocumentTooLarge("x"), "split/unsupported"),
        (NoEntries("x"), "split/no_entries"),
        (SplitError("x"), "split/other"),
    ],
)
def test_split_errors_are_counted(
    error: SplitError,
    stat: str,
    crawler: Any,  # noqa: ANN401  as above
) -> None:
    middleware = SplitErrorMiddleware.from_crawler(crawler)
    assert middleware.process_spider_exception(Response("https://example.org/"), error) == ()
    assert counted(crawler) == {stat: 1}


def test_an_archive_that_cannot_be_written_is_told_once_and_let_go(
    crawler: Any,  # noqa: ANN401  as above
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    middleware = ArchiveMiddleware(crawler, tmp_path / "a.warc")
    writer = vars(middleware)["_writer"]

    def write(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "write", write)
    response = Response("https://example.org/")
    for _ in range(2):
        assert middleware.process_response(Request(response.url), response) is response
    told = "The archive cannot be written further: No space left on device"
    assert caplog.messages == [told]
    assert crawler.stats.get_value("fault/archive/write_errors") == told
    assert crawler.stats.get_value("archive/write_errors") == 1
    assert vars(writer)["_file"].closed


def test_other_errors_are_left_alone(crawler: Any) -> None:  # noqa: ANN401  as above
    middleware = SplitErrorMiddleware.from_crawler(crawler)
    response = Response("https://example.org/")
    assert middleware.process_spider_exception(response, ValueError("x")) is None
    assert counted(crawler) == {}


@pytest.mark.parametrize(
    ("status", "forbidden"),
    [(200, False), (404, False), (403, False), (429, True), (500, True), (503, True)],
)
def test_an_unavailable_robots_txt_forbids(
    status: int,
    forbidden: object,
    crawler: Any,  # noqa: ANN401  as above
) -> None:
    middleware = RobotsUnreachableMiddleware.from_crawler(crawler)
    response = TextResponse(ROBOTS.url, status=status, body=b"as it is")
    replaced = middleware.process_response(ROBOTS, response)
    assert (replaced.body == b"User-agent: *\nDisallow: /\n") is forbidden
    assert (replaced is response) is not forbidden
    assert middleware.process_response(PAGE, response) is response


def test_a_failed_robots_txt_forbids(crawler: Any) -> None:  # noqa: ANN401  as above
    middleware = RobotsUnreachableMiddleware.from_crawler(crawler)
    replaced = middleware.process_exception(ROBOTS, TimeoutError())
    assert replaced is not None
    assert replaced.body == b"User-agent: *\nDisallow: /\n"
    assert middleware.process_exception(PAGE, TimeoutError()) is None
    assert middleware.process_exception(ROBOTS, IgnoreRequest()) is None


def test_failed_pages_are_counted_by_what_went_wrong(crawler: Any) -> None:  # noqa: ANN401  as above
    middleware = DownloadFailureMiddleware.from_crawler(crawler)
    for request, error in ((PAGE, TimeoutError()), (ROBOTS, OSError()), (PAGE, IgnoreRequest())):
        middleware.process_exception(request, error)
    assert counted(crawler) == {"http/failures/TimeoutError": 1}


@pytest.mark.parametrize(
    ("passed", "location", "stopped"),
    [
        ([], "/b", False),
        (["https://example.org/0"], "/b", False),
        (["https://example.org/0", "https://example.org/1"], "/b", True),
        ([], "/a", True),
        (["https://example.org/b"], "/b", True),
    ],
)
def test_redirects_are_limited(
    passed: list[str],
    location: str,
    stopped: object,
    crawler: Any,  # noqa: ANN401  as above
) -> None:
    request = Request("https://example.org/a", meta={"redirect_urls": passed})
    response = Response(request.url, status=302, headers={"Location": location})
    RedirectLimitMiddleware.from_crawler(crawler).process_response(request, response)
    assert bool(request.meta.get("dont_redirect")) is stopped


@pytest.mark.parametrize(
    ("value", "read"),
    [("true", True), ("True", True), ("1", True), (True, True), ("no", False), (False, False)],
)
def test_flag(value: object, read: object) -> None:
    assert flag("allow_empty", value) is read


def test_a_flag_that_is_neither_is_refused() -> None:
    with pytest.raises(SpiderArgumentError, match="allow_empty must be true or false, not 'si'"):
        flag("allow_empty", "si")


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (record(), "id a:1"),
        (Entry(source="a", position=1, url="https://example.org/1"), "url https://example.org/1"),
        ({"title": "x"}, "title x"),
        ({}, "an item"),
        (datetime(2024, 1, 1), "an item"),  # noqa: DTZ001  no item at all
    ],
)
def test_item_name(item: object, name: str) -> None:
    assert item_name(item) == name


def test_the_project_settings_hold_together() -> None:
    settings = Settings()
    settings.setmodule("scraper.settings", priority="project")
    order = sorted(settings.getdict("ITEM_PIPELINES").items(), key=lambda pair: pair[1])
    assert [path.rpartition(".")[2] for path, _ in order] == [
        "NormalizePipeline", "DuplicatesPipeline", "ValidatePipeline",
    ]  # fmt: skip
