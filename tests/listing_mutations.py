"""Pages broken in the ways in which pages are broken, reproducibly."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r'\s[a-z-]+="[^"]*"')
_CHARSETS = (
    "utf-8", "utf-16", "utf-16-be", "windows-1251", "windows-1252", "windows-1255", "windows-1256",
    "shift_jis", "euc-kr", "gb18030", "big5", "iso-8859-2", "koi8-r",
)  # fmt: skip
_ODD = (
    b"\0", b"\xff\xfe", b"<", b">", b"<!--", b"<![CDATA[", b"<td>", b"</div>", b"&#0;", b"&#55296;",
    b"<a href='//[x'>", b"<a href='http://a:b:c/'>", b"<base href='::'>", b"<template>", b"<svg>",
    b'<time datetime="99999-99-99">', b'<i data-time="9999999999">', b"\xe2\x80\xae", b"\xc2\x85",
    b"<plaintext>", b"<frameset>", b'<script type="application/ld+json">[{', b"\x1b[2J",
)  # fmt: skip


def tags_dropped(html: str, turn: random.Random) -> bytes:
    share = turn.choice((0.01, 0.1, 0.5))
    return _TAG.sub(lambda tag: "" if turn.random() < share else tag[0], html).encode()


def tags_swapped(html: str, turn: random.Random) -> bytes:
    tags = _TAG.findall(html) or [""]
    return _TAG.sub(
        lambda tag: turn.choice(tags) if turn.random() < 0.05 else tag[0], html
    ).encode()


def attributes_shuffled(html: str, turn: random.Random) -> bytes:
    told = _ATTRIBUTE.findall(html)
    turn.shuffle(told)
    rest = iter(told)
    return _ATTRIBUTE.sub(lambda one: next(rest, one[0]), html).encode()


def cut_off(html: str, turn: random.Random) -> bytes:
    body = html.encode()
    return body[: turn.randrange(len(body) + 1)]


def other_charset(html: str, turn: random.Random) -> bytes:
    """Written in one encoding, declared to be in another."""
    return html.replace("utf-8", turn.choice(_CHARSETS)).encode(turn.choice(_CHARSETS), "replace")


def pieces_moved(html: str, turn: random.Random) -> bytes:
    for _ in range(turn.randint(1, 6)):
        start = turn.randrange(len(html) + 1)
        piece = html[start : start + turn.randint(1, 400)]
        place = turn.randrange(len(html) + 1)
        kept = html.replace(piece, "", 1) if piece and turn.random() < 0.5 else html
        html = kept[:place] + piece * turn.randint(1, 4) + kept[place:]
    return html.encode()


def bytes_spoiled(html: str, turn: random.Random) -> bytes:
    body = bytearray(html.encode())
    for _ in range(turn.randint(1, 40)):
        place = turn.randrange(len(body) + 1)
        if turn.random() < 0.5:
            body[place : place + 1] = bytes([turn.randrange(256)])
        else:
            body[place:place] = turn.choice(_ODD)
    return bytes(body)


def one_repeated(html: str, turn: random.Random) -> bytes:
    tags = _TAG.findall(html) or ["<b>"]
    return html.replace("</body>", turn.choice(tags) * turn.randint(100, 3000)).encode()


MUTATIONS: Sequence[Callable[[str, random.Random], bytes]] = (
    tags_dropped, tags_swapped, attributes_shuffled, cut_off, other_charset, pieces_moved,
    bytes_spoiled, one_repeated,
)  # fmt: skip


def mutated(html: str, turn: random.Random) -> bytes:
    """A page broken in one way, or in two."""
    body = turn.choice(MUTATIONS)(html, turn)
    if turn.random() < 0.3:
        body = turn.choice(MUTATIONS)(body.decode("utf-8", "replace"), turn)
    return body
