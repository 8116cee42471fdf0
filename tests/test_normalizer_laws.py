"""What holds of every record, whatever a page says."""

from __future__ import annotations

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalize import Entry, Normalizer, Record
from normalize.model import Link, ParallelText

VALID = jsonschema_rs.validator_for(Record.json_schema())
BITS = (
    *("Jane Doe", "and 5 others", "،", "؛", "و", "محمد", "et al.", "|", ";", "·", "Müller"),
    *("2024", "May", "أمس", "٣", "1,234", "3k", "(4 more...)", "Europe > Austria (0.5)"),
    *("$x^2$", "\\alpha", "http://a.example/b?utm_source=c", "10.1234/a", "arXiv:2401.00001v2"),
    *("Ã©", "-\n", "&amp;", "&#x27;", "漢字", "かな", "İ", "ﬁ"),
    *("\n", " ", "\x85", "\u2028", "\u200f", "\ufeff", "\x00"),
)
CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXT = st.lists(st.sampled_from(BITS) | st.text(CHARACTERS, max_size=4), max_size=6).map("".join)
MAYBE = st.none() | TEXT
SEVERAL = st.lists(TEXT, max_size=2).map(tuple)


def named(*names: str) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(names), TEXT, max_size=2)


ENTRIES = st.builds(
    Entry,
    source=st.just("demo"),
    position=st.integers(1, 99),
    native_id=MAYBE,
    url=MAYBE,
    page_url=MAYBE,
    title=MAYBE,
    summary=MAYBE,
    parallel=st.lists(st.builds(ParallelText, title=MAYBE, summary=MAYBE), max_size=1).map(tuple),
    authors=SEVERAL,
    byline=MAYBE,
    family_first=st.booleans(),
    author_count=MAYBE,
    published=MAYBE,
    day_first=st.none() | st.booleans(),
    languages=st.sampled_from([(), ("ar",), ("en", "zh-Hant"), ("xx",)]),
    taxonomy=SEVERAL,
    tags=SEVERAL,
    identifiers=named("arxiv", "doi", "isbn"),
    metrics=named("views", "upvotes"),
    links=st.lists(st.builds(Link, rel=st.just("pdf"), url=TEXT), max_size=1).map(tuple),
    image=MAYBE,
    raw=named("label"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ENTRIES)
def test_every_entry_makes_a_valid_record_and_always_the_same(entry: Entry) -> None:
    record = Normalizer(target=None).record(entry)
    VALID.validate(record.to_dict())
    assert Record.from_dict(record.to_dict()) == record
    assert Normalizer(target=None).record(entry) == record
    assert record.to_json_line().splitlines(keepends=True) == [record.to_json_line()]
    assert record.published_raw == entry.published
    assert len(set(record.issues)) == len(record.issues)
    assert "\n" not in (record.title or "")
