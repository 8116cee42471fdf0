"""Headers of answers as text."""

from __future__ import annotations

from scrapy.http import Response


def header(response: Response, name: str) -> str | None:
    """The value of a header without surrounding spaces, None where there is none."""
    value = (response.headers.get(name) or b"").decode("latin-1").strip()
    return value or None


def content_type(response: Response) -> str:
    """What the site says that an answer is, ``""`` where it says nothing."""
    return header(response, "Content-Type") or ""
