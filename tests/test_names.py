from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.names import Byline, display_name, split_byline
from tests.shared import shared


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Weber, Logan, Michel, Jesse", ("Logan Weber", "Jesse Michel")),
        ("van Meegen, Alexander, Sompolinsky, Haim", ("Alexander van Meegen", "Haim Sompolinsky")),
        ("Huang, Zonghao, Reiter, Michael K.", ("Zonghao Huang", "Michael K. Reiter")),
        ("Chen, Thomas, Ewald, Patricia Muñoz", ("Thomas Chen", "Patricia Muñoz Ewald")),
        ("King, Martin Luther, Jr., Doe, Jane", ("Martin Luther King Jr.", "Jane Doe")),
        ("King, Jr., Martin Luther, Doe, Jane", ("Martin Luther King Jr.", "Jane Doe")),
        ("Doe, Jane, PhD, Roe, Richard, III", ("Jane Doe PhD", "Richard Roe III")),
        ("Smith, MD, Jones, AB", ("MD Smith", "AB Jones")),
        ("Smith, John, MD", ("John Smith MD",)),
        ("Doe, J., Roe, R. & Moe, M.-P.", ("J. Doe", "R. Roe", "M.-P. Moe")),
        ("Weber, Logan; Michel, Jesse", ("Logan Weber", "Jesse Michel")),
        ("Weber, Logan, and Michel, Jesse", ("Logan Weber", "Jesse Michel")),
        ("Gemini Team, Doe, Jane", ("Gemini Team", "Jane Doe")),
        ("Team, Gemini, Doe, Jane", ("Gemini Team", "Jane Doe")),
        ("DeepSeek-AI, Guo, Daya, Yang, Dejian", ("DeepSeek-AI", "Daya Guo", "Dejian Yang")),
        ("Madonna, van Gogh, Vincent", ("Madonna", "Vincent van Gogh")),
        ("Doe, J., Madonna", ("J. Doe", "Madonna")),
        ("Plato", ("Plato",)),
        ("Von Neumann, John", ("John Von Neumann",)),
        ("الخطيب، نادية، حداد، سامر", ("نادية الخطيب", "سامر حداد")),
        ("田中, 太郎, 鈴木, 花子", ("田中太郎", "鈴木花子")),
        ("By Doe, Jane", ("Jane Doe",)),
        ("", ()),
    ],
)
def test_family_first_lists(text: str, names: tuple[str, ...]) -> None:
    assert split_byline(text, family_first=True) == Byline(names=names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Weber, Logan, Michel", ("Logan Weber", "Michel")),
        ("Weber, M., K., Michel, Jesse", ("M. Weber", "K.", "Jesse Michel")),
    ],
)
def test_an_odd_part_is_kept_and_said(text: str, names: tuple[str, ...]) -> None:
    found = split_byline(text, family_first=True)
    assert found == Byline(names=names, issues=("byline_unpaired",))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Doe, John Roe", ("Jane Doe", "John Roe")),
        ("Jane Doe, John Roe and Max Moe", ("Jane Doe", "John Roe", "Max Moe")),
        ("Jane Doe, John Roe, and Max Moe", ("Jane Doe", "John Roe", "Max Moe")),
        ("Jane Doe & John Roe", ("Jane Doe", "John Roe")),
        ("Jane Doe; John Roe", ("Jane Doe", "John Roe")),
        ("Jane Doe\nJohn Roe", ("Jane Doe", "John Roe")),
        ("  Jane\u00a0 Doe ", ("Jane Doe",)),
        ("By Jane Doe", ("Jane Doe",)),
        ("BY: Jane Doe", ("Jane Doe",)),
        ("Byron Katie, Byung-Chul Han", ("Byron Katie", "Byung-Chul Han")),
        ("Par Marie Curie et Paul Langevin", ("Marie Curie", "Paul Langevin")),
        ("Von Anna Schmidt und Max Müller", ("Anna Schmidt", "Max Müller")),
        ("Von Neumann", ("Von Neumann",)),
        ("Von der Leyen, Von Karman", ("Von der Leyen", "Von Karman")),
        ("Ana García y Luis Pérez", ("Ana García", "Luis Pérez")),
        ("José Ortega y Gasset, Ana Ruiz", ("José Ortega y Gasset", "Ana Ruiz")),
        ("Автор: Иван Петров и Анна Сидорова", ("Иван Петров", "Анна Сидорова")),
        ("作者：李明、王芳", ("李明", "王芳")),
        ("李明, 王芳", ("李明", "王芳")),
        ("田中太郎・鈴木花子", ("田中太郎", "鈴木花子")),
        ("アダム・スミス", ("アダム・スミス",)),
        ("김철수, 이영희", ("김철수", "이영희")),
        ("نادية الخطيب، سامر حداد", ("نادية الخطيب", "سامر حداد")),
        ("بقلم: نادية الخطيب", ("نادية الخطيب",)),
        ("بقلم نادية الخطيب و سامر حداد", ("نادية الخطيب", "سامر حداد")),
        ("أحمد علي ومحمد حسن", ("أحمد علي", "محمد حسن")),
        ("أحمد علي، وعبد الله حسن", ("أحمد علي", "عبد الله حسن")),
        ("وليد خوري، وائل غنيم، يوسف وهبة", ("وليد خوري", "وائل غنيم", "يوسف وهبة")),
        ("وسام ورد ووليد وفا", ("وسام ورد", "وليد وفا")),
        ("نویسندگان: سارا احمدی، علی‌رضا کریمی", ("سارا احمدی", "علی‌رضا کریمی")),
        ("Jane Doe1,2, John Roe3,*", ("Jane Doe", "John Roe")),
        ("Jane Doe¹,², John Roe†", ("Jane Doe", "John Roe")),
        ("Jane Doe$^{1,2}$, John Roe$^{3}$", ("Jane Doe", "John Roe")),
        ("Jane Doe (1), John Roe (2) ((1) MIT, (2) ETH)", ("Jane Doe", "John Roe")),
        ("Jane Doe [1], John Roe (2)", ("Jane Doe", "John Roe")),
        ("Jane Doe (MIT, Cambridge), John Roe", ("Jane Doe (MIT, Cambridge)", "John Roe")),
        ("John Smith, Jr., Jane Doe, PhD", ("John Smith Jr.", "Jane Doe PhD")),
        ("akhaliq, user42", ("akhaliq", "user42")),
        ("Weber, Logan; Michel, Jesse", ("Logan Weber", "Jesse Michel")),
        ("de la Cruz, Ana; King, Martin, Jr.", ("Ana de la Cruz", "Martin King Jr.")),
        ("Jane Doe, John Roe; Max Moe", ("Jane Doe", "John Roe", "Max Moe")),
        ("De la Cruz, Maria; Ó Briain, Dara", ("Maria De la Cruz", "Dara Ó Briain")),
        ("García Márquez, Gabriel; Kafka, Franz", ("Gabriel García Márquez", "Franz Kafka")),
        (
            "Jane Doe, MIT; Plato, Greek University",
            ("Jane Doe", "MIT", "Plato", "Greek University"),
        ),
        ("jane@example.org (Jane Doe)", ("Jane Doe",)),
        ("Jane Doe (jane@example.org), John Roe", ("Jane Doe", "John Roe")),
        ("jane@example.org", ("jane@example.org",)),
        ("김철수 기자 kim@example.org", ("김철수",)),
        ("기자 김철수", ("김철수",)),
        ("文/张伟", ("张伟",)),
        ("كتب: محمد صلاح", ("محمد صلاح",)),
        ("Geschrieben von Anna Müller", ("Anna Müller",)),
        ("Escrito por Juan Pérez", ("Juan Pérez",)),
        ("Text: Anna Müller", ("Anna Müller",)),
        ("Submitted by Jane Doe", ("Jane Doe",)),
        ("Автори: Іван Франко і Леся Українка", ("Іван Франко", "Леся Українка")),
        ("Συγγραφέας: Γιώργος Παππάς και Μαρία Ιωάννου", ("Γιώργος Παππάς", "Μαρία Ιωάννου")),
        ("লেখক: রহিম উদ্দিন ও করিম খান", ("রহিম উদ্দিন", "করিম খান")),
        ("Imeandikwa na Juma Ali na Asha Omari", ("Juma Ali", "Asha Omari")),
        ("ผู้เขียน: สมชาย ใจดี", ("สมชาย ใจดี",)),
        ("מאת: דוד כהן ושרה לוי", ("דוד כהן", "שרה לוי")),
        ("יוסי ורדי", ("יוסי ורדי",)),
        ("دوسري وولف", ("دوسري وولف",)),
        ("Mª José Núñez", ("Mª José Núñez",)),
        ("", ()),
        (" , ; 1 ", ()),
    ],
)
def test_lists_in_display_order(text: str, names: tuple[str, ...]) -> None:
    assert split_byline(text) == Byline(names=names)


@pytest.mark.parametrize(
    ("text", "names", "remark"),
    [
        ("Jane Doe et al.", ("Jane Doe",), "authors_truncated"),
        ("Jane Doe, John Roe, et al", ("Jane Doe", "John Roe"), "authors_truncated"),
        ("Jane Doe and 5 others", ("Jane Doe",), "authors_truncated:5"),
        ("Jane Doe, +3 more", ("Jane Doe",), "authors_truncated:3"),
        ("نادية الخطيب وآخرون", ("نادية الخطيب",), "authors_truncated"),
        ("سارا احمدی و همکاران", ("سارا احمدی",), "authors_truncated"),
        ("Иванов И., Петров П. и др.", ("Иванов И.", "Петров П."), "authors_truncated"),
        ("李明等", ("李明",), "authors_truncated"),
        ("李明、王芳等5人", ("李明", "王芳"), "authors_truncated:5"),
        ("田中太郎ほか", ("田中太郎",), "authors_truncated"),
        ("김철수 외 3명", ("김철수",), "authors_truncated:3"),
        ("Jane Doe, John Roe...", ("Jane Doe", "John Roe"), "authors_truncated"),
    ],
)
def test_a_list_cut_short_is_said(text: str, names: tuple[str, ...], remark: str) -> None:
    assert split_byline(text) == Byline(names=names, issues=(remark,))


def test_a_family_first_list_may_be_cut_short_too() -> None:
    assert split_byline("Weber, Logan, Michel, Jesse, et al.", family_first=True) == Byline(
        names=("Logan Weber", "Jesse Michel"), issues=("authors_truncated",)
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Jane   Doe ", "Jane Doe"),
        ("Weber, Logan", "Logan Weber"),
        ("King, Martin Luther, Jr.", "Martin Luther King Jr."),
        ("John Smith, PhD", "John Smith PhD"),
        ("Jane Doe, MIT", "Jane Doe, MIT"),
        ("Jane Doe, University of Somewhere", "Jane Doe, University of Somewhere"),
        ("Jane Doe¹*", "Jane Doe"),
        ("\u200fنادية الخطيب\u200f", "نادية الخطيب"),
        ("علی‌رضا کریمی", "علی‌رضا کریمی"),
        ("J.-P. Serre", "J.-P. Serre"),
        ("...", ""),
    ],
)
def test_display_name(text: str, name: str) -> None:
    assert display_name(text) == name


def test_real_family_first_bylines_come_out_even() -> None:
    lines = shared("seeds/aitopics.txt").read_text(encoding="utf-8").splitlines()
    names = {
        name
        for line in lines
        if line.startswith(("Weber, ", "van Meegen, ", "Huang, ", "Lalchand, "))
        for name in split_byline(line, family_first=True).names
    }
    assert names == {
        *("Logan Weber", "Jesse Michel", "Alex Renda", "Michael Carbin"),
        *("Alexander van Meegen", "Haim Sompolinsky"),
        *("Zonghao Huang", "Neil Gong", "Michael K. Reiter"),
        *("Vidhi Lalchand", "Kenza Tazi", "Talay M. Cheema", "Richard E. Turner", "Scott Hosking"),
    }


def test_a_number_of_authors_without_end_is_no_number() -> None:
    found = split_byline(f"Jane Doe and {'9' * 5000} others")
    assert found.names[0] == "Jane Doe"
    assert found.issues == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"Jane{' ' * 20_000}Doe, John Roe", ("Jane Doe", "John Roe")),
        ("Jane Doe" + " \u200b" * 10_000, ("Jane Doe",)),
        (f"Jane Doe\n{' ' * 20_000}\nJohn Roe", ("Jane Doe", "John Roe")),
        (f"Jane Doe, {'* ' * 10_000}, John Roe", ("Jane Doe", "John Roe")),
        (f"Jane Doe{', ' * 10_000}John Roe", ("Jane Doe", "John Roe")),
    ],
    ids=["spaces", "direction marks", "lines", "footnotes", "commas"],
)
def test_a_long_run_of_nothing_holds_nothing_up(text: str, names: tuple[str, ...]) -> None:
    assert split_byline(text).names == names


def _letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalpha())


@given(st.text(), st.booleans())
def test_no_letter_is_made_up(text: str, family_first: bool) -> None:  # noqa: FBT001  drawn
    names = split_byline(text, family_first=family_first).names
    assert all(name.strip() == name and any(map(str.isalpha, name)) for name in names)
    assert not _letters("".join(names)) - _letters(text)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z][a-z]{4,8}", fullmatch=True),
            st.from_regex(r"[A-Z][a-z]{4,8}( [A-Z]\.)?", fullmatch=True),
        ),
        min_size=1,
    )
)
def test_every_pair_of_an_even_list_comes_back(people: list[tuple[str, str]]) -> None:
    text = ", ".join(f"{family}, {given_name}" for family, given_name in people)
    assert split_byline(text, family_first=True).names == tuple(
        f"{given_name} {family}" for family, given_name in people
    )
