"""A record: a named tuple that is defined fast.

A check defines 65 of them and takes 556 million instructions, 569 with collections.namedtuple, which compiles a constructor for
each, and 611 with typing.NamedTuple, which up to Python 3.13 compiles each annotation.
"""

from __future__ import annotations

from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:
    from collections import _tuplegetter  # the fields of a named tuple; a property takes longer to read

    class _Definition(type):
        """Defines a class from its fields as typing.NamedTuple does."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            annotations = body.get("__annotations__")  # as text: the module has `from __future__ import annotations`
            if annotations:
                fields = tuple(annotations)
                defaults = {field: body[field] for field in fields if field in body}
                body.update((field, _getter(index)) for index, field in enumerate(fields))
                body.update(
                    __slots__=(), __new__=_constructor(annotations, defaults), __match_args__=fields, _fields=fields,
                    _field_defaults=defaults,
                )  # fmt: skip
            return super().__new__(cls, name, bases, body)

    class Record(tuple, metaclass=_Definition):
        """The base of each record. Its fields are written as those of typing.NamedTuple."""

        __slots__ = ()

        def __repr__(self) -> str:
            shown = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, /, **changes: Any) -> Self:
            made = _new_tuple(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"{type(self).__name__} has no field named {', '.join(changes)}")
            return made

    def _constructor(annotations: dict[str, str], defaults: dict[str, Any]) -> FunctionType:
        """The method __new__, which takes the fields by position or by name."""
        code = _code(len(annotations)).replace(co_name="__new__", co_varnames=("_cls", *annotations))
        made = FunctionType(code, globals(), argdefs=tuple(defaults.values()))
        made.__annotations__ = annotations  # for inspect.signature()
        return made

    @cache
    def _code(count: int) -> CodeType:
        """The code of a function that makes a record of `count` values, compiled once for all records with as many fields."""
        values = "".join(f"_{i}, " for i in range(count))
        return eval(f"lambda _cls, {values}: _new_tuple(_cls, ({values}))").__code__

    @cache
    def _getter(index: int) -> _tuplegetter:
        return _tuplegetter(index, f"Alias for field number {index}")

    _new_tuple = tuple.__new__


__all__ = ["Record"]
