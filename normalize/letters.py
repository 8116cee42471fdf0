"""How often letters and runs of letters occur in a language: langdetect's profiles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from langdetect.detector_factory import PROFILES_DIRECTORY


@cache
def letter_profile(language: str) -> Mapping[str, float]:
    """How often runs of one to three letters occur in a language, a word's edge being a space.

    Args:
        language: a BCP 47 tag, the primary subtag of which counts; or one of langdetect's own
            names (``zh-cn``, ``zh-tw``).

    Returns:
        Counts by run; empty for a language that has no profile.
    """
    names = (language.lower(), language.lower().partition("-")[0])
    paths = (Path(PROFILES_DIRECTORY, name) for name in names if name.replace("-", "").isalnum())
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return {}
    counts: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["freq"]
    return counts
