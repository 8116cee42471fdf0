from __future__ import annotations

import attrs
import pytest

from normalize.duplicates import DuplicateIndex
from normalize.model import Record, TranslatedText, TranslationStatus
from tests.duplicate_records import SUMMARY, TITLE, record
from tests.shared import shared


def test_a_record_without_like_is_alone() -> None:
    with DuplicateIndex() as index:
        found = index.assign(record("a", title=TITLE, summary=SUMMARY))
    assert (found.duplicate_of, found.cluster_id) == (None, "demo:a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"url": "https://example.com/a"}, {"url": "http://www.example.com/a/?utm_source=x"}),
        ({"identifiers": {"arxiv": "2401.00001"}}, {"identifiers": {"arxiv": "2401.00001"}}),
        ({"identifiers": {"arxiv": "2401.00001"}}, {"url": "https://arxiv.org/pdf/2401.00001v2"}),
        ({"identifiers": {"doi": "10.1000/x"}}, {"identifiers": {"doi": "10.1000/x"}}),
        ({"title": TITLE}, {"title": TITLE.upper() + "."}),
        (
            {"title": "خلاصة أبحاث المياه الجوفية في حوض الأزرق"},
            {"title": "خُلاصة ابحاث المياه الجوفيه في حوض الازرق"},
        ),
    ],
)
def test_the_same_entry_elsewhere(one: dict[str, object], other: dict[str, object]) -> None:
    with DuplicateIndex() as index:
        index.assign(record("a", **one))
        found = index.assign(record("b", **other))
        third = index.assign(record("c", **other))
    assert (found.duplicate_of, found.cluster_id) == ("demo:a", "demo:a")
    assert (third.duplicate_of, third.cluster_id) == ("demo:a", "demo:a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "Editorial"}, {"title": "Editorial"}),
        ({"title": "In this issue of ours"}, {"title": "In this issue of ours"}),
        ({"url": "https://example.com/"}, {"url": "https://example.com"}),
        ({"url": "mailto:a@example.com"}, {"url": "mailto:a@example.com"}),
        (
            {"url": "https://example.com/list", "page_url": "https://example.com/list"},
            {"url": "https://example.com/list", "page_url": "https://example.com/list"},
        ),
        (
            {"url": "https://example.com/p", "page_url": "https://example.com/l", "title": "A"},
            {"url": "https://example.com/p", "page_url": "https://example.com/l", "title": "B"},
        ),
        (
            {"title": TITLE, "identifiers": {"arxiv": "2401.00001"}},
            {"title": TITLE, "identifiers": {"arxiv": "2401.00002"}},
        ),
        (
            {"title": TITLE, "summary": SUMMARY, "identifiers": {"doi": "10.1000/x"}},
            {"title": TITLE, "summary": SUMMARY, "identifiers": {"doi": "10.1000/y"}},
        ),
        ({"title": TITLE, "authors": ("Lina Haddad",)}, {"title": TITLE, "authors": ("Eva Berg",)}),
        (
            {"title": TITLE, "summary": SUMMARY},
            {
                "title": TITLE,
                "summary": "Painters of the coast chose pigments by price. Ledgers of three "
                "guilds, read with multispectral cameras, show which blues came by ship.",
            },
        ),
        ({}, {}),
    ],
)
def test_too_little_to_be_the_same(one: dict[str, object], other: dict[str, object]) -> None:
    with DuplicateIndex() as index:
        index.assign(record("a", **one))
        found = index.assign(record("b", **other))
    assert (found.duplicate_of, found.cluster_id) == (None, "demo:b")


def test_a_preprint_and_its_printed_form_do_not_contradict_each_other() -> None:
    with DuplicateIndex() as index:
        index.assign(record("a", title=TITLE, identifiers={"doi": "10.48550/arxiv.2401.00001"}))
        found = index.assign(record("b", title=TITLE, identifiers={"doi": "10.1000/x"}))
    assert found.duplicate_of == "demo:a"


def test_the_same_work_in_other_words_is_near_not_exact() -> None:
    with DuplicateIndex() as index:
        index.assign(record("a", title=TITLE, summary=SUMMARY))
        cut = index.assign(record("b", title="Where is the water in Azraq?", summary=SUMMARY[:200]))
        untitled = index.assign(record("c", summary=SUMMARY[60:]))
    assert (cut.duplicate_of, cut.cluster_id) == (None, "demo:a")
    assert (untitled.duplicate_of, untitled.cluster_id) == (None, "demo:a")


def test_languages_meet_in_the_translation() -> None:
    translation = TranslatedText(
        title="A map of groundwater in the Azraq basin from the air",
        summary="Wells in the Azraq basin are few and deep. We carry a light electromagnetic "
        "sensor with a balloon and compare its soundings with 42 boreholes. The map shows two "
        "depressions north of the oasis, and the depth agrees within four metres.",
        status=TranslationStatus.OK,
    )
    arabic = record(
        "ar",
        title="خريطة للمياه الجوفية في حوض الأزرق من الجو",
        summary="آبار حوض الأزرق قليلة وعميقة. نحمل مجسا كهرومغناطيسيا خفيفا بمنطاد.",
        language="ar",
    )
    english = record("en", title=TITLE, summary=SUMMARY, language="en")
    with DuplicateIndex() as index:
        index.assign(english)
        assert index.assign(arabic).cluster_id == "demo:ar"
        translated = attrs.evolve(arabic, translations={"en": translation})
        assert index.assign(translated).cluster_id == "demo:en"


def test_a_form_in_common_is_no_work_in_common() -> None:
    def announcement(name: str, title: str, summary: str) -> Record:
        told = TranslatedText(title=title, summary=summary, status=TranslationStatus.OK)
        return record(
            name,
            language="ar",
            title="نهج جديد لمعالجة المشكلة بصورة أفضل",
            summary="تقدم هذه الورقة إطارا جديدا لمعالجة المشكلة، وتظهر التجارب تحسنا ملحوظا "
            "مقارنة بأفضل الطرق السابقة، مما يفتح الباب أمام تطبيقات أوسع.",
            translations={"en": told},
        )

    one = announcement("a", TITLE, SUMMARY)
    other = announcement(
        "b",
        "Trade of pigments along the coast",
        "Painters of the coast chose pigments by price. Ledgers of three guilds, read with "
        "multispectral cameras, show which blues came by ship and which were ground at home.",
    )
    with DuplicateIndex() as index:
        index.assign(one)
        found = index.assign(other)
        same = index.assign(attrs.evolve(one, id="demo:c"))
    assert (found.duplicate_of, found.cluster_id) == (None, found.id)
    assert same.duplicate_of == "demo:a"


def test_distinct_abstracts_stay_apart_and_cut_ones_join() -> None:
    lines = shared("seeds/shamra_academia.txt").read_text(encoding="utf-8").splitlines()
    abstracts = [line for line in lines if len(line) > 300]
    assert len(abstracts) == 10
    with DuplicateIndex() as index:
        whole = [
            index.assign(record(f"whole{n}", summary=text)) for n, text in enumerate(abstracts)
        ]
        cut = [
            index.assign(record(f"cut{n}", summary=text[:250])) for n, text in enumerate(abstracts)
        ]
    assert all(found.cluster_id == found.id for found in whole)
    assert [found.cluster_id for found in cut] == [found.id for found in whole]
