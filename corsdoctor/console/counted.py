"""Equal messages -> one with its count, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from corsdoctor.message import Message

DISTINCT: Final = 1000  # so many different messages are counted at a time


def counted(messages: Iterable[Message], shown: Callable[[Message], Message]) -> Iterator[tuple[Message, int]]:
    """Each message with how often it occurs, in the order of the first occurrences. Equal are those that `shown` makes equal.

    Nothing can be passed on before the input ends, except if it has more than `DISTINCT` different messages: then the one
    that was first is passed on, and if it occurs again, that is counted anew. The sum of the counts is exact.
    """
    found: dict[Message, tuple[Message, int]] = {}
    for message in messages:
        key = shown(message)._replace(method=None)  # a line beside the first one may be missing beside the second
        first, count = found.get(key, (message, 0))
        found[key] = (first if first.method is not None else message), count + 1
        if len(found) > DISTINCT:
            yield found.pop(next(iter(found)))
    yield from found.values()
