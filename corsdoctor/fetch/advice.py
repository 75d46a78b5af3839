"""What users want to know though it blocks nothing: caches, `null`, cookies. Looked at after the verdict.

Nothing here can change a verdict; every step is a NOTE.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.fetch.headers import ACAO, varies_by_origin
from corsdoctor.fetch.network import includes_credentials
from corsdoctor.fetch.request import FetchEnd, FetchParams, Request, Tainting
from corsdoctor.rule import FETCH, Cause, Rule
from corsdoctor.scenario import Credentials
from corsdoctor.url import same_site
from corsdoctor.wire import Exchange, Headers, Kind, Response

NOT_KEPT = Cause("not-kept", "Cookies of a response to a request without credentials are thrown away.")
LAX_BY_DEFAULT = Cause(
    "lax-by-default", "Without SameSite the cookie counts as Lax, which no cross-site request carries."
)
STRICT_OR_LAX = Cause("strict-or-lax", "SameSite=Lax and SameSite=Strict keep the cookie from cross-site requests.")
NOT_SECURE = Cause("not-secure", "SameSite=None is only taken together with Secure.")
THIRD_PARTY = Cause("third-party", "Safari blocks third-party cookies; Firefox keeps them apart for each site.")

VARY_ORIGIN = Rule(
    id="vary-origin",
    title="Vary: Origin is there where the answer depends on the origin",
    spec=f"{FETCH}#cors-protocol-and-http-caches",
    step="",
    what="A response that names one origin needs Vary: Origin where the server would name another one for another page.",
    why="A cache could hand the response to a page of another origin, which then fails, now and then, for some users.",
    fix="Send Vary: Origin on every response of the URL, also where no Origin came or the origin was refused.",
    bad="Access-Control-Allow-Origin: https://app.example",
    good="Access-Control-Allow-Origin: https://app.example\nVary: Origin",
)
ACAO_NOT_NULL = Rule(
    id="acao-not-null",
    title="Access-Control-Allow-Origin does not allow null",
    spec=f"{FETCH}#concept-cors-check",
    step="4",
    what="`null` is the origin of every sandboxed frame, file and data: page, and of some redirects.",
    why="Any site can open a sandboxed frame; with `null` allowed it reads the answer.",
    fix="Name real origins; for a local file, use a development server.",
    bad="Access-Control-Allow-Origin: null",
    good="Access-Control-Allow-Origin: https://app.example",
)
ACAO_ONE_LINE = Rule(
    id="acao-one-line",
    title="Access-Control-Allow-Origin is there once",
    spec=f"{FETCH}#concept-header-list-get",
    step="2",
    what="Two lines are read as one value with a comma, which is no origin.",
    why="It happens where a proxy and the application both add the header.",
    fix="Let only one of them add the header.",
    bad="Access-Control-Allow-Origin: *\nAccess-Control-Allow-Origin: *",
    good="Access-Control-Allow-Origin: *",
)
COOKIE_SENT = Rule(
    id="cookie-sent-cross-site",
    title="The cookie goes with a cross-site request",
    spec="https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html",
    step="",
    what="Across sites only cookies with SameSite=None and Secure are sent. Safari sends none by default, Firefox only "
    "those that were set while the user was on this page's site.",
    why="Cookies that go everywhere let sites follow users and forge requests.",
    fix="Set the cookie with SameSite=None; Secure; Partitioned; or serve the API from the page's own site.",
    bad="Set-Cookie: sid=1",
    good="Set-Cookie: sid=1; SameSite=None; Secure; Partitioned",
    causes=(THIRD_PARTY,),
)
COOKIE_STORED = Rule(
    id="cookie-stored",
    title="The response's cookie is kept",
    spec="https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html",
    step="",
    what="A cookie is kept only from a response whose request had credentials; across sites only with SameSite=None and "
    "Secure, and where the browser takes third-party cookies.",
    why="A login that seems to succeed is forgotten by the next request.",
    fix='Use credentials: "include", and set the cookie with SameSite=None; Secure; Partitioned.',
    bad="Set-Cookie: sid=1",
    good="Set-Cookie: sid=1; SameSite=None; Secure; Partitioned",
    causes=(NOT_KEPT, LAX_BY_DEFAULT, STRICT_OR_LAX, NOT_SECURE, THIRD_PARTY),
)

RULES: Final = (VARY_ORIGIN, ACAO_NOT_NULL, ACAO_ONE_LINE, COOKIE_SENT, COOKIE_STORED)


def advise(end: FetchEnd, params: FetchParams) -> None:
    """Notes about the last response, and about cookies of the whole run."""
    request, response = end.request, end.response
    exchanges = params.trace.exchanges
    _advise_on_cookie_sent(request, exchanges, params)
    if response is None or not exchanges or exchanges[-1].kind is not Kind.ACTUAL:
        return
    if request.tainting is Tainting.CORS:
        _advise_on_origin(request, response.headers, params)
    _advise_on_cookies_set(request, response, params)


def _advise_on_origin(request: Request, headers: Headers, params: FetchParams) -> None:
    values = headers.values(ACAO)
    if len(values) > 1:
        params.trace.note(ACAO_ONE_LINE, ((ACAO, ", ".join(values)),), f"{len(values)} lines of {ACAO} came")
    if headers.get(ACAO) == "null":
        params.trace.note(ACAO_NOT_NULL, ((ACAO, "null"),), "`null` lets every sandboxed page of any site in")
    stored = "no-store" not in (headers.get("Cache-Control") or "").lower() and request.method in ("GET", "HEAD")
    if stored and values == (request.serialized_origin,) and not varies_by_origin(headers):
        params.trace.note(
            VARY_ORIGIN, ((ACAO, values[0]), ("Vary", headers.get("Vary") or "(missing)")),
            "Vary: Origin is missing: where the server allows other origins too, a cache may hand them this answer", remedy=(("Vary", "Origin"),),
        )  # fmt: skip


def _advise_on_cookie_sent(request: Request, exchanges: list[Exchange], params: FetchParams) -> None:
    if request.cookie is None or not request.url.is_http or same_site(request.origin, request.url_list[0].origin):
        return
    if any("Cookie" in e.request.headers for e in exchanges):
        params.trace.note(
            COOKIE_SENT, (("page", str(request.origin)), ("host", request.url_list[0].host)),
            "The request is cross-site: browsers send only cookies with SameSite=None; Secure, and Safari none",
            THIRD_PARTY,
        )  # fmt: skip


def _advise_on_cookies_set(request: Request, response: Response, params: FetchParams) -> None:
    for line in response.headers.values("Set-Cookie"):
        cause = _why_not_stored(request, line)
        if cause is not None:
            params.trace.note(
                COOKIE_STORED, (("Set-Cookie", line),), f"{_named(line)} may not be kept. {cause.text}", cause
            )


def _named(line: str) -> str:
    name, equals, _ = line.partition(";")[0].partition("=")
    return f"The cookie `{name.strip()}`" if equals else "A cookie without a name"  # its value would be all there is


def _why_not_stored(request: Request, line: str) -> Cause | None:
    if not includes_credentials(request):
        return NOT_KEPT
    if request.credentials is not Credentials.INCLUDE or same_site(request.origin, request.url.origin):
        return None
    attributes = {
        part.partition("=")[0].strip().lower(): part.partition("=")[2].strip().lower() for part in line.split(";")[1:]
    }
    match attributes.get("samesite"):
        case None:
            return LAX_BY_DEFAULT
        case "none":
            return NOT_SECURE if "secure" not in attributes else THIRD_PARTY
        case _:
            return STRICT_OR_LAX
