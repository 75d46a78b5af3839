"""Equal messages -> one with its count, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from corsdoctor.message import Message

DISTINCT: Final = 1000  # so many different messages, and so many URLs of one, are counted at a time


class Counted:
    """The first of some messages that are equal, and how many `times` they occur."""

    def __init__(self, message: Message, url: str | None) -> None:
        self.message = message
        self.times = 0
        self._urls = {url}

    @property
    def other_urls(self) -> int:
        """How many URLs they have beside that of the first, at most `DISTINCT`."""
        return len(self._urls) - 1

    def add(self, message: Message, url: str | None) -> None:
        """Counts a message; `url` is its URL as it is shown."""
        self.times += 1
        if self.message.method is None and message.method is not None:
            self.message = message
        if len(self._urls) <= DISTINCT:
            self._urls.add(url)


def counted(messages: Iterable[Message], shown: Callable[[Message], Message]) -> Iterator[Counted]:
    """Each message with how often it occurs, those about CORS first, otherwise in the order of the first occurrences.

    Equal are those that `shown` makes equal. Lines of a server's log are equal if only their URLs differ. Nothing can be passed
    on before the input ends, except if it has more than `DISTINCT` different messages: then the one that was first is passed
    on, and if it occurs again, that is counted anew. The sum of the counts is exact.
    """
    found: dict[Message, Counted] = {}
    for message in messages:
        seen = shown(message)
        key = seen._replace(method=None)  # a line beside the first one may be missing beside the second
        if seen.server is not None and seen.in_preflight:
            key = key._replace(url=None, text="")
        if key not in found:
            found[key] = Counted(message, seen.url)
        found[key].add(message, seen.url)
        if len(found) > DISTINCT:
            yield found.pop(next(iter(found)))
    yield from sorted(found.values(), key=lambda one: not one.message.cors)
