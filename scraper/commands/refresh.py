"""``scrapy refresh``: crawl, check, publish and report, unattended."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import inside_project

from scraper.bulk.stop import Stopped, StopSignals
from scraper.commands import FAILED, OK, reject_unknown_options, tell, write_result
from scraper.runs.channels import missing_variable
from scraper.runs.checked_arguments import check_arguments, labelled, without_arguments
from scraper.runs.checked_settings import check_settings
from scraper.runs.faults import LocksBusy, RefreshError
from scraper.runs.layout import Layout
from scraper.runs.making import making
from scraper.runs.options import CrawlOptions
from scraper.runs.place import OUT_SETTING, find_config, output_directory
from scraper.runs.plan import Config, PlanError, choose
from scraper.runs.progress import Progress
from scraper.runs.publish import PublishOptions
from scraper.runs.report import LOCKED, refused_line, to_json
from scraper.runs.retire import retire
from scraper.runs.session import End, Order, carry_out
from scraper.translation import languages_wanted

JOBS = 4
"""Crawls at once: they wait for their sites most of the time."""

_OF_SIGNALS = 128
_OWN_LOG = frozenset({"LOG_ENABLED", "LOG_FILE"})


class Command(ScrapyCommand):
    """Refresh sources: what cron runs."""

    # Scrapy would call the command unknown.
    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  Scrapy reads a plain dict

    def syntax(self) -> str:
        """The arguments."""
        return "[options] [SOURCE...]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Crawl sources, check what came, publish it whole or keep what was there"

    def long_desc(self) -> str:
        """The whole help."""
        return (
            "Crawls sources (those named, those of refresh.toml, or --all), each in a process of "
            "its own, checks each run against the good ones before it, and publishes: feeds, "
            "changes, manifest. A run that is not good leaves the last good feed in its place. "
            "Exit codes: 0 published or nothing new, 1 crash or unwritable output, 2 wrong "
            "usage, 3 withheld, 4 some sources published and some not, 75 another refresh is at "
            "work on them, 130 stopped by Ctrl-C, 143 by SIGTERM."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        add = parser.add_argument
        add("--all", action="store_true", help="all sources that need no arguments")
        add("--config", metavar="FILE", help="sources and limits (default: refresh.toml, if there)")
        add("--out", metavar="DIR", help="output directory (default: out/refresh)")
        add("--jobs", metavar="N", help="crawls at once (default: 4)")
        add("--since", metavar="DATE", help="leave out new entries published before that day")
        add("--to", metavar="LANGS", help="languages to translate into (en,fr), or none")
        add("--accept", action="store_true", help="publish though the list is unlike the last ones")
        add("--fresh", action="store_true", help="read all pages again, also unchanged ones")
        add("--archive", action="store_true", help="keep the responses of this refresh (WARC)")
        add(
            "--replay",
            metavar="WARC",
            action="append",
            default=[],
            help="read kept responses: files and directories, comma separated; may be repeated",
        )
        add(
            "--retire",
            metavar="SOURCE",
            action="append",
            default=[],
            help="take a source out of feeds and manifest, nothing else; may be repeated",
        )
        add("--gzip", action="store_true", help="publish feeds compressed")
        add("--json", action="store_true", help="print the outcome as JSON")
        add(
            "-a",
            dest="arguments",
            metavar="SOURCE.KEY=VALUE",
            action="append",
            default=[],
            help="a spider argument of one source",
        )
        add("--base", metavar="SOURCE=URL", action="append", default=[], help="a copy to crawl")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Refresh, then tell."""
        reject_unknown_options(args)
        if not inside_project():
            raise UsageError(
                "this is not a project directory (with a scrapy.cfg, here or above): refresh "
                "crawls with a project's spiders and settings",
                print_help=False,
            )
        try:
            config = find_config(opts.config)
            if opts.retire:
                self.exitcode = self._retire(args, opts, config)
                return
            order = self._order(args, opts, config)
        except PlanError as error:
            raise UsageError(str(error), print_help=False) from error
        redraw = sys.stderr.isatty()
        with closing(Progress([p.name for p in order.plans], sys.stderr, redraw=redraw)) as table:
            self.exitcode = _conduct(order, table, as_json=opts.json)

    def _order(self, args: list[str], opts: argparse.Namespace, config: Config) -> Order:
        loader = get_spider_loader(self._settings)
        plans = choose(
            args,
            config=config,
            spiders=loader.list(),
            without_arguments=without_arguments(loader) if opts.all else (),
            everything=opts.all,
            arguments=opts.arguments,
            bases=opts.base,
        )
        plans = tuple(labelled(loader, plan) for plan in plans)
        check_arguments(loader, plans)
        check_settings(self._settings, plans)
        if variable := missing_variable(config.notify):
            raise PlanError(f"[notify]: the environment has no {variable}")
        target = self._target(opts.to, config)
        layout = self._layout(opts, config)
        return Order(
            plans=plans,
            layout=layout,
            jobs=_jobs(opts.jobs, config),
            crawl=CrawlOptions(
                settings=self._crawl_settings(target, layout),
                archive=opts.archive or config.archive,
                replay=_replay(opts.replay),
                fresh=opts.fresh,
                making=making(target, self._settings.get("TRANSLATE_MODELS_DIR")),
            ),
            publish=_publish_options(target, config),
            notify=config.notify,
            since=_day(opts.since),
            accept=opts.accept,
        )

    def _retire(self, args: list[str], opts: argparse.Namespace, config: Config) -> int:
        if args or opts.all:
            raise PlanError(f"--retire stands alone: write --retire {' --retire '.join(args)}")
        layout = self._layout(opts, config)
        options = _publish_options(self._target(opts.to, config), config)
        names = [*dict.fromkeys(opts.retire)]
        code = _or_told(
            lambda signals: retire(
                names, layout=layout, options=options, signals=signals, tell=tell
            )
        )
        if code == OK:
            listed = {plan.name for plan in config.source}
            spiders = get_spider_loader(self._settings).list()
            for name in names:
                if name in listed:
                    tell(f"{name}: refresh.toml still lists it: the next refresh brings it back")
                elif name in spiders:
                    tell(f"{name}: its spider is still there: a refresh --all brings it back")
        return code

    def _layout(self, opts: argparse.Namespace, config: Config) -> Layout:
        root = output_directory(opts.out, config, self._settings.get(OUT_SETTING))
        if root.exists() and not root.is_dir():
            raise PlanError(f"the output directory {root} is a file")
        return Layout(root=root, gzip=opts.gzip or config.gzip)

    @property
    def _settings(self) -> BaseSettings:
        assert self.settings is not None  # noqa: S101  Scrapy sets it before run
        return self.settings

    def _target(self, told: str | None, config: Config) -> tuple[str, ...]:
        setting = self._settings.get("TRANSLATE_TO")
        values = (("--to", told), ("to", config.to), ("TRANSLATE_TO", setting))
        name, value = next((one for one in values if one[1]), values[-1])
        try:
            return languages_wanted(value)
        except ValueError as error:
            told = str(error).replace("TRANSLATE_TO", name)
            raise PlanError(f"{told}; {value!r} was given") from error

    def _crawl_settings(self, target: tuple[str, ...], layout: Layout) -> dict[str, str]:
        """Settings of all crawls: those of the command line go on to them."""
        settings = self._settings
        told = {
            str(name): str(settings[name])
            for name in settings
            if settings.getpriority(name) == SETTINGS_PRIORITIES["cmdline"] and name not in _OWN_LOG
        }
        if target:
            cache = settings.get("TRANSLATE_CACHE") or layout.translations
            told |= {"TRANSLATE_TO": ",".join(target), "TRANSLATE_CACHE": str(cache)}
        else:
            told["TRANSLATE_TO"] = "none"
        return told


def _conduct(order: Order, progress: Progress, *, as_json: bool) -> int:
    def refresh(signals: StopSignals) -> int:
        end = carry_out(
            order,
            progress=progress,
            signals=signals,
            refuse=lambda source, holder: progress.drop(source, refused_line(source, holder)),
        )
        progress.close()
        if end.unpublished is not None:
            tell(f"refresh: {end.unpublished}")
        if as_json:
            _write_json(end)
        return end.exit_code

    return _or_told(refresh, before=progress.close)


def _or_told(work: Callable[[StopSignals], int], before: Callable[[], None] = lambda: None) -> int:
    """Work; say why it ended early, if it did. What is done before saying so: ``before``."""
    try:
        with StopSignals() as signals:
            return work(signals)
    except Stopped as stopped:
        before()
        tell(f"stopped by {stopped}; what was published stands")
        return _OF_SIGNALS + stopped.signum
    except (RefreshError, OSError) as error:
        before()
        tell(f"refresh: {error}")
        return LOCKED if isinstance(error, LocksBusy) else FAILED


def _publish_options(target: tuple[str, ...], config: Config) -> PublishOptions:
    return PublishOptions(
        target=target[0] if target else None,
        title=config.title,
        base_url=config.base_url,
        newest=config.newest,
    )


def _write_json(end: End) -> None:
    data = to_json(end.reports, end.refused, end.unpublished, end.exit_code)
    write_result(json.dumps(data, ensure_ascii=False, indent=1))


def _jobs(told: str | None, config: Config) -> int:
    if told is None:
        return config.jobs or JOBS
    if not told.isdecimal() or int(told) < 1:
        raise PlanError(f"--jobs is a whole number from 1, not {told!r}")
    return int(told)


def _day(told: str | None) -> str | None:
    try:
        return told and date.fromisoformat(told).isoformat()
    except ValueError as error:
        raise PlanError(f"--since is a day like 2026-05-09, not {told!r}") from error


def _replay(told: list[str]) -> tuple[Path, ...]:
    names = [name.strip() for one in told for name in one.split(",")]
    paths = tuple(Path(name).absolute() for name in names if name)
    for path in paths:
        if not path.exists():
            raise PlanError(f"--replay: there is no archive {path}")
        if "," in str(path):
            raise PlanError(f"--replay: the working directory may hold no comma: {path}")
    return paths
