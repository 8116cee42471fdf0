"""``scrapy refresh`` from outside: what it publishes, keeps, says and ends with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.crawls import scrapy
from tests.mailbox import Hook, serving
from tests.refreshes import Output, config
from tests.site import Site, page_of

IDS = tuple(str(number) for number in range(10))


@attrs.frozen(kw_only=True)
class Fault:
    """What goes wrong with a source that was well, and what it is then told to be."""

    outcome: str
    told: str
    path: str | None = None
    """Where it reads instead."""

    page: str | None = None
    """What its page holds instead."""

    site: str = "site"
    """The site that it reads instead."""

    more: dict[str, Any] = attrs.field(factory=dict)


FAULTS = {
    "missing": Fault(outcome="http", told="pages answered with HTTP 404: 1", path="no-such-page"),
    "forbidden": Fault(outcome="blocked", told="pages answered with HTTP 403: 1", path="forbidden"),
    "elsewhere": Fault(
        outcome="http", told="redirects not followed: 1", path="redirect?host=localhost"
    ),
    "no_robots": Fault(outcome="http", told="robots.txt could not be had: 1", site="unsure"),
    "layout": Fault(
        outcome="layout", told="pages of another layout: 1", page="<html><p>x</p></html>"
    ),
    "empty": Fault(outcome="empty", told="no entries", page='<ul class="nothing"></ul>'),
    "half": Fault(
        outcome="bounds",
        told="5 entries on pages that had 10 at the last good run",
        page=page_of(*(f"half-{number}" for number in range(5))),
    ),
    "raising": Fault(
        outcome="crash",
        told="faults in the program of the source: 1",
        page="",
        more={"fault": "yes"},
    ),
    "late": Fault(outcome="timeout", told="", path="drip"),
}


def page(source: str, *ids: str) -> str:
    """A page whose entries no other source has."""
    return page_of(*(f"{source}-{key}" for key in ids or IDS))


@pytest.fixture
def site() -> Iterator[Site]:
    with Site().running() as running:
        running.pages["/list"] = page_of(*IDS)
        yield running


def arguments(site: Site, *more: str) -> list[str]:
    return ["bulletin", "--base", f"bulletin={site.base}", *more]


def test_what_is_new_is_published_and_what_is_not_changes_nothing(
    site: Site, tmp_path: Path
) -> None:
    output = Output(tmp_path)
    first = output.refresh(*arguments(site))
    assert first.code == 0
    assert first.err.splitlines()[-1].startswith("bulletin: ok, 10 seen, 10 added, 0 updated, 0 r")
    assert output.ids() == output.ids("bulletin") == [f"bulletin:{key}" for key in IDS]
    assert output.told("bulletin")["outcome"] == "ok"
    published = output.published()
    assert sorted(name.partition("/")[0] for name in published if "/" not in name) == [
        "feed.atom",
        "feed.json",
        "feed.jsonl",
        "record.schema.json",
    ]

    site.answers.clear()
    second = output.refresh(*arguments(site))
    assert second.code == 0
    assert second.outcome("bulletin") == "unchanged"
    statuses = [status for path, _, status in site.answers if path != "/robots.txt"]
    assert statuses == [304]
    assert output.published() == published
    assert output.told("bulletin")["outcome"] == "unchanged"

    site.answers.clear()
    assert output.refresh(*arguments(site, "--fresh")).outcome("bulletin") == "unchanged"
    assert [status for path, _, status in site.answers if path != "/robots.txt"] == [200]

    # As an older version of the program would have left it.
    (tmp_path / "private" / "normalizer" / "bulletin.made").write_text("{}", encoding="utf-8")
    site.answers.clear()
    assert output.refresh(*arguments(site)).outcome("bulletin") == "unchanged"
    assert [status for path, _, status in site.answers if path != "/robots.txt"] == [200]

    for more in (["-a", "bulletin.pages=2"], ["-a", "bulletin.pages=2", "--since", "2020-01-01"]):
        for answer in (200, 304):
            site.answers.clear()
            assert output.refresh(*arguments(site, *more)).outcome("bulletin") == "unchanged"
            assert [s for path, _, s in site.answers if path != "/robots.txt"] == [answer]

    site.pages["/list"] = page_of("new", *IDS)
    third = output.refresh(*arguments(site))
    assert third.outcome("bulletin") == "ok"
    assert output.ids() == [f"bulletin:{key}" for key in (*IDS, "new")]
    assert output.feed().startswith(published["feed.jsonl"][0])
    status = scrapy("status", "--out", str(tmp_path), "--max-age", "1")
    assert status.returncode == 0
    assert status.stdout.decode("utf-8").splitlines()[1].split()[:2] == ["bulletin", "ok"]


def test_sources_do_not_harm_each_other(tmp_path: Path) -> None:
    output = Output(tmp_path / "out")
    with (
        Site().running() as site,
        Site(500).running() as unsure,
        serving(Hook()) as hook,
    ):
        bases = {"site": site.base, "unsure": unsure.base}
        names = ("good", *FAULTS)
        head = f'jobs = 4\n[notify]\nwebhook = "{hook.url}"'
        for name in names:
            site.pages[f"/its-{name}"] = page(name)
        well = [{"name": n, "args": {"path": f"its-{n}", "base": site.base}} for n in names]
        assert output.refresh("--config", str(config(tmp_path, well, head))).code == 0
        assert hook.messages == []
        before = {name: output.feed(name) for name in FAULTS}

        site.pages["/its-good"] = page("good", *IDS, "new")
        for name, fault in FAULTS.items():
            if fault.page:
                site.pages[f"/its-{name}"] = fault.page
        ill = [source_with(name, FAULTS.get(name), bases) for name in names]
        site.pages["/its-raising"] = page("raising", *IDS, "new")
        end = output.refresh("--config", str(config(tmp_path, ill, head)))

    assert end.code == 4
    told = {name: (output.told(name)["outcome"], end.outcome(name)) for name in FAULTS}
    assert told == {name: (fault.outcome, fault.outcome) for name, fault in FAULTS.items()}
    for name, fault in FAULTS.items():
        assert output.told(name)["stale_since"] is not None
        assert fault.told in output.told(name)["told"]
        assert output.feed(name) == before[name]
    assert end.outcome("good") == "ok"
    assert output.ids("good")[-1] == "bulletin:good-new"
    assert output.told("good")["stale_since"] is None
    assert sorted(output.manifest["stale"]) == sorted(FAULTS)
    # The combined feed keeps what the good runs gave of every source.
    assert len(output.ids()) == len(set(output.ids())) == 10 * len(FAULTS) + 11
    (message,) = hook.messages
    changes = {change["source"]: change["outcome"] for change in message["changes"]}
    assert changes == {name: fault.outcome for name, fault in FAULTS.items()}


def source_with(name: str, fault: Fault | None, bases: dict[str, str]) -> dict[str, Any]:
    """A source of ``refresh.toml`` once things have gone wrong."""
    if fault is None:
        return {"name": name, "args": {"path": "its-good", "base": bases["site"]}}
    return {
        "name": name,
        "args": {"path": fault.path or f"its-{name}", "base": bases[fault.site], **fault.more},
        "timeout": 4 if name == "late" else 60,
    }
