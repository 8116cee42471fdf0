"""Data beside the checkout that a user does not have; tests that need it skip, saying so."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(name: str) -> Path:
    """A file beside the checkout, or a skip of the calling test."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no {name} beside this checkout: it holds third-party text")
    return path
