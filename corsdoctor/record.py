"""A record: a named tuple whose annotations are not compiled.

Up to Python 3.13, typing.NamedTuple compiles each annotation, which takes most of its time. A run defines seventy records.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:

    class _Definition(type):
        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body["__annotations__"]  # as text: the module has `from __future__ import annotations`
            made = namedtuple(name, fields, defaults=[body[field] for field in fields if field in body])
            made.__new__.__annotations__ = fields  # for inspect.signature()
            for attribute, value in body.items():
                if attribute not in fields:
                    setattr(made, attribute, value)
            return made

    class Record(metaclass=_Definition):
        """The base of each record. Its fields are written as those of typing.NamedTuple."""


__all__ = ["Record"]
