"""``scrapy crawl listing``: any listing page, its next pages, its entries' own pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from normalize.model import Entry
from scraper.errors import SpiderArgumentError
from spiders.listing import ListingSpider
from tests.crawls import scrapy
from tests.pages_site import HTML, Crawled, Page, Served, crawl, serve

SUBJECTS = (
    "مكتبة القرية تفتح أبوابها", "قطار الليل يعود إلى الجبل", "حديقة جديدة في وسط المدينة",
    "سوق السمك ينتقل إلى الميناء", "مدرسة الموسيقى تحتفل بعيدها", "جسر قديم يرمم بعد مئة عام",
    "فيلم قصير عن صيادي الساحل", "معرض للخط العربي في المتحف", "فريق المدينة يفوز بالكأس",
)  # fmt: skip


def item(number: int, *, summary: bool = True, date: bool = True) -> str:
    """An entry of a list, as blogs write them."""
    told = (
        f"<p>خبر رقم {number} يروي ما جرى في المدينة هذا الأسبوع بالتفصيل.</p>" if summary else ""
    )
    when = (
        f"<time datetime='2024-03-0{number % 9 + 1}'>٠{number % 9 + 1} مارس</time>" if date else ""
    )
    title = SUBJECTS[number % len(SUBJECTS)]
    return f"<article><h2><a href='/a/{number}'>{title} {number}</a></h2>{when}{told}</article>"


def listing(numbers: range, following: str = "", **parts: bool) -> Page:
    items = "".join(item(number, **parts) for number in numbers)
    head = "<title>أخبار</title><meta name=description content='كل أخبار المدينة في مكان واحد'>"
    return Page(
        body=f"<html lang=ar dir=rtl><head>{head}</head><body><main>{items}</main>"
        f"{following}</body></html>"
    )


def article(number: int, head: str = "", text: str = "") -> Page:
    return Page(
        body=f"<html lang=ar><head><title>x</title>{head}</head><body><article><h1>"
        f"{SUBJECTS[number % len(SUBJECTS)]} {number}</h1>{text}</article></body></html>"
    )


PARAGRAPH = "بدأت القصة قبل أعوام حين اجتمع أهل الحي واتفقوا على أن يعيدوا بناء ما تهدم معا. "
LD = (
    '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "datePublished": '
    '"2024-05-02T08:00:00+03:00", "description": "وصف من البيانات المنظمة"}</script>'
)
SITE = "<meta name=description content='كل أخبار المدينة في مكان واحد'>"

PAGES: Mapping[str, Page] = {
    "/robots.txt": Page(body="User-agent: *\nDisallow: /a/34\n", content_type="text/plain"),
    # Three pages, then the last again and again.
    "/news": listing(range(1, 5), "<a href='/news?page=2'>التالي ←</a>"),
    "/news?page=2": listing(range(5, 9), "<a href='/news?page=3'>التالي ←</a>"),
    "/news?page=3": listing(range(9, 12), "<a href='/news?page=4'>التالي ←</a>"),
    "/news?page=4": listing(range(9, 12), "<a href='/news?page=5'>التالي ←</a>"),
    # What seems to lead on leads to an article.
    "/odd": listing(range(1, 5), "<div class=pagination><b>1</b><a href='/odd/2'>2</a></div>"),
    "/odd/2": article(2, text=f"<p>{PARAGRAPH * 20}</p>"),
    # What seems to lead on leads to another list.
    "/mixed": listing(range(1, 5), "<div class=pagination><a href='/mixed/2'>التالي</a></div>"),
    "/mixed/2": Page(
        body="<html><body><ul>"
        + "".join(
            f"<li><a href='/section/topic/{n}/x'>{SUBJECTS[n]}</a><p>{PARAGRAPH}</p></li>"
            for n in range(8)
        )
        + "</ul></body></html>"
    ),
    # A control that loads more: HTML inside of JSON, and inside of that another control.
    "/more": listing(range(1, 5), "<button data-url='/more.json?page=2'>المزيد</button>"),
    "/more.json?page=2": Page(
        body=json.dumps(
            {
                "html": "".join(item(n) for n in range(5, 9))
                + "<button data-url='/more.json?page=3'>المزيد</button>",
                "ok": True,
            }
        ),
        content_type="application/json",
    ),
    "/more.json?page=3": Page(body='{"html": "", "ok": true}', content_type="application/json"),
    # Pages that repeat a description that is the site's.
    "/repeated": listing(range(41, 44), summary=False),
    **{
        f"/a/{n}": article(
            n,
            "<meta name=description content='أخبار كل يوم من كل مكان'>",
            f"<p>{SUBJECTS[n % 9]}: {PARAGRAPH}</p><p>{PARAGRAPH * 3}</p>",
        )
        for n in range(41, 44)
    },
    # A gate on the way is none of its ends.
    "/gated": listing(range(1, 5), "<a rel=next href='/gated?page=2'>2</a>"),
    "/gated?page=2": Page(body="<title>Just a moment...</title><script src=/c.js></script>"),
    # A page that a script puts together, whose feed its head names.
    "/app": Page(
        body="<html><head><link rel=alternate type=application/rss+xml href='/feed?a=1&b=2'></head>"
        "<body><h1>أخبار المدينة</h1><div id=app></div></body></html>"
    ),
    # Lists that lack something.
    "/bare": listing(range(31, 40), summary=False, date=False),
    "/a/31": article(31, head=LD),
    "/a/32": article(
        32,
        head="<meta property='article:published_time' content='2024-04-01'>"
        "<meta property='og:description' content='وصف من رأس الصفحة'>",
    ),
    "/a/33": article(
        33, SITE, f"<time datetime='2024-02-29'>x</time><p>{PARAGRAPH}</p><p>{PARAGRAPH * 3}</p>"
    ),
    "/a/34": article(34, head=LD),
    "/a/35": Page(status=500, body="oops"),
    "/a/36": Page(status=302, location="/a/36/"),
    "/a/36/": article(36, head=LD.replace("وصف", "وصف آخر")),
    "/a/37": Page(status=302, location="http://localhost:9/elsewhere"),
    "/a/38": Page(body="<title>تسجيل الدخول</title><form><input type=password></form>"),
    "/a/39": Page(body="%PDF-1.4", content_type="application/pdf"),
    "/none": Page(body=f"<h1>مقال</h1><p>{PARAGRAPH * 30}</p>"),
}


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with serve(PAGES) as served:
        yield served


@pytest.fixture(scope="module")
def ended(
    site: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[Crawled]]]:
    folder = tmp_path_factory.mktemp("listing")
    jobs: dict[str, dict[str, str]] = {
        "pages": {"url": f"{site.base}/news", "pages": "9", "label": "madina"},
        "one": {"url": f"{site.base}/news"},
        "odd": {"url": f"{site.base}/odd", "pages": "3"},
        "mixed": {"url": f"{site.base}/mixed", "pages": "3"},
        "more": {"url": f"{site.base}/more", "pages": "9"},
        "gated": {"url": f"{site.base}/gated", "pages": "3"},
        "repeated": {"url": f"{site.base}/repeated", "follow": "yes"},
        "follow": {"url": f"{site.base}/bare", "follow": "true"},
        "none": {"url": f"{site.base}/none"},
        "app": {"url": f"{site.base}/app"},
        "copy": {"url": "https://madina.example/news", "base": site.base, "pages": "2"},
    }
    with ThreadPoolExecutor(2) as pool:
        yield {
            name: pool.submit(crawl, "listing", Path(folder / f"{name}.jsonl"), **arguments)
            for name, arguments in jobs.items()
        }


def test_pages_are_read_until_they_repeat(
    ended: Mapping[str, Future[Crawled]], site: Served
) -> None:
    end = ended["pages"].result()
    assert end.code == 0, end.err
    assert [record["url"] for record in end.records] == [f"{site.base}/a/{n}" for n in range(1, 12)]
    assert site.hits["/news?page=4"] == 1
    assert site.hits["/news?page=5"] == 0


def test_the_label_names_source_and_ids(ended: Mapping[str, Future[Crawled]]) -> None:
    records = ended["pages"].result().records
    assert {record["source"] for record in records} == {"madina"}
    assert all(record["id"].startswith("madina:") for record in records)


def test_one_page_is_read_unasked(ended: Mapping[str, Future[Crawled]]) -> None:
    end = ended["one"].result()
    assert end.code == 0, end.err
    assert len(end.records) == 4
    first = end.records[0]
    assert first["source"] == "listing"
    assert first["language"] == "ar"
    assert first["direction"] == "rtl"
    assert first["published"] == "2024-03-02"
    assert first["title"] == "قطار الليل يعود إلى الجبل 1"


@pytest.mark.parametrize("job", ["odd", "mixed"])
def test_a_page_with_no_such_list_ends_it(job: str, ended: Mapping[str, Future[Crawled]]) -> None:
    end = ended[job].result()
    assert end.code == 0, end.err
    assert len(end.records) == 4
    assert "The list ends before" in end.err


def test_more_is_loaded_as_the_page_asks_for_it(
    ended: Mapping[str, Future[Crawled]], site: Served
) -> None:
    end = ended["more"].result()
    assert end.code == 0, end.err
    assert [record["url"] for record in end.records] == [f"{site.base}/a/{n}" for n in range(1, 9)]


def test_a_gate_on_a_later_page_withholds_the_part(ended: Mapping[str, Future[Crawled]]) -> None:
    end = ended["gated"].result()
    assert end.code == 3
    assert end.summary.startswith("listing: blocked, 4 records")


def test_a_first_page_without_a_list_is_withheld(ended: Mapping[str, Future[Crawled]]) -> None:
    end = ended["none"].result()
    assert end.code == 3
    assert end.summary.startswith("listing: layout, 0 records")
    assert end.records == ()


def test_the_feed_of_a_page_that_cannot_be_read_is_named(
    ended: Mapping[str, Future[Crawled]], site: Served
) -> None:
    end = ended["app"].result()
    assert end.code == 3
    assert f"scrapy crawl feed -a url='{site.base}/feed?a=1&b=2'\n" in end.err
    # Said once, by its address.
    (line,) = [line for line in end.err.splitlines() if " ERROR: " in line]
    assert line.count(f"{site.base}/app") == 1


def test_a_copy_gives_the_addresses_of_the_live_site(
    ended: Mapping[str, Future[Crawled]],
) -> None:
    end = ended["copy"].result()
    assert end.code == 0, end.err
    assert [r["url"] for r in end.records] == [f"https://madina.example/a/{n}" for n in range(1, 9)]
    assert end.records[0]["page_url"] == "https://madina.example/news"


def of_entry(end: Crawled, number: int) -> tuple[object, object, list[str]]:
    (record,) = (r for r in end.records if r["url"].endswith(f"/a/{number}"))
    return record["summary"], record["published"], record["issues"]


FIRST = PARAGRAPH.strip()


@pytest.mark.parametrize(
    ("number", "summary", "published", "issue"),
    [
        (31, "وصف من البيانات المنظمة", "2024-05-02T08:00:00+03:00", None),
        (32, "وصف من رأس الصفحة", "2024-04-01", None),
        (33, FIRST, "2024-02-29", None),
        (34, None, None, "entry_page_not_read:robots"),
        (35, None, None, "entry_page_not_read:500"),
        (36, "وصف آخر من البيانات المنظمة", "2024-05-02T08:00:00+03:00", None),
        (37, None, None, "entry_page_not_read:302"),
        (38, None, None, "entry_page_not_read:login"),
        (39, None, None, "entry_page_not_read:no_page"),
    ],
)
def test_entries_own_pages_give_what_is_missing(
    ended: Mapping[str, Future[Crawled]],
    number: int,
    summary: str | None,
    published: str | None,
    issue: str | None,
) -> None:
    end = ended["follow"].result()
    assert end.code == 0, end.err
    assert len(end.records) == 9
    told, when, issues = of_entry(end, number)
    assert (told, when) == (summary, published)
    assert [i for i in issues if i.startswith("entry_page")] == ([issue] if issue else [])


def test_a_description_that_a_site_repeats_is_no_summary(
    ended: Mapping[str, Future[Crawled]],
) -> None:
    end = ended["repeated"].result()
    assert end.code == 0, end.err
    assert [r["url"].rpartition("/")[2] for r in end.records] == ["41", "42", "43"]
    expected = [f"{SUBJECTS[n % 9]}: {FIRST}" for n in range(41, 44)]
    assert [record["summary"] for record in end.records] == expected
    assert {record["raw"]["entry_page"] for record in end.records} == {"summary"}


def test_only_so_many_pages_of_entries_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spiders.listing.MOST_FOLLOWED", 2)
    spider = ListingSpider(url="https://madina.example/bare", follow="true")
    body = listing(range(1, 6), summary=False).body
    assert isinstance(body, str)
    response = HtmlResponse(spider.url, body=body.encode(), headers={"Content-Type": HTML})
    response.request = Request(spider.url)
    told = list(spider.parse(response))
    asked = [item.url for item in told if isinstance(item, Request)]
    assert asked == ["https://madina.example/a/1", "https://madina.example/a/2"]
    left = [item for item in told if not isinstance(item, Request)]
    assert [item.issues for item in left] == [("entry_page_not_read:limit",)] * 3


def test_files_and_places_on_the_page_are_not_asked_for() -> None:
    spider = ListingSpider(url="https://madina.example/bare", follow="true")
    items = "".join(
        f"<article><h2><a href='{path}'>{SUBJECTS[n]}</a></h2></article>"
        for n, path in enumerate(["/a/1.PDF", "/a/2.zip", "/a/3", "/a/4.html", "/a/5"])
    )
    response = HtmlResponse(spider.url, body=f"<main>{items}</main>".encode())
    response.request = Request(spider.url)
    told = list(spider.parse(response))
    asked = [item.url for item in told if isinstance(item, Request)]
    assert asked == [f"https://madina.example/a/{name}" for name in ("3", "4.html", "5")]
    left = [item for item in told if not isinstance(item, Request)]
    assert [item.issues for item in left] == [("entry_page_not_read:no_page",)] * 2
    here = Entry(source="listing", position=1, url=f"{spider.url}#news-7")
    assert not spider._is_to_follow(here, response)


def test_forbidden_pages_are_not_fetched(
    ended: Mapping[str, Future[Crawled]], site: Served
) -> None:
    assert ended["follow"].result().code == 0
    assert site.hits["/a/34"] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "listing needs the address of a page: -a url=URL."),
        ({"url": "news.example"}, "url must be an address"),
        ({"url": "https://a.example/", "label": "My News"}, "label begins with a small letter"),
        ({"url": "https://a.example/", "label": "a:b"}, "label begins with a small letter"),
        ({"url": "https://a.example/", "label": ""}, "label begins with a small letter"),
        ({"url": "https://a.example/", "label": "aitopics"}, "'aitopics' is the name of a source"),
        ({"url": "https://a.example/", "follow": "si"}, "follow must be true or false"),
        ({"url": "https://a.example/", "pages": "0"}, "pages must be a whole number"),
        ({"url": "https://a.example/", "page": "2"}, "Did you mean 'pages'?"),
        ({"urll": "https://a.example/"}, "takes no argument 'urll'. Did you mean 'url'?"),
        ({"url": "https://a.example/", "label": "feed"}, "'feed' is the name of a source"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, str], told: str) -> None:
    with pytest.raises(SpiderArgumentError) as refused:
        ListingSpider(**arguments)
    assert told in str(refused.value)


def test_wrong_usage_is_told_on_the_command_line() -> None:
    end = scrapy("crawl", "listing")
    assert end.returncode == 2
    assert "listing needs the address of a page" in end.stderr.decode("utf-8")
