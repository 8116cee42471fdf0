from __future__ import annotations

import re
import subprocess
from pathlib import Path

import attrs
import pytest

from normalize import Normalizer
from normalize.model import Entry
from scraper import errors
from scraper.split import split
from scraper.split.declared import listing_readers
from scraper.split.healing import with_profile
from scraper.split.listing.sources import LISTING
from scraper.split.matching import left_out
from scraper.split.profile import profile_of
from scraper.split.source import Source
from tests.crawls import command, environment
from tests.site import Site

HOME = "https://a.example/"
BOARD = r"/b/(?P<id>M\.[^/?#]+\.html)"


def source(pattern: str) -> Source:
    return attrs.evolve(
        LISTING,
        name="demo",
        home=HOME,
        readers=listing_readers(re.compile(pattern), home=HOME),
        known_by="links",
    )


def item(address: str, number: int, *, day: bool = True) -> str:
    dated = f" <time>2024-03-{number % 28 + 1:02}</time>" if day else ""
    words = f"The long story of ship number {number}"
    return f'<li><a href="{address}">{words}</a>{dated}</li>'


def page(*items: str, rest: str = "") -> str:
    return f"<html><body><ul>{''.join(items)}</ul>{rest}</body></html>"


def board(letters: str) -> str:
    return page(*(item(f"/b/{c}.{n}.A.html", n) for n, c in enumerate(letters, 10)))


def read(html: str, pattern: str = BOARD) -> list[Entry]:
    return split(html, url=HOME + "list", source=source(pattern))


def test_an_entry_of_another_form_comes_out_with_a_remark() -> None:
    found = read(board("MMMMGMMMMMMM"))
    assert len(found) == 12
    odd = found[4]
    assert (odd.native_id, odd.url) == (None, "https://a.example/b/G.14.A.html")
    assert odd.issues == ("address_unlike",)
    assert [entry.position for entry in found] == list(range(1, 13))
    assert {entry.issues for entry in found if entry is not odd} == {()}
    assert [e.native_id for e in found][:2] == ["M.10.A.html", "M.11.A.html"]


def test_a_name_without_the_hyphen_of_the_others_is_not_lost() -> None:
    names = [f"a-story-{n}" for n in range(11)] + ["falleros"]
    html = page(*(item(f"/blog/{name}/", n) for n, name in enumerate(names)))
    found = read(html, r"/blog/(?P<id>[^/?#-]+-[^/?#]*)/?")
    assert [(entry.url or "")[len(HOME) + 5 : -1] for entry in found] == names
    ids = [record.id for record in Normalizer(target=None).normalize(found)]
    assert len(set(ids)) == 12


@pytest.mark.parametrize("letters", ["GGGGGGGGMGGGGGGGG", "GGGGGGGGGGGGGGGGG"])
def test_a_page_whose_list_has_mostly_another_form_has_changed(letters: str) -> None:
    with pytest.raises(errors.LayoutChanged):
        read(board(letters))


def test_a_lone_link_beside_a_list_of_another_form_is_no_list() -> None:
    items = [item(f"/b/G.{n}.A.html", n) for n in range(17)]
    html = page(*items, rest='<p><a href="/b/M.1.A.html">A story that is pinned here</a></p>')
    with pytest.raises(errors.LayoutChanged):
        read(html)


def test_a_menu_that_has_a_link_of_the_form_does_not_hide_the_entries() -> None:
    menu = page(
        *(item(f"/about-this-{n}" if n == 3 else f"/section{n}", n, day=False) for n in range(30))
    )
    entries = "".join(
        f'<div><h2><a href="/a-story-{n}">A story {n}</a></h2><p>2024-03-0{n}</p></div>'
        for n in (1, 2)
    )
    html = menu.replace("</ul>", f"</ul><main>{entries}</main>")
    found = read(html, r"/(?P<id>[^/?#-]+-[^/?#-]*-[^/?#]*)/?")
    assert {"a-story-1", "a-story-2"} <= {entry.native_id for entry in found}
    assert len(found) <= 3


def test_a_new_form_is_healed_where_all_else_agrees() -> None:
    before = read(board("M" * 17))
    profile = profile_of(before, source="demo", home=HOME)
    assert profile is not None
    healed = split(
        board("G" * 16 + "M"), url=HOME + "list", source=with_profile(source(BOARD), profile)
    )
    assert [entry.native_id for entry in healed][:1] == ["G.10.A.html"]
    assert healed[-1].native_id == before[16].native_id == "M.26.A.html"
    assert {entry.issues[0] for entry in healed} == {"layout_healed"}


def test_what_stands_in_the_list_and_is_no_entry_is_left_out_and_counted() -> None:
    items = [item(f"/b/M.{n}.A.html", n) for n in range(10)]
    html = page(*items[:4], item("https://ads.example/buy", 40), *items[4:])
    found = read(html)
    assert [entry.native_id for entry in found] == [f"M.{n}.A.html" for n in range(10)]
    assert found[-1].issues == ("entries_left_out:1",)
    assert found[-1].raw["left_out"] == "https://ads.example/buy"
    assert [left_out(entry) for entry in found] == [0] * 9 + [1]


@pytest.mark.parametrize("sign", ["%23", "%3F", "%3f"])
def test_quoted_signs_of_addresses_part_nothing(sign: str) -> None:
    names = [f"Part-{n}.pdf" for n in range(9)] + [f"C{sign}-notes.pdf"]
    html = page(*(item(f"/f/{name}", n) for n, name in enumerate(names)))
    found = read(html, r"/f/(?P<id>[^/?#]+\.pdf)")
    plain = "#" if sign == "%23" else "?"
    assert [entry.native_id for entry in found][-2:] == ["Part-8.pdf", f"C{plain}-notes.pdf"]
    assert not any(entry.issues for entry in found)
    # Patterns that were written for the bare sign go on matching.
    found = read(html, r"/f/(?P<id>[\w#?-]+\.pdf)")
    assert found[-1].native_id == f"C{plain}-notes.pdf"


MODULE = """
import re
from scraper.declared import DeclaredSpider
from scraper.split.declared import listing_readers
from scraper.split.source import Source

HOME = "https://a.example/"

class DemoSpider(DeclaredSpider):
    name = "demo"
    listings = ("list",)
    source = Source(
        name="demo", title="Demo", home=HOME, languages=("en",), known_by="links to /b/",
        readers=listing_readers(re.compile(r"/b/(?P<id>M\\.[^/?#]+\\.html)"), home=HOME),
        marker=re.compile(r"(?!)"), terms="", cadence="", min_entries=1,
    )
"""


def test_a_crawl_says_what_is_not_of_the_declared_form(tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = scraper.settings\n", "utf-8")
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "__init__.py").touch()
    (tmp_path / "spiders" / "demo.py").write_text(MODULE, "utf-8")
    html = board("MMMMGMMMMMMM").replace("</ul>", item("https://ads.example/buy", 3) + "</ul>")
    with Site(robots="User-agent: *\nAllow: /\n").running() as site:
        site.pages["/list"] = html
        ended = subprocess.run(
            command("crawl", "demo", "-a", f"base={site.base}", "-O", "demo.jsonl",
                    settings={"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0"}),
            cwd=tmp_path, env=environment(), capture_output=True, encoding="utf-8", timeout=60,
            check=False,
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert len((tmp_path / "demo.jsonl").read_text("utf-8").splitlines()) == 12
    assert "'entries/unlike': 1" in ended.stderr
    assert "'entries/left_out': 1" in ended.stderr
    assert "/b/G.14.A.html has another form than entries; is ENTRY too narrow?" in ended.stderr
    assert "1 left out of the list, such as https://ads.example/buy" in ended.stderr
