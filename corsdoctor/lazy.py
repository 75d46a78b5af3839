"""An attribute that is computed when it is first read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functools import cached_property as lazy
else:

    class lazy:  # noqa: N801 - it is written like functools.cached_property
        """functools.cached_property without the lock that it has before Python 3.12, which takes longer than most values.

        Threads that read the attribute at the same time may each compute it.
        """

        def __init__(self, compute: Any) -> None:
            self.compute = compute
            self.name = compute.__name__
            self.__doc__ = compute.__doc__

        def __get__(self, instance: Any, owner: type) -> Any:
            """The value, which the instance keeps under the same name, where Python looks first."""
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.compute(instance)
            return value


__all__ = ["lazy"]
