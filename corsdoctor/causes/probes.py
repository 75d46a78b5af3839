"""Which probe is worth sending next, given what is known; and the request that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.by_cache import cache_hit
from corsdoctor.causes.by_login import may_check_origin
from corsdoctor.causes.probe import STRANGER, ProbeKind
from corsdoctor.causes.refused_headers import next_preflight, passes
from corsdoctor.causes.situation import allows, cors_marks, is_presigned
from corsdoctor.fetch.headers import ACRH, ACRM
from corsdoctor.fetch.network import client_certificate
from corsdoctor.rule import Certainty
from corsdoctor.scenario import Credentials
from corsdoctor.wire import Headers, Kind, WireRequest, ascii_lower

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause
    from corsdoctor.wire import Certificate, Response

_PREFLIGHTS: Final = frozenset(
    {
        ProbeKind.PREFLIGHT,
        ProbeKind.PREFLIGHT_BARE,
        ProbeKind.PREFLIGHT_GET,
        ProbeKind.PREFLIGHT_LESS,
        ProbeKind.PREFLIGHT_OWN,
    }
)
_PROBED: Final = frozenset({"acao-present", "acao-matches-origin", "preflight-status-ok"})
_UNKNOWN_QUERY: Final = "corsdoctor-probe=1"
_OF_BODIES: Final = frozenset(
    {"content-encoding", "content-language", "content-location", "content-type", "content-length"}
)


def wanted(seen: Situation, causes: tuple[Cause, ...]) -> ProbeKind | None:
    """The probe that divides the causes that are left best, None if none would."""
    if seen.step.rule.id not in _PROBED or seen.response is None or seen.exchange is None:
        return None
    if seen.exchange.request.url != _asked_url(seen):
        return None  # after a redirect
    if causes and causes[0].certainty is Certainty.CERTAIN and causes[0].id != "no-options":
        refines = seen.in_preflight and causes[0].id in _REFUSED and next_preflight(seen) is not None
        if refines:
            return ProbeKind.PREFLIGHT_LESS
        fitting = _of_certain(seen, causes[0])
    else:
        response = seen.response
        fitting = _of_preflight(seen, response, causes) if seen.in_preflight else _of_actual(seen, response)
    return next((kind for kind in fitting if seen.probe(kind) is None and _is_allowed(seen, kind)), None)


_REFUSED: Final = frozenset({"method-refused", "headers-refused"})
"""Causes of which more preflight requests show which headers it is."""


_COMPARED: Final = _REFUSED | {"origin-refused", "preflight-only", "actual-only"}
"""Causes that two responses show together."""


def _failed_again(seen: Situation) -> bool:
    """Whether a preflight request with a part of the headers failed too."""
    return any(p.kind is ProbeKind.PREFLIGHT_LESS and not passes(p.exchange.response, seen.page) for p in seen.probes)


def _asked_url(seen: Situation) -> str:
    url = seen.diagnosis.scenario.parsed_url
    return "" if url is None else url.on_the_wire


def _is_allowed(seen: Situation, kind: ProbeKind) -> bool:
    """A presigned URL is asked only with its own method and OPTIONS."""
    if kind in _PREFLIGHTS or not is_presigned(seen.diagnosis.scenario.url):
        return True
    return seen.method == "GET" and kind is not ProbeKind.PAST_CACHE


def _of_certain(seen: Situation, cause: Cause) -> Iterator[ProbeKind]:
    """What shows that a cause is another one, although the response alone leaves no doubt."""
    if cause.id == "authentication" and may_check_origin(seen):
        yield from _of_login(seen)
    if cause.id == "gateway-error" and seen.in_preflight:
        yield ProbeKind.GET  # the gateway may have an application for everything but OPTIONS
    if cause.id in _COMPARED and not any(mark.means == cause.id for mark in seen.marks) and not _failed_again(seen):
        repeat = ProbeKind.PREFLIGHT if seen.in_preflight else ProbeKind.GET
        if seen.in_preflight or seen.probes_repeat:
            yield repeat  # the two responses that differ may be those of two servers behind one address


def _of_login(seen: Situation) -> Iterator[ProbeKind]:
    """Whether the server asks for a login, or refuses the origin with the status that asks for one."""
    assert seen.response is not None
    if not seen.probes_repeat:
        yield ProbeKind.GET
        actual = seen.answer(ProbeKind.GET)
        if actual is None or actual.status != seen.response.status:
            return
    yield ProbeKind.NO_ORIGIN


def _of_preflight(seen: Situation, response: Response, causes: tuple[Cause, ...]) -> Iterator[ProbeKind]:
    yield ProbeKind.GET
    if response.status in (404, 410):
        yield ProbeKind.PREFLIGHT  # another server behind the address may handle OPTIONS
    if response.status in (404, 405, 410, 501) or (causes[:1] and causes[0].id == "no-options"):
        return
    actual = seen.answer(ProbeKind.GET)
    allowed = actual is not None and allows(actual, seen.page)
    if not response.is_ok and actual is not None and actual.status in (400, 401, 403):
        yield ProbeKind.NO_ORIGIN
    if allowed or not response.is_ok or cors_marks(response):  # some CORS layers refuse a method or header in silence
        yield from _smaller_preflights(seen)
    if not allowed:
        yield ProbeKind.PREFLIGHT_OWN


def _smaller_preflights(seen: Situation) -> Iterator[ProbeKind]:
    """The preflight requests that ask for less than the one that failed."""
    if seen.unsafe_names:
        yield ProbeKind.PREFLIGHT_BARE
    if seen.method not in ("GET", "HEAD") and not passes(seen.answer(ProbeKind.PREFLIGHT_BARE), seen.page):
        yield ProbeKind.PREFLIGHT_GET


def _of_actual(seen: Situation, response: Response) -> Iterator[ProbeKind]:
    if cache_hit(response) is not None and response.is_ok:
        yield ProbeKind.PAST_CACHE
    if seen.step.rule.id == "acao-matches-origin":
        return
    if not seen.probes_repeat:
        yield ProbeKind.GET  # what the probes below are compared with: they are GET requests too
        if seen.page_is_allowed:
            return
    if not response.is_ok:
        yield ProbeKind.NO_ORIGIN
        return
    yield ProbeKind.OWN_ORIGIN
    yield ProbeKind.PREFLIGHT


def wanted_of_passed(seen: Situation) -> ProbeKind | None:
    """The same for the note that Vary is missing: only an experiment shows whether the response depends on the origin."""
    kinds = (ProbeKind.NO_ORIGIN, ProbeKind.OTHER_ORIGIN)
    return next((kind for kind in kinds if seen.probe(kind) is None and _is_allowed(seen, kind)), None)


def request_of(seen: Situation, kind: ProbeKind) -> tuple[Kind, WireRequest]:
    """What the probe sends. It is a GET, a HEAD or a preflight request, and has the script's headers."""
    assert seen.exchange is not None
    request = seen.exchange.request
    if kind in _PREFLIGHTS:
        return Kind.PREFLIGHT, _preflight(seen, kind)
    headers = request.headers
    method = request.method if request.method in ("GET", "HEAD") else "GET"
    if seen.in_preflight:
        headers = _scripts_headers(seen)
        method = "HEAD" if seen.method == "HEAD" else "GET"
    headers = headers.delete("Content-Length", *(_OF_BODIES if method != request.method else ()))
    url = request.url
    match kind:
        case ProbeKind.NO_ORIGIN:
            headers = headers.delete("Origin", "Referer", *_METADATA)
        case ProbeKind.OWN_ORIGIN | ProbeKind.OTHER_ORIGIN:
            headers = _from_origin(headers, _origin_for(seen, kind))
        case ProbeKind.PAST_CACHE:
            url += f"{'&' if '?' in url else '?'}{_UNKNOWN_QUERY}"
        case _:
            pass
    return Kind.ACTUAL, WireRequest(method, url, headers, certificate=_certificate(seen, Kind.ACTUAL))


_METADATA: Final = ("Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest")


def _origin_for(seen: Situation, kind: ProbeKind) -> str:
    own = kind in (ProbeKind.OWN_ORIGIN, ProbeKind.PREFLIGHT_OWN) and seen.url is not None
    return str(seen.url.origin) if own and seen.url is not None else STRANGER


def _from_origin(headers: Headers, origin: str) -> Headers:
    pairs = tuple((n, origin if ascii_lower(n) == "origin" else v) for n, v in headers.delete("Referer", *_METADATA))
    return Headers(pairs)


def _preflight(seen: Situation, kind: ProbeKind) -> WireRequest:
    assert seen.exchange is not None
    request = seen.exchange.request
    headers = request.headers
    if not seen.in_preflight:
        own = {ascii_lower(name) for name, _ in seen.diagnosis.scenario.headers} | {"cookie", "content-length"}
        headers = Headers(tuple((n, v) for n, v in headers if ascii_lower(n) not in own)).append(ACRM, request.method)
    if kind in (ProbeKind.PREFLIGHT_BARE, ProbeKind.PREFLIGHT_GET):
        headers = headers.delete(ACRH)
    if kind is ProbeKind.PREFLIGHT_GET:
        headers = _with(headers, ACRM, "GET")
    less = next_preflight(seen) if kind is ProbeKind.PREFLIGHT_LESS else None
    if less is not None:
        method, names = less
        headers = _with(_with(headers, ACRM, method), ACRH, ",".join(sorted(names)))
    if kind is ProbeKind.PREFLIGHT_OWN:
        headers = _from_origin(headers, _origin_for(seen, kind))
    return WireRequest("OPTIONS", request.url, headers, certificate=_certificate(seen, Kind.PREFLIGHT))


def _with(headers: Headers, name: str, value: str) -> Headers:
    """`headers` with another value of `name`."""
    return Headers(tuple((n, value if n == name else v) for n, v in headers))


def _certificate(seen: Situation, kind: Kind) -> Certificate:
    """What the server gets of the client certificate from the browser's own request of this kind."""
    request = seen.diagnosis.request
    assert request is not None  # there was an exchange
    request = request.with_(credentials=Credentials.OMIT) if kind is Kind.PREFLIGHT else request
    return client_certificate(request, seen.diagnosis.profile)


def _scripts_headers(seen: Situation) -> Headers:
    """The headers of the request itself, which was not sent: those of its preflight request and the script's."""
    assert seen.exchange is not None
    scenario = seen.diagnosis.scenario
    given = tuple((n, v) for n, v in scenario.headers if ascii_lower(n) not in _OF_BODIES)
    names = {ascii_lower(name) for name, _ in given}
    added = tuple((n, v) for n, v in seen.exchange.request.headers.delete(ACRM, ACRH) if ascii_lower(n) not in names)
    with_cookie = scenario.cookie is not None and scenario.credentials is Credentials.INCLUDE
    return Headers((*given, *added, *((("Cookie", scenario.cookie or ""),) if with_cookie else ())))
