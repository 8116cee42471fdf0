"""Web archives (WARC, ISO 28500): what a crawl was sent is kept, and read again later."""

FETCHED_AT = "fetched_at"
"""Key of ``Request.meta``: when the answer was fetched, as the archive says (aware, UTC)."""
