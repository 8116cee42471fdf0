"""Entries to records: text, dates, names, language, identity. Knows nothing of Scrapy."""

from normalize.model import Entry, Record
from normalize.normalizer import Normalizer

__all__ = ["Entry", "Normalizer", "Record"]
