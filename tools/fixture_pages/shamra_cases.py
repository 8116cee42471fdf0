"""The fixtures of Shamra Academia."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from fixture_pages import shamra as sh
from fixture_pages.case import HTML, TEXT, Case, escape, fill

REPAIRABLE = {"word", "mark"}


def cases() -> Iterator[Case]:
    """All fixtures of the source."""
    yield from _pages()
    yield from _charsets()
    yield _text_case()
    yield from _failures()


def _pages() -> Iterator[Case]:
    first, last = sh.studies(1), sh.studies(2)
    yield _case(
        "first_page",
        "/",
        sh.page(sh.listing(first, 1, 2)).encode(),
        "Arabic, English and French studies; the teaser ends inside a word, beside a space, before "
        "a full stop and inside a formula; some have titles in two languages.",
        first,
    )
    yield _case(
        "last_page",
        "/?page=2",
        sh.page(sh.listing(last, 2, 2), variant=1).encode(),
        "The last page: no link onwards; interface text with hamza.",
        last,
    )
    table = "".join(sh.row(one, place) for place, one in enumerate(first))
    yield _case(
        "other_markup",
        "/",
        sh.page(f"<table>\n{table}</table>", variant=2).encode(),
        "The same studies in rows of a table; only the links are as before.",
        first,
    )
    yield _case(
        "empty",
        "/?page=3",
        sh.page(fill(sh.SOURCE, "nothing")).encode(),
        "Legitimately empty: the page says that nothing was found.",
    )


def _charsets() -> Iterator[Case]:
    some = sh.studies(1)[:4]
    content = sh.listing(some, 1, 1)
    declared = sh.page(content, charset="windows-1256").encode("cp1256")
    silent = sh.page(content, charset="").encode("cp1256")
    yield _case(
        "windows_1256",
        "/",
        declared,
        "The header names no character set, the page names windows-1256.",
        some,
        "text/html",
    )
    for name, content_type, note in (
        ("undeclared", "text/html", "windows-1256 that neither the header nor the page names."),
        ("header_utf8", HTML, "The header says UTF-8, the bytes are windows-1256."),
    ):
        case = _case(f"windows_1256_{name}", "/", silent, note, some, content_type)
        # That the character set was guessed is a remark, whose wording is not the page's affair.
        expected = tuple({k: v for k, v in r.items() if k != "issues"} for r in case.expected)
        yield replace(case, expected=expected)


def _text_case() -> Case:
    names = (
        "3a4f7720be91d3",  # inside a word
        "3a91c0de47b2f5",  # inside an Arabic word
        "3ac2d06f1b7e58",  # after a space
        "f05a77c1b38e42",  # before a space, Arabic
        "3ad5470c8fe192",  # before a full stop
        "3a60f2ba9d3471",  # inside an Arabic word
        "3a7406d9be2f81",  # after the first letter of a word
        "3a1e88d7a05c36",  # before a space, French
    )
    by_id = {one["id"]: one for one in sh.studies()}
    found = [by_id[name] for name in names]
    url = f"{sh.SITE}/"
    records = []
    for place, one in enumerate(found, 1):
        record = {
            "page_url": url,
            "position": place,
            "url": None,
            "title": None,
            "summary": one["abstract"],
            **_language(one),
        }
        if one["cut"] in REPAIRABLE:
            record["issues"] = ["teaser_gap_repaired"]
        records.append(record)
    return Case(
        source=sh.SOURCE,
        name="text",
        body=sh.dump(found).encode(),
        note="Rendered text: abstracts without titles, one a line, teaser and rest joined by a "
        "space; where the cut falls beside a space of the text, that one is all there is.",
        url=url,
        content_type=TEXT,
        expected=tuple(records),
    )


def _failures() -> Iterator[Case]:
    tiles = "".join(
        fill(
            sh.SOURCE,
            "study_changed",
            key=number,
            title=escape(one["title"]),
            summary=escape(one["abstract"]),
        )
        for number, one in enumerate(sh.studies(1))
    )
    yield _case(
        "changed_layout",
        "/",
        sh.page(tiles).encode(),
        "No link to a study is left: the layout has changed.",
        raises="LayoutChanged",
    )
    yield _case(
        "login",
        "/",
        sh.page(fill(sh.SOURCE, "login"), "تسجيل الدخول").encode(),
        "A login form with status 200 in place of the list.",
        raises="BlockedPage",
    )
    yield _case(
        "document",
        "/",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n"
        b"<< /Root 1 0 R >>\n%%EOF\n",
        "A PDF where a page was asked for.",
        content_type="application/pdf",
        raises="UnsupportedDocument",
    )


def _record(one: sh.Study) -> dict[str, Any]:
    """Expected fields of a study read from HTML."""
    record = {
        "id": f"{sh.SOURCE}:{one['id']}",
        "url": f"{sh.SITE}/show/{one['id']}",
        "title": one["title"],
        "summary": one["abstract"],
        **_language(one),
        "authors": one["authors"],
        "author_count": len(one["authors"]),
        "published": one["year"],
        "metrics": {"views": one["views"]},
    }
    if not one.get("latex_lost"):
        record["issues"] = []
    return record


def _language(one: sh.Study) -> dict[str, Any]:
    language = one["language"]
    return {"language": language, "direction": "rtl" if language == "ar" else "ltr"}


def _case(  # noqa: PLR0913, PLR0917  a page and what is said about it
    name: str,
    path: str,
    body: bytes,
    note: str,
    found: Iterable[sh.Study] = (),
    content_type: str = HTML,
    raises: str | None = None,
) -> Case:
    url = sh.SITE + path
    return Case(
        source=sh.SOURCE,
        name=name,
        body=body,
        note=note,
        url=url,
        content_type=content_type,
        expected=tuple(
            {"page_url": url, "position": place, **_record(one)}
            for place, one in enumerate(found, 1)
        ),
        raises=raises,
    )
