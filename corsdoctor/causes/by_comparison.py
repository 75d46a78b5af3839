"""Causes that two responses show together: the two halves of an exchange, or a response and that to a probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.evidence import author, evidence
from corsdoctor.causes.known import CERTAIN, EXEMPT_OPTIONS, LIKELY, named
from corsdoctor.causes.marks import Means, marks_of
from corsdoctor.causes.probe import ProbeKind
from corsdoctor.causes.refusals import HEADERS, METHOD, ORIGIN, refused, without_cors
from corsdoctor.causes.refused_headers import passes, refuses_headers_too
from corsdoctor.causes.situation import allows, cors_marks, grants
from corsdoctor.causes.vendor_fixes import bucket_rule, forbidden
from corsdoctor.fetch.headers import ACAH, ACAM, ACAO
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corsdoctor.causes.marks import Seen
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause
    from corsdoctor.wire import Response


def of_halves(seen: Situation) -> Cause | None:
    """Which half of the exchange has the CORS headers, and whom they are for."""
    return _of_one_server(seen) or (_of_preflight if seen.in_preflight else _of_actual)(seen)


def _again(seen: Situation) -> Response | None:
    """The response to the same request, sent again."""
    if seen.in_preflight:
        return seen.answer(ProbeKind.PREFLIGHT)
    return seen.answer(ProbeKind.GET) if seen.probes_repeat else None


def _recovered(seen: Situation) -> bool:
    """Whether the same request gets an error only sometimes, so that no other request can be compared with it."""
    again = _again(seen)
    return seen.response is not None and again is not None and again.is_ok and not seen.response.is_ok


def _of_one_server(seen: Situation) -> Cause | None:
    """Whether the same request is allowed when it is sent again: several servers answer, and one is configured otherwise."""
    response, again = seen.response, _again(seen)
    assert response is not None
    if again is None or not passes(again, seen.page):
        return None
    without = f"with status {response.status}" if grants(response) else "without Access-Control-Allow-Origin"
    text = (
        f"Not every server behind this address has the CORS configuration: one answered {without}, and when the same "
        "request was sent again, it was allowed."
    )
    return named("not-configured", LIKELY, text, *evidence(seen), _granted("the same request again", again), fix=_EVERY)


_EVERY: Final = "Deploy the CORS configuration to every server behind the address, and look for caches and canary releases in between."


def _line(name: str, value: str | None) -> str:
    return Sentence("{name}: {value}", name=name, value=value or "")


def _granted(words: str, response: Response) -> str:
    return Sentence(
        "{words}: status {status}, Access-Control-Allow-Origin: {acao}",
        words=words,
        status=str(response.status),
        acao=response.headers.get(ACAO) or "",
    )


def _of_preflight(seen: Situation) -> Cause | None:
    response = seen.response
    assert response is not None
    part = _refused_part(seen)
    if part is not None:
        return part
    origin = _origin_refused(seen, ProbeKind.PREFLIGHT_OWN)
    if origin is not None:
        return origin
    get = seen.answer(ProbeKind.GET)
    if get is not None and allows(get, seen.page) and (not grants(response) or _between(response, get)):
        lacks = f"OPTIONS gets status {response.status}" if grants(response) else "the response to OPTIONS does not"
        text = (
            f"The response to the request itself has Access-Control-Allow-Origin, but {lacks}: something else "
            f"answers OPTIONS{_between(response, get)}.{author(seen)}"
        )
        proof = _granted("a GET from the page's origin", get)
        asked = (seen.unsafe_names == () or seen.probe(ProbeKind.PREFLIGHT_BARE)) and (
            seen.method in ("GET", "HEAD") or seen.probe(ProbeKind.PREFLIGHT_GET)
        )  # whether a smaller preflight request fails too
        return named("actual-only", CERTAIN if asked and response.is_ok else LIKELY, text, *evidence(seen), proof)
    return None


def _between(without: Response, having: Response) -> str:
    """Whose the two responses are, where they name different servers."""
    first, second = without.headers.get("Server"), having.headers.get("Server")
    return f" ({first or 'a server without a name'}, not {second or 'the application'})" if first != second else ""


_ASKS: Final = "The server refuses the preflight request because it asks for {parts}."


def _refused_part(seen: Situation) -> Cause | None:
    """Whether a preflight request that asks for less passes; or the lists of this one show what is missing."""
    response = seen.response
    assert response is not None
    bare, get = seen.answer(ProbeKind.PREFLIGHT_BARE), seen.answer(ProbeKind.PREFLIGHT_GET)
    if bare is not None and passes(bare, seen.page):
        proof = _granted("without Access-Control-Request-Headers", bare)
        return refused(seen, CERTAIN, (HEADERS,), _ASKS, proof, *_tries(seen))
    if get is not None and passes(get, seen.page) and (bare is not None or not seen.unsafe_names):
        ids = (METHOD, HEADERS) if refuses_headers_too(seen) else (METHOD,)
        return refused(seen, CERTAIN, ids, _ASKS, _granted("a preflight request for GET", get), *_tries(seen))
    if (
        response.is_ok
        or response.status in (401, 429)
        or response.status >= 500
        or not (response.headers.get(ACAM) or response.headers.get(ACAH))
    ):
        return None
    if not allows(response, seen.page):
        return None
    methods = {method.upper() for method in response.headers.elements(ACAM)}
    names = {name.lower() for name in response.headers.elements(ACAH)}
    if (
        seen.method not in ("GET", "HEAD", "POST")
        and ACAM in response.headers
        and not {seen.method.upper(), "*"} & methods
    ):
        text = "The server refuses {parts}, which is not in its list."
        return refused(seen, CERTAIN, (METHOD,), text, _line(ACAM, response.headers.get(ACAM)))
    if ACAH in response.headers and "*" not in names and set(seen.unsafe_names) - names:
        text = "The server refuses {parts}. Its list does not have all of them."
        return refused(seen, CERTAIN, (HEADERS,), text, _line(ACAH, response.headers.get(ACAH)))
    return None


def _tries(seen: Situation) -> Iterator[str]:
    """What the preflight requests for fewer headers got."""
    for probe in seen.probes:
        answer = probe.exchange.response
        if probe.kind is ProbeKind.PREFLIGHT_LESS and answer is not None:
            yield Sentence("{words}: status {status}", words=probe.words, status=str(answer.status))


def _of_actual(seen: Situation) -> Cause | None:
    response = seen.response
    assert response is not None
    if not response.is_ok:
        return _origin_refused(seen, ProbeKind.OWN_ORIGIN)
    preflight = seen.preflight or seen.answer(ProbeKind.PREFLIGHT)
    if preflight is not None and preflight.is_ok and allows(preflight, seen.page):
        text = (
            "The preflight response has Access-Control-Allow-Origin, but the response to the request itself does not"
            f"{_between(response, preflight) if 'Server' in preflight.headers else ''}."
        )
        return named("preflight-only", CERTAIN, text, *evidence(seen), _granted("the preflight request", preflight))
    return _origin_refused(seen, ProbeKind.OWN_ORIGIN)


def _origin_refused(seen: Situation, own: ProbeKind) -> Cause | None:
    """Whether other origins, or requests without one, are treated better; or a CORS layer has left its marks."""
    response = seen.response
    assert response is not None
    if seen.page_is_allowed or _recovered(seen):
        return None
    text = "The server supports CORS, but does not allow {parts}."
    # what all probes but the preflight requests repeat
    plain = response if seen.probes_repeat else seen.answer(ProbeKind.GET)
    for kind in (own, ProbeKind.OTHER_ORIGIN, ProbeKind.NO_ORIGIN):
        compared = response if kind is ProbeKind.PREFLIGHT_OWN else plain
        answer, probe = seen.answer(kind), seen.probe(kind)
        if answer is None or probe is None or compared is None:
            continue
        if kind is not ProbeKind.NO_ORIGIN and answer.is_ok and grants(answer) and not grants(compared):
            return refused(seen, CERTAIN, (ORIGIN,), text, _granted(probe.words, answer))
        if response.status in _REFUSALS and compared.status in _REFUSALS and _is_better(answer, compared):
            return refused(seen, CERTAIN, (ORIGIN,), text, f"{probe.words}: status {answer.status}")
    without = seen.answer(ProbeKind.NO_ORIGIN)
    if grants(response) or (without is not None and without.status == response.status >= 400):
        return None
    said = _said_to_a_probe(seen, Means.ORIGIN)
    if said is not None:
        return refused(seen, CERTAIN, (ORIGIN,), text, said[1])
    found = cors_marks(response)
    if found:
        return refused(seen, LIKELY, (ORIGIN,), text, *(_line(name, value) for name, value in found[:4]))
    for words, other in seen.others():
        found = [] if grants(other) else cors_marks(other)
        if found and response.is_ok:
            return refused(
                seen,
                LIKELY,
                (ORIGIN,),
                text,
                *(Sentence("{words} gets {line}", words=words, line=_line(*pair)) for pair in found[:2]),
            )
    return None


def _said_to_a_probe(seen: Situation, means: Means) -> tuple[Seen, str] | None:
    """The mark by which a CORS layer says so in the response to a probe of the page, with its words; None if none does."""
    for probe in seen.probes:
        answer = probe.exchange.response
        if answer is None or answer.is_ok or probe.exchange.request.headers.get("Origin") != seen.page:
            continue
        for mark in marks_of(answer):
            if mark.means is means and mark.who:
                return mark, Sentence("{probe}: {words}", probe=probe.words, words=mark.words)
    return None


_REFUSALS: Final = frozenset(range(400, 500)) - {404, 405, 410, 429}


def _is_better(answer: Response, refused: Response) -> bool:
    """Whether the server treats this request as one that it may answer, even if there is nothing to answer."""
    return answer.is_ok or (refused.status == 403 and answer.status in (404, 405))


def of_nothing(seen: Situation, *, compared: bool) -> Cause | None:
    """What is left where no other cause was found. Once the probes are `compared`, that is that nothing shows a CORS layer."""
    response = seen.response
    assert response is not None
    get = seen.answer(ProbeKind.GET) if seen.in_preflight else None
    if response.status == 403 and get is not None and get.is_ok:
        text = f"The server forbids OPTIONS ({response.status}), although it allows a GET.{author(seen)}"
        proof = f"a GET from the page's origin: status {get.status}"
        return named("forbidden", LIKELY, text, *evidence(seen), proof, fix=EXEMPT_OPTIONS)
    if grants(response):
        return _passed_on(seen) if compared else None
    free = seen.answer(ProbeKind.NO_ORIGIN)
    if response.status == 403 and free is not None and free.status == 403:
        text = f"The server forbids the request ({response.status}), with and without Origin.{author(seen)}"
        proof = f"without Origin: status {free.status}"
        return named("forbidden", CERTAIN, text, *evidence(seen), proof, fix=forbidden(seen))
    if response.status == 403 and compared:
        text = f"The server forbids the request ({response.status}).{author(seen)}"
        return named("forbidden", LIKELY, text, *evidence(seen), fix=forbidden(seen))
    granting = next(((w, r) for w, r in seen.others() if allows(r, seen.page)), None)
    if granting is not None and not response.is_ok and response.status != 403:
        text = (
            f"The server does not add Access-Control-Allow-Origin to error responses, such as this {response.status}."
        )
        return named("error-page", LIKELY, text, *evidence(seen), _granted(*granting))
    absent = _said_to_a_probe(seen, Means.NO_CORS)
    if absent is not None:
        return without_cors(seen, *absent)
    if not compared:
        return None
    return named("not-configured", LIKELY, _without_trace(seen), *evidence(seen), fix=bucket_rule(seen))


def _passed_on(seen: Situation) -> Cause | None:
    """A preflight response with the CORS headers, and with an error that a GET does not get."""
    response, get = seen.response, seen.answer(ProbeKind.GET)
    assert response is not None
    if not seen.in_preflight or get is None or not get.is_ok or not allows(response, seen.page):
        return None
    text = (
        f"OPTIONS goes on to the application, which refuses it ({response.status}), although the response already has the "
        f"CORS headers.{author(seen)}"
    )
    return named("no-options", LIKELY, text, *evidence(seen), _granted("a GET from the page's origin", get))


def _without_trace(seen: Situation) -> str:
    """That CORS is not configured, and what the responses say to the contrary."""
    assert seen.response is not None
    for words, other in (("the response", seen.response), *seen.others()):
        name = ACAO if grants(other) else next((name for name, _ in cors_marks(other)), None)
        if name is not None:
            having = "it has" if other is seen.response else f"the response to {words} has"
            return f"CORS is not configured for this request, although {having} {name}."
    return "CORS is not configured for this URL: no response has a trace of it."
