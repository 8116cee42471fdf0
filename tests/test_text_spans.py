"""What is protected and what is not."""

from __future__ import annotations

import pytest

from normalize.spans import SpanKind, protected_spans


def found(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind.value) for span in protected_spans(text)]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"are $1.9$-$9.5\times$ more", ["$1.9$", r"$9.5\times$"]),
        ("the $n$-th of $m$", ["$n$", "$m$"]),
        ("the $ n $-dimensional", ["$ n $"]),
        ("其中$n$是整数", ["$n$"]),
        ("حيث $x_i$ متغير", ["$x_i$"]),
        ("$p< n$ and $L\\geq Q$", ["$p< n$", "$L\\geq Q$"]),
        ("$$a = b$$ then", ["$$a = b$$"]),
        (r"\(x\) and \[y\]", [r"\(x\)", r"\[y\]"]),
        (r"\begin{align*}a\\b\end{align*}!", [r"\begin{align*}a\\b\end{align*}"]),
        (r"\begin{a}\end{b}\end{a}", [r"\begin{a}\end{b}\end{a}"]),
        ("$\\text{a, b and c}$", ["$\\text{a, b and c}$"]),
        ("$a\n+b$", ["$a\n+b$"]),
        (r"$\$5 + x$", [r"$\$5 + x$"]),
        ("lost $n and where $m$ is", ["$m$"]),
        ("$5$ apples", ["$5$"]),
        ("A$n$B", ["$n$"]),
    ],
)
def test_maths(text: str, formulas: list[str]) -> None:
    assert found(text) == [(formula, "maths") for formula in formulas]


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $10",
        "US$ 3 million and US$ 5 million",
        "between $5-$10 or $20",
        "costs $5, or 5$ a day",
        "from $5 to 10$",
        "A$5 to A$6",
        "$100M raised, $1B valuation",
        "$5/month or $50/year",
        "5 $ and 6 $ each",
        "$a\n\nb$",
        "price: $",
        "$$$",
        "cash $ and $ more",
    ],
)
def test_money_is_not_maths(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"in {\mathcal L} norm", (r"{\mathcal L}", "command")),
        (r"{\it a {b} c}", (r"{\it a {b} c}", "command")),
        (r"\textit{word} after", (r"\textit{word}", "command")),
        (r"\cite[p. 5]{key}.", (r"\cite[p. 5]{key}", "command")),
        (r"\alpha_1^{2} here", (r"\alpha_1^{2}", "command")),
        (r"G\"odel", (r"\"o", "command")),
        (r"50\% more", (r"\%", "command")),
        ("run `a  b` now", ("`a  b`", "code")),
        ("``a  b`` now", ("``a  b``", "code")),
        ("```\nx\n```", ("```\nx\n```", "code")),
        ("see https://example.org/a.", ("https://example.org/a", "url")),
        ("(https://example.org/a_(b))", ("https://example.org/a_(b)", "url")),
        ("(see https://example.org/a).", ("https://example.org/a", "url")),
        ("HTTPS://EXAMPLE.ORG/A?x=1&y=2#z!", ("HTTPS://EXAMPLE.ORG/A?x=1&y=2#z", "url")),
        ("www.example.org؛ ثم", ("www.example.org", "url")),
        ("网址https://example.org/a。下", ("https://example.org/a", "url")),
        ("在 https://example.org/a。下", ("https://example.org/a", "url")),
        ("https://ar.example.org/wiki/دمشق، ثم", ("https://ar.example.org/wiki/دمشق", "url")),
        ("https://example.org/a\u200b b", ("https://example.org/a", "url")),
        ("&quot;https://example.org/a&quot;", ("https://example.org/a", "url")),
        ("mail me.too+x@example.co.uk.", ("me.too+x@example.co.uk", "email")),
        ("doi:10.1000/182.", ("doi:10.1000/182", "doi")),
        ("10.1016/S0140-6736(20)30183-5;", ("10.1016/S0140-6736(20)30183-5", "doi")),
        ("(10.1000/abc)", ("10.1000/abc", "doi")),
        ("arXiv:2101.00001v2,", ("arXiv:2101.00001v2", "arxiv")),
        ("arXiv: 2101.00001", ("arXiv: 2101.00001", "arxiv")),
        ("arXiv:hep-th/9901001.", ("arXiv:hep-th/9901001", "arxiv")),
        ("in math-ph/0301001v1", ("math-ph/0301001v1", "arxiv")),
        ("2101.00001v2", ("2101.00001v2", "arxiv")),
    ],
)
def test_other_kinds(text: str, expected: tuple[str, str]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "`structural malware, `fingerprints the net",
        "``quoted'' words",
        "a and/or b, 10/12",
        "@handle and a @ b",
        "10.5 and 2101.00001",
        "and {plain} braces",
        "http:// nothing",
        "v1.0 of 3v3",
    ],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert found(text) == []


def test_kinds_in_one_text_come_in_order() -> None:
    text = r"Code `f(x)` for $x$ at https://example.org/x, \emph{see} 10.1000/1 or a@example.org"
    assert [span.kind for span in protected_spans(text)] == [
        SpanKind.CODE,
        SpanKind.MATHS,
        SpanKind.URL,
        SpanKind.COMMAND,
        SpanKind.DOI,
        SpanKind.EMAIL,
    ]
