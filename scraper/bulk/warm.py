"""Loading, ahead of the first entry, what is otherwise loaded when first needed."""

from __future__ import annotations

from normalize import Entry, Normalizer

# Too short for letters and function words to decide, so that the engines of each script load.
_TITLES = ("Kala mati", "Мала река", "कल परसों", "کتاب خانه", "مدرسة", "水库", "みずうみ")


def warm() -> None:
    """Load vocabularies and engines."""
    normalizer = Normalizer(target=None)
    for position, title in enumerate(_TITLES, start=1):
        entry = Entry(source="warm", position=position, title=title, published="21 May 2024")
        normalizer.record(entry)
