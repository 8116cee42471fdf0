"""Write the fixture pages and the snapshot site from invented content.

Usage: ``python tools/make_fixtures.py [--check]``. The content is in ``tools/fixture_content``, the
structure of the sites' pages in ``tools/fixture_templates``. The output is the same at every run;
``--check`` writes nothing and fails if a file in the folders made here differs or is not made here.
The expected records come from the content, never from the parser that they test.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from fixture_pages import aitopics_cases, huggingface_cases, shamra_cases, site
from fixture_pages.case import Case

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def all_cases() -> list[Case]:
    """Every fixture of every source."""
    modules = (huggingface_cases, aitopics_cases, shamra_cases)
    return [case for module in modules for case in module.cases()]


def files() -> Iterator[tuple[Path, bytes]]:
    """Yield path and content of every file that is made."""
    cases = all_cases()
    for case in cases:
        for name, content in case.files():
            yield FIXTURES / case.source / case.name / name, content
    for name, content in site.files(cases):
        yield FIXTURES / "site" / name, content


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    made = dict(files())
    if check:
        return _compare(made)
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(f"{len(made)} files")
    return 0


def _compare(made: dict[Path, bytes]) -> int:
    # Sources that were recorded (`scrapy genspider -t source`) have fixtures of their own.
    folders = {FIXTURES / path.relative_to(FIXTURES).parts[0] for path in made}
    present = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    wrong = [path for path, content in made.items() if path not in present]
    wrong += [path for path in present if path.read_bytes() != made.get(path)]
    for path in sorted(wrong):
        print(f"differs: {path.relative_to(FIXTURES)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
