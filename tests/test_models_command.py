from __future__ import annotations

import errno
import hashlib
import os
import socket
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError

from normalize.translate.packages import install, installed
from scraper import model_index
from scraper.commands import models
from tests.crawls import scrapy
from tests.model_offers import INDEX, PACKAGE, entry, index, run
from tests.packages import COPY, MODELS, archive, metadata
from tests.pages_site import Page, serve
from tests.site import refused_port


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "argos"))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


def names(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir()) if home.exists() else []


def test_a_package_is_installed_from_the_index(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good = COPY.read_bytes()
    checksum = hashlib.sha256(good).hexdigest()
    with serve({INDEX: index(entry(sha256=checksum)), PACKAGE: Page(body=good)}) as site:
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 0
    (package,) = installed(home)
    assert (package.from_code, package.to_code, package.checksum) == ("xx", "yy", checksum)
    assert names(home) == [".index.json", package.path.name]
    told = capfd.readouterr().err
    assert "xx → yy 1.0: 0.0 MB of 0.0 MB\n" in told
    assert "installed xx → yy  1.0" in told


def test_the_newest_of_several_versions_is_installed_from_the_first_address_that_serves(
    home: Path, tmp_path: Path
) -> None:
    newer = archive(tmp_path / "new", {"metadata.json": metadata(package_version="1.10")})
    offered = index(
        entry(package_version="1.9"),
        entry(package_version="1.10", links=["ipfs://x", "{base}/gone", "{base}/new"]),
        entry(package_version="1.2"),
        entry(type="sbd", package_version="9"),
        entry(from_code="../.."),
        "no entry",
    )
    with serve({INDEX: offered, "/new": Page(body=newer.read_bytes())}) as site:
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 0
    assert [package.version for package in installed(home)] == ["1.10"]


def test_what_is_installed_already_is_not_fetched_again(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    package = install(COPY, home)
    with serve({INDEX: index(entry())}) as site:
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 0
        assert "installed already" in capfd.readouterr().err
        (package.path / "README.md").unlink()
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 1
        assert "HTTP 404" in capfd.readouterr().err


BOMB = {"model/zeros": bytes(70 * 2**20)}

FAULTS: dict[str, tuple[Mapping[str, Page], str]] = {
    "no index": ({}, "/index.json: HTTP 404"),
    "index fails": ({INDEX: Page(status=503)}, "/index.json: HTTP 503"),
    "index is a page": ({INDEX: Page(body=b"<html>")}, "is no package index"),
    "index is an object": ({INDEX: Page(body=b"{}")}, "is no package index: expected a list"),
    "index cut off": ({INDEX: Page(body=b"[]", missing=5)}, "cut off after 2 of 7 bytes"),
    "no such pair": ({INDEX: index(entry(to_code="zz"))}, "offers no package xx → yy"),
    "no address": ({INDEX: index(entry(links=[]))}, "gives no address"),
    "address of a file": (
        {INDEX: index(entry(links=["file:///etc/passwd"]))},
        "gives no address",
    ),
    "no package": ({INDEX: index(entry())}, "/xx_yy.argosmodel: HTTP 404"),
    "package cut off": (
        {INDEX: index(entry()), PACKAGE: Page(body=COPY.read_bytes()[:9000], missing=11_000)},
        "cut off after 9,000 of 20,000 bytes",
    ),
    "wrong checksum": (
        {INDEX: index(entry(sha256="0" * 64)), PACKAGE: Page(body=COPY.read_bytes())},
        "wrong checksum",
    ),
    "a page in place of the package": (
        {INDEX: index(entry()), PACKAGE: Page(body=b"<html>Sign in</html>")},
        "the archive is damaged",
    ),
    "other languages": (
        {
            INDEX: index(entry()),
            PACKAGE: Page(body=(MODELS / "translate-fr_en.argosmodel").read_bytes()),
        },
        "it translates fr → en",
    ),
}


@pytest.mark.parametrize(("answers", "message"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("before", [False, True], ids=["first", "update"])
def test_nothing_is_installed_where_something_fails(
    home: Path,
    capfd: pytest.CaptureFixture[str],
    answers: Mapping[str, Page],
    message: str,
    *,
    before: bool,
) -> None:
    if before:
        older = archive(home.parent / "older", {"metadata.json": metadata(package_version="0.9")})
        install(older, home)
    held = names(home)
    with serve(answers) as site:
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 1
    assert message in capfd.readouterr().err
    assert names(home) == held


@pytest.mark.parametrize(
    ("extra", "changed", "message"),
    [({"xx_yy/../../evil": b""}, {}, "points outside"), ({}, BOMB, "zip bomb")],
    ids=["members outside", "zip bomb"],
)
def test_a_malicious_package_is_not_installed(  # noqa: PLR0913, PLR0917  fixtures and parameters
    home: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    extra: dict[str | zipfile.ZipInfo, bytes],
    changed: dict[str, bytes],
    message: str,
) -> None:
    body = archive(tmp_path / "bad", changed, extra=extra).read_bytes()
    with serve({INDEX: index(entry()), PACKAGE: Page(body=body)}) as site:
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 1
    told = capfd.readouterr().err
    assert message in told
    assert "nothing was installed" in told
    assert names(home) == []


@pytest.mark.parametrize("place", ["download", "unpack"])
def test_a_full_disk_is_told_and_leaves_nothing(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    where = (model_index, "_store") if place == "download" else (os, "fsync")
    monkeypatch.setattr(*where, full)
    with serve({INDEX: index(entry()), PACKAGE: Page(body=COPY.read_bytes())}) as site:
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 1
    assert "No space left on device" in capfd.readouterr().err
    assert names(home) == []


def test_a_larger_download_than_allowed_is_stopped(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_index, "MAX_PACKAGE", 10_000)
    with serve({INDEX: index(entry()), PACKAGE: Page(body=COPY.read_bytes())}) as site:
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 1
    assert "larger than 10,000 bytes" in capfd.readouterr().err
    assert names(home) == []


def test_a_server_that_falls_silent_is_given_up(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_index, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/index.json"
        assert run(home, "install", "xx", "yy", "--index", url) == 1
    assert "timed out" in capfd.readouterr().err
    assert names(home) == []


def test_an_index_that_is_down_is_told(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{refused_port()}/index.json"
    assert run(home, "install", "xx", "yy", "--index", url) == 1
    assert f"{url} cannot be reached: [Errno 111] Connection refused" in capfd.readouterr().err
    assert names(home) == []


def test_the_kept_index_serves_when_the_network_does_not(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serve(
        {INDEX: index(entry(), entry(to_code="zz")), PACKAGE: Page(body=COPY.read_bytes())}
    ) as site:
        url = site.base + INDEX
        assert run(home, "install", "xx", "yy", "--index", url) == 0
    capfd.readouterr()
    assert run(home, "list", "--index", url) == 0
    out, told = capfd.readouterr()
    assert "From the copy kept of the index" in told
    assert out.splitlines()[-1] == "  xx → zz  1.0"
    assert run(home, "list", "--index", url + "?other") == 0
    assert "What can be installed is not known" in capfd.readouterr().err


def test_the_list_shows_what_is_installed_and_what_is_newer(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    install(COPY, home)
    with serve({INDEX: index(entry(package_version="1.3"), entry(to_code="zz"))}) as site:
        assert run(home, "list", "--index", site.base + INDEX) == 0
        out = capfd.readouterr().out.replace(site.base, "")
    assert out.splitlines() == [
        f"installed in {home}: 3.4 MB",
        "  xx → yy  1.0  3.4 MB",
        "offered by /index.json:",
        "  xx → yy  1.3 (installed: 1.0)",
        "  xx → zz  1.0",
    ]
    assert run(home, "list", "--offline") == 0
    assert len(capfd.readouterr().out.splitlines()) == 2


def test_a_package_is_installed_from_a_file_and_removed(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "install", "xx", "yy", "--file", str(COPY)) == 0
    assert run(home, "install", "ar", "en", "--file", str(COPY)) == 1
    assert run(home, "install", "--file", str(home / "missing")) == 1
    told = capfd.readouterr().err
    assert "it translates xx → yy; nothing was installed" in told
    assert "missing: No such file or directory" in told
    assert run(home, "remove", "xx", "yy") == 0
    assert names(home) == []
    assert run(home, "remove", "xx", "yy") == 1


def test_two_installations_of_the_same_pair_do_not_meet(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = {INDEX: index(entry()), PACKAGE: Page(body=COPY.read_bytes())}
    with models._download_place(home, ("xx", "yy")), serve(answers) as site:
        assert run(home, "install", "xx", "yy", "--index", site.base + INDEX) == 1
        assert "is being installed already" in capfd.readouterr().err
        assert names(home) == [".download-xx_yy"]


@pytest.mark.parametrize(
    "args", [[], ["mend"], ["install", "ar"], ["list", "ar"], ["doctor", "-x"]]
)
def test_wrong_usage_is_refused(home: Path, args: list[str]) -> None:
    with pytest.raises(UsageError):
        run(home, *args)


def test_the_command_works_from_the_command_line(home: Path) -> None:
    setting = ("-s", f"TRANSLATE_MODELS_DIR={home}")
    assert scrapy("models", "install", "--file", str(COPY), *setting).returncode == 0
    result = scrapy("models", "list", "--offline", *setting)
    assert result.stdout.decode().splitlines()[1] == "  xx → yy  1.0  3.4 MB"
    assert scrapy("models", "mend", *setting).returncode == 2
