"""Texts to a model's tokens and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from normalize.translate.model import EngineError
from normalize.translate.package_format import PackageError
from normalize.translate.packages import InstalledPackage

if TYPE_CHECKING:
    import sentencepiece

WORD_START = "▁"


class Tokenizer(Protocol):
    """Cuts texts into tokens."""

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Cut each text."""

    def decode(self, tokens: list[str]) -> str:
        """Join the tokens of one text."""


def tokenizer_of(package: InstalledPackage) -> Tokenizer:
    """Load the tokenizer that a package brings.

    Raises:
        EngineError: it brings none that can be loaded.
    """
    file = Path(package.path) / "sentencepiece.model"
    if file.is_file():
        import sentencepiece  # noqa: PLC0415 - loaded with the first model

        return _Pieces(processor=sentencepiece.SentencePieceProcessor(model_file=str(file)))
    try:
        return _ArgosTokenizer(tokenizer=package.open().tokenizer)
    except PackageError as error:
        raise EngineError(f"{package.path}: {error}") from error


@attrs.frozen(kw_only=True)
class _Pieces:
    """SentencePiece."""

    processor: sentencepiece.SentencePieceProcessor

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        pieces: list[list[str]] = self.processor.encode(list(texts), out_type=str)
        return pieces

    def decode(self, tokens: list[str]) -> str:
        # Argos makes every underscore a space here; only the tokenizer's own mark is one.
        decoded: str = self.processor.decode_pieces(tokens)
        return decoded.replace(WORD_START, " ")


@attrs.frozen(kw_only=True)
class _ArgosTokenizer:
    """What argostranslate makes of packages without SentencePiece."""

    tokenizer: Any

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        return [list(self.tokenizer.encode(text)) for text in texts]

    def decode(self, tokens: list[str]) -> str:
        return str(self.tokenizer.decode(tokens))
