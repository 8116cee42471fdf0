"""The vocabularies of this package, read once from ``normalize/data``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def vocabulary(name: str) -> dict[str, Any]:
    """Read ``normalize/data/<name>.json``; its ``//`` key says what the file holds."""
    path = files("normalize") / "data" / f"{name}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


@cache
def penalties(script: str) -> dict[str, float]:
    """Languages told apart within ``script``, with the nats each must bring beforehand."""
    found: dict[str, float] = vocabulary("languages")["penalties"].get(script, {})
    return found


@cache
def default_language(script: str) -> str | None:
    """The language that nearly all text of ``script`` is in, or None where there are several."""
    found: str | None = vocabulary("scripts")["default_language"].get(script)
    return found
