"""What a change of a feed is, and the line that tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import attrs

from normalize.convert import json_line

UNTOLD = frozenset(
    {"content_hash", "fetched_at", "first_seen", "last_seen", "page_url", "position"}
)
"""Fields whose change does not count: they tell of the visit, or sum the others up."""

_WORTH = {"ok": 3, "suspect": 2, "failed": 1, "skipped": 0}


class Kind(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    """It joined the feed, at its end."""

    UPDATED = "updated"
    """Its content or its translation changed; one that had left the feed is back at its end."""

    REMOVED = "removed"
    """The site took it down; it left the feed for the archive."""

    ARCHIVED = "archived"
    """It left the feed for the archive because of the feed's policy."""


@attrs.frozen(kw_only=True)
class Change:
    """A change of one entry."""

    kind: Kind
    id: str
    source: str
    """The source's name in the refresh."""

    revision: int
    """1 for a new entry, one more with every change of its content."""

    returned: bool = False
    """Whether it had left the feed before."""

    changed: tuple[str, ...] | None = None
    """Names of the record's fields that are new; None where that is not known."""

    record: Mapping[str, Any] | None = None
    """The record as it stands in the feed; None where it left."""

    def line(self, *, at: str, generation: int) -> str:
        """A line of a change file."""
        return json_line(
            {
                "change": self.kind.value,
                "id": self.id,
                "source": self.source,
                "at": at,
                "generation": generation,
                "revision": self.revision,
                "returned": self.returned,
                "changed": None if self.changed is None else list(self.changed),
                "record": None if self.record is None else dict(self.record),
            }
        )


def changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the fields that differ, in the record's order."""
    names = dict.fromkeys((*new, *old))
    return tuple(n for n in names if n not in UNTOLD and old.get(n) != new.get(n))


def better_translations(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]] | None:
    """Translations of unchanged content, if the new ones are worth more; None if they are not.

    A language that was missing is worth more, and a better status. Another text of the same worth
    is not: two engines that take turns would change the feed at every run.
    """
    better = {
        language: text
        for language, text in new.items()
        if language not in old or _worth(text) > _worth(old[language])
    }
    return {**old, **better} if better else None


def _worth(text: Mapping[str, Any]) -> int:
    return _WORTH[text["status"]]
