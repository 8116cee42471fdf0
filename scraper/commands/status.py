"""``scrapy status``: how the refreshed sources are."""

from __future__ import annotations

import argparse
import json
import math
from datetime import UTC, datetime, timedelta

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from scraper.commands import FAILED, OK, quiet_pipe, reject_unknown_options, tell, write_result
from scraper.runs.faults import StateError
from scraper.runs.layout import Layout
from scraper.runs.place import OUT_SETTING, find_config, output_directory
from scraper.runs.plan import PlanError
from scraper.runs.state import State
from scraper.runs.status import Overview, overviews, table


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
            "runs. Exit codes: 0 told, and with --max-age no source is older; 1 one is, or "
            "nothing can be told; 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        add = parser.add_argument
        add("--config", metavar="FILE", help="configuration (default: refresh.toml, if there)")
        add("--out", metavar="DIR", help="output directory (default: out/refresh)")
        add("--json", action="store_true", help="print JSON")
        add("--max-age", metavar="HOURS", help="fail if a last good run is longer ago")

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
        except StateError as error:
            tell(str(error))
            self.exitcode = FAILED
            return
        now = datetime.now(UTC)
        with quiet_pipe():
            _show(sources, now, as_json=opts.json)
        # A source that is to be refreshed and never was is as stale as can be.
        wanted = args or [plan.name for plan in config.source]
        stale = _unknown(sources, wanted) + _stale(sources, now, max_age)
        for told in stale:
            tell(told)
        self.exitcode = FAILED if stale else OK


def _show(sources: list[Overview], now: datetime, *, as_json: bool) -> None:
    if as_json:
        data = {"sources": [source.to_dict(now) for source in sources]}
        write_result(json.dumps(data, ensure_ascii=False, indent=1))
        return
    for line in table(sources, now):
        write_result(line)


def _unknown(sources: list[Overview], wanted: list[str]) -> list[str]:
    known = {source.status.source for source in sources}
    return [f"{name} was never refreshed" for name in wanted if name not in known]


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
