"""Made pairs on which nothing was tuned: medicine, farming, law, economics, astronomy, news.

They are of other making than `near_duplicate_pairs`: a work is told sentence by sentence, each
in one of three wordings, and sentences are dropped, moved and cut. All texts are the project's
own, in ``tests/data/near_duplicates_unseen.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import attrs

from benchmarks.near_duplicate_pairs import Pair
from normalize.model import Record, TranslatedText, TranslationStatus

PARTS = Path(__file__).resolve().parents[1] / "tests" / "data" / "near_duplicates_unseen.json"
CUTS = (160, 250, 400)
WORDINGS = 3


@attrs.frozen(kw_only=True)
class Told:
    """A text: its slots' values, the wording of every sentence in order, and of the title."""

    topic: str
    slots: Mapping[str, str]
    sentences: tuple[tuple[int, int], ...]
    title: int


@cache
def parts() -> dict[str, Any]:
    """Topics and news events."""
    data: dict[str, Any] = json.loads(PARTS.read_text(encoding="utf-8"))
    return data


def make_unseen_pairs(*, seed: int, count: int) -> list[Pair]:
    """Make `count` pairs of the same work and `count` pairs of different ones."""
    random = Random(seed)  # noqa: S311  repeatable, not secret
    pairs = []
    for kinds in (SAME, DIFFERENT):
        names = list(kinds)
        for number in range(count):
            kind = names[number % len(names)]
            one, other = kinds[kind](random)
            if random.random() < 0.5:
                one, other = other, one
            pairs.append(Pair(kind=kind, same=kinds is SAME, one=one, other=other))
    random.shuffle(pairs)
    return pairs


def _slots(random: Random, choices: Mapping[str, Any]) -> dict[str, str]:
    return {name: _value(random, choice) for name, choice in choices.items()}


def _value(random: Random, choice: str | list[str]) -> str:
    if isinstance(choice, list):
        return random.choice(choice)
    least, most = choice.split("-")
    return str(random.randint(int(least), int(most)))


def _work(random: Random, topic: str | None = None) -> Told:
    topic = topic or random.choice(list(parts()["topics"]))
    bank = parts()["topics"][topic]
    roles = sorted(random.sample(range(len(bank["sentences"])), random.randint(5, 7)))
    return Told(
        topic=topic,
        slots=_slots(random, bank["slots"]),
        sentences=tuple((role, random.randrange(WORDINGS)) for role in roles),
        title=random.randrange(len(bank["titles"])),
    )


def _like(random: Random, work: Told, kept: int) -> Told:
    """Another work of the topic that has `kept` slots in common; its numbers differ."""
    other = _work(random, work.topic)
    named = [name for name, value in work.slots.items() if not value.isdigit()]
    same = dict.fromkeys(random.sample(named, kept))
    choices = parts()["topics"][work.topic]["slots"]
    slots = {
        name: value
        if name in same
        else _value(random, [c for c in choices[name] if c != value])
        if name in named
        else _value(random, choices[name])
        for name, value in work.slots.items()
    }
    return attrs.evolve(other, slots=slots)


def _fill(frame: str, slots: Mapping[str, str]) -> str:
    filled = frame.format(**slots)
    return filled[:1].upper() + filled[1:]


def _title(work: Told) -> str:
    return _fill(parts()["topics"][work.topic]["titles"][work.title], work.slots)


def _summary(work: Told) -> str:
    frames = parts()["topics"][work.topic]["sentences"]
    return " ".join(_fill(frames[role][wording], work.slots) for role, wording in work.sentences)


def _record(random: Random, title: str, summary: str) -> Record:
    number = f"{random.getrandbits(48):012x}"
    return Record(
        id=f"unseen:{number}",
        source="unseen",
        url=f"https://paper{random.randrange(9)}.example/{number}",
        position=1,
        title=title,
        summary=summary,
        language="en",
        content_hash=number.rjust(32, "0"),
    )


def _told(random: Random, work: Told) -> Record:
    return _record(random, _title(work), _summary(work))


def _retitle(random: Random, work: Told) -> Told:
    titles = range(len(parts()["topics"][work.topic]["titles"]))
    return attrs.evolve(work, title=random.choice([n for n in titles if n != work.title]))


def _reword(random: Random, work: Told, change: float) -> Told:
    sentences = tuple(
        (role, random.randrange(WORDINGS) if random.random() < change else wording)
        for role, wording in work.sentences
    )
    return attrs.evolve(work, sentences=sentences)


def _arabic(random: Random, work: Told) -> Record:
    """The work in Arabic, translated back in the wording given."""
    bank = parts()["topics"][work.topic]["ar"]
    told = _record(
        random, random.choice(bank["titles"]), _fill(random.choice(bank["summaries"]), work.slots)
    )
    translated = TranslatedText(
        title=_title(work), summary=_summary(work), status=TranslationStatus.OK
    )
    return attrs.evolve(told, language="ar", translations={"en": translated})


def _retitled(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    return _told(random, work), _told(random, _retitle(random, work))


def _cut(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    other = _told(random, _retitle(random, work) if random.random() < 0.5 else work)
    cut = (other.summary or "")[: random.choice(CUTS)]
    return _told(random, work), attrs.evolve(
        other, summary=cut + random.choice(["", "…", " [...]"])
    )


def _rearranged(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    kept = random.sample(work.sentences, len(work.sentences) - random.randint(1, 2))
    return _told(random, work), _told(
        random, attrs.evolve(_retitle(random, work), sentences=tuple(kept))
    )


def _translated(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    return _told(random, work), _arabic(random, _reword(random, _retitle(random, work), 0.6))


def _translated_cut(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    one = _told(random, work)
    one = attrs.evolve(one, summary=(one.summary or "")[:400])
    return one, _arabic(random, _reword(random, work, 0.5))


def _reported(random: Random) -> tuple[Record, Record]:
    news = parts()["news"]
    slots = _slots(random, news["slots"])
    one, other = random.sample(random.choice(news["events"]), 2)
    return _report(random, one, slots), _report(random, other, slots)


def _report(random: Random, telling: list[str], slots: Mapping[str, str]) -> Record:
    return _record(random, _fill(telling[0], slots), _fill(telling[1], slots))


def _same_topic(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    return _told(random, work), _told(random, _like(random, work, 0))


def _one_in_common(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    return _told(random, work), _told(random, _like(random, work, 1))


def _two_in_common(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    return _told(random, work), _told(random, _like(random, work, 2))


def _cut_other(random: Random) -> tuple[Record, Record]:
    one, other = _one_in_common(random)
    return one, attrs.evolve(other, summary=(other.summary or "")[: random.choice(CUTS)])


def _translated_other(random: Random) -> tuple[Record, Record]:
    work = _work(random)
    return _told(random, work), _arabic(random, _like(random, work, 1))


def _other_event(random: Random) -> tuple[Record, Record]:
    news = parts()["news"]
    event = random.choice(news["events"])
    one, other = _slots(random, news["slots"]), _slots(random, news["slots"])
    if random.random() < 0.5:
        other["place"] = one["place"]
    return _report(random, random.choice(event), one), _report(random, random.choice(event), other)


SAME: dict[str, Callable[[Random], tuple[Record, Record]]] = {
    "retitled": _retitled,
    "cut": _cut,
    "rearranged": _rearranged,
    "translated": _translated,
    "translated_cut": _translated_cut,
    "two_papers": _reported,
}
DIFFERENT: dict[str, Callable[[Random], tuple[Record, Record]]] = {
    "same_topic": _same_topic,
    "one_in_common": _one_in_common,
    "two_in_common": _two_in_common,
    "cut_other": _cut_other,
    "translated_other": _translated_other,
    "other_event": _other_event,
}
