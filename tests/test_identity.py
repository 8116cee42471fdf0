from __future__ import annotations

import re
from types import MappingProxyType

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.identity import CONTENT_FIELDS, arxiv_id, content_hash, doi, record_id
from normalize.model import Entry, Link, Record, TaxonomyPath


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2401.00001", "2401.00001"),
        ("2401.00001v3", "2401.00001"),
        ("arXiv:2401.00001v2", "2401.00001"),
        ("arXiv: 0704.0001 [cs.LG] 1 Apr 2007", "0704.0001"),
        ("https://arxiv.org/abs/2401.00001", "2401.00001"),
        ("http://www.arxiv.org/pdf/2401.00001v2.pdf", "2401.00001"),
        ("https://export.arxiv.org/html/2401.00001v1", "2401.00001"),
        ("https://huggingface.co/papers/2401.00001#community", "2401.00001"),
        ("https://doi.org/10.48550/arXiv.2401.00001", "2401.00001"),
        ("https://arxiv.org/abs/math.GT/0309136", "math/0309136"),
        ("math/0309136v1", "math/0309136"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("ورقة arXiv:2401.00001، منشورة", "2401.00001"),
        ("arXiv%3A2401.00001", "2401.00001"),
    ],
)
def test_arxiv_id(text: str, found: str) -> None:
    assert arxiv_id(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2401.0001",
        "1413.12345",
        "2413.12345",
        "0612.0001",
        "arXiv:2401.000012",
        "costs 2401.00001 euros",
        "section/0309136",
        "hep-th/9913001",
        "https://example.com/abs/2401.00001",
        "https://huggingface.co/papers/date/2024-08-01",
    ],
)
def test_no_arxiv_id(text: str) -> None:
    assert arxiv_id(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.1000/XYZ", "10.1000/xyz"),
        ("https://doi.org/10.1000/XYZ", "10.1000/xyz"),
        ("http://dx.doi.org/10.1000%2Fxyz?utm_source=a#b", "10.1000/xyz"),
        ("doi:10.1000/xyz.", "10.1000/xyz"),
        ("(see doi: 10.1000/xyz).", "10.1000/xyz"),
        ("10.1016/S0735-1097(98)00347-7", "10.1016/s0735-1097(98)00347-7"),
        (
            "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2",
        ),
        ("المعرف 10.1000/xyz، ثم", "10.1000/xyz"),
        (
            "https://www.example.org/articles/10.3389/fnins.2020.00001/full",
            "10.3389/fnins.2020.00001",
        ),
        ("https://doi.org/10.48550/arXiv.2401.00001", "10.48550/arxiv.2401.00001"),
    ],
)
def test_doi(text: str, found: str) -> None:
    assert doi(text) == found


@pytest.mark.parametrize(
    "text", ["", "10.1000", "10.1000/", "110.1000/x", "version 10.2/3", "10.1/x"]
)
def test_no_doi(text: str) -> None:
    assert doi(text) is None


@given(st.text())
def test_identifiers_are_found_or_not_but_never_fail(text: str) -> None:
    assert arxiv_id(text) is None or arxiv_id(str(arxiv_id(text))) == arxiv_id(text)
    assert doi(text) is None or doi(str(doi(text))) == doi(text)


def entry(**values: object) -> Entry:
    return Entry(**{"source": "demo", "position": 1, **values})  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"native_id": "2401.00001"}, "demo:2401.00001"),
        ({"native_id": "news:E8758EAD"}, "demo:news:E8758EAD"),
        ({"native_id": " a b%20c "}, "demo:a%20b%2520c"),
        ({"native_id": "مقال-٧"}, "demo:مقال-٧"),
        ({"url": "https://example.com/a?utm_source=x"}, "demo:2dce0a4c50441bfc"),
        ({"url": "https://example.com/a"}, "demo:2dce0a4c50441bfc"),
        ({"title": "A title that is long enough"}, "demo:912418d20874008b"),
        ({"title": "Short", "summary": "One text."}, "demo:11819bbd59b84ee5"),
        ({"summary": "One text."}, "demo:6c587a59c043705e"),
        ({"page_url": "https://example.com/"}, "demo:eaf65a5ebf5ae42b"),
    ],
)
def test_ids_are_frozen(values: dict[str, str], expected: str) -> None:
    assert record_id(entry(**values)) == expected


def test_an_id_outlives_changes_of_the_text_around_it() -> None:
    title = "A title that is long\n enough é"
    assert record_id(entry(title=title)) == record_id(
        entry(title="A  title that is long enough e\u0301 ", summary="any", position=9)
    )
    assert record_id(entry(title="Editorial", summary="One")) != record_id(
        entry(title="Editorial", summary="Two")
    )


def test_the_source_is_part_of_the_id() -> None:
    assert record_id(entry(source="a:b c", native_id="1")) == "a%3Ab%20c:1"


@given(
    st.text(min_size=1),
    st.one_of(st.none(), st.text()),
    st.one_of(st.none(), st.text()),
    st.one_of(st.none(), st.text()),
)
def test_every_id_has_the_form_of_the_schema(
    source: str, native: str | None, url: str | None, title: str | None
) -> None:
    found = record_id(entry(source=source, native_id=native, url=url, title=title))
    assert re.fullmatch(r"[^:\s]+:\S+", found)
    assert found.encode()


@given(st.text(min_size=1), st.text(min_size=1))
def test_native_ids_that_differ_stay_apart(one: str, other: str) -> None:
    same = record_id(entry(native_id="x" + one + "x")) == record_id(
        entry(native_id="x" + other + "x")
    )
    assert not same or one == other or not (one.isascii() and other.isascii())


RECORD = Record(
    id="demo:1",
    source="demo",
    position=1,
    title="A title",
    topics=(TaxonomyPath(path=("A", "B"), confidence=0.5),),
    identifiers={"arxiv": "2401.00001"},
    links=(Link(rel="code", url="https://example.com/c"),),
    content_hash="0" * 32,
)


def test_content_hash_is_the_same_for_objects_and_json() -> None:
    expected = "3547e3f29d88c404300c38d6facc80cd"
    assert content_hash(RECORD.to_dict()) == expected
    assert content_hash({name: getattr(RECORD, name) for name in CONTENT_FIELDS}) == expected
    frozen = attrs.evolve(RECORD, identifiers=MappingProxyType({"arxiv": "2401.00001"}))
    assert content_hash({name: getattr(frozen, name) for name in CONTENT_FIELDS}) == expected


@pytest.mark.parametrize(
    "change",
    [{"metrics": {"upvotes": 5}}, {"fetched_at": "2024-01-01T00:00:00Z"}, {"position": 2}],
)
def test_what_changes_by_itself_is_not_hashed(change: dict[str, object]) -> None:
    assert content_hash(RECORD.to_dict()) == content_hash({**RECORD.to_dict(), **change})


@pytest.mark.parametrize("name", CONTENT_FIELDS)
def test_every_content_field_is_hashed(name: str) -> None:
    assert content_hash(RECORD.to_dict()) != content_hash({**RECORD.to_dict(), name: "changed"})


def test_a_value_that_is_no_content_is_refused() -> None:
    with pytest.raises(attrs.exceptions.NotAnAttrsClassError):
        content_hash({"title": object()})
