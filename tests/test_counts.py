from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.counts import Count, parse_count


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1", 1),
        (" 86\n", 86),
        ("1,234", 1234),
        ("1.234", 1234),
        ("1.234.567", 1234567),
        ("1 234", 1234),
        ("12\u202f345", 12345),
        ("1'234'567", 1234567),
        ("12,34,567", 1234567),
        ("٢٣٤", 234),
        ("۱٬۲۳۴", 1234),
        ("１２", 12),
        ("१२", 12),
        ("12 مشاهدة", 12),
        ("عدد المشاهدات: ٣٤٥", 345),
        ("533 authors", 533),
        ("Upvote 94", 94),
        ("(17)", 17),
        ("12次浏览", 12),
        ("조회수 56", 56),
        ("\u200f7\u200f", 7),
    ],
)
def test_exact_counts(text: str, value: int) -> None:
    assert parse_count(text) == Count(value=value, approximate=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10.2k", 10200),
        ("GitHub 10.2k", 10200),
        ("3M", 3000000),
        ("3m", 3000000),
        ("1.5 M views", 1500000),
        ("2B", 2000000000),
        ("1,2 тыс.", 1200),
        ("5 тысяч просмотров", 5000),
        ("3.4万", 34000),
        ("5만", 50000),
        ("1.2億回", 120000000),
        ("٣٫٥ ألف", 3500),
        ("12 ألف مشاهدة", 12000),
        ("۲٫۵ هزار بازدید", 2500),
        ("1,5 Mio.", 1500000),
        ("2,3 mil visualizações", 2300),
        ("1.5 lakh", 150000),
        ("3 хил.", 3000),
        ("1,5 B görüntüleme", 1500),
        ("100 N lượt xem", 100000),
        ("3,4 Tr lượt xem", 3400000),
        ("elfu 5", 5000),
        ("1,2 тис.", 1200),
        ("2,5 miljoner", 2500000),
        ("1,3 mld", 1300000000),
        ("5 ezer", 5000),
        ("2百万", 2000000),
        ("5 ஆயிரம்", 5000),
        ("100+", 100),
        ("~50", 50),
        ("about 40 comments", 40),
        ("نحو 30", 30),
        ("约300", 300),
    ],
)
def test_rounded_counts(text: str, value: int) -> None:
    assert parse_count(text) == Count(value=value, approximate=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no comments",
        "1.2",
        "0.123",
        "12.34.5",
        "1,234.5",
        "1.234k",
        "-5",
        "5%",
        "$12",
        "v2",
        "GPT-4",
        "2024-05-01",
        "12:30",
        "12 of 34",
        "12abc",
        "3 m",
        "4h ago",
        "1.00001k",
        "12345678901234567890",
        "it took us a long while to count all 5 of them",
    ],
)
def test_anything_else_is_unknown(text: str) -> None:
    assert parse_count(text) == Count(value=None, approximate=False)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    count = parse_count(text)
    assert count.value is None or count.value >= 0


@given(st.integers(min_value=0, max_value=10**17))
def test_grouping_does_not_change_the_number(number: int) -> None:
    assert parse_count(str(number)).value == number
    assert parse_count(f"{number:,}").value == number
    assert parse_count(f"{number:,}".replace(",", ".")).value == number
    assert parse_count(f"{number:,}".replace(",", "\u202f")).value == number
