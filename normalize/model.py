"""The two classes that everything here is about: `Entry` as found, `Record` as published."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

import attrs

from normalize.convert import InvalidEntry, from_json_types, json_line, to_json_types
from normalize.issues import Issue
from normalize.schema import constrained, record_schema

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


class Direction(StrEnum):
    """Writing direction of a text."""

    LTR = "ltr"
    RTL = "rtl"


class TranslationStatus(StrEnum):
    """Whether a translation may be trusted."""

    OK = "ok"
    SUSPECT = "suspect"
    FAILED = "failed"
    SKIPPED = "skipped"


@attrs.frozen(kw_only=True)
class Link:
    """A link of the entry other than its own page."""

    rel: str
    """What it leads to: ``code``, ``pdf``, ``arxiv``, ``project``, ``discussion``, …"""

    url: str
    """Absolute URL."""


@attrs.frozen(kw_only=True)
class TaxonomyPath:
    """A node of the source's taxonomy that the entry is filed under."""

    path: tuple[str, ...]
    """Names from the root to the node."""

    confidence: float | None = constrained(default=None, minimum=0, maximum=1)
    """The source's own confidence, 0 to 1; null where it gives none."""


@attrs.frozen(kw_only=True)
class ParallelText:
    """The entry's text in another language, as the page itself gives it beside the first."""

    title: str | None = None
    """The title in the other language."""

    summary: str | None = None
    """The summary in the other language."""


@attrs.frozen(kw_only=True)
class TranslatedText:
    """The entry's text in one target language, beside the original."""

    title: str | None = None
    """The title translated; null where there is none or it failed."""

    summary: str | None = None
    """The summary translated; null where there is none or it failed."""

    status: TranslationStatus
    """``ok``, ``suspect`` (kept, see the reason), ``failed`` or ``skipped``."""

    reason: str | None = None
    """Why the status is not ``ok``."""

    engine: str | None = None
    """Engine and model that translated."""


@attrs.frozen(kw_only=True)
class Entry:
    """One entry of a page as the page gives it: split off, not yet cleaned or parsed.

    Strings are the page's own, with inline nodes joined and blocks on lines of their own.
    """

    source: str
    """Name of the source (the spider's name)."""

    position: int
    """1-based place of the entry on its page."""

    native_id: str | None = None
    """The site's own id of the entry."""

    url: str | None = None
    """The entry's own page, absolute."""

    page_url: str | None = None
    """The listing page the entry was found on."""

    title: str | None = None
    """Title text."""

    summary: str | None = None
    """Abstract, teaser or body text."""

    parallel: tuple[ParallelText, ...] = ()
    """The same text in further languages, where the page gives it."""

    authors: tuple[str, ...] = ()
    """Names one by one, where the page keeps them apart."""

    byline: str | None = None
    """Names as one string, where the page does not keep them apart."""

    family_first: bool = False
    """Whether `byline` writes ``Last, First, Last, First``."""

    author_count: str | None = None
    """Number of authors where the page gives a number."""

    published: str | None = None
    """Date text, or the date attribute of the page."""

    day_first: bool | None = None
    """Order of ``06/05/2024`` that the source declares; None where it declares none."""

    languages: tuple[str, ...] = ()
    """Languages that the source declares, BCP 47: a prior, never a verdict."""

    taxonomy: tuple[str, ...] = ()
    """Taxonomy lines, such as ``Europe > Austria > Vienna (0.14)`` or ``(4 more...)``."""

    tags: tuple[str, ...] = ()
    """Flat keywords."""

    identifiers: Mapping[str, str] = attrs.field(factory=dict)
    """Identifiers by scheme (``arxiv``, ``doi``), as the page writes them."""

    metrics: Mapping[str, str] = attrs.field(factory=dict)
    """Counts by name (``upvotes``, ``comments``), as the page writes them."""

    links: tuple[Link, ...] = ()
    """Links other than the entry's own page, absolute."""

    image: str | None = None
    """Image URL, absolute."""

    fetched_at: str | None = None
    """When the page was fetched: UTC, RFC 3339; the page's clock."""

    issues: tuple[str, ...] = ()
    """Remarks of the splitter, see `normalize.issues`."""

    raw: Mapping[str, str] = attrs.field(factory=dict)
    """Further strings of the page that belong to the entry but fit no field."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build an entry from `to_dict`'s output.

        Raises:
            InvalidEntry: naming each field that is missing, unknown or of the wrong type.
        """
        return from_json_types(data, cls)

    def to_dict(self) -> dict[str, Any]:
        """All fields in declaration order, as JSON types."""
        return to_json_types(self)

    def to_json_line(self) -> str:
        """One line of JSON with its line end."""
        return json_line(self.to_dict())


@attrs.frozen(kw_only=True)
class Record:
    """One line of the feed."""

    schema_version: str = SCHEMA_VERSION
    """Version of this contract; additions raise the minor, anything else the major."""

    id: str = constrained(pattern=r"^[^:\s]+:\S+$")
    """Stable across runs and parser changes: ``<source>:<native id>`` or a hash of raw values."""

    source: str
    """Name of the source (the spider's name)."""

    url: str | None = None
    """The entry's own page, absolute, without tracking parameters."""

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
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build a record from a feed's line.

        Raises:
            InvalidEntry: naming each field that is missing, unknown or of the wrong type.
        """
        return from_json_types(data, cls)

    def to_dict(self) -> dict[str, Any]:
        """All fields in declaration order, as JSON types; the same keys in every record."""
        return to_json_types(self)

    def to_json_line(self) -> str:
        """One line of JSON with its line end."""
        return json_line(self.to_dict())

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The feed's contract as JSON Schema, draft 2020-12."""
        return record_schema(cls)
