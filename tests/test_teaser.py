"""Teasers and their hidden rests, in pages and in text dumps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalize.issues import Issue
from scraper.split.document import parse_html
from scraper.split.lines import text_lines
from scraper.split.teaser import close_teaser_gaps, join_teasers

REPAIRED = (Issue.TEASER_GAP_REPAIRED,)
HIDDEN = 'class="more" style="display:none"'
MARKUP = (
    "<p>{0}<span {h}>{1}</span></p>",
    "<p>{0}<span class=dots>...</span><span {h}>{1}</span></p>",
    "<p>{0}<span>…</span><span {h}>{1}</span><a href=#>المزيد</a></p>",
    "<p>{0}<span>...</span><a href=#>Read more</a><span {h}>{1}</span></p>",
    "<p>{0}<span>...</span><button>Show more »</button><span {h}>{1}</span></p>",
    "<p>\n  {0}\n  <span>...</span>\n  <span {h}>{1}\n  </span>\n</p>",
    "<p><span>{0}</span>\n<span {h}>{1}</span></p>",
    "<p><span>\n  {0}\n  </span>\n  <span {h}>{1}</span></p>",
    "<p><span><b>x</b> <i>{0}\n</i>\n</span>\n<span {h}>{1}</span></p>",
    "<p>{0}\n<span class=dots>...</span>\n<span class=hidden-by-css>{1}</span></p>",
    "<p>{0}<span hidden>{1}</span></p>",
    "<p>{0}<span style='DISPLAY : None'>{1}</span></p>",
)
HALVES = (
    ("a dynamical int", "egrators system"),
    ("a dynamical ", "integrators system"),
    ("a dynamical", " integrators system"),
    ("نقدم في هذه الدرا", "سة طريقة جديدة"),
    ("نقدم في هذه ", "الدراسة طريقة"),
    ("for all $x_", "i \\in S$ we"),
    ("for all $x", " + y$ we"),
)


@pytest.mark.parametrize("markup", MARKUP)
@pytest.mark.parametrize("halves", HALVES, ids=range(len(HALVES)))
def test_halves_of_a_page_are_joined_as_the_text_was(markup: str, halves: tuple[str, str]) -> None:
    root = parse_html(markup.format(*halves, h=HIDDEN))
    join_teasers(root)
    (line,) = text_lines(root)
    assert line.removeprefix("x ") == "".join(halves)


@pytest.mark.parametrize("halves", [HALVES[0], HALVES[1], HALVES[3], HALVES[4]])
def test_indentation_of_the_rest_is_no_space_of_it(halves: tuple[str, str]) -> None:
    markup = "<p>\n  {0}\n  <span>...</span>\n  <span {h}>\n    {1}\n  </span>\n</p>"
    root = parse_html(markup.format(*halves, h=HIDDEN))
    join_teasers(root)
    assert text_lines(root) == ["".join(halves)]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one<span>...</span> two <span>three</span></p>", "one... two three"),
        ("<p>and so on <i>...</i></p>", "and so on ..."),
        ("<p>one <b>two</b>\n<i>three</i></p>", "one two three"),
        ("<p>one <a href=/x>more than this</a></p>", "one more than this"),
    ],
)
def test_other_text_keeps_its_dots_and_spaces(markup: str, text: str) -> None:
    root = parse_html(markup)
    join_teasers(root)
    assert text_lines(root) == [text]


def test_link_to_the_rest_loses_its_words_and_stays_a_link() -> None:
    root = parse_html("<div><p>A text.</p><a href=/show/1><b>اقرأ المزيد</b></a> after</div>")
    join_teasers(root)
    assert text_lines(root) == ["A text.", "after"]
    assert [a.get("href") for a in root.iter("a")] == ["/show/1"]


def test_button_inside_a_link_to_the_rest() -> None:
    root = parse_html("<p>A text.<a href=/x><button>More</button></a></p>")
    join_teasers(root)
    assert text_lines(root) == ["A text."]


@settings(deadline=None)
@given(st.recursive(
    st.sampled_from(["more", "...", "x\n", " ", "<br>"]),
    lambda inner: st.builds(
        "<{0}>{1}</{0}>".format,
        st.sampled_from(["a href=/x", "span hidden", "span", "button", "b", "p", "a"]),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=20,
))  # fmt: skip
def test_no_markup_raises(markup: str) -> None:
    join_teasers(parse_html(f"<main>{markup}</main>"))


# Forty letters before the cut, then the rest; the texts are of one page.
CUT = 40
TEXTS = (
    "We study how small models learn to simpl|ify rare sentences into plain words.",
    "Our approach combines a retrieval step w|ith a lightweight decoder and training.",
    "Experiments on public benchmarks show co|nsistent gains over the old systems.",
    "في هذه الورقة نقدم طريقة جديدة لترجمة ال|جمل النادرة من اللغات قليلة الموارد.",
)
NATURAL = "The results of the long study are in the| appendix, where all of them are listed."
AFTER_SPACE = "The results of the long study stand in a |table that the appendix gives in full."


def whole(text: str) -> str:
    return text.replace("|", "")


def test_the_cuts_of_these_texts() -> None:
    assert {text.index("|") for text in (*TEXTS, NATURAL)} == {CUT}
    assert AFTER_SPACE.index("|") == CUT + 1


def test_spaces_inside_words_are_closed() -> None:
    closed = close_teaser_gaps([text.replace("|", " ") for text in TEXTS], CUT)
    assert [text for text, _ in closed] == [whole(text) for text in TEXTS]
    assert all(REPAIRED[0] in remarks for _, remarks in closed)


@pytest.mark.parametrize("dots", ["...", "…", " ... ", " … "])
def test_dots_of_the_dump_tell_the_joint(dots: str) -> None:
    closed = close_teaser_gaps([text.replace("|", dots) for text in TEXTS], CUT)
    assert [text for text, _ in closed] == [whole(text) for text in TEXTS]


def test_natural_space_at_the_cut_is_kept() -> None:
    page = [text.replace("|", " ") for text in TEXTS]
    *_, (text, remarks) = close_teaser_gaps([*page, whole(NATURAL)], CUT)
    assert text == whole(NATURAL)
    assert Issue.TEASER_GAP_REPAIRED not in remarks


def test_doubled_space_at_the_cut_is_the_joint_and_the_texts_own() -> None:
    page = [text.replace("|", " ") for text in TEXTS]
    *_, doubled = close_teaser_gaps([*page, NATURAL.replace("|", " ")], CUT)
    assert doubled == (whole(NATURAL), REPAIRED)


def test_natural_space_before_the_cut_is_left_alone() -> None:
    page = [text.replace("|", " ") for text in TEXTS]
    shifted = whole(AFTER_SPACE)[1:]
    assert shifted[CUT - 1] == " "
    *_, (text, remarks) = close_teaser_gaps([*page, shifted], CUT)
    assert (text, remarks) == (shifted, ())


def test_punctuation_is_joined_to_its_word() -> None:
    page = [text.replace("|", " ") for text in TEXTS]
    cut = "Our long study compares the two methods" + "s" + " , and it finds them much alike."
    *_, (text, _) = close_teaser_gaps([*page, cut], CUT)
    assert text == cut.replace(" ,", ",")


def test_pages_without_the_artefact_are_left_alone() -> None:
    page = [whole(text) for text in (*TEXTS, NATURAL, NATURAL)]
    assert close_teaser_gaps(page, CUT) == [(text, ()) for text in page]


def test_dots_of_one_text_among_many_are_its_own() -> None:
    page = [*(whole(text) for text in TEXTS), TEXTS[0].replace("|", "...")]
    assert close_teaser_gaps(page, CUT) == [(text, ()) for text in page]


def test_short_texts_are_left_alone() -> None:
    short = ["Short.", "x" * CUT, "x" * CUT + " "]
    page = [text.replace("|", " ") for text in TEXTS]
    assert close_teaser_gaps([*page, *short], CUT)[4:] == [(text, ()) for text in short]
    assert close_teaser_gaps([], CUT) == []


def test_words_of_the_link_after_the_last_sentence_go() -> None:
    assert close_teaser_gaps(["A text that ends. المزيد", "And more"], CUT) == [
        ("A text that ends.", ()),
        ("And more", ()),
    ]


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("ab. …$المزيد"), max_size=60), max_size=5))
def test_only_white_space_and_dots_and_links_ever_go(texts: list[str]) -> None:
    closed = close_teaser_gaps(texts, 20)
    assert len(closed) == len(texts)
    for (after, _), before in zip(closed, texts, strict=True):
        assert len(after) <= len(before)
        assert "".join(before.split()).startswith("".join(after.split())[:15])
