"""``scrapy status``: how the refreshed sources are."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import inside_project

from normalize.convert import to_json_types
from scraper.commands import FAILED, OK, quiet_pipe, reject_unknown_options, tell, write_result
from scraper.runs.faults import StateError
from scraper.runs.layout import Layout
from scraper.runs.place import OUT_SETTING, find_config, output_directory
from scraper.runs.plan import PlanError
from scraper.runs.state import State
from scraper.runs.status import Overview, overviews, retired_lines, table

_ORPHANED = "neither a spider nor a source of refresh.toml is called so any more;"


class Command(ScrapyCommand):
    """Tell the last outcome, the age, the counts and the trend of every source."""

    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  Scrapy reads a plain dict

    def syntax(self) -> str:
        """The arguments."""
        return "[options] [SOURCE...]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Show how the refreshed sources are"

    def long_desc(self) -> str:
        """The whole help."""
        return (
            "Shows of each source that was refreshed the last outcome and since when it holds, "
            "the last good run, the entries in the feed, the last new entry, and the last "
            "runs; names sources of refresh.toml that were never refreshed, and sources that "
            "have no spider any more. Exit codes: 0 told; 1 nothing can be told (of what was "
            "asked for by name), or, with --max-age, a last good run is longer ago or there was "
            "none; 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        add = parser.add_argument
        add("--config", metavar="FILE", help="configuration (default: refresh.toml, if there)")
        add("--out", metavar="DIR", help="output directory (default: out/refresh)")
        add("--json", action="store_true", help="print JSON")
        add("--max-age", metavar="HOURS", help="fail if a last good run is longer ago, or none was")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the state and tell."""
        reject_unknown_options(args)
        assert self.settings is not None  # noqa: S101  Scrapy sets it before run
        try:
            config = find_config(opts.config)
        except PlanError as error:
            raise UsageError(str(error), print_help=False) from error
        max_age = _hours(opts.max_age)
        layout = Layout(root=output_directory(opts.out, config, self.settings.get(OUT_SETTING)))
        try:
            with State(layout.state, read_only=True) as state:
                sources = overviews(state, args)
                retired = [one for one in state.retired() if not args or one.source in args]
        except StateError as error:
            tell(str(error))
            self.exitcode = FAILED
            return
        now = datetime.now(UTC)
        listed = [plan.name for plan in config.source]
        known = {source.status.source for source in sources} | {one.source for one in retired}
        never = [name for name in args or listed if name not in known]
        orphans = self._orphans({source.status.source for source in sources} - {*listed})
        more = {"retired": retired, "never_refreshed": never, "orphaned": orphans}
        # Of names that nothing is known of there is nothing to show.
        rows = table(sources, now) if sources or not args else []
        lines = [*rows, *retired_lines(retired, now)]
        with quiet_pipe():
            for line in [_json(sources, more, now)] if opts.json else lines:
                write_result(line)
        # A source that is to be refreshed and never was is as stale as can be.
        unknown = [name for name in never if max_age is not None or name not in listed]
        stale = [] if retired and not sources else _stale(sources, now, max_age)
        for told in (*(f"{name} was never refreshed" for name in never), *stale):
            tell(told)
        for name in orphans:
            tell(f"{name}: {_ORPHANED} scrapy refresh --retire {name} takes it out of the feeds")
        self.exitcode = FAILED if unknown or stale else OK

    def _orphans(self, names: set[str]) -> list[str]:
        """Those that no spider is called by; none outside a project, where none is known."""
        if not inside_project() or not names:
            return []
        assert self.settings is not None  # noqa: S101  Scrapy sets it before run
        try:
            spiders = get_spider_loader(self.settings).list()
        except (ImportError, SyntaxError) as error:
            # Which one it is, the next refresh says at more length.
            tell(f"a module of spiders cannot be read: {error}")
            return []
        return sorted(names.difference(spiders))


def _json(sources: list[Overview], more: Mapping[str, object], now: datetime) -> str:
    data = {"sources": [source.to_dict(now) for source in sources], **to_json_types(more)}
    return json.dumps(data, ensure_ascii=False, indent=1)


def _stale(sources: list[Overview], now: datetime, max_age: timedelta | None) -> list[str]:
    if max_age is None:
        return []
    if not sources:
        return ["no run of any source has ended yet"]
    return [
        f"{source.status.source}: last good run {source.status.last_good or 'never'}, older than"
        f" {max_age.total_seconds() / 3600:g} h"
        for source in sources
        if source.is_stale(now, max_age)
    ]


def _hours(told: str | None) -> timedelta | None:
    if told is None:
        return None
    try:
        hours = float(told)
    except ValueError:
        hours = math.nan
    if not 0 <= hours < math.inf:
        raise UsageError(f"--max-age is a number of hours, not {told!r}", print_help=False)
    return timedelta(hours=hours)
