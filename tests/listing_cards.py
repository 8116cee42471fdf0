"""Made listing pages whose entries are links around all they show, ads, items and sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.listing_boards import numeric
from tests.listing_pages import Item, Made, link, words


def part_cards(items: Sequence[Item], _language: str) -> str:
    """A link with the title in bold, and the lead, the source and the day in elements beside it."""
    return "".join(
        f'<li><a href="{i.url}"><span class="text"><strong>{i.title}</strong>'
        f'<span class="lead">{i.summary}</span><span class="source"><span>{i.shown}</span>'
        f"<span>{i.author}</span></span></span></a></li>"
        for i in items
    )


def block_cards(items: Sequence[Item], _language: str) -> str:
    """A link with a block for the title and one for the summary, neither named so."""
    rows = "".join(
        f'<li><a href="{i.url}"><div class="pic"><img src="/p.jpg" alt=""></div><div class="txt">'
        f'<div class="t1">{i.title}</div><div class="t2">{i.summary}</div>'
        f'<div class="l_day">{i.shown}</div></div></a></li>'
        for i in items
    )
    return f'<div class="list"><ul>{rows}</ul></div>'


def mixed_cards(items: Sequence[Item], _language: str) -> str:
    """A link whose blocks and elements stand beside words of its own: the author's name."""
    rows = "".join(
        f'<li><a href="{i.url}"><div class="post_title"><strong class="tit">{i.title}</strong>'
        f'<div class="wrap"><span class="content">{i.summary}</span></div>'
        f'<span class="publish_time">{i.shown}</span> <span class="by">/</span> {i.author}</div>'
        "</a></li>"
        for i in items
    )
    return f"<ul>{rows}</ul>"


def topic_items(items: Sequence[Item], _language: str) -> str:
    """Items that are called topics, a word for the labels of entries elsewhere."""
    rows = "".join(
        f'<li class="p-topics__item"><a href="{i.url}"><p class="c-title">{i.title}</p>'
        f'<p class="c-time">{i.shown}</p></a></li>'
        for i in items
    )
    return f'<ul class="p-list">{rows}</ul>'


def classified_ads(items: Sequence[Item], _language: str) -> str:
    """Ads, as those who place them call them."""
    rows = "".join(
        f'<div class="ad-row"><a href="{i.url}"><img src="/p.jpg" alt=""></a><div class="info">'
        f'<a href="{i.url}" class="t">{i.title}</a><div>{i.count} 000</div><div>{i.shown}</div>'
        "</div></div>"
        for i in items
    )
    return f'<div class="rows">{rows}</div>'


def vacancies(items: Sequence[Item], language: str) -> str:
    """A title, a day and pay in a row, none of them a link, and a link to apply."""
    more = words(language)["more"]
    rows = "".join(
        f'<li class="vac"><span class="v-a">{i.title}</span><span class="v-b">{i.shown}</span>'
        f'<span class="v-c">{i.count}</span><a class="apply" href="{i.url}">{more}</a></li>'
        for i in items
    )
    return f"<ul>{rows}</ul>"


def labelled_fields(items: Sequence[Item], _language: str) -> str:
    """Entries with fields of which one has the name of a margin."""
    rows = "".join(
        f'<div class="doc"><h3>{link(i)}</h3><dl><dt>Category:</dt><dd>{i.author}</dd>'
        f"<dt>#</dt><dd>{i.shown}</dd></dl><ul><li><a href='/f/{i.count}.pdf'>PDF</a></li></ul>"
        "</div>"
        for i in items
    )
    return f"<div>{rows}</div>"


def day_programme(items: Sequence[Item], _language: str) -> str:
    """Days as headings, and below each what is on: a clock, a title, a link to book."""
    made = []
    for at in range(0, len(items), 3):
        told = items[at : at + 3]
        rows = "".join(
            f'<div class="item"><span>1{n}:30</span> <a href="{i.url}">{i.title}</a> '
            f'<a class="btn" href="/book/{i.count}">→</a></div>'
            for n, i in enumerate(told)
        )
        made.append(f'<section class="day"><h2>{told[0].shown}</h2>{rows}</section>')
    return "".join(made)


def date_boxes(items: Sequence[Item], _language: str) -> str:
    """Day and month in one element, the year right beside it in another."""
    rows = "".join(
        f'<div class="ev"><div class="d-box"><strong>{numeric(i, "%d.%m.")}</strong>'
        f'<span class="year">{i.day[:4]}</span></div><div><h3>{link(i)}</h3>'
        f"<p>{i.summary}</p></div></div>"
        for i in items
    )
    return f"<div>{rows}</div>"


def bracketed_days(items: Sequence[Item], _language: str) -> str:
    """Table cells with a link, and behind it the day and a count in brackets."""
    rows = "".join(
        f'<tr><td><img src="/b.gif"></td><td>{link(i)} <font>[ {i.shown} ]</font> '
        f"<font>({i.count})</font></td></tr>"
        for i in items
    )
    return f"<table>{rows}</table>"


def headed_paragraphs(items: Sequence[Item], language: str) -> str:
    """Paragraphs that begin with the title in bold and end with a link to read on."""
    more = words(language)["more"]
    return "".join(
        f"<p><strong>{i.title}</strong><br>{i.shown}<br>{i.summary}<br>"
        f'<a href="{i.url}">{more}</a></p>'
        for i in items
    )


def pages_and_files(items: Sequence[Item], _language: str) -> str:
    """Rows with a page and a document of the same entry, both with long texts."""
    rows = "".join(
        f"<tr><td>{i.shown}</td><td>{link(i)}</td><td>{i.author}</td>"
        f'<td><a href="/f/{i.count}{n}.doc">'
        f"Minutes of the meeting in full, number {n}</a></td></tr>"
        for n, i in enumerate(items)
    )
    return f"<table>{rows}</table>"


def spanned_days(items: Sequence[Item], _language: str) -> str:
    """A table whose days span the rows of all that happens on them."""
    rows = "".join(
        "<tr>"
        + (f'<td rowspan="3">{i.shown}</td>' if n % 3 == 0 else "")
        + f"<td>1{n % 10}:30</td><td>{link(i)}</td><td>{i.author}</td></tr>"
        for n, i in enumerate(items)
    )
    return f"<table>{rows}</table>"


CARDS: Mapping[str, Made] = {
    "part_cards": Made(part_cards),
    "block_cards": Made(block_cards),
    "mixed_cards": Made(mixed_cards),
    "topic_items": Made(topic_items),
    "classified_ads": Made(classified_ads),
    "vacancies": Made(vacancies),
    "labelled_fields": Made(labelled_fields),
    "day_programme": Made(day_programme, group=3),
    "date_boxes": Made(date_boxes),
    "bracketed_days": Made(bracketed_days),
    "headed_paragraphs": Made(headed_paragraphs),
    "pages_and_files": Made(pages_and_files),
    "spanned_days": Made(spanned_days, group=3),
}
