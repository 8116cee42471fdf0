"""Shamra Academia: lists of studies in Arabic, English and French on an Arabic page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fixture_pages.case import escape, fill, load

SOURCE = "shamra_academia"
SITE = "https://shamra-academia.com"
TEASER = 250
"""Characters of an abstract that the site shows before the hidden rest."""

BANNERS = ("ترغب بنشر مسار تعليمي؟ اضغط هنا", "ترغب بنشر مسار تعليمي؟ إضغط هنا")
PUSHES = (
    "هل ترغب بارسال اشعارات عن اخر التحديثات في شمرا-اكاديميا",
    "هل ترغب بإرسال إشعارات عن آخر التحديثات في شمرا-أكاديميا",
    "هل ترغب بارسال إشعارات عن أخر التحديثات في شمـرا–اكاديميا",
)
PARTNER = "mircosoft-partner"

Study = Mapping[str, Any]


class WrongCutError(ValueError):
    """An abstract does not break at the teaser's end in the way its content says."""


def studies(page: int | None = None) -> list[dict[str, Any]]:
    """The invented studies of a page, or all; where each abstract is cut is checked."""
    found = [{"page": 1, **study} for study in load(SOURCE, "studies")]
    for study in found:
        if cut_kind(study["abstract"]) != study["cut"]:
            raise WrongCutError(f"{study['id']}: {cut_kind(study['abstract'])}")
    return [study for study in found if page in {None, study["page"]}]


def cut_kind(abstract: str) -> str:
    """Where the teaser ends: ``word``, ``between``, ``mark`` or ``formula``."""
    before, after = abstract[TEASER - 1], abstract[TEASER]
    if abstract[:TEASER].count("$") % 2:
        return "formula"
    if " " in {before, after}:
        return "between"
    return "word" if after.isalnum() else "mark"


def page(content: str, title: str = "الأبحاث", *, charset: str = "utf-8", variant: int = 0) -> str:
    """A whole page; ``charset`` may be empty, ``variant`` picks spellings of interface text."""
    meta = f'<meta charset="{charset}">\n' if charset else ""
    html = fill(SOURCE, "shell", charset=meta, title=title, content=content, push=PUSHES[variant])
    return html.replace("اضغط هنا", "إضغط هنا") if variant else html


def listing(found: Iterable[Study], number: int, last: int) -> str:
    """Studies and the links to the other pages."""
    entries = "".join(study(one, place) for place, one in enumerate(found))
    links = "".join(
        f'<li class="active"><span>{n}</span></li>'
        if n == number
        else f'<li><a href="/?page={n}">{n}</a></li>'
        for n in range(1, last + 1)
    )
    if number < last:
        links += f'<li><a href="/?page={number + 1}">التالي</a></li>'
    if number > 1:
        links = f'<li><a href="/?page={number - 1}">السابق</a></li>' + links
    return f'<div class="results">\n{entries}</div>\n<ul class="pagination">{links}</ul>'


def study(one: Study, place: int) -> str:
    """One study; the two forms of its address take turns."""
    forms = (f"/show/{one['id']}", f"/index.php/show/{one['id']}")
    other = ""
    if "other_title" in one:
        link = f'<a href="{forms[(place + 1) % 2]}">{escape(one["other_title"])}</a>'
        other = f'  <h4 dir="ltr" lang="en">{link}</h4>\n'
    tags = "، ".join(
        f'<a href="/tag/{escape(tag)}">{escape(tag)}</a>' for tag in one.get("tags", ())
    )
    return fill(
        SOURCE,
        "study",
        link=(SITE if place % 3 == 0 else "") + forms[place % 2],
        title=escape(one["title"]),
        other=other,
        meta="".join(f"<li>{label}</li>" for label in _labels(one)),
        teaser=escape(one["abstract"][:TEASER]),
        rest=escape(one["abstract"][TEASER:]),
        tags=f'  <div class="tags">الكلمات المفتاحية: {tags}</div>\n' if tags else "",
    )


def row(one: Study, place: int) -> str:
    """One study as a row of a table, with other tags round the same certain things."""
    other = one.get("other_title")
    return fill(
        SOURCE,
        "study_row",
        parity=place % 2,
        link=f"/index.php/show/{one['id']}",
        title=escape(one["title"]),
        other=f"<br><small>{escape(other)}</small>" if other else "",
        meta="<br>".join(_labels(one)),
        teaser=escape(one["abstract"][:TEASER]),
        rest=escape(one["abstract"][TEASER:]),
    )


def dump(found: Iterable[Study]) -> str:
    """Rendered text: abstracts only, the teaser joined to its rest by one space."""
    lines = (f"{one['abstract'][:TEASER]} {one['abstract'][TEASER:]}" for one in found)
    abstracts = "".join(" ".join(line.split()) + "\n" for line in lines)
    return f"{BANNERS[0]}\n\n{abstracts}{PARTNER}\n\n{PUSHES[0]}\n"


def _labels(one: Study) -> list[str]:
    """Label and value of what stands beside the abstract, as HTML."""
    authors = "، ".join(
        f'<a href="/contributor/{number}">{escape(name)}</a>'
        for number, name in enumerate(one["authors"], 1)
    )
    labels = [f"المؤلفون: {authors}", f"تاريخ النشر: {one['year']}"]
    if "field" in one:
        labels.append(f"مجال البحث: {escape(one['field'])}")
    return [*labels, f"المشاهدات: {one['views']}"]
