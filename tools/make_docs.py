"""Write ``docs/record.md`` from the code: the record's fields and the list of remarks.

python -m tools.make_docs            write
python -m tools.make_docs --check    fail if the file differs
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from normalize import issues
from normalize.model import Record

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "record.md"
HEAD = """# The record

One JSON object a line, UTF-8, no byte-order mark, `\\n` at the end of every line. Every key is in
every record; `null`, `[]` or `{}` stands for what is not known. `scrapy validate --schema` prints
the JSON Schema (draft 2020-12), [record.schema.json](record.schema.json) is its copy.

This page is made from the code by `python -m tools.make_docs`.

| field | type | meaning |
|---|---|---|
"""
REMARKS = """
## Remarks in `issues`

Some carry a detail behind a colon (`folded_taxonomy:4`).

| remark | meaning |
|---|---|
"""


def page() -> str:
    """The page's text."""
    fields = Record.json_schema()["properties"]
    rows = "".join(
        f"| `{name}` | {_type(field)} | {_cell(field['description'])} |\n"
        for name, field in fields.items()
    )
    remarks = "".join(f"| `{code}` | {_cell(text)} |\n" for code, text in _remarks())
    return HEAD + rows + REMARKS + remarks


def _remarks() -> Iterator[tuple[str, str]]:
    """Codes of the remarks with the text under each."""
    tree = ast.parse(Path(issues.__file__).read_text(encoding="utf-8"))
    (listing,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    for member, text in zip(listing.body, listing.body[1:], strict=False):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr):
            yield ast.literal_eval(member.value), ast.literal_eval(text.value)


def _type(field: dict[str, object]) -> str:
    kinds = field["type"]
    names = kinds if isinstance(kinds, list) else [kinds]
    return " or ".join(sorted(names, key=lambda name: name == "null"))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


def main() -> int:
    """Write or compare."""
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != page())
    TARGET.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
