"""The fixtures of AITopics."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from fixture_pages import aitopics as ai
from fixture_pages.case import HTML, TEXT, Case, fill

QUERY = "charging slots"


def cases() -> Iterator[Case]:
    """All fixtures of the source."""
    yield from _pages()
    yield from _variants()
    yield _text_case()
    yield _broken_case()
    changed = "".join(ai.changed_result(found, n) for n, found in enumerate(ai.results()))
    yield _case(
        "changed_layout",
        0,
        ai.page(changed),
        "No title link, no document link, no time element: the layout has changed.",
        raises="LayoutChanged",
    )


def _pages() -> Iterator[Case]:
    notes = {
        "first_page": "Ten results: papers and news, one without abstract, some without authors, "
        "one without taxonomy, folded taxonomy, an escaped document link, a tracking parameter.",
        "second_page": "The list moved between two requests: the first result is the last of the "
        "page before.",
        "last_page": "Three results and no next page.",
    }
    for (name, note), start in zip(notes.items(), (0, 10, 20), strict=True):
        found = ai.results(start)
        body = ai.page(ai.listing(start, map(ai.result, found)))
        yield _case(name, start, body, note, found)
    yield _case(
        "empty",
        30,
        ai.page(fill(ai.SOURCE, "nothing", previous=20)),
        "Legitimately empty: an offset beyond the last result.",
    )


def _variants() -> Iterator[Case]:
    found = ai.results()
    yield _case(
        "other_markup",
        0,
        ai.page(ai.listing(0, map(ai.flat_result, found))),
        "Only the certain selectors are kept; results are flat siblings without a container.",
        found,
    )


def _text_case() -> Case:
    found = [result for result in ai.results() if "summary" in result]
    text = f"{QUERY}\n" + "".join(map(ai.text, found))
    url = f"{ai.SITE}/search?q=charging+slots"
    records = [
        {
            "page_url": url,
            "position": place,
            "url": None,
            **_content(result),
            "published": None,
        }
        for place, result in enumerate(found, 1)
    ]
    return Case(
        source=ai.SOURCE,
        name="text",
        body=text.encode(),
        note="Rendered text: the query first; the second entry has neither authors nor taxonomy.",
        url=url,
        content_type=TEXT,
        expected=tuple(records),
    )


def _broken_case() -> Case:
    found = ai.results()
    whole = ai.page(ai.listing(0, map(ai.result, found))).decode()
    cut = whole.index(found[4]["url"]) + len("https://ar")
    case = _case(
        "broken",
        0,
        whole[:cut].encode(),
        "The transfer broke off inside the fifth result's link: the four before it come out, "
        "and the last of them says that the page was cut off.",
        found[:4],
    )
    *whole_ones, last = case.expected
    cut_off = last | {"issues": ["page_cut_off", *last["issues"]]}
    return dataclasses.replace(case, expected=(*whole_ones, cut_off))


def _content(found: ai.Result) -> dict[str, Any]:
    """Expected fields that do not depend on the markup."""
    names = found.get("names", [])
    return {
        "title": found["title"],
        "summary": found.get("summary"),
        "authors": names,
        "author_count": len(names) or None,
        "language": "en",
        "direction": "ltr",
        "topics": ai.taxonomy(found, places=False),
        "places": ai.taxonomy(found, places=True),
        "issues": ai.folded(found),
    }


def _case(  # noqa: PLR0913, PLR0917  a page and what is said about it
    name: str,
    start: int,
    body: bytes,
    note: str,
    found: Iterable[ai.Result] = (),
    raises: str | None = None,
) -> Case:
    url = f"{ai.SITE}/search?start={start}"
    records = [
        {
            "id": f"{ai.SOURCE}:{result['doc']}",
            "page_url": url,
            "position": place,
            "url": result["url"],
            **_content(result),
            "published": result["time"],
        }
        for place, result in enumerate(found, 1)
    ]
    return Case(
        source=ai.SOURCE,
        name=name,
        body=body,
        note=note,
        url=url,
        content_type=HTML,
        expected=tuple(records),
        raises=raises,
    )
