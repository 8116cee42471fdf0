"""Links made absolute: `urljoin` is the law."""

from urllib.parse import urljoin

from hypothesis import example, given
from hypothesis import strategies as st

from scraper.split.document import Document, DocumentKind
from scraper.split.links import Joiner

BASES = (
    "https://a.example", "https://a.example/", "http://a.example:80/b/c/d.html?x=1#f",
    "https://a.example/b/../c/", "https://a.example//x//y", "https://a.example/a;p/b",
    "HTTPS://A.example/x", "https://a.example?q/r", "foo/bar", "javascript:x", "ftp://h/x/",
    "http://u@h/x", "https://a.example/a//b/", "https://a.example/..", "http://[bad",
)  # fmt: skip
PIECES = (
    "/", "//", ".", "..", "?", "#", ";", ":", "@", "a", "b.html", "x=1", "&", "http://",
    "https://", "HTTP://", "\u00e9", "\u062e\u0628\u0631", " ", "\t", "%20", "[", "]", "h.example",
    "8080", "-", "_", "javascript:", "mailto:", "\\", "~", "\u3000", "\uff05", "\u2100",
)  # fmt: skip


def joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return link


@given(
    base=st.sampled_from(BASES)
    | st.lists(st.sampled_from(PIECES), max_size=5).map(
        lambda p: "https://a.example/" + "".join(p)
    ),
    link=st.lists(st.sampled_from(PIECES), max_size=7).map("".join) | st.text(max_size=20),
)
@example(base="https://a.example/b/c", link="/a/../d")
@example(base="https://a.example/b/c", link="d?e=/.#f")
def test_links_are_joined_as_urljoin_does(base: str, link: str) -> None:
    assert Joiner(base).join(link) == joined(base, link)


def test_base_of_the_page_counts_before_its_address() -> None:
    text = (
        '<html><head><base href="/news/"></head>'
        '<body><a href=" one ">1</a><img src="i.png"></body></html>'
    )
    page = Document(text=text, kind=DocumentKind.HTML, url="https://a.example/x/y")
    (link,), (image,) = page.tree.iter("a"), page.tree.iter("img")
    assert link.get("href") == "https://a.example/news/one"
    assert image.get("src") == "https://a.example/news/i.png"
    assert not list(page.tree.iter("base"))
