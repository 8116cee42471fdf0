from __future__ import annotations

import errno
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from normalize.translate import packages
from normalize.translate.argos import argos_directory, default_index
from normalize.translate.package_format import BrokenPackage, PackageError
from tests.packages import COPY, archive, members, metadata, names

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def no_other_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "argos"))
    monkeypatch.delenv("KHULASA_MODELS_DIR", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_an_installed_package_is_found_with_what_it_says_of_itself(home: Path) -> None:
    package = packages.install(COPY, home)
    assert packages.installed(home) == [package]
    assert (package.from_code, package.to_code, package.version) == ("xx", "yy", "1.0")
    assert package.path.parent == home
    assert package.size == sum(p.stat().st_size for p in package.path.rglob("*") if p.is_file())
    assert package.checksum.startswith(package.path.name.rpartition("-")[2])
    assert len(package.checksum) == 64
    assert not package.read_only
    packages.check(package)


def test_argos_translate_opens_what_was_installed(home: Path) -> None:
    opened = packages.install(COPY, home).open()
    assert (opened.from_code, opened.to_code) == ("xx", "yy")
    assert opened.tokenizer.encode("ab c") == ["▁", "a", "b", "▁", "c"]


@pytest.mark.parametrize("version", ["1.1", "0.9", "1.0"])
def test_a_package_takes_the_place_of_another_for_the_same_languages(
    home: Path, tmp_path: Path, version: str
) -> None:
    packages.install(COPY, home)
    other = archive(tmp_path / "b", {"metadata.json": metadata(package_version=version)})
    package = packages.install(other, home)
    assert packages.installed(home) == [package]
    assert package.version == version
    assert names(home) == [package.path.name]


def test_other_languages_stay_when_a_package_is_installed(home: Path, tmp_path: Path) -> None:
    first = packages.install(COPY, home)
    back = archive(tmp_path / "b", {"metadata.json": metadata(from_code="yy", to_code="xx")})
    second = packages.install(back, home)
    assert packages.installed(home) == [first, second]


def test_installing_the_same_package_again_changes_nothing(home: Path) -> None:
    assert packages.install(COPY, home) == packages.install(COPY, home)
    assert len(names(home)) == 1


def test_the_newest_version_comes_first_and_argos_own_are_found_but_not_removed(
    home: Path, tmp_path: Path
) -> None:
    ours = packages.install(COPY, home)
    newer = archive(tmp_path / "newer", {"metadata.json": metadata(package_version="1.10")})
    theirs = tmp_path / "argos"
    theirs.mkdir()
    with zipfile.ZipFile(newer) as file:
        file.extractall(theirs)
    found = packages.installed(home)
    assert [(one.version, one.read_only) for one in found] == [("1.10", True), ("1.0", False)]
    assert found[1] == ours
    assert found[0].checksum == packages.installed(home)[0].checksum
    with pytest.raises(PackageError, match="belongs to Argos Translate"):
        packages.remove(found[0])
    assert (theirs / "xx_yy" / "metadata.json").exists()


def test_a_removed_package_leaves_nothing(home: Path) -> None:
    packages.remove(packages.install(COPY, home))
    assert names(home) == []


def test_what_is_no_package_is_passed_over_and_told(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    package = packages.install(COPY, home)
    (home / "notes.txt").write_text("x", encoding="utf-8")
    (home / "stray").mkdir()
    (home / "cut").mkdir()
    (home / "cut" / "metadata.json").write_text("{", encoding="utf-8")
    assert packages.installed(home) == [package]
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "stray" in caplog.text


def test_no_directory_is_created_to_look_for_packages(home: Path) -> None:
    assert packages.installed(home) == []
    assert not home.exists()


@pytest.mark.parametrize(
    ("environment", "setting", "expected"),
    [
        ({"KHULASA_MODELS_DIR": "/a"}, "/b", "/b"),
        ({"KHULASA_MODELS_DIR": "/a"}, None, "/a"),
        ({"XDG_DATA_HOME": "/d"}, None, "/d/khulasa/models"),
        ({"XDG_DATA_HOME": "relative"}, None, "/h/.local/share/khulasa/models"),
        ({}, None, "/h/.local/share/khulasa/models"),
    ],
)
def test_where_packages_are_kept(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    setting: str | None,
    expected: str,
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/h")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert packages.models_directory(setting) == Path(expected)


def test_a_package_for_other_languages_than_wanted_is_refused(home: Path) -> None:
    with pytest.raises(PackageError, match="it translates xx → yy"):
        packages.install(COPY, home, pair=("ar", "en"))
    assert names(home) == []


def test_a_full_disk_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = packages.install(COPY, home)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        packages.install(COPY, home)
    assert names(home) == [good.path.name]


def test_what_a_killed_installation_left_is_cleared_away_and_never_found(home: Path) -> None:
    for name in (".pending-1234", ".removed-1234"):
        (home / name).mkdir(parents=True)
        for file, content in members().items():
            path = home / name / file
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    assert packages.installed(home) == []
    package = packages.install(COPY, home)
    assert names(home) == [package.path.name]


@pytest.mark.parametrize("name", ["model/model.bin", "sentencepiece.model"])
def test_a_file_that_changed_since_its_installation_is_named(home: Path, name: str) -> None:
    package = packages.install(COPY, home)
    content = bytearray((package.path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (package.path / name).write_bytes(bytes(content))
    with pytest.raises(BrokenPackage, match=f"{name} is missing or damaged"):
        packages.check(package)


def test_looking_for_packages_loads_no_engine_and_using_one_leaves_home_empty(
    tmp_path: Path,
) -> None:
    user = tmp_path / "user"
    user.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG", "ARGOS"))}
    code = """
import sys
from pathlib import Path
from normalize.translate import packages
assert packages.installed() == []
loaded = {"argostranslate", "ctranslate2", "sentencepiece"} & set(sys.modules)
assert not loaded, loaded
package = packages.install(Path(sys.argv[1]), sys.argv[2])
assert package.open().tokenizer.encode("a") == ["▁", "a"]
assert not {"torch", "stanza", "spacy"} & set(sys.modules)
from argostranslate import settings
print(settings.package_data_dir, settings.data_dir, settings.package_dirs, sep="\\n")
"""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(COPY), str(tmp_path / "models")],
        cwd=ROOT,
        env=kept | {"HOME": str(user)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    theirs = user / ".local" / "share" / "argos-translate"
    assert result.stdout.splitlines() == [str(theirs / "packages"), str(theirs), "[]"]
    assert list(user.iterdir()) == []


def test_the_index_is_that_of_argos_translate() -> None:
    assert default_index().endswith("/argospm-index/main/index.json")


def test_where_argos_translate_keeps_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert argos_directory().name == "argos"
    monkeypatch.delenv("ARGOS_PACKAGES_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", "/d")
    assert argos_directory() == Path("/d/argos-translate/packages")
