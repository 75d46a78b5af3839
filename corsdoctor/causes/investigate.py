"""Decides the causes of what failed, and sends probes where they are open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.before_answer import of_request, of_silence
from corsdoctor.causes.before_headers import OTHER_SPELLING, comes_first
from corsdoctor.causes.by_cache import of_cache, of_vary
from corsdoctor.causes.by_comparison import of_halves, of_nothing
from corsdoctor.causes.by_layers import of_layers
from corsdoctor.causes.by_login import of_authorization
from corsdoctor.causes.by_page import of_page, wants_page
from corsdoctor.causes.by_redirect import at_final_address, correction, of_redirect
from corsdoctor.causes.by_rejection import of_error, of_rejection
from corsdoctor.causes.by_status import of_probe, of_status
from corsdoctor.causes.by_value import of_value
from corsdoctor.causes.by_websocket import of_websocket
from corsdoctor.causes.by_words import of_marks, of_words
from corsdoctor.causes.cors_layers import REFUSED
from corsdoctor.causes.final_url import judging, next_try, tried_there
from corsdoctor.causes.known import FILE_PAGE, OPAQUE_PAGE
from corsdoctor.causes.probe import NO_PROBES, STRANGER, Probe, ProbeKind, Probing
from corsdoctor.causes.probes import request_of, wanted, wanted_of_passed
from corsdoctor.causes.situation import ABSENT, Situation, allows, as_if_blocked
from corsdoctor.fetch.advice import ORIGIN_NOT_REFLECTED
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.rule import Cause, Certainty, Outcome, Step
from corsdoctor.sentence import Sentence, whole
from corsdoctor.wire import Exchange, Response

if TYPE_CHECKING:
    from corsdoctor.diagnose import Diagnosis
    from corsdoctor.egress import Ask

_LISTS: Final = frozenset({"acam-lists-method", "acah-lists-headers", "acah-lists-authorization"})
_OF_NOTES: Final = {"vary-origin": of_vary, "status-is-not-an-error": of_error}
_OVERRULED: Final = frozenset({"no-options", "preflight-only", "actual-only"})
_OVERRULING: Final = frozenset({"wrong-service", "authentication", "not-found", "gateway-error"})
_OF_ONE_ORIGIN: Final = frozenset({"bare-redirect", "redirected"})
"""Redirects that say little, so that the marks of a bot protection count more."""
_OF_SCRIPT: Final = frozenset({"response-header-in-request"})
_OF_ALLOWLIST: Final = frozenset({"not-configured", "origin-refused"})
"""Causes whose fix is to allow the page's origin."""
_ALLOWED_THERE: Final = "Request {url}, exactly as spelled here: the server already allows the page there."
_PREFLIGHT_ALLOWED_THERE: Final = (
    "Request {url}, exactly as spelled here: the preflight response there already allows the {method}."
)
_BLOCKED_THERE: Final = (
    "First request {url}, exactly as spelled here. Then allow the page there, which the server does not do yet."
)
_NOT_ENOUGH: Final = "Request {url}, exactly as spelled here. That is not enough: {what} {fix}"
_PAGE_THERE: Final = (
    "Correct the URL: as the server spells it, {url}, it returns an HTML page, and the script does not ask for one."
)


def explained(diagnoses: Iterable[Diagnosis]) -> tuple[Diagnosis, ...]:
    """The diagnoses with the causes of what failed, as far as the responses show them."""
    return investigated(diagnoses)[0]


def investigated(
    diagnoses: Iterable[Diagnosis], ask: Ask | None = None, probing: Probing = NO_PROBES
) -> tuple[tuple[Diagnosis, ...], tuple[Probe, ...]]:
    """The same with the probes that `probing` allows, which `ask` sends where the cause is open; and these probes."""
    diagnoses, probes = tuple(diagnoses), list[Probe]()
    if ask is not None and probing.most:
        for diagnosis in diagnoses:
            for step in _open(diagnosis, always=probing.always):
                _probe(diagnosis, step, ask, probing.most, probes)
    return tuple(_with_causes(diagnosis, tuple(probes)) for diagnosis in diagnoses), tuple(probes)


def of_response(diagnosis: Diagnosis, exchange: int) -> tuple[Cause, ...]:
    """What the response of this exchange shows, whatever the rules ask of it: a login page, an error, another service."""
    return () if diagnosis.exchanges[exchange].response is None else _of_absence(as_if_blocked(diagnosis, exchange))


def causes_of(step: Step, diagnosis: Diagnosis) -> tuple[Cause, ...]:
    """The cause of `step`, and what the response that it judged is, whatever the step asks of it.

    Where a probe has shown that nothing handles OPTIONS, an error of a gateway says nothing about the application.
    """
    named = () if step.cause is None else (step.cause,)
    if any(cause.id == "no-options" for cause in named):
        return named
    return (*named, *(() if step.exchange is None else of_response(diagnosis, step.exchange)))


def is_unasked_page(diagnosis: Diagnosis, exchange: int) -> bool:
    """Whether a script that does not ask for HTML got a page, or a response without a body that has its type."""
    seen = as_if_blocked(diagnosis, exchange)
    if seen.response is None or seen.in_preflight or not PRESETS[diagnosis.scenario.api].scripted or wants_page(seen):
        return False
    return seen.response.is_ok and seen.text.is_page


def decide(seen: Situation) -> tuple[Cause, ...]:
    """The causes of a failed step or a note, the best one first."""
    step = seen.step
    if step.outcome is Outcome.NOTE:
        judge = _OF_NOTES.get(step.rule.id)
        return of_value(step) if judge is None else tuple(filter(None, (judge(seen),)))
    if seen.exchange is None or not isinstance(seen.exchange.answer, Response):
        return of_silence(seen) or of_value(step)
    if step.rule.id in _LISTS:
        return tuple(filter(None, (of_request(seen),))) or of_value(step)
    if step.rule.id == "acao-matches-origin":
        cached = of_cache(seen) if step.cause is not None and step.cause.id == "other-origin" else None
        layers = of_layers(seen)
        values = of_value(step) if layers is None else (layers,)
        return tuple(at_final_address(cause, seen) for cause in filter(None, (cached, *values)))
    if step.rule.id == "acac-true":
        return tuple(filter(None, (of_layers(seen),))) or of_value(step)
    if step.rule.id == "not-mixed-content":
        return tuple(filter(None, (of_redirect(seen),))) or of_value(step)
    if step.rule.id == "websocket-accepted":
        return of_websocket(seen)
    if step.rule.id not in ABSENT:
        return of_value(step)
    return _of_absence(seen)


def _of_absence(seen: Situation) -> tuple[Cause, ...]:
    """Why the response has no Access-Control-Allow-Origin, or a preflight response an error status."""
    endpoint = of_authorization(seen)
    if endpoint is not None:
        return (endpoint,)
    redirect = of_redirect(seen)
    if seen.redirects and seen.redirects[-1] is seen.exchange:
        return _of_blocked_redirect(seen, redirect)
    if redirect is not None and redirect.id == "login-redirect":
        return (redirect,)
    found: list[Cause] = []
    for judge in (of_marks, of_words, of_status):
        cause = judge(seen)
        if cause is not None and _decides(cause):
            return (cause, *found)
        found += filter(None, (cause,))
    if redirect is not None and redirect.id == "cross-origin-redirect" and not found:
        found.append(redirect)
    found += filter(None, (of_page(seen), of_cache(seen), of_halves(seen), of_probe(seen), of_request(seen)))
    return _ranked(found) or of_value(seen.step) or _of_nothing_found(seen, redirect)


def _of_blocked_redirect(seen: Situation, redirect: Cause | None) -> tuple[Cause, ...]:
    """Why the response that was judged, which is a redirect, has no Access-Control-Allow-Origin."""
    marked = of_marks(seen) if redirect is None or redirect.id in _OF_ONE_ORIGIN else None
    best = marked or redirect
    return of_value(seen.step) if best is None else (best,)


def _decides(cause: Cause) -> bool:
    """Whether nothing else needs to be compared."""
    return cause.certainty is Certainty.CERTAIN and cause.id not in _OVERRULED and cause.id != "headers-refused"


def _of_nothing_found(seen: Situation, redirect: Cause | None) -> tuple[Cause, ...]:
    """The cause where neither the response nor the other half of the exchange shows one."""
    assert seen.response is not None
    if redirect is not None and seen.response.is_ok:
        return (redirect,)
    compared = seen.diagnosis.scenario.origin.opaque or wanted(seen, ()) is None  # or a probe may show another cause
    last = of_rejection(seen) or of_nothing(seen, compared=compared)
    return () if last is None else (last,)


def _ranked(found: list[Cause]) -> tuple[Cause, ...]:
    """The causes, each once, those that are certain first.

    Where another service responds, or nothing is there, it does not matter which half of the exchange lacks what.
    A refused header that the script should not send at all is the script's mistake. Where a part of the request is
    certainly refused, guesses at which part it is are left out.
    """
    if not found:
        return ()
    certain_first = sorted(found, key=lambda cause: cause.certainty is Certainty.LIKELY)
    causes = list({cause.id: cause for cause in reversed(certain_first)}.values())[::-1]
    best = causes[0]
    if best.certainty is Certainty.CERTAIN and best.id in REFUSED:
        causes = [cause for cause in causes if cause.certainty is Certainty.CERTAIN or cause.id not in REFUSED]
    overruling = _OVERRULING if best.id in _OVERRULED else _OF_SCRIPT if best.id == "headers-refused" else frozenset()
    return tuple(sorted(causes, key=lambda cause: cause.id not in overruling))


def _open(diagnosis: Diagnosis, *, always: bool) -> list[Step]:
    if diagnosis.failure is not None:
        return [diagnosis.failure]
    if not always:
        return []
    return [step for step in diagnosis.notes if step.rule.id == "vary-origin"] or _may_reflect(diagnosis)


def _may_reflect(diagnosis: Diagnosis) -> list[Step]:
    """The note to decide on, where the last response allows the page by name, with credentials."""
    if not diagnosis.exchanges or not _allows(diagnosis.exchanges[-1], str(diagnosis.scenario.origin)):
        return []
    return [Step(ORIGIN_NOT_REFLECTED, Outcome.NOTE, len(diagnosis.exchanges) - 1)]


def _with_reflection(diagnosis: Diagnosis, steps: tuple[Step, ...], probes: tuple[Probe, ...]) -> tuple[Step, ...]:
    """`steps` with the note, before all others, that the server allows an origin that it cannot know, if a probe shows it."""
    asked = (probe.exchange for probe in probes if probe.kind is ProbeKind.OTHER_ORIGIN)
    if not any(_allows(exchange, STRANGER) for exchange in asked) or diagnosis.failure is not None:
        return steps
    evidence = ((ACAO, STRANGER), (ACAC, "true"))
    note = Step(ORIGIN_NOT_REFLECTED, Outcome.NOTE, len(diagnosis.exchanges) - 1, evidence)
    first = next((i for i, step in enumerate(steps) if step.outcome is Outcome.NOTE), len(steps))
    return (*steps[:first], note, *steps[first:])


def _allows(exchange: Exchange, origin: str) -> bool:
    """Whether the response allows `origin` by name, with credentials."""
    response = exchange.response
    return response is not None and (response.headers.get(ACAO), response.headers.get(ACAC)) == (origin, "true")


def _probe(diagnosis: Diagnosis, step: Step, ask: Ask, most: int, probes: list[Probe]) -> None:
    while len(probes) < most:
        there = next_try(diagnosis, tuple(probes))
        if there is not None:
            probes.append(Probe(ProbeKind.FINAL_URL, Exchange(*there, ask.attempt(*there))))
            continue
        seen = Situation(diagnosis, step, _of_this_url(probes))
        kind = wanted_of_passed(seen) if step.outcome is Outcome.NOTE else wanted(seen, decide(seen))
        if kind is None:
            return
        use, request = request_of(seen, kind)
        probes.append(Probe(kind, Exchange(use, request, ask.probe(use, request))))


def _of_this_url(probes: Iterable[Probe]) -> tuple[Probe, ...]:
    return tuple(probe for probe in probes if probe.kind is not ProbeKind.FINAL_URL)


def with_final_url(cause: Cause, diagnosis: Diagnosis, probes: tuple[Probe, ...]) -> Cause:
    """`cause` with what a try of the final URL showed, if it is one of spelling and there was a try."""
    there, last = (tried_there(diagnosis, probes) if cause.id in OTHER_SPELLING else None) or (None, None)
    if there is None or last is None or last.response is None:
        return cause
    values = {"url": there.scenario.url, "method": there.scenario.method}
    if last in there.exchanges:
        at = there.exchanges.index(last)
        first = comes_first(of_response(there, at), last)
        if first is not None:
            then = {"what": whole(first.text), "fix": whole(first.fix)}
            return cause._replace(fix=Sentence(_NOT_ENOUGH, **then, **values))
        if is_unasked_page(there, at):
            return cause._replace(fix=Sentence(_PAGE_THERE, **values))
        text = _BLOCKED_THERE if there.failure is not None else _ALLOWED_THERE
    elif not (last.response.is_ok and allows(last.response, str(there.scenario.origin))):
        return cause  # a method that needs no preflight request may be allowed although OPTIONS is not
    if there.failure is None and last.is_preflight:
        text = _PREFLIGHT_ALLOWED_THERE
    fix = Sentence(text, **values)
    server = correction(judging(diagnosis), cause.id)
    if server:
        fix = Sentence("{fix} {server}", fix=fix, server=server)
    return cause._replace(fix=fix)


def _with_causes(diagnosis: Diagnosis, probes: tuple[Probe, ...]) -> Diagnosis:
    steps = _with_reflection(diagnosis, tuple(_step(diagnosis, step, probes) for step in diagnosis.steps), probes)
    return diagnosis if steps == diagnosis.steps else diagnosis._replace(steps=steps)


def _step(diagnosis: Diagnosis, step: Step, probes: tuple[Probe, ...]) -> Step:
    if step.outcome is Outcome.PASS:
        return step
    causes = tuple(
        with_final_url(cause, diagnosis, probes) for cause in decide(Situation(diagnosis, step, _of_this_url(probes)))
    )
    if not causes:
        return step if step.cause is None else step._replace(cause=None)
    origin = diagnosis.scenario.origin
    if origin.opaque or origin.scheme == "file":
        fix = OPAQUE_PAGE if origin.opaque else FILE_PAGE
        causes = tuple(c._replace(fix=fix) if c.id in _OF_ALLOWLIST else c for c in causes)
    best, *others = causes
    if step.cause is not None and not best.failure.sentence and not best.failure.missing:
        best = best._replace(failure=step.cause.failure)  # what the step says stays as it is
    return step._replace(cause=best, other_causes=tuple(others))
