"""Settings that decide how a crawl appears to a site and where it connects: judged before it."""

from __future__ import annotations

import re

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from scraper.agent import user_agent

_BY_TWISTED = re.compile(r"scrapy\.core\.downloader\.handlers\.http(?:2|11)?\.\w+")
"""Scrapy's handlers that have the reactor look up names; that of HTTP/2 needs another library."""


def check_network_settings(settings: BaseSettings) -> None:
    """Refuse a contact that reaches nobody, and downloads that look up names by themselves.

    Raises:
        ValueError: naming the setting, and what it may be.
    """
    user_agent(settings.get("CONTACT_URL") or "")
    if settings.getbool("PRIVATE_ADDRESSES"):
        return
    if not settings.getbool("TWISTED_REACTOR_ENABLED"):
        raise ValueError(_unguarded("TWISTED_REACTOR_ENABLED cannot be false"))
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    for scheme in ("http", "https"):
        handler = handlers.get(scheme)
        if handler and not _is_by_twisted(handler):
            raise ValueError(_unguarded(f"DOWNLOAD_HANDLERS cannot be {handler} for {scheme}"))


def _is_by_twisted(handler: object) -> bool:
    if isinstance(handler, str):
        if _BY_TWISTED.fullmatch(handler):
            return True
        try:
            handler = load_object(handler)
        except (ImportError, NameError, ValueError) as error:
            raise ValueError(f"DOWNLOAD_HANDLERS: {error}") from error
    return isinstance(handler, type) and issubclass(handler, HTTP11DownloadHandler)


def _unguarded(told: str) -> str:
    return (
        f"{told}: names would be looked up apart from the check that keeps a crawl out of this "
        "network; PRIVATE_ADDRESSES=1 does without that check."
    )
