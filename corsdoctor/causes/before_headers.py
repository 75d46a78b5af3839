"""What must change before any CORS header helps: a header on an error page or a login page only makes that page readable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from corsdoctor.causes.cors_layers import REFUSED
from corsdoctor.causes.marks import Means, marks_of
from corsdoctor.causes.software import software
from corsdoctor.rule import Cause, Certainty
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Exchange, Response

OTHER_SPELLING: Final = frozenset(
    {"https-downgrade-redirect", "https-upgrade-redirect", "plain-http-on-tls-port", "slash-redirect"}
)
"""Causes that end when the page spells the URL as the server does."""
_ALWAYS: Final = OTHER_SPELLING | {
    "bot-challenge", "client-certificate", "gateway-error", "login-page", "login-redirect", "rate-limited", "wrong-service",
}  # fmt: skip
_IN_THE_REQUEST: Final = frozenset({"method-not-allowed", "not-found", "request-rejected", "server-error", "too-large"})
"""What counts for the request itself; in a preflight response the status may mean that nothing handles OPTIONS."""
_WITHOUT_AN_ERROR: Final = frozenset({"authentication", "forbidden"})
"""What counts where the status hides it: nobody sees from the status that a page is not what was asked for."""


def comes_first(causes: Iterable[Cause], judged: Exchange | None) -> Cause | None:
    """The one of `causes` that must be removed first; None if headers help.

    A preflight response is often an error only because nothing handles OPTIONS, so its status alone says little.
    """
    ids = _ALWAYS
    if judged is None or not judged.is_preflight:
        ids |= _IN_THE_REQUEST
        if judged is not None and judged.response is not None and judged.response.status < 400:
            ids |= _WITHOUT_AN_ERROR
    if judged is not None and judged.response is not None and _is_refused_by_service(judged.response):
        ids |= REFUSED
    return next((cause for cause in causes if cause.id in ids or _is_nothing_there(cause)), None)


def _is_nothing_there(cause: Cause) -> bool:
    """Whether a request other than OPTIONS showed that the URL does not exist."""
    return cause.id == "not-found" and cause.certainty is Certainty.CERTAIN


def _is_refused_by_service(response: Response) -> bool:
    """Whether a service whose headers the user cannot set says that it does not allow the origin."""
    return any(mark.means is Means.ORIGIN and software(mark.who).is_service for mark in marks_of(response))


def response_headers(scenario: Scenario) -> tuple[str, ...]:
    """The request headers of the script that only a response can have a use for: Access-Control-Allow-Origin and the like."""
    return tuple(name for name, _ in scenario.headers if is_response_header(name))


def is_response_header(name: str) -> bool:
    """Whether only a response has a use for the header `name`."""
    return name.lower().startswith(("access-control-allow-", "access-control-expose-", "access-control-max-age"))
