"""What must change before any CORS header helps: a header on an error page or a login page only makes that page readable."""

from __future__ import annotations

from typing import Final

from corsdoctor.rule import Cause
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Exchange

_ALWAYS: Final = frozenset(
    {
        "bot-challenge", "gateway-error", "https-downgrade-redirect", "https-upgrade-redirect", "login-redirect",
        "plain-http-on-tls-port", "rate-limited", "wrong-service",
    }
)  # fmt: skip
_IN_THE_REQUEST: Final = frozenset({"not-found", "server-error", "too-large"})
"""What counts for the request itself; in a preflight response the status may mean that nothing handles OPTIONS."""
_GATEWAY: Final = frozenset({502, 503, 504, *range(520, 531)})
_BY_STATUS: Final = {404: "not-found", 410: "not-found", 413: "too-large", 429: "rate-limited"}


def comes_first(cause: Cause | None, judged: Exchange | None) -> str | None:
    """The id of the cause that must be removed first; None where headers help.

    A preflight response is often an error only because nothing handles OPTIONS, so its status alone says little.
    """
    in_preflight = judged is not None and judged.is_preflight
    if cause is not None and cause.id in (_ALWAYS if in_preflight else _ALWAYS | _IN_THE_REQUEST):
        return cause.id
    status = None if judged is None or judged.response is None else judged.response.status
    if status is None or status < 400:
        return None
    if status in _GATEWAY:
        return "gateway-error"
    if status == 429:
        return "rate-limited"
    if in_preflight:
        return None
    return _BY_STATUS.get(status, "server-error" if status >= 500 and status != 501 else None)


def response_headers(scenario: Scenario) -> tuple[str, ...]:
    """The request headers of the script that only a response can have a use for: Access-Control-Allow-Origin and the like."""
    return tuple(name for name, _ in scenario.headers if is_response_header(name))


def is_response_header(name: str) -> bool:
    """Whether only a response has a use for the header `name`."""
    return name.lower().startswith(("access-control-allow-", "access-control-expose-", "access-control-max-age"))
