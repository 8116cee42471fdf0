"""Names of hosts, looked up once: the addresses that were judged are those connected to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import attrs
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred

Address = IPv4Address | IPv6Address


class Receiver(Protocol):
    """Who is told what a resolver finds: Twisted's ``IResolutionReceiver``."""

    def resolutionBegan(self, resolutionInProgress: object) -> None: ...  # noqa: N802, N803, D102  Twisted's

    def addressResolved(self, address: Address) -> None: ...  # noqa: N802, D102  as above

    def resolutionComplete(self) -> None: ...  # noqa: N802, D102  as above


class Resolver(Protocol):
    """What looks up names: Twisted's ``IHostnameResolver``."""

    def resolveHostName(  # noqa: N802, D102  Twisted's
        self,
        resolutionReceiver: Receiver,  # noqa: N803  as above
        hostName: str,  # noqa: N803  as above
        portNumber: int = 0,  # noqa: N803  as above
        addressTypes: Sequence[type[Address]] | None = None,  # noqa: N803  as above
        transportSemantics: str = "TCP",  # noqa: N803  as above
    ) -> object: ...


async def resolve(host: str) -> list[str]:
    """Addresses of a host; none for an unknown one.

    From then on every connection of this process to that host is to one of them, whatever
    resolver and cache the settings name: a name that leads elsewhere a moment later (DNS
    rebinding) has no effect.
    """
    from twisted.internet import reactor  # noqa: PLC0415  importing it installs one

    return [address.host for address in await _pinning(reactor).pin(host)]


def _pinning(reactor: Any) -> PinningResolver:  # noqa: ANN401  zope's interfaces are no types
    """The resolver of a reactor, made to pin."""
    resolver = reactor.nameResolver
    if not isinstance(resolver, PinningResolver):
        resolver = PinningResolver(resolver)
        reactor.installNameResolver(resolver)
    return resolver


class PinningResolver:
    """Gives pinned hosts the addresses that they had when they were pinned.

    Args:
        inner: looks up the others.
    """

    def __init__(self, inner: Resolver) -> None:
        self._inner = inner
        self._pinned: dict[str, tuple[Address, ...]] = {}

    async def pin(self, host: str) -> Sequence[Address]:
        """Look up a host and keep what is found, unless it is kept already."""
        name = _in_ascii(host)
        if name not in self._pinned:
            receiver = _Addresses()
            self._inner.resolveHostName(receiver, host)
            found = await maybe_deferred_to_future(receiver.complete)
            if not found:
                return ()
            # Of two lookups at a time the first to end counts: what is kept is what is judged.
            self._pinned.setdefault(name, tuple(found))
        return self._pinned[name]

    def resolveHostName(  # noqa: N802  the interface's names
        self,
        resolutionReceiver: Receiver,  # noqa: N803  as above
        hostName: str,  # noqa: N803  as above
        portNumber: int = 0,  # noqa: N803  as above
        addressTypes: Sequence[type[Address]] | None = None,  # noqa: N803  as above
        transportSemantics: str = "TCP",  # noqa: N803  as above
    ) -> object:
        """Tell a receiver the addresses of a host."""
        pinned = self._pinned.get(_in_ascii(hostName))
        if pinned is None:
            return self._inner.resolveHostName(
                resolutionReceiver, hostName, portNumber, addressTypes, transportSemantics
            )
        resolution = _Told(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        for address in pinned:
            if addressTypes is None or isinstance(address, tuple(addressTypes)):
                resolutionReceiver.addressResolved(attrs.evolve(address, port=portNumber))
        resolutionReceiver.resolutionComplete()
        return resolution


class _Told:
    """A resolution that is over: Twisted's ``IHostResolution``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way."""


class _Addresses:
    """Gathers what a resolver finds: Twisted's ``IResolutionReceiver``."""

    def __init__(self) -> None:
        self.complete: Deferred[list[Address]] = Deferred()
        self._found: list[Address] = []

    def resolutionBegan(self, resolutionInProgress: object) -> None:  # noqa: N802, N803  the interface's names
        """Nothing is known yet."""

    def addressResolved(self, address: Address) -> None:  # noqa: N802  as above
        """Keep an address."""
        self._found.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802  as above
        """Hand them on."""
        self.complete.callback(self._found)


def _in_ascii(host: str) -> str:
    """A name in one spelling: an address has it in ASCII, Twisted connects by its letters."""
    labels = host.lower().split(".")
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
        for label in labels
    )
