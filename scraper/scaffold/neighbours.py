"""The sources that a new one must be told from: what is declared, what their fixtures hold."""

from __future__ import annotations

import ipaddress
import json
import re
import socket
from collections.abc import Collection, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import attrs

from scraper.middlewares.addresses import is_public
from scraper.scaffold.pieces import FILE_ENDING
from scraper.split.decode import decode
from scraper.split.feed_text import stated_languages
from scraper.split.listing.sources import LISTING
from scraper.split.recognition import source_at
from scraper.split.source import Source, host_of

_FILE = re.compile(rf".*{FILE_ENDING.pattern}")


@attrs.frozen(kw_only=True)
class Recorded:
    """A page of another source's fixture."""

    url: str | None
    text: str


def recorded(fixtures: Path, name: str) -> list[Recorded]:
    """The recorded pages of all sources but the named one."""
    metas = (m for m in sorted(fixtures.glob("*/*/meta.json")) if m.parent.parent.name != name)
    return [_recorded(page, meta) for meta in metas for page in sorted(meta.parent.glob("page.*"))]


def paths_of(
    name: str, url: str, others: Collection[Source], pages: Sequence[Recorded]
) -> tuple[str, ...] | None:
    """What `Source.paths` a source of a page needs, beside the others of its host.

    Returns:
        None where its page would still be taken for another source's, or theirs for its own.
    """
    parts = urlsplit(url)
    own = attrs.evolve(LISTING, name=name, home=f"{parts.scheme}://{parts.netloc}/")
    urls = [source.home for source in others] + [page.url for page in pages if page.url]
    for paths in ((), (_folder(url),), (_local(url),)):
        made = attrs.evolve(own, paths=paths)
        sources = [*others, made]
        kept = all(source_at(known, sources) == source_at(known, others) for known in urls)
        if kept and source_at(url, sources) is made:
            return paths
    return None


def private_hosts(url: str, *, ask: bool) -> tuple[str, ...]:
    """The host of an address if it is not of the open internet: crawls must be allowed there.

    Args:
        url: the address.
        ask: whether to ask for the addresses of a name.
    """
    host = urlsplit(url).hostname or ""
    private = [address for address in _addresses(host, ask=ask) if not is_public(address)]
    return (host_of(url),) if private else ()


def _addresses(host: str, *, ask: bool) -> list[str]:
    if host == "localhost" or host.endswith(".localhost"):
        return ["127.0.0.1"]
    if _is_literal(host):
        return [host]
    try:
        found = socket.getaddrinfo(host, None) if ask else []
    except (OSError, UnicodeError):
        return []
    return [str(address[4][0]) for address in found]


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _folder(url: str) -> str:
    """The address behind the host; of a file its folder: the next pages are other files there."""
    local = _local(url)
    folder, _, file = local.rpartition("/")
    return f"{folder}/" if folder and "?" not in local and _FILE.fullmatch(file) else local


def _local(url: str) -> str:
    return unquote(urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl()) or "/"


def _recorded(page: Path, meta: Path) -> Recorded:
    told = json.loads(meta.read_text(encoding="utf-8"))
    body = page.read_bytes()
    content_type = told.get("content_type")
    decoded = decode(body, content_type=content_type, languages=stated_languages(body))
    return Recorded(url=told.get("url"), text=decoded.text)
