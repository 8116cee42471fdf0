"""How fast any listing page becomes entries, and how that grows with the page.

Usage: python benchmarks/listing.py [--pages DIR] [--peers [--peer-python PYTHON]]

Without ``--pages`` the project's own made pages are read, else every ``*.html`` and
``*.html.gz`` of the directory. ``--peers`` installs trafilatura and gerapy-auto-extractor into
an environment of their own (or uses ``--peer-python``), and prints how fast they read the same
pages and, where the pages are the project's own, which of their links they find. Every reader
reads a few pages unmeasured, then all of them three times, of which the fastest turn counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scraper.errors import SplitError
from scraper.split import split
from tests.listing_layouts import all_pages

USUAL = 85_000
# Pages that each reader reads before it is measured, which loads its data, and turns over all
# pages, of which the fastest counts.
WARM_UP = 5
TURNS = 3
PEERS = ("trafilatura", "lxml_html_clean", "gerapy-auto-extractor", "setuptools<81", "numpy")
PEER_PROGRAM = """
import json, sys, time
from urllib.parse import urljoin
cases = json.load(open(sys.argv[1], encoding="utf-8"))
warm_up, turns = map(int, sys.argv[2:])
from gerapy_auto_extractor import extract_list
from trafilatura import extract
def gerapy(html, url):
    return [urljoin(url, item.get("url") or "") for item in extract_list(html) or []]
def trafilatura(html, url):
    text = extract(html, url=url, include_links=True) or ""
    return [part.partition(")")[0] for part in text.split("](")[1:]]
def turn(read, cases):
    spent = score = 0.0
    for case in cases:
        start = time.process_time()
        try:
            found = set(read(case["html"], case["url"]))
        except Exception as error:
            found = set()
        spent += time.process_time() - start
        wanted = set(case["links"])
        score += 2 * len(found & wanted) / (len(found) + len(wanted)) if found or wanted else 0
    return spent, score / len(cases)
for name, read in (("gerapy-auto-extractor", gerapy), ("trafilatura", trafilatura)):
    turn(read, cases[:warm_up])
    spent, score = min(turn(read, cases) for _ in range(turns))
    print(json.dumps({"name": name, "score": score, "rate": len(cases) / spent}))
"""


def item(number: int) -> str:
    """One entry of a long list, as markup."""
    return (
        f'<li class="i"><h3><a href="/s/{number}">A story of the harbour, part {number}</a></h3>'
        f"<p>Some words that make a summary of part {number}, and then some more of them.</p>"
        f'<time datetime="2024-03-05">5 March 2024</time> <a href="/u/{number % 7}">Mara</a></li>\n'
    )


def long_list(size: int) -> str:
    """A page of about so many characters with nothing but entries."""
    items = "".join(item(number) for number in range(size // len(item(10_000))))
    return f"<html><body><ul>{items}</ul></body></html>"


EXTREMES: Mapping[str, Callable[[], str]] = {
    "100,000 siblings": lambda: "".join(
        f'<a href="/{n}">Title of part {n}</a>' for n in range(100_000)
    ),
    "10,000 levels": lambda: "<div>" * 10_000 + '<a href="/x">A title</a>' + "</div>" * 10_000,
    "one line of 10 MB": lambda: "<p>" + "word " * 2_000_000,
    "10 MB of one tag": lambda: "<br>" * 2_500_000,
    "a link of 60,000 parts": lambda: (
        '<a href="/x">' + "<span>a text</span><b>another</b>" * 30_000 + "</a>"
    ),
    "1,000 entries in each other": lambda: "".join(
        f"<h2>{n % 28 + 1} May 2024</h2>[2024-05-06]<article><a href='/x{n}'>" for n in range(1000)
    ),
    "100,000 rows": lambda: "<table>" + "<tr><td>1</td><td>A title</td></tr>" * 66_000,
}


def measured(name: str, body: str) -> None:
    """Print the time and the greatest memory of one page, read in a process of its own."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".html") as file:
        file.write(body)
        file.flush()
        subprocess.run([sys.executable, __file__, "--one", file.name, "--name", name], check=True)


def one(path: str, name: str) -> None:
    """Read one file and print what it took."""
    body = Path(path).read_bytes()
    start = time.process_time()
    try:
        found = f"{len(split(body, url='https://x.example/', source='listing'))} entries"
    except SplitError as error:
        found = type(error).__name__
    spent = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:24} {len(body) / 1e6:5.1f} MB  {spent:5.2f} s  {memory:4.0f} MB memory  {found}")


def bodies(folder: Path | None) -> Iterator[tuple[bytes, str]]:
    """Pages of a folder, or the made ones, each with its address."""
    if folder is None:
        yield from ((page.html.encode(), page.url) for page in all_pages())
        return
    for path in sorted(folder.glob("*.html*")):
        raw = path.read_bytes()
        body = gzip.decompress(raw) if path.suffix == ".gz" else raw
        yield body, f"https://{path.name.split('.')[0].replace('_', '-')}.example/"


def throughput(folder: Path | None) -> None:
    """Print how many pages are read a second."""
    told = list(bodies(folder))
    size = sum(len(body) for body, _ in told)
    for turn in range(2):  # the first turn loads the data
        start = time.process_time()
        refused = 0
        for body, url in told:
            try:
                split(body, url=url, content_type="text/html", source="listing")
            except SplitError:
                refused += 1
        spent = time.process_time() - start
        if turn:
            print(
                f"{len(told)} pages, {size / 1e6:.1f} MB, {refused} refused: "
                f"{len(told) / spent:.1f} pages/s, {size / spent / USUAL:.1f} of 85 kB a second"
            )


@attrs.frozen(kw_only=True)
class Reader:
    """How one reader did on the pages that all of them got."""

    name: str
    score: float
    """F1 of links, averaged over pages; of no meaning where the links of the pages are unknown."""
    rate: float
    """Pages a second."""


def own_reading(cases: Sequence[Mapping[str, Any]]) -> Reader:
    """This project on the pages that the peers get, as often as they get them."""
    own_turn(cases[:WARM_UP])
    spent, score = min(own_turn(cases) for _ in range(TURNS))
    return Reader(name="this project", score=score, rate=len(cases) / spent)


def own_turn(cases: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Seconds that the pages take, and the average F1 of their links."""
    spent = score = 0.0
    for case in cases:
        body = case["html"].encode()
        start = time.process_time()
        try:
            found = {entry.url for entry in split(body, url=case["url"], source="listing")}
        except SplitError:
            found = set()
        spent += time.process_time() - start
        wanted = set(case["links"])
        all_of = len(found) + len(wanted)
        score += 2 * len(found & wanted) / all_of if all_of else 0
    return spent, score / len(cases)


def cases_of(folder: Path | None) -> list[dict[str, Any]]:
    """Pages with their links, where those are known."""
    if folder is None:
        told = [page for page in all_pages() if page.linked]
        return [{"html": p.html, "url": p.url, "links": [i.url for i in p.items]} for p in told]
    return [
        {"html": body.decode("utf-8", "replace"), "url": url, "links": []}
        for body, url in bodies(folder)
    ]


def peers(folder: Path | None, python: str | None) -> None:
    """Measure this project, then the peers in an environment of their own."""
    cases = cases_of(folder)
    own = own_reading(cases)
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "cases.json"
        data.write_text(json.dumps(cases), encoding="utf-8")
        ran = subprocess.run(
            [python or installed_peers(scratch), "-c", PEER_PROGRAM, str(data), str(WARM_UP),
             str(TURNS)],
            check=True, capture_output=True, encoding="utf-8",
        )  # fmt: skip
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    for reader in (own, *(Reader(**json.loads(line)) for line in lines)):
        score = "" if folder else f"F1 {reader.score:.3f}  "
        ratio = "" if reader is own else f"  this project: {own.rate / reader.rate:.1f} times"
        print(f"{reader.name:24} {score}{reader.rate:7.1f} pages/s{ratio}")


def installed_peers(scratch: str) -> str:
    """The Python of a new environment with the peers."""
    folder = Path(scratch) / "env"
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
    return python


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--peer-python", help="a Python that has the peers already")
    parser.add_argument("--one")
    parser.add_argument("--name", default="")
    options = parser.parse_args()
    if options.one:
        one(options.one, options.name)
        return
    if options.peers:
        peers(options.pages, options.peer_python)
        return
    throughput(options.pages)
    for size in (1_250_000, 2_500_000, 5_000_000, 10_000_000):
        measured(f"a list of {size / 1e6:g} MB", long_list(size))
    for name, make in EXTREMES.items():
        measured(name, f"<html><body>{make()}</body></html>")


if __name__ == "__main__":
    main()
