"""Score and speed of ``parse_date`` and of dateparser on ``tests/data/dates.tsv``.

A case counts where the ISO form is the expected one, or null is for null. dateparser gives no
precision, so a day is compared to it by the expected precision's length: an invented day or
month is not held against it in the first score, and is in the second, which asks it (settings
``REQUIRE_PARTS``) for nothing less than the parts that the expected form has.

Usage: python benchmarks/dates.py
"""

from __future__ import annotations

import csv
import time
import warnings
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import attrs
import dateparser
from dateparser.data.languages_info import language_order

from normalize.dates import parse_date

TABLE = Path(__file__).resolve().parents[1] / "tests" / "data" / "dates.tsv"
COMMON = ("2024-05-03", "2024-08-01T01:21:47.000Z", "May 3, 2026", "Published on May 3, 2026")
ROUNDS = 5_000


@attrs.frozen
class Case:
    """One row of the table."""

    text: str
    languages: tuple[str, ...]
    reference: date | None
    day_first: bool | None
    iso: str | None
    note: str


def read_cases() -> list[Case]:
    """All rows of the table."""
    orders = {"true": True, "false": False, "": None}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Case(
                text=row["text"],
                languages=tuple(filter(None, row["languages"].split(","))),
                reference=_reference(row["reference"]),
                day_first=orders[row["day_first"]],
                iso=None if row["iso"] == "null" else row["iso"],
                note=row["note"],
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def _reference(text: str) -> date | None:
    if not text:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def ours(case: Case) -> str | None:
    """The ISO form that `parse_date` gives."""
    result = parse_date(
        case.text,
        languages=case.languages,
        reference=case.reference,
        day_first=case.day_first,
    )
    return result.iso if result else None


def peer(case: Case, *, strict: bool) -> str | None:
    """The ISO form that dateparser gives, at the precision that is expected."""
    settings: dict[str, object] = {"RETURN_AS_TIMEZONE_AWARE": False}
    if case.reference:
        moment = datetime.combine(case.reference, datetime.min.time())
        moment = case.reference if isinstance(case.reference, datetime) else moment
        settings["RELATIVE_BASE"] = moment.replace(tzinfo=None)
        settings["PREFER_DATES_FROM"] = "past"
    if case.day_first is not None:
        settings["DATE_ORDER"] = "DMY" if case.day_first else "MDY"
    if strict:
        settings["REQUIRE_PARTS"] = ["day", "month", "year"][3 - _parts(case) :]
    codes = [code for tag in case.languages if (code := tag.split("-")[0]) in language_order]
    found = dateparser.parse(case.text or " ", languages=codes or None, settings=settings)
    if found is None:
        return None
    iso: str = found.isoformat()
    return iso[: len((case.iso or "0000-00-00")[:16])]


def _parts(case: Case) -> int:
    return len(case.iso.split("T")[0].split("-")) if case.iso else 3


def score(name: str, cases: Iterable[Case], parse: Callable[[Case], str | None]) -> None:
    """Print how many cases a parser gets right, and its rate over the table."""
    listed = list(cases)
    parse(listed[0])
    start = time.perf_counter()
    answers = [parse(case) for case in listed]
    seconds = time.perf_counter() - start
    wanted = [case.iso if name == "khulasa" else case.iso and case.iso[:16] for case in listed]
    right = sum(answer == iso for answer, iso in zip(answers, wanted, strict=True))
    invented = sum(
        bool(answer) and iso is None for answer, iso in zip(answers, wanted, strict=True)
    )
    print(
        f"{name:24}{right:5} of {len(listed)} right ({right / len(listed):.1%}), "
        f"{invented} dates where there is none, {len(listed) / seconds:,.0f} texts/s"
    )


def rate(name: str, parse: Callable[[str], object]) -> None:
    """Print parses per second of common forms."""
    for text in COMMON:
        rounds = ROUNDS if name == "khulasa" else ROUNDS // 20
        start = time.perf_counter()
        for _ in range(rounds):
            parse(text)
        print(f"{name:24}{rounds / (time.perf_counter() - start):>10,.0f}/s  {text}")


def main() -> None:
    """Print both scores and both rates."""
    warnings.simplefilter("ignore")  # dateparser's own deprecations
    cases = read_cases()
    score("khulasa", cases, ours)
    score("dateparser", cases, lambda case: peer(case, strict=False))
    score("dateparser, strict", cases, lambda case: peer(case, strict=True))
    rate("khulasa", lambda text: parse_date(text, languages=("en",)))
    rate("dateparser", lambda text: dateparser.parse(text, languages=["en"]))


if __name__ == "__main__":
    main()
