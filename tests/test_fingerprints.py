from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.commonness import Commonness
from normalize.fingerprints import fingerprint, pack, title_key, unpack


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("A  Théory—of everything, again and again", "a theory of everything again and again"),
        ("Editorial", None),
        ("On and on we go", None),
        ("Telecommunications infrastructure", None),
        ("基于图神经网络的河流洪水预测方法研究", "基于图神经网络的河流洪水预测方法研究"),
        ("新年快乐", None),
    ],
)
def test_title_key(title: str, key: str | None) -> None:
    assert title_key(title) == key


def test_inflection_case_and_spelling_do_not_change_a_fingerprint() -> None:
    one = fingerprint("Predicted floods: Ensembles of models", None)
    other = fingerprint("PREDICTING FLOOD; ensemble model", None)
    assert one is not None
    assert other is not None
    assert one.title == other.title
    assert len(one.title) == 3


def test_names_are_capitals_inside_sentences_numbers_and_coined_words() -> None:
    text = "Wells dry up. They say Azraq lost 1,400 of them; LUMENX was blamed."
    found = fingerprint(None, text)
    assert found is not None
    names = fingerprint(None, "of old in Azraq there were about 1400 for the LUMENX")
    assert names is not None
    assert found.names == names.names
    assert len(found.names) == 3


def test_commonplace_words_count_less_once_there_are_texts() -> None:
    counts = Commonness({1: 300, 2: 30, 3: 3}, 300)
    assert counts.discounts[1] == pytest.approx(0.9)
    assert 0.3 < counts.discounts[2] < 0.4
    assert 3 not in counts.discounts
    assert Commonness({1: 1}, 1).discounts == {}
    for _ in range(40):
        counts.add([3])
    counts.refresh()
    assert counts.texts == 340
    assert 3 in counts.discounts


@given(st.text(), st.text())
def test_a_fingerprint_survives_storage(title: str, summary: str) -> None:
    found = fingerprint(title, summary)
    if found is not None:
        unpacked = list(unpack(pack([found, found])))
        assert unpacked == [attrs.evolve(found, bands=())] * 2
