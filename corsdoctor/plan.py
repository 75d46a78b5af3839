"""What browsers would send for a scenario, and the least that the server must return so that it is allowed.

The core runs on these responses, so a plan is as correct as a diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterable

from corsdoctor.browsers import Profile
from corsdoctor.diagnose import Diagnosis, diagnose, request_of
from corsdoctor.fetch.element import needed_type
from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, ACRH, ACRM
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.safelist import is_cors_safelisted_method
from corsdoctor.rule import Trace
from corsdoctor.scenario import Credentials, Mode, Scenario
from corsdoctor.url import parse, same_origin
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest


def plan(scenario: Scenario, profiles: Iterable[Profile]) -> tuple[Diagnosis, ...]:
    """One diagnosis for each profile, with ideal responses: allowed, opaque, or blocked by what no server can change."""
    return tuple(_planned(scenario, profile) for profile in profiles)


def _planned(scenario: Scenario, profile: Profile) -> Diagnosis:
    request = request_of(scenario, FetchParams(profile, Trace(), PreflightCache()))

    def ideal(kind: Kind, wire: WireRequest) -> Answer:
        assert request is not None  # a request that is not made is never sent
        return ideal_answer(kind, wire, request, profile)

    return diagnose(scenario, profile, ideal)


def ideal_answer(kind: Kind, wire: WireRequest, request: Request, profile: Profile) -> Response:
    """The response to `wire` that allows `request` in the browser of `profile`, and nothing more."""
    lines: list[tuple[str, str]] = []
    origin, vary = wire.headers.get("Origin"), ["Origin"]
    if origin is not None and _needs_permission(wire, request):
        lines.append((ACAO, origin))
        if request.credentials is Credentials.INCLUDE:
            lines.append((ACAC, "true"))
        if kind is Kind.PREFLIGHT:
            method, names = wire.headers.get(ACRM), wire.headers.get(ACRH)
            if method is not None and not is_cors_safelisted_method(method):
                lines.append((ACAM, method))
                vary.append(ACRM)
            if names is not None:
                lines.append((ACAH, names))
                vary.append(ACRH)
        lines.append(("Vary", ", ".join(vary)))
    if kind is Kind.PREFLIGHT:
        return Response(204, Headers(tuple(lines)), "No Content")
    needed = needed_type(request.api, profile)
    if needed is not None:
        lines.insert(0, ("Content-Type", needed))
    return Response(200, Headers(tuple(lines)), "OK")


def _needs_permission(wire: WireRequest, request: Request) -> bool:
    url = parse(wire.url)
    return request.mode is Mode.CORS and not (url is not None and same_origin(url.origin, request.origin))
