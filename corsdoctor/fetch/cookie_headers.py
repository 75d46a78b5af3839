"""The Cookie header of a request in a flow, and what its response sets.

https://fetch.spec.whatwg.org/#append-a-request-cookie-header and #parse-and-store-response-set-cookie-headers
The state notes what was sent and stored, and why the rest was not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsdoctor.fetch.cookies import NOT_KEPT
from corsdoctor.fetch.request import FetchParams, Request, includes_credentials
from corsdoctor.wire import Headers, Response

if TYPE_CHECKING:
    from corsdoctor.fetch.cookie_jar import CookieContext
    from corsdoctor.fetch.state import State
    from corsdoctor.rule import Cause
    from corsdoctor.url import URL


def cookie_header(request: Request, params: FetchParams, state: State) -> str | None:
    """What the Cookie header of a request says, None where there is none."""
    from corsdoctor.fetch.cookie_context import context_of  # what a plain check need not load

    context = context_of(request, params, state)
    return attached(state, request.url, context, kept=includes_credentials(request))


def store_cookies(request: Request, response: Response, params: FetchParams, state: State) -> None:
    """Stores the cookies that a response sets, whatever the CORS check says of it."""
    if "Set-Cookie" in response.headers:
        from corsdoctor.fetch.advice import COOKIE_STORED  # what a plain check need not load
        from corsdoctor.fetch.cookie_context import context_of

        context = context_of(request, params, state)
        context = context._replace(same_site=not context.third_party)  # wherever redirects came from
        for line, cause in store(state, request.url, response.headers, context, kept=includes_credentials(request)):
            params.trace.note(COOKIE_STORED, (("Set-Cookie", line),), cause=cause)


def attached(state: State, url: URL, context: CookieContext, *, kept: bool = True) -> str | None:
    """The Cookie header for `url`; with `kept` false the request is made without credentials."""
    sent = []
    for cookie, cause in state.jar.retrieve(url, context, state.now):
        if kept and cause is None:
            sent.append(cookie)
        else:
            why = NOT_KEPT if not kept or cause is None else cause
            state.cookies.refused.append((cookie.name, why.id))
            state.cookies.unsent.append((cookie.pair, url.href, why))
    state.cookies.sent += [cookie.name for cookie in sent]
    return "; ".join(cookie.pair for cookie in sent) or None


def store(
    state: State, url: URL, headers: Headers, context: CookieContext, *, kept: bool = True
) -> list[tuple[str, Cause]]:
    """Stores what the Set-Cookie lines of a response from `url` set; returns the other lines, each with the reason."""
    from corsdoctor.fetch.set_cookie import parse_set_cookie  # what a response without a cookie need not load

    refused: list[tuple[str, Cause]] = []
    for line in headers.values("Set-Cookie"):
        given = parse_set_cookie(line)
        cause = state.jar.store(url, given, context, state.now, headers.get("Date")) if kept else NOT_KEPT
        if cause is None:
            state.cookies.stored.append(given.name)
        else:
            state.cookies.refused.append((given.name, cause.id))
            refused.append((line, cause))
    return refused
