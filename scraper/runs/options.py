"""What the crawls of a refresh have in common, and the settings that each is started with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from scraper.runs import normalizer_memory
from scraper.runs.layout import Layout
from scraper.runs.making import making_of, was_made_so
from scraper.runs.plan import SourcePlan

ARCHIVE = "pages.warc.gz"


@attrs.frozen(kw_only=True)
class CrawlOptions:
    """What all crawls of a refresh have in common."""

    settings: Mapping[str, str] = attrs.field(factory=dict)
    """Scrapy settings."""

    archive: bool = False
    """Whether the responses are kept."""

    replay: tuple[Path, ...] = ()
    """Archives to read in place of the network."""

    fresh: bool = False
    """Whether all pages are asked for as if for the first time."""

    making: str = ""
    """What records are made with; pages that were read otherwise are asked for again."""

    def settings_of(
        self, plan: SourcePlan, layout: Layout, directory: Path, *, since: str | None
    ) -> dict[str, str]:
        """The settings of one crawl; the normaliser's memory is lent to it.

        Args:
            plan: of the source.
            layout: where everything is.
            directory: of the run.
            since: day before which new entries are left out.

        Raises:
            OSError: the memory cannot be lent.
        """
        memory = layout.normalizer(plan.name)
        settings = {
            **self.settings,
            "STATE_FILE": str(normalizer_memory.lend(memory, directory)),
            "PROFILE_DIR": str(layout.profile(plan.name)),
        }
        if self.archive:
            # The setting is a pattern.
            settings["ARCHIVE_FILE"] = str(directory / ARCHIVE).replace("%", "%%")
        if self.replay:
            settings["REPLAY_FILES"] = ",".join(map(str, self.replay))
        elif not self.fresh and was_made_so(memory, self.making_of(plan, since=since)):
            # What pages held at the last run spares reading them again.
            settings["RUN_STATE"] = str(layout.state)
        return settings

    def making_of(self, plan: SourcePlan, *, since: str | None) -> str:
        """How the records of a source are made, see `scraper.runs.making`."""
        return making_of(
            self.making,
            args=plan.args,
            settings={**plan.settings, **self.settings},
            since=since,
        )
