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


def model_code(language: str) -> str:
    """Code of Argos packages for a language: ``zt`` for ``zh-Hant``, ``de`` for ``de-AT``."""
    codes: dict[str, str] = vocabulary("translation")["codes"]
    parts = language.lower().split("-")
    for length in range(len(parts), 0, -1):
        code = codes.get("-".join(parts[:length]))
        if code is not None:
            return code
    return parts[0]


def is_spaced(language: str) -> bool:
    """Whether words of the language stand apart."""
    return model_code(language) not in vocabulary("translation")["unspaced"]
