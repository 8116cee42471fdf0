from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from hijridate import Gregorian, Hijri
from hypothesis import example, given, settings
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from normalize.dates import parse_date
from normalize.dates.folding import fold
from normalize.dates.lexicon import lexicon, read_data
from normalize.model import ISO_8601

LANGUAGES = ("", "en", "ar", "fr", "de", "ru", "zh", "ja", "ko", "th", "fa", "he", "vi", "sw")
REFERENCE = datetime(2025, 10, 30, 9, 15, tzinfo=UTC)
DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
WORDS = sorted({first for first in lexicon(frozenset()).phrases if first.strip()})
DATE_LIKE = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.integers(0, 3000).map(str),
        st.sampled_from([" ", " ", "/", "-", ".", ":", ",", "(", ")", "年", "月", "日", "T"]),
    ),
    max_size=12,
).map("".join)


def _months(language: str) -> list[str]:
    return [forms[0] for forms in read_data("months.json")["gregorian"][language]]


@given(st.one_of(st.text(), DATE_LIKE), st.sampled_from(LANGUAGES), st.sampled_from([None, True]))
@example("٣" * 5000, "ar", None)
@example("9" * 5000, "", None)
@example("\ud800 2024", "", None)
@example("1/1/0001 ago 99999 years ago", "en", None)
@example("999 years ago", "en", None)
@example('משנת תתתתתת"ת ניסן', "he", None)
@settings(max_examples=600, deadline=None)
def test_any_text_gives_none_or_valid_iso(
    text: str,
    language: str,
    day_first: bool | None,  # noqa: FBT001  hypothesis passes its draws by position
) -> None:
    result = parse_date(text, languages=(language,), reference=REFERENCE, day_first=day_first)
    if result is None:
        return
    assert result.iso is not None or result.issues
    assert result.iso is None or re.fullmatch(ISO_8601, result.iso)
    if result.iso is not None:
        date.fromisoformat((result.iso + "-01-01")[:10])


@given(st.one_of(st.text(), DATE_LIKE), st.sampled_from(LANGUAGES))
@settings(max_examples=600, deadline=None)
def test_year_is_in_the_text(text: str, language: str) -> None:
    result = parse_date(text, languages=(language,))
    if result is None or result.iso is None or result.calendar != "gregorian":
        return
    assert result.iso[:4] in re.sub(r"[^0-9]", " ", _with_digits(fold(text)))


def _with_digits(folded: str) -> str:
    """Han digits of years as ASCII; two-digit years of RFC 2822 in full."""
    plain = folded.translate(str.maketrans("〇零一二三四五六七八九", "00123456789"))
    short = re.findall(r"(?<![0-9])[0-9]{2}(?![0-9])", plain)
    return " ".join([plain, *(f"19{n} 20{n}" for n in short)])


@given(DAYS, st.sampled_from(sorted(read_data("dates.json")["preferred"])))
@settings(max_examples=400, deadline=None)
def test_written_dates_read_back(day: date, language: str) -> None:
    if language in {"zh", "ja", "ko"}:
        marks = "년월일" if language == "ko" else "年月日"
        text = f"{day.year}{marks[0]}{day.month}{marks[1]}{day.day}{marks[2]}"
    else:
        text = f"{day.day} {_months(language)[day.month - 1]} {day.year}"
    result = parse_date(text, languages=(language,))
    assert result is not None
    assert result.iso == day.isoformat()


@given(DAYS, st.sampled_from(["/", "-"]))
def test_order_is_declared_or_unknown(day: date, sign: str) -> None:
    text = f"{day.day:02d}{sign}{day.month:02d}{sign}{day.year}"
    declared = parse_date(text, day_first=True)
    assert declared is not None
    assert declared.iso == day.isoformat()
    undeclared = parse_date(text, languages=("en-US",))
    assert undeclared is not None
    is_clear = day.day > 12 or day.day == day.month
    assert undeclared.iso == (day.isoformat() if is_clear else None)


@given(st.dates(date(1930, 1, 1), date(2076, 12, 31)))
def test_hijri_days_agree_with_umm_al_qura(day: date) -> None:
    hijri = Gregorian.fromdate(day).to_hijri()
    name = read_data("months.json")["hijri"][""][hijri.month - 1][0]
    result = parse_date(f"{hijri.day} {name} {hijri.year} هـ", languages=("ar",))
    assert result is not None
    assert (result.iso, result.calendar) == (day.isoformat(), "hijri")


@given(st.integers(1350, 1490), st.integers(1, 12))
def test_hijri_months_are_given_only_as_far_as_certain(year: int, month: int) -> None:
    name = read_data("months.json")["hijri"][""][month - 1][0]
    result = parse_date(f"{name} {year}", languages=("ar",))
    assert result is not None
    first, last = (
        Hijri(year, month, day).to_gregorian().isoformat()
        for day in (1, Hijri(year, month, 1).month_length())
    )
    if result.iso is None:
        assert first[:4] != last[:4]
    else:
        assert first.startswith(result.iso)
        assert last.startswith(result.iso)


@given(st.dates(date(1925, 1, 1), date(2060, 12, 31)))
def test_solar_days_agree_with_persiantools(day: date) -> None:
    solar = JalaliDate(day)  # type: ignore[no-untyped-call]  # the library types all but this
    name = read_data("months.json")["solar_hijri"][""][solar.month - 1][0]
    text = f"{solar.day} {name} {solar.year}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    result = parse_date(text, languages=("fa",))
    assert result is not None
    assert (result.iso, result.calendar) == (day.isoformat(), "solar_hijri")


@given(DAYS, st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_completed_year_is_the_latest_possible(day: date, reference: datetime) -> None:
    text = f"{day.day} {_months('en')[day.month - 1]}"
    result = parse_date(text, languages=("en",), reference=reference)
    assert result is not None
    assert result.iso is not None
    found = date.fromisoformat(result.iso)
    assert (found.month, found.day) == (day.month, day.day)
    assert (found - reference.date()).days <= 1
    if (day.month, day.day) != (2, 29):
        assert (found.replace(year=found.year + 1) - reference.date()).days > 1


@pytest.mark.parametrize("name", ["months.json", "dates.json"])
def test_vocabularies_name_their_source_and_hold_no_empty_form(name: str) -> None:
    data = read_data(name)
    assert len(data["source"]) > 40
    assert not list(_empty_forms(data))


def _empty_forms(data: object) -> list[object]:
    if isinstance(data, dict):
        return [form for value in data.values() for form in _empty_forms(value)]
    if isinstance(data, list):
        return [form for value in data for form in _empty_forms(value)]
    return [data] if isinstance(data, str) and not fold(data).strip() else []
