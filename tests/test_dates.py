from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest

from normalize.dates import Calendar, PartialDate, Precision, parse_date
from normalize.model import ISO_8601

TABLE = Path(__file__).parent / "data" / "dates.tsv"
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
ORDERS = {"true": True, "false": False, "": None}


@attrs.frozen
class Case:
    text: str
    languages: tuple[str, ...]
    reference: date | None
    day_first: bool | None
    iso: str | None
    calendar: str
    issues: tuple[str, ...]
    note: str


def _reference(text: str) -> date | None:
    if not text:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _cases() -> Iterator[Case]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Case(
                text=row["text"],
                languages=tuple(filter(None, row["languages"].split(","))),
                reference=_reference(row["reference"]),
                day_first=ORDERS[row["day_first"]],
                iso=None if row["iso"] == "null" else row["iso"],
                calendar=row["calendar"],
                issues=tuple(filter(None, row["issues"].split(","))),
                note=row["note"],
            )


CASES = list(_cases())


def _parse(case: Case) -> PartialDate | None:
    return parse_date(
        case.text,
        languages=case.languages,
        reference=case.reference,
        day_first=case.day_first,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.note}: {case.text}")
def test_table(case: Case) -> None:
    result = _parse(case)
    if not case.calendar:
        assert result is None
        return
    assert result is not None
    assert (result.iso, result.calendar, result.issues) == (case.iso, case.calendar, case.issues)
    assert result.raw == case.text


def test_table_is_large_and_wide() -> None:
    assert len(CASES) >= 400
    assert len({language for case in CASES for language in case.languages}) >= 30
    assert {case.calendar for case in CASES if case.calendar} == set(Calendar)


@pytest.mark.parametrize("case", [c for c in CASES if c.iso], ids=lambda case: case.text)
def test_precision_is_that_of_the_form(case: Case) -> None:
    result = _parse(case)
    assert result is not None
    assert result.iso is not None
    assert re.fullmatch(ISO_8601, result.iso)
    clock = result.iso[11:].replace("-", "+").split("+")[0].rstrip("Z")
    lengths = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}
    timed = Precision.SECOND if clock.count(":") == 2 else Precision.MINUTE
    assert result.precision is (timed if "T" in result.iso else lengths[len(result.iso)])


@pytest.mark.parametrize("case", [c for c in CASES if c.iso], ids=lambda case: case.text)
def test_reference_only_matters_where_an_issue_says_so(case: Case) -> None:
    completed = {"year_from_reference", "date_relative"}
    if not completed.isdisjoint(case.issues):
        without = attrs.evolve(case, reference=None)
        result = _parse(without)
        assert result is None or result.iso is None
        return
    for reference in (None, date(1999, 12, 31), datetime(2031, 1, 1, 0, 0, 0)):  # noqa: DTZ001
        result = _parse(attrs.evolve(case, reference=reference))
        assert result is not None
        assert result.iso == case.iso


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("06/05/2024", Precision.DAY),
        ("1445 هـ", Precision.YEAR),
        ("دی ۱۴۰۲", Precision.MONTH),
        ("3 hours ago", Precision.MINUTE),
        ("2 months ago", Precision.MONTH),
        ("Oct 1", Precision.DAY),
    ],
)
def test_precision_of_the_text_where_it_fixes_no_date(text: str, precision: Precision) -> None:
    result = parse_date(text, languages=("fa",))
    assert result is not None
    assert (result.iso, result.precision) == (None, precision)


def test_weekday_that_contradicts_the_date_is_reported() -> None:
    result = parse_date("الخميس 3 أيار 2024", languages=("ar",))  # a Friday
    assert result is not None
    assert (result.iso, result.issues) == ("2024-05-03", ("date_weekday_conflict",))


def test_language_decides_between_readings_of_a_month() -> None:
    czech = parse_date("5. listopadu 2024", languages=("cs",))
    croatian = parse_date("5. listopadu 2024", languages=("hr",))
    assert (czech and czech.iso, croatian and croatian.iso) == ("2024-11-05", "2024-10-05")


def test_a_word_is_a_weekday_in_the_language_of_the_page() -> None:
    """Polish ``po`` is "after", Vietnamese ``số`` is "number": no date is theirs alone."""
    czech = [parse_date(text, languages=("cs",)) for text in ("po 27. 5. 2024", "so 25.5.2024")]
    assert [date and date.iso for date in czech] == ["2024-05-27", "2024-05-25"]
    assert parse_date("po 27. 5. 2024", languages=("pl",)) is None


@pytest.mark.parametrize("reference", [date.min, date.max, FIRST, LAST])
@pytest.mark.parametrize("text", ["May", "Oct 1", "3 hours ago", "in 3 days", "999 years ago"])
def test_ends_of_time_are_no_accident(text: str, reference: date) -> None:
    result = parse_date(text, languages=("en",), reference=reference)
    assert result is not None
    assert result.iso is None or re.fullmatch(ISO_8601, result.iso)


def test_long_text_is_not_a_date() -> None:
    assert parse_date("May 3, 2024 " + "word " * 200) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026年5月12月定例会", "2026-05"),
        ("2026年5月 12月定例会", "2026-05"),
        ("令和8年5月12月例会", "2026-05"),
        ("2026년 5월 12월호", "2026-05"),
        ("2026.5.12月例会", None),
        ("2026/5/12月例会", None),
        ("2026年5月3歳児健診", "2026-05"),
        ("2026年5月12件", "2026-05"),
        ("2026年5月12 comments", "2026-05"),
        ("2024年5月12回", "2024-05"),
        ("2024年5月12天", "2024-05"),
        ("2024年12月5周年", "2024-12"),
        ("2024년 5월 12명", "2024-05"),
        ("2024. május 12 perc", "2024-05"),
        ("2024 май 12 минут", "2024-05"),
        ("2024 مايو 12 دقيقة", "2024-05"),
        # The day's own unit, a weekday, a time, a label, or nothing at all: it is a day.
        ("2026年5月12日定例会", "2026-05-12"),
        ("2024年5月12号", "2024-05-12"),
        ("2024年5月12", "2024-05-12"),
        ("2024年5月12周日", "2024-05-12"),
        ("2024年5月12发布", "2024-05-12"),
        ("2024年5月12上午10点", "2024-05-12T10:00"),
        ("2024년 5월 12, 서울", "2024-05-12"),
        ("2024. május 12 vasárnap", "2024-05-12"),
        ("2024 m. gegužės 12 d.", "2024-05-12"),
        # Two months are no one date.
        ("2024年3月-4月", None),
    ],
)
def test_a_number_with_a_unit_of_its_own_is_no_day(text: str, iso: str | None) -> None:
    found = parse_date(text)
    assert (found and found.iso) == iso
