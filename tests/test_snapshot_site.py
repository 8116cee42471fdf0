"""The bundled snapshot as a server: what clients do to it is not its error."""

from __future__ import annotations

import socket
import struct
import threading
from urllib.parse import urlsplit

import pytest

from tests.processes import wait_until
from tools.snapshot_site import serve

NO_LINGER = struct.pack("ii", 1, 0)
"""Closing a connection resets it."""


@pytest.mark.parametrize(
    "asked", [b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 50], ids=["request", "answer"]
)
def test_a_client_that_resets_the_connection_leaves_no_traceback(
    asked: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve() as bases:
        before = threading.active_count()
        address = urlsplit(bases["aitopics"])
        with socket.create_connection((address.hostname, address.port), timeout=5) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            client.sendall(asked)
            wait_until(lambda: threading.active_count() > before)  # the server is at work on it
        wait_until(lambda: threading.active_count() == before)
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out == ""
