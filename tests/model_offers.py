"""A package index as a server offers it, and ``scrapy models`` run on it in this process."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from scrapy.settings import Settings

from scraper.commands import models
from tests.pages_site import Page

INDEX = "/index.json"
PACKAGE = "/xx_yy.argosmodel"


def entry(**changed: object) -> dict[str, object]:
    return {
        "code": "translate-xx_yy",
        "from_code": "xx",
        "to_code": "yy",
        "package_version": "1.0",
        "links": ["{base}" + PACKAGE],
    } | changed


def index(*entries: object) -> Page:
    return Page(body=json.dumps(entries).encode())


def run(home: Path, *args: str, **told: str) -> int:
    """Run the command in this process and return its exit code."""
    command = models.Command()
    command.settings = Settings()
    command.settings.setdict({"TRANSLATE_MODELS_DIR": str(home), **told}, priority="cmdline")
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, rest = parser.parse_known_args(args)
    command.run(rest, opts)
    return command.exitcode
