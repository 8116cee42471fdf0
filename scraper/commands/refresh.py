"""``scrapy refresh``: crawl, check, publish and report, unattended."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import attrs
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from scrapy.spiderloader import SpiderLoaderProtocol, get_spider_loader
from scrapy.utils.project import inside_project

from scraper.bulk.stop import Stopped, StopSignals
from scraper.commands import FAILED, reject_unknown_options, tell, write_result
from scraper.errors import SpiderArgumentError
from scraper.runs.channels import missing_variable
from scraper.runs.checked_settings import check_settings
from scraper.runs.faults import LocksBusy, RefreshError
from scraper.runs.layout import Layout
from scraper.runs.making import making
from scraper.runs.options import CrawlOptions
from scraper.runs.place import OUT_SETTING, find_config, output_directory
from scraper.runs.plan import Config, PlanError, SourcePlan, choose
from scraper.runs.progress import Progress
from scraper.runs.publish import PublishOptions
from scraper.runs.report import LOCKED, refused_line, to_json
from scraper.runs.session import End, Order, carry_out
from scraper.sources import SourceSpider
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
            without_arguments=_without_arguments(loader) if opts.all else (),
            everything=opts.all,
            arguments=opts.arguments,
            bases=opts.base,
        )
        plans = tuple(_labelled(loader, plan) for plan in plans)
        _check_arguments(loader, plans)
        check_settings(self._settings, plans)
        if variable := missing_variable(config.notify):
            raise PlanError(f"[notify]: the environment has no {variable}")
        root = output_directory(opts.out, config, self._settings.get(OUT_SETTING))
        if root.exists() and not root.is_dir():
            raise PlanError(f"the output directory {root} is a file")
        target = self._target(opts.to, config)
        layout = Layout(root=root, gzip=opts.gzip or config.gzip)
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
            publish=PublishOptions(
                target=target[0] if target else None,
                title=config.title,
                base_url=config.base_url,
                newest=config.newest,
            ),
            notify=config.notify,
            since=_day(opts.since),
            accept=opts.accept,
        )

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
    try:
        with StopSignals() as signals:
            end = carry_out(
                order,
                progress=progress,
                signals=signals,
                refuse=lambda source, holder: progress.drop(source, refused_line(source, holder)),
            )
    except Stopped as stopped:
        progress.close()
        tell(f"stopped by {stopped}; what was published stands")
        return _OF_SIGNALS + stopped.signum
    except (RefreshError, OSError) as error:
        progress.close()
        tell(f"refresh: {error}")
        return LOCKED if isinstance(error, LocksBusy) else FAILED
    progress.close()
    if end.unpublished is not None:
        tell(f"refresh: {end.unpublished}")
    if as_json:
        _write_json(end)
    return end.exit_code


def _write_json(end: End) -> None:
    data = to_json(end.reports, end.refused, end.unpublished, end.exit_code)
    write_result(json.dumps(data, ensure_ascii=False, indent=1))


def _without_arguments(loader: SpiderLoaderProtocol) -> list[str]:
    return [name for name in loader.list() if _refusal(loader, SourcePlan(name=name)) is None]


def _check_arguments(loader: SpiderLoaderProtocol, plans: tuple[SourcePlan, ...]) -> None:
    for plan in plans:
        refusal = _refusal(loader, plan)
        if refusal is not None:
            raise PlanError(f"{plan.name}: {_in_words_of_refresh(refusal, plan)}")


def _in_words_of_refresh(refusal: str, plan: SourcePlan) -> str:
    """A spider's refusal, which speaks of the arguments of ``scrapy crawl``."""
    if refusal.startswith("label") and plan.args.get("label") == plan.name:
        return f"name{refusal.removeprefix('label')} It is the source of the entries."
    written = f'args = {{ url = "…" }} in refresh.toml, or -a {plan.name}.url=URL'
    return refusal.replace("-a url=URL", written)


def _labelled(loader: SpiderLoaderProtocol, plan: SourcePlan) -> SourcePlan:
    """Let a spider for any site give its entries the name that they are published under."""
    takes = getattr(loader.load(plan.spider), "arguments", ())
    if plan.name == plan.spider or "label" not in takes or "label" in plan.args:
        return plan
    return attrs.evolve(plan, args={**plan.args, "label": plan.name})


def _refusal(loader: SpiderLoaderProtocol, plan: SourcePlan) -> str | None:
    """Why a spider would not crawl with these arguments; in its process it would be too late."""
    spider = loader.load(plan.spider or plan.name)
    if not issubclass(spider, SourceSpider):
        return "its spider is not of this project's kind (scraper.sources.SourceSpider)"
    try:
        spider(**plan.args).first_urls()
    except SpiderArgumentError as error:
        return str(error)
    return None


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
