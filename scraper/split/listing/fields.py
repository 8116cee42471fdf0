"""Fields of the entries, by what the page's entries have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import attrs
from lxml.html import HtmlElement

from normalize.model import Entry
from scraper.split.listing.candidates import Candidate
from scraper.split.listing.centuries import are_short, is_year_first, with_century, years_shown
from scraper.split.listing.dates import DateReader, date_parser, learn_dates
from scraper.split.listing.day_order import day_order
from scraper.split.listing.details import authors_of, image_of, metrics_of, summary_of
from scraper.split.listing.groups import (
    group_dates,
    group_years,
    lacks_year,
    spanned_dates,
    with_year,
)
from scraper.split.listing.lines import Content, content_of, most_nodes
from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.records import Record
from scraper.split.listing.title_dates import day_in, title_days
from scraper.split.listing.titles import TitleReader, learn_titles
from scraper.split.listing.wording import entry_address

# Entries from which the places of titles and of dates are learnt.
_SAMPLE = 60
_DATE_SAMPLE = 8
# Share of the entries from which the dates that stand in them are believed to be theirs alone.
_OWN_DATES = 0.6
_ALL_DATES = 0.97


@attrs.frozen(kw_only=True)
class Marks:
    """What every entry of a page carries: how sure its list is."""

    raw: Mapping[str, str]
    issues: tuple[str, ...]


class _Seen(NamedTuple):
    """What one entry holds in the places where the page's entries have their fields."""

    content: Content
    title: str | None
    date: str | None
    """The date that stands in the entry itself; not looked for where dates head groups."""


@attrs.frozen(kw_only=True)
class _Places:
    """Where the fields of one page's entries stand."""

    titles: TitleReader
    dates: DateReader
    grouped: Sequence[str | None] | None
    """The date of each entry, where dates head groups."""
    years: Sequence[str | None] | None
    """The year of each entry, where its date has none and years head groups."""
    years_shown: frozenset[str]
    """Years that the page shows in full, where its dates have two digits of them."""
    titled: bool
    """Whether the titles hold the entries' days, and nothing else does."""
    year_first: bool
    """Whether the two digits of the year stand first."""
    day_first: bool | None
    most: int
    """Elements that are read of each record."""
    sample: Mapping[int, _Seen]
    """The entries of the sample as read, by the numbers of their marks."""

    def read(self, outline: Outline, record: Record) -> _Seen:
        """Read an entry, once."""
        known = self.sample.get(record.mark.number)
        if known is not None:
            return known
        content = content_of(outline, record, self.most)
        title = self.titles.read(outline, record, content)
        return _Seen(content, title, None if self.grouped else self.dates.read(content, title))


def entries_of(
    outline: Outline, candidate: Candidate, languages: Sequence[str], marks: Marks
) -> Iterator[Entry]:
    """Read the entries of a candidate, in page order.

    Args:
        outline: the page.
        candidate: its list.
        languages: what the page declares.
        marks: what every entry is to carry.
    """
    places = _learn(outline, candidate, languages)
    for at, record in enumerate(candidate.records):
        content, title, date = places.read(outline, record)
        if places.grouped:
            date = places.grouped[at]
        if places.titled and not date:
            date = day_in(title, places.dates.parse)
        if places.years:
            date = with_year(date, places.years[at], places.dates.parse)
        if places.years_shown:
            date = with_century(date, places.years_shown, year_first=places.year_first)
        # Most entries of long lists are a title and nothing else.
        bare = len(content.lines) <= 1 and title == (content.lines[0].text if content.lines else "")
        authors, byline = ((), None) if bare else authors_of(content, title)
        yield Entry(
            source="listing",
            position=at + 1,
            url=_address(outline, record, content),
            title=title,
            summary=None if bare else summary_of(content, title, date, byline),
            published=date,
            day_first=places.day_first,
            languages=tuple(languages),
            authors=authors,
            byline=byline,
            metrics={} if bare else metrics_of(content),
            image=image_of(content),
            raw=marks.raw,
            issues=marks.issues,
        )


def _learn(outline: Outline, candidate: Candidate, languages: Sequence[str]) -> _Places:
    """Find out from a sample of the entries where their fields stand."""
    made = candidate.records
    most = most_nodes(outline, len(made))
    sample = [(r, content_of(outline, r, most)) for r in made[:: max(1, len(made) // _SAMPLE)]]
    contents = [content for _, content in sample]
    parse = date_parser(languages)
    titles, shown = learn_titles(outline, sample, candidate.family.form, parse)
    few = max(1, len(contents) // _DATE_SAMPLE)
    dates = learn_dates(contents[::few], shown[::few], parse)
    own = [dates.read(content, title) for content, title in zip(contents, shown, strict=True)]
    grouped = _grouped(outline, made, dates, own)
    days = grouped or own
    titled = not any(days) and title_days(shown, parse)
    if titled:
        days = [day_in(title, parse) for title in shown]
    order = day_order(days, shown, languages)
    short = sum(lacks_year(day, parse) for day in days[:_SAMPLE]) * 2 > len(days[:_SAMPLE])
    years = group_years(outline, made) if short else None
    return _Places(
        titles=titles, dates=dates, grouped=grouped, years=years, day_first=order,
        years_shown=_years_of(outline) if are_short(days) else frozenset(),
        year_first=is_year_first(days),
        titled=titled,
        most=most,
        sample={
            record.mark.number: _Seen(content, title, date)
            for (record, content), title, date in zip(sample, shown, own, strict=True)
        },
    )  # fmt: skip


def _grouped(
    outline: Outline, made: Sequence[Record], dates: DateReader, own: Sequence[str | None]
) -> Sequence[str | None] | None:
    """The dates that stand above the entries' groups, None where they are not the entries'.

    Where nearly all entries have dates of their own those count, unless they are the labels of
    the groups, each seen in the first entry below it.
    """
    covered = min(dates.coverage, sum(map(bool, own)) / len(own))
    if covered >= _ALL_DATES:
        return None
    told = spanned_dates(outline, made, dates.parse)
    if not any(told):
        told = group_dates(outline, made, dates.parse)
    if sum(map(bool, told)) <= covered * len(made):
        return None
    sampled = told[:: max(1, len(made) // _SAMPLE)]
    labels = all(a is None or a == b for a, b in zip(own, sampled, strict=True))
    return told if labels or covered < _OWN_DATES else None


def _years_of(outline: Outline) -> frozenset[str]:
    """Years in the page's text and in the addresses of its links."""
    return years_shown((*outline.nodes[0].itertext(), *outline.hrefs))


def _address(outline: Outline, record: Record, content: Content) -> str | None:
    """The mark's own address, else that of the link around it, else the record's first.

    Where microdata name one link of the entry as its ``url``, that is believed.
    """
    named = [link for link in content.links if link.get("itemprop") == "url"]
    if len(named) == 1 and (address := entry_address(named[0].get("href") or "")):
        return address
    if not record.mark.key.startswith("#"):
        return record.mark.key
    node = outline.nodes[record.mark.number]
    around = next(node.iterancestors("a"), None)
    inside = node.iter("a") if node.tag in HEADINGS else ()
    for link in (*([around] if around is not None else []), *inside):
        address = entry_address(link.get("href") or "")
        if address:
            return address
    links = [link for link in content.links if entry_address(link.get("href") or "")]
    if not links:
        return None
    named = [link for link in links if record.mark.text and _says(link, record.mark.text)]
    return entry_address((named or links)[0].get("href") or "")


def _says(link: HtmlElement, text: str) -> bool:
    told = " ".join("".join(link.itertext()).split())
    return bool(told) and (told in text or text in told)
