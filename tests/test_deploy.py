"""The files of `deploy/`: every command, path and option in them is one that there is."""

from __future__ import annotations

import configparser
import fnmatch
import importlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings

from scraper.runs.database import BUSY_SECONDS
from scraper.runs.process import GRACE
from scraper.runs.publish import LOCK_SECONDS
from tests.crawls import ROOT, environment

DEPLOY = ROOT / "deploy"
DOCS = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
CRONTAB = (DEPLOY / "crontab").read_text(encoding="utf-8")
WORKFLOW = (DEPLOY / "github-actions.yml").read_text(encoding="utf-8")
PLACE = "/srv/khulasa"


# --- commands ---


def parsed(command: list[str]) -> Any:  # noqa: ANN401  argparse's namespace
    """What Scrapy makes of a command line; wrong options end the test."""
    name, *arguments = command
    found = importlib.import_module(f"scraper.commands.{name}").Command()
    found.settings = Settings()
    parser = ScrapyArgumentParser(conflict_handler="resolve")
    found.add_options(parser)
    options, rest = parser.parse_known_args(arguments)
    assert [word for word in rest if word.startswith("-")] == []
    return options


def commands(text: str) -> list[list[str]]:
    """The calls of ``scrapy`` in a text: up to the end of the line or of the shell's command."""
    calls = re.findall(r"(?:^|[ (/`])scrapy ((?:refresh|status|split|crawl)\b[^\n`;|&>]*)", text)
    return [shlex.split(re.sub(r" \d?$", "", call)) for call in calls]


def dockerfile() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def of_image(kind: str) -> list[str]:
    return [value for name, value in dockerfile() if name == kind]


def service() -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # keep the case of names
    unit.read(DEPLOY / "khulasa.service", encoding="utf-8")
    return unit


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (CRONTAB, 2),
        ((DEPLOY / "khulasa.service").read_text(encoding="utf-8"), 1),
        (WORKFLOW, 2),
        (DOCS, 7),
        ((ROOT / "docs" / "archives.md").read_text(encoding="utf-8"), 6),
    ],
    ids=["crontab", "service", "workflow", "deploy.md", "archives.md"],
)
def test_every_command_shown_takes_its_options(text: str, count: int) -> None:
    shown = commands(text)
    assert len(shown) >= count
    for command in shown:
        parsed(command)


def test_what_is_refreshed_is_what_is_watched() -> None:
    for text in (CRONTAB, WORKFLOW):
        refresh, status = (parsed(command) for command in commands(text))
        assert refresh.out == status.out
        assert refresh.all
        assert float(status.max_age) > 1


# --- crontab ---


FIELD = re.compile(r"(\*|\d+(-\d+)?)(/\d+)?(,(\*|\d+(-\d+)?)(/\d+)?)*")
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def jobs() -> list[tuple[list[str], str]]:
    """Times and command of each line that is neither a comment nor a variable."""
    lines = [line for line in CRONTAB.splitlines() if line and not line.startswith("#")]
    split = [line.split(maxsplit=5) for line in lines if not re.match(r"[A-Z]+=", line)]
    return [(fields[:5], fields[5]) for fields in split]


def test_cron_reads_its_times() -> None:
    assert CRONTAB.endswith("\n")  # cron drops a last line without its end
    assert len(jobs()) == 2
    for times, command in jobs():
        for field, (low, high) in zip(times, RANGES, strict=True):
            assert FIELD.fullmatch(field)
            assert all(low <= int(number) <= high for number in re.findall(r"\d+", field))
        assert "%" not in command  # cron makes line ends of them


@pytest.mark.parametrize(
    ("code", "message"),
    [(0, ""), (3, "demo: layout\n"), (1, "demo: layout\n"), (75, "")],
)
def test_cron_sends_a_message_only_where_something_is_wrong(
    tmp_path: Path, code: int, message: str
) -> None:
    stub(tmp_path / ".venv/bin/scrapy", f"echo demo: layout >&2; exit {code}")
    (_, command), _ = jobs()
    told = shell(command.replace(PLACE, str(tmp_path)), tmp_path)
    assert (told.stdout, told.stderr) == (message, "")


def test_cron_tells_of_a_missing_directory(tmp_path: Path) -> None:
    for _, command in jobs():
        told = shell(command.replace(PLACE, str(tmp_path / "gone")), tmp_path)
        assert "gone" in told.stderr


def stub(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=30, check=False,
    )  # fmt: skip


# --- systemd ---


def test_the_service_writes_where_it_may() -> None:
    unit = service()["Service"]
    program, name, *_ = shlex.split(unit["ExecStart"])
    assert (program, name) == (f"{PLACE}/.venv/bin/scrapy", "refresh")
    assert parsed(shlex.split(unit["ExecStart"])[1:]).out == f"/var/lib/{unit['StateDirectory']}"
    assert unit["WorkingDirectory"] == PLACE
    assert (unit["Type"], unit["User"], unit["ProtectSystem"]) == ("oneshot", "khulasa", "strict")
    assert unit["SuccessExitStatus"] == "75"


def test_a_stop_waits_for_the_longest_that_is_not_interrupted() -> None:
    writing = BUSY_SECONDS + LOCK_SECONDS
    longest = writing + GRACE + writing
    (minutes,) = re.fullmatch(r"(\d+)min", service()["Service"]["TimeoutStopSec"]).groups()  # type: ignore[union-attr]  # None fails the test
    assert longest < 60 * int(minutes) <= longest + 60
    (seconds,) = re.findall(r"--stop-timeout (\d+)", DOCS)
    assert int(seconds) == 60 * int(minutes)


def test_systemd_accepts_service_and_timer(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here to check the units with")
    program = stub(tmp_path / "bin/scrapy", "exit 0")
    text = (DEPLOY / "khulasa.service").read_text(encoding="utf-8")
    placed = text.replace(f"{PLACE}/.venv/bin/scrapy", str(program))
    (tmp_path / "khulasa.service").write_text(placed, encoding="utf-8")
    shutil.copy(DEPLOY / "khulasa.timer", tmp_path)
    units = [str(tmp_path / "khulasa.timer"), str(tmp_path / "khulasa.service")]
    told = subprocess.run(
        ["systemd-analyze", "verify", *units],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")


# --- container ---


def shipped() -> list[str]:
    """The files that the build may see: what `Dockerfile.dockerignore` lets through."""
    rules = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    assert "*" in rules
    for rule in kept:
        assert (ROOT / rule).exists(), rule
    return kept


def test_the_image_is_made_of_files_that_are_there() -> None:
    stages = [value.split()[-1] for value in of_image("FROM") if " AS " in value]
    copied = [value.split() for value in of_image("COPY")]
    for *sources, _ in copied:
        if sources[0].startswith("--from="):
            assert sources[0].removeprefix("--from=") in stages
            continue
        for source in sources:
            name = source.removeprefix("./")
            assert (ROOT / name).exists()
            assert any(fnmatch.fnmatch(name, kept) for kept in shipped()), name
    needed = {"requirements.txt", "pyproject.toml", "scrapy.cfg", "normalize", "scraper", "spiders"}
    assert needed <= {source for sources in copied for source in sources}


def test_the_image_is_small_and_has_no_rights() -> None:
    assert all(value.split()[0] == "python:${PYTHON}-slim" for value in of_image("FROM"))
    (user,) = of_image("USER")
    assert user == "khulasa"
    kinds = [kind for kind, _ in dockerfile()]
    assert kinds.index("USER") > max(at for at, kind in enumerate(kinds) if kind in ("COPY", "RUN"))
    assert all("--no-cache-dir" in run for run in of_image("RUN") if "pip install" in run)
    assert of_image("VOLUME") == ["/data"]


@pytest.mark.parametrize("text", ["Dockerfile", "github-actions.yml"])
def test_the_pinned_set_is_installed_as_make_installs_it(text: str) -> None:
    lines = (DEPLOY / text).read_text(encoding="utf-8").splitlines()
    made = [line for line in lines if "pip install" in line]
    assert len(made) == 2
    assert all("--no-deps" in line for line in made)
    assert "-r requirements.txt" in made[0]


def test_the_container_says_whether_it_is_well() -> None:
    (check,) = of_image("HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    assert command[0] == "scrapy"
    options = parsed(command[1:])
    (entry,) = of_image("ENTRYPOINT")
    (arguments,) = of_image("CMD")
    shell_, script, *fixed = json.loads(entry)
    assert (shell_, script) == ("/bin/sh", "refresh-loop")
    refresh = parsed(["refresh", *fixed, *json.loads(arguments)])
    assert refresh.all
    assert refresh.out == options.out == "/data"


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The container's loop, with a `scrapy` that notes its calls and works until it is stopped."""
    calls = tmp_path / "calls"
    stub(
        tmp_path / "bin/scrapy",
        f"trap 'echo stopped >> {calls}; exit 0' TERM\n"
        f'echo "$*" >> {calls}\n'
        f'[ "$(wc -l < {calls})" -lt 3 ] && exit 3\n'
        "while :; do sleep 0.05; done",
    )
    process = subprocess.Popen(
        ["/bin/sh", str(DEPLOY / "refresh-loop"), "--out", "/data", "--all"],
        env=environment() | {"PATH": f"{tmp_path / 'bin'}:{os.defpath}", "REFRESH_EVERY": "0"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def test_the_container_refreshes_again_and_again_and_stops_in_good_order(
    tmp_path: Path, loop: subprocess.Popen[bytes]
) -> None:
    calls = tmp_path / "calls"
    until = time.monotonic() + 120
    while time.monotonic() < until and len(lines_of(calls)) < 3:
        time.sleep(0.02)
    loop.send_signal(signal.SIGTERM)
    assert loop.wait(timeout=60) == 0
    assert lines_of(calls) == ["refresh --out /data --all"] * 3 + ["stopped"]


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


# --- GitHub Actions ---


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(WORKFLOW)["jobs"]["refresh"]["steps"]
    return found


def step(name: str) -> dict[str, Any]:
    (found,) = (each for each in steps() if each.get("name", "").startswith(name))
    return found


def test_the_workflow_is_one_that_github_reads() -> None:
    workflow = yaml.safe_load(WORKFLOW)
    # YAML 1.1 reads the key ``on`` as true.
    assert set(workflow) == {"name", True, "permissions", "concurrency", "jobs"}
    (schedule,) = workflow[True]["schedule"]
    assert all(FIELD.fullmatch(field) for field in schedule["cron"].split())
    assert workflow["permissions"] == {"contents": "write"}
    for each in steps():
        assert ("uses" in each) != ("run" in each)
        assert each.keys() <= {"uses", "with", "name", "run", "if", "working-directory"}
        if "uses" in each:
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", each["uses"])
    # What keeps the feeds runs after failures too, and behind everything.
    assert (steps()[-1]["name"], steps()[-1]["if"]) == ("Keep", "always()")
    assert step("Refresh")["run"].startswith("scrapy refresh --all --out feeds ")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments],
        cwd=folder, env=git_environment(folder), capture_output=True, text=True, encoding="utf-8",
        timeout=30, check=True,
    ).stdout  # fmt: skip


def git_environment(folder: Path) -> dict[str, str]:
    own = {
        f"GIT_{who}_{what}": "a@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"} | own


def test_the_workflow_keeps_the_feeds_in_one_commit(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("there is no git here to keep feeds with")
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    git(tmp_path, "clone", "--quiet", "origin.git", "clone")
    # As the documentation says how to begin.
    (begin,) = re.findall(r"^```sh\n(git switch .*?)^```", DOCS, re.DOTALL | re.MULTILINE)
    for line in begin.splitlines():
        git(tmp_path / "clone", *shlex.split(line)[1:])
    keep = step("Keep")
    assert keep["working-directory"] == "feeds"
    for turn in range(3):
        # As actions/checkout does it: the newest commit alone.
        url = f"file://{tmp_path}/origin.git"
        git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=feed", url, f"feeds{turn}")
        feeds = tmp_path / f"feeds{turn}"
        if turn < 2:
            (feeds / "feed.jsonl").write_text(f"{turn}\n", encoding="utf-8")
        done = subprocess.run(
            ["bash", "-e", "-c", keep["run"]],
            cwd=feeds, env=git_environment(tmp_path), capture_output=True, timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert git(tmp_path / "origin.git", "rev-list", "--count", "feed") == "1\n"
    assert git(tmp_path / "origin.git", "show", "feed:feed.jsonl") == "1\n"


# --- documentation ---


@pytest.mark.parametrize("document", ["docs/deploy.md", "deploy/README.md"])
def test_every_file_named_is_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    names = set(re.findall(r"`(deploy/[\w./-]+)`", text))
    links = re.findall(r"\]\(([\w./-]+)\)", text)
    assert names | set(links)
    for name in names:
        assert (ROOT / name).exists(), name
    for link in links:
        assert ((ROOT / document).parent / link).exists(), link


def test_every_file_is_told_of() -> None:
    for path in DEPLOY.iterdir():
        if path.name != "README.md":
            assert f"`deploy/{path.name}`" in DOCS


def test_this_python_is_one_of_the_images() -> None:
    (argument,) = of_image("ARG")
    version = argument.partition("=")[2]
    (wanted,) = re.findall(
        r'requires-python = ">=3\.(\d+),<3\.(\d+)"',
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
    )
    assert int(wanted[0]) <= int(version.partition(".")[2]) < int(wanted[1])
