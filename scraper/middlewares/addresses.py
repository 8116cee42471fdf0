"""Which machines a crawl talks to: none that only this machine or its network can reach."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import CannotResolveHostError

from scraper.middlewares.base import AddressRefused, CrawlerComponent, is_of_one_entry
from scraper.middlewares.resolving import resolve
from scraper.split.source import Source, host_of

logger = logging.getLogger(__name__)

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses behind a translator (RFC 6052)."""

_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
"""Deprecated (RFC 4291, 2.5.5.1)."""

_NOT_GLOBAL = (
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # a translator's own (RFC 8215)
    ipaddress.IPv6Network("2002::/16"),  # 6to4, deprecated (RFC 7526)
)
"""What some versions of `ipaddress` take for global."""


class AddressMiddleware(CrawlerComponent):
    """Refuses addresses that are not of the open internet, unless somebody asked for that host.

    A page could otherwise have the crawl read what is not public: the router, a database, the
    cloud's own metadata. Names are resolved first, and the answer is the one that the download
    then uses (`resolve`). Its place is behind Scrapy's proxy middleware: a proxy resolves names
    itself.
    """

    async def process_request(self, request: Request) -> None:
        """Pass a request whose host may be asked.

        Raises:
            AddressRefused: it may not.
            CannotResolveHostError: it has no address.
        """
        host = _host(request.url)
        if not host or self._crawler.settings.getbool("PRIVATE_ADDRESSES"):
            return
        if host_of(request.url) in asked_for(self._crawler.spider):
            return
        private = [a for a in await self._addresses(request, host) if not is_public(a)]
        if private:
            told = f"{request.url} is not of the open internet ({private[0]}): refused"
            self._count("http/address_refused", None if is_of_one_entry(request) else told)
            logger.error("%s", told)
            raise AddressRefused(f"{host} has the address {private[0]}")

    async def _addresses(self, request: Request, host: str) -> Iterable[str]:
        if _is_address(host):
            return (host,)
        if request.meta.get("proxy"):
            return ()
        found = await resolve(host)
        if not found:
            raise CannotResolveHostError(f"{host} has no address")
        return found


def asked_for(spider: Spider | None) -> frozenset[str]:
    """Hosts that may have any address: a person named them for this crawl, or the source did."""
    source = getattr(spider, "source", None)
    declared = source.hosts if isinstance(source, Source) else ()
    given = getattr(spider, "given", None)
    values = vars(spider).values() if given is None and spider else given or ()
    return frozenset([*declared, *(host_of(v) for v in values if isinstance(v, str))]) - {""}


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, for one reader."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in _NOT_GLOBAL) or ip.is_site_local:
            return False
        ip = _embedded(ip) or ip
    return ip.is_global and not ip.is_multicast


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a gateway, or this machine, would go to instead."""
    if ip in _NAT64 or ip in _IPV4_COMPATIBLE:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _host(url: str) -> str:
    """Host as it is asked for: ``www.`` belongs to it."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""
