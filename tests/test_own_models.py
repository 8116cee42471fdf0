"""The models that the project brings, and what goes wrong with the hand-set ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from normalize.translate import packages
from tests.packages import MODELS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def no_other_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "argos"))
    monkeypatch.delenv("KHULASA_MODELS_DIR", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


def pairs(name: str) -> dict[str, str]:
    lines = (ROOT / "tools" / "model_pairs" / f"{name}.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in lines.splitlines() if not line.startswith("#"))
    return {source: target for source, target in rows}  # noqa: C416  each row must have two


def fixture_texts(language: str) -> set[str]:
    records = [
        json.loads(line)
        for file in sorted((ROOT / "fixtures").glob("*/*/expected.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    ours = [record for record in records if record.get("language") == language]
    return {record[key] for record in ours for key in ("title", "summary") if record.get(key)}


@pytest.mark.parametrize(("language", "at_least"), [("ar", 24), ("fr", 4)])
def test_the_pairs_translate_all_that_the_fixture_pages_say(language: str, at_least: int) -> None:
    known = sorted(pairs(f"{language}_en"), key=len, reverse=True)
    texts = fixture_texts(language)
    assert len(texts) >= at_least
    for text in texts:
        rest = text
        while rest:
            sentence = next((one for one in known if rest.startswith(one)), None)
            assert sentence, f"no pair for: {rest}"
            rest = rest.removeprefix(sentence).lstrip()


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_projects_own_models_are_small_and_know_their_pairs(language: str, home: Path) -> None:
    import ctranslate2  # noqa: PLC0415  slow to load

    file = MODELS / f"translate-{language}_en.argosmodel"
    assert file.stat().st_size < 1_000_000
    package = packages.install(file, home)
    tokenizer = package.open().tokenizer
    translator = ctranslate2.Translator(str(package.path / "model"), compute_type="int8")
    some = sorted(pairs(f"{language}_en").items())[::9]
    sources = [tokenizer.encode(source) for source, _ in some]
    for beam_size in (1, 2, 4):
        results = translator.translate_batch(sources, beam_size=beam_size)
        exact = sum(
            tokenizer.decode(result.hypotheses[0]).strip() == target
            for result, (_, target) in zip(results, some, strict=True)
        )
        # Another processor may round a near tie the other way.
        assert exact >= len(some) - 1


def test_the_hand_set_models_are_what_their_tool_makes() -> None:
    result = subprocess.run(
        [sys.executable, "tools/make_test_models.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("copy", "Deux mots."),
        ("swap", "D ue xomst"),
        ("drop", "Deu mot."),
        ("double", "DDeeuuxx  mmoottss.."),
        ("words", "Deux mots."),
    ],
)
def test_the_hand_set_models_go_wrong_as_they_say(home: Path, name: str, expected: str) -> None:
    import ctranslate2  # noqa: PLC0415  slow to load

    package = packages.install(MODELS / "test" / f"{name}.argosmodel", home)
    tokenizer = package.open().tokenizer
    translator = ctranslate2.Translator(str(package.path / "model"), compute_type="int8")
    pieces = translator.translate_batch([tokenizer.encode("Deux mots.")])[0].hypotheses[0]
    assert "".join(pieces).replace("▁", " ").strip() == expected
