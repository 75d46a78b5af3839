"""The status of a preflight response, and why it may not be ok. https://fetch.spec.whatwg.org/#ok-status"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.rule import FETCH, Cause, Failure, Rule

if TYPE_CHECKING:
    from corsdoctor.wire import Response

_ANSWER_OPTIONS: Final = "Answer OPTIONS with 204 and the CORS headers, before authentication, routing and redirects."
REDIRECTED = Cause(
    "redirected",
    "The server redirects the preflight request: from http to https, to add or remove a trailing slash, or to a "
    "login page.",
    fix=_ANSWER_OPTIONS,
    failure=Failure(
        "The preflight response is a redirect ({status}), which browsers do not follow",
        remark="is a redirect, which browsers do not follow here",
    ),
)
AUTHENTICATION = Cause(
    "authentication",
    "Probably the server requires a login for OPTIONS too. Browsers never send credentials with a preflight request.",
    fix=_ANSWER_OPTIONS,
)
NO_OPTIONS = Cause(
    "no-options",
    "Probably no route handles OPTIONS at this URL.",
    fix=_ANSWER_OPTIONS,
)
SERVER_ERROR = Cause(
    "server-error",
    "The server failed when it handled the preflight request.",
)
IF_NOT_OK: Final = (REDIRECTED, AUTHENTICATION, NO_OPTIONS, SERVER_ERROR)

PREFLIGHT_OK = Rule(
    id="preflight-status-ok",
    title="The status code of the preflight response is 200 to 299",
    failure=Failure(
        "The status code of the preflight response is {status}, not 200 to 299",
        bare="The status code of the preflight response is not 200 to 299",
        remark="is not 200 to 299",
    ),
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7",
    what="The preflight response must have a status code from 200 to 299. The browser does not follow a redirect.",
    why="Any other status code means that the server did not handle the preflight request.",
    fix="Answer OPTIONS with 204, before authentication, routing and redirects.",
    bad="OPTIONS /items\n\nHTTP/1.1 405 Method Not Allowed",
    good="OPTIONS /items\n\nHTTP/1.1 204 No Content",
    causes=IF_NOT_OK,
    passed="is 200 to 299",
)


def is_ok(response: Response) -> bool:
    """https://fetch.spec.whatwg.org/#ok-status"""
    return 200 <= response.status <= 299


def why_not_ok(response: Response) -> Cause | None:
    """The likely reason why a preflight's status is not ok."""
    match response.status:
        case status if 300 <= status <= 399:
            return REDIRECTED
        case 401 | 403 | 407:
            return AUTHENTICATION
        case 404 | 405 | 501:
            return NO_OPTIONS
        case status if status >= 500:
            return SERVER_ERROR
        case _:
            return None
