"""Made listing pages in the structures of blogs, news sites, agencies and shops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tests.listing_boards import numeric
from tests.listing_pages import Item, Made, link, words


def prose(item: Item, times: int = 3) -> str:
    return "".join(f"<p>{item.summary} {item.summary}</p>" for _ in range(times))


def weblog(items: Sequence[Item], language: str) -> str:
    """A weblog: published and updated, author's card, categories, tags and comments."""
    told = words(language)
    return "".join(
        f'<article id="post-{n}" class="post-{n} post type-post status-publish hentry '
        f'category-a{n}">'
        f'<header class="entry-header"><h2 class="entry-title"><a href="{i.url}" rel="bookmark">'
        f'{i.title}</a></h2><div class="entry-meta"><span class="posted-on"><a href="{i.url}">'
        f'<time class="updated" datetime="2024-04-0{n % 9 + 1}T10:00:00+00:00">{n}</time>'
        f'<time class="entry-date published" datetime="{i.day}T10:00:00+00:00">{i.shown}</time></a>'
        f'</span> {told["by"]} <span class="author vcard"><a class="url fn n" '
        f'href="/author/{n % 4}">'
        f'{i.author}</a></span></div></header><div class="entry-content"><p>{i.summary} '
        f'<a href="{i.url}#more" class="more-link">{told["more"]}</a></p></div>'
        f'<footer class="entry-footer"><span class="cat-links"><a href="/category/{n % 3}" '
        f'rel="category tag">{told["subjects"][n % 4]}</a></span> <a href="{i.url}#comments">'
        f"{i.count} "
        f"{told['comments']}</a></footer></article>"
        for n, i in enumerate(items)
    )


def diary(items: Sequence[Item], _language: str) -> str:
    """Whole posts below the heading of their day; the permalink is a time of day."""
    return "".join(
        f'<div class="date-outer"><h2 class="date-header"><span>{i.shown}</span></h2>'
        f'<div class="date-posts"><div class="post-outer"><div class="post hentry"><h3 class='
        f'"post-title entry-title"><a href="{i.url}">{i.title}</a></h3><div class="post-body '
        f'entry-content">{prose(i)}</div><div class="post-footer"><span class="fn">'
        f"{i.author}</span> "
        f'<a class="timestamp-link" href="{i.url}" rel="bookmark"><abbr class="published" '
        f'title="{i.day}T0{n % 9}:15:00+00:00">0{n % 9}:15</abbr></a></div></div></div></div></div>'
        for n, i in enumerate(items)
    )


def day_headings(items: Sequence[Item], _language: str) -> str:
    """Posts below the heading of their day, without any date of their own."""
    return "".join(
        f'<h2 class="date-header">{i.shown}</h2><div class="post"><h3 class="post-title">{link(i)}'
        f'</h3><div class="post-body">{prose(i, 2)}</div><p class="post-footer">{i.author}</p>'
        f"</div>"
        for i in items
    )


def views_rows(items: Sequence[Item], _language: str) -> str:
    """Fields in elements named after them."""
    return (
        '<div class="view-content">'
        + "".join(
            f'<div class="views-row views-row-{n} views-row-{("even", "odd")[n % 2]}"><div class='
            f'"views-field views-field-field-image"><a href="{i.url}"><img src="/i/{n}.jpg" alt="">'
            f'</a></div><div class="views-field views-field-title"><span class="field-content">'
            f'{link(i)}</span></div><div class="views-field views-field-created"><span class='
            f'"field-content">{i.shown} - 14:{n:02}</span></div><div class="views-field '
            f'views-field-body"><div class="field-content">{i.summary}</div></div></div>'
            for n, i in enumerate(items, 1)
        )
        + "</div>"
    )


def author_lines(items: Sequence[Item], _language: str) -> str:
    """Title, subtitle, and a list of author and short date, all in one link's box."""
    return "".join(
        f'<div class="slotView"><div class="media"><a href="{i.url}"><img src="/m/{n}.jpg" alt="">'
        f'</a></div><div class="slotTitle"><a href="{i.url}"><span>{i.title}</span></a></div>'
        f'<div class="slotSubTitle"><a href="{i.url}">{i.summary}</a></div><ul class="authorInfo">'
        f"<li>{i.author}</li><li>{numeric(i, '%d.%m.%Y')} | 14:{n:02}</li></ul></div>"
        for n, i in enumerate(items, 10)
    )


def agency(items: Sequence[Item], language: str) -> str:
    """A kicker above each title, a lead below, categories as badges."""
    told = words(language)
    return "".join(
        f'<li class="news"><figure><a href="{i.url}"><img src="/p/{n}.jpg" alt="{i.title}"></a>'
        f"</figure>"
        f'<div class="desc"><a class="badge" href="/kind/{n % 3}">{told["subjects"][n % 4]}</a>'
        f'<h4 class="rutitr"><span>{told["predicates"][n % 4]}</span></h4><h3 class="title">'
        f"{link(i)}"
        f'</h3><p class="lead">{i.summary}</p><time>{i.shown}</time></div></li>'
        for n, i in enumerate(items)
    ).join(("<ul>", "</ul>"))


def date_blocks(items: Sequence[Item], _language: str) -> str:
    """Day, month and year stand in elements of their own."""
    return "".join(
        f'<div class="event"><div class="cal"><span class="d">{numeric(i, "%d")}</span>'
        f'<div class="m">March</div><div class="y">2024</div></div><div class="txt">'
        f"<h4>{link(i)}</h4><p>{i.summary}</p></div></div>"
        for i in items
    )


def with_advertisements(items: Sequence[Item], _language: str) -> str:
    """Between the entries, boxes of the same kind that lead elsewhere."""
    parts = []
    for n, i in enumerate(items):
        parts.append(f'<li class="item"><h3>{link(i)}</h3><p>{i.summary}</p><i>{i.shown}</i></li>')
        if n % 4 == 3:
            parts.append(
                f'<li class="item ad sponsored"><div class="adsbygoogle"><ins></ins><a href='
                f'"https://ads.example/{n}"><img src="/ad.png" alt=""></a></div></li>'
            )
    return f"<ul class='stream'>{''.join(parts)}</ul>"


def other_first(items: Sequence[Item], _language: str) -> str:
    """The first entry stands in a box of another structure."""
    first, *rest = items
    head = (
        f'<div class="lead"><a href="{first.url}"><img src="/lead.jpg" alt=""></a><h2>{link(first)}'
        f"</h2><p>{first.summary}</p><span class='date'>{first.shown}</span></div>"
    )
    return head + "".join(
        f'<div class="entry"><h2>{link(i)}</h2><p>{i.summary}</p><span class="date">'
        f"{i.shown}</span>"
        "</div>"
        for i in rest
    )


def two_lists(items: Sequence[Item], language: str) -> str:
    """News with summaries beside a longer list of bare archive links."""
    told = words(language)
    months = "".join(
        f'<li><a href="/archive/{n}">{told["subjects"][n % 4]} {2000 + n}</a></li>'
        for n in range(24)
    )
    news = "".join(
        f'<div class="n"><h3>{link(i)}</h3><span>{i.shown}</span><p>{i.summary}</p></div>'
        for i in items
    )
    return f'<div class="c1">{news}</div><div class="c2"><ul>{months}</ul></div>'


def many_languages(items: Sequence[Item], _language: str) -> str:
    """A switcher with more languages than the page has entries."""
    names = ("English", "Deutsch", "Français", "Español", "Italiano", "Polski", "Čeština", "Türkçe",
             "Ελληνικά", "Русский", "Українська", "العربية", "فارسی", "עברית", "हिन्दी", "中文",
             "日本語", "한국어", "ไทย", "Tiếng Việt")  # fmt: skip
    choice = "".join(
        f'<li><a href="/{n}/" hreflang="x{n}">{name}</a></li>' for n, name in enumerate(names)
    )
    rows = "".join(f"<li>{link(i)} <small>{i.shown}</small></li>" for i in items)
    return f'<div class="top"><ul>{choice}</ul></div><div class="body"><ul>{rows}</ul></div>'


def results(items: Sequence[Item], _language: str) -> str:
    """Search results: title, address, and a snippet that begins with the date."""
    return (
        "<ol>"
        + "".join(
            f'<li class="r"><h2>{link(i)}</h2><div class="cite"><cite>news.example › 2024 › '
            f"{n}</cite></div>"
            f'<p><span class="news_dt">{i.shown}</span> · {i.summary}</p></li>'
            for n, i in enumerate(items)
        )
        + "</ol>"
    )


def shop(items: Sequence[Item], _language: str) -> str:
    """Goods with image, name, price and a button, three in a row."""
    made = [
        f'<li class="product"><a href="{i.url}"><img src="/g/{n}.jpg" alt="{i.title}"></a>'
        f'<h3 class="name"><a href="{i.url}">{i.title}</a></h3><span class="price">{i.count},90 '
        f"€</span>"
        f'<a class="button" href="/cart?add={n}">+</a></li>'
        for n, i in enumerate(items)
    ]
    return "".join(
        f'<ul class="grid">{"".join(made[at : at + 3])}</ul>' for at in range(0, len(made), 3)
    )


def microdata(items: Sequence[Item], _language: str) -> str:
    """Everything is named by microdata; the elements themselves say nothing."""
    return "".join(
        f'<div itemscope itemtype="https://schema.org/NewsArticle"><meta itemprop="datePublished" '
        f'content="{i.day}"><meta itemprop="dateModified" content="2024-04-02"><div><a '
        f'itemprop="url" '
        f'href="{i.url}"><span itemprop="headline">{i.title}</span></a></div><div itemprop='
        f'"description">{i.summary}</div><div itemprop="author" itemscope><span itemprop="name">'
        f"{i.author}</span></div></div>"
        for i in items
    )


def linked_cells(items: Sequence[Item], language: str) -> str:
    """Image, title and "Read more" stand in cells of their own rows."""
    more = words(language)["more"]
    return (
        "<table>"
        + "".join(
            f'<tr><td rowspan="2"><a href="{i.url}"><img src="/t/{n}.jpg" alt=""></a></td><td>'
            f'<a href="{i.url}">{i.title}</a></td></tr><tr><td>{i.shown} – {i.summary} '
            f'<a href="{i.url}">{more}</a></td></tr>'
            for n, i in enumerate(items)
        )
        + "</table>"
    )


def short_numeric(items: Sequence[Item], _language: str) -> str:
    """Numeric dates none of which shows its order, but all of one month."""
    return "<ul>" + "".join(f"<li>{link(i)} <em>{numeric(i)}</em></li>" for i in items) + "</ul>"


def clocked_links(items: Sequence[Item], _language: str) -> str:
    """The time of day stands inside of the link, the day in the group's heading."""
    parts = []
    for at, i in enumerate(items):
        if at % 4 == 0:
            parts.append(("</ul>" if at else "") + f"<h4>{i.shown}</h4><ul class='wire'>")
        parts.append(f'<li><a href="{i.url}"><span>1{at % 9}:3{at % 6}</span> {i.title}</a></li>')
    return "".join(parts) + "</ul>"


def meta_line(items: Sequence[Item], language: str) -> str:
    """One long line of details between separators."""
    told = words(language)
    return "".join(
        f'<div class="story"><h3>{link(i)}</h3><div class="info">{told["subjects"][n % 4]} | '
        f"{told['by']} {i.author} | {i.shown} | {i.count} {told['comments']} | "
        f"{told['predicates'][n % 4]}"
        f"</div><p>{i.summary}</p></div>"
        for n, i in enumerate(items)
    )


def sections(items: Sequence[Item], language: str) -> str:
    """Sections of four entries each, with a heading and a link to all of it."""
    told = words(language)
    parts = []
    for at in range(0, len(items), 4):
        rows = "".join(
            f'<div class="teaser"><h3>{link(i)}</h3><p>{i.summary}</p><span class="t">'
            f"{i.shown}</span></div>"
            for i in items[at : at + 4]
        )
        parts.append(
            f'<section><h2><a href="/section/{at}">{told["subjects"][at // 4 % 4]}</a></h2>{rows}'
            f'<a class="all" href="/section/{at}">{told["more"]}</a></section>'
        )
    return "".join(parts)


def ranges(items: Sequence[Item], _language: str) -> str:
    """Events with a weekday and hours."""
    return "".join(
        f'<div class="ev"><p class="when">{datetime.fromisoformat(i.day):%A, %B %-d, %Y} 6:00 PM - '
        f'8:00 PM</p><p class="what">{link(i)}</p><p>{i.summary}</p></div>'
        for i in items
    )


NEWS: Mapping[str, Made] = {
    "weblog": Made(weblog),
    "diary": Made(diary),
    "day_headings": Made(day_headings),
    "views_rows": Made(views_rows),
    "author_lines": Made(author_lines),
    "agency": Made(agency),
    "date_blocks": Made(date_blocks),
    "with_advertisements": Made(with_advertisements),
    "other_first": Made(other_first),
    "two_lists": Made(two_lists),
    "many_languages": Made(many_languages),
    "results": Made(results),
    "shop": Made(shop, dated=False),
    "microdata": Made(microdata),
    "linked_cells": Made(linked_cells),
    "short_numeric": Made(short_numeric, start=16, most=8),
    "clocked_links": Made(clocked_links, group=4),
    "meta_line": Made(meta_line),
    "sections": Made(sections),
    "ranges": Made(ranges),
}
