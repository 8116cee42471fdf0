"""Arguments of sources, judged by their spiders before anything is crawled with them."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from scrapy.spiderloader import SpiderLoaderProtocol

from scraper.errors import SpiderArgumentError
from scraper.runs.plan import PlanError, SourcePlan
from scraper.sources import SourceSpider


def without_arguments(loader: SpiderLoaderProtocol) -> list[str]:
    """Names of the spiders that can crawl without being told what."""
    return [name for name in loader.list() if _refusal(loader, SourcePlan(name=name)) is None]


def check_arguments(loader: SpiderLoaderProtocol, plans: Iterable[SourcePlan]) -> None:
    """Refuse arguments that a spider would not crawl with; in its process it would be too late.

    Raises:
        PlanError: naming the source and the argument.
    """
    for plan in plans:
        refusal = _refusal(loader, plan)
        if refusal is not None:
            raise PlanError(f"{plan.name}: {_in_words_of_refresh(refusal, plan)}")


def labelled(loader: SpiderLoaderProtocol, plan: SourcePlan) -> SourcePlan:
    """Let a spider for any site give its entries the name that they are published under."""
    takes = getattr(loader.load(plan.spider), "arguments", ())
    if plan.name == plan.spider or "label" not in takes or "label" in plan.args:
        return plan
    return attrs.evolve(plan, args={**plan.args, "label": plan.name})


def _in_words_of_refresh(refusal: str, plan: SourcePlan) -> str:
    """A spider's refusal, which speaks of the arguments of ``scrapy crawl``."""
    if refusal.startswith("label") and plan.args.get("label") == plan.name:
        return f"name{refusal.removeprefix('label')} It is the source of the entries."
    written = f'args = {{ url = "…" }} in refresh.toml, or -a {plan.name}.url=URL'
    return refusal.replace("-a url=URL", written)


def _refusal(loader: SpiderLoaderProtocol, plan: SourcePlan) -> str | None:
    spider = loader.load(plan.spider or plan.name)
    if not issubclass(spider, SourceSpider):
        return "its spider is not of this project's kind (scraper.sources.SourceSpider)"
    try:
        spider(**plan.args).first_urls()
    except SpiderArgumentError as error:
        return str(error)
    return None
