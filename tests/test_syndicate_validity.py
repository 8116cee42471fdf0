"""Feeds for readers: addresses, ids, bytes and schemas, whatever the records hold."""

from __future__ import annotations

import json
from datetime import datetime

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from normalize.model import TranslatedText, TranslationStatus
from scraper.runs.syndicate import atom, entry_id
from tests.syndicated import (
    ARABIC,
    ATOM,
    JSON_FEED,
    as_atom,
    as_json,
    item,
    text,
    valid_atom,
    valid_json,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("javascript:alert(1)", None),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("https://example.org/?a=1&b=٢", "https://example.org/?a=1&b=٢"),
        ("https://example.org/100%#a#b%20", "https://example.org/100%25#a%23b%20"),
        ("https://example.org:port/", None),
        ("https:///path", None),
    ],
)
def test_links_are_addresses_to_click_on(url: str, shown: str | None) -> None:
    record = attrs.evolve(ARABIC, url=url, image=url)
    found = item(record)
    assert (found.get("url"), found.get("image")) == (shown, shown)
    assert text(valid_atom(as_atom(record)), "a:entry/a:link/@href") == (shown or "")


def test_an_id_is_the_same_for_ever() -> None:
    assert entry_id("demo:1") == "urn:uuid:7d1f5df6-6515-525e-a917-776af975383b"


def test_the_same_records_give_the_same_bytes_in_their_order() -> None:
    second = attrs.evolve(ARABIC, id="demo:2")
    for write in (as_atom, as_json):
        assert write(ARABIC, second) == write(ARABIC, second)
    ids = [found["id"] for found in valid_json(as_json(second, ARABIC))["items"]]
    assert ids == ["demo:2", "demo:1"]


def test_no_records_are_a_valid_feed() -> None:
    assert valid_json(as_json(target=None)) == {
        "version": "https://jsonfeed.org/version/1.1", "title": "Digest", "items": [],
    }  # fmt: skip
    assert text(valid_atom(as_atom(target=None)), "a:id").startswith("urn:uuid:")


def test_the_clock_has_an_offset() -> None:
    with pytest.raises(ValueError, match="needs an offset"):
        atom([], title="t", self_url=None, updated=datetime(2026, 1, 1), target=None)  # noqa: DTZ001  the point


def test_the_schemas_refuse() -> None:
    good = as_atom(ARABIC)
    for old, new in (
        (b"2026-11-21T06:00:00Z", b"2026-11-21"),
        (b"<entry ", b"<entry dir='rtl' "),
        (b'xml:lang="en"', b'xml:lang=""'),
        (b"<title>", b"<title type='xhtml'>"),
        (b"urn:uuid:", b""),
    ):
        assert not ATOM.validate(etree.fromstring(good.replace(old, new))), old
    feed = as_json(ARABIC)
    for old, new in (
        (b"2026-11-21T06:00:00Z", b"2026-11-21"),
        (b'"id": "demo:1",', b""),
        (b'"content_html"', b'"content"'),
        (b"/1.1", b"/1"),
    ):
        assert not JSON_FEED.is_valid(json.loads(feed.replace(old, new))), old


WILD = st.text(st.characters(), max_size=40)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    title=st.none() | WILD,
    summary=st.none() | WILD,
    names=st.lists(WILD, max_size=2),
    address=WILD,
    translated=st.none() | WILD,
    status=st.sampled_from(TranslationStatus),
)
def test_any_text_makes_a_valid_feed(  # noqa: PLR0913  the fields of a record
    *,
    title: str | None,
    summary: str | None,
    names: list[str],
    address: str,
    translated: str | None,
    status: TranslationStatus,
) -> None:
    record = attrs.evolve(
        ARABIC,
        title=title,
        summary=summary,
        authors=tuple(names),
        tags=tuple(names),
        url=f"https://example.org/{address}",
        translations={"en": TranslatedText(title=translated, status=status)},
    )
    root = valid_atom(as_atom(record))
    shown = text(root, "a:entry/a:title").strip("\u200e\u200f")
    assert shown == valid_json(as_json(record))["items"][0]["title"].strip("\u200e\u200f")
    assert shown.strip() == shown
