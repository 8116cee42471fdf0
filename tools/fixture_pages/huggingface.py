"""Hugging Face Papers: the data in ``data-props``, the cards around it, the API."""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from fixture_pages.case import MONTHS, escape, fill, load

SOURCE = "huggingface_papers"
SITE = "https://huggingface.co"

Paper = Mapping[str, Any]


def papers(day: str) -> list[dict[str, Any]]:
    """The invented papers featured on a day, or found by the ``search``."""
    return [paper for paper in load(SOURCE, "papers") if paper["day"] == day]


def thumbnail(paper: Paper) -> str:
    """Address of the paper's picture."""
    return f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper['id']}.png"


# --- data ----------------------------------------------------------------------------------------


def item(paper: Paper, *, on_page: bool = True) -> dict[str, Any]:
    """One element of ``dailyPapers``, ``searchResults`` or the API's list."""
    old = paper["published"].endswith("Z")
    title, summary = _data_text(paper["title"], paper, 60), _data_text(paper["summary"], paper, 79)
    inner: dict[str, Any] = {
        "id": paper["id"],
        "authors": [_author(name, paper) for name in paper["authors"]],
        "publishedAt": _millis(paper["published"]),
        "title": title,
        "summary": summary,
        "upvotes": paper["upvotes"],
        "discussionId": _object_id("discussion", paper["id"]),
    }
    outer: dict[str, Any] = {"publishedAt": _millis(paper["submitted"]), "title": title}
    if not old:
        inner["submittedOnDailyAt"] = _millis(paper["submitted"])
        outer["publishedAt"] = f"{_shift(paper['published'], -1)}T20:00:00.000Z"
        outer["summary"] = summary
    optional = {
        "githubRepo": "github",
        "githubStars": "stars",
        "projectPage": "project",
        "ai_keywords": "keywords",
    }
    inner |= {key: paper[name] for key, name in optional.items() if name in paper}
    outer |= {"thumbnail": thumbnail(paper), "numComments": paper["comments"]}
    outer |= {"upvoted": False} if on_page else {}
    outer["submittedBy"] = _person(paper["submitter"])
    if "organization" in paper:
        name = paper["organization"]
        outer["organization"] = {"_id": _object_id(name), "name": slug(name), "fullname": name}
    return {"paper": inner, **outer} | ({} if old else {"isAuthorParticipating": False})


def props_2024(day: str, listed: Iterable[Paper]) -> dict[str, Any]:
    """``data-props`` as it was in 2024: ``date`` is an instant."""
    return {
        "canSubmit": False,
        "date": f"{day}T00:00:00.000Z",
        "dailyPapers": [item(paper) for paper in listed],
        "nextDate": _shift(day, 1),
        "prevDate": _shift(day, -1),
        "publisher": {"_id": _object_id("publisher"), "fullname": "AK", "user": "akhaliq"},
    }


def props_2026(
    day: str,
    listed: Iterable[Paper],
    *,
    query: Mapping[str, str] | str = "",
    found: Iterable[Paper] = (),
) -> dict[str, Any]:
    """``data-props`` as in 2026; with a query the hits stand beside an unrelated list.

    Without one ``query`` was seen as an empty string; an empty object may come too.
    """
    props: dict[str, Any] = {
        "authLight": True,
        "canSubmit": False,
        "dateString": day,
        "dailyPapers": [item(paper) for paper in listed],
        "prevDate": _shift(day, -1),
        "publisher": {"_id": _object_id("publisher"), "fullname": "AK", "user": "akhaliq"},
        "periodType": "day",
        "query": query,
        "isTrending": False,
    }
    if query:
        props["searchResults"] = [item(paper) for paper in found]
    return props


def _author(name: str, paper: Paper) -> dict[str, Any]:
    author: dict[str, Any] = {"_id": _object_id(paper["id"], name)}
    user = paper.get("users", {}).get(name)
    if user:
        author["user"] = _person(user) | {
            "fullname": f"{name.split(maxsplit=1)[0]} (on the Hub)",
            "user": user,
        }
    author["name"] = _decompose(name, paper)
    if user:
        author["status"] = "claimed_verified"
    return author | {"hidden": name in paper.get("hidden", ())}


def _person(user: str) -> dict[str, Any]:
    return {
        "_id": _object_id("user", user),
        "avatarUrl": f"/avatars/{user}.svg",
        "fullname": user.title(),
        "name": user,
        "type": "user",
        "isPro": False,
        "isHf": False,
        "isMod": False,
    }


def _data_text(text: str, paper: Paper, width: int) -> str:
    """Text as the data hold it: in 2024 wrapped at a fixed width."""
    text = _decompose(text, paper)
    if not paper["published"].endswith("Z"):
        return text
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def _decompose(text: str, paper: Paper) -> str:
    return unicodedata.normalize("NFD", text) if paper.get("nfd") else text


def _object_id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _millis(moment: str) -> str:
    return moment.replace("Z", ".000Z") if "T" in moment else f"{moment}T00:00:00.000Z"


def _shift(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


# --- pages ---------------------------------------------------------------------------------------


def page(content: str, title: str = "Daily Papers - Hugging Face") -> bytes:
    """A whole page around its content."""
    return fill(SOURCE, "shell", title=title, content=content).encode()


def listing(day: str, cards: Iterable[str], props: Mapping[str, Any] | None) -> bytes:
    """A page of cards; without props the element has no ``data-props``."""
    link = "/papers?date=" if day < "2025" else "/papers/date/"
    pager = fill(
        SOURCE,
        "pager",
        day=day,
        month=MONTHS[int(day[5:7]) - 1],
        number=int(day[8:]),
        previous=link + _shift(day, -1),
        next=link + _shift(day, 1),
    )
    data = "" if props is None else f' data-props="{escape(json.dumps(props, ensure_ascii=False))}"'
    content = fill(SOURCE, "list", props=data, pager=pager, cards="\n".join(cards))
    return page(content)


def card(paper: Paper, kind: str, highlight: str = "") -> str:
    """One card: ``2024``, ``compact`` or ``full``, with the hits of a search marked."""
    organization = paper.get("organization")
    pill = f'<a href="/{slug(organization)}">{escape(organization)}</a>\n' if organization else ""
    code = f'<a href="{paper["github"]}">GitHub {stars(paper)}</a> ' if "github" in paper else ""
    return fill(
        SOURCE,
        f"card_{kind}",
        id=paper["id"],
        title=_marked(_decompose(paper["title"], paper), highlight),
        summary=_marked(_decompose(paper["summary"], paper), highlight),
        thumbnail=thumbnail(paper),
        submitter=paper["submitter"],
        upvotes=paper["upvotes"],
        comments=paper["comments"],
        author_count=len(paper["authors"]),
        date=day_text(paper["published"]),
        avatars="".join(
            f'<li class="rounded-full" title="{user}"><img alt="" src="/avatars/{user}.svg"></li>'
            for user in paper.get("users", {}).values()
        ),
        code=code,
        organization=pill,
    )


def _marked(text: str, word: str) -> str:
    if not word:
        return escape(text)
    hit = re.compile(f"({re.escape(word)})", re.IGNORECASE)
    marked = hit.sub(r'<span class="highlight">\1</span>', escape(text))
    return f"<!-- HTML_TAG_START -->{marked}<!-- HTML_TAG_END -->"


def stars(paper: Paper) -> str:
    """The star count as cards show it: ``101``, ``10.2k``, or nothing."""
    count = paper.get("stars")
    if count is None:
        return ""
    return str(count) if count < 1000 else f"{count / 1000:.1f}k"  # noqa: PLR2004  thousand


def day_text(published: str, *, year: bool = True) -> str:
    """``May 3, 2026``, or ``May 3``."""
    text = f"{MONTHS[int(published[5:7]) - 1]} {int(published[8:10])}"
    return f"{text}, {published[:4]}" if year else text


def slug(name: str) -> str:
    """A name as it stands in an address."""
    return name.replace(" ", "-")
