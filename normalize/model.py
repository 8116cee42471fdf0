"""The two classes that everything here is about: `Entry` as found, `Record` as published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from normalize.convert import InvalidEntry, JsonLine, json_line
from normalize.entry import Entry
from normalize.issues import Issue
from normalize.schema import constrained, record_schema
from normalize.values import (
    Direction,
    Link,
    ParallelText,
    TaxonomyPath,
    TranslatedText,
    TranslationStatus,
)

__all__ = [
    "Direction",
    "Entry",
    "InvalidEntry",
    "Link",
    "ParallelText",
    "Record",
    "TaxonomyPath",
    "TranslatedText",
    "TranslationStatus",
    "json_line",
]

SCHEMA_VERSION = "1.0"

ISO_8601 = (
    r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?$"
)
RFC_3339_UTC = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$"
BCP_47 = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
ISSUE = rf"^({'|'.join(Issue)})(:.+)?$"


@attrs.frozen(kw_only=True)
class Record(JsonLine):
    """One line of the feed."""

    schema_version: str = SCHEMA_VERSION
    """Version of this contract; additions raise the minor, anything else the major."""

    id: str = constrained(pattern=r"^[^:\s]+:\S+$")
    """Stable across runs and parser changes: ``<source>:<native id>`` or a hash of raw values."""

    source: str
    """Name of the source (the spider's name)."""

    url: str | None = None
    """The entry's own page, absolute, without tracking parameters and session ids."""

    page_url: str | None = None
    """The listing page the entry was found on."""

    position: int = constrained(minimum=1)
    """1-based place of the entry on its page."""

    title: str | None = None
    """Title, cleaned, in the original language."""

    summary: str | None = None
    """Abstract, teaser or body text, cleaned, in the original language."""

    authors: tuple[str, ...] = ()
    """Names in display order, ``Given Family``."""

    author_count: int | None = constrained(default=None, minimum=0)
    """Number of authors; null where the page neither names nor counts them."""

    published: str | None = constrained(default=None, pattern=ISO_8601)
    """ISO 8601 at the precision the page gives: year, month, day, or time with offset."""

    published_raw: str | None = None
    """The page's own date text."""

    language: str = constrained(default="und", pattern=BCP_47)
    """BCP 47 language of the record's text; ``und`` if unknown."""

    language_confidence: float = constrained(default=0.0, minimum=0, maximum=1)
    """Confidence in `language`, 0 to 1."""

    language_method: str = "none"
    """What decided: ``script``, ``letters``, ``statistics``, ``declared`` or ``none``."""

    field_languages: Mapping[str, str] = attrs.field(factory=dict)
    """Language of ``title`` and ``summary`` where they differ."""

    direction: Direction = Direction.LTR
    """Writing direction of the original text."""

    translations: Mapping[str, TranslatedText] = attrs.field(factory=dict)
    """Target language to translated text; the original is never overwritten."""

    topics: tuple[TaxonomyPath, ...] = ()
    """Subjects in the source's taxonomy."""

    places: tuple[TaxonomyPath, ...] = ()
    """Places in the source's taxonomy."""

    tags: tuple[str, ...] = ()
    """Flat keywords."""

    identifiers: Mapping[str, str] = attrs.field(factory=dict)
    """Identifiers by scheme (``arxiv``, ``doi``) in canonical form."""

    metrics: Mapping[str, int] = attrs.field(factory=dict)
    """Counts by name (``upvotes``, ``comments``, ``views``)."""

    links: tuple[Link, ...] = ()
    """Links other than the entry's own page: code, pdf, …"""

    image: str | None = None
    """Image URL."""

    issues: tuple[str, ...] = constrained(default=(), items={"pattern": ISSUE})
    """What was repaired, lost or not understood; codes of `normalize.issues`."""

    content_hash: str = constrained(pattern="^[0-9a-f]{32}$")
    """Hash of the normalised content: equal means unchanged."""

    fetched_at: str | None = constrained(default=None, pattern=RFC_3339_UTC)
    """When the page was fetched: UTC, RFC 3339."""

    first_seen: str | None = constrained(default=None, pattern=RFC_3339_UTC)
    """When the entry was first seen: UTC, RFC 3339."""

    last_seen: str | None = constrained(default=None, pattern=RFC_3339_UTC)
    """When the entry was last seen: UTC, RFC 3339."""

    duplicate_of: str | None = None
    """Id of the record that is the same entry elsewhere."""

    cluster_id: str | None = None
    """Id of the first record of the same work or story, its own where it is the first; null only
    where no duplicates were looked for."""

    raw: Mapping[str, str] = attrs.field(factory=dict)
    """The page's own strings of every value that was parsed."""

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The feed's contract as JSON Schema, draft 2020-12."""
        return record_schema(cls)
