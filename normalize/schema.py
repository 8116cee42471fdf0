"""JSON Schema (draft 2020-12) of the attrs classes, from their types and field docstrings."""

from __future__ import annotations

from typing import Any

import attrs
from itemadapter import ItemAdapter


def constrained(*, default: Any = attrs.NOTHING, **keywords: Any) -> Any:  # noqa: ANN401  as attrs.field
    """Declare an attrs field whose values JSON Schema ``keywords`` limit further than its type."""
    return attrs.field(default=default, metadata={"json_schema_extra": keywords})


def record_schema(record_class: type) -> dict[str, Any]:
    """Schema of ``record_class``: every field is required, null stands for unknown."""
    schema: dict[str, Any] = _without_defaults(ItemAdapter.get_json_schema(record_class))
    schema["required"] = list(schema["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": record_class.__name__,
        "description": (record_class.__doc__ or "").strip(),
    } | schema


def _without_defaults(node: Any) -> Any:  # noqa: ANN401  any JSON value
    # A default in a schema would tell readers that a key may be missing; none ever is.
    if isinstance(node, dict):
        return {k: _without_defaults(v) for k, v in node.items() if k != "default"}
    return [_without_defaults(v) for v in node] if isinstance(node, list) else node
