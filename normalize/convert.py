"""attrs instances to JSON and back, strictly."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Self, TypeVar, cast

from cattrs import ClassValidationError, transform_error
from cattrs.preconf.json import JsonConverter, make_converter

T = TypeVar("T")

# Legal in JSON strings, but read as line ends by tools that split a feed with str.splitlines().
_LINE_ENDS = "\x85\u2028\u2029"


class InvalidEntry(ValueError):
    """A mapping is not an `Entry` or `Record`; the message names every field that is wrong."""


def json_line(data: Mapping[str, Any]) -> str:
    """Write a mapping as one line: UTF-8 text as it is, no line end inside, one at the end."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
    # Looking first is a hundred times cheaper than translating text that has none.
    if any(end in text for end in _LINE_ENDS):
        text = text.translate({ord(end): f"\\u{ord(end):04x}" for end in _LINE_ENDS})
    return text + "\n"


@cache
def _converter() -> JsonConverter:
    converter = make_converter(forbid_extra_keys=True)
    for kind, accepted in ((str, str), (int, int), (float, (int, float)), (bool, bool)):
        converter.register_structure_hook(kind, _strictly(kind, accepted))
    return converter


def _strictly(kind: type[T], accepted: type | tuple[type, ...]) -> Callable[[Any, Any], T]:
    """Refuse what cattrs would coerce: a number is not a string, a string not a number."""

    def structure(value: Any, _: object) -> T:  # noqa: ANN401  any JSON value
        if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
            raise TypeError(f"expected {kind.__name__}, found {value!r}")
        return cast("T", float(value) if isinstance(value, int) and kind is float else value)

    return structure


def to_json_types(instance: object) -> dict[str, Any]:
    """All fields of an attrs instance in declaration order, as JSON types."""
    data: dict[str, Any] = _converter().unstructure(instance)
    return data


def from_json_types(data: Mapping[str, Any], cls: type[T]) -> T:
    """Build an instance of an attrs class.

    Raises:
        InvalidEntry: naming each field that is missing, unknown or of the wrong type.
    """
    try:
        return _converter().structure(data, cls)
    except ClassValidationError as error:
        raise InvalidEntry("; ".join(transform_error(error, path=cls.__name__))) from error


class JsonLine:
    """What attrs classes that are lines of JSON files have in common."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build an instance of a line's object, as `to_dict` makes it.

        Raises:
            InvalidEntry: naming each field that is missing, unknown or of the wrong type.
        """
        return from_json_types(data, cls)

    def to_dict(self) -> dict[str, Any]:
        """All fields in declaration order, as JSON types; the same keys in every instance."""
        return to_json_types(self)

    def to_json_line(self) -> str:
        """One line of JSON with its line end."""
        return json_line(self.to_dict())
