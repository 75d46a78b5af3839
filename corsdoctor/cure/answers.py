"""The answers on which a cure is tried: the recorded ones, and for other requests what is asked for or assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from corsdoctor.browsers import STANDARD
from corsdoctor.causes.investigate import explained
from corsdoctor.cure.change import Edits, NotTried, changed
from corsdoctor.diagnose import Diagnosis
from corsdoctor.egress import Ask
from corsdoctor.fetch.element import needed_type
from corsdoctor.fetch.preflight_status import PREFLIGHT_OK
from corsdoctor.recorded import Key, NotRecorded, key_of, record
from corsdoctor.rule import Cause, Step
from corsdoctor.scenario import Api
from corsdoctor.wire import Answer, Exchange, Headers, Kind, Response, Send, WireRequest, Withheld

_UNASKED: Final = "it was not sent"


class Answers:
    """Answers for replays of a request made with `api`, from the exchanges of `diagnoses` and those that were `probed`.

    A request that is not recorded is sent with `ask`. Where that withholds it, or without `ask`, it is given the answer
    to a request that differs only in its headers and body; if there is none, an empty success is assumed.
    """

    def __init__(
        self, diagnoses: Iterable[Diagnosis], api: Api, ask: Ask | None = None, probed: Iterable[Exchange] = ()
    ) -> None:
        diagnoses = tuple(diagnoses)
        self._recorded = record((*(diagnosis.exchanges for diagnosis in diagnoses), probed))
        self._failures = {_failure(d, d.failure): d.failure for d in diagnoses if d.failure is not None}
        self.blocked = tuple(diagnosis for diagnosis in diagnoses if diagnosis.failure is not None)
        self._of_options = dict(_of_options(self.blocked))
        self._api, self._ask = api, ask
        self._withheld: dict[tuple[Kind, WireRequest], str] = {}

    def first(self, key: Key) -> Response | None:
        """The first response recorded for `key`, None if there is none."""
        answer = self._recorded.similar(key)
        return answer if isinstance(answer, Response) else None

    def with_cause(self, diagnosis: Diagnosis) -> Step:
        """The step that failed, with its cause: the one that the diagnoses name, which probes may have shown, if they failed alike.

        That only OPTIONS has no handler explains the status of the same preflight response, too.
        """
        step = diagnosis.failure
        assert step is not None  # every answer is known here, so only a rule can have said no
        known = self._failures.get(_failure(diagnosis, step))
        if known is not None and known.cause is not None and known.cause.evidence:
            return step._replace(cause=known.cause, other_causes=known.other_causes)
        judged = None if step.exchange is None else diagnosis.exchanges[step.exchange]
        if judged is not None and step.rule is PREFLIGHT_OK and judged.request.url in self._of_options:
            return step._replace(cause=self._of_options[judged.request.url])
        step = explained((diagnosis,))[0].failure
        assert step is not None
        return step

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges that have an answer, also those that `ask` added."""
        return self._recorded.exchanges

    def has_all(self, diagnoses: Iterable[Diagnosis]) -> bool:
        """Whether an answer to exactly each of their requests is recorded."""
        exchanges = (exchange for diagnosis in diagnoses for exchange in diagnosis.exchanges)
        return not any(isinstance(self._recorded.answer(e.kind, e.request), NotRecorded) for e in exchanges)

    def not_tried(self, diagnoses: Iterable[Diagnosis]) -> tuple[NotTried, ...]:
        """Those of their requests that `ask` withheld, each once."""
        requests = dict.fromkeys((e.kind, e.request) for d in diagnoses for e in d.exchanges)
        found = [NotTried(*key_of(*one), self._withheld[one]) for one in requests if one in self._withheld]
        return tuple(dict.fromkeys(found))

    def sending(self, edits: Edits) -> Send:
        """A `send` for one replay, which gives the answers as `edits` change them."""
        given: Counter[tuple[Kind, WireRequest]] = Counter()

        def send(kind: Kind, request: WireRequest) -> Answer:
            answer = self._answer(kind, request, given[kind, request])
            given[kind, request] += 1
            return changed(answer, edits.get(key_of(kind, request), {})) if isinstance(answer, Response) else answer

        return send

    def asking(self) -> Send:
        """A `send` for one replay, which assumes nothing: what is neither recorded nor answered is withheld."""
        given: Counter[tuple[Kind, WireRequest]] = Counter()

        def send(kind: Kind, request: WireRequest) -> Answer:
            answer = self._real(kind, request, given[kind, request])
            given[kind, request] += 1
            return (
                Withheld(self._withheld.get((kind, request), _UNASKED)) if isinstance(answer, NotRecorded) else answer
            )

        return send

    def _answer(self, kind: Kind, request: WireRequest, nth: int) -> Answer:
        answer = self._real(kind, request, nth)
        if isinstance(answer, NotRecorded):
            answer = self._recorded.similar(key_of(kind, request), nth)
        return self._assumed(kind) if isinstance(answer, NotRecorded) else answer

    def _real(self, kind: Kind, request: WireRequest, nth: int) -> Answer | NotRecorded:
        answer = self._recorded.answer(kind, request, nth)
        if isinstance(answer, NotRecorded) and self._ask is not None:
            return self._asked(kind, request, self._ask)
        return answer

    def _asked(self, kind: Kind, request: WireRequest, ask: Ask) -> Answer | NotRecorded:
        answer = ask.attempt(kind, request)
        if isinstance(answer, Withheld):
            self._withheld[kind, request] = answer.why
            return NotRecorded()
        self._recorded = self._recorded.plus(Exchange(kind, request, answer))
        return answer

    def _assumed(self, kind: Kind) -> Response:
        if kind is Kind.PREFLIGHT:
            return Response(204, Headers())
        needed = needed_type(self._api, STANDARD)
        return Response(200, Headers((("Content-Type", needed),) if needed else ()))


def _of_options(blocked: Iterable[Diagnosis]) -> Iterator[tuple[str, Cause]]:
    """The URLs whose preflight request failed because nothing handles OPTIONS, each with that cause."""
    for diagnosis in blocked:
        step = diagnosis.failure
        if step is not None and step.exchange is not None and step.cause is not None and step.cause.id == "no-options":
            yield diagnosis.exchanges[step.exchange].request.url, step.cause


def _failure(diagnosis: Diagnosis, step: Step) -> tuple[str, Exchange | None]:
    """What a failed step is known by: its rule, and the exchange that it judged."""
    return step.rule.id, None if step.exchange is None else diagnosis.exchanges[step.exchange]
