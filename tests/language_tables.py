"""Sentences of many languages, each with its language."""

from __future__ import annotations

from tests.crawls import ROOT


def table(name: str) -> list[tuple[str, str]]:
    lines = (ROOT / "tests" / "data" / name).read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return [(language, text.replace("\\n", "\n")) for language, text in rows]


SENTENCES = table("language.tsv")
MIXED = table("language_mixed.tsv")
