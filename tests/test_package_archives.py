"""Archives that are no good, and archives that mean no good."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalize.translate import packages
from normalize.translate.package_archive import unpack
from normalize.translate.package_format import BrokenPackage
from tests.packages import COPY, archive, metadata, names


@pytest.fixture(autouse=True)
def no_other_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "argos"))
    monkeypatch.delenv("KHULASA_MODELS_DIR", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


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
