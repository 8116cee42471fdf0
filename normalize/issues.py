"""The closed list of remarks that a record's ``issues`` may hold.

A remark is a code, optionally followed by ``:`` and a detail (``folded_taxonomy:4``). Each says
that something was repaired, lost or not understood; none is ever silent.
"""

from __future__ import annotations

from enum import StrEnum


class Issue(StrEnum):
    """Codes of the remarks; the text under each is what the documentation prints."""

    TEASER_GAP_REPAIRED = "teaser_gap_repaired"
    """The space between a teaser and its hidden rest, which is not in the text, was taken out."""

    TEASER_GAP_UNCERTAIN = "teaser_gap_uncertain"
    """A space stands where the site joins teaser and rest, but it may be the text's own: kept."""

    LATEX_BACKSLASHES_LOST = "latex_backslashes_lost"
    """The site strips backslashes from formulas (``mathbb{R}``); they cannot be recovered."""

    DATE_WITHOUT_YEAR = "date_without_year"
    """The page gives a day without a year and no reference date was known: not completed."""

    YEAR_FROM_REFERENCE = "year_from_reference"
    """The year of the date is that of the reference date, not of the page's own text."""

    DATE_RELATIVE = "date_relative"
    """The date was given relative to the page's clock (``3 hours ago``)."""

    DATE_RELATIVE_WITHOUT_REFERENCE = "date_relative_without_reference"
    """The date is relative and the page's clock is unknown: not resolved."""

    DATE_AMBIGUOUS = "date_ambiguous"
    """Day and month could be exchanged (``06/05/2024``) and the source declares no order."""

    DATE_CALENDAR_IMPRECISE = "date_calendar_imprecise"
    """A month or year of another calendar spans two Gregorian ones: coarser or not given."""

    DATE_WEEKDAY_CONFLICT = "date_weekday_conflict"
    """The weekday beside the date is not the date's own; the date is given as written."""

    DATE_NOT_UNDERSTOOD = "date_not_understood"
    """The page's date text was not understood; it stands in ``published_raw``."""

    FOLDED_TAXONOMY = "folded_taxonomy"
    """The page folds some taxonomy lines away; the detail is how many."""

    TAXONOMY_NOT_UNDERSTOOD = "taxonomy_not_understood"
    """A taxonomy line has an unknown shape; it stands in ``raw``."""

    BYLINE_UNPAIRED = "byline_unpaired"
    """A ``Last, First`` list does not come out even; its odd part is kept as a name of its own."""

    AUTHORS_TRUNCATED = "authors_truncated"
    """The page cuts the list of authors short (``et al.``); the detail is how many, if it says."""

    COUNT_APPROXIMATE = "count_approximate"
    """A count is rounded by the page (``10.2k``); the detail names the metric."""

    COUNT_NOT_UNDERSTOOD = "count_not_understood"
    """A count has an unknown shape; the detail names the metric, ``raw`` holds its text."""

    BOILERPLATE_DROPPED = "boilerplate_dropped"
    """Lines of the summary that stand in most entries of the source were dropped; the detail is
    how many."""

    LAYOUT_FALLBACK = "layout_fallback"
    """The source's first way of reading found nothing; the detail names the one that did."""

    LAYOUT_HEALED = "layout_healed"
    """None of the source's ways of reading found anything; the page's own structure gave entries
    like those of earlier runs. The detail ``new_ids`` says that their ids are not the earlier."""

    ADDRESS_UNLIKE = "address_unlike"
    """The entry stands among the source's entries and has their fields, but its address is not of
    the form that the source declares: its id is made of its address or its title."""

    ENTRIES_LEFT_OUT = "entries_left_out"
    """Parts of the page's list have neither the addresses nor the fields of the source's entries
    and were left out; the detail is how many. It stands at the last entry of the page."""

    ENTRY_PAGE_NOT_READ = "entry_page_not_read"
    """The entry's own page was to tell what the listing does not, and could not be read; the
    detail says why (``404``, ``robots``, ``limit``, ``login``, …)."""

    LISTING_UNCERTAIN = "listing_uncertain"
    """No rules are known for the page, and its list hardly stands out among its other parts."""

    URL_RELATIVE = "url_relative"
    """Where the page was is not known, so an address on it leads nowhere: it stands in ``raw``
    alone. The detail names what it is the address of (``url``, ``image``, ``links``)."""

    PAGE_CUT_OFF = "page_cut_off"
    """The page breaks off before its end: this last entry of it may be incomplete."""

    ENCODING_GUESSED = "encoding_guessed"
    """The declared character set did not fit the bytes; the detail names the one that did."""

    ENCODING_UNCERTAIN = "encoding_uncertain"
    """Neither page nor source tells the character set, and the bytes fit another one nearly as
    well as that of the detail: names and titles may be misread."""

    ENCODING_LOSSY = "encoding_lossy"
    """Some bytes fit no character set and were replaced by U+FFFD."""

    TEXT_REPAIRED = "text_repaired"
    """Broken text was repaired; the detail names the repair (``mojibake``, ``hyphenation``, …)."""

    LANGUAGE_UNCERTAIN = "language_uncertain"
    """The evidence for the language is weak or divided."""

    NO_TEXT = "no_text"
    """The entry has neither title nor summary."""


def issue(code: Issue, detail: object = None) -> str:
    """Write a remark as records hold it: ``code`` or ``code:detail``."""
    return code.value if detail is None else f"{code.value}:{detail}"
