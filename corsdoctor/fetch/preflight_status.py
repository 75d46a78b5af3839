"""The status of a preflight response, and what changes the sentence on it. https://fetch.spec.whatwg.org/#ok-status"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.fetch.headers import REDIRECT_STATUSES
from corsdoctor.rule import FETCH, Cause, Failure, Rule

if TYPE_CHECKING:
    from corsdoctor.wire import Response

REDIRECTED = Cause(
    "redirected",
    "The server redirects the preflight request: from http to https, to add or remove a trailing slash, or to a "
    "login page.",
    fix="Answer OPTIONS with 204 and the CORS headers, before authentication, routing and redirects.",
    failure=Failure(
        "The preflight response is a redirect ({status}), which browsers do not follow",
        bare="The preflight response is a redirect, which browsers do not follow",
        remark="is a redirect, which browsers do not follow here",
    ),
)
IF_NOT_OK: Final = (REDIRECTED,)

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


def why_not_ok(response: Response) -> Cause | None:
    """The reason that changes the sentence on a status that is not ok; the room `causes` finds all others."""
    return REDIRECTED if response.status in REDIRECT_STATUSES else None
