"""A lazy attribute is computed once, when it is first read."""

from __future__ import annotations

from corsdoctor.lazy import lazy


class Counted:
    calls = 0

    @lazy
    def value(self) -> list[int]:
        """A new list."""
        self.calls += 1
        return [self.calls]


def test_a_value_is_computed_once_for_each_instance() -> None:
    first, second = Counted(), Counted()
    assert first.calls == 0
    assert first.value is first.value
    assert (first.value, second.value) == ([1], [1])
    assert first.value is not second.value
    assert first.calls == 1


def test_the_class_has_the_attribute_with_its_docstring() -> None:
    assert Counted.value.__doc__ == "A new list."
