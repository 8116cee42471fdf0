"""Where the configuration and the output of a refresh are."""

from __future__ import annotations

from pathlib import Path

from scraper.runs.plan import CONFIG_NAME, Config, read_config

OUT = "out/refresh"
OUT_SETTING = "REFRESH_DIR"


def find_config(told: str | None) -> Config:
    """The configuration named, or ``refresh.toml`` of the working directory, or none at all.

    Raises:
        PlanError: it cannot be read or understood.
    """
    path = Path(told or CONFIG_NAME)
    return read_config(path) if told or path.exists() else Config()


def output_directory(told: str | None, config: Config, setting: str | None) -> Path:
    """The output directory: the command line's, the configuration's, the setting's, the usual."""
    return Path(told or config.out or setting or OUT).expanduser().absolute()
