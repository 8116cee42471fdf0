"""Offline translation: ``Translator(target="en").translate(texts, source="ar")``.

Argos packages are run by CTranslate2. What must not change is never handed to a model, and what
comes back is checked. Engines and models load on first use.
"""

from __future__ import annotations

from normalize.translate.model import Engine, EngineError, Model, Reason, Translation
from normalize.translate.translator import Translator

__all__ = ["Engine", "EngineError", "Model", "Reason", "Translation", "Translator"]
