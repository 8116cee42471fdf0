"""The vocabularies of this package: the JSON files of ``normalize/data``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def vocabulary(name: str) -> dict[str, Any]:
    """Read ``normalize/data/<name>.json``, once; a ``//`` key says what the file holds.

    Raises:
        FileNotFoundError: there is none of that name.
    """
    path = files("normalize") / "data" / f"{name}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data
