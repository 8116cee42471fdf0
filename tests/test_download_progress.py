from __future__ import annotations

import io
import sys

import pytest

from scraper.download_progress import DownloadProgress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    with DownloadProgress("ar → en 1.0", stream) as progress:
        progress.update(1_000_000, 4_000_000)
        progress.update(4_000_000, 4_000_000)
    first, *_, last = stream.getvalue().split("\r")[1:]
    assert first.rstrip() == "ar → en 1.0  [######                  ]  25%  1.0 MB"
    assert last.rstrip() == "ar → en 1.0  [########################] 100%  4.0 MB"
    assert stream.getvalue().endswith("\n")


def test_a_log_sees_a_line_a_quarter(capsys: pytest.CaptureFixture[str]) -> None:
    with DownloadProgress("ar → en", sys.stderr) as progress:
        for received in range(0, 101, 5):
            progress.update(received * 100_000, 10_000_000)
    assert capsys.readouterr().err.splitlines() == [
        "ar → en: 2.5 MB of 10.0 MB",
        "ar → en: 5.0 MB of 10.0 MB",
        "ar → en: 7.5 MB of 10.0 MB",
        "ar → en: 10.0 MB of 10.0 MB",
    ]
