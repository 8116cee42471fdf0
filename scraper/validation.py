"""The feed's contract, checked: the schema of a record, and the form of a feed's lines."""

from __future__ import annotations

import hashlib
import json
import lzma
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import jsonschema_rs

from normalize.model import Record

BOM = b"\xef\xbb\xbf"
_LONGEST_MESSAGE = 300


@attrs.frozen(kw_only=True)
class Problem:
    """One thing that is wrong with a record or line."""

    field: str | None = None
    """JSON pointer (``/links/0/url``) of the value, None where it is the whole line."""

    message: str
    """What was expected and what was found."""

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class _NotJson(ValueError):
    """Something that Python's JSON reader lets pass and JSON does not."""


def record_validator() -> jsonschema_rs.Draft202012Validator:
    """Compile the schema of `Record`."""
    return jsonschema_rs.Draft202012Validator(Record.json_schema())


def record_problems(validator: jsonschema_rs.Draft202012Validator, data: object) -> list[Problem]:
    """Everything in ``data`` that the schema does not allow."""
    return [_schema_problem(error) for error in validator.iter_errors(data)]


def feed_problems(lines: Iterable[bytes]) -> Iterator[tuple[int, Problem]]:
    """Check a feed line by line, in memory that grows by 16 bytes an id.

    Args:
        lines: the feed's lines with their line ends.

    Yields:
        The 1-based number of a line and what is wrong with it.
    """
    validator = record_validator()
    seen: set[bytes] = set()
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            for problem in _line_problems(line, validator, seen, first=number == 1):
                yield number, problem
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        yield number + 1, Problem(message=f"expected a whole compressed file, found: {error}")


def _line_problems(
    line: bytes,
    validator: jsonschema_rs.Draft202012Validator,
    seen: set[bytes],
    *,
    first: bool,
) -> Iterator[Problem]:
    yield from _form_problems(line, first=first)
    content = line.removeprefix(BOM) if first else line
    if not content.strip():
        return
    try:
        data = _read(content)
    except (ValueError, RecursionError) as error:
        yield Problem(message=_not_json(error))
        return
    yield from record_problems(validator, data)
    if isinstance(data, Mapping) and isinstance(data.get("id"), str):
        yield from _id_problems(data["id"], seen)


def _form_problems(line: bytes, *, first: bool) -> Iterator[Problem]:
    if first and line.startswith(BOM):
        yield Problem(message="expected no byte order mark, found one")
    if not line.endswith(b"\n"):
        yield Problem(message="expected a line end, found the end of the file: torn, or cut off")
    elif line.endswith(b"\r\n"):
        yield Problem(message=r"expected the line end \n, found \r\n")
    if not line.strip():
        yield Problem(message="expected a record, found a blank line")


def _id_problems(record_id: str, seen: set[bytes]) -> Iterator[Problem]:
    digest = hashlib.blake2b(record_id.encode("utf-8"), digest_size=16).digest()
    if digest in seen:
        yield Problem(field="/id", message=f"expected an id of its own, found {record_id!r} again")
    seen.add(digest)


def _read(content: bytes) -> Any:  # noqa: ANN401  any JSON value
    data = json.loads(
        content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
    )
    # Half a pair is legal in a JSON escape, but no text: it cannot be written as UTF-8.
    if b"\\u" in content:
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = sorted({name for name in names if names.count(name) > 1})
        raise _NotJson(f"expected every key once, found {', '.join(map(repr, repeated))} again")
    return data


def _no_constant(name: str) -> None:
    raise _NotJson(f"expected a JSON value, found {name}")


def _not_json(error: ValueError | RecursionError) -> str:
    match error:
        case _NotJson():
            return str(error)
        case UnicodeDecodeError():
            return f"expected UTF-8, found byte 0x{error.object[error.start]:02x} at {error.start}"
        case UnicodeEncodeError():
            return "expected text, found half of a surrogate pair"
        case json.JSONDecodeError():
            return f"expected JSON, found at column {error.colno}: {error.msg}"
        case RecursionError():
            return "expected a record, found JSON that is nested too deep"
        case _:  # an integer of thousands of digits
            return f"expected JSON, found: {error}"


def _schema_problem(error: jsonschema_rs.ValidationError) -> Problem:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in error.instance_path)
    message = error.message
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[: _LONGEST_MESSAGE // 2]} … {message[-_LONGEST_MESSAGE // 2 :]}"
    return Problem(field="".join(f"/{part}" for part in parts) or None, message=message)
