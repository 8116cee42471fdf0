"""Dates as pages of many languages and calendars print them, at the precision they give."""

from __future__ import annotations

from normalize.dates.model import Calendar, PartialDate, Precision
from normalize.dates.parser import parse_date

__all__ = ["Calendar", "PartialDate", "Precision", "parse_date"]
