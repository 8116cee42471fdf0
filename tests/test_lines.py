"""HTML to lines: no letter lost, none doubled, no word cut in two."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.split.document import parse_html
from scraper.split.lines import one_line, text_lines, tidy_lines


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<p>wo<b>r</b>d</p>", ["word"]),
        ("<p>كل<em>مة</em> <i>واحدة</i></p>", ["كلمة واحدة"]),
        ("<p><a>one</a><a>two</a></p>", ["onetwo"]),
        ("wo<!-- x -->rd<?php y ?>s", ["words"]),
        ("<span>a </span> <span> b</span>", ["a b"]),
        ("<p>a\n\n   b\tc</p>", ["a b c"]),
        ("<p>1</p>between<p>2</p>after", ["1", "between", "2", "after"]),
        ("a<br>b<br/><br>c", ["a", "b", "c"]),
        ("<div>a<div>b<span>c<div>d</div>e</span></div>f</div>", ["a", "bc", "d", "e", "f"]),
        ("<table><tr><th>a<td>b</td></tr><tr><td>c</table>", ["a", "b", "c"]),
        ("<dl><dt>term<dd>said</dl><ul><li>x<li>y</ul>", ["term", "said", "x", "y"]),
        ("<h2>T<small>s</small></h2><label>L</label> <button>B</button>", ["Ts", "L B"]),
        ("<p>10&nbsp;000 &amp; &lt;b&gt; &#1593;</p>", ["10\u00a0000 & <b> ع"]),
        ("a<script>if (x) {}</script>b<style>p {}</style>c", ["abc"]),
        ("<p>a<template>t</template>b<noscript>n</noscript>c<svg><text>s</text></svg>d", ["abcd"]),
        ("<p>a<select><option>o</select>b<iframe>f</iframe>c<object>o</object>d", ["abcd"]),
        ('<p>shown<span style="display:none">, hidden</span><b hidden>!</b></p>',
         ["shown, hidden!"]),
        ("<pre>a\n  b <b>c\nd</b>\n</pre>e\nf", ["a", "b c", "d", "e f"]),
        ("<pre><code>x = 1\ny = 2</code></pre>", ["x = 1", "y = 2"]),
        ("<custom-part>a</custom-part>b", ["ab"]),
        ("<html><head><title>T</title></head><body>x</body></html>", ["x"]),
        ("<p> </p><p>&nbsp;</p><p>x</p>", ["x"]),
    ],
)  # fmt: skip
def test_lines(markup: str, lines: list[str]) -> None:
    assert text_lines(parse_html(markup)) == lines


def test_node_inside_preformatted_text_keeps_its_lines() -> None:
    (code,) = parse_html("<pre><b>a\nb</b></pre>").iter("b")
    assert text_lines(code) == ["a", "b"]
    assert one_line(code) == "a b"


def test_text_after_a_node_is_not_the_nodes() -> None:
    first, second = parse_html("<p><i>a</i>b<i>c</i>d</p>").iter("i")
    assert text_lines(first, second) == ["a", "c"]


def test_tidy_lines_keep_no_break_spaces_inside() -> None:
    assert tidy_lines(["  a \u00a0 b  ", "", "\u00a0", "c   d"]) == ["a \u00a0 b", "c d"]


WORDS = st.text(st.sampled_from("abcéعربي中文 &<>\n"), min_size=1, max_size=8)
SHOWN = st.sampled_from(["b", "span", "a", "em", "div", "section", "li", "pre", "x-tag", "h3"])
UNSHOWN = st.sampled_from(["script", "style", "template", "noscript", "iframe", "svg", "select"])
Markup = tuple[str, str]


def _wrapped(parts: list[Markup], tag: str) -> Markup:
    markup, text = ("".join(part[place] for part in parts) for place in (0, 1))
    return f"<{tag}>{markup}</{tag}>", text


MARKUP = st.recursive(
    st.one_of(
        WORDS.map(lambda text: (escape(text), text)),
        st.sampled_from([("<br>", ""), ("<!-- not shown -->", ""), ("<img alt=x>", "")]),
        UNSHOWN.map(lambda tag: (f"<{tag}>gone</{tag}>", "")),
    ),
    lambda parts: st.builds(_wrapped, st.lists(parts, max_size=5), SHOWN),
    max_leaves=30,
)


@settings(deadline=None)
@given(st.lists(MARKUP, max_size=6))
def test_every_visible_letter_comes_once_and_in_order(parts: list[Markup]) -> None:
    markup, text = _wrapped(parts, "main")
    lines = text_lines(parse_html(f"<html><body>{markup}</body></html>"))
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    assert all(line == line.strip() and "  " not in line for line in lines)
