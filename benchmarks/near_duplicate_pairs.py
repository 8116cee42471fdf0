"""Made pairs of records: the same work told twice, and works of one topic that are not the same.

All texts are the project's own: phrases and sentence frames of
``tests/data/near_duplicates_parts.json``. Pairs of both kinds draw on the same phrases, so that
vocabulary and boilerplate are shared by works that differ, and wording differs where the work is
the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import attrs

from normalize.model import Record, TranslatedText, TranslationStatus

PARTS = Path(__file__).resolve().parents[1] / "tests" / "data" / "near_duplicates_parts.json"
ROLES = ("context", "problem", "proposal", "detail", "evidence", "result", "closing")
AUTHORS: tuple[str, ...] = (
    "Lina Haddad", "Marek Nowak", "Aiko Mori", "Omar Said", "Eva Lindqvist", "Tunde Bello",
    "Priya Nair", "Jonas Weber", "Noor Aziz", "Carla Reyes", "Ivo Petrov", "Hana Kim",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class Pair:
    """Two records and whether they are of the same work or story."""

    kind: str
    same: bool
    one: Record
    other: Record


@attrs.frozen(kw_only=True)
class Work:
    """What a text is about: each slot is the index of a phrase, each phrase has wordings."""

    topic: dict[str, Any]
    name: str | None
    slots: dict[str, tuple[str, ...]]
    arabic: tuple[str, str]
    number: int | None
    authors: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Telling:
    """How a work is told: frame of every role, wording of every slot, frame of the title."""

    frames: dict[str, int]
    wordings: dict[str, int]
    title: int
    roles: tuple[str, ...] = ROLES


@cache
def parts() -> dict[str, Any]:
    """Phrases and frames."""
    data: dict[str, Any] = json.loads(PARTS.read_text(encoding="utf-8"))
    return data


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


def _work(random: Random, like: Work | None = None, keep: tuple[str, ...] = ()) -> Work:
    """Draw a work, of the same topic as another and with some slots in common."""
    topic = like.topic if like else random.choice(parts()["topics"])
    tasks = list(zip(topic["tasks"], topic["ar"], strict=True))
    others = [item for item in tasks if like is None or tuple(item[0]) != like.slots["task"]]
    task, arabic = random.choice(others)
    drawn: dict[str, tuple[str, ...]] = {
        "field": tuple(topic["field"]),
        "task": tuple(task),
        "approach": _other(random, parts()["approaches"], like, "approach"),
        "data": _other(random, topic["data"], like, "data"),
        "obstacle": _other(random, topic["obstacles"], like, "obstacle"),
        "use": _other(random, topic["uses"], like, "use"),
        "metric": _other(random, parts()["metrics"], like, "metric"),
    }
    if like:
        drawn |= {slot: like.slots[slot] for slot in keep if slot in drawn}
    names = [name for name in parts()["names"] if like is None or name != like.name]
    return Work(
        topic=topic,
        name=like.name if like and "name" in keep else random.choice([*names, *[None] * 20]),
        slots=drawn,
        arabic=like.arabic if like and "task" in keep else (arabic[0], arabic[1]),
        number=random.choice([None, random.randint(3, 58)]),
        authors=like.authors
        if like and "authors" in keep
        else tuple(random.sample(AUTHORS, random.randint(0, 4))),
    )


def _other(
    random: Random, phrases: list[list[str]], like: Work | None, slot: str
) -> tuple[str, ...]:
    return random.choice(
        [tuple(p) for p in phrases if like is None or tuple(p) != like.slots[slot]]
    )


def _telling(random: Random, like: Telling | None = None, change: float = 1.0) -> Telling:
    """Draw a telling; with `like`, each choice changes with the probability `change`."""
    frames = {role: random.randrange(len(parts()[role])) for role in ROLES}
    wordings = {slot: random.randrange(6) for slot in ("task", "approach", "data", "obstacle")}
    wordings |= {slot: random.randrange(6) for slot in ("field", "use", "metric")}
    roles = tuple(role for role in ROLES if random.random() < 0.9 or role == "proposal")
    title = random.randrange(len(parts()["titles"]))
    if like is None:
        return Telling(frames=frames, wordings=wordings, title=title, roles=roles)
    return Telling(
        frames={r: n if random.random() < change else like.frames[r] for r, n in frames.items()},
        wordings={
            s: n if random.random() < change else like.wordings[s] for s, n in wordings.items()
        },
        title=title if random.random() < change else like.title,
        roles=like.roles,
    )


def _fill(frame: str, work: Work, telling: Telling) -> str:
    words = {
        slot: phrases[telling.wordings[slot] % len(phrases)] for slot, phrases in work.slots.items()
    }
    words |= {slot.capitalize(): text[:1].upper() + text[1:] for slot, text in words.items()}
    filled = frame.format(**words, name=work.name, number=work.number)
    return filled[:1].upper() + filled[1:]


def _summary(work: Work, telling: Telling) -> str:
    unsaid = {"proposal": "proposal_unnamed"} if work.name is None else {}
    unsaid |= {"result": "result_uncounted"} if work.number is None else {}
    frames = (parts()[unsaid.get(role, role)][telling.frames[role]] for role in telling.roles)
    return " ".join(_fill(frame, work, telling) for frame in frames)


def _title(work: Work, telling: Telling) -> str:
    titles = parts()["titles" if work.name else "titles_unnamed"]
    return _fill(titles[telling.title], work, telling)


def _record(random: Random, title: str | None, summary: str | None, work: Work | None) -> Record:
    number = f"{random.getrandbits(48):012x}"
    return Record(
        id=f"made:{number}",
        source="made",
        url=f"https://site{random.randrange(5)}.example/{number}",
        position=1,
        title=title,
        summary=summary,
        authors=work.authors if work and random.random() < 0.6 else (),
        language="en",
        content_hash=number.rjust(32, "0"),
    )


def _told(random: Random, work: Work, telling: Telling) -> Record:
    return _record(random, _title(work, telling), _summary(work, telling), work)


def _arabic(random: Random, work: Work, telling: Telling) -> Record:
    """Tell a work in Arabic, with a translation of its own wording."""
    words = {"name": work.name, "task": work.arabic[0], "word": work.arabic[1]}
    for slot, phrases in (("approach", "approaches"), ("metric", "metrics")):
        place = parts()[phrases].index(list(work.slots[slot]))
        words[slot] = parts()[f"{phrases}_ar"][place]
    named = "" if work.name and work.number else "_unnamed"
    title = random.choice(parts()[f"ar_titles{named}"]).format(**words)
    summary = random.choice(parts()[f"ar_summaries{named}"]).format(**words, number=work.number)
    translated = TranslatedText(
        title=_title(work, telling),
        summary=_summary(work, telling),
        status=TranslationStatus.OK,
    )
    return attrs.evolve(
        _record(random, title, summary, work), language="ar", translations={"en": translated}
    )


def _retitled(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    other = _telling(random)
    one = _told(random, work, telling)
    return one, attrs.evolve(_told(random, work, telling), title=_title(work, other))


def _cut(random: Random) -> tuple[Record, Record]:
    one, other = _retitled(random)
    if random.random() < 0.5:
        other = attrs.evolve(other, title=(one.title or "").upper())
    length = random.randint(160, 320)
    return one, attrs.evolve(
        other, summary=(other.summary or "")[:length] + random.choice(["", "…"])
    )


def _edited(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    changed = _telling(random, telling, 0.3)
    roles = list(changed.roles)
    roles.remove(random.choice([role for role in roles if role != "proposal"]))
    return _told(random, work, telling), _told(
        random, work, attrs.evolve(changed, roles=tuple(roles))
    )


def _translated(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    return _told(random, work, telling), _arabic(random, work, _telling(random, telling, 0.5))


def _both_translated(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    other = _arabic(random, work, _telling(random, telling, 0.4))
    return _arabic(random, work, telling), attrs.evolve(other, language="fa")


def _news(random: Random) -> tuple[Record, Record]:
    event = _event(random)
    return _reported(random, event), _reported(random, event)


def _same_boilerplate(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    other = _work(random, work, ("use", "obstacle"))
    return _told(random, work, telling), _told(random, other, telling)


def _same_task(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    other = _work(random, work, ("task", "use"))
    return _told(random, work, telling), _told(random, other, _telling(random, telling, 0.3))


def _follow_up(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    other = _work(random, work, ("name", "approach", "authors"))
    return _told(random, work, telling), _told(random, other, _telling(random, telling, 0.5))


def _translated_other(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    other = _work(random, work, random.choice([("task",), ("approach", "data"), ("metric",)]))
    return _told(random, work, telling), _arabic(random, other, _telling(random, telling, 0.3))


def _survey(random: Random) -> tuple[Record, Record]:
    work, telling = _work(random), _telling(random)
    other = _work(random, work)
    frame = random.choice(["A survey of {task}", "{Task}: a review of methods and open problems"])
    one, two = _fill(frame, work, telling), _fill(frame, other, telling)
    return (
        attrs.evolve(_told(random, work, telling), title=one),
        attrs.evolve(_told(random, other, telling), title=two),
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
    return _record(random, title, summary, None)


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
