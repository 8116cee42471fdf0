"""Dates beside titles with nothing between them: no date takes characters from a title."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scraper.split import split
from scraper.split.listing.title_borders import label_text

ENTRIES = 30
URL = "https://www.example.org/news/"

FORMS = {
    "span": "<li><span>{date}</span><a href='/n/{n}.html'>{title}</a></li>",
    "class": "<li><span class='d'>{date}</span><a href='/n/{n}.html'>{title}</a></li>",
    "date class": "<li><span class='date'>{date}</span><a href='/n/{n}.html'>{title}</a></li>",
    "b": "<li><b>{date}</b><a href='/n/{n}.html'>{title}</a></li>",
    "em": "<li><em>{date}</em><a href='/n/{n}.html'>{title}</a></li>",
    "bare": "<li>{date}<a href='/n/{n}.html'>{title}</a></li>",
    "space": "<li><span>{date}</span> <a href='/n/{n}.html'>{title}</a></li>",
    "in the link": "<li><a href='/n/{n}.html'><span>{date}</span>{title}</a></li>",
    "both in the link": (
        "<li><a href='/n/{n}.html'><span>{date}</span><span>{title}</span></a></li>"
    ),
    "bold title": "<li><span>{date}</span><a href='/n/{n}.html'><b>{title}</b></a></li>",
    "label": "<li><span>{date}</span><i>3課</i><a href='/n/{n}.html'>{title}</a></li>",
    "after": "<li><a href='/n/{n}.html'>{title}</a><span>{date}</span></li>",
    "paragraph": "<p><span>{date}</span><a href='/n/{n}.html'>{title}</a></p>",
    "cell": "<tr><td><span>{date}</span><a href='/n/{n}.html'>{title}</a></td></tr>",
}

JAPANESE = {
    "2026/5/1": "3歳児健康診査のお知らせ",
    "R8.5.2": "3歳児健康診査のお知らせ",
    "2026.5.2": "3歳児健康診査のお知らせ",
    "2026-5-1": "1歳6か月児健診のご案内",
    "2026年5月": "12月定例会の開催について",
    "2026年6月": "10周年記念式典の開催",
    "2026年7月": "2025年度の予算について",
    "2026年5月1日": "2日間の防災訓練を行います",
}
CHINESE = {"2026/5/1": "5月2日起调整公交线路", "2026年5月1日": "3个新项目开工建设"}
ARABIC = {
    "٢٠٢٦/٥/١": "٣ مشاريع جديدة في المدينة",
    "2026/5/1": "٣ مشاريع جديدة في المدينة",
    "١ مايو ٢٠٢٦": "٢٠٢٥ عام الثقافة والفنون",
}
HEBREW = {"1.5.2026": "3 פרויקטים חדשים בעיר", "1 במאי 2026": "12 בתי ספר נפתחים"}

PLAIN = {
    "ja": "防災訓練の実施について{}",
    "zh": "图书馆闭馆通知{}",
    "ar": "افتتاح الحديقة الجديدة {}",
    "he": "פתיחת הגן החדש {}",
}
NAMES = "東西南北中上下春夏秋冬山川海空森林花鳥風月雪星光虹霧雨雲港町"


def cases() -> list[tuple[str, str, str]]:
    told = {"ja": JAPANESE, "zh": CHINESE, "ar": ARABIC, "he": HEBREW}
    return [(lang, date, title) for lang, pairs in told.items() for date, title in pairs.items()]


def page(language: str, form: str, date: str, titles: Sequence[str]) -> str:
    rows = "".join(form.format(date=date, title=title, n=n) for n, title in enumerate(titles))
    if form.startswith("<tr"):
        rows = f"<table>{rows}</table>"
    elif form.startswith("<li"):
        rows = f"<ul>{rows}</ul>"
    return f"<html lang={language}><body><h1>News</h1>{rows}</body></html>"


def told(html: str) -> list[tuple[str | None, str | None]]:
    entries = split(html, url=URL, content_type="text/html; charset=utf-8")
    return [(entry.published, entry.title) for entry in entries]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("language", "date", "title"), cases())
def test_all_titles_begin_with_a_number(form: str, language: str, date: str, title: str) -> None:
    titles = [f"{title}{name}" for name in NAMES]
    assert told(page(language, form, date, titles)) == [(date, title) for title in titles]


@pytest.mark.parametrize(("language", "date", "title"), cases())
@pytest.mark.parametrize("form", ["span", "bare", "in the link", "after"])
@pytest.mark.parametrize("place", [0, 1, 14, 28, 29])
def test_one_title_begins_with_a_number(
    form: str, place: int, language: str, date: str, title: str
) -> None:
    titles = [PLAIN[language].format(name) for name in NAMES]
    titles[place] = title
    expected = [(date, title) for title in titles]
    assert told(page(language, FORMS[form], date, titles)) == expected


@pytest.mark.parametrize("place", range(ENTRIES))
def test_number_at_any_place_of_the_list(place: int) -> None:
    titles = [PLAIN["ja"].format(name) for name in NAMES]
    titles[place] = "3歳児健康診査のお知らせ"
    html = page("ja", FORMS["span"], "2026/5/1", titles)
    assert told(html) == [("2026/5/1", title) for title in titles]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<span>12</span><span>May</span><span>2026</span>", "12May2026"),
        ("<span>12</span> <span>May</span> <span>2026</span>", "12 May 2026"),
        ("<b>2026年</b><i>5月</i><em>12日</em>", "2026年5月12日"),
        ("<b>2026年</b><i>5月12日</i>", "2026年5月12日"),
        ("<b>2026</b>/<b>5</b>/<b>12</b>", "2026/5/12"),
        ("<b>2026</b><b>05</b><b>12</b>", "20260512"),
        ("<div>12</div><div>May</div><div>2026</div>", "12 May 2026"),
    ],
)
def test_date_in_several_elements_is_read_whole(markup: str, expected: str) -> None:
    form = "<li>" + markup.replace("{", "") + "<a href='/n/{n}.html'>{title}</a></li>"
    titles = [f"3歳児健康診査のお知らせ{name}" for name in NAMES]
    assert told(page("ja", form, "", titles)) == [(expected, title) for title in titles]


@pytest.mark.parametrize(
    ("form", "date"),
    [
        ("<li><div>{title}</div><a href='/n/{n}.html'>{title}</a><div>{date}</div></li>", "R8.5.2"),
        ("<li><span>{date}</span><i>お知らせ</i><a href='/n/{n}.html'>{title}</a></li>", "R8.5.2"),
        ("<li><span>{date}</span><i>10:30</i><a href='/n/{n}.html'>{title}</a></li>", "2026/5/1"),
        ("<li>{date} - <a href='/n/{n}.html'>{title}</a> - 5 comments</li>", "1 May 2026"),
    ],
)
def test_date_is_told_without_its_neighbours(form: str, date: str) -> None:
    titles = [f"3歳児健康診査{name}" for name in NAMES]
    assert told(page("ja", form, date, titles)) == [(date, title) for title in titles]


@pytest.mark.parametrize("tag", ["span", "strong"])
def test_title_leaves_out_a_bare_date_inside_its_link(tag: str) -> None:
    form = f"<li><a href='/n/{{n}}.html'>{{date}}<{tag}>{{title}}</{tag}></a></li>"
    titles = [f"3歳児健康診査{name}" for name in NAMES]
    assert told(page("ja", form, "2026/5/1", titles)) == [("2026/5/1", title) for title in titles]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["2026/5/1", "3件"], "2026/5/1 3件"),
        (["2026年5月", "3件"], "2026年5月 3件"),
        (["2026年", "5月", "1日"], "2026年5月1日"),
        (["2026", "05", "01"], "20260501"),
        (["٢٠٢٦/٥/١", "٣ أخبار"], "٢٠٢٦/٥/١ ٣ أخبار"),
        (["May", " 1, ", "2026"], "May 1, 2026"),
    ],
)
def test_numbers_of_two_elements_do_not_run_together(pieces: list[str], expected: str) -> None:
    assert label_text(pieces) == expected


def test_day_above_a_group_takes_nothing_of_the_count_beside_it() -> None:
    groups = "".join(
        f"<h3><span>2026/5/{day}</span><span>3件</span></h3><ul>"
        + "".join(
            f"<li><a href='/n/{day}{n}'>{n}歳児健康診査のお知らせ{NAMES[day * 4 + n]}</a></li>"
            for n in range(4)
        )
        + "</ul>"
        for day in range(1, 6)
    )
    found = [date for date, _ in told(f"<html lang=ja><body>{groups}</body></html>")]
    assert found == [f"2026/5/{day} 3件" for day in range(1, 6) for _ in range(4)]


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("2026/5/11歳児健診", None),  # the 1st or the 11th of May
        ("2026年5月12月定例会", None),
        ("2026/05/01 健診", "2026/05/01 健診"),
        ("2026年5月12日 定例会", "2026年5月12日 定例会"),
    ],
)
def test_rendered_text_gives_no_date_that_may_hold_another_number(
    detail: str, expected: str | None
) -> None:
    prose = "市役所では毎月、市民のみなさまに向けて健康診査を行っています。" * 8
    text = "\n".join(f"健康診査のお知らせ{name}\n{prose}\n{detail}" for name in NAMES)
    entries = split(text, url=URL, content_type="text/plain; charset=utf-8")
    assert {entry.published for entry in entries} == {expected}
