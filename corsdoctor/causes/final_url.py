"""The URL as the server spells it: tried there, where the requested one differs by a slash, by case or by the scheme.

A try sends only GET, HEAD and preflight requests. For another method, a preflight request shows what it can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from corsdoctor.causes.before_headers import OTHER_SPELLING
from corsdoctor.causes.by_redirect import of_redirect, spelled
from corsdoctor.causes.by_words import of_marks
from corsdoctor.causes.probe import Probe, ProbeKind
from corsdoctor.causes.probes import request_of
from corsdoctor.causes.situation import Situation, as_if_blocked
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.scenario import SAFE_TO_SEND
from corsdoctor.wire import Answer, Exchange, Kind, Send, WireRequest, Withheld

_NOT_ASKED: Final = Withheld("it was not probed")


def at_final_url(diagnoses: tuple[Diagnosis, ...], sending: Callable[[], Send]) -> tuple[Diagnosis, ...]:
    """The same request at the URL where the spelling is right, however many responses show it.

    () if the spelling is right already, or if the redirects go round in a circle. `sending` makes the `send` of one replay.
    """
    found: tuple[Diagnosis, ...] = ()
    before = {diagnoses[0].scenario.url}
    url = _right_spelling(diagnoses)
    while url is not None:
        if url in before:
            return ()
        before.add(url)
        scenario = diagnoses[0].scenario._replace(url=url)
        found = tuple(diagnose(scenario, d.profile, sending()) for d in diagnoses)
        url = _right_spelling(found)
    return found


def _right_spelling(diagnoses: Iterable[Diagnosis]) -> str | None:
    """The URL to request instead of the one that failed; None if no failure is one of spelling."""
    for diagnosis in diagnoses:
        step = diagnosis.failure
        if step is None or step.exchange is None:
            continue
        seen = Situation(diagnosis, step)
        shown = () if seen.response is None else (of_redirect(seen), of_marks(seen))
        id = next((cause.id for cause in (*shown, step.cause) if cause is not None and cause.id in OTHER_SPELLING), "")
        if id and seen.redirects:
            return spelled(seen.redirects[-1], id)
        if id and seen.url is not None and seen.url.scheme == "http":
            return f"https{seen.url.on_the_wire.removeprefix('http')}"
    return None


def tried_there(diagnosis: Diagnosis, probes: Iterable[Probe]) -> tuple[Diagnosis, Exchange | None] | None:
    """The replay at the final URL as far as `probes` show it, and the last exchange with a response; None if there is no other URL.

    Where a method was not sent that needs no preflight request, the exchange is that of the preflight request sent instead.
    """
    for there in at_final_url((diagnosis,), lambda: _known(probes)):
        answered = [exchange for exchange in there.exchanges if exchange.response is not None]
        if not there.exchanges:
            return None  # the browser blocks the request there before sending it
        if not answered:
            kind, request = request_of(judging(there), ProbeKind.PREFLIGHT)
            instead = Exchange(kind, request, _known(probes)(kind, request))
            return there, None if instead.response is None else instead
        return there, answered[-1]
    return None


def next_try(diagnosis: Diagnosis, probes: tuple[Probe, ...]) -> tuple[Kind, WireRequest] | None:
    """The request that shows more of whether the final URL is allowed; None if nothing is left to ask."""
    for there in at_final_url((diagnosis,), lambda: _known(probes)):
        last = there.exchanges[-1] if there.exchanges else None
        if last is None or last.answer is not _NOT_ASKED:
            return None
        if last.is_preflight or last.request.method in SAFE_TO_SEND:
            return last.kind, last.request
        if len(there.exchanges) == 1:
            asked = request_of(judging(there), ProbeKind.PREFLIGHT)
            return asked if _known(probes)(*asked) is _NOT_ASKED else None
    return None


def judging(diagnosis: Diagnosis) -> Situation:
    """The last exchange of `diagnosis`, to be judged by what it is."""
    return as_if_blocked(diagnosis, len(diagnosis.exchanges) - 1)


def _known(probes: Iterable[Probe]) -> Send:
    answers = {(p.exchange.kind, p.exchange.request): p.exchange.answer for p in probes}

    def send(kind: Kind, request: WireRequest) -> Answer:
        return answers.get((kind, request), _NOT_ASKED)

    return send
