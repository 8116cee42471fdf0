from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Record, json_line
from scraper.validation import feed_problems
from tests.crawls import ROOT, scrapy

DATA: dict[str, Any] = Record(
    id="a:1", source="a", position=1, title="خلاصة", content_hash="0" * 32
).to_dict()
LINE = json_line(DATA).encode()
SECOND = json_line(DATA | {"id": "a:2"}).encode()


def altered(**fields: object) -> bytes:
    return json_line(DATA | fields).encode()


def problems(feed: bytes) -> list[str]:
    return [f"{n}: {p}" for n, p in feed_problems(feed.splitlines(keepends=True))]


@pytest.mark.parametrize("feed", [b"", LINE, LINE + SECOND])
def test_a_good_feed_has_no_problems(feed: bytes) -> None:
    assert problems(feed) == []


@pytest.mark.parametrize(
    ("feed", "told"),
    [
        (b"\xef\xbb\xbf" + LINE, "1: expected no byte order mark, found one"),
        (LINE[:-1] + b"\r\n", r"1: expected the line end \n, found \r\n"),
        (LINE + SECOND[:-1], "2: expected a line end, found the end of the file: torn, or cut off"),
        (LINE + b"\n" + SECOND, "2: expected a record, found a blank line"),
        (LINE + LINE, "2: /id: expected an id of its own, found 'a:1' again"),
        (LINE + b"[]\n", '2: [] is not of type "object"'),
        (LINE[:9] + b"\xff" + LINE[9:], "1: expected UTF-8, found byte 0xff at 9"),
        (b"{'a': 1}\n", "1: expected JSON, found at column 2: "),
        (b'{"a": NaN}\n', "1: expected a JSON value, found NaN"),
        (
            b'{"id": "b:1", ' + LINE[1:],
            "1: expected every key once, found 'id' again",
        ),
        (
            LINE.replace(b'"raw": {}', b'"raw": {"x": "", "x": ""}'),
            "1: expected every key once, found 'x' again",
        ),
        (
            LINE.replace(b'"source": "a"', b'"source": "\\ud800"'),
            "1: expected text, found half of a surrogate pair",
        ),
        (b"[" * 100_000 + b"\n", "1: expected a record, found JSON that is nested too deep"),
        (b'{"position": ' + b"1" * 5000 + b"}\n", "1: expected JSON, found: Exceeds the limit"),
        (altered(position=0), "1: /position: 0 is less than the minimum of 1"),
        (altered(title=5), '1: /title: 5 is not of types "null", "string"'),
        (altered(published="yesterday"), '1: /published: "yesterday" does not match "^[0-9]{4}'),
        (altered(links=[{"rel": "pdf"}]), '1: /links/0: "url" is a required property'),
        (altered(raw={"a/b~c": 1}), "1: /raw/a~1b~0c: 1 is not of type"),
        (altered(extra=1), "1: Additional properties are not allowed ('extra' was unexpected)"),
        (altered(issues=["made_up"]), '1: /issues/0: "made_up" does not match'),
    ],
)
def test_a_problem_is_named_with_its_line_and_field(feed: bytes, told: str) -> None:
    found = problems(feed)
    assert len(found) == 1
    assert found[0].startswith(told)


def test_all_fields_that_are_wrong_are_named() -> None:
    fields = {line.split(" ")[1] for line in problems(altered(position=0, title=5, language="?"))}
    assert fields == {"/position:", "/title:", "/language:"}


def test_a_long_value_is_not_printed_in_full() -> None:
    (found,) = problems(altered(title=["خ" * 5000]))
    assert found.startswith("1: /title: ")
    assert len(found) < 400


def write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def test_command(tmp_path: Path) -> None:
    good = write(tmp_path / "good.jsonl", LINE + SECOND)
    bad = write(tmp_path / "bad.jsonl", LINE + altered(id="a:3", position=0))
    ended = scrapy("validate", good, bad, cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stdout.decode() == f"{bad}:2: /position: 0 is less than the minimum of 1\n"
    assert f"{good}: valid\n" in ended.stderr.decode()
    assert f"{bad}: invalid, 1 problem\n" in ended.stderr.decode()


def test_command_reads_compressed_feeds_and_standard_input(tmp_path: Path) -> None:
    feeds = [
        write(tmp_path / "feed.jsonl.gz", gzip.compress(LINE)),
        write(tmp_path / "feed.jsonl.bz2", bz2.compress(LINE)),
        write(tmp_path / "feed.jsonl.xz", lzma.compress(LINE)),
    ]
    ended = scrapy("validate", *feeds, "-", cwd=tmp_path, stdin=gzip.compress(LINE))
    assert (ended.returncode, ended.stdout) == (0, b"")
    assert ended.stderr.decode().count(": valid\n") == 4


def test_command_tells_a_damaged_archive(tmp_path: Path) -> None:
    feed = write(tmp_path / "feed.jsonl.gz", gzip.compress(LINE)[:-10])
    ended = scrapy("validate", feed, cwd=tmp_path)
    assert ended.returncode == 1
    assert "expected a whole compressed file, found: " in ended.stdout.decode()
    assert "Traceback" not in ended.stderr.decode()


@pytest.mark.parametrize(("option", "shown"), [((), 20), (("--all",), 25)])
def test_command_limits_what_it_prints(option: tuple[str, ...], shown: int, tmp_path: Path) -> None:
    feed = write(tmp_path / "feed.jsonl", b"[]\n" * 25)
    ended = scrapy("validate", feed, *option, cwd=tmp_path)
    assert ended.returncode == 1
    assert len(ended.stdout.splitlines()) == shown
    assert f"{feed}: invalid, 25 problems" in ended.stderr.decode()
    assert ("--all prints them" in ended.stderr.decode()) == (shown == 20)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("missing.jsonl",), "cannot read missing.jsonl: No such file or directory"),
        ((".",), "cannot read .: Is a directory"),
        (("--al", "x.jsonl", "--nosuch"), "unknown option --nosuch"),
        ((), "Usage"),
    ],
)
def test_command_tells_wrong_usage(args: tuple[str, ...], told: str, tmp_path: Path) -> None:
    ended = scrapy("validate", *args, cwd=tmp_path)
    assert ended.returncode == 2
    assert told in (ended.stderr + ended.stdout).decode()
    assert "Traceback" not in ended.stderr.decode()


def test_the_published_schema_is_that_of_the_records(tmp_path: Path) -> None:
    published = (ROOT / "docs" / "record.schema.json").read_bytes()
    ended = scrapy("validate", "--schema", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, published)
    assert json.loads(published) == Record.json_schema()
