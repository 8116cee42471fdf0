"""Atom and JSON Feed of records, valid by their schemas."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
from lxml import etree

from normalize.model import Direction, Record, TranslatedText, TranslationStatus
from scraper.runs.syndicate import atom, json_feed

DATA = Path(__file__).resolve().parent / "data"
ATOM = etree.RelaxNG(etree.parse(DATA / "atom.rng"))
JSON_FEED = jsonschema_rs.validator_for(
    json.loads((DATA / "json_feed.schema.json").read_text(encoding="utf-8")),
    validate_formats=True,
)
NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
NS = {"a": "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ARABIC = Record(
    id="demo:1",
    source="demo",
    url="https://example.org/عرض/1",
    position=1,
    title="BERT لتحليل المشاعر",
    summary="ملخص أول.\nفقرة ثانية <b>& رموز</b>.",
    authors=("ميسون الدروبي",),
    published="2019",
    published_raw="2019",
    language="ar",
    direction=Direction.RTL,
    translations={
        "en": TranslatedText(
            title="BERT for Sentiment", summary="A first abstract.", status=TranslationStatus.OK
        )
    },
    tags=("العنقدة",),
    content_hash="0" * 32,
    first_seen="2026-11-20T06:00:00Z",
    fetched_at="2026-11-21T06:00:00Z",
    last_seen="2026-11-21T06:00:00Z",
)


def as_atom(*records: Record, target: str | None = "en", url: str | None = None) -> bytes:
    shown = [record.to_dict() for record in records]
    return atom(shown, title="Digest", self_url=url, updated=NOW, target=target)


def as_json(*records: Record, target: str | None = "en", url: str | None = None) -> bytes:
    shown = [record.to_dict() for record in records]
    return json_feed(shown, title="Digest", self_url=url, updated=NOW, target=target)


def valid_atom(feed: bytes) -> etree._Element:
    root = etree.fromstring(feed)
    ATOM.assertValid(root)
    return root


def valid_json(feed: bytes) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(feed.decode("utf-8"))
    JSON_FEED.validate(read)
    return read


def text(root: etree._Element, path: str) -> str:
    return cast("str", root.xpath(f"string({path})", namespaces=NS))


def item(record: Record, target: str | None = "en") -> dict[str, Any]:
    (found,) = valid_json(as_json(record, target=target))["items"]
    return cast("dict[str, Any]", found)
