from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.exceptions import UsageError

from normalize.translate.packages import install
from scraper import model_needs
from scraper.split.registry import known_sources
from tests.model_offers import INDEX, PACKAGE, entry, index, run
from tests.packages import MODELS, archive, metadata
from tests.pages_site import Page, serve


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "argos"))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_the_doctor_names_what_is_missing_and_is_content_when_it_is_there(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    declared = {
        language
        for source in known_sources().values()
        for language in source.languages
        if language != "en"
    }
    assert "ar" in declared
    assert run(home, "doctor") == 1
    out = capfd.readouterr().out
    assert "ar → en: missing (" in out
    assert f"  scrapy models install ar en -s TRANSLATE_MODELS_DIR={home}\n" in out
    assert not home.exists()
    for language in declared:
        pair = metadata(from_code=language, to_code="en")
        install(archive(home.parent / language, {"metadata.json": pair}), home)
    assert run(home, "doctor") == 0
    assert "ar → en: argos/ar_en-1.0 (" in capfd.readouterr().out


def test_the_doctor_finds_a_damaged_model_and_the_command_mends_it(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_needs, "declared_languages", lambda: {"ar": ("one",)})
    file = MODELS / "translate-ar_en.argosmodel"
    package = install(file, home)
    (package.path / "model" / "model.bin").write_bytes(b"")
    assert run(home, "doctor") == 1
    assert "ar → en: damaged: " in capfd.readouterr().out
    offered = index(entry(from_code="ar", to_code="en"))
    with serve({INDEX: offered, PACKAGE: Page(body=file.read_bytes())}) as site:
        assert run(home, "install", "ar", "en", TRANSLATE_MODELS_INDEX=site.base + INDEX) == 0
    assert run(home, "doctor") == 0


def test_the_doctor_leads_other_languages_through_english(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = {"ar": ("one",), "fr": ("one", "two")}
    monkeypatch.setattr(model_needs, "declared_languages", lambda: declared)
    install(MODELS / "translate-ar_en.argosmodel", home)
    assert run(home, "doctor", TRANSLATE_TO="fr") == 1
    where = f" -s TRANSLATE_MODELS_DIR={home}"
    assert capfd.readouterr().out.splitlines() == [
        "ar → fr: missing (one)",
        f"  scrapy models install en fr{where}",
    ]


def test_the_doctor_looks_for_every_language_wanted(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_needs, "declared_languages", lambda: {"ar": ("one",)})
    install(MODELS / "translate-ar_en.argosmodel", home)
    assert run(home, "doctor", "--to", "en,ar,es") == 1
    out = capfd.readouterr().out.splitlines()
    assert out[0].startswith("ar → en: argos/ar_en-")
    assert out[1] == "ar → es: missing (one)"
    assert [line.split(" -s ")[0] for line in out[2:]] == ["  scrapy models install en es"]


@pytest.mark.parametrize("target", ["klingon", "en;fr", "2"])
def test_the_doctor_refuses_what_is_no_language(home: Path, target: str) -> None:
    with pytest.raises(UsageError, match="TRANSLATE_TO is a language"):
        run(home, "doctor", "--to", target)
