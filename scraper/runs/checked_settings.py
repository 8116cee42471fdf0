"""Settings of sources, judged before anything is crawled with them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, default_settings

from scraper import settings as project_settings
from scraper.commands.crawl import check_values
from scraper.runs.plan import PlanError, SourcePlan

_OF_THE_RUN = "a refresh sets it itself for each run: leave it out"
_INSTEAD = {
    "ARCHIVE_FILE": "write archive = true at the top of refresh.toml, or --archive",
    "CLOSESPIDER_TIMEOUT": "write timeout = SECONDS in refresh.toml, of the source or at the top",
    "FEEDS": "a refresh publishes by itself: leave it out, --out says where to",
    "LOG_FILE": "the log of each run is in its directory, private/runs/SOURCE/RUN: leave it out",
    "PROFILE_DIR": _OF_THE_RUN,
    "REPLAY_FILES": "write --replay WARC",
    "RUN_DIR": _OF_THE_RUN,
    "RUN_PARENT_PIPE": _OF_THE_RUN,
    "RUN_SOURCE": _OF_THE_RUN,
    "RUN_STATE": _OF_THE_RUN,
    "STATE_FILE": _OF_THE_RUN,
}
"""Settings that a crawl of a refresh gets from elsewhere, and what to write instead."""

_OF_ALL = {
    "REFRESH_DIR": 'write out = "DIR" at the top of refresh.toml, or --out',
    "TRANSLATE_CACHE": "it holds for all sources: write -s TRANSLATE_CACHE=FILE, or leave it out",
    "TRANSLATE_TO": 'it holds for all: write to = "LANGS" at the top of refresh.toml, or --to',
}
"""Those that the command line may give to the refresh, and no source has for itself."""

_ALIKE = 0.8
"""Likeness, 0 to 1, from which an unknown name is taken for a slip."""


def check_settings(settings: BaseSettings, plans: Iterable[SourcePlan]) -> None:
    """Refuse what would have no effect, values of another type, names almost those of settings.

    Other unknown names may be those of somebody's own components.

    Args:
        settings: of the refresh.
        plans: of the sources.

    Raises:
        PlanError: naming the source and the setting.
    """
    known = {*vars(default_settings), *vars(project_settings), *_INSTEAD, *_OF_ALL, *_OWN}
    cmdline = SETTINGS_PRIORITIES["cmdline"]
    told = [name for name in settings if settings.getpriority(name) == cmdline]
    _refuse("-s", told, _INSTEAD.keys() - {"LOG_FILE"})
    for plan in plans:
        _refuse(f"{plan.name}: settings", plan.settings, _INSTEAD.keys() | _OF_ALL.keys())
        for name in plan.settings:
            close = difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
            if name not in known and close:
                raise PlanError(
                    f"{plan.name}: no setting is called {name!r}. Did you mean {close[0]!r}?"
                )
        together = settings.copy()
        together.setdict(plan.settings, priority="cmdline")
        try:
            check_values(together)
        except UsageError as error:
            raise PlanError(f"{plan.name}: {error}") from error


def _refuse(where: str, names: Iterable[str], refused: Collection[str]) -> None:
    for name in names:
        if name in refused:
            raise PlanError(f"{where}: {name} has no effect here; {(_INSTEAD | _OF_ALL)[name]}")


_OWN = frozenset({"REFERENCE_DATE", "STOP_AT_KNOWN", "TRANSLATE_MODELS_DIR"})
"""Settings of this project that may have no default."""
