"""Values that entries and records are made of."""

from __future__ import annotations

from enum import StrEnum

import attrs

from normalize.schema import constrained


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
