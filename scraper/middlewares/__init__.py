"""What goes wrong between a site and its spider: said once, counted, and left to the verdict."""

from scraper.middlewares.addresses import AddressMiddleware
from scraper.middlewares.base import AddressRefused
from scraper.middlewares.conditional import ConditionalMiddleware
from scraper.middlewares.errors import (
    CompressionMiddleware,
    DownloadFailureMiddleware,
    HttpErrorMiddleware,
    SplitErrorMiddleware,
)
from scraper.middlewares.pauses import RetryAfterMiddleware
from scraper.middlewares.redirects import RedirectLimitMiddleware
from scraper.middlewares.robots import RobotsUnreachableMiddleware

__all__ = [
    "AddressMiddleware",
    "AddressRefused",
    "CompressionMiddleware",
    "ConditionalMiddleware",
    "DownloadFailureMiddleware",
    "HttpErrorMiddleware",
    "RedirectLimitMiddleware",
    "RetryAfterMiddleware",
    "RobotsUnreachableMiddleware",
    "SplitErrorMiddleware",
]
