"""What must be otherwise in an answer, and the answers that a server would then give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from corsdoctor.diagnose import Diagnosis
from corsdoctor.egress import Ask
from corsdoctor.fetch.element import NEEDED_TYPES
from corsdoctor.fetch.headers import STATUS
from corsdoctor.scenario import Api
from corsdoctor.wire import Answer, Headers, Kind, Response, Send, WireRequest, Withheld

VARY: Final = "Vary"
Key = tuple[Kind, str, str]  # kind, method, URL: what one answer belongs to
Edits = Mapping[Key, Mapping[str, str]]  # for each answer, name -> value; an empty value leaves the header out


@dataclass(frozen=True, slots=True)
class Change:
    """What one answer must have. `response` is the answer that came, None where the request was never sent.

    `lines` are (name, value): all lines of that name are replaced by this one, none is left where the value is empty;
    only `Vary` is added to what is there. The name ":status" stands for the status.
    """

    kind: Kind
    method: str
    url: str
    response: Response | None
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NotTried:
    """A request of the proof that was not sent, so that its answer is assumed, and why."""

    kind: Kind
    method: str
    url: str
    why: str


def changed(response: Response, lines: Mapping[str, str]) -> Response:
    """The response with `lines`, as in a Change."""
    headers, status = response.headers, response.status
    for name, value in lines.items():
        if name == STATUS:
            status = int(value)
            continue
        kept = headers if name == VARY else headers.delete(name)
        headers = kept.append(name, value) if value else kept
    return replace(
        response, status=status, headers=headers, reason=response.reason if status == response.status else ""
    )


class Recorded:
    """The answers that came. What was never sent is asked for with `ask`; where that keeps a request back, an empty
    success is taken for its answer.

    Without `ask`, a request that differs only in its headers from one that was sent is given the answer to that one.
    """

    def __init__(self, diagnoses: Iterable[Diagnosis], api: Api, ask: Ask | None = None) -> None:
        self._ask = ask
        self._exactly: dict[tuple[Kind, WireRequest], list[Answer]] = {}
        self._nearly: dict[Key, list[Answer]] = {}
        self._api = api
        self._not_sent: dict[tuple[Kind, WireRequest], str] = {}
        for diagnosis in diagnoses:
            seen: Counter[tuple[Kind, WireRequest]] = Counter()
            for exchange in diagnosis.exchanges:
                asked = exchange.kind, exchange.request
                seen[asked] += 1
                known = self._exactly.setdefault(asked, [])
                if seen[asked] > len(known) and not isinstance(exchange.answer, Withheld):
                    known.append(exchange.answer)
                    self._nearly.setdefault(key_of(*asked), []).append(exchange.answer)

    def first(self, key: Key) -> Response | None:
        """The first answer that came, None where there was none."""
        answers = self._nearly.get(key)
        return answers[0] if answers and isinstance(answers[0], Response) else None

    def has_all(self, diagnoses: Iterable[Diagnosis]) -> bool:
        """Whether each of their requests was answered before, by header and all."""
        return all(self._exactly.get((e.kind, e.request)) for d in diagnoses for e in d.exchanges)

    def not_tried(self, diagnoses: Iterable[Diagnosis]) -> tuple[NotTried, ...]:
        """Those of their requests that were to be sent and were not, each once."""
        asked = dict.fromkeys((e.kind, e.request) for d in diagnoses for e in d.exchanges)
        found = [NotTried(*key_of(*one), self._not_sent[one]) for one in asked if one in self._not_sent]
        return tuple(dict.fromkeys(found))

    def sending(self, edits: Edits) -> Send:
        """A `send` for one run that gives the answers as `edits` change them; the last one again where no more came."""
        given: Counter[tuple[Kind, WireRequest]] = Counter()

        def send(kind: Kind, request: WireRequest) -> Answer:
            key = key_of(kind, request)
            answers = self._known(kind, request) or self._nearly.get(key) or [self._assumed(kind)]
            answer = answers[min(given[kind, request], len(answers) - 1)]
            given[kind, request] += 1
            return changed(answer, edits.get(key, {})) if isinstance(answer, Response) else answer

        return send

    def _known(self, kind: Kind, request: WireRequest) -> list[Answer]:
        """The answers to this very request; it is sent where it never was."""
        answers = self._exactly.setdefault((kind, request), [])
        if not answers and self._ask is not None:
            answer = self._ask.attempt(kind, request)
            if isinstance(answer, Withheld):
                self._not_sent[kind, request] = answer.why
            else:
                answers.append(answer)
                self._nearly.setdefault(key_of(kind, request), []).append(answer)
        return answers

    def _assumed(self, kind: Kind) -> Response:
        if kind is Kind.PREFLIGHT:
            return Response(204, Headers())
        needed = NEEDED_TYPES.get(self._api)
        return Response(200, Headers((("Content-Type", needed),) if needed else ()))


def key_of(kind: Kind, request: WireRequest) -> Key:
    """What the answer to `request` is kept under."""
    return kind, request.method, request.url
