from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from scraper.bulk import (
    Options,
    Position,
    Progress,
    Tally,
)
from scraper.bulk import lines as lines_module
from scraper.bulk.lines import Batch, batches
from scraper.bulk.pool import results
from scraper.bulk.work import BatchNormalizer, Result
from tests import bulk_input
from tests.bulk_input import OPTIONS, batch, line_of


def read(*names: Path, start: Position | None = None) -> list[tuple[str, int, bytes, str | None]]:
    return [
        (Path(found.file).name, found.start.line + i + 1, line, found.unreadable.get(i))
        for found in batches([str(name) for name in names], start or Position())
        for i, line in enumerate(found.lines)
    ]


class TestReading:
    def test_lines_of_all_files_are_numbered_file_by_file(self, tmp_path: Path) -> None:
        first, empty, last = (tmp_path / name for name in ("a", "b", "c"))
        first.write_bytes(b"1\n2\n")
        empty.write_bytes(b"")
        last.write_bytes(b"3\r\n\n4")
        assert read(first, empty, last) == [
            ("a", 1, b"1\n", None),
            ("a", 2, b"2\n", None),
            ("c", 1, b"3\r\n", None),
            ("c", 2, b"\n", None),
            ("c", 3, b"4", None),
        ]

    @pytest.mark.parametrize("compressed", [False, True])
    def test_reading_goes_on_from_the_end_of_any_batch(
        self,
        tmp_path: Path,
        compressed: bool,  # noqa: FBT001  pytest passes by name
    ) -> None:
        one, two = tmp_path / "one", tmp_path / "two"
        data = b"".join(b"%d\n" % n for n in range(200))
        for path in (one, two):
            path.write_bytes(gzip.compress(data) if compressed else data)
        everything = read(one, two)
        assert len(everything) == 400
        names = [str(one), str(two)]
        done = 0
        for found in batches(names, Position()):
            done += len(found.lines)
            assert read(one, two, start=found.end) == everything[done:]

    def test_a_line_of_the_longest_length_is_read_and_a_longer_one_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lines_module, "LONGEST_LINE", 2**20)
        path = tmp_path / "in"
        path.write_bytes(b"a" * 2**20 + b"\n" + b"b" * (3 * 2**20) + b"\nlast\n")
        longest, longer, last = read(path)
        assert (len(longest[2]), longest[3]) == (2**20 + 1, None)
        assert longer[2:] == (b"b" * 1000, "longer than 1 MiB: 3,145,729 bytes")
        assert last == ("in", 3, b"last\n", None)

    def test_a_compressed_file_that_breaks_off_is_one_bad_line_and_the_next_is_read(
        self, tmp_path: Path
    ) -> None:
        torn, whole = tmp_path / "torn", tmp_path / "whole"
        data = gzip.compress(b"".join(bulk_input.lines(300)))
        torn.write_bytes(data[: len(data) // 2])
        whole.write_bytes(b"1\n")
        *good, bad, last = read(torn, whole)
        assert 0 < len(good) < 300
        assert all(reason is None and line.endswith(b"\n") for _, _, line, reason in good)
        assert bad[3] is not None
        assert bad[3].startswith("the compressed file is damaged or cut off here: ")
        assert last == ("whole", 1, b"1\n", None)
        ends = [found.end for found in batches([str(torn), str(whole)], Position())]
        assert ends[-2] == Position(file=1)

    def test_batches_are_bounded_in_lines_and_bytes(self, tmp_path: Path) -> None:
        path = tmp_path / "in"
        path.write_bytes(b"x\n" * 200 + (b"y" * 200_000 + b"\n") * 4)
        sizes = [len(found.lines) for found in batches([str(path)], Position())]
        assert sizes == [64, 64, 64, 10, 2]


class TestNormalising:
    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b'{"source": \n', "not JSON: Expecting value at column "),
            (b"\xd9\xffx\n", "not UTF-8: byte 0xd9 at 0"),
            (b"[1]\n", "not an entry: expected a JSON object, found list"),
            (b"[" * 100_000 + b"\n", "not an entry: JSON that is nested too deep"),
            (b'{"source": "demo"}\n', "position"),
            (b'{"source": "demo", "position": 1, "colour": "red"}\n', "colour"),
            (b'{"source": "demo", "position": "1"}\n', "expected int @ Entry.position"),
            (line_of(title="x", position=0), "the record would break the schema: /position: "),
            (
                line_of(title="x", published="3 May", fetched_at="yesterday"),
                "ValueError: Invalid isoformat string: 'yesterday'",
            ),
            (b'{"source": "demo", "position": 1, "url": "\\ud800"}\n', "UnicodeEncodeError"),
        ],
    )
    def test_a_bad_line_is_rejected_with_its_number_and_text(
        self, line: bytes, reason: str
    ) -> None:
        good = line_of(native_id="7", title="A title")
        result = BatchNormalizer(OPTIONS)(batch(good, line, b"\n", good, start=40))
        assert result.count == 2
        (reject,) = result.rejects
        assert reject.line == 42
        assert reason in reject.reason
        assert reject.raw == line[:-1].decode("utf-8", "backslashreplace")

    def test_a_byte_order_mark_is_taken_off_the_first_line_alone(self) -> None:
        marked = b"\xef\xbb\xbf" + line_of(title="A title")
        result = BatchNormalizer(OPTIONS)(batch(marked, marked))
        assert result.count == 1
        assert [reject.line for reject in result.rejects] == [2]

    def test_what_was_unreadable_is_rejected_for_that_reason(self) -> None:
        told = attrs.evolve(batch(b"xxx"), unreadable={0: "too long"})
        (reject,) = BatchNormalizer(OPTIONS)(told).rejects
        assert (reject.reason, reject.raw) == ("too long", "xxx")

    def test_options_name_every_argument_and_make_the_normaliser(self) -> None:
        options = Options(target="fr")
        assert options.to_dict() == {"target": "fr", "reference": None}
        assert options.normalizer().target == "fr"


class TestWorkers:
    def test_results_come_in_order_and_few_batches_are_ahead(self, tmp_path: Path) -> None:
        path = bulk_input.write(tmp_path / "in.jsonl", 2_500, broken_every=50)
        taken = 0

        def counted() -> Iterator[Batch]:
            nonlocal taken
            for found in batches([str(path)], Position()):
                taken += 1
                yield found

        alone = BatchNormalizer(OPTIONS)
        expected = [alone(found) for found in batches([str(path)], Position())]
        found: list[Result] = []
        for written, (_, result) in enumerate(
            results(counted(), OPTIONS, workers=2, compress=False)
        ):
            assert taken - written <= 2 * 8
            found.append(result)
        assert found == expected
        assert len(found) == 40


class TestProgress:
    def test_a_terminal_line_is_redrawn_and_cleared_for_messages(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("scraper.bulk.progress.SECONDS_BETWEEN_DRAWINGS", 0.0)
        path = tmp_path / "in"
        path.write_bytes(b"x" * 1000)
        stream = io.StringIO()
        progress = Progress([str(path)], stream, redraw=True)
        progress.begin(Tally())
        progress.update(Tally(records=1500, rejects=2), 250)
        progress.tell("a message")
        drawn, _, rest = stream.getvalue().removeprefix("\r").partition("\r")
        assert drawn.startswith("1,500 records, ")
        assert drawn.rstrip().endswith("/s, 2 rejected, 25% of the input")
        assert rest.lstrip(" ") == "\ra message\n"

    def test_elsewhere_lines_are_rare(self) -> None:
        stream = io.StringIO()
        progress = Progress(["-"], stream, redraw=False)
        progress.begin(Tally())
        progress.update(Tally(records=1), 0)
        assert stream.getvalue() == ""

    def test_the_rate_leaves_out_what_an_earlier_run_had_done(self) -> None:
        progress = Progress(["-"], io.StringIO(), redraw=False)
        progress.begin(Tally(records=1_000_000))
        assert ", 0/s, " in progress.summary(Tally(records=1_000_000))
