"""What a page's dates, titles and addresses show by agreement."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from normalize.dates import parse_date
from scraper.errors import BlockedPage, NoEntries
from scraper.split import split
from scraper.split.listing.addresses import has_shape, usual_shapes
from scraper.split.listing.candidates import main_group
from scraper.split.listing.day_order import day_order
from scraper.split.listing.groups import with_year
from scraper.split.listing.outline import outline
from scraper.split.listing.tails import common_tail, without_tail
from tests.listing_pages import SITE, items_of, link, shell


@pytest.mark.parametrize(
    ("dates", "languages", "expected"),
    [
        (["25/05/2024", "06/05/2024"], ["en"], True),
        (["05/25/2024", "05/06/2024"], ["ar"], False),
        (["25/05/2024", "05/25/2024"], ["he"], None),  # the page contradicts itself
        (["06/05/2024", "05/05/2024", "02/05/2024"], ["en"], True),  # three days of May
        (["05/06/2024", "05/05/2024", "05/02/2024"], ["en"], False),
        (["02/04/2024", "01/04/2024", "12/03/2024", "11/03/2024"], ["en"], True),  # newest first
        (["06/05/2024"], ["en"], None),
        (["06/05/2024"], ["cs"], True),
        (["06-05-2024"], ["ar"], None),  # boards write the month first with dashes
        (["6 May 2024", None], ["cs"], None),
    ],
)
def test_order_of_numeric_dates(
    dates: list[str | None], languages: list[str], expected: object
) -> None:
    assert day_order(dates, ["A title"], languages) is expected


def test_script_of_the_titles_tells_the_order_where_no_language_is_declared() -> None:
    assert day_order(["06/05/2024"], ["שלום לכולם"], []) is True
    assert day_order(["06/05/2024"], ["नमस्ते दुनिया"], ["en"]) is True
    assert day_order(["06/05/2024"], ["東京の港"], []) is None


def test_tail_that_all_titles_share_is_left_out() -> None:
    titles = [f"{name} v. State, 2026 NCBC {n}" for n, name in enumerate("ABCDEF")]
    tail = common_tail([title.replace(" v.", "dams v.") for title in titles])
    assert tail == ("#", "NCBC", "#")
    assert without_tail("Lucas v. Hopper, 2026 NCBC 39", tail) == "Lucas v. Hopper"
    assert without_tail("Lucas v. Hopper", tail) == "Lucas v. Hopper"


def test_tail_that_tells_titles_apart_is_kept() -> None:
    assert common_tail([f"Harbour news, part {n}" for n in range(9)]) == ()
    assert common_tail([f"{word} of the harbour" for word in "ABCDEFG"]) == ()


@pytest.mark.parametrize(
    ("day", "expected"), [("27 March", "27 March 2024"), ("3月27日", "2024年3月27日")]
)
def test_day_takes_the_year_of_its_group(day: str, expected: str) -> None:
    assert with_year(day, "2024", parse_date) == expected
    assert with_year("27 March 2023", "2024", parse_date) == "27 March 2023"
    assert with_year("a title", "2024", parse_date) == "a title"


def test_addresses_of_entries_have_one_shape() -> None:
    shapes = usual_shapes([f"{SITE}/2024/{n}-story" for n in range(9)])
    assert has_shape([f"{SITE}/2023/7-other"], shapes)
    assert not has_shape([f"{SITE}/sport/", f"{SITE}/about"], shapes)
    assert usual_shapes(["https://a.example/x", "https://b.example/y/1"]) == frozenset()


def test_instants_are_read_from_attributes() -> None:
    rows = "".join(
        f'<li><a href="/s/{n}">Story {n} of the sea</a> <b data-time="17100{n}0000">now</b></li>'
        for n in range(6)
    )
    found = split(f"<html><body><ul>{rows}</ul></body></html>", url=SITE)
    assert found[0].published == "2024-03-09T16:00:00+00:00"
    assert len({entry.published for entry in found}) == 6


@pytest.mark.parametrize(
    "main",
    [
        '<div id="root"></div><script src="/app.js"></script>',
        "<p>" + "Nothing but one paragraph about the harbour. " * 3 + "</p>",
        '<form action="/q"><input name="q"></form>',
    ],
)
def test_pages_without_entries_are_refused(main: str) -> None:
    with pytest.raises((NoEntries, BlockedPage)):
        split(f"<html><body>{main}</body></html>", url=SITE)


def test_article_with_comments_and_related_stories_is_refused() -> None:
    items = items_of("ar", 5)
    text = f"<p>{items[0].summary * 4}</p>" * 9
    related = "".join(f'<li><a href="{i.url}">{i.title}</a></li>' for i in items)
    main = f"<article><h1>{items[0].title}</h1>{text}</article><ul>{related}</ul>"
    with pytest.raises(NoEntries, match="single article"):
        split(shell("ar", main), url=f"{SITE}/2024/7-story")


def test_year_of_two_digits_is_completed_from_the_page() -> None:
    rows = "".join(
        f'<li><a href="/s/{n}">Story {n} of the harbour</a> <i>{n}/03/24</i></li>'
        for n in range(28, 18, -1)
    )
    body = f"<html><body><ul>{rows}</ul><p>{{}}</p></body></html>"
    assert split(body.format("© 2024"), url=SITE)[0].published == "28/03/2024"
    assert split(body.format("© 2023"), url=SITE)[0].published == "28/03/24"
    assert split(body.format("1924 to 2024"), url=SITE)[0].published == "28/03/24"


def test_year_that_stands_first_is_completed_from_the_page() -> None:
    rows = "".join(
        f"<tr><td>{n}</td><td><a href='/b?id={n}'>항구의 새로운 소식 {n}</a></td>"
        f"<td>24-03-{n}</td></tr>"
        for n in range(28, 18, -1)
    )
    body = f"<html lang='ko'><body><table>{rows}</table><p>© 2024</p></body></html>"
    assert split(body, url=SITE)[0].published == "2024-03-28"


def test_number_that_ends_all_titles_is_theirs() -> None:
    assert common_tail([f"العدد {n} - السنة 67" for n in range(5020, 5010, -1)]) == ()


def test_number_of_a_case_is_no_date() -> None:
    rows = "".join(
        f"<div class='d'><p>{n}-05-24</p><p><b>Cohen v. Harbour Company {n}</b></p>"
        f"<p>{n - 6000}.5.2024</p><p><a href='/v/{n}.doc'>Read</a></p></div>"
        for n in range(6011, 6020)
    )
    entries = split(f"<html><body><div>{rows}</div></body></html>", url=SITE)
    assert [entry.published for entry in entries][:2] == ["11.5.2024", "12.5.2024"]


def test_days_in_titles_count_where_there_are_no_others() -> None:
    days = ["3. 9. 2024", "4. 8. 2024", "5. 7. 2024", "6. 6. 2024", "7. 5. 2024", "8. 4. 2024"]
    rows = "".join(
        f"<li><a href='/f/z{n}.pdf'>Zápis č. {n} ze dne {day}</a> (PDF, 90 kB)</li>"
        for n, day in enumerate(days)
    )
    body = f"<html lang='cs'><body><ul>{rows}</ul></body></html>"
    assert [entry.published for entry in split(body, url=SITE)] == days
    told = [entry.title for entry in split(body, url=SITE)]
    assert told[0] == "Zápis č. 0 ze dne 3. 9. 2024"


def test_label_of_a_group_is_the_date_of_all_its_entries() -> None:
    day, rows = 0, []
    for n in range(20):
        if n not in {2, 5, 6, 11}:
            day = 28 - n
            rows.append(f"<div class='date_header'>{day} березня 2024</div>")
        rows.append(
            f"<div class='a'><i>1{n % 10}:30</i> <a href='/n/{n}00'>Новини порту {n}</a></div>"
        )
    body = f"<html lang='uk'><body><div>{''.join(rows)}</div></body></html>"
    told = [entry.published for entry in split(body, url=SITE)]
    assert told[:4] == ["28 березня 2024", "27 березня 2024", "27 березня 2024", "25 березня 2024"]
    assert all(told)


def test_date_that_a_style_hides_gives_way_to_one_that_is_seen() -> None:
    rows = "".join(
        f"<li><dl><dt><a href='/t/{n}'>A topic of the harbour forum {n}</a>"
        f"<div class='a' style='display: none;'>Last post <b>30 March 2024</b></div>"
        f"<div class='b'>Ann » <b>{n} March 2024</b></div></dt></dl></li>"
        for n in range(20, 10, -1)
    )
    entries = split(f"<html><body><ul>{rows}</ul></body></html>", url=SITE)
    assert [entry.published for entry in entries][:2] == ["20 March 2024", "19 March 2024"]


def test_main_group_is_the_weightiest_but_for_a_menu_among_dated_entries() -> None:
    menu, entries = (0.8, 0.0, 0.0), (0.7, 0.2, 1.0)
    assert main_group([36, 14], [menu, entries]) == 1
    assert main_group([36, 3], [menu, entries]) == 0  # too few to be the list
    assert main_group([36, 14], [(1.0, 0.0, 0.0), entries]) == 0  # titles as long as entries have
    assert main_group([36, 14], [(0.8, 0.4, 0.0), entries]) == 0


def test_day_in_a_heading_is_no_title() -> None:
    days = "".join(
        f"<section><h2>pondělí {day}. května 2024</h2>"
        + "".join(
            f"<div class='x'><span>1{n}:30</span> "
            f"<a class='t' href='/film/{day}{n}9'>Film {day}{n}</a>"
            f" <span>2D</span> <a class='btn' href='/r/{day}{n}'>Rezervovat</a></div>"
            for n in range(4)
        )
        + "</section>"
        for day in range(20, 26)
    )
    entries = split(f"<html lang='cs'><body><main>{days}</main></body></html>", url=SITE)
    assert len(entries) == 24
    assert {entry.title for entry in entries[:2]} == {"Film 200", "Film 201"}


def test_numbers_that_link_are_titles_where_nothing_else_is_different() -> None:
    rows = "".join(
        f"<tr><td><a href='/Review/{n}'>{n}</a></td><td>Ухвала</td><td>{n % 28 + 1:02}.05.2024</td>"
        f"<td>Київський апеляційний суд</td><td>{('Бондар', 'Коваль')[n % 2]} Ірина</td></tr>"
        for n in range(120000, 120012)
    )
    body = f"<html lang='uk'><body><table>{rows}</table></body></html>"
    assert [entry.title for entry in split(body, url=SITE)][:2] == ["120000", "120001"]


@pytest.mark.parametrize(("title", "zone"), [("공지사항 | 항구", ""), ("항만청", "related")])
def test_label_that_the_page_bears_as_title_is_no_margin(title: str, zone: str) -> None:
    rows = "".join(f"<li>{link(item)} {item.shown}</li>" for item in items_of("ko", 8))
    made = outline(
        document_fromstring(
            f"<html><head><title>{title}</title></head><body><div><h2>공지사항</h2>"
            f"<ul>{rows}</ul></div>{'<p>다른 안내</p>' * 300}</body></html>"
        )
    )
    assert {made.zones[number] for number in made.anchors} == {zone}


def test_year_that_stands_first_is_no_day() -> None:
    dates = [f"24.03.{day:02}" for day in range(28, 18, -1)]
    assert day_order(dates, ["A title"], ["ko"]) is None
    assert day_order([f"{day}.03.24" for day in range(28, 18, -1)], ["A title"], ["ko"]) is True
