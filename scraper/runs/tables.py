"""What may stand in a table of ``refresh.toml``, with messages in the words of TOML."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import attrs

_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def fault_in(data: Mapping[str, Any], cls: type, where: str = "") -> str | None:
    """The first key that a table may not have, or that has a value of another type.

    Args:
        data: the table.
        cls: the attrs class whose fields are its keys.
        where: the table's name as TOML has it, with what divides it from a message; empty for
            the file itself.
    """
    fields = {field.name: field.type for field in attrs.fields(attrs.resolve_types(cls))}
    for key, value in data.items():
        if key not in fields:
            return f"{where}{unknown('key', key, fields)}"
        told = _fault_of(key, value, fields[key], where)
        if told:
            return told
    needed = (field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING)
    missing = next((name for name in needed if name not in data), None)
    return None if missing is None else f"{where}{missing} is missing"


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that there is no such thing, what was probably meant, and what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"no {kind} is called {name!r}.{hint} Known: {', '.join(names)}."


def _fault_of(key: str, value: object, kind: Any, where: str) -> str | None:  # noqa: ANN401  any annotation
    kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    (wanted,) = (one for one in kinds if one is not NoneType)
    if attrs.has(wanted):
        name = (
            f"{where.removesuffix(': ')} {key}" if where.startswith("[[") else _joined(where, key)
        )
        if not isinstance(value, Mapping):
            return f"{name} must be a table, not {value!r}"
        return fault_in(value, wanted, f"{name}: ")
    if get_origin(wanted) is tuple:
        return _fault_in_list(key, value, get_args(wanted)[0], where)
    if get_origin(wanted) is not None:
        return None if isinstance(value, Mapping) else f"{where}{key} must be a table: {{ … }}"
    accepted = (int, float) if wanted is float else wanted
    if not isinstance(value, accepted) or (isinstance(value, bool) and wanted is not bool):
        return f"{where}{key} must be {_WORDS[wanted]}, not {value!r}"
    return None


def _fault_in_list(key: str, value: object, kind: type, where: str) -> str | None:
    told = f"[[{key}]]" if attrs.has(kind) else 'a list: ["…"]'
    if not isinstance(value, list):
        return f"{where}{key} must be {told}, not {value!r}"
    for number, one in enumerate(value, 1):
        if not attrs.has(kind):
            if not isinstance(one, kind):
                return f"{where}{key} must hold {_WORDS[kind]} only, not {one!r}"
        elif not isinstance(one, Mapping):
            return f"{where}{key} must be {told}, not {value!r}"
        elif fault := fault_in(one, kind, f"{told} {number}: "):
            return fault
    return None


def _joined(where: str, key: str) -> str:
    above = where.removesuffix(": ").strip("[]")
    return f"[{above}.{key}]" if above else f"[{key}]"
