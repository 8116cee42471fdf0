"""AITopics: lists of search results, ten a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from fixture_pages.case import MONTHS, escape, fill, load

SOURCE = "aitopics"
SITE = "https://aitopics.org"
PAGE_SIZE = 10
CONTINENTS = {"Africa", "Asia", "Europe", "North America", "Oceania", "South America"}

Result = Mapping[str, Any]


def results(start: int = 0) -> list[dict[str, Any]]:
    """The invented results of the page that starts at an offset."""
    found = load(SOURCE, "results")
    by_id = {result["doc"]: result for result in found if "doc" in result}
    listed = [by_id[result["same_as"]] if "same_as" in result else result for result in found]
    return listed[start : start + PAGE_SIZE]


def count() -> int:
    """Length of the whole list."""
    return len(load(SOURCE, "results"))


def page(content: str, query: str = "") -> bytes:
    """A whole page around its content."""
    return fill(SOURCE, "shell", content=content, query=escape(query)).encode()


def listing(start: int, shown: Iterable[str]) -> str:
    """Result count, results and links to the pages around."""
    entries = list(shown)
    total = count()
    links = ""
    if start:
        links += (
            f'<li class="previous"><a href="/search?start={start - PAGE_SIZE}">Previous</a></li>'
        )
    if start + PAGE_SIZE < total:
        links += f'<li class="next"><a href="/search?start={start + PAGE_SIZE}">Next</a></li>'
    span = f'<span class="text-muted">{start + 1} - {start + len(entries)} of {total}</span>'
    return f'<p>{span}</p>\n{"".join(entries)}<ul class="pager">{links}</ul>'


def result(found: Result) -> str:
    """One result as the certain selectors know it, in a container."""
    authors = ", ".join(found.get("authors", ()))
    lines = "".join(f"<li>{_taxonomy_node(line)}</li>\n" for line in found.get("taxonomy", ()))
    summary = escape(found.get("summary", ""))
    return fill(
        SOURCE,
        "result",
        **_common(found),
        authors=f'<p class="authors">{escape(authors)}</p>\n' if authors else "",
        summary=f'<div class="summary"><div class="summary-content"><p>{summary}</p></div></div>\n'
        if summary
        else "",
        taxonomy=f'<ul class="taxonomy">\n{lines}</ul>\n' if lines else "",
    )


def flat_result(found: Result) -> str:
    """One result without a container: flat siblings, other tags round the uncertain parts."""
    authors = ", ".join(found.get("authors", ()))
    summary = escape(found.get("summary", ""))
    return fill(
        SOURCE,
        "result_flat",
        **_common(found),
        authors=f'<div class="byline"><em>{escape(authors)}</em></div>\n' if authors else "",
        summary=f'<div class="summary-content"><p>{summary}</p></div>\n' if summary else "",
        taxonomy="".join(
            f'<div class="node">- {escape(line)}</div>\n' for line in found.get("taxonomy", ())
        ),
    )


def changed_result(found: Result, number: int) -> str:
    """One result after a change of layout: nothing that is known is left."""
    return fill(
        SOURCE,
        "result_changed",
        key=number,
        title=escape(found["title"]),
        time_text=_time_text(found["time"]),
        summary=escape(found.get("summary", "")),
    )


def text(found: Result) -> str:
    """One result as rendered text."""
    lines = [found["title"]]
    if found.get("authors"):
        lines.append(", ".join(found["authors"]))
    lines.append(found["summary"])
    lines += [f"- {line}" for line in found.get("taxonomy", ())]
    return "".join(f"{line}\n" for line in lines)


def taxonomy(found: Result, *, places: bool) -> list[dict[str, Any]]:
    """The places or the topics of a result."""
    nodes = []
    for line in found.get("taxonomy", ()):
        match = re.fullmatch(r"(.+) \(([01]\.\d\d)\)", line)
        if match:
            path = match[1].split(" > ")
            if (path[0] in CONTINENTS) is places:
                nodes.append({"path": path, "confidence": float(match[2])})
    return nodes


def folded(found: Result) -> list[str]:
    """The remark about taxonomy lines that the page folds away."""
    counts = [re.fullmatch(r"\((\d+) more\.\.\.\)", line) for line in found.get("taxonomy", ())]
    return [f"folded_taxonomy:{match[1]}" for match in counts if match]


def _common(found: Result) -> dict[str, str]:
    doc = quote(found["doc"], safe="") if found.get("doc_escaped") else found["doc"]
    return {
        "url": escape(found["url"] + found.get("tracking", "")),
        "doc": f"/doc/{doc}",
        "title": escape(found["title"]),
        "time": found["time"],
        "time_text": _time_text(found["time"]),
    }


def _taxonomy_node(line: str) -> str:
    path, _, confidence = line.rpartition(" (")
    if not path:
        return f'<a href="#" class="btn btn-link">{escape(line)}</a>'
    target = "/".join(quote(name) for name in path.split(" > "))
    return f'<a href="/class/{target}">{escape(path)}</a> ({confidence}'


def _time_text(moment: str) -> str:
    day = f"{MONTHS[int(moment[5:7]) - 1]}-{int(moment[8:10])}-{moment[:4]}"
    return f"{day}, {moment[11:19]} GMT"
