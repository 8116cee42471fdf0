"""Which sources a refresh is asked for: names, ``--all``, ``refresh.toml``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from scraper.runs.model import Policy
from scraper.runs.plan import Config, PlanError, SourcePlan, choose, read_config

TEXT = """
out = "/srv/feed"
jobs = 3
to = "en,fr"
timeout = 600
gzip = true

[policy]
max_entries = 500

[notify]
webhook = "env:HOOK"
quiet_minutes = 30

[notify.email]
host = "mail.example"
sender = "khulasa@site.example"
to = ["me@site.example"]

[[source]]
name = "shamra_academia"
min_entries = 5

[[source]]
name = "news-ar"
spider = "listing"
args = { url = "https://site.example/", pages = 3, allow_empty = true }
settings = { DOWNLOAD_DELAY = 7.5 }
timeout = 60
policy = { max_entries = 0, max_age_days = 30.5 }
"""
SPIDERS = ("aitopics", "listing", "shamra_academia")


def written(folder: Path, text: str) -> Path:
    path = folder / "refresh.toml"
    path.write_text(text, encoding="utf-8")
    return path


def chosen(
    *names: str,
    config: Config | None = None,
    everything: bool = False,
    arguments: Sequence[str] = (),
    bases: Sequence[str] = (),
) -> tuple[SourcePlan, ...]:
    return choose(
        names,
        config=config or Config(),
        spiders=SPIDERS,
        without_arguments=("aitopics", "shamra_academia"),
        everything=everything,
        arguments=arguments,
        bases=bases,
    )


def test_a_whole_configuration(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, TEXT))
    assert (config.out, config.jobs, config.to, config.gzip) == ("/srv/feed", 3, "en,fr", True)
    assert config.notify.webhook == "env:HOOK"
    assert config.notify.email is not None
    assert config.notify.email.to == ("me@site.example",)
    shamra, news = chosen(config=config)
    assert shamra == SourcePlan(
        name="shamra_academia",
        spider="shamra_academia",
        timeout=600,
        min_entries=5,
        policy=Policy(max_entries=500),
    )
    assert news == SourcePlan(
        name="news-ar",
        spider="listing",
        args={"url": "https://site.example/", "pages": "3", "allow_empty": "true"},
        settings={"DOWNLOAD_DELAY": "7.5"},
        timeout=60,
        policy=Policy(max_entries=0, max_age_days=30.5),
    )


def test_names_choose_from_the_configuration_and_from_the_spiders(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, TEXT))
    plans = chosen("aitopics", "news-ar", "aitopics", config=config)
    assert [(plan.name, plan.spider, plan.timeout) for plan in plans] == [
        ("aitopics", "aitopics", 600),
        ("news-ar", "listing", 60),
    ]


def test_all_is_what_is_configured_and_what_needs_no_argument(tmp_path: Path) -> None:
    assert [plan.name for plan in chosen(everything=True)] == ["aitopics", "shamra_academia"]
    config = read_config(written(tmp_path, TEXT))
    names = [plan.name for plan in chosen(everything=True, config=config)]
    assert names == ["shamra_academia", "news-ar", "aitopics"]


def test_arguments_go_to_their_source_and_win() -> None:
    config = Config(source=(SourcePlan(name="news.ar", spider="listing", args={"url": "a"}),))
    (plan,) = chosen(
        "news.ar",
        config=config,
        arguments=("news.ar.url=https://b.example/?x=1", "news.ar.pages=2"),
        bases=("news.ar=http://127.0.0.1:1/",),
    )
    assert plan.args == {
        "url": "https://b.example/?x=1",
        "pages": "2",
        "base": "http://127.0.0.1:1/",
    }


@pytest.mark.parametrize(
    ("names", "options", "told"),
    [
        ((), {}, "name a source, say --all, or list sources in refresh.toml"),
        (("aitopic",), {}, "no source is called 'aitopic'. Did you mean 'aitopics'?"),
        (("aitopics",), {"arguments": ("q=x",)}, "-a is written NAME.key=value here, not 'q=x'"),
        (("aitopics",), {"arguments": ("aitopics.q",)}, "expected NAME.key=value"),
        (("aitopics",), {"bases": ("listing=http://x/",)}, "no source of this refresh is called"),
        (("aitopics",), {"bases": ("http://x/",)}, "expected NAME=URL"),
    ],
)
def test_what_cannot_be_is_refused(
    names: tuple[str, ...], options: dict[str, Any], told: str
) -> None:
    with pytest.raises(PlanError) as error:
        chosen(*names, **options)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("jobs = ", "Invalid value"),
        ("jobs = 0", "timeout and jobs must be above 0"),
        ("timeout = -1", "timeout and jobs must be above 0"),
        ("job = 2", ": no key is called 'job'. Did you mean 'jobs'? Known: archive, base_url, "),
        ('jobs = "2"', ": jobs must be a whole number, not '2'"),
        ("gzip = 1", ": gzip must be true or false, not 1"),
        ("source = 3", ": source must be [[source]], not 3"),
        ("[[source]]\nnam = 'a'", ": [[source]] 1: no key is called 'nam'. Did you mean 'name'?"),
        ("[[source]]\nspider = 'a'", ": [[source]] 1: name is missing"),
        (
            "[[source]]\nname = 'a'\n[[source]]\nname = 'b'\nmin_entries = '5'",
            ": [[source]] 2: min_entries must be a whole number, not '5'",
        ),
        ("[[source]]\nname = 'a'\nargs = 'x'", ": [[source]] 1: args must be a table"),
        ("[[source]]\nname = 'a'\npolicy = { max = 1 }", ": [[source]] 1 policy: no key is"),
        ("[notify]\ncommand = 'x'", ': [notify]: command must be a list: ["…"], not'),
        ("[notify.email]\nhosts = 'x'", ": [notify.email]: no key is called 'hosts'. Did you mean"),
        ("[notify.email]\nhost = 'x'\nto = [1]", ": [notify.email]: to must hold text only, not 1"),
        ("[[source]]\nname = '../a'", "0-9, ., - and _ only, not '../a'"),
        ("[[source]]\nname = 'a'\n[[source]]\nname = 'a'", "two sources are called 'a'"),
        ("[policy]\nmax_entries = 'many'", ": [policy]: max_entries must be a whole number"),
        ("timeout = nan", "timeout and jobs must be above 0"),
        ("newest = 0", "newest must be 1 or above, not 0"),
        ("[notify]\nquiet_minutes = nan", "quiet_minutes must be 0 or above"),
        ("[[source]]\nname = 'a'\nmin_share = 1.5", "min_share is a share from 0 to 1, not 1.5"),
        ("[[source]]\nname = 'a'\n[[source]]\nname = 'A'", "two sources are called 'a'"),
        ("[policy]\nmax_entries = -1", "max_entries must be 0 (no limit) or above, not -1"),
        ("[policy]\nmax_age_days = nan", "max_age_days must be 0 (no limit) or above"),
        ("[[source]]\nname = 'a'\npolicy = { removed_after = -1 }", "removed_after must be 0"),
    ],
)
def test_a_configuration_that_is_not_understood_says_where(
    tmp_path: Path, text: str, told: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PlanError) as error:
        read_config(path)
    assert str(error.value).startswith(str(path))
    assert told in str(error.value)


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="No such file"):
        read_config(tmp_path / "none.toml")


def test_a_spider_that_is_not_there() -> None:
    config = Config(source=(SourcePlan(name="a", spider="listin"),))
    with pytest.raises(PlanError, match="Did you mean 'listing'"):
        chosen("a", config=config)
    unnamed = Config(source=(SourcePlan(name="ministry"),))
    with pytest.raises(PlanError, match='spider = "listing" reads the list of any site'):
        chosen(config=unnamed)
