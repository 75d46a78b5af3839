"""What a console message about CORS means, what usually causes it, and what to change, as far as the message shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.catalogue import by_id
from corsdoctor.causes.by_message import ABOUT_THE_ORIGIN, NOT_FROM_HTTP, cause_of, redirected_to_login
from corsdoctor.message import BEACON, MANIFEST, REDIRECTION, Message, url_with_scheme

if TYPE_CHECKING:
    from corsdoctor.reports.refused import Refused

IN_PREFLIGHT: Final = (
    "The browser asked with a preflight request (OPTIONS) whether the page may send its request. The response did not "
    "allow it, so the request itself was never sent."
)
OPTIONS_FAILED: Final = (
    "The server answered an OPTIONS request with {status}. If a browser sent it, it was a preflight request, and the "
    "browser did not send the request itself: only a status code from 200 to 299 allows that."
)
DID_NOT_SUCCEED: Final = (
    "Firefox prints this for every failure without a response: a refused connection, an unknown host, an untrusted "
    "certificate, an ad blocker. The reason is more often the network than CORS."
)
ALL_THE_SAME: Final = "WebKit and old versions of Chrome print the same if the header is missing."
IN_TESTS: Final = (
    "jsdom, in which Jest and other test runners run pages, checks this itself and more simply than a browser. The page of a "
    "test is http://localhost unless the configuration names another URL."
)
_TURN_ON: Final = "In about:config, set content.cors.disable to false. A policy of the administrator may have set it."
_FOR_TESTS: Final = (
    "In a test, mock the request, or run the page at an origin that the server allows (in Jest: testEnvironmentOptions with "
    "a url)."
)
_OF_API: Final = {
    BEACON: "navigator.sendBeacon() always sends cookies, and a body that is not plain text or a form needs a preflight.",
    MANIFEST: 'The browser requests the file of <link rel="manifest"> with CORS, and without cookies unless the element has '
    'crossorigin="use-credentials".',
}
_PLAIN_BEACON: Final = (
    "Send the beacon's body as a string (text/plain) and parse it on the server: then CORS does not apply."
)
_FOR_BEACONS: Final = (
    "Otherwise, send the page's origin instead of `*`, with Access-Control-Allow-Credentials: true and Vary: Origin."
)
_MANIFEST_WITH_COOKIES: Final = (
    'Add crossorigin="use-credentials" to the <link rel="manifest">. Without it, the request has no cookies, and a server '
    "that requires a login redirects it."
)
NO_REASON: Final = "The message names no reason that is known here, or it was cut off."
TURNED_OFF: Final = (
    "CORS is turned off in this Firefox (content.cors.disable in about:config), so it blocks every cross-origin request, "
    "whatever the server sends."
)
HIDDEN_REASON: Final = "This line does not name the reason, but the line before it in the console does. WebKit also prints it after a network failure."
_NOT_REFUSED: Final = frozenset({"acah-lists-authorization", "preflight-answered", "preflight-needed"})
"""Rules about a preflight whose message does not blame a response."""
_SAID_BY_HEADING: Final = frozenset({"acao-present", "actual-answered", "preflight-answered"})
"""The rules whose failure says as much as their requirement."""
_UNREACHABLE: Final = "the server is not running, the host name or port is wrong, or the certificate is not trusted"
_NO_HEADER: Final = "CORS is not configured for this URL, this origin is not on the server's allowlist, or the response is an error page or a redirect without CORS headers"
_NO_HEADER_ON_SUCCESS: Final = "CORS is not configured for this URL, or this origin is not on the server's allowlist"
_NO_ROUTE: Final = "no route handles OPTIONS, or the server requires a login before it handles CORS"
_NO_HEADER_IN_PREFLIGHT: Final = "no route handles OPTIONS, the server requires a login before it handles CORS, or this origin is not on the server's allowlist"
_USUAL_CAUSES: Final = {
    # (rule, whether it failed in the preflight): what the message cannot contain
    ("acao-present", True): _NO_HEADER_IN_PREFLIGHT,
    ("acao-present", False): _NO_HEADER,
    ("acao-present", None): _NO_HEADER,
    ("preflight-status-ok", True): _NO_ROUTE,
    ("actual-answered", None): _UNREACHABLE,
    ("preflight-answered", True): _UNREACHABLE,
}
_FILE: Final = "file:"
_ABOUT_THE_SCHEME: Final = frozenset({"scheme-is-http", "scheme-is-fetchable"})
_LOCAL_NETWORK: Final = "local-network-access-granted"
LOOPBACK: Final = "loopback"  # Chromium's name of the address space
_DEVELOPMENT_URL: Final = "The URL leads to the computer of whoever opens the page. Usually it is a development URL that was left in production."
_REPLACE_THE_URL: Final = "If visitors of the page are meant to use a server on the internet, request its URL instead."


def _without_rule(m: Message) -> str:
    if m.detail == "disabled":
        return TURNED_OFF
    return HIDDEN_REASON if m.browser == "webkit" and m.detail != REDIRECTION else NO_REASON


def _usual_cause(m: Message) -> str | None:
    """What often causes the failure, where the message does not show the cause."""
    if m.rule is None or redirected_to_login(m):
        return None
    if m.rule == "acao-present" and (m.status or "").startswith("2"):
        return _NO_HEADER_ON_SUCCESS
    return _USUAL_CAUSES.get((m.rule, m.in_preflight))


def refused(m: Message) -> Refused | None:
    """What a server's own words mean; None if a browser printed the message."""
    if m.cause is None:
        return None
    from corsdoctor.reports.refused import REFUSED

    return REFUSED[m.cause]


def meaning(m: Message) -> list[tuple[str, str]]:
    """(label, text) pairs: what failed, and why."""
    said = refused(m)
    if said is not None:
        return [("Means", said.means)]
    if m.server is not None:
        means, cause = OPTIONS_FAILED.format(status=m.status), cause_of(m)
        return [("Means", means), *([("Cause", cause.text)] if cause is not None else [])]
    before = [IN_PREFLIGHT] if m.in_preflight and m.rule not in _NOT_REFUSED else []
    if m.rule is None:
        return [("Means", " ".join((*before, _without_rule(m))))]
    rule, cause = by_id(m.rule), cause_of(m)
    what = [rule.why] if m.rule in _SAID_BY_HEADING else [rule.what, rule.why]
    if m.rule == "actual-answered" and m.browser == "firefox":
        what = [DID_NOT_SUCCEED]
    if m.detail == "target-space" or cause is NOT_FROM_HTTP or (m.rule == "acao-present" and m.in_preflight):
        what = []  # no script waits for a preflight response
    before += [_OF_API[m.api]] if m.api in _OF_API else []
    after = [IN_TESTS] if m.browser == "jsdom" else [ALL_THE_SAME] if "acao-present" in m.also else []
    usual = _usual_cause(m)
    found = [("Means", " ".join((*before, *what, *after)))] if before or what else []
    if _leads_to_loopback(m):
        found.append(("Cause", _DEVELOPMENT_URL))
    if cause is not None:
        found.append(("Cause", cause.text))
    elif usual is not None:
        found.append(("Cause", f"Not in the message. Usually {usual}."))
    return found


def actions(m: Message) -> list[str]:
    """What to change, as far as the message shows it."""
    said = refused(m)
    if said is not None:
        return [said.fix]
    if m.detail == "disabled":
        return [_TURN_ON]
    if m.rule is None:
        return [by_id("scheme-is-http").fix] if (m.url or "").startswith(_FILE) else []
    if m.browser == "jsdom":
        return [_FOR_TESTS, by_id(m.rule).fix]
    url = url_with_scheme(m.url)
    if url is not None and m.rule in _ABOUT_THE_SCHEME:
        return [f"The URL has no http:// or https://. Write {url} in the script."]
    if m.origin == "null" and m.rule in ABOUT_THE_ORIGIN:
        from corsdoctor.causes.known import OPAQUE_PAGE

        return [OPAQUE_PAGE]
    cause = cause_of(m)
    fix = cause.fix if cause is not None else by_id(m.rule).fix
    if _leads_to_loopback(m):
        return [_REPLACE_THE_URL, fix]
    if m.api == BEACON:
        return [_PLAIN_BEACON, _FOR_BEACONS if m.rule == "acao-not-wildcard-with-credentials" else fix]
    if m.api == MANIFEST and m.first is not None:
        return [_MANIFEST_WITH_COOKIES] if redirected_to_login(m) else [_MANIFEST_WITH_COOKIES, fix]
    if m.rule not in ABOUT_THE_ORIGIN:
        return [fix]
    if cause is not None and cause.id == "login-page":
        return [fix]
    if redirected_to_login(m):
        return [
            f"The server redirects {m.first} to a login, in which a script cannot log in. Make the server return 401 "
            "with the CORS headers instead of the redirect, and make the page open the login."
        ]
    own = by_id(m.rule).fix
    return [fix] if m.status is None or cause is None or m.in_preflight else [fix, own]


def _leads_to_loopback(m: Message) -> bool:
    """Whether a page was kept from this computer itself: not where its script names an address space, and so means it."""
    return m.rule == _LOCAL_NETWORK and m.subject == LOOPBACK and m.detail != "target-space"
