"""Who the crawler says it is, and whom a site's owner can write to."""

from __future__ import annotations

import ipaddress
import logging
from importlib.metadata import version
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)


def user_agent(contact_url: str) -> str:
    """Compose the ``User-Agent`` header."""
    contact = f"+{contact_url}" if contact_url else "contact not set"
    return f"khulasa/{version('khulasa')} ({contact})"


def is_loopback(url: str) -> bool:
    """Whether the host of ``url`` is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")


class UserAgentAddon:
    """Sets ``USER_AGENT`` from ``CONTACT_URL``, wherever that was set."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Set the agent below the priority of anything that a person or a spider sets."""
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
            "with -s CONTACT_URL=https://… (a page about your use) or in scraper/settings.py"
        )
