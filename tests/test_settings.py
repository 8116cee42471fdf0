from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.settings import Settings, default_settings
from scrapy.utils.misc import load_object
from scrapy.utils.test import get_crawler

from scraper import settings as project
from scraper.agent import ContactReminder, UserAgentAddon, is_loopback, user_agent
from scraper.network_settings import check_network_settings

ROOT = Path(__file__).resolve().parents[1]
OWN = {
    "CONTACT_URL",
    "NORMALIZER",
    "TRANSLATE_TO",
    "TRANSLATE_FIELDS",
    "TRANSLATE_MODELS_DIR",
    "TRANSLATE_CACHE",
    "REFERENCE_DATE",
    "STATE_FILE",
    "PROFILE_DIR",
    "RUN_DIR",
    "RUN_STATE",
    "RUN_SOURCE",
    "RUN_PARENT_PIPE",
    "STOP_AT_KNOWN",
    "UNCHANGED_DAYS",
    "ARCHIVE_FILE",
    "REPLAY_FILES",
    "RETRY_AFTER_MAX",
    "PRIVATE_ADDRESSES",
}
NAMES = [name for name in vars(project) if name.isupper()]


def test_every_setting_is_one_that_scrapy_knows() -> None:
    assert set(NAMES) - OWN <= set(vars(default_settings))


@pytest.mark.parametrize("name", sorted(set(NAMES) - OWN))
def test_every_setting_differs_from_the_default(name: str) -> None:
    assert getattr(project, name) != getattr(default_settings, name)


def test_every_setting_is_documented() -> None:
    guide = (ROOT / "docs" / "crawling.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)`", guide, re.MULTILINE))
    assert documented == set(NAMES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROBOTSTXT_OBEY", True),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("REMOTE_CONTROL_ENABLED", False),
        ("TELNETCONSOLE_ENABLED", False),
        ("COOKIES_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("AUTOTHROTTLE_ENABLED", True),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("DOWNLOAD_MAXSIZE", 67_108_864),
        ("DOWNLOAD_TIMEOUT", 60),
        ("FEED_EXPORT_ENCODING", "utf-8"),
        ("LOG_LEVEL", "INFO"),
    ],
)
def test_settings_of_an_unattended_run(name: str, value: object) -> None:
    assert getattr(project, name) == value


@pytest.mark.parametrize(
    "name",
    [
        "ADDONS", "EXTENSIONS", "ITEM_PIPELINES", "SPIDER_MIDDLEWARES", "DOWNLOADER_MIDDLEWARES",
    ],
)  # fmt: skip
def test_every_component_can_be_loaded(name: str) -> None:
    for path in getattr(project, name):
        assert callable(load_object(path))


@pytest.mark.parametrize("name", ["FEED_EXPORTERS", "FEED_STORAGES"])
def test_every_feed_component_can_be_loaded(name: str) -> None:
    for path in getattr(project, name).values():
        assert callable(load_object(path))


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("", "khulasa/0.1.0 (contact not set)"),
        ("https://example.org/bot", "khulasa/0.1.0 (+https://example.org/bot)"),
        (" https://example.org/bot ", "khulasa/0.1.0 (+https://example.org/bot)"),
        ("HTTP://Example.org:8080/?a=1", "khulasa/0.1.0 (+http://example.org:8080/?a=1)"),
        ("https://مثال.example/عن", "khulasa/0.1.0 (+https://xn--mgbh0fb.example/%D8%B9%D9%86)"),
        # A bracket would end the comment that the address stands in.
        ("https://example.org/bot_(1)", "khulasa/0.1.0 (+https://example.org/bot_%281%29)"),
        ("bots@example.org", "khulasa/0.1.0 (+mailto:bots@example.org)"),
        ("mailto:bots@example.org", "khulasa/0.1.0 (+mailto:bots@example.org)"),
    ],
)
def test_user_agent(contact: str, agent: str) -> None:
    settings = Settings({"CONTACT_URL": contact})
    UserAgentAddon().update_settings(settings)
    assert user_agent(contact) == agent
    assert settings["USER_AGENT"] == agent


@pytest.mark.parametrize(
    "contact",
    ["me", "example.org", "https://example", "https:///about", "ftp://example.org/", "@example.org",
     "me@localhost", "http://localhost/about", "http://127.0.0.1/", "http://[bad/",
     "https://me:secret@example.org/", "https://example.org/a b",
     "https://example.org/\r\nX-Other: 1", "javascript:alert(1)"],
)  # fmt: skip
def test_a_contact_that_reaches_nobody_is_refused(contact: str) -> None:
    with pytest.raises(ValueError, match=r"CONTACT_URL must be a page .* or a mail address"):
        check_network_settings(Settings({"CONTACT_URL": contact}))


HTTPX = "scrapy.core.downloader.handlers._httpx.HttpxDownloadHandler"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"TWISTED_REACTOR_ENABLED": False}, "TWISTED_REACTOR_ENABLED cannot be false"),
        ({"DOWNLOAD_HANDLERS": {"https": HTTPX}}, "_httpx.HttpxDownloadHandler for https"),
        ({"DOWNLOAD_HANDLERS": {"http": "scraper.nowhere.Handler"}}, "DOWNLOAD_HANDLERS: No mod"),
    ],
)
def test_downloads_that_look_up_names_themselves_are_refused(
    settings: dict[str, object], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        check_network_settings(Settings(settings))
    check_network_settings(Settings(settings | {"PRIVATE_ADDRESSES": True}))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"DNSCACHE_ENABLED": False},
        {"TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver"},
        {"DOWNLOAD_HANDLERS": {"http": "scrapy.core.downloader.handlers.http.HTTPDownloadHandler"}},
        {"DOWNLOAD_HANDLERS": {"https": "scrapy.core.downloader.handlers.http2.H2DownloadHandler"}},
        {"DOWNLOAD_HANDLERS": {"https": HTTP11DownloadHandler, "ftp": None}},
    ],
)
def test_other_ways_to_download_are_allowed(settings: dict[str, object]) -> None:
    check_network_settings(Settings(settings))


def test_an_agent_given_by_a_person_stays() -> None:
    settings = Settings()
    settings.set("USER_AGENT", "mine", priority="cmdline")
    UserAgentAddon().update_settings(settings)
    assert settings["USER_AGENT"] == "mine"


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8000/x", True),
        ("http://127.8.9.1/", True),
        ("http://[::1]/", True),
        ("http://localhost:1/", True),
        ("http://demo.localhost/", True),
        ("https://example.org/", False),
        ("http://10.0.0.1/", False),
        ("http://localhost.example.org/", False),
    ],
)
def test_loopback(url: str, loopback: object) -> None:
    assert is_loopback(url) is loopback


@pytest.mark.parametrize(
    ("contact", "urls", "warnings"),
    [
        ("", ["https://example.org/a", "https://example.org/b"], 1),
        ("", ["http://127.0.0.1/a"], 0),
        ("https://example.org/bot", ["https://example.org/a"], 0),
    ],
)
def test_a_missing_contact_is_said_once(
    contact: str, urls: list[str], warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    crawler = get_crawler(settings_dict={"CONTACT_URL": contact})
    reminder = ContactReminder.from_crawler(crawler)
    with caplog.at_level(logging.WARNING, "scraper.agent"):
        for url in urls:
            crawler.signals.send_catch_log(
                signals.request_reached_downloader, request=Request(url), spider=None
            )
    assert [r.getMessage()[:24] for r in caplog.records] == ["CONTACT_URL is not set, "] * warnings
    assert reminder is not None
