"""The errors of splitting: each names source and place, what was expected and what was found."""

from __future__ import annotations


class SplitError(Exception):
    """A document gave no entries, and why.

    Args:
        message: what is wrong, for the person who reads the log.
        source: name of the source, if known.
        where: URL or file of the document, if known.
        expected: what a good document would have held.
        found: what it held instead.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        where: str | None = None,
        expected: str | None = None,
        found: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.where = where
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        parts = (
            ("source", self.source),
            ("at", self.where),
            ("expected", self.expected),
            ("found", self.found),
        )
        told = "; ".join(f"{name}: {value}" for name, value in parts if value)
        return f"{self.message} ({told})" if told else self.message


class UnsupportedDocument(SplitError):
    """The bytes are not a page this project can read: empty, binary, or of no known source."""


class DocumentTooLarge(UnsupportedDocument):
    """The document is larger than the limit; nothing of it was used."""


class BlockedPage(UnsupportedDocument):
    """The site sent a login, consent or challenge page in place of the listing."""


class LayoutChanged(SplitError):
    """A page of a known source holds none of what its entries are known by."""


class NoEntries(SplitError):
    """A page of no known source has no list of entries, or is a single article."""


class UnknownSource(ValueError):
    """No source has the name that was given.

    Args:
        name: what was asked for.
        known: the names that there are.
        close: the name that was probably meant.
    """

    def __init__(self, name: str, *, known: tuple[str, ...], close: str | None) -> None:
        hint = f" Did you mean {close!r}?" if close else ""
        super().__init__(f"No source is called {name!r}.{hint} Known: {', '.join(known)}.")


class SpiderArgumentError(ValueError):
    """A spider argument (``-a name=value``) is unknown or has a value it cannot have."""
