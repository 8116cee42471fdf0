"""Works that do not exist and how they are told: what made pairs are made of.

All texts are the project's own: phrases and sentence frames of
``tests/data/near_duplicates_parts.json``.
"""

from __future__ import annotations

import json
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


def draw_work(random: Random, like: Work | None = None, keep: tuple[str, ...] = ()) -> Work:
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


def draw_telling(random: Random, like: Telling | None = None, change: float = 1.0) -> Telling:
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


def fill(frame: str, work: Work, telling: Telling) -> str:
    """Fill a frame's slots with the work's phrases, as worded in the telling."""
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
    return " ".join(fill(frame, work, telling) for frame in frames)


def title_of(work: Work, telling: Telling) -> str:
    """Title of a work."""
    titles = parts()["titles" if work.name else "titles_unnamed"]
    return fill(titles[telling.title], work, telling)


def make_record(
    random: Random, title: str | None, summary: str | None, work: Work | None
) -> Record:
    """Make a record of a text; most give the work's authors where it has some."""
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


def told(random: Random, work: Work, telling: Telling) -> Record:
    """Tell a work in English."""
    return make_record(random, title_of(work, telling), _summary(work, telling), work)


def told_in_arabic(random: Random, work: Work, telling: Telling) -> Record:
    """Tell a work in Arabic, with a translation of its own wording."""
    words = {"name": work.name, "task": work.arabic[0], "word": work.arabic[1]}
    for slot, phrases in (("approach", "approaches"), ("metric", "metrics")):
        place = parts()[phrases].index(list(work.slots[slot]))
        words[slot] = parts()[f"{phrases}_ar"][place]
    named = "" if work.name and work.number else "_unnamed"
    title = random.choice(parts()[f"ar_titles{named}"]).format(**words)
    summary = random.choice(parts()[f"ar_summaries{named}"]).format(**words, number=work.number)
    translated = TranslatedText(
        title=title_of(work, telling),
        summary=_summary(work, telling),
        status=TranslationStatus.OK,
    )
    return attrs.evolve(
        make_record(random, title, summary, work), language="ar", translations={"en": translated}
    )
