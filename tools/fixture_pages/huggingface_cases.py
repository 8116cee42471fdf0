"""The fixtures of Hugging Face Papers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fixture_pages import huggingface as hf
from fixture_pages.case import CLOCK, JSON, TEXT, Case, escape, fill

OLD, DAY, DAY_BEFORE = "2024-08-01", "2026-05-08", "2026-05-07"
QUERY = "dialect"
BANNER = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
    "byAK and the research community\n\nMay 8\n\n"
)


def cases() -> Iterator[Case]:
    """All fixtures of the source."""
    yield from _data_cases()
    yield from _card_cases()
    yield _text_case("text", CLOCK)
    yield _text_case("text_without_clock", None)
    yield from _failures()


def _data_cases() -> Iterator[Case]:
    old, day, before = hf.papers(OLD), hf.papers(DAY), hf.papers(DAY_BEFORE)
    found = [hf.papers(DAY)[1], *hf.papers("search")]
    yield _case(
        "daily_2024",
        f"/papers?date={OLD}",
        hf.listing(OLD, (hf.card(p, "2024") for p in old), hf.props_2024(OLD, old)),
        "Layout of 2024: data with `date`, hard wraps in title and summary, a hidden author, "
        "decomposed letters (NFD) in the fourth entry.",
        _from_data(old),
    )
    yield _case(
        "daily_2026",
        f"/papers/date/{DAY}",
        hf.listing(DAY, (hf.card(p, "full") for p in day), hf.props_2026(DAY, day)),
        "Layout of spring 2026: data with `dateString`, full cards around it.",
        _from_data(day),
    )
    yield _case(
        "daily_2026_compact",
        f"/papers/date/{DAY_BEFORE}",
        hf.listing(
            DAY_BEFORE,
            (hf.card(p, "compact") for p in before),
            hf.props_2026(DAY_BEFORE, before, query={}),
        ),
        "Layout of summer 2026: the same data, compact cards.",
        _from_data(before),
    )
    yield _case(
        "search",
        f"/papers?q={QUERY}",
        hf.listing(
            DAY,
            (hf.card(p, "compact", QUERY) for p in found),
            hf.props_2026(DAY, before, query={"q": QUERY}, found=found),
        ),
        "A search: hits are in `searchResults`; `dailyPapers` holds an unrelated list.",
        _from_data(found),
    )
    yield _case(
        "search_without_hits",
        "/papers?q=zyzzyva",
        hf.listing(
            DAY, ["<p>No results found</p>"], hf.props_2026(DAY, before, query={"q": "zyzzyva"})
        ),
        "A search that finds nothing: the unrelated `dailyPapers` are no hits.",
        [],
    )
    yield _case(
        "empty_day",
        "/papers/date/2026-05-03",
        hf.listing("2026-05-03", ["<p>No papers yet</p>"], hf.props_2026("2026-05-03", [])),
        "Legitimately empty: the data are there and list no papers.",
        [],
    )
    yield Case(
        source=hf.SOURCE,
        name="api",
        body=json.dumps(
            [hf.item(p, on_page=False) for p in day], ensure_ascii=False, indent=1
        ).encode(),
        note="The answer of the API: the same items, without a page around them.",
        url=f"{hf.SITE}/api/daily_papers?date={DAY}",
        content_type=JSON,
        expected=_placed(f"{hf.SITE}/api/daily_papers?date={DAY}", _from_data(day)),
    )


def _card_cases() -> Iterator[Case]:
    day, found = hf.papers(DAY), [hf.papers(DAY)[1], *hf.papers("search")]
    yield _case(
        "cards_only",
        "/papers",
        hf.listing(DAY, (hf.card(p, "full") for p in day), None),
        "No data on the page: full cards are read. Stars of the fourth entry are rounded (10.2k).",
        [_from_full_card(p) for p in day],
    )
    yield _case(
        "search_cards",
        f"/papers?q={QUERY}",
        hf.listing(DAY, (hf.card(p, "full", QUERY) for p in found), None),
        "Cards of a search without data: hits marked inside words, comments inside titles.",
        [_from_full_card(p) for p in found],
    )
    yield _case(
        "cards_compact",
        f"/papers/date/{DAY_BEFORE}",
        hf.listing(
            DAY_BEFORE,
            (hf.card(p, "2024") for p in hf.papers(DAY_BEFORE)),
            {"authLight": True, "feedKey": f"day:{DAY_BEFORE}", "itemCount": 5},
        ),
        "The data have another shape: compact cards are read, without abstract or date.",
        [_from_compact_card(p) for p in hf.papers(DAY_BEFORE)],
    )


def _failures() -> Iterator[Case]:
    rows = "\n".join(
        fill(
            hf.SOURCE,
            "changed_row",
            key=f"k{number}",
            title=escape(p["title"]),
            summary=escape(p["summary"]),
            author_count=len(p["authors"]),
        )
        for number, p in enumerate(hf.papers(DAY))
    )
    yield _case(
        "changed_layout",
        f"/papers/date/{DAY}",
        hf.page(fill(hf.SOURCE, "changed", rows=rows)),
        "Neither data nor links to papers: the layout has changed.",
        raises="LayoutChanged",
    )
    yield _case(
        "login",
        f"/papers/date/{DAY}",
        hf.page(fill(hf.SOURCE, "login"), "Log In - Hugging Face"),
        "A login form with status 200 in place of the list.",
        raises="BlockedPage",
    )
    yield _case(
        "challenge",
        f"/papers/date/{DAY}",
        fill(hf.SOURCE, "waf").encode(),
        "The challenge page of a web application firewall; its script is on ordinary pages too.",
        raises="BlockedPage",
    )


def _text_case(name: str, clock: str | None) -> Case:
    """The visible text of a list; days of the current year stand without their year."""
    listed = [*hf.papers(DAY)[:4], *hf.papers("search"), *hf.papers(OLD)[:2]]
    text, records = BANNER, []
    for number, paper in enumerate(listed):
        published = paper["published"][:10]
        with_year = not published.startswith("2026") or number == 0
        votes = paper["upvotes"] if number % 2 == 0 else None
        line = hf.day_text(published, year=with_year) + ("" if votes is None else f" {votes}")
        text += f"{paper['title']}\n\n{paper['summary']}\n\n"
        text += f"  • {len(paper['authors'])} authors\n·\n{line}\n\n"
        known = with_year or clock is not None
        unsure = "year_from_reference" if clock else "date_without_year"
        records.append(
            {
                "url": None,
                **_text_fields(paper),
                "authors": [],
                "author_count": len(paper["authors"]),
                "published": published if known else None,
                "identifiers": {},
                "metrics": {} if votes is None else {"upvotes": votes},
                "issues": [] if with_year else [unsure],
            }
        )
    clock_note = "the clock gives it" if clock else "there is no clock, it stays unknown"
    return Case(
        source=hf.SOURCE,
        name=name,
        body=(text.rstrip("\n") + "\n").encode(),
        note=f"Rendered text. Days without a year: {clock_note}. A number after the day: upvotes.",
        url=f"{hf.SITE}/papers",
        content_type=TEXT,
        fetched_at=clock,
        expected=_placed(f"{hf.SITE}/papers", records),
    )


def _from_data(listed: Iterable[hf.Paper]) -> list[dict[str, Any]]:
    """Expected fields of entries read from data."""
    return [
        {
            **_identity(paper),
            **_text_fields(paper),
            "authors": paper["authors"],
            "author_count": len(paper["authors"]),
            "published": paper["published"],
            "tags": paper.get("keywords", []),
            "identifiers": {"arxiv": paper["id"]},
            "metrics": {
                "upvotes": paper["upvotes"],
                "comments": paper["comments"],
                **({"github_stars": paper["stars"]} if "stars" in paper else {}),
            },
            "links": [
                {"rel": rel, "url": paper[key]}
                for rel, key in (("code", "github"), ("project", "project"))
                if key in paper
            ],
            "image": hf.thumbnail(paper),
            "issues": [],
        }
        for paper in listed
    ]


def _from_full_card(paper: hf.Paper) -> dict[str, Any]:
    shown = hf.stars(paper)
    count = int(float(shown[:-1]) * 1000) if shown.endswith("k") else shown and int(shown)
    return {
        **_identity(paper),
        **_text_fields(paper),
        "authors": [],
        "author_count": len(paper["authors"]),
        "published": paper["published"],
        "identifiers": {"arxiv": paper["id"]},
        "metrics": {"upvotes": paper["upvotes"], **({"github_stars": count} if shown else {})},
        "links": [{"rel": "code", "url": paper["github"]}] if "github" in paper else [],
    }


def _from_compact_card(paper: hf.Paper) -> dict[str, Any]:
    return {
        **_identity(paper),
        "title": paper["title"],
        "summary": None,
        "authors": [],
        "author_count": len(paper["authors"]),
        "published": None,
        "identifiers": {"arxiv": paper["id"]},
        "metrics": {"upvotes": paper["upvotes"], "comments": paper["comments"]},
        "image": hf.thumbnail(paper),
    }


def _identity(paper: hf.Paper) -> dict[str, Any]:
    return {"id": f"{hf.SOURCE}:{paper['id']}", "url": f"{hf.SITE}/papers/{paper['id']}"}


def _text_fields(paper: hf.Paper) -> dict[str, Any]:
    return {
        "title": paper["title"],
        "summary": paper["summary"],
        "language": "en",
        "direction": "ltr",
    }


def _placed(url: str, records: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"page_url": url, "position": place, **record} for place, record in enumerate(records, 1)
    )


def _case(  # noqa: PLR0913, PLR0917  a page and what is said about it
    name: str,
    path: str,
    body: bytes,
    note: str,
    records: Iterable[Mapping[str, Any]] = (),
    raises: str | None = None,
) -> Case:
    url = hf.SITE + path
    return Case(
        source=hf.SOURCE,
        name=name,
        body=body,
        note=note,
        url=url,
        expected=_placed(url, records),
        raises=raises,
    )
