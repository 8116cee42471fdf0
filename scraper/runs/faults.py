"""What can go wrong with the state and with publishing; each message says what to do."""

from __future__ import annotations


class RefreshError(Exception):
    """A refresh cannot go on; the message names the file, the cause and the way out."""


class StateError(RefreshError):
    """The state cannot be read or written: no such file, no space, no permission."""


class StateBusy(StateError):
    """Another process has been writing to the state for longer than one waits."""


class StateDamaged(StateError):
    """The state file is damaged or is no state file."""


class StateTooNew(StateError):
    """The state file was written by a newer version of the program."""


class RunFilesError(RefreshError):
    """What a crawl left in its run directory cannot be read."""


class PublishError(RefreshError):
    """What is to be published cannot be written; what was published before stands as it was."""


class LocksBusy(RefreshError):
    """Another process has been taking locks for longer than one waits; nothing was done."""
