"""The index of published translation packages, and fetching from it over HTTP."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import attrs
from packaging.version import Version

from normalize.translate.package_archive import MAX_UNPACKED
from normalize.translate.package_format import is_code, is_version
from scraper.atomic import atomic_file

TIMEOUT = 30.0
"""Seconds without a byte after which a server counts as gone."""

MAX_INDEX = 16 * 1024**2
MAX_PACKAGE = MAX_UNPACKED

_CHUNK = 256 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CACHE = ".index.json"

Progress = Callable[[int, int | None], None]
"""Told the bytes that have come and how many there will be, if the server says."""


class FetchError(Exception):
    """Something could not be fetched; the message names the address and the reason."""


@attrs.frozen(kw_only=True)
class PublishedPackage:
    """A translation package that the index offers."""

    from_code: str
    to_code: str
    version: str

    links: tuple[str, ...]
    """Addresses of the same archive, best first."""

    sha256: str | None
    """Checksum of the archive in hexadecimal, where the index gives one."""


@attrs.frozen(kw_only=True)
class Index:
    """What an index offers."""

    packages: tuple[PublishedPackage, ...]

    stale: str | None
    """Why this is the copy of an earlier day; None where it was fetched now."""

    def best(self, from_code: str, to_code: str) -> PublishedPackage | None:
        """The newest package for a pair of languages, None if there is none."""
        pair = (from_code, to_code)
        offered = [one for one in self.packages if (one.from_code, one.to_code) == pair]
        return max(offered, key=lambda one: Version(one.version), default=None)


def fetch_index(url: str, models_dir: Path) -> Index:
    """Fetch an index; where that fails, take the copy that an earlier installation kept.

    Raises:
        FetchError: it cannot be fetched, and there is no copy of it.
    """
    try:
        packages = read_index(_fetch_bytes(url), url)
    except FetchError as error:
        kept = _kept(url, models_dir)
        if kept is None:
            raise
        return Index(packages=kept, stale=str(error))
    return Index(packages=packages, stale=None)


def keep_index(url: str, index: Index, models_dir: Path) -> None:
    """Keep a copy of an index beside the packages, for when it cannot be reached."""
    packages = [attrs.asdict(package) for package in index.packages]
    with atomic_file(models_dir / _CACHE) as out:
        out.write(json.dumps({"url": url, "packages": packages}).encode())


def read_index(content: bytes, url: str) -> tuple[PublishedPackage, ...]:
    """Read an index in the format of Argos Translate; entries of other kinds are passed over.

    Raises:
        FetchError: it is no list of packages.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FetchError(f"{url} is no package index: {error}") from error
    if not isinstance(data, list):
        raise FetchError(f"{url} is no package index: expected a list")
    found = (_published(entry) for entry in data)
    return tuple(package for package in found if package is not None)


def download(package: PublishedPackage, target: Path, progress: Progress) -> None:
    """Download a package's archive, from the first of its addresses that serves it.

    Raises:
        FetchError: none does, or what came is not what the index announces.
        OSError: the archive cannot be written (a full disk).
    """
    failures = []
    for link in package.links:
        try:
            checksum = _fetch_file(link, target, progress)
        except FetchError as error:
            failures.append(str(error))
            continue
        if package.sha256 in {None, checksum}:
            return
        failures.append(f"{link}: wrong checksum: {checksum}, the index says {package.sha256}")
    raise FetchError("; ".join(failures) or "the index gives no address for it")


def _published(entry: Any) -> PublishedPackage | None:  # noqa: ANN401  JSON
    if not isinstance(entry, dict) or entry.get("type", "translate") != "translate":
        return None
    source, target = entry.get("from_code"), entry.get("to_code")
    version = entry.get("package_version")
    if not is_code(source) or not is_code(target) or not is_version(version):
        return None
    links = entry.get("links")
    checksum = str(entry.get("sha256") or "").lower()
    return PublishedPackage(
        from_code=source,
        to_code=target,
        version=version,
        links=tuple(_web(links)) if isinstance(links, list) else (),
        sha256=checksum if _SHA256.fullmatch(checksum) else None,
    )


def _web(links: Iterable[Any]) -> list[str]:
    return [link for link in links if isinstance(link, str) and _is_web(link)]


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _kept(url: str, models_dir: Path) -> tuple[PublishedPackage, ...] | None:
    try:
        data = json.loads((models_dir / _CACHE).read_bytes())
        if data["url"] != url:
            return None
        return tuple(
            PublishedPackage(**package | {"links": tuple(package["links"])})
            for package in data["packages"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _fetch_bytes(url: str) -> bytes:
    received: list[bytes] = []
    _fetch(url, received.append, MAX_INDEX, lambda _have, _total: None)
    return b"".join(received)


def _fetch_file(url: str, target: Path, progress: Progress) -> str:
    """Fetch into a file and return its SHA-256."""
    digest = hashlib.sha256()
    with target.open("wb") as out:
        _fetch(url, lambda chunk: _store(chunk, out, digest), MAX_PACKAGE, progress)
    return digest.hexdigest()


def _store(chunk: bytes, out: IO[bytes], digest: Any) -> None:  # noqa: ANN401  hashlib has no type
    out.write(chunk)
    digest.update(chunk)


def _fetch(url: str, store: Callable[[bytes], object], limit: int, progress: Progress) -> None:
    """Hand all that an address serves to ``store``, chunk by chunk.

    What ``store`` raises goes through as it is: a full disk is no fault of the network.
    """
    if not _is_web(url):
        raise FetchError(f"{url} is no address of the web")
    response = _answer(url)
    with response:
        announced = response.headers.get("Content-Length", "")
        total = int(announced) if announced.isdecimal() else None
        received = 0
        while chunk := _read(response, url):
            received += len(chunk)
            if received > limit:
                raise FetchError(f"{url} is larger than {limit:,} bytes")
            store(chunk)
            progress(received, total)
    if total is not None and received != total:
        raise FetchError(f"{url}: cut off after {received:,} of {total:,} bytes")


def _answer(url: str) -> http.client.HTTPResponse:
    request = urllib.request.Request(url, headers={"User-Agent": "khulasa"})  # noqa: S310  checked
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT)  # type: ignore[no-any-return]  # noqa: S310
    except urllib.error.HTTPError as error:
        with error:
            raise FetchError(f"{url}: HTTP {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise FetchError(f"{url} cannot be reached: {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"{url} cannot be reached: {error!r}") from error


def _read(response: http.client.HTTPResponse, url: str) -> bytes:
    try:
        return response.read(_CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise FetchError(f"{url}: broken off: {error!r}") from error
