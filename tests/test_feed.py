from __future__ import annotations

import bz2
import fcntl
import gzip
import io
import json
import lzma
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.model import Entry, Record
from scraper.append import FeedError, append_lines, check_last_line
from scraper.atomic import PendingFile, atomic_file, atomic_writer, directory_lock
from scraper.feed import LineExporter


def record(key: str, title: str | None = None, digest: str = "0") -> Record:
    return Record(id=f"a:{key}", source="a", position=1, title=title, content_hash=digest * 32)


ONE, TWO = record("1").to_json_line().encode(), record("2").to_json_line().encode()
ONE_CHANGED = record("1", digest="1").to_json_line().encode()


def exported(*items: object, **options: object) -> bytes:
    file = io.BytesIO()
    exporter = LineExporter(file, **options)
    exporter.start_exporting()
    for item in items:
        exporter.export_item(item)
    exporter.finish_exporting()
    return file.getvalue()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_record_is_its_own_line(title: str) -> None:
    item = record("1", title=title)
    assert exported(item) == item.to_json_line().encode("utf-8")
    assert len(exported(item).decode("utf-8").splitlines()) == 1


def test_an_entry_is_its_own_line() -> None:
    entry = Entry(source="a", position=1, title="خلاصة")
    assert exported(entry) == entry.to_json_line().encode("utf-8")


def test_other_items_and_chosen_fields_are_lines_too() -> None:
    assert exported({"title": "خلاصة"}) == '{"title": "خلاصة"}\n'.encode()
    assert exported(record("1", "ت"), fields_to_export=["id", "title"]) == (
        '{"id": "a:1", "title": "ت"}\n'.encode()
    )


def test_nothing_is_no_line() -> None:
    assert exported() == b""


def test_atomic_writer_writes_utf_8_and_unix_line_ends(tmp_path: Path) -> None:
    with atomic_writer(tmp_path / "feed.jsonl") as file:
        file.write("خلاصة\n")
        assert not (tmp_path / "feed.jsonl").exists()
    assert (tmp_path / "feed.jsonl").read_bytes() == "خلاصة\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["feed.jsonl"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_raises_changes_nothing(error: type[BaseException], tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(ONE)

    def write() -> None:
        with atomic_writer(feed) as file:
            file.write("half of a")
            raise error

    with pytest.raises(error):
        write()
    assert feed.read_bytes() == ONE
    assert [path.name for path in tmp_path.iterdir()] == ["feed.jsonl"]


def test_a_feed_keeps_its_permissions_and_a_new_one_has_the_usual(tmp_path: Path) -> None:
    feed, new = tmp_path / "feed.jsonl", tmp_path / "new.jsonl"
    feed.touch()
    feed.chmod(0o640)
    mask = os.umask(0o022)
    try:
        for path in (feed, new):
            with atomic_file(path) as file:
                file.write(ONE)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(feed.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o644


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "feed.jsonl"
    link.symlink_to(tmp_path / "real" / "feed.jsonl")
    with atomic_file(link) as file:
        file.write(ONE)
    assert link.is_symlink()
    assert (tmp_path / "real" / "feed.jsonl").read_bytes() == ONE


def test_a_directory_is_refused_and_a_device_written_directly(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="is a directory, not a file"):
        PendingFile(tmp_path)
    with atomic_writer("/dev/null") as file:
        file.write("gone")
    assert Path("/dev/null").is_char_device()


def test_only_an_abandoned_temporary_is_removed(tmp_path: Path) -> None:
    alive = PendingFile(tmp_path / "feed.jsonl")
    abandoned = tmp_path / ".feed.jsonl.0123456789ab.tmp"
    other = tmp_path / ".other.jsonl.0123456789ab.tmp"
    abandoned.touch()
    other.touch()
    PendingFile(tmp_path / "feed.jsonl").discard()
    assert alive.path.exists()
    assert other.exists()
    assert not abandoned.exists()
    alive.discard()
    assert [path.name for path in tmp_path.iterdir()] == [other.name]


def test_the_directory_lock_lets_one_in_at_a_time(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with directory_lock(tmp_path):
            order.append("second")

    with directory_lock(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        descriptor = os.open(tmp_path, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(descriptor)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def added(feed: Path, new: bytes) -> tuple[bytes, int, int]:
    source = feed.with_name("new")
    source.write_bytes(new)
    out = io.BytesIO()
    counts = append_lines(feed, source, out)
    return out.getvalue(), counts.added, counts.known


def test_known_lines_are_left_out_and_changed_ones_added(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    assert added(feed, ONE) == (ONE, 1, 0)
    feed.write_bytes(ONE)
    assert added(feed, ONE + TWO) == (ONE + TWO, 1, 1)
    assert added(feed, ONE_CHANGED) == (ONE + ONE_CHANGED, 1, 0)
    assert added(feed, b"") == (ONE, 0, 0)


def test_lines_without_an_id_are_always_added(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    strange = b'{"a": 1}\nnot json\n[]\n'
    feed.write_bytes(strange)
    assert added(feed, strange) == (strange + strange, 3, 0)


@pytest.mark.parametrize("codec", [gzip, bz2, lzma])
def test_compressed_feeds_are_added_to(codec: object, tmp_path: Path) -> None:
    compress = codec.compress  # type: ignore[attr-defined]  # the three modules share it
    decompress = codec.decompress  # type: ignore[attr-defined]  # as above
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(compress(ONE))
    content, new, known = added(feed, compress(ONE + TWO))
    assert content.startswith(feed.read_bytes())
    assert (decompress(content), new, known) == (ONE + TWO, 1, 1)


def test_a_torn_or_damaged_feed_is_refused(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(ONE + TWO[:-1])
    with pytest.raises(FeedError, match="has no line end"):
        check_last_line(feed)
    with pytest.raises(FeedError, match="has no line end"):
        added(feed, ONE)
    feed.write_bytes(gzip.compress(ONE * 100)[:-12])
    with pytest.raises(FeedError, match="is damaged"):
        added(feed, ONE)


@pytest.mark.parametrize("content", [b"", ONE, gzip.compress(ONE)])
def test_a_whole_feed_can_be_added_to(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_bytes(content)
    check_last_line(tmp_path / "feed.jsonl")


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=8))
def test_adding_the_same_lines_twice_is_adding_them_once(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[int, int]]
) -> None:
    feed = tmp_path_factory.mktemp("twice") / "feed.jsonl"
    unique = list(dict.fromkeys(pairs))
    lines = b"".join(record(str(k), digest=str(d)).to_json_line().encode() for k, d in unique)
    once, count, _ = added(feed, lines)
    feed.write_bytes(once)
    assert added(feed, lines) == (once, 0, count)
    found = [json.loads(line) for line in once.splitlines()]
    assert [(r["id"], r["content_hash"]) for r in found] == [
        (f"a:{key}", str(digest) * 32) for key, digest in unique
    ]
