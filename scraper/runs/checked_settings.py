"""Settings of sources, judged before anything is crawled with them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings, default_settings

from scraper import settings as project_settings
from scraper.commands.crawl import check_values
from scraper.runs.plan import PlanError, SourcePlan

_ALIKE = 0.8
"""Likeness, 0 to 1, from which an unknown name is taken for a slip."""


def check_settings(settings: BaseSettings, plans: Iterable[SourcePlan]) -> None:
    """Refuse values of another type, and names that are almost those of known settings.

    Other unknown names may be those of somebody's own components.

    Raises:
        PlanError: naming the source and the setting.
    """
    known = {*vars(default_settings), *vars(project_settings), *_OWN}
    for plan in plans:
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


_OWN = frozenset(
    {"ARCHIVE_FILE", "PROFILE_DIR", "REFERENCE_DATE", "REPLAY_FILES", "RUN_DIR", "RUN_STATE"}
    | {"STATE_FILE", "STOP_AT_KNOWN", "TRANSLATE_CACHE", "TRANSLATE_TO", "TRANSLATE_MODELS_DIR"}
)
"""Settings of this project that may have no default."""
