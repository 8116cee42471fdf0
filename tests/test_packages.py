from __future__ import annotations

import errno
import io
import json
import os
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalize.translate import packages
from normalize.translate.argos import argos_directory, default_index
from normalize.translate.package_archive import unpack
from normalize.translate.package_format import BrokenPackage, PackageError
from tests.packages import COPY, MODELS, archive, members, metadata

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def no_other_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "argos"))
    monkeypatch.delenv("KHULASA_MODELS_DIR", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


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


def squeezed() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("xx_yy/model/squeezed")
    info.compress_type = zipfile.ZIP_LZMA
    return info


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("xx_yy/model/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


BROKEN: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no archive": (lambda p: _write(p, b"not a zip file"), "damaged"),
    "empty file": (lambda p: _write(p, b""), "damaged"),
    "cut off": (lambda p: _write(p, COPY.read_bytes()[:-1000]), "damaged"),
    "a byte changed": (lambda p: _flip(archive(p), b"xx_yy/model/model.bin"), "damaged"),
    "parent directory": (lambda p: archive(p, extra={"xx_yy/../../evil": b""}), "outside"),
    "absolute path": (lambda p: archive(p, extra={"/tmp/evil": b""}), "outside"),  # noqa: S108
    "drive": (lambda p: archive(p, extra={"C:/evil": b""}), "outside"),
    "backslash": (lambda p: archive(p, extra={"xx_yy\\..\\evil": b""}), "outside"),
    "link": (lambda p: archive(p, extra={link(): b"/etc/passwd"}), "link or device"),
    "unusual compression": (lambda p: archive(p, extra={squeezed(): b"x"}), "an unusual way"),
    "two roots": (lambda p: archive(p, extra={"other/file": b""}), "2 top-level names"),
    "root is a file": (lambda p: archive(p, extra={"xx_yy": b""}), "root 'xx_yy' is a file"),
    "file below file": (lambda p: archive(p, extra={"xx_yy/metadata.json/a": b""}), "below a file"),
    "bomb": (lambda p: archive(p, {"model/zeros": bytes(70 * 2**20)}), "zip bomb"),
    "understated size": (lambda p: _understate(archive(p)), "damaged"),
    "no metadata": (lambda p: archive(p, without="metadata.json"), "metadata.json missing"),
    "no model": (lambda p: archive(p, without="model/"), "model/model.bin missing"),
    "no tokenizer": (lambda p: archive(p, without="sentencepiece"), "sentencepiece.model missing"),
    "old tokenizer": (
        lambda p: archive(p, {"bpe.model": b""}, without="sentencepiece"),
        "its tokenizer is bpe.model",
    ),
    "metadata is a list": (lambda p: archive(p, {"metadata.json": b"[]"}), "no object"),
    "metadata is binary": (lambda p: archive(p, {"metadata.json": b"\xff\x00"}), "not JSON"),
    "metadata nests": (lambda p: archive(p, {"metadata.json": b"[" * 200_000}), "not JSON"),
    "a path for a code": (
        lambda p: archive(p, {"metadata.json": metadata(from_code="../../x")}),
        "not a language code",
    ),
    "the same code twice": (
        lambda p: archive(p, {"metadata.json": metadata(to_code="xx")}),
        "both languages",
    ),
    "no version": (
        lambda p: archive(p, {"metadata.json": metadata(package_version="new")}),
        "not a version",
    ),
    "another kind": (lambda p: archive(p, {"metadata.json": metadata(type="sbd")}), "type 'sbd'"),
    "model is garbage": (
        lambda p: archive(p, {"model/model.bin": b"garbage" * 9}),
        "cannot be loaded",
    ),
    "tokenizer is garbage": (
        lambda p: archive(p, {"sentencepiece.model": b"garbage"}),
        "cannot be loaded",
    ),
}


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _flip(path: Path, member: bytes) -> Path:
    """Change a byte of a member's compressed content."""
    content = bytearray(path.read_bytes())
    content[content.index(member) + len(member) + 200] ^= 0xFF
    return _write(path, bytes(content))


def _understate(path: Path) -> Path:
    """Give a member a smaller size in the archive's directory than it has."""
    content = bytearray(path.read_bytes())
    header = content.rindex(b"xx_yy/model/model.bin") - 46
    assert content[header : header + 4] == b"PK\x01\x02"
    content[header + 24 : header + 28] = struct.pack("<I", 10)
    return _write(path, bytes(content))


@pytest.mark.parametrize(("make", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_package_leaves_nothing_and_the_installed_one_stays(
    home: Path, tmp_path: Path, make: Callable[[Path], Path], message: str
) -> None:
    good = packages.install(COPY, home)
    with pytest.raises(BrokenPackage, match=message):
        packages.install(make(tmp_path / "broken"), home)
    assert names(home) == [good.path.name]
    packages.check(good)
    assert not (tmp_path / "evil").exists()


def test_a_member_that_is_there_twice_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = archive(tmp_path / "twice", extra={"xx_yy/metadata.json": b"{}"})
    with pytest.raises(BrokenPackage, match="a member twice"):
        packages.install(file, home)
    assert names(home) == []


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


METADATA = metadata()


def small_archive(extra: dict[str, bytes]) -> bytes:
    """All files of a package, with nothing in them, and others."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xx_yy/metadata.json", METADATA)
        file.writestr("xx_yy/model/model.bin", b"weights" * 9)
        file.writestr("xx_yy/sentencepiece.model", b"")
        for name, content in extra.items():
            file.writestr(name, content)
    return out.getvalue()


PARTS = st.sampled_from(
    ["..", ".", "", "a", "xx_yy", "model", "C:", "\\", "..\\", "~", "نص", "\u202e"]
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.lists(PARTS, min_size=1, max_size=5).map("/".join).filter(bool))
def test_no_member_name_leads_out_of_the_directory(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    base = tmp_path_factory.mktemp("outer")
    inner = base / "b" / "c"
    inner.mkdir(parents=True)
    file = base / "file"
    file.write_bytes(small_archive({name: b"x"}))
    try:
        unpack(file, inner)
    except BrokenPackage:
        assert list(inner.iterdir()) == []
    assert sorted(path.name for path in base.iterdir()) == ["b", "file"]
    assert [path.name for path in (base / "b").iterdir()] == ["c"]


@settings(max_examples=100)
@given(
    changes=st.lists(
        st.tuples(st.integers(min_value=0, max_value=10_000), st.integers(0, 255)), max_size=4
    ),
    kept=st.none() | st.integers(min_value=0, max_value=10_000),
)
def test_a_damaged_archive_is_refused_or_unpacked_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], kept: int | None
) -> None:
    content = bytearray(small_archive({}))
    for place, value in changes:
        content[place % len(content)] = value
    base = tmp_path_factory.mktemp("damaged")
    (base / "out").mkdir()
    (base / "file").write_bytes(content[:kept])
    try:
        unpack(base / "file", base / "out")
    except BrokenPackage:
        return
    assert (base / "out" / "model" / "model.bin").read_bytes() == b"weights" * 9
    assert (base / "out" / "metadata.json").read_bytes() == METADATA


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
