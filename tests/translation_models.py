"""The project's own small models, installed; they know a few hundred sentences by heart."""

from __future__ import annotations

from pathlib import Path

from normalize.translate.packages import install
from tests.crawls import ROOT

MODELS = ROOT / "fixtures" / "models"


def install_models(directory: Path, *pairs: str) -> Path:
    """Install models such as ``ar_en`` below a directory; return where."""
    for pair in pairs:
        install(MODELS / f"translate-{pair}.argosmodel", directory / "models")
    return directory / "models"
