"""Changes a part of a record, and keeps the very same record where nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import TypeVar

_Data = TypeVar("_Data")


def each(items: tuple[_Data, ...], change: Callable[[_Data], _Data]) -> tuple[_Data, ...]:
    """Each of `items` changed; the very same tuple where nothing changes."""
    if not items:
        return items
    made = tuple(map(change, items))
    return items if all(map(is_, items, made)) else made


def changed(data: _Data, **fields: object) -> _Data:
    """`data`, a dataclass or a named tuple, with other `fields`; the very same object if nothing changes."""
    other = {name: value for name, value in fields.items() if value is not getattr(data, name)}
    if not other:
        return data
    if isinstance(data, tuple):
        return data._replace(**other)  # type: ignore[attr-defined, no-any-return]
    from dataclasses import replace  # 0.6 ms; the report on a request that passes holds none

    return replace(data, **other)  # type: ignore[type-var]
