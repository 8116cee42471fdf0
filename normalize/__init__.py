"""Entries to records: text, dates, names, language, identity. Knows nothing of Scrapy."""
