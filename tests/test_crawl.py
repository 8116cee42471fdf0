"""One crawl of each way to end, against a server that misbehaves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import attrs
import pytest

from tests.crawls import GOOD, Ended, crawl
from tests.site import Site, refused_port

NEW = "new"
OLD = "old"


@attrs.frozen
class Case:
    """A crawl and how it has to end.

    ``feed`` says whether the good feed was replaced; ``records`` counts those published or, in
    a feed that was not replaced, withheld.
    """

    outcome: str
    code: int
    feed: str
    records: int
    path: str = "/ok"
    host: str = "site"
    args: tuple[str, ...] = ()
    settings: Mapping[str, str] = attrs.field(factory=dict)


PIPELINE = '{"tests.crawl_spiders.%s": 250}'
CASES = {
    "fine": Case("ok", 0, NEW, 3),
    "three pages": Case("ok", 0, NEW, 7, "/ok?n=2&next=/ok?offset=2%26n=5"),
    "500 once": Case("ok", 0, NEW, 3, "/flaky"),
    "same entries twice": Case("ok", 0, NEW, 4, "/ok?next=/ok?n=4"),
    "more than the maximum": Case("ok", 0, NEW, 3, args=("-a", "maximum=2")),
    "as many as asked for": Case(
        "ok", 0, NEW, 3, args=("-a", "minimum=4"), settings={"CLOSESPIDER_ITEMCOUNT": "2"}
    ),
    "empty and allowed": Case("ok", 0, NEW, 0, "/empty", args=("-a", "allow_empty=true")),
    "empty": Case("empty", 3, OLD, 0, "/empty"),
    "fewer than the minimum": Case("bounds", 3, OLD, 3, args=("-a", "minimum=4")),
    "404": Case("http", 3, OLD, 0, "/missing"),
    "404 on the third page": Case(
        "http", 3, OLD, 5, "/ok?n=3&next=/ok?offset=3%26n=2%26next=/missing"
    ),
    "500 for ever": Case("http", 3, OLD, 0, "/broken"),
    "redirect to itself": Case("http", 3, OLD, 0, "/loop"),
    "redirects without end": Case("http", 3, OLD, 0, "/bounce"),
    "reset in mid-body": Case("http", 3, OLD, 0, "/reset"),
    "wrong content length": Case("http", 3, OLD, 0, "/short"),
    "refused port": Case("http", 3, OLD, 0, host="refused"),
    "slow body": Case("http", 3, OLD, 0, "/slow", settings={"DOWNLOAD_TIMEOUT": "2"}),
    "body too large": Case("http", 3, OLD, 0, "/big", settings={"DOWNLOAD_MAXSIZE": "100000"}),
    "robots.txt unavailable": Case("http", 3, OLD, 0, host="down"),
    "robots.txt forbids": Case("blocked", 3, OLD, 0, host="strict"),
    "403": Case("blocked", 3, OLD, 0, "/forbidden"),
    "challenge page": Case("blocked", 3, OLD, 3, args=("-a", "fault=blocked")),
    "layout changed": Case("layout", 3, OLD, 3, args=("-a", "fault=layout")),
    "run too long": Case(
        "timeout", 3, OLD, 2, "/ok?n=2&next=/slow",
        settings={"CLOSESPIDER_TIMEOUT": "3", "DOWNLOAD_TIMEOUT": "4"},
    ),
    "callback raises": Case("crash", 1, OLD, 3, args=("-a", "fault=raise")),
    "spider closes itself": Case("crash", 1, OLD, 3, args=("-a", "fault=close")),
    "pipeline raises": Case(
        "crash", 1, OLD, 0, settings={"ITEM_PIPELINES": PIPELINE % "RaisingPipeline"}
    ),
    "invalid record": Case(
        "crash", 1, OLD, 2,
        settings={
            "ITEM_PIPELINES": json.dumps(
                {
                    "scraper.pipelines.NormalizePipeline": 100,
                    "tests.crawl_spiders.SpoilingPipeline": 250,
                    "scraper.pipelines.ValidatePipeline": 300,
                }
            )
        },
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sites() -> Iterator[Mapping[str, Site]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(site.running())
            for name, site in {
                "site": Site(),
                "strict": Site(robots="User-agent: *\nDisallow: /\n"),
                "down": Site(robots=503),
            }.items()
        }


@pytest.fixture(scope="module")
def ended(
    sites: Mapping[str, Site], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[Ended]]]:
    """All the crawls, several at a time: each is a process and mostly starting up."""
    bases = {name: site.base for name, site in sites.items()}
    bases["refused"] = f"http://127.0.0.1:{refused_port()}"

    def run(case: Case) -> Ended:
        folder = tmp_path_factory.mktemp("crawl")
        (folder / "feed.jsonl").write_text(GOOD, encoding="utf-8")
        address = ("-a", f"base={bases[case.host]}", "-a", f"path={case.path}")
        return crawl(folder, *address, *case.args, **case.settings)

    with ThreadPoolExecutor(3) as pool:
        yield {name: pool.submit(run, case) for name, case in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_crawl_ends_as_it_should(name: str, ended: Mapping[str, Future[Ended]]) -> None:
    case, end = CASES[name], ended[name].result()
    assert (end.outcome, end.code) == (case.outcome, case.code), end.err
    assert end.feed is not None
    if case.feed == OLD:
        assert end.feed == GOOD
        assert (end.withheld or "").count("\n") == case.records
        assert "is left as it was" in end.summary
    else:
        assert len(end.feed.splitlines()) == case.records
        assert GOOD not in end.feed
        assert end.withheld is None
        assert "published to" in end.summary
    assert end.temporaries == ()
    assert end.out == ""


def test_the_feed_holds_the_records_lines_as_they_are(
    ended: Mapping[str, Future[Ended]],
) -> None:
    feed = ended["fine"].result().feed
    assert feed is not None
    first, second, third, rest = feed.split("\n")
    assert first.startswith('{"schema_version": "1.0", "id": "demo:0", "source": "demo", ')
    assert '"title": "عنوان رقم 1"' in second
    assert (json.loads(third)["id"], rest) == ("demo:2", "")


def test_a_page_that_failed_once_is_asked_for_again(
    ended: Mapping[str, Future[Ended]], sites: Mapping[str, Site]
) -> None:
    ended["500 once"].result()
    ended["500 for ever"].result()
    assert sites["site"].hits["/flaky"] == 2
    assert sites["site"].hits["/broken"] == 2


@pytest.mark.parametrize("name", ["strict", "down"])
def test_what_robots_does_not_allow_is_not_fetched(
    name: str, ended: Mapping[str, Future[Ended]], sites: Mapping[str, Site]
) -> None:
    ended["robots.txt forbids"].result()
    ended["robots.txt unavailable"].result()
    assert set(sites[name].hits) == {"/robots.txt"}


def test_the_agent_says_who_it_is(
    ended: Mapping[str, Future[Ended]], sites: Mapping[str, Site]
) -> None:
    ended["fine"].result()
    assert sites["site"].agents == {"khulasa/0.1.0 (contact not set)"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("404", "HTTP 404: http://127.0.0.1:"),
        ("layout changed", "nothing found (expected: lines; found: none)"),
        ("challenge page", "blocked: http://127.0.0.1:"),
        ("invalid record", "Invalid record demo:1: /position: 0 is less than the minimum of 1"),
        ("more than the maximum", "demo gave 3 records, more than its maximum of 2"),
        ("pipeline raises", "Error processing native_id 0"),
        ("robots.txt unavailable", "/robots.txt answered HTTP 503: nothing of the site"),
    ],
)
def test_the_log_says_what_is_wrong(
    name: str, told: str, ended: Mapping[str, Future[Ended]]
) -> None:
    assert told in ended[name].result().err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("404 on the third page", "http/errors/404=1"),
        ("slow body", "http/failures/DownloadTimeoutError=1"),
        ("robots.txt forbids", "robotstxt/forbidden=1"),
        ("callback raises", "spider_exceptions/count=1"),
        ("pipeline raises", "item_errors/count=3"),
        ("spider closes itself", "the spider closed itself: had_enough"),
        ("fewer than the minimum", "minimum of 4"),
        ("empty", "allow_empty=true"),
    ],
)
def test_the_summary_says_why(name: str, told: str, ended: Mapping[str, Future[Ended]]) -> None:
    assert told in ended[name].result().summary


@pytest.mark.parametrize(
    "name", ["layout changed", "404", "redirect to itself", "robots.txt forbids"]
)
def test_what_a_site_does_is_no_traceback(name: str, ended: Mapping[str, Future[Ended]]) -> None:
    assert "Traceback" not in ended[name].result().err


def test_the_same_entry_twice_is_one_record(ended: Mapping[str, Future[Ended]]) -> None:
    err = ended["same entries twice"].result().err
    assert "'feed/duplicates': 3" in err
    assert "Dropped" not in err


def test_withheld_records_are_whole_lines(ended: Mapping[str, Future[Ended]]) -> None:
    withheld = ended["404 on the third page"].result().withheld
    assert withheld is not None
    ids = [json.loads(line)["id"] for line in withheld.splitlines()]
    assert ids == ["demo:0", "demo:1", "demo:2", "demo:3", "demo:4"]
