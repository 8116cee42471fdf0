"""Who the crawler says it is, and whom a site's owner can write to."""

from __future__ import annotations

import ipaddress
import logging
import re
from importlib.metadata import version
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from w3lib.url import safe_url_string

logger = logging.getLogger(__name__)

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def user_agent(contact_url: str) -> str:
    """Compose the ``User-Agent`` header.

    Args:
        contact_url: a page (``https://…``), a mail address, with ``mailto:`` or without, or
            nothing.

    Raises:
        ValueError: it is something else, or leads to this machine: it would reach nobody.
    """
    contact = f"+{_contact(contact_url.strip())}" if contact_url.strip() else "contact not set"
    return f"khulasa/{version('khulasa')} ({contact})"


def _contact(told: str) -> str:
    """A contact as headers can hold it: in ASCII, and nothing that would end the comment."""
    mail = told.removeprefix("mailto:")
    if _MAIL.fullmatch(mail):
        return f"mailto:{mail}"
    if not _is_page(told):
        raise ValueError(
            "CONTACT_URL must be a page (https://…) or a mail address by which a site's owner can "
            f"reach you, not {told!r}."
        )
    return safe_url_string(told).replace("(", "%28").replace(")", "%29")


def is_loopback(url: str) -> bool:
    """Whether the host of ``url`` is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")


def _is_page(told: str) -> bool:
    """Whether a text is the address of a page that others can open."""
    try:
        parts = urlsplit(told)
    except ValueError:  # brackets that hold no IPv6 address
        return False
    host = (parts.hostname or "").strip(".")
    is_whole = parts.scheme in ("http", "https") and ("." in host or ":" in host)
    is_plain = told.split() == [told] and "@" not in parts.netloc
    return is_whole and is_plain and not is_loopback(told)


class UserAgentAddon:
    """Sets ``USER_AGENT`` from ``CONTACT_URL``, wherever that was set."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Set the agent below the priority of anything that a person or a spider sets.

        Raises:
            ValueError: as `user_agent`.
        """
        settings.set("USER_AGENT", user_agent(settings.get("CONTACT_URL") or ""), "addon")


class ContactReminder:
    """Warns once when a foreign host is asked for a page by a crawler without a contact."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to requests where no contact is set."""
        reminder = cls(crawler)
        if not crawler.settings.get("CONTACT_URL"):
            crawler.signals.connect(reminder.request_sent, signals.request_reached_downloader)
        return reminder

    def request_sent(self, request: Request) -> None:
        """Warn at the first request that leaves this machine."""
        if not request.url.startswith(("http:", "https:")) or is_loopback(request.url):
            return
        self._crawler.signals.disconnect(self.request_sent, signals.request_reached_downloader)
        logger.warning(
            "CONTACT_URL is not set, so the site's owner cannot tell whose crawler this is. Set it "
            "with -s CONTACT_URL=https://… (a page about your use, or a mail address) or in "
            "scraper/settings.py"
        )
