"""A record is what typing.NamedTuple makes of the same class."""

from __future__ import annotations

import pickle
from inspect import signature
from typing import NamedTuple, get_type_hints

import pytest

from corsdoctor.record import Record


class Point(Record):
    """A place."""

    x: int
    y: int = 2
    label: str = ""

    @property
    def sum(self) -> int:
        """Both together."""
        return self.x + self.y

    def __hash__(self) -> int:
        return self.x


class Typed(NamedTuple):
    x: int
    y: int = 2
    label: str = ""


def test_it_has_the_fields_and_defaults_of_a_named_tuple() -> None:
    assert tuple(Point(1)) == tuple(Typed(1)) == (1, 2, "")
    assert Point(1, label="a")._replace(y=5) == (1, 5, "a")
    assert (Point._fields, Point._field_defaults) == (Typed._fields, Typed._field_defaults)
    assert Point(1)._asdict() == Typed(1)._asdict()
    with pytest.raises(ValueError, match="z"):
        Point(1)._replace(z=5)  # type: ignore[call-arg]
    assert repr(Point(1)) == "Point(x=1, y=2, label='')"
    match Point(3, 4):
        case Point(x, y):
            assert (x, y) == (3, 4)
    for arguments in ((), (1, 2, "", 4)):
        with pytest.raises(TypeError):
            Point(*arguments)


def test_it_keeps_what_else_the_class_has() -> None:
    assert (Point(3).sum, hash(Point(7)), Point.__doc__) == (5, 7, "A place.")
    assert (Point.__module__, Point.__qualname__) == (__name__, "Point")


def test_its_annotations_can_be_read() -> None:
    names = {"x": int, "y": int, "label": str}
    assert get_type_hints(Point) == get_type_hints(Typed) == names
    assert str(signature(Point)) == "(x: 'int', y: 'int' = 2, label: 'str' = '')"


def test_it_is_a_tuple_without_attributes_of_its_own() -> None:
    assert not hasattr(Point(1), "__dict__")
    with pytest.raises(AttributeError):
        Point(1).x = 2  # type: ignore[misc]


def test_it_is_pickled() -> None:
    assert pickle.loads(pickle.dumps(Point(1))) == Point(1)
    assert type(pickle.loads(pickle.dumps(Point(1)))) is Point
