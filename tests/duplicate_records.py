"""Records for the tests of duplicates."""

from __future__ import annotations

from normalize.model import Record

TITLE = "Mapping the water table of the Azraq basin from the air"
SUMMARY = (
    "Wells in the Azraq basin are deep, few and unevenly spread. We fly a light electromagnetic "
    "sensor under a balloon, invert its soundings with a layered prior and compare them with 42 "
    "boreholes. The map shows two depressions north of the oasis that pumping records had hinted "
    "at, and its depth agrees with the boreholes within four metres."
)


def record(name: str, **values: object) -> Record:
    defaults = {"id": f"demo:{name}", "source": "demo", "position": 1, "content_hash": "0" * 32}
    return Record(**{**defaults, **values})  # type: ignore[arg-type]  # any field
