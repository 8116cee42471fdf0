"""Listing pages in many layouts and languages, made of invented content, with what they list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import attrs

WORDS = Path(__file__).with_name("data") / "listing_words.json"
RTL = frozenset(("ar", "he", "fa", "ur"))
SITE = "https://news.example"
NAMES = ("Mara Lindt", "Tomo Okada", "Rania Haddad", "Igor Petrov")


@attrs.frozen(kw_only=True)
class Item:
    """One entry as it was put into a page."""

    title: str
    url: str
    day: str
    shown: str
    summary: str
    author: str
    count: int


@attrs.frozen(kw_only=True)
class Page:
    """A page and what is to come out of it."""

    name: str
    html: str
    url: str
    items: tuple[Item, ...]
    dated: bool
    linked: bool


Layout = Callable[[Sequence[Item], str], str]


@attrs.frozen
class Made:
    """A layout and what its entries show."""

    layout: Layout
    dated: bool = attrs.field(default=True, kw_only=True)
    group: int = attrs.field(default=1, kw_only=True)
    """How many entries stand below one date."""
    start: int = attrs.field(default=0, kw_only=True)
    most: int = attrs.field(default=20, kw_only=True)
    languages: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """Where it is not for any language."""


@cache
def words(language: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(WORDS.read_text(encoding="utf-8"))[language]
    return told


def shown_date(language: str, day: int) -> str:
    """A day of March 2024 as the language writes it."""
    march = words(language)["march"]
    if language == "ko":
        return f"2024년 3월 {day}일"
    if language in {"ja", "zh"}:
        return f"2024年3月{day}日"
    if language == "en":
        return f"March {day}, 2024"
    if language == "es":
        return f"{day} {march} 2024"
    if language == "vi":
        return f"{day}/3/2024"
    return f"{day} {march} 2024" if language != "cs" else f"{day}. {march} 2024"


def items_of(language: str, count: int, start: int = 0) -> tuple[Item, ...]:
    told = words(language)
    made = []
    for at in range(start, start + count):
        subject = told["subjects"][at % 4]
        predicate = told["predicates"][(at // 4 + at) % 4]
        day = 28 - at % 27
        made.append(
            Item(
                title=f"{subject} {predicate}"
                + (f" ({at // 16 + 1})" if at >= len(told["subjects"]) ** 2 else ""),
                url=f"{SITE}/2024/{at + 100}-story",
                day=f"2024-03-{day:02}",
                shown=shown_date(language, day),
                summary=f"{told['summary']} {subject}.",
                author=NAMES[at % 4],
                count=at * 3 + 1,
            )
        )
    return tuple(made)


def link(item: Item) -> str:
    return f'<a href="{item.url}">{escape(item.title)}</a>'


def shell(language: str, main: str, *, plain: bool = False) -> str:
    """A page around a list: navigation, most-read list, footer."""
    told = words(language)
    direction = ' dir="rtl"' if language in RTL else ""
    menu = "".join(
        f'<li><a href="/s{n}/">{word}</a></li>' for n, word in enumerate(told["subjects"])
    )
    most = "".join(f"<li>{link(item)}</li>" for item in items_of(language, 5, 40))
    pages = "".join(f'<a href="?page={n}">{n}</a> ' for n in range(2, 7))
    legal = "".join(f'<a href="/legal/{n}">{name}</a> | ' for n, name in enumerate(NAMES))
    if plain:
        top = f"<div><ul>{menu}</ul></div>"
        side = f"<div><b>{told['popular']}</b><ul>{most}</ul></div>"
        foot = f"<div>{legal}</div>"
    else:
        top = f"<header><nav><ul>{menu}</ul></nav></header>"
        side = f'<aside class="sidebar"><h3>{told["popular"]}</h3><ul>{most}</ul></aside>'
        foot = f"<footer><p>{legal}</p></footer>"
    return (
        f'<!doctype html><html lang="{language}"{direction}><head><meta charset="utf-8">'
        f'<title>{told["subjects"][0]}</title></head><body>{top}<div id="page">{main}'
        f'<p>{pages}<a href="?page=2">{told["next"]}</a></p></div>{side}{foot}</body></html>'
    )


def articles(items: Sequence[Item], language: str) -> str:
    more = words(language)["more"]
    return "".join(
        f'<article class="post-{n} hentry category-news"><h2 class="entry-title">{link(i)}</h2>'
        f'<time datetime="{i.day}T08:00:00+00:00">{i.shown}</time> <span class="author">{i.author}'
        f'</span><p>{i.summary}</p><a href="{i.url}">{more}</a></article>'
        for n, i in enumerate(items)
    )


def cards(items: Sequence[Item], _language: str) -> str:
    return (
        '<div class="grid">'
        + "".join(
            f'<div class="c-{n % 2}"><a class="card" href="{i.url}"><img src="/i/{n}.jpg" alt="">'
            f'<h3>{i.title}</h3><p>{i.summary}</p><span class="date">{i.shown}</span></a></div>'
            for n, i in enumerate(items)
        )
        + "</div>"
    )


def bare_list(items: Sequence[Item], _language: str) -> str:
    return "<ul>" + "".join(f"<li>{link(i)} <i>{i.shown}</i></li>" for i in items) + "</ul>"


def only_links(items: Sequence[Item], _language: str) -> str:
    return "<ul>" + "".join(f"<li>{link(i)}</li>" for i in items) + "</ul>"


def table(items: Sequence[Item], _language: str) -> str:
    return (
        "<table><tr><th>#</th><th>Title</th><th>Date</th></tr>"
        + "".join(
            f"<tr><td>{n}</td><td>{link(i)}</td><td>{i.shown}</td></tr>"
            for n, i in enumerate(items, 1)
        )
        + "</table>"
    )


def docket_table(items: Sequence[Item], _language: str) -> str:
    """The link is a number; the title stands in another cell."""
    return (
        "<table>"
        + "".join(
            f'<tr><td>{i.shown}</td><td><a href="{i.url}">24-{i.count + 1000}</a></td>'
            f"<td>{i.title}</td></tr>"
            for i in items
        )
        + "</table>"
    )


def paired_rows(items: Sequence[Item], language: str) -> str:
    """Each entry is three rows: title, details, a spacer."""
    word = words(language)["comments"]
    return (
        "<table>"
        + "".join(
            f'<tr class="athing"><td>{n}.</td><td class="t">{link(i)}</td></tr><tr><td></td><td>'
            f'{i.count} points | {i.shown} | <a href="/item/{n}">{i.count} {word}'
            f'</a></td></tr><tr style="height:5px"></tr>'
            for n, i in enumerate(items, 1)
        )
        + "</table>"
    )


def definitions(items: Sequence[Item], _language: str) -> str:
    return "<dl>" + "".join(f"<dt>{i.shown}</dt><dd>{link(i)}</dd>" for i in items) + "</dl>"


def terms(items: Sequence[Item], _language: str) -> str:
    parts = (f"<dt>{link(i)}</dt><dd>{i.summary}</dd><dd>{i.shown}</dd>" for i in items)
    return "<dl>" + "".join(parts) + "</dl>"


def headings(items: Sequence[Item], _language: str) -> str:
    """Siblings only: heading, paragraphs until the next heading."""
    return "".join(f"<h3>{link(i)}</h3><p>{i.summary}</p><p>{i.shown}</p>" for i in items)


def heading_more(items: Sequence[Item], language: str) -> str:
    """Headings without links, then a link that says read more."""
    more = words(language)["more"]
    return "".join(
        f'<div class="b"><h3>{i.title}</h3><p>{i.summary}</p><small>{i.shown}</small> '
        f'<a href="{i.url}">{more}</a></div>'
        for i in items
    )


def breaks(items: Sequence[Item], _language: str) -> str:
    """Links and text in one paragraph, line breaks between the entries."""
    return "<p>" + "".join(f"{link(i)} - {i.shown}<br>" for i in items) + "</p>"


def date_first(items: Sequence[Item], _language: str) -> str:
    return "".join(f'<p class="d">{i.shown}</p><h4>{link(i)}</h4>' for i in items)


def forum(items: Sequence[Item], _language: str) -> str:
    return "".join(
        f'<div class="topic"><a href="/u/{n % 4}"><img src="/a/{n % 4}.png" alt="{i.author}"></a>'
        f'<div class="info"><div class="title"><a title="{i.title}" href="{i.url}">{i.title}</a>'
        f'</div><div class="sub"><a class="node" href="/nodes/{n % 3}">{NAMES[n % 3]}</a> • '
        f'<a href="/u/{n % 4}">{i.author}</a> • '
        f'<time datetime="{i.day}">{i.shown}</time></div></div>'
        f'<a class="count" href="{i.url}#reply">{i.count}</a></div>'
        for n, i in enumerate(items)
    )


def grouped(items: Sequence[Item], _language: str) -> str:
    """Dates head the groups."""
    parts, last = [], ""
    for at, i in enumerate(items):
        if at % 3 == 0:
            parts.append(("</ul>" if last else "") + f"<h3>{i.shown}</h3><ul>")
            last = i.shown
        parts.append(f"<li>{link(i)}</li>")
    return "".join(parts) + "</ul>"


def meetings(items: Sequence[Item], _language: str) -> str:
    """Titles without links, several documents for each."""
    return (
        "<ul class='m'>"
        + "".join(
            f'<li><strong>{i.title}</strong> <span>{i.shown}</span> <a href="{i.url}">Agenda</a> '
            f'<a href="{i.url}-minutes">Minutes</a></li>'
            for i in items
        )
        + "</ul>"
    )


def no_links(items: Sequence[Item], _language: str) -> str:
    return (
        "<table><tbody>"
        + "".join(f"<tr><td>{i.title}</td><td>{i.shown}</td></tr>" for i in items)
        + "</tbody></table>"
    )


def paragraphs(items: Sequence[Item], _language: str) -> str:
    return "".join(
        f'<p><span class="when">{i.shown}</span> {link(i)}<br>{i.summary}</p>' for i in items
    )


def columns(items: Sequence[Item], _language: str) -> str:
    """Rows of two cards each."""
    made = [
        f'<div class="col"><h4>{link(i)}</h4><p>{i.summary}</p><em>{i.shown}</em></div>'
        for i in items
    ]
    rows = [made[at : at + 2] for at in range(0, len(made), 2)]
    return "".join(f'<div class="row">{"".join(row)}</div>' for row in rows)


def lead_story(items: Sequence[Item], language: str) -> str:
    """The first entry is larger than the others, of the same kind."""
    return articles(items[:1], language).replace("hentry", "hentry sticky featured") + articles(
        items[1:], language
    )


def tagged(items: Sequence[Item], _language: str) -> str:
    """Search results with tags and a cut title whose rest stands in an attribute."""
    return (
        "<ol>"
        + "".join(
            f'<li><div class="r"><a href="{i.url}" title="{i.title}">{i.title[:-3]}…</a></div>'
            f'<div>{i.summary}</div><div class="tags"><a href="/tag/1">{NAMES[n % 4]}</a> '
            f'<a href="/tag/2">{NAMES[(n + 1) % 4]}</a></div><div>{i.shown}</div></li>'
            for n, i in enumerate(items)
        )
        + "</ol>"
    )


LAYOUTS: Mapping[str, tuple[Layout, bool, bool]] = {
    # name: maker, whether dates are shown, whether entries are linked
    "articles": (articles, True, True),
    "cards": (cards, True, True),
    "bare_list": (bare_list, True, True),
    "only_links": (only_links, False, True),
    "table": (table, True, True),
    "docket_table": (docket_table, True, True),
    "paired_rows": (paired_rows, True, True),
    "definitions": (definitions, True, True),
    "terms": (terms, True, True),
    "headings": (headings, True, True),
    "heading_more": (heading_more, True, True),
    "breaks": (breaks, True, True),
    "date_first": (date_first, True, True),
    "forum": (forum, True, True),
    "grouped": (grouped, False, True),
    "meetings": (meetings, True, True),
    "no_links": (no_links, True, False),
    "paragraphs": (paragraphs, True, True),
    "columns": (columns, True, True),
    "lead_story": (lead_story, True, True),
    "tagged": (tagged, True, True),
}


def pages() -> Iterator[Page]:
    """Every layout in three languages, one of them without any telling element or class."""
    languages = list(json.loads(WORDS.read_text(encoding="utf-8")))
    for at, (name, (layout, dated, linked)) in enumerate(LAYOUTS.items()):
        for turn in range(3):
            language = languages[(at * 3 + turn * 7) % len(languages)]
            items = items_of(language, (12, 8, 20)[turn])
            html = shell(language, layout(items, language), plain=turn == 1)
            yield Page(
                name=f"{name}-{language}", html=html, url=f"{SITE}/list", items=items,
                dated=dated, linked=linked,
            )  # fmt: skip
