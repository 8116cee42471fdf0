"""Values of a site's JSON by their type: a value of another type counts as missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scraper.split.document import parse_json


def text_value(data: Mapping[str, Any], name: str) -> str | None:
    """A value that is text and not empty."""
    value = data.get(name)
    return value if isinstance(value, str) and value else None


def list_value(data: Mapping[str, Any], name: str) -> list[Any]:
    """A value that is a list, an empty one for any other."""
    value = data.get(name)
    return value if isinstance(value, list) else []


def count_values(**values: Any) -> dict[str, str]:  # noqa: ANN401  any JSON values
    """Those values that are numbers or text, as `Entry.metrics` holds them."""
    return {
        name: str(value)
        for name, value in values.items()
        if isinstance(value, int | float | str) and not isinstance(value, bool)
    }


def mapping_value(text: str | None) -> Mapping[str, Any]:
    """JSON text that is an object, an empty one for any other."""
    try:
        data = parse_json(text or "")
    except ValueError:
        return {}
    return data if isinstance(data, Mapping) else {}
