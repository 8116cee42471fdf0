"""Rows and list items as families: lists whose titles are no links, or not all of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from scraper.split.lines import each_line, one_line
from scraper.split.listing.families import Family, Mark
from scraper.split.listing.lines import has_digit
from scraper.split.listing.link_parts import link_parts
from scraper.split.listing.outline import Outline
from scraper.split.listing.records import child_numbers
from scraper.split.listing.vocabulary import phrase_set
from scraper.split.listing.wording import is_interface, title_worth
from scraper.split.phrases import phrase_key

_ITEMS = frozenset(("li", "dt", "div", "section", "article"))
_CELLS = ("td", "th")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
# Sizes of an item in characters: beyond them it is a whole article, or layout.
_LONGEST = 3000
_LEAST_ITEMS = 3
_MANY = 200
# Elements of an item beyond which its inline elements are not looked at one by one.
_MOST_PARTED = 200
_SEVERAL = 6
_MOST_COLUMNS = 40
_SAMPLE = 40
_STRONG = frozenset(("strong", "b", "h2", "h3", "h4", "h5", "h6"))
# Elements of an item among which its bold beginning is looked for.
_FIRST = 4
_LEAST_WORTH = 0.2
# Share of an item's text that is all of it.
_ALL = 0.9
# What a number is worth that stands where the others have titles.
_NUMBER = 0.15
# A column whose texts are worth less is no column of titles.
_LEAST_COLUMN = 0.15
# What follows a link in brackets is a detail.
_BRACKETS = ("(", "[", "（", "【", "［", "「")
# Margins whose rows and items are no guess at the page's entries.
_NO_LIST = frozenset(("furniture", "ads", "comments", "meta"))


def item_families(outline: Outline) -> list[Family]:
    """Families of table rows, and of list items with text of their own."""
    rows: dict[tuple[int, str], list[int]] = defaultdict(list)
    items: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, tag in enumerate(outline.tags):
        if tag not in _ITEMS and tag != "tr" and not (tag == "p" and _is_headed(outline, number)):
            continue
        if not 0 < outline.lengths[number] < _LONGEST or outline.zones[number] in _NO_LIST:
            continue
        if tag == "tr":
            rows[outline.kinds[number], outline.zones[number]].append(number)
        elif outline.linked[number] * 10 < outline.lengths[number] * 9:
            items[outline.kinds[number], outline.zones[number]].append(number)
    found = [_table_family(outline, group, zone) for (_, zone), group in rows.items()]
    found += [_list_family(outline, group, zone) for (_, zone), group in items.items()]
    return [family for family in found if family and len(family.marks) > 1]


def _is_headed(outline: Outline, number: int) -> bool:
    """Whether a paragraph begins with a line in bold, as entries that are paragraphs do."""
    first = number + 1
    if first >= outline.ends[number] or outline.tags[first] not in {"strong", "b"}:
        return False
    node = outline.nodes[first]
    following = node.getnext()
    alone = not (outline.nodes[number].text or "").strip() and not (node.tail or "").strip()
    return alone and following is not None and following.tag == "br"


def _table_family(outline: Outline, numbers: Sequence[int], zone: str) -> Family | None:
    if len(numbers) < _LEAST_ITEMS:
        return None
    cells = {number: _cells(outline, number) for number in numbers}
    widths = [len(told) for told in cells.values()]
    usual = max(set(widths), key=widths.count)
    if not 1 < usual <= _MOST_COLUMNS:
        return None
    header = _header(outline, numbers, cells)
    body = [n for n in numbers if len(cells[n]) == usual and n != header]
    if len(body) < _LEAST_ITEMS - 1:
        return None
    labels = [phrase_key(one_line(outline.nodes[c])) for c in cells[header]] if header else []
    column = _title_column(outline, [cells[n] for n in body], labels)
    factor = 0.9 if not _known_columns().isdisjoint(labels) else 0.75
    marks = []
    for number in body:
        text = _cell_title(outline, cells[number][column])
        worth = title_worth(text) or (_NUMBER if text else 0.0)
        marks.append(Mark(number=number, key=f"#{number}", text=text, worth=worth * factor))
    return Family(marks=tuple(marks), form="tr", zone=zone)


def _known_columns() -> frozenset[str]:
    """What lists of entries call their columns."""
    return phrase_set("title_columns") | phrase_set("date_columns")


def _cells(outline: Outline, row: int) -> list[int]:
    return [child for child in child_numbers(outline, row) if outline.tags[child] in _CELLS]


def _header(outline: Outline, numbers: Sequence[int], cells: dict[int, list[int]]) -> int | None:
    """The first row, where all its cells are headers."""
    for number in numbers[:2]:
        if cells[number] and all(outline.tags[cell] == "th" for cell in cells[number]):
            return number
    return None


def _cell_title(outline: Outline, cell: int) -> str:
    """The text of a cell, or of the link that is most of it, or what it begins with in bold."""
    links = [n for n in range(cell + 1, outline.ends[cell]) if outline.tags[n] == "a"]
    longest = max(links, key=lambda n: outline.lengths[n], default=None)
    whole = one_line(outline.nodes[cell])
    if longest is not None:
        told = one_line(outline.nodes[longest])
        detail = whole.startswith(told) and whole[len(told) :].lstrip().startswith(_BRACKETS)
        if detail or outline.lengths[longest] * 2 > outline.lengths[cell]:
            return told
    return _bold_beginning(outline, cell) or whole


def _bold_beginning(outline: Outline, number: int) -> str:
    """What an element begins with in bold, where it does."""
    last = min(outline.ends[number], number + _FIRST)
    for at in range(number + 1, last):
        if (outline.nodes[outline.parents[at]].text or "").strip():
            return ""
        if outline.tags[at] in _STRONG and outline.lengths[at]:
            return next(_title_lines([one_line(outline.nodes[at])]), "").rstrip(" ,;:،")
        if outline.tags[at] == "a":
            return ""
    return ""


def _title_column(outline: Outline, rows: Sequence[Sequence[int]], labels: Sequence[str]) -> int:
    """The column that is most like titles: its label, its links, its text, all different."""
    sample = rows[:_SAMPLE]
    scores = []
    for column in range(len(rows[0])):
        cells = [row[column] for row in sample]
        texts = [one_line(outline.nodes[cell]) for cell in cells]
        distinct = len(set(texts)) / len(texts)
        letters = sum(map(_has_more_letters, texts))
        score = sum(map(title_worth, texts)) / len(texts) * distinct
        score *= 0.3 + 0.7 * letters / len(texts)
        if sum(outline.linked[cell] > 0 for cell in cells) * 2 > len(cells):
            score *= 1.3
        if column < len(labels) and labels[column] in phrase_set("title_columns"):
            score = score * 2 + 0.2
        elif column < len(labels) and labels[column] in phrase_set("date_columns"):
            score *= 0.2
        scores.append(score)
    if max(scores) < _LEAST_COLUMN:
        linked = [_links_apart(outline, [row[at] for row in sample]) for at in range(len(scores))]
        if any(linked):
            return linked.index(True)
    return scores.index(max(scores))


def _links_apart(outline: Outline, cells: Sequence[int]) -> bool:
    """Whether nearly all of the cells are links, each with a text of its own."""
    told = {one_line(outline.nodes[cell]) for cell in cells if outline.linked[cell]}
    return len(told) > len(cells) * 0.8


def _list_family(outline: Outline, numbers: Sequence[int], zone: str) -> Family | None:
    if len(numbers) < _LEAST_ITEMS:
        return None
    if sum(_is_plain(outline, number) for number in numbers) * 2 < len(numbers):
        return None
    linked = sum(outline.linked[number] * 2 > outline.lengths[number] for number in numbers)
    if len(numbers) > _MANY and linked * 2 > len(numbers):
        return None  # a long list of links is a family of links already
    factor = 0.75 if _lead_apart(outline, numbers) else 0.6
    marks = [mark for number in numbers if (mark := _item_mark(outline, number, factor))]
    return Family(marks=tuple(marks), form=outline.tags[numbers[0]], zone=zone)


def _lead_apart(outline: Outline, numbers: Sequence[int]) -> bool:
    """Whether nearly every item has a link, and each leads elsewhere."""
    firsts = set()
    for number in numbers:
        place = bisect_left(outline.anchors, number)
        if place < len(outline.anchors) and outline.anchors[place] < outline.ends[number]:
            firsts.add(outline.hrefs[place])
    return len(numbers) >= _SEVERAL and len(firsts) > len(numbers) * 0.9


def _item_mark(outline: Outline, number: int, factor: float) -> Mark | None:
    text = _first_title_line(outline, number)
    if not text:
        return None
    mostly_links = outline.linked[number] * 2 > outline.lengths[number]
    worth = title_worth(text) * (0.3 if mostly_links else factor)
    return Mark(number=number, key=f"#{number}", text=text, worth=worth)


def _is_plain(outline: Outline, number: int) -> bool:
    """Whether an item is a list's item rather than layout: `div` needs a class to be one."""
    if outline.ends[number] - number > _SAMPLE * 2:
        return False
    return outline.tags[number] in {"li", "dt", "p"} or bool(outline.classes[number])


def _first_title_line(outline: Outline, number: int) -> str:
    """What an item begins with in bold, else its first line up to its links."""
    last = min(outline.ends[number], number + _FIRST)
    for at in range(number + 1, last):
        if outline.tags[at] in _STRONG and outline.lengths[at]:
            return next(_title_lines([one_line(outline.nodes[at])]), "")
        if outline.tags[at] == "a":
            break
    node = outline.nodes[number]
    line = next(_title_lines(each_line(node)), "")
    is_small = outline.ends[number] - number <= _MOST_PARTED
    # Inline elements, of which one is the title.
    if is_small and len(line) > outline.lengths[number] * _ALL:
        parts = (part.text for part in link_parts(node))
        told = (text for text in _title_lines(parts) if title_worth(text) > _LEAST_WORTH)
        if part := next(told, None):
            return part
    if not line or not outline.linked[number]:
        return line
    words = (" ".join("".join(link.itertext()).split()) for link in node.iter("a"))
    first = next((word for word in words if word), None)
    head = line.partition(first)[0].strip(" \t-–—|:•,;[(") if first else line
    return head if title_worth(head) > _LEAST_WORTH else line


def _title_lines(lines: Iterable[str]) -> Iterator[str]:
    """Lines that say more than a number, a date or an interface would."""
    for line in lines:
        if _has_more_letters(line) and not is_interface(line):
            yield line


def _has_more_letters(text: str) -> bool:
    """Whether a text has more than two letters for each of its digits, and one at least."""
    if not has_digit(text):
        return _LETTER.search(text) is not None
    return len(_LETTER.findall(text)) > 2 * len(_DIGIT.findall(text))
