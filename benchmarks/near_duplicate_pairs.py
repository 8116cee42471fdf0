"""Made pairs of records: the same work told twice, and works of one topic that are not the same.

Pairs of both kinds draw on the same phrases (`near_duplicate_works`), so that vocabulary and
boilerplate are shared by works that differ, and wording differs where the work is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import attrs

from benchmarks.near_duplicate_works import (
    draw_telling,
    draw_work,
    fill,
    make_record,
    parts,
    title_of,
    told,
    told_in_arabic,
)
from normalize.model import Record


@attrs.frozen(kw_only=True)
class Pair:
    """Two records and whether they are of the same work or story."""

    kind: str
    same: bool
    one: Record
    other: Record


def make_pairs(*, seed: int, count: int) -> list[Pair]:
    """Make `count` pairs of the same work and `count` pairs of different ones."""
    random = Random(seed)  # noqa: S311  repeatable, not secret
    pairs = [made for kinds in (SAME, DIFFERENT) for made in _draw(random, kinds, count)]
    random.shuffle(pairs)
    return pairs


def _draw(
    random: Random, kinds: dict[str, Callable[[Random], tuple[Record, Record]]], count: int
) -> Iterator[Pair]:
    for number in range(count):
        kind = list(kinds)[number % len(kinds)]
        one, other = kinds[kind](random)
        if random.random() < 0.5:
            one, other = other, one
        yield Pair(kind=kind, same=kinds is SAME, one=one, other=other)


def _retitled(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    other = draw_telling(random)
    one = told(random, work, telling)
    return one, attrs.evolve(told(random, work, telling), title=title_of(work, other))


def _cut(random: Random) -> tuple[Record, Record]:
    one, other = _retitled(random)
    if random.random() < 0.5:
        other = attrs.evolve(other, title=(one.title or "").upper())
    length = random.randint(160, 320)
    return one, attrs.evolve(
        other, summary=(other.summary or "")[:length] + random.choice(["", "…"])
    )


def _edited(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    changed = draw_telling(random, telling, 0.3)
    roles = list(changed.roles)
    roles.remove(random.choice([role for role in roles if role != "proposal"]))
    return told(random, work, telling), told(
        random, work, attrs.evolve(changed, roles=tuple(roles))
    )


def _translated(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    return told(random, work, telling), told_in_arabic(
        random, work, draw_telling(random, telling, 0.5)
    )


def _both_translated(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    other = told_in_arabic(random, work, draw_telling(random, telling, 0.4))
    return told_in_arabic(random, work, telling), attrs.evolve(other, language="fa")


def _news(random: Random) -> tuple[Record, Record]:
    event = _event(random)
    return _reported(random, event), _reported(random, event)


def _same_boilerplate(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    other = draw_work(random, work, ("use", "obstacle"))
    return told(random, work, telling), told(random, other, telling)


def _same_task(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    other = draw_work(random, work, ("task", "use"))
    return told(random, work, telling), told(random, other, draw_telling(random, telling, 0.3))


def _follow_up(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    other = draw_work(random, work, ("name", "approach", "authors"))
    return told(random, work, telling), told(random, other, draw_telling(random, telling, 0.5))


def _translated_other(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    other = draw_work(random, work, random.choice([("task",), ("approach", "data"), ("metric",)]))
    return told(random, work, telling), told_in_arabic(
        random, other, draw_telling(random, telling, 0.3)
    )


def _survey(random: Random) -> tuple[Record, Record]:
    work, telling = draw_work(random), draw_telling(random)
    other = draw_work(random, work)
    frame = random.choice(["A survey of {task}", "{Task}: a review of methods and open problems"])
    one, two = fill(frame, work, telling), fill(frame, other, telling)
    return (
        attrs.evolve(told(random, work, telling), title=one),
        attrs.evolve(told(random, other, telling), title=two),
    )


def _other_event(random: Random) -> tuple[Record, Record]:
    event = _event(random)
    other = _event(random)
    while other["place"] == event["place"]:
        other = _event(random)
    return _reported(random, event), _reported(random, other | {"kind": event["kind"]})


def _event(random: Random) -> dict[str, Any]:
    news = parts()["news"]
    return {
        "place": random.choice(news["places"]),
        "kind": random.choice(news["kinds"]),
        "reason": random.choice(news["reasons"]),
        "day": random.choice(news["days"]),
        "count": random.randint(5, 900),
    }


def _reported(random: Random, event: dict[str, Any]) -> Record:
    news = parts()["news"]
    what = random.choice(event["kind"]["what"])
    place, day = event["place"], event["day"]
    body = random.choice(event["kind"]["body"]).format(count=event["count"])
    summary = random.choice(news["frames"]).format(
        what=what, place=place, day=day, body=body, reason=random.choice(event["reason"])
    )
    title = random.choice(news["titles"]).format(what=what, What=what.capitalize(), place=place)
    return make_record(random, title, summary, None)


SAME: dict[str, Callable[[Random], tuple[Record, Record]]] = {
    "retitled": _retitled,
    "cut": _cut,
    "edited": _edited,
    "translated": _translated,
    "both_translated": _both_translated,
    "news": _news,
}
DIFFERENT: dict[str, Callable[[Random], tuple[Record, Record]]] = {
    "same_boilerplate": _same_boilerplate,
    "same_task": _same_task,
    "follow_up": _follow_up,
    "translated_other": _translated_other,
    "survey": _survey,
    "other_event": _other_event,
}
