"""What must not change does not, whatever the model makes of the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalize.model import TranslationStatus
from normalize.translate import Translator
from normalize.translate.numbers import numbers
from normalize.translate.protect import Grain, Protection
from tests.translation_engines import HOSTILE, engine, invented_words

SPANS = {
    "dollar": "$x_i^2 + y$",
    "display": r"$$\sum_{i=1}^{n} i$$",
    "paren": r"\(a < b\)",
    "bracket": r"\[E = mc^2\]",
    "environment": r"\begin{align} a &= 1 \\ b &= 2 \end{align}",
    "group": r"{\it deep water}",
    "command": r"\textbf{bold}",
    "code": "`pip install x`",
    "fence": "```\nprint(1)\n```",
    "url": "https://example.org/a_b?c=1&d=2",
    "bare_url": "github.com/some-one/some_repo",
    "email": "jane.doe+x@example.org",
    "doi": "10.1234/abc.5678",
    "arxiv": "arXiv:2401.12345v2",
    "file": "train_model.py",
    "path": "src/lib/main.rs",
    "handle": "@some_user",
    "hashtag": "#nlp",
    "arabic_hashtag": "#ترجمة_آلية",
    "citation": "[12]",
    "citations": "[3, 5–7]",
    "emoji": "😀",
    "family": "👩\u200d👩\u200d👧",
    "flag": "🇪🇬",
    "tag": '<a href="x">',
    "closing_tag": "</a>",
    "entity": "&amp;",
    "identifier": "x_i",
    "bared_tex": "mathbb{R}",
    "term": "Deep Water",
}
GLOSSARY = ("Deep Water", "Khulasa")
PROSE = (
    "we study how often the old method and costs of, (see) that: models – fail; "
    "U.S. e.g. لكن الطريقة، 我们 研究。 naïve A I $5 $10 50% 3,5 ١٢٫٥ 1,000 -7 GPT-4 1990-2000 "
    "# @ _ ^ ~ * [ ] < > & | \\ { } ` $"
)
WORDS = st.sampled_from([*PROSE.split(), "\n"])
TEXTS = st.lists(st.one_of(WORDS, st.sampled_from(sorted(SPANS.values()))), max_size=14).map(
    " ".join
)


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
def test_a_span_is_found_whole_in_running_text(span: str) -> None:
    text = f"words before {span} and behind."
    assert Protection(GLOSSARY).fixed(text).spans == [span]


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
@pytest.mark.parametrize("form", ["{} words of it.", "Words of it {}", "Words {} of it", "{}"])
def test_a_span_never_reaches_the_model(span: str, form: str) -> None:
    fake = engine(invented_words)
    assert fake.fake is not None
    text = form.format(span)
    [translation] = Translator("en", engine=fake, glossary=GLOSSARY).translate([text], "fr")
    assert translation.text is not None
    assert Protection(GLOSSARY).fixed(translation.text).spans == [span]
    assert not any(span in asked for asked in fake.fake.asked)


@pytest.mark.parametrize(
    "text",
    ["It costs $5 and $10 here", "US$ 3 million of $4 million", "a price of 5$", "C# and F#"],
)
def test_money_and_lone_marks_are_prose(text: str) -> None:
    assert Protection().fixed(text).spans == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("no digit at all", []),
        ("12 and ١٢ and १२", ["12", "12", "12"]),
        ("3.14, 3,14 and ٣٫١٤.", ["3.14", "3.14", "3.14"]),
        ("1,000,000 or 1.000.000 or 1 000 000 or 1000000", ["1000000"] * 4),
        ("1,000 people", ["1.000"]),
        ("-7 to −8", ["-7", "-8"]),
        ("1990-2000, GPT-4, (-5)", ["1990", "2000", "4", "-5"]),
        ("on 12/05/2024 at 8:30", ["12", "05", "2024", "8", "30"]),
        ("50% and x1", ["50", "1"]),
    ],
)
def test_numbers_are_values_in_order(text: str, values: list[str]) -> None:
    assert numbers(text) == values


@given(TEXTS, st.sampled_from(Grain))
def test_pieces_joined_give_back_the_sentence(text: str, grain: Grain) -> None:
    pieces = Protection(GLOSSARY).pieces(text, grain)
    assert "".join(piece.text for piece in pieces) == text


@pytest.mark.parametrize("hostile", HOSTILE)
@settings(max_examples=120, deadline=None)
@given(text=TEXTS, source=st.sampled_from(["fr", "ar", "zh"]))
def test_spans_and_numbers_survive_any_engine(
    hostile: Callable[[str], str], text: str, source: str
) -> None:
    [translation] = Translator("en", engine=engine(hostile), glossary=GLOSSARY).translate(
        [text], source
    )
    if translation.text is None:
        assert translation.status is not TranslationStatus.OK
        return
    assert Protection(GLOSSARY).fixed(translation.text) == Protection(GLOSSARY).fixed(text)


@given(text=TEXTS)
@settings(max_examples=100, deadline=None)
def test_lines_stay_lines(text: str) -> None:
    [translation] = Translator("en", engine=engine(invented_words)).translate([text], "fr")
    if translation.text is not None:
        assert translation.text.count("\n") == text.count("\n")


def test_numbers_that_a_model_changes_are_put_back() -> None:
    def one_more(text: str) -> str:
        return invented_words(text.replace("12", "13"))

    [translation] = Translator("en", engine=engine(one_more)).translate(
        ["nous avons 12 livres rouges"], "fr"
    )
    assert translation.text == "nouso avonso 12 livreso rougeso"
    assert translation.status is TranslationStatus.OK


def test_digits_are_written_as_the_target_writes_them() -> None:
    def digits_lost(text: str) -> str:
        return "".join("some" if char.isdigit() else "word " for char in text if char != " ")

    [translation] = Translator("en", engine=engine(digits_lost)).translate(["نشر ١٢٫٥ كتابا"], "ar")
    assert translation.text is not None
    assert "12.5" in translation.text


def test_a_dropped_span_leaves_the_rest_translated() -> None:
    [translation] = Translator("en", engine=engine(invented_words)).translate(
        ["la fonction $f(x)$ est bornée par `max` partout"], "fr"
    )
    assert translation.text == "lao fonctiono $f(x)$ esto bornéeo paro `max` partouto"
    assert translation.status is TranslationStatus.OK
