"""What the documentation shows is what the code does."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jq
import pytest

from normalize import Normalizer
from scraper.sources import SourceSpider
from scraper.split import split
from spiders.aitopics import AITopicsSpider
from spiders.huggingface_papers import HuggingFacePapersSpider
from spiders.shamra_academia import ShamraAcademiaSpider
from tools import make_docs

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A feed at the place that the examples name, beside the fixtures that they name."""
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    (tmp_path / "out").mkdir()
    page = (ROOT / "fixtures/shamra_academia/first_page/page.html").read_bytes()
    records = [Normalizer(target=None).record(entry) for entry in split(page)]
    lines = "".join(record.to_json_line() for record in records)
    (tmp_path / "out/feed.jsonl").write_text(lines, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return [record.to_dict() for record in records]


def test_the_record_shown_is_the_record_that_comes_out(feed: list[dict[str, Any]]) -> None:
    (shown,) = blocks("json")
    assert json.loads(shown) == feed[0]


@pytest.mark.usefixtures("feed")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("block", blocks("python"))
def test_python_examples_run(block: str) -> None:
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102  the project's own documentation


def test_jq_examples_find_something(feed: list[dict[str, Any]]) -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    programs = [shlex.split(line)[2] for line in lines if line.startswith("jq")]
    assert len(programs) == len(lines) == 2
    for program in programs:
        assert [out for record in feed for out in jq.compile(program).input_value(record)]


def test_every_command_shown_exists() -> None:
    commands = set(re.findall(r"^ {4}scrapy (\w+)|\| scrapy (\w+)", README, re.MULTILINE))
    modules = {path.stem for path in (ROOT / "scraper/commands").glob("*.py")}
    assert {name for pair in commands for name in pair if name} <= modules


@pytest.mark.parametrize("spider", [HuggingFacePapersSpider, AITopicsSpider, ShamraAcademiaSpider])
def test_every_argument_of_a_spider_is_told(spider: type[SourceSpider]) -> None:
    (row,) = re.findall(rf"^\| `{spider.name}` \|(.*)\|$", README, re.MULTILINE)
    assert all(f"`{argument}`" in row for argument in spider.arguments)


def test_record_page_is_up_to_date() -> None:
    assert make_docs.TARGET.read_text(encoding="utf-8") == make_docs.page()
