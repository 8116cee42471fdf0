"""``make demo``: crawl the bundled snapshot of the three portals into ``out/feed.jsonl``.

The spiders and settings are those of a live crawl, the delays between requests among them; only
the base URL differs. Arabic and French entries are translated by the small models in
``fixtures/models``, which know the snapshot's sentences by heart and no others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from normalize.translate.packages import install
from scraper.atomic import atomic_writer
from tools.snapshot_site import serve

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "out"
MODELS = OUT / "models"
SECONDS = 300
SHOWN = (("ar", 2), ("fr", 1))
"""Translated titles shown, by language."""


def main() -> int:
    """Crawl, join the feeds, tell what came out."""
    OUT.mkdir(exist_ok=True)
    for package in sorted((ROOT / "fixtures" / "models").glob("*.argosmodel")):
        install(package, MODELS)
    print("Crawling the snapshot of three portals, politely (about 45 seconds) ...", flush=True)
    with serve() as bases:
        failed = _crawl(bases)
    if failed:
        print(f"These crawls failed: {', '.join(failed)}; see {OUT}/*.log", file=sys.stderr)
        return 1
    feed = OUT / "feed.jsonl"
    with atomic_writer(feed) as out:
        for source in bases:
            out.write((OUT / f"{source}.jsonl").read_text(encoding="utf-8"))
    _tell(feed)
    return 0


def _crawl(bases: Mapping[str, str]) -> list[str]:
    """Crawl all sources side by side; the names of those that failed."""
    crawls = {
        source: subprocess.Popen(
            [
                Path(sys.executable).with_name("scrapy"),
                "crawl",
                source,
                *("-a", f"base={base}"),
                *("-s", "TRANSLATE_TO=en", "-s", f"TRANSLATE_MODELS_DIR={MODELS}"),
                *("-O", OUT / f"{source}.jsonl"),
                *("--logfile", OUT / f"{source}.log"),
            ],
            cwd=ROOT,
        )
        for source, base in bases.items()
    }
    return [source for source, crawl in crawls.items() if crawl.wait(SECONDS)]


def _tell(feed: Path) -> None:
    records = [json.loads(line) for line in feed.read_text(encoding="utf-8").splitlines()]
    counts = Counter((record["source"], record["language"]) for record in records)
    print(f"\n{len(records)} records in {feed.relative_to(ROOT)}\n")
    for (source, language), count in sorted(counts.items()):
        print(f"  {source:<20} {language:<4} {count:>3}")
    _show_translations(records)
    print(
        "Look at it:     .venv/bin/scrapy validate out/feed.jsonl"
        "\nSplit a page:   .venv/bin/scrapy split fixtures/shamra_academia/first_page/page.html"
        "\nCrawl live:     .venv/bin/scrapy crawl huggingface_papers -O papers.jsonl"
        " -s CONTACT_URL=https://your.site/about"
    )


def _show_translations(records: Sequence[Mapping[str, Any]]) -> None:
    """Show titles that were translated, the original beside the English."""
    print("\nTranslated on this machine, the originals kept:\n")
    for language, most in SHOWN:
        pairs = [
            (record["title"], record["translations"]["en"])
            for record in records
            if record["language"] == language
        ]
        # Titles that the page itself gives in English are no translation of ours.
        ours = [
            (title, t["title"]) for title, t in pairs if (t["engine"] or "").startswith("argos")
        ]
        for original, english in ours[:most]:
            # Isolated, so that a terminal lays out each side by its own direction.
            print(f"  {language}  \u2068{original}\u2069\n   →  {english}\n")


if __name__ == "__main__":
    sys.exit(main())
