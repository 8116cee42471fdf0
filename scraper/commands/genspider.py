"""``scrapy genspider``: Scrapy's command, with a template that makes a whole source of one page."""

from __future__ import annotations

import argparse
import difflib
import keyword
import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module, resources
from importlib.util import find_spec
from pathlib import Path

import attrs
from scrapy.commands import genspider
from scrapy.commands.edit import _edit_file
from scrapy.exceptions import UsageError
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.conf import closest_scrapy_cfg

from scraper.commands import (
    FAILED,
    USAGE,
    check_instant,
    quiet_pipe,
    reject_unknown_options,
    tell,
    write_result,
)
from scraper.errors import SplitError
from scraper.scaffold.cases import Case, cases
from scraper.scaffold.draft import document_of, draft
from scraper.scaffold.files import Place, declared, write
from scraper.scaffold.module import module_text
from scraper.scaffold.neighbours import Recorded, paths_of, private_hosts, recorded
from scraper.scaffold.page import (
    Page,
    PageUnavailable,
    fetch_page,
    is_address,
    read_page,
)
from scraper.scaffold.recording import changes_told, no_longer_refused, record_again
from scraper.scaffold.review import review
from scraper.split.listing.sources import FALLBACKS
from scraper.split.registry import known_sources
from scraper.split.source import Source

TEMPLATE = "source"
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_SURE = 0.5
_WIDTH = 120


class Command(genspider.Command):
    """Write a source with what one page of it shows; other templates are Scrapy's own."""

    def syntax(self) -> str:
        """Arguments, for the help."""
        return "[options] <name> <domain or, with -t source, url; with --record nothing>"

    def long_desc(self) -> str:
        """Paragraph, for the help."""
        return (
            "Generates a spider from a template. The template 'source' makes a whole source of one "
            "listing page: the spider, the fixture with what was read of the page, and a table to "
            "review. Exit code 0: written; 1: the page gives no source, nothing was written; 2: "
            "wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        group = parser.add_argument_group("template 'source'")
        group.add_argument("--file", metavar="FILE", help="a saved page, in place of fetching one")
        group.add_argument("--url", metavar="URL", help="address that the saved page has")
        group.add_argument(
            "--fetched-at",
            metavar="TIME",
            help="when the saved page was fetched (RFC 3339): the clock of its relative dates",
        )
        group.add_argument(
            "--record",
            action="store_true",
            help="record what the source, once corrected, makes of its fixture, and show the "
            "changes",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write a source, or hand over to Scrapy."""
        if opts.dump == TEMPLATE:
            text = resources.files("scraper").joinpath("data/source.tmpl").read_text("utf-8")
            write_result(text.rstrip("\n"))
        elif opts.list or opts.dump or opts.template != TEMPLATE:
            super().run(args, opts)
        elif opts.record:
            with quiet_pipe():
                self._record_again(args, opts)
        else:
            with quiet_pipe():
                self._make_source(args, opts)

    def _find_template(self, template: str) -> Path | None:
        with redirect_stdout(None):
            found = super()._find_template(template)
        if found is None:
            known = [TEMPLATE, *(path.stem for path in Path(self.templates_dir).glob("*.tmpl"))]
            close = difflib.get_close_matches(template, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise UsageError(
                f"no template is called {template!r}.{hint} Known: {', '.join(sorted(known))}.",
                print_help=False,
            )
        return found

    def _spider_exists(self, name: str) -> bool:
        exists = super()._spider_exists(name)
        if exists:
            self.exitcode = USAGE
        return exists

    def _list_templates(self) -> None:
        super()._list_templates()
        write_result(f"  {TEMPLATE} (a whole source, made of one page)")

    def _make_source(self, args: list[str], opts: argparse.Namespace) -> None:
        name, url = _arguments(args, opts)
        place = self._place(name)
        self._refuse_taken(name, place, force=opts.force)
        others = [source for source in known_sources().values() if source.name != name]
        pages = recorded(place.fixture.parent, name)
        if url:
            _paths(name, url, others, pages)
        try:
            page = self._page(url, opts)
            made = attrs.evolve(
                draft(name, page, others=[other.text for other in pages]),
                paths=_paths(name, page.url or "", others, pages),
                hosts=private_hosts(page.url or "", ask=opts.file is None),
            )
            module = module_text(made)
            found = cases(made, declared(module, name), others)
        except (SplitError, PageUnavailable) as error:
            tell(f"{name}: {error}. Nothing was written.")
            self.exitcode = FAILED
            return
        for line in review(made, found, width=shutil.get_terminal_size((_WIDTH, 0)).columns):
            write_result(line)
        if made.confidence < _SURE and not opts.force:
            tell(
                f"{name}: the list hardly stands out from the page (confidence "
                f"{made.confidence:.2f}). Nothing was written; --force writes it all the same."
            )
            self.exitcode = FAILED
            return
        self._write(place, module, found)
        for line in _next_steps(name, place, module, found):
            write_result(line)
        if opts.edit:
            self.exitcode = _edit_file(self._settings()["EDITOR"], place.module)

    def _record_again(self, args: list[str], opts: argparse.Namespace) -> None:
        reject_unknown_options(args)
        if len(args) != 1 or opts.file or opts.url:
            raise UsageError("--record takes the name of a source alone", print_help=False)
        source, fixture = known_sources().get(args[0]), self._place(args[0]).fixture
        if source is None or not fixture.is_dir():
            raise UsageError(f"no source {args[0]!r} with a fixture here", print_help=False)
        try:
            made = record_again(fixture, source)
            for recording in made:
                recording.write()
            read = no_longer_refused(fixture, source)
        except SplitError as error:
            tell(f"{args[0]}: {error}. Nothing was recorded.")
            self.exitcode = FAILED
            return
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot record {fixture}: {error}", print_help=False) from error
        for line in changes_told(made, read):
            write_result(line)

    def _place(self, name: str) -> Place:
        config = closest_scrapy_cfg()
        package = self._settings().get("NEWSPIDER_MODULE")
        if not config or not package:
            raise UsageError(
                "a source belongs to a project: run this in a checkout of the project, where "
                "scrapy.cfg and the setting NEWSPIDER_MODULE say where spiders are",
                print_help=False,
            )
        file = import_module(package).__file__
        root = Path(config).parent
        folder = Path(file).parent if file else root / package.replace(".", "/")
        return Place(module=folder / f"{name}.py", fixture=root / "fixtures" / name)

    def _refuse_taken(self, name: str, place: Place, *, force: bool) -> None:
        """Refuse what would be two sources of one name."""
        if place.taken and not force:
            told = " and ".join(map(str, place.taken))
            raise UsageError(f"{told} exists; --force overwrites it", print_help=False)
        if name in get_spider_loader(self._settings()).list() and not place.module.exists():
            raise UsageError(f"another module has a spider called {name!r}", print_help=False)

    def _page(self, url: str | None, opts: argparse.Namespace) -> Page:
        if opts.file is None:
            return fetch_page(url or "", self._settings())
        page = read_page(opts.file, url=url, fetched_at=opts.fetched_at)
        address = page.url or document_of(page).stated_url
        if not address:
            raise UsageError(
                f"{opts.file} does not state its address: give it with --url", print_help=False
            )
        return attrs.evolve(page, url=address)

    def _write(self, place: Place, module: str, found: Sequence[Case]) -> None:
        try:
            write(place, module, found)
        except OSError as error:
            raise UsageError(f"cannot write: {error}", print_help=False) from error

    def _settings(self) -> Settings:
        assert self.settings is not None  # noqa: S101  Scrapy sets it before run
        return self.settings


def _arguments(args: list[str], opts: argparse.Namespace) -> tuple[str, str | None]:
    """Name and address.

    Raises:
        UsageError: they are too few, too many or malformed.
    """
    reject_unknown_options(args)
    check_instant(opts.fetched_at)
    name, *addresses = args or [""]
    addresses += [opts.url] if opts.url else []
    if not name or len(addresses) > 1 or not (addresses or opts.file):
        raise UsageError("give a name and a URL, or a name and --file FILE", print_help=False)
    url = addresses[0] if addresses else None
    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or name in FALLBACKS:
        raise UsageError(
            f"{name!r} cannot name a source: lower-case letters, digits and single underscores, "
            "as in 'daily_news'; not a word of Python, not 'listing' or 'feed'",
            print_help=False,
        )
    if url and not is_address(url):
        raise UsageError(f"an address begins with http:// or https://: {url!r}", print_help=False)
    return name, url


def _paths(
    name: str, url: str, others: Sequence[Source], pages: Sequence[Recorded]
) -> tuple[str, ...]:
    """What tells the source's pages from those of others.

    Raises:
        UsageError: nothing does.
    """
    paths = paths_of(name, url, others, pages)
    if paths is None:
        sharing = ", ".join(repr(source.name) for source in others if source.serves(url))
        raise UsageError(
            f"{url} is a page of the source {sharing}, and its address does not tell two sources "
            "apart: give that source `paths` first (docs/new-source.md), or read the page with "
            f"scrapy crawl listing -a url={shlex.quote(url)}",
            print_help=False,
        )
    return paths


def _tool(name: str) -> str:
    """A command as it is called here: by its name, or by its path where that is not enough."""
    return name if shutil.which(name) else os.path.relpath(Path(sys.executable).with_name(name))


def _next_steps(name: str, place: Place, module: str, found: Sequence[Case]) -> list[str]:
    lines = len(module.splitlines())
    told = ", ".join(case.name for case in found)
    page = place.fixture / "first_page" / "page.html"
    pytest = [] if find_spec("pytest") else ["  make .venv/.dev   (once: brings pytest)"]
    return [
        "",
        f"Written: {place.module} ({lines} lines), {place.fixture} ({told})",
        "Correct what is wrong in both, then:",
        *pytest,
        f"  {_tool('pytest')} tests/test_sources.py -k {name}",
        f"  {_tool('scrapy')} crawl {name} -O {name}.jsonl",
        f"  {_tool('scrapy')} inspect {page} --source {name} -o {name}.html",
        "The recorded page is the site's own: before publishing it, put invented texts in it.",
    ]
