"""Lines of JSON, as tests read them."""

from __future__ import annotations

import json
from typing import Any


def objects(lines: bytes | str) -> list[dict[str, Any]]:
    """The objects of JSON lines, UTF-8."""
    text = lines.decode("utf-8") if isinstance(lines, bytes) else lines
    return [json.loads(line) for line in text.splitlines()]
