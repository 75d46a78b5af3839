"""Recorded answers: what servers answered, looked up by request. Nothing here sends a request or makes up an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from corsdoctor.wire import Answer, Exchange, Kind, WireRequest, Withheld

Key = tuple[Kind, str, str]  # kind, method, URL: what a server's answer usually depends on


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """No answer to the request is recorded."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Exchanges, in order, from which answers are looked up. A request that was withheld has no answer.

    Where the same request was answered several times, `nth` counts from 0; after the last answer it repeats the last.
    """

    exchanges: tuple[Exchange, ...] = ()
    _by_request: dict[tuple[Kind, WireRequest], list[Answer]] = field(init=False, repr=False, compare=False)
    _by_key: dict[Key, list[Answer]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_request: dict[tuple[Kind, WireRequest], list[Answer]] = {}
        by_key: dict[Key, list[Answer]] = {}
        for exchange in self.exchanges:
            if not isinstance(exchange.answer, Withheld):
                by_request.setdefault((exchange.kind, exchange.request), []).append(exchange.answer)
                by_key.setdefault(key_of(exchange.kind, exchange.request), []).append(exchange.answer)
        object.__setattr__(self, "_by_request", by_request)
        object.__setattr__(self, "_by_key", by_key)

    def answer(self, kind: Kind, request: WireRequest, nth: int = 0) -> Answer | NotRecorded:
        """The answer to exactly this request, with these headers and this body."""
        return _nth(self._by_request.get((kind, request)), nth)

    def similar(self, key: Key, nth: int = 0) -> Answer | NotRecorded:
        """The answer to a request of this kind, method and URL, whatever its headers and body."""
        return _nth(self._by_key.get(key), nth)

    def plus(self, exchange: Exchange) -> Recorded:
        """With one more exchange."""
        return Recorded((*self.exchanges, exchange))


def record(runs: Iterable[Iterable[Exchange]]) -> Recorded:
    """What several runs were answered. A request that they share is recorded as often as the run that repeats it most."""
    most: Counter[tuple[Kind, WireRequest]] = Counter()
    exchanges: list[Exchange] = []
    for run in runs:
        seen: Counter[tuple[Kind, WireRequest]] = Counter()
        for exchange in run:
            request = exchange.kind, exchange.request
            seen[request] += 1
            if seen[request] > most[request] and not isinstance(exchange.answer, Withheld):
                most[request] += 1
                exchanges.append(exchange)
    return Recorded(tuple(exchanges))


def key_of(kind: Kind, request: WireRequest) -> Key:
    """The key of a request: see `Recorded.similar`."""
    return kind, request.method, request.url


def _nth(answers: list[Answer] | None, nth: int) -> Answer | NotRecorded:
    return answers[min(nth, len(answers) - 1)] if answers else NotRecorded()
