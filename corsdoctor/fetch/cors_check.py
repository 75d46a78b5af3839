"""The CORS check: may this page have this response? https://fetch.spec.whatwg.org/#concept-cors-check

Everything that decides about Access-Control-Allow-Origin and -Allow-Credentials is in this file. Why a response may not
have passed is in cors_causes.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.fetch.cors_causes import (
    IF_ABSENT,
    IF_DIFFERENT,
    IF_NOT_TRUE,
    IF_WILDCARD,
    why_absent,
    why_different,
    why_included,
    why_not_true,
)
from corsdoctor.fetch.headers import ACAC, ACAO, varies_by_origin
from corsdoctor.rule import FETCH, MISSING, Failure, Field, Rule
from corsdoctor.scenario import Credentials

if TYPE_CHECKING:
    from corsdoctor.fetch.request import FetchParams, Request
    from corsdoctor.wire import Response

ACAO_PRESENT = Rule(
    id="acao-present",
    title="The response has an Access-Control-Allow-Origin header",
    failure=Failure(
        missing="{response} has no Access-Control-Allow-Origin header",
        bare="{response} has no Access-Control-Allow-Origin header",
        remark="is missing",
    ),
    spec=f"{FETCH}#concept-cors-check",
    step="2",
    what="The response to a cross-origin request must have an Access-Control-Allow-Origin header.",
    why="Without the header, the server has not said that this page may read the response, so the browser withholds "
    "it from the script.",
    fix="Make the server send Access-Control-Allow-Origin with the page's origin, on error responses too.",
    bad="HTTP/1.1 200 OK\nContent-Type: application/json",
    good="HTTP/1.1 200 OK\nContent-Type: application/json\nAccess-Control-Allow-Origin: https://app.example\nVary: Origin",
    causes=IF_ABSENT,
    passed="is present",
)
ACAO_NOT_WILDCARD = Rule(
    id="acao-not-wildcard-with-credentials",
    title="With credentials, Access-Control-Allow-Origin names the page's origin instead of *",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} is `*`, which does not allow a request with credentials",
        remark="does not allow credentials",
    ),
    spec=f"{FETCH}#concept-cors-check",
    step="3, 4",
    what="`*` is a wildcard only if the request's credentials mode is not `include`.",
    why="`*` together with cookies would let every site read what the user sees when logged in.",
    fix="Send the page's origin instead of `*`, with Vary: Origin. Or make the request without credentials.",
    bad="Access-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true",
    good="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: true\nVary: Origin",
    causes=IF_WILDCARD,
)
ACAO_MATCHES = Rule(
    id="acao-matches-origin",
    title="Access-Control-Allow-Origin is the page's origin",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} is `{value}`, not the page's origin ({wanted})",
        bare="Access-Control-Allow-Origin in {response} is not the page's origin",
        remark="is not the page's origin ({wanted})",
    ),
    spec=f"{FETCH}#concept-cors-check",
    step="4",
    what="The value must be identical to the Origin header of the request, byte for byte, or a single `*`.",
    why="With this header the server says which page may read the response. A value for another page does not allow "
    "this one.",
    fix="Send exactly the page's origin, once, with Vary: Origin.",
    bad="Origin: https://app.example\n\nAccess-Control-Allow-Origin: https://app.example/",
    good="Origin: https://app.example\n\nAccess-Control-Allow-Origin: https://app.example\nVary: Origin",
    causes=IF_DIFFERENT,
    passed="is the page's origin",
)
ACAC_TRUE = Rule(
    id="acac-true",
    title="With credentials, Access-Control-Allow-Credentials is true",
    failure=Failure(
        "Access-Control-Allow-Credentials in {response} is `{value}`, not `true`",
        missing="{response} has no Access-Control-Allow-Credentials header, which a request with credentials requires",
        bare="Access-Control-Allow-Credentials in {response} is not `true`",
        remark="is not `true`",
    ),
    spec=f"{FETCH}#concept-cors-check",
    step="6, 7",
    what="If the credentials mode is `include`, the value must be `true`, in lower case.",
    why="With this header the server says that the page may read responses to requests with the user's cookies.",
    fix="Send Access-Control-Allow-Credentials: true. Or make the request without credentials.",
    bad="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: True",
    good="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: true\nVary: Origin",
    causes=IF_NOT_TRUE,
    passed="is true",
)

RULES: Final = (ACAO_PRESENT, ACAO_NOT_WILDCARD, ACAO_MATCHES, ACAC_TRUE)


def cors_check(
    request: Request, origin_sent: str, response: Response, params: FetchParams, *, include: bool | None = None
) -> bool:
    """Whether `response` may be shared with the page. `origin_sent` is the Origin header that the request carried.

    `include` overrides whether the request counts as one with credentials.

    https://fetch.spec.whatwg.org/#concept-cors-check
    """
    trace = params.trace
    include = request.credentials is Credentials.INCLUDE if include is None else include
    origin = response.headers.get(ACAO)  # 1.
    if origin is None:  # 2.
        trace.failed(
            ACAO_PRESENT, ((ACAO, MISSING), (Field.WANTED, origin_sent)), why_absent(request, origin_sent),
            _remedy(origin_sent, include, response),
        )  # fmt: skip
        return False
    trace.passed(ACAO_PRESENT, ((ACAO, origin),))
    if not include and origin == "*":  # 3.
        trace.passed(ACAO_MATCHES, ((ACAO, origin), (Field.ORIGIN, origin_sent)), "allows every origin")
        return True
    if origin != origin_sent:  # 4.
        if origin == "*":
            trace.failed(
                ACAO_NOT_WILDCARD,
                ((ACAO, origin), (Field.WANTED, origin_sent)),
                why_included(request),
                _remedy(origin_sent, include, response),
            )
        else:
            trace.failed(
                ACAO_MATCHES, ((ACAO, origin), (Field.WANTED, origin_sent)), why_different(request, origin_sent, origin),
                _remedy(origin_sent, include, response),
            )  # fmt: skip
        return False
    trace.passed(ACAO_MATCHES, ((ACAO, origin), (Field.ORIGIN, origin_sent)))
    if not include:  # 5.
        return True
    credentials = response.headers.get(ACAC)  # 6.
    if params.profile.empty_lines_vanish and credentials is not None:
        credentials = ", ".join(v for v in response.headers.values(ACAC) if v)
    if credentials == "true":  # 7.
        trace.passed(ACAC_TRUE, ((ACAC, credentials),))
        return True
    trace.failed(
        ACAC_TRUE, ((ACAC, MISSING if credentials is None else credentials), (Field.WANTED, "true")),
        why_not_true(request, credentials), ((ACAC, "true"),),
    )  # fmt: skip
    return False  # 8.


def _remedy(origin_sent: str, include: bool, response: Response) -> tuple[tuple[str, str], ...]:
    """The lines that would have passed; none for `null`, which should not be allowed."""
    if origin_sent == "null":
        return ()
    lines = [(ACAO, origin_sent)]
    if not varies_by_origin(response.headers):
        lines.append(("Vary", "Origin"))
    if include and response.headers.get(ACAC) != "true":
        lines.append((ACAC, "true"))
    return tuple(lines)
