"""URLs: one spelling to publish, and a looser key to tell that two lead to the same page."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import unquote

import attrs

from normalize.vocabulary import vocabulary

# RFC 3986, appendix B: matches every string, so that nothing here can fail.
_PARTS = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*):)?(?://(?P<authority>[^/?#\\]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_AUTHORITY = re.compile(r"(?P<user>.*@)?(?P<host>\[[^\]]*\]|[^:]*)(?P<port>:\d*)?", re.DOTALL)
_DEFAULT_PORTS = {"http": ":80", "https": ":443", "ftp": ":21"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
# A fragment of this shape names a page of its own on sites that route in the browser.
_ROUTE = re.compile(r"!|/.")
_AMP_CACHE = re.compile(r"^[^/]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?|^google\.[a-z.]+/amp/(?:s/)?")
_AMP_PATH = re.compile(r"/amp$|(?<=\.)amp\.(?=html?$)")


@attrs.frozen(kw_only=True)
class _Url:
    scheme: str
    authority: str | None
    path: str
    query: str | None
    fragment: str | None

    def text(self) -> str:
        parts = [f"{self.scheme}:" if self.scheme else ""]
        parts += [f"//{self.authority}" if self.authority is not None else "", self.path]
        parts += [f"?{self.query}" if self.query else ""]
        parts += [f"#{self.fragment}" if self.fragment else ""]
        return "".join(parts)


@cache
def _session() -> re.Pattern[str]:
    """A query parameter that only tells one visit from another: forums, PHP, Java, shops."""
    return re.compile("|".join(vocabulary("tracking")["sessions"]), re.IGNORECASE)


@cache
def _session_part() -> re.Pattern[str]:
    """The same in a path, as servlets write it."""
    return re.compile(vocabulary("tracking")["session_parts"], re.IGNORECASE)


@cache
def _tracking() -> re.Pattern[str]:
    return tracking_pattern(vocabulary("tracking")["prefixes"], vocabulary("tracking")["names"])


def tracking_pattern(prefixes: list[str], names: list[str]) -> re.Pattern[str]:
    """Compile names of query parameters, and beginnings of such, for `canonical_url`."""
    starts = "|".join(map(re.escape, prefixes))
    exact = "|".join(map(re.escape, names))
    return re.compile(rf"(?:{starts})|(?:{exact})(?:=|$)", re.IGNORECASE)


def canonical_url(url: str, *, tracking: re.Pattern[str] | None = None) -> str:
    """Spell a URL the one way it is published.

    Scheme and host are lower case and the host readable (no ``xn--``); default port, fragment and
    tracking parameters are gone, and so are session ids, which would make every visit's pages new
    ones; the rest of the path and the order of the query are untouched. A fragment that
    is the route of a page (``#!/a``, ``#/a``) stays. White space inside is percent-encoded.

    Args:
        url: Any text; what is no URL comes back with its outer white space off.
        tracking: Parameters to drop, by `tracking_pattern`; default is the project's list.
    """
    return _canonical(url, tracking or _tracking()).text()


def _canonical(url: str, drop: re.Pattern[str]) -> _Url:
    found = _split(url)
    query = found.query
    if query:
        told = [(part, unquote(part)) for part in query.split("&")]
        query = "&".join(
            part
            for part, plain in told
            if not drop.match(plain) and not _session().fullmatch(plain)
        )
    fragment = found.fragment if found.fragment and _ROUTE.match(found.fragment) else None
    path = _session_part().sub("", found.path) if ";" in found.path else found.path
    return attrs.evolve(found, path=path, query=query, fragment=fragment)


def match_url(url: str) -> str:
    """Make a key that is equal for URLs of the same page; it is no URL to fetch.

    On top of `canonical_url` it ignores http or https, user names, ``www.``, hosts and paths of
    mobile and AMP pages, index files, a trailing slash, percent-encoding and the query's order.
    """
    found = _canonical(url, _tracking())
    if found.authority is None or found.scheme not in {"", "http", "https"}:
        return found.text()
    host = _AUTHORITY.sub(lambda match: match["host"] + (match["port"] or ""), found.authority, 1)
    rest = _AMP_CACHE.sub("", _plain_host(host) + found.path)
    host, _, path = rest.partition("/")
    query = [part for part in (found.query or "").split("&") if part]
    kept = sorted(
        part for part in query if part.lower() not in vocabulary("tracking")["amp_parameters"]
    )
    fragment = f"#{found.fragment}" if found.fragment else ""
    return _plain_host(host) + _plain_path(path) + ("?" + "&".join(kept) if kept else "") + fragment


def _split(url: str) -> _Url:
    text = _CONTROLS.sub("", url.strip())
    text = re.sub(r"\s", lambda match: "".join(f"%{b:02X}" for b in match[0].encode()), text)
    match = _PARTS.fullmatch(text)
    if match is None:
        return _Url(scheme="", authority=None, path=text, query=None, fragment=None)
    scheme = (match["scheme"] or "").lower()
    return _Url(
        scheme=scheme,
        authority=None if match["authority"] is None else _authority(match["authority"], scheme),
        path=match["path"],
        query=match["query"],
        fragment=match["fragment"],
    )


def _authority(text: str, scheme: str) -> str:
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return text
    host = ".".join(_readable(label) for label in match["host"].lower().split("."))
    port = match["port"] or ""
    if port in {":", _DEFAULT_PORTS.get(scheme)}:
        port = ""
    return (match["user"] or "") + host + port


def _readable(label: str) -> str:
    """Write an ``xn--`` label in its letters where that is reversible."""
    if not label.startswith("xn--"):
        return unicodedata.normalize("NFC", label)
    try:
        decoded = label.encode("ascii").decode("idna")
        return decoded if decoded.encode("idna").decode("ascii") == label else label
    except UnicodeError:
        return label


def _plain_host(host: str) -> str:
    """Leave out labels that only say which edition of the site: ``www.``, ``m.``, ``en.m.``."""
    labels = host.removesuffix(".").split(".")
    if len(labels) > 2 and re.fullmatch(r"www\d?", labels[0]):  # noqa: PLR2004  a site and its suffix
        labels = labels[1:]
    for place in (0, 1):
        if len(labels) > place + 2 and labels[place] in vocabulary("tracking")["mobile_labels"]:
            labels = [*labels[:place], *labels[place + 1 :]]
    return ".".join(labels)


def _plain_path(path: str) -> str:
    """Path with its leading slash, without index file, AMP mark, encoding and last slash."""
    plain = unicodedata.normalize("NFC", "/" + unquote(path, errors="replace")).rstrip("/")
    plain = _AMP_PATH.sub("", plain)
    head, _, last = plain.rpartition("/")
    return (head if last.lower() in vocabulary("tracking")["index_files"] else plain).rstrip("/")
