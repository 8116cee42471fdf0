from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.urls import canonical_url, match_url

URLS = st.one_of(
    st.text(),
    st.from_regex(r"(https?:)?//[a-zA-Z0-9\[\]@:.\-]{0,20}(/[^\n]*)?", fullmatch=True),
    st.builds("http://{}/{}?{}#{}".format, st.text(), st.text(), st.text(), st.text()),
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (" HTTPS://Example.COM:443/Some/Path#top ", "https://example.com/Some/Path"),
        ("http://example.com:80/", "http://example.com/"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://example.com", "https://example.com"),
        (
            "https://example.com/a?utm_source=x&b=2&UTM_Medium=y&a=1",
            "https://example.com/a?b=2&a=1",
        ),
        ("https://example.com/a?fbclid=abc", "https://example.com/a"),
        (
            "https://example.com/a?gclid=1&q=%D9%82&gclid_like=2",
            "https://example.com/a?q=%D9%82&gclid_like=2",
        ),
        ("https://example.com/index.php/a/", "https://example.com/index.php/a/"),
        ("https://example.com/app#!/paper/7", "https://example.com/app#!/paper/7"),
        ("https://example.com/a b\tc", "https://example.com/a%20bc"),
        ("https://xn--mgbajn0b2f.example/خبر", "https://خلاصات.example/خبر"),
        ("//Example.com/a?fbclid=1", "//example.com/a"),
        (f"https://example.com/t.php?t=5&s={'0a' * 16}", "https://example.com/t.php?t=5"),
        (f"https://example.com/t.php?SID={'0A' * 16}&t=5", "https://example.com/t.php?t=5"),
        ("https://example.com/?s=harbour&sid=12", "https://example.com/?s=harbour&sid=12"),
        ("https://example.com/?PHPSESSID=a0c1f2jq9u3dh7k5m1v8e6r4b2", "https://example.com/"),
        (f"https://example.com/a;jsessionid={'A1' * 16}.n1?b=2", "https://example.com/a?b=2"),
        ("https://example.com/a;b=2/c", "https://example.com/a;b=2/c"),
        ("mailto:Someone@Example.com", "mailto:Someone@Example.com"),
        ("not a url", "not%20a%20url"),
        ("http://[broken", "http://[broken"),
        ("", ""),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/news/a?x=1&y=2",
        "http://www.example.com/news/a/?y=2&x=1",
        "https://m.example.com/news/a?x=1&y=2&utm_source=feed",
        "https://example.com/news/a/amp?x=1&y=2",
        "https://amp.example.com/news/a/?x=1&y=2&amp=1",
        "https://user@EXAMPLE.com:443/news/%61?x=1&y=2#comments",
        "https://example-com.cdn.ampproject.org/c/s/www.example.com/news/a?x=1&y=2",
        "https://example.com/news/a/index.html?x=1&y=2",
    ],
)
def test_urls_of_one_page_match(url: str) -> None:
    assert match_url(url) == "example.com/news/a?x=1&y=2"


def test_a_language_edition_keeps_its_label() -> None:
    assert match_url("https://en.m.example.org/wiki/Digest") == "en.example.org/wiki/Digest"
    assert match_url("https://ar.example.org/wiki/Digest") == "ar.example.org/wiki/Digest"


def test_encoded_and_readable_paths_match() -> None:
    encoded = "https://example.com/%D8%AE%D8%A8%D8%B1"
    assert match_url(encoded) == match_url("https://example.com/خبر") == "example.com/خبر"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/b"),
        ("https://example.com/a?id=1", "https://example.com/a?id=2"),
        ("https://example.com/a", "https://example.org/a"),
        ("https://example.com/a", "https://example.com/A"),
        ("https://m.com/a", "https://com/a"),
        ("https://example.com:8080/a", "https://example.com/a"),
        ("ftp://example.com/a", "https://example.com/a"),
    ],
)
def test_other_pages_do_not_match(one: str, other: str) -> None:
    assert match_url(one) != match_url(other)


@given(URLS)
def test_canonical_is_a_fixed_point(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once
    assert not any(map(str.isspace, once))


@given(URLS)
def test_the_key_depends_on_the_canonical_form_only(url: str) -> None:
    assert match_url(url) == match_url(canonical_url(url))
