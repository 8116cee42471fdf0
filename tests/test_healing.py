"""A new layout is read where it agrees with what the source gave before, else refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache

import attrs
import pytest

from normalize import Normalizer
from normalize.convert import from_json_types, to_json_types
from normalize.model import Entry
from scraper.errors import LayoutChanged, SplitError
from scraper.split import split
from scraper.split.address_shape import ELSEWHERE, has_shape, learn_shapes
from scraper.split.healing import with_profile
from scraper.split.profile import SourceProfile, merged, profile_of
from scraper.split.registry import find_source
from tests.test_sources import FIXTURES, read_case

Change = Callable[[str], str]


def page_of(case: str) -> tuple[str, str]:
    """Text and address of a fixture page; after the first, AITopics' pages may be empty."""
    body, meta = read_case(FIXTURES / case)
    return body.decode("utf-8"), meta["url"].replace("start=10", "start=0")


@cache
def true_entries(case: str) -> tuple[Entry, ...]:
    body, url = page_of(case)
    return tuple(split(body, url=url, source=case.partition("/")[0]))


def profile_from(*cases: str) -> SourceProfile:
    source = find_source(cases[0].partition("/")[0])
    entries = [entry for case in cases for entry in true_entries(case)]
    profile = profile_of(entries, source=source.name, home=source.home)
    assert profile is not None
    return profile


def read(body: str, url: str, profile: SourceProfile) -> list[Entry]:
    return split(body, url=url, source=with_profile(find_source(profile.source), profile))


def without_classes(body: str) -> str:
    return re.sub(r"\sclass=(\"[^\"]*\"|'[^']*')", "", body)


def renamed_classes(body: str) -> str:
    return re.sub(
        r"\bclass=\"([^\"]*)\"", lambda m: f'class="x{len(m[1])} z-{len(m[1]) % 7}"', body
    )


def other_containers(body: str) -> str:
    for old, new in (("article", "section"), ("h3", "h2"), ("main", "div"), ("ul", "div")):
        body = re.sub(rf"<(/?){old}\b", rf"<\1{new}", body)
    return body


def without_data(body: str) -> str:
    return re.sub(r"\sdata-(?:props|target)=(\"[^\"]*\"|'[^']*')", "", body)


def without_doc_links(body: str) -> str:
    """AITopics without its own addresses: only the titles' links to other sites remain."""
    return body.replace('href="/doc/', 'data-doc="/doc/')


def with_other_ids(pattern: str, new: str) -> Change:
    """Addresses whose ids have a form that the source's own pattern does not know."""
    return lambda body: re.sub(pattern, new, body)


LONGER_HEX = with_other_ids(r"/show/([0-9a-f]{13,14})", r"/show/\g<1>c0ffee")
LONGER_NUMBER = with_other_ids(r"/papers/(\d{4}\.\d{5})", r"/papers/\g<1>77")

# What each source's own readers cannot read any more, and how its addresses are to be compared.
HEALED: list[tuple[str, tuple[Change, ...]]] = [
    ("aitopics/first_page", (renamed_classes, without_doc_links)),
    ("aitopics/first_page", (without_classes, without_doc_links, other_containers)),
    ("aitopics/second_page", (renamed_classes, without_doc_links)),
    ("aitopics/second_page", (without_classes, without_doc_links, other_containers)),
    ("shamra_academia/first_page", (LONGER_HEX,)),
    ("shamra_academia/first_page", (LONGER_HEX, renamed_classes)),
    ("shamra_academia/first_page", (LONGER_HEX, other_containers, without_classes)),
    ("shamra_academia/last_page", (LONGER_HEX, renamed_classes)),
    ("shamra_academia/other_markup", (LONGER_HEX, renamed_classes)),
    ("huggingface_papers/daily_2026", (without_data, LONGER_NUMBER)),
    ("huggingface_papers/daily_2026", (without_data, LONGER_NUMBER, renamed_classes)),
    ("huggingface_papers/daily_2026", (without_data, LONGER_NUMBER, other_containers)),
    ("huggingface_papers/cards_only", (without_data, LONGER_NUMBER, without_classes)),
]
GOOD = {
    "aitopics": ("aitopics/first_page", "aitopics/second_page", "aitopics/last_page"),
    "shamra_academia": ("shamra_academia/first_page", "shamra_academia/last_page"),
    "huggingface_papers": ("huggingface_papers/daily_2026", "huggingface_papers/cards_only"),
}


def same_address(url: str | None) -> str:
    """An address without what the changes of this module did to its id."""
    plain = re.sub(r"c0ffee$", "", (url or "").replace("/index.php", ""))
    return re.sub(r"(?<=\d{4}\.\d{5})77$", "", plain)


@pytest.mark.parametrize(
    ("case", "changes"),
    HEALED,
    ids=[f"{case}: {', '.join(c.__name__ for c in changes)}" for case, changes in HEALED],
)
def test_a_new_layout_is_healed(case: str, changes: tuple[Change, ...]) -> None:
    body, url = page_of(case)
    for change in changes:
        body = change(body)
    source = case.partition("/")[0]
    try:
        own = split(body, url=url, source=source)
    except LayoutChanged:
        own = []
    assert not own, "the source's own readers are to fail here"
    healed = read(body, url, profile_from(*GOOD[source]))
    expected = true_entries(case)
    assert [entry.title for entry in healed] == [entry.title for entry in expected]
    assert [same_address(e.url) for e in healed] == [same_address(e.url) for e in expected]
    assert all(e.issues[0].startswith("layout_healed") for e in healed)
    assert {e.source for e in healed} == {source}
    assert [e.position for e in healed] == list(range(1, len(expected) + 1))


def test_healed_entries_keep_their_ids_where_addresses_hold_them() -> None:
    body, url = page_of("huggingface_papers/cards_only")
    changed = without_data(LONGER_NUMBER(body))
    healed = read(changed, url, profile_from(*GOOD["huggingface_papers"]))
    assert healed[0].native_id == f"{true_entries('huggingface_papers/cards_only')[0].native_id}77"
    assert healed[0].issues == ("layout_healed",)


def test_healed_entries_say_what_is_lost() -> None:
    body, url = page_of("shamra_academia/first_page")
    healed = read(LONGER_HEX(body), url, profile_from(*GOOD["shamra_academia"]))
    assert {entry.issues[0] for entry in healed} == {"layout_healed:no_published"}
    body, url = page_of("aitopics/first_page")
    changed = without_doc_links(renamed_classes(body))
    healed = read(changed, url, profile_from(*GOOD["aitopics"]))
    assert {entry.issues[0] for entry in healed} == {"layout_healed:new_ids"}


LOGIN = (
    "<!DOCTYPE html><title>Log in</title><form method=post action=/login>"
    "<input name=user><input type=password name=password></form>"
)
PROSE = "<p>" + "A long text about something that happened in the harbour at night. " * 6 + "</p>"
ARTICLE = f"<!DOCTYPE html><html><body><article><h1>A title</h1>{PROSE * 8}</article></body></html>"
NAVIGATION = "".join(f"<li><a href='/section-{n}'>Section {n}</a></li>" for n in range(10))


def other_list(
    base: str, count: int, *, summary: bool = True, title: str = "News of the day"
) -> str:
    told = "<p>Something happened, and somebody has written about it at length.</p>" * summary
    items = "".join(
        f"<article><h3><a href='{base}{n}'>{title} {n}, and what came of it</a></h3>"
        f"<time datetime='2026-05-0{n % 9 + 1}'></time>{told}</article>"
        for n in range(1, count + 1)
    )
    return f"<!DOCTYPE html><html><body><main>{items}</main></body></html>"


# A number with one digit more than the source's own readers know.
ODD = "/papers/2605.00000"
REFUSED = {
    "login": LOGIN,
    "article": ARTICLE,
    "navigation": f"<!DOCTYPE html><html><body><ul>{NAVIGATION}</ul></body></html>",
    "other addresses": other_list("/blog/post-", 8),
    "an address too deep": other_list(f"{ODD}/", 8),
    "too few": other_list(ODD, 2),
    "too many": other_list(ODD, 200),
    "only titles": re.sub(r"<time[^>]*></time>", "", other_list(ODD, 8, summary=False)),
    "short titles": re.sub(r", and what came of it|News of the", "", other_list(ODD, 8)),
    "another script": other_list(ODD, 8, title="أخبار اليوم من المدينة كلها"),
    "empty": "<!DOCTYPE html><html><body><p>No papers found.</p></body></html>",
}


@pytest.mark.parametrize("name", sorted(set(REFUSED) - {"empty", "login"}))
def test_what_does_not_agree_is_refused(name: str) -> None:
    profile = profile_from(*GOOD["huggingface_papers"])
    with pytest.raises(LayoutChanged, match="in its own structure: "):
        read(REFUSED[name], "https://huggingface.co/papers", profile)


def test_what_agrees_in_all_is_read() -> None:
    profile = profile_from(*GOOD["huggingface_papers"])
    body = other_list(ODD, 8, title="A Title That Is Long Enough for a Paper")
    assert len(read(body, "https://huggingface.co/papers", profile)) == 8


def test_a_last_page_may_be_as_short_as_before() -> None:
    profile = attrs.evolve(profile_from(*GOOD["huggingface_papers"]), fewest=2)
    body = other_list(ODD, 2, title="A Title That Is Long Enough for a Paper")
    assert len(read(body, "https://huggingface.co/papers", profile)) == 2
    with pytest.raises(LayoutChanged, match="2 entries"):
        read(body, "https://huggingface.co/papers", attrs.evolve(profile, fewest=5))


def test_gates_and_empty_pages_are_not_healed() -> None:
    profile = profile_from(*GOOD["huggingface_papers"])
    with pytest.raises(SplitError, match="login page"):
        read(LOGIN, "https://huggingface.co/papers", profile)
    assert read(REFUSED["empty"], "https://huggingface.co/papers", profile) == []
    beside = other_list(ODD, 8).replace("<main>", "<p>No results found.</p><main>")
    found = split(beside, url="https://huggingface.co/papers", source="huggingface_papers")
    assert all("layout_healed" not in entry.issues for entry in found)


@pytest.mark.parametrize("source", ["aitopics", "huggingface_papers", "shamra_academia"])
def test_layouts_without_links_are_refused(source: str) -> None:
    body, url = page_of(f"{source}/changed_layout")
    with pytest.raises(LayoutChanged):
        read(body, url, profile_from(*GOOD[source]))


def test_nothing_is_healed_without_a_profile() -> None:
    body, url = page_of("shamra_academia/first_page")
    with pytest.raises(LayoutChanged):
        split(LONGER_HEX(body), url=url, source="shamra_academia")


def test_good_pages_are_read_by_the_sources_own_readers() -> None:
    for case in GOOD["aitopics"]:
        body, url = page_of(case)
        assert read(body, url, profile_from(*GOOD["aitopics"])) == [*true_entries(case)]


HOME = "https://port.example/"


@pytest.mark.parametrize(
    ("urls", "shapes"),
    [
        (["/show/3a1", "/show/9f2"], {"/show/#": 1.0}),
        (["/news/sea/a-b", "/news/land/c-d"], {"/news/*/~": 1.0}),
        (["/index.php/show/3a1", "/show/9f2"], {"/show/#": 1.0}),
        (["/item?id=1", "/item?id=2&utm_source=x"], {"/item?id=#": 1.0}),
        (["/a", "/b", "https://other.example/1", "https://third.example/x"],
         {"/*": 0.5, ELSEWHERE: 0.5}),
        (["https://www.port.example/x/1", "https://en.port.example/x/2"], {"/x/#": 1.0}),
        ([], {}),
    ],
)  # fmt: skip
def test_shapes_of_addresses(urls: list[str], shapes: dict[str, float]) -> None:
    whole = [url if url.startswith("http") else HOME + url[1:] for url in urls]
    assert learn_shapes(whole, HOME) == shapes
    assert all(has_shape(url, shapes, HOME) for url in whole)


@pytest.mark.parametrize(
    ("path", "shape", "expected"),
    [
        ("show/9", "/show/#", True),
        ("show/date/9", "/show/#", False),
        ("show/trending", "/show/#", False),
        ("shows/9", "/show/#", False),
        ("item?id=3", "/item?id=#", True),
        ("item?id=x", "/item?id=#", False),
        ("item?id=3&page=2", "/item?id=#", False),
        ("a-b", "/~", True),
        ("about", "/~", False),
        ("x", ELSEWHERE, False),
    ],
)
def test_an_address_has_a_shape(path: str, shape: str, *, expected: bool) -> None:
    assert has_shape(HOME + path, [shape], HOME) is expected


def test_a_profile_is_the_same_from_records_and_after_json() -> None:
    entries = true_entries("huggingface_papers/daily_2026")
    records = list(Normalizer(target=None).normalize(entries))
    home = find_source("huggingface_papers").home
    made = profile_of(records, source="huggingface_papers", home=home)
    assert made == profile_of(entries, source="huggingface_papers", home=home)
    assert made is not None
    assert (made.shapes, made.id_part, made.fewest, made.most) == (("/papers/#",), -1, 6, 6)
    assert from_json_types(json.loads(json.dumps(to_json_types(made))), SourceProfile) == made


def test_a_profile_widens_from_run_to_run() -> None:
    one = profile_from("aitopics/last_page")
    other = profile_from("aitopics/first_page")
    both = merged(one, other)
    assert (both.fewest, both.most, both.fill) == (3, 10, other.fill)
    assert merged(attrs.evolve(one, home=HOME), other) == other
    assert merged(None, one) == one


def test_nothing_has_no_profile() -> None:
    assert profile_of([], source="x", home=HOME) is None
