"""Made listing pages in the structures of forums, boards, registers and archives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tests.listing_pages import NAMES, Item, Made, link, words


def numeric(item: Item, pattern: str = "%d/%m/%Y") -> str:
    return datetime.fromisoformat(item.day).strftime(pattern)


def epoch(item: Item) -> int:
    return int(datetime.fromisoformat(item.day).replace(hour=9, tzinfo=UTC).timestamp())


def topic_rows(items: Sequence[Item], language: str) -> str:
    """Rows of a forum as definition lists, two of them announcements, with a last post each."""
    by = words(language)["by"]
    rows = "".join(
        f'<li class="row bg{n % 2 + 1}{" announce" * (n < 2)}"><dl class="row-item"><dt>'
        f'<div class="list-inner"><a href="{i.url}" class="topictitle">{i.title}</a><br>'
        f'<div class="topic-poster">{by} <a href="/u/{n % 4}" class="username">{i.author}</a> » '
        f"{i.shown}</div></div></dt>"
        f'<dd class="posts">{i.count}</dd><dd class="views">{i.count * 9}</dd><dd class="lastpost">'
        f'<span>{by} <a href="/u/{(n + 1) % 4}" class="username">{NAMES[(n + 1) % 4]}</a> '
        f'<a href="/p/{n}#p{n}" title="→"><i class="icon"></i></a><br>{i.shown}</span></dd></dl>'
        f"</li>"
        for n, i in enumerate(items)
    )
    return f'<div class="forumbg"><ul class="topiclist topics">{rows}</ul></div>'


def thread_table(items: Sequence[Item], _language: str) -> str:
    """A forum's table: page numbers beside long threads, author below, dates and counts beside."""
    return (
        '<table id="threads"><thead><tr><th></th><th>#</th><th></th><th></th></tr></thead><tbody>'
        + "".join(
            f'<tr><td class="alt1"><img src="/icons/{n % 3}.gif" alt=""></td><td class="alt2"><div>'
            f'<a href="{i.url}" id="thread_title_{n}">{i.title}</a> <span class="smallfont">( '
            f'<a href="{i.url}&amp;page=2">2</a> <a href="{i.url}&amp;page=3">3</a> )</span></div>'
            f'<div class="smallfont"><span>{i.author}</span></div></td><td class="alt1">{i.shown}'
            f'<br><a href="/member?u={n % 4}">{NAMES[n % 4]}</a></td><td class="alt2">'
            f"{i.count}</td></tr>"
            for n, i in enumerate(items)
        )
        + "</tbody></table>"
    )


def topic_list_with_clock(items: Sequence[Item], _language: str) -> str:
    """Ages as short text, the instant itself in an attribute."""
    return (
        '<table class="topic-list"><tbody>'
        + "".join(
            f'<tr class="topic-list-item category-{n % 3}"><td class="main-link"><span '
            f'class="link">'
            f'<a href="{i.url}" class="title raw-link">{i.title}</a></span><div '
            f'class="bottom-line">'
            f'<a class="badge" href="/c/{n % 3}">{NAMES[n % 3]}</a></div></td><td class="posters">'
            f'<a href="/u/{n % 4}"><img src="/a/{n % 4}.png" alt=""></a></td><td class="num posts">'
            f'{i.count}</td><td class="num age"><span class="relative-date" '
            f'data-time="{epoch(i)}000">{n + 1}d</span></td></tr>'
            for n, i in enumerate(items)
        )
        + "</tbody></table>"
    )


def hover_dates(items: Sequence[Item], _language: str) -> str:
    """Relative ages whose day stands in the title of a plain element."""
    return "".join(
        f'<div class="structItem"><div class="structItem-title"><a href="{i.url}">{i.title}</a>'
        f"</div>"
        f'<ul class="parts"><li><a class="username" href="/u/{n % 4}">{i.author}</a></li>'
        f'<li><a href="{i.url}/latest"><span class="when" title="{i.shown}">{n + 1} h</span></a>'
        f"</li>"
        f"</ul><dl><dt>#</dt><dd>{i.count}</dd></dl></div>"
        for n, i in enumerate(items)
    )


def numbered_board(items: Sequence[Item], language: str) -> str:
    """A board with number, subject, author, date and views; pinned notices have no number."""
    heads = "".join(f"<th>{w}</th>" for w in ("No", "", words(language)["by"], "", ""))
    return (
        f'<table class="board"><thead><tr>{heads}</tr></thead><tbody>'
        + "".join(
            f'<tr class="{"notice" if n < 2 else ""}"><td>{"★" if n < 2 else 900 - n}</td>'
            f'<td class="subject"><a href="{i.url}">{i.title}</a> <a href="{i.url}#c">'
            f"[{i.count}]</a>"
            f'</td><td class="name">{i.author}</td><td class="date">{numeric(i, "%Y.%m.%d")}</td>'
            f"<td>{i.count * 7}</td></tr>"
            for n, i in enumerate(items)
        )
        + "</tbody></table>"
    )


def notice_list(items: Sequence[Item], _language: str) -> str:
    """Notices with the date before and the whole title in the attribute."""
    return (
        '<div class="list_box"><ul class="newsList">'
        + "".join(
            f'<li><span class="fr">[{i.day}]</span><a href="{i.url}" target="_blank" '
            f'title="{i.title}">{i.title[:-2]}...</a></li>'
            + ('<li class="line"></li>' if n % 5 == 4 else "")  # a rule after every fifth
            for n, i in enumerate(items)
        )
        + "</ul></div>"
    )


def notice_board(items: Sequence[Item], language: str) -> str:
    """A register: title, mark, two dates, and documents in every row."""
    heads = "".join(
        f"<th>{word}</th>" for word in (words(language)["subjects"][0], "Nr.", "↑", "↓")
    )
    return (
        f"<table class='board'><tr>{heads}<th>PDF</th></tr>"
        + "".join(
            f'<tr><td><a href="{i.url}">{i.title}</a></td><td>MU/{i.count}/2024</td><td>'
            f"{i.shown}</td>"
            f"<td>{'15. 4. 2024'}</td><td><ul><li><a href='/f/{i.count}.pdf'>PDF {i.count} kB</a>"
            f"</li>"
            f"<li><a href='/f/{i.count}.docx'>DOCX</a></li></ul></td></tr>"
            for i in items
        )
        + "</table>"
    )


def dated_rows(items: Sequence[Item], _language: str) -> str:
    """A register in which rows of their own say the day of what follows."""
    parts = []
    for at, i in enumerate(items):
        parts.append(f'<tr><td colspan="3"><b>{i.shown}</b></td></tr>' if at % 3 == 0 else "")
        parts.append(f"<tr><td>{i.count}</td><td>{link(i)}</td><td>{i.author}</td></tr>")
    return f"<table>{''.join(parts)}</table>"


def mail_archive(items: Sequence[Item], _language: str) -> str:
    """A list's archive: answers are nested below what they answer."""
    parts = []
    for at in range(0, len(items), 2):
        first, *rest = items[at : at + 2]
        answers = "".join(f"<li>{link(i)} <i>{i.author}</i></li>" for i in rest)
        parts.append(f"<li>{link(first)} <i>{first.author}</i><ul>{answers}</ul></li>")
    return f"<ul>{''.join(parts)}</ul>"


def preprints(items: Sequence[Item], _language: str) -> str:
    """Numbers in the terms, titles and authors in the definitions."""
    return (
        "<dl id='articles'>"
        + "".join(
            f'<dt><a name="item{n}">[{n}]</a> <a href="{i.url}">2403.{i.count:05}</a> '
            f'[<a href="{i.url}.pdf">pdf</a>, <a href="{i.url}.ps">ps</a>]</dt><dd><div '
            f'class="meta">'
            f'<div class="list-title">{i.title}</div><div class="list-authors"><a href="/a/1">'
            f"{i.author}</a>, <a href='/a/2'>{NAMES[(n + 1) % 4]}</a></div>"
            f'<p class="mathjax">{i.summary}</p></div></dd>'
            for n, i in enumerate(items, 1)
        )
        + "</dl>"
    )


def proceedings(items: Sequence[Item], _language: str) -> str:
    """Papers with badges before their title and the abstract folded away beside."""
    return "".join(
        f'<p class="d-flex"><span class="badges"><a class="badge" href="{i.url}.pdf">pdf</a>'
        f'<a class="badge" href="{i.url}.bib">bib</a></span><span class="d-block"><strong>'
        f'<a class="align-middle" href="{i.url}">{i.title}</a></strong><br><a '
        f'href="/people/{n % 4}">'
        f'{i.author}</a> | <a href="/people/{(n + 1) % 4}">{NAMES[(n + 1) % 4]}</a></span></p>'
        f'<div class="card collapse"><div class="card-body">{i.summary}</div></div>'
        for n, i in enumerate(items)
    )


def font_tables(items: Sequence[Item], _language: str) -> str:
    """A page of the nineties: nested tables, fonts, bold links and breaks."""
    rows = "".join(
        f'<tr><td width="10"><img src="/dot.gif" width="5" height="5"></td><td><font face="Arial" '
        f'size="2"><b><a href="{i.url}">{i.title}</a></b><br><font size="1">{i.shown}</font><br>'
        f"{i.summary}</font><br><br></td></tr>"
        for i in items
    )
    menu = "".join(
        f'<a href="/m{n}.html"><font size=1>{name}</font></a><br>' for n, name in enumerate(NAMES)
    )
    return (
        f'<table width="760"><tr><td width="150" valign="top">{menu}</td><td><table>{rows}</table>'
        "</td></tr></table>"
    )


def year_archive(items: Sequence[Item], language: str) -> str:
    """The year stands in a heading, days and months beside the titles."""
    month = words(language)["march"]
    days = [int(item.day[-2:]) for item in items]
    told = [f"{day} {month}" if month else f"3月{day}日" for day in days]
    rows = "".join(f"<li>{day} – {link(i)}</li>" for day, i in zip(told, items, strict=True))
    return f"<h2>2024</h2><ul>{rows}</ul>"


def opinions(items: Sequence[Item], _language: str) -> str:
    """Decisions that all end with the reporter's citation, one paragraph each."""
    return "".join(
        f'<div class="op"><a href="{i.url}">{i.title}, 2024 RPT {i.count}</a><br>'
        f"<span>{numeric(i, '%B %d, %Y')}</span><p>{i.summary}</p></div>"
        for i in items
    )


def accordion(items: Sequence[Item], language: str) -> str:
    """Headings that are buttons with a date and a title; the link is in what unfolds."""
    more = words(language)["more"]
    return "".join(
        f'<div class="accordion-item"><h2 class="accordion-header"><button><span class="date">'
        f"{i.shown}"
        f'</span> <strong class="title">{i.title}</strong></button></h2><div class="collapse"><p>'
        f'{i.summary}</p><a class="btn" href="{i.url}">{more}</a></div></div>'
        for i in items
    )


BOARDS: Mapping[str, Made] = {
    "topic_rows": Made(topic_rows),
    "thread_table": Made(thread_table),
    "topic_list_with_clock": Made(topic_list_with_clock),
    "hover_dates": Made(hover_dates),
    "numbered_board": Made(numbered_board),
    "notice_list": Made(notice_list),
    "notice_board": Made(notice_board),
    "dated_rows": Made(dated_rows, group=3),
    "mail_archive": Made(mail_archive, dated=False),
    "preprints": Made(preprints, dated=False),
    "proceedings": Made(proceedings, dated=False),
    "font_tables": Made(font_tables),
    "year_archive": Made(year_archive, languages=("en", "cs", "ja", "ru", "he", "ar", "hi", "tr")),
    "opinions": Made(opinions),
    "accordion": Made(accordion),
}
