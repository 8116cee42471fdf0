"""``scrapy inspect``: a page with what was read of it marked in place."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from normalize.model import Entry
from scraper.atomic import atomic_writer
from scraper.commands import (
    FAILED,
    check_address,
    check_instant,
    quiet_pipe,
    reject_unknown_options,
    tell,
)
from scraper.errors import NoEntries, SplitError, UnknownSource
from scraper.inspect.render import inspected
from scraper.scaffold.page import (
    Page,
    PageUnavailable,
    fetch_page,
    is_address,
    read_page,
)
from scraper.split import split
from scraper.split.decode import decode
from scraper.split.document import Document, kind_of
from scraper.split.registry import known_sources


class Command(ScrapyCommand):
    """Write a page with its entries outlined."""

    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  Scrapy reads a plain dict

    def syntax(self) -> str:
        """Arguments, for the help."""
        return "[options] <url or file>"

    def short_desc(self) -> str:
        """One line, for the list of commands."""
        return "Show a page with its entries and their fields outlined (HTML)"

    def long_desc(self) -> str:
        """Paragraph, for the help."""
        return (
            "Reads a listing page (a URL, a saved file, .gz of one, - for standard input) and "
            "writes an HTML file that shows it with its entries and their fields outlined, and "
            "what was read of each beside it. Nothing of the page runs in that file, and it "
            "fetches nothing. Exit code 0: written; 1: the page has no entries or cannot be had; "
            "2: wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE, not to "
                            "standard output")  # fmt: skip
        parser.add_argument("--source", metavar="NAME", help="the source; found out if not named")
        parser.add_argument("--base-url", metavar="URL", help="address that a saved page has")
        parser.add_argument(
            "--fetched-at",
            metavar="TIME",
            help="when a saved page was fetched (RFC 3339): the clock of its relative dates",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the page, write what it shows."""
        reject_unknown_options(args)
        check_instant(opts.fetched_at)
        check_address("--base-url", opts.base_url)
        if len(args) != 1:
            raise UsageError(f"give one address or file, not {len(args)}", print_help=False)
        name = args[0]
        try:
            text = _inspected(name, self._page(name, opts), opts.source)
        except UnknownSource as error:
            raise UsageError(str(error), print_help=False) from error
        except (SplitError, PageUnavailable) as error:
            tell(f"{name}: {error}")
            self.exitcode = FAILED
            return
        _write(text, opts.output)

    def _page(self, name: str, opts: argparse.Namespace) -> Page:
        if not is_address(name):
            return read_page(name, url=opts.base_url, fetched_at=opts.fetched_at)
        settings = self.settings
        assert isinstance(settings, Settings)  # noqa: S101  Scrapy sets it before run
        return fetch_page(name, settings)


def _inspected(name: str, page: Page, source: str | None) -> str:
    entries = split(
        page.body,
        url=page.url,
        content_type=page.content_type,
        source=source,
        fetched_at=page.fetched_at,
    )
    if not entries:
        raise NoEntries("The page says that there are no entries", where=page.url)
    return inspected(_document(page, entries), entries, name=page.url or name)


def _document(page: Page, entries: list[Entry]) -> Document:
    """The page as the entries' source reads it, with a tree of its own."""
    source = known_sources().get(entries[0].source)
    decoded = decode(
        page.body,
        content_type=page.content_type,
        languages=source.languages if source else (),
        override=source.encoding if source else None,
    )
    text = decoded.text.removeprefix("\ufeff")
    home = source.home if source else None
    return Document(text=text, kind=kind_of(text, page.content_type), url=page.url, base_url=home)


def _write(text: str, output: str | None) -> None:
    try:
        if output is None:
            with quiet_pipe():
                sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        else:
            with atomic_writer(output) as file:
                file.write(text)
    except OSError as error:
        raise UsageError(
            f"cannot write {output or 'standard output'}: {error.strerror}", print_help=False
        ) from error
