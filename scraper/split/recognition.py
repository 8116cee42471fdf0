"""Which source a page is of: by its address, by the address it states, by its marks."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import SplitResult, unquote, urlsplit

from scraper.split.document import Document
from scraper.split.source import Source, host_of


def source_at(url: str | None, sources: Collection[Source]) -> Source | None:
    """The source that an address is of; None for none, and where it may be of several.

    Of sources that it may be of the one with the longest host is taken, of sources of one host
    the one with the address's own port, then the one with the longest path that leads to it.
    """
    fits = {source.name: _fit(source, url) for source in sources if source.serves(url)}
    best = max((fit for fit in fits.values() if fit is not None), default=None)
    found = [source for source in sources if best is not None and fits.get(source.name) == best]
    return found[0] if len(found) == 1 else None


def marked(document: Document, sources: Collection[Source]) -> list[Source]:
    """The sources whose marks a page bears.

    Another site's page may quote a source's marks: they count where no address is stated, or
    among the sources of the host that is.
    """
    stated = document.stated_url
    possible = [source for source in sources if stated is None or source.serves(stated)]
    return [source for source in possible if source.marker.search(document.text)]


def is_recognised(document: Document, source: Source, others: Collection[Source]) -> bool:
    """Whether a page would be found to be a source's, whatever other sources there are."""
    sources = [source, *(other for other in others if other.name != source.name)]
    at = source_at(document.stated_url, sources)
    return at is source if at else marked(document, sources) == [source]


def _fit(source: Source, url: str | None) -> tuple[int, bool, int] | None:
    """How well an address fits a source of its host; None for not at all."""
    parts, home = urlsplit(url or ""), urlsplit(source.home)
    local = _local(parts)
    fitting = [len(path) for path in source.paths if _leads_to(path, local)]
    if source.paths and not fitting:
        return None
    return len(host_of(source.home)), _port(parts) == _port(home), max(fitting, default=0)


def _leads_to(path: str, local: str) -> bool:
    rest = local.removeprefix(path)
    return local.startswith(path) and (not rest or path.endswith("/") or rest[0] in "/?&")


def _local(parts: SplitResult) -> str:
    return unquote(parts._replace(scheme="", netloc="", fragment="").geturl()) or "/"


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:  # no number, or too large a one
        return None
    return port if port not in (80, 443) else None
