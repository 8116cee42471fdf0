"""Which sources a refresh crawls, with what arguments and limits: command line and refresh.toml."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from normalize.convert import InvalidEntry, from_json_types
from scraper.runs.model import Policy
from scraper.runs.tables import fault_in, unknown

CONFIG_NAME = "refresh.toml"
TIMEOUT = 1800.0
MIN_SHARE = 0.5
MAX_QUIET_DAYS = 30.0

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class PlanError(ValueError):
    """The command line or ``refresh.toml`` asks for what cannot be."""


@attrs.frozen(kw_only=True)
class SourcePlan:
    """One source of a refresh; also a table ``[[source]]`` of ``refresh.toml``."""

    name: str
    """Its name in the output: a directory below ``sources/``."""

    spider: str = ""
    """The spider that crawls it; empty for the spider of that name."""

    args: Mapping[str, str] = attrs.field(factory=dict)
    """Spider arguments."""

    settings: Mapping[str, str] = attrs.field(factory=dict)
    """Scrapy settings of its crawl."""

    timeout: float = TIMEOUT
    """Seconds that its crawl may take."""

    min_entries: int | None = None
    """Entries on its pages below which the run is withheld; beside the spider's own bounds."""

    max_entries: int | None = None
    """Entries on its pages above which somebody should look."""

    min_share: float = MIN_SHARE
    """Share of the usual entries of a page below which the run is withheld; 0: none is."""

    max_quiet_days: float = MAX_QUIET_DAYS
    """Days without a new entry after which somebody should look; 0: any number."""

    policy: Policy | None = None
    """What stays in its feed; None for what the refresh says."""


@attrs.frozen(kw_only=True)
class EmailTable:
    """Table ``[notify.email]``."""

    host: str
    to: tuple[str, ...]
    sender: str
    port: int = 25
    starttls: bool = False
    user: str = ""
    password: str = ""
    """The password, or ``env:NAME`` for the environment variable that holds it."""


@attrs.frozen(kw_only=True)
class NotifyTable:
    """Table ``[notify]``: who is told when the outcome of a source changes."""

    webhook: str = ""
    """Address that JSON is posted to, or ``env:NAME``."""

    command: tuple[str, ...] = ()
    """Program and arguments that get the JSON on standard input."""

    email: EmailTable | None = None
    quiet_minutes: float = 60.0
    """Minutes after a notification in which the same source is not told of again; doubled each
    time, up to a day, while its outcome keeps changing."""


@attrs.frozen(kw_only=True)
class Config:
    """The whole of ``refresh.toml``."""

    out: str | None = None
    jobs: int | None = None
    to: str | None = None
    archive: bool = False
    gzip: bool = False
    timeout: float = TIMEOUT
    title: str = "khulasa"
    """Title of Atom and JSON Feed."""

    base_url: str | None = None
    """Address at which the output directory is served, if it is."""

    newest: int = 50
    """Entries in Atom and JSON Feed."""

    policy: Policy = attrs.field(factory=Policy)
    notify: NotifyTable = attrs.field(factory=NotifyTable)
    source: tuple[SourcePlan, ...] = ()


def read_config(path: Path) -> Config:
    """Read ``refresh.toml``.

    Raises:
        PlanError: it cannot be read, or says what is not understood; the message names it.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{path}: {error}") from error
    fault = fault_in(data, Config)
    if fault is not None:
        raise PlanError(f"{path}: {fault}")
    tables = data.get("source", [])
    if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
        default = {"timeout": data.get("timeout", TIMEOUT)}
        data["source"] = [default | _texts(table) for table in tables]
    try:
        config = from_json_types(data, Config)
    except InvalidEntry as error:
        raise PlanError(f"{path}: {error}") from error
    _check(config, path)
    return config


def choose(  # noqa: PLR0913  the options of the command, by name
    names: Sequence[str],
    *,
    config: Config,
    spiders: Collection[str],
    without_arguments: Iterable[str],
    everything: bool,
    arguments: Sequence[str],
    bases: Sequence[str],
) -> tuple[SourcePlan, ...]:
    """The sources that a refresh is asked for.

    Args:
        names: as given; sources of the configuration or spiders. None given and not `everything`:
            all of the configuration.
        config: of ``refresh.toml``.
        spiders: names of all spiders.
        without_arguments: those that can crawl without being told what.
        everything: all of the configuration and all spiders `without_arguments`.
        arguments: ``NAME.key=value`` each.
        bases: ``NAME=URL`` each, for the argument ``base``.

    Raises:
        PlanError: a name is not known, or nothing was asked for.
    """
    known = {plan.name: plan for plan in config.source}
    for spider in spiders:
        known.setdefault(spider, SourcePlan(name=spider, timeout=config.timeout))
    wanted = list(dict.fromkeys(names))
    if everything:
        wanted = [*dict.fromkeys([*(p.name for p in config.source), *sorted(without_arguments)])]
    elif not names:
        wanted = [plan.name for plan in config.source]
    if not wanted:
        raise PlanError(f"name a source, say --all, or list sources in {CONFIG_NAME}")
    for name in wanted:
        _known_or_raise("source", name, known)
        if not known[name].spider and name not in spiders:
            raise PlanError(
                f'[[source]] {name!r} says no spider, and none is called so; spider = "listing" '
                f"reads the list of any site. Known: {', '.join(sorted(spiders))}."
            )
        _known_or_raise("spider", known[name].spider or name, spiders)
    given = _arguments(arguments, bases, wanted)
    return tuple(
        attrs.evolve(
            known[name],
            spider=known[name].spider or name,
            args={**known[name].args, **given.get(name, {})},
            policy=known[name].policy or config.policy,
        )
        for name in wanted
    )


def _arguments(
    arguments: Sequence[str], bases: Sequence[str], wanted: Collection[str]
) -> dict[str, dict[str, str]]:
    given: dict[str, dict[str, str]] = {}
    told = [(text, *_divided(text, "NAME.key=value")) for text in arguments]
    told += [(text, *_divided(text, "NAME=URL")) for text in bases]
    for text, left, value in told[: len(arguments)]:
        name, dot, key = left.rpartition(".")
        if not dot or not name or not key:
            raise PlanError(f"-a is written NAME.key=value here, not {text!r}")
        _known_or_raise("source of this refresh", name, wanted)
        given.setdefault(name, {})[key] = value
    for _, name, value in told[len(arguments) :]:
        _known_or_raise("source of this refresh", name, wanted)
        given.setdefault(name, {})["base"] = value
    return given


def _divided(text: str, form: str) -> tuple[str, str]:
    left, equals, value = text.partition("=")
    if not equals or not left:
        raise PlanError(f"expected {form}, not {text!r}")
    return left, value


def _known_or_raise(kind: str, name: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if name not in names:
        raise PlanError(unknown(kind, name, names))


def _texts(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table, its arguments and settings as the texts that Scrapy's command line gives."""
    texts = {
        key: {name: _text(value) for name, value in table[key].items()}
        for key in ("args", "settings")
        if isinstance(table.get(key), dict)
    }
    return {**table, **texts}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check(config: Config, path: Path) -> None:
    _check_names([plan.name for plan in config.source], path)
    limits = [config.timeout, *(plan.timeout for plan in config.source)]
    if not all(0 < limit < math.inf for limit in limits) or (
        config.jobs is not None and config.jobs < 1
    ):
        raise PlanError(f"{path}: timeout and jobs must be above 0")
    if config.newest < 1:
        raise PlanError(f"{path}: newest must be 1 or above, not {config.newest}")
    if not 0 <= config.notify.quiet_minutes < math.inf:
        raise PlanError(f"{path}: quiet_minutes must be 0 or above")
    for plan in config.source:
        if not 0 <= plan.min_share <= 1:
            raise PlanError(f"{path}: min_share is a share from 0 to 1, not {plan.min_share:g}")
    for policy in (config.policy, *(plan.policy for plan in config.source if plan.policy)):
        for name, value in attrs.asdict(policy).items():
            # What is below 0 would move whole feeds to their archives.
            if value is not None and not 0 <= value < math.inf:
                raise PlanError(f"{path}: {name} must be 0 (no limit) or above, not {value}")


def _check_names(names: Sequence[str], path: Path) -> None:
    for name in names:
        if not _LABEL.fullmatch(name):
            raise PlanError(
                f"{path}: a source's name begins with a letter or digit and holds a-z, A-Z, 0-9, "
                f"., - and _ only, not {name!r}"
            )
    # On some systems names that differ in case alone are one directory.
    folded = [name.casefold() for name in names]
    double = next((name for name in names if folded.count(name.casefold()) > 1), None)
    if double is not None:
        raise PlanError(f"{path}: two sources are called {double!r}")
