"""``scrapy crawl`` and nothing besides, for the processes of a refresh.

``scrapy`` itself imports every command there is before it runs one, and servers for people who
watch a crawl, though they are off: a third of the time that a crawl takes in which nothing has
changed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.utils.project import get_project_settings

from scraper.commands import USAGE, tell
from scraper.commands.crawl import Command
from scraper.runs import normalizer_memory

_SERVERS = (
    "scrapy.extensions.remote_control.RemoteControl",
    "scrapy.extensions.telnet.TelnetConsole",
)


def main() -> int:
    """Run ``crawl`` as it is told (see `scraper.runs.process.command`); returns its exit code."""
    told = _told(int(sys.argv[1]))
    settings = get_project_settings()
    command = Command()
    settings.setdict(command.default_settings, priority="command")
    # A component set to None, which is Scrapy's way to leave one out, is imported all the same.
    extensions = settings.getdict("EXTENSIONS_BASE")
    kept = {name: order for name, order in extensions.items() if name not in _SERVERS}
    settings.set("EXTENSIONS_BASE", kept, priority="command")
    command.settings = settings
    # Scrapy's option groups repeat options of one another.
    parser = argparse.ArgumentParser(prog="scrapy crawl", conflict_handler="resolve")
    command.add_options(parser)
    options, arguments = parser.parse_known_args(told)
    try:
        command.process_options(arguments, options)
        if memory := settings.get("STATE_FILE"):
            normalizer_memory.pin(Path(memory))
        command.crawler_process = AsyncCrawlerProcess(settings)
        command.run(arguments, options)
    except UsageError as error:
        tell(str(error))
        return USAGE
    return command.exitcode


def _told(descriptor: int) -> list[str]:
    """The arguments of ``crawl``: a list in JSON, in an open file."""
    with os.fdopen(descriptor, "rb") as file:
        told: list[str] = json.load(file)
    return told


if __name__ == "__main__":
    sys.exit(main())
