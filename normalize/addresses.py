"""Where an entry's links lead: absolute addresses; those that lead nowhere are told."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from normalize.issues import Issue, issue
from normalize.model import Entry, Link
from normalize.urls import canonical_url

_ABSOLUTE = re.compile(r"\s*[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Addresses:
    """Where an entry's links lead; those that lead nowhere are in `raw`."""

    url: str | None
    """The entry's own page, in the one spelling that is published."""

    links: tuple[Link, ...]
    """Those that lead somewhere."""

    image: str | None
    """Its picture."""

    issues: tuple[str, ...]
    """One for each kind of address that is relative."""

    raw: Mapping[str, str]
    """The relative ones."""


def read_addresses(entry: Entry) -> Addresses:
    """The addresses that lead somewhere; a relative one does only where its page is known."""
    relative = {
        "url": entry.url if entry.url and not _ABSOLUTE.match(entry.url) else None,
        "image": entry.image if entry.image and not _ABSOLUTE.match(entry.image) else None,
        "links": "\n".join(k.url for k in entry.links if not _ABSOLUTE.match(k.url)) or None,
    }
    raw = {name: value for name, value in relative.items() if value}
    links = (link for link in entry.links if _ABSOLUTE.match(link.url))
    return Addresses(
        url=canonical_url(entry.url) if entry.url and "url" not in raw else None,
        links=tuple(Link(rel=link.rel, url=canonical_url(link.url)) for link in links),
        image=None if "image" in raw else entry.image,
        issues=tuple(issue(Issue.URL_RELATIVE, name) for name in raw),
        raw=raw,
    )
