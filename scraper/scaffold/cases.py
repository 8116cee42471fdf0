"""The fixture of a new source: its page as recorded, and what can be made of it mechanically.

What is expected of the recorded page is what was read of it, for a person to correct. The other
cases hold the page's own structure to account: shorter, broken off, without its entries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from html import escape as html_escape
from typing import Any

import attrs
from lxml import html
from lxml.html import HtmlElement

from normalize.model import Record
from scraper.errors import BlockedPage, LayoutChanged, SplitError
from scraper.scaffold.draft import Draft, document_of
from scraper.scaffold.page import Page
from scraper.split.declared import candidates, entry_ids
from scraper.split.document import Document
from scraper.split.listing.outline import outline
from scraper.split.matching import EntryId
from scraper.split.recognition import is_recognised
from scraper.split.source import Source

_HTML = "text/html; charset=utf-8"
FIELDS = ("position", "id", "url", "title", "summary", "authors", "published", "published_raw",
           "language")  # fmt: skip
_LOGIN = """<!DOCTYPE html>
<html><head><title>Log in</title></head><body><form method="post" action="/login">
<input name="user"><input type="password" name="password"></form></body></html>
"""
_NEW = f"""<!DOCTYPE html>
<html><head><title>New</title></head><body><h1>All new</h1>
{"<p>Some words.</p>" * 20}</body></html>
"""
_CHARSET = re.compile(r"(charset\s*=\s*[\"']?)[\w-]+", re.IGNORECASE)
# Beyond this many characters no page declares its character set.
_HEAD = 4096
_NOTES = {
    "first_page": "As recorded; what is expected is what was read, to be corrected by hand.",
    "last_page": "Made of the recorded page: its first entries only.",
    "cut_off": "Made of the recorded page: the transfer broke off among the entries.",
    "changed_layout": "Made of the recorded page: no link leads to an entry any more.",
    "login": "Made up: a login page in place of the listing.",
}


@attrs.frozen(kw_only=True)
class Case:
    """One folder of the fixture."""

    name: str
    body: bytes
    meta: Mapping[str, Any]
    records: tuple[Record, ...] | None
    """What must come out; None where the page must be refused."""

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Names and contents of its files."""
        yield "page.html", self.body
        yield "meta.json", (json.dumps(self.meta, ensure_ascii=False, indent=2) + "\n").encode()
        if self.records is not None:
            yield "expected.jsonl", "".join(map(_expected, self.records)).encode()


def cases(draft: Draft, source: Source, others: Collection[Source] = ()) -> list[Case]:
    """All cases of a source, the recorded page first.

    Args:
        draft: what the page tells.
        source: as its module declares it.
        others: the sources that a page of unknown address may be taken for.
    """
    records = tuple(draft.records(source))
    declared = draft.page.content_type or "text/html"
    first = Case(
        name="first_page",
        body=draft.page.body,
        meta=_meta(draft, "first_page", declared),
        records=records,
    )
    made = [
        first,
        _part(draft, source, "last_page", _shortened, records),
        _part(draft, source, "cut_off", _cut_off, records),
        _refused(draft, source, "changed_layout", [*_without_entries(draft), _NEW], LayoutChanged),
        _refused(draft, source, "login", [_LOGIN], BlockedPage),
    ]
    return [_told_apart(case, source, others) for case in made if case is not None]


def _told_apart(case: Case, source: Source, others: Collection[Source]) -> Case:
    """The case, with a word where the page without its address is not the source's."""
    content_type = case.meta["content_type"]
    unknown = Page(body=case.body, url=None, content_type=content_type, fetched_at=None)
    if case.records is None or is_recognised(document_of(unknown), source, others):
        return case
    return attrs.evolve(case, meta={**case.meta, "recognised": False})


def _meta(draft: Draft, name: str, content_type: str) -> dict[str, Any]:
    return {
        "url": draft.page.url,
        "content_type": content_type,
        "fetched_at": draft.page.fetched_at,
        "note": _NOTES[name],
    }


def _part(
    draft: Draft,
    source: Source,
    name: str,
    made: Callable[[Draft, int], str | None],
    records: Sequence[Record],
) -> Case | None:
    """A page with the first of the entries; None where none reads like the whole page."""
    count = len(records)
    for kept in dict.fromkeys((count // 2, count * 3 // 4, count - 1)):
        body = (made(draft, max(kept, 1)) or "").encode("utf-8", "replace")
        try:
            found = tuple(draft.records(source, body, _HTML))
        except SplitError:
            continue
        titles = [record.title for record in found]
        if titles and titles == [record.title for record in records[: len(titles)]]:
            return Case(name=name, body=body, meta=_meta(draft, name, _HTML), records=found)
    return None


def _refused(
    draft: Draft, source: Source, name: str, pages: Sequence[str], error: type[SplitError]
) -> Case | None:
    """The first of the pages that is refused as it should be."""
    for page in pages:
        body = page.encode("utf-8", "replace")
        try:
            draft.records(source, body, _HTML)
        except SplitError as raised:
            if type(raised) is error:
                meta = _meta(draft, name, _HTML) | {"raises": error.__name__}
                return Case(name=name, body=body, meta=meta, records=None)
    return None


def _shortened(draft: Draft, kept: int) -> str:
    """The page with so many of its entries only."""
    document = attrs.evolve(draft.document)  # with a tree of its own
    made = outline(document.tree)
    # Without a pattern no address is an entry's, and the first list is that of any page.
    entry_id = _entry_id(draft, document) or (lambda _: None)
    lists = candidates(document, made, entry_id)
    best = next(lists, None)
    records = best.records if best else ()
    for record in records[kept:]:
        for part in record.parts:
            if made.nodes[part].getparent() is not None:
                made.nodes[part].drop_tree()
    return _page(document.tree)


def _without_entries(draft: Draft) -> list[str]:
    """The page with no link to an entry, where entries are known by their links."""
    document = attrs.evolve(draft.document)
    entry_id = _entry_id(draft, document)
    if entry_id is None:
        return []
    for anchor in document.tree.iter("a"):
        if entry_id(anchor.get("href") or "") is not None:
            del anchor.attrib["href"]
    return [_page(document.tree)]


def _cut_off(draft: Draft, kept: int) -> str | None:
    """The page as far as the title after so many."""
    text = draft.document.text
    at = 0
    for entry in draft.entries[: kept + 1]:
        told = html_escape((entry.title or "")[:40], quote=False)
        found = max(text.find(told, at), text.find((entry.title or "")[:40], at))
        at = found if found > 0 else at
    cut = text[: max(text.rfind("<", 0, at), 0)]
    return _CHARSET.sub(r"\1utf-8", cut[:_HEAD]) + cut[_HEAD:] if cut else None


def _entry_id(draft: Draft, document: Document) -> EntryId | None:
    return entry_ids(re.compile(draft.entry), document, draft.home) if draft.entry else None


def _page(tree: HtmlElement) -> str:
    """The tree as a page in UTF-8, whatever the recorded page was in."""
    text = html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return _CHARSET.sub(r"\1utf-8", text[:_HEAD]) + text[_HEAD:] + "\n"


def _expected(record: Record) -> str:
    told = record.to_dict()
    return json.dumps({name: told[name] for name in FIELDS}, ensure_ascii=False) + "\n"
