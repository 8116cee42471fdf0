"""What a fixture is made of, and how it is written."""

from __future__ import annotations

import html
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

TOOLS = Path(__file__).resolve().parents[1]
CLOCK = "2026-05-09T06:00:00Z"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One fixture: the page as the site gives it, its circumstances and what is to come out."""

    source: str
    name: str
    body: bytes
    note: str
    url: str | None
    content_type: str = HTML
    fetched_at: str | None = CLOCK
    expected: tuple[Mapping[str, Any], ...] = ()
    """Fields of the records that the page states, in page order."""

    raises: str | None = None
    """Name of the exception, for a page that must not be read as a feed."""

    @property
    def page(self) -> str:
        """File name of the page."""
        kind = self.content_type.partition(";")[0]
        return {"text/plain": "page.txt", "application/json": "page.json"}.get(kind, "page.html")

    @property
    def path(self) -> str:
        """Path of the page below the folder of all fixtures."""
        return f"{self.source}/{self.name}/{self.page}"

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of each file of the case."""
        meta: dict[str, Any] = {
            "url": self.url,
            "content_type": self.content_type,
            "fetched_at": self.fetched_at,
            "note": self.note,
        }
        yield self.page, self.body
        if self.raises:
            meta["raises"] = self.raises
        else:
            lines = "".join(
                json.dumps(record, ensure_ascii=False) + "\n" for record in self.expected
            )
            yield "expected.jsonl", lines.encode()
        yield "meta.json", (json.dumps(meta, ensure_ascii=False, indent=2) + "\n").encode()


def load(source: str, table: str) -> list[dict[str, Any]]:
    """Read a source's invented content; line breaks inside a value become one space."""
    path = TOOLS / "fixture_content" / f"{source}.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return [{key: _unwrap(value) for key, value in item.items()} for item in data[table]]


def _unwrap(value: Any) -> Any:  # noqa: ANN401  any TOML value
    return " ".join(value.split()) if isinstance(value, str) else value


def fill(source: str, template: str, **values: object) -> str:
    """Fill a template of the source; values are HTML already."""
    return _template(source, template).substitute({k: str(v) for k, v in values.items()})


@cache
def _template(source: str, name: str) -> Template:
    path = TOOLS / "fixture_templates" / source / f"{name}.html"
    return Template(path.read_text(encoding="utf-8"))


def escape(text: object) -> str:
    """Text as HTML, fit for attributes too."""
    return html.escape(str(text))
