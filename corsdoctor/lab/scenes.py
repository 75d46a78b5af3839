"""The lab's scenes, in one table, and the two ways to find one. corsdoctor/lab/scene.py says what a scene is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from corsdoctor.diagnose import Verdict
from corsdoctor.lab.assets import FONT, PNG
from corsdoctor.lab.scene import BODY, HOST, PAGE, Row, Scene
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE, Origin


def find(path: str, method: str) -> Row | None:
    """The answer to `method` at `path` (without a query), None if there is no such scene."""
    rows = _ROWS.get(path, ())
    return next((row for row in rows if row.method in ("*", method)), None)


def by_path(path: str) -> Scene:
    """The scene at `path`. Raises KeyError if there is none."""
    return {scene.path: scene for scene in SCENES}[path]


def _row(*lines: str, status: int = 200, method: str = "*", under: str = "", body: bytes = BODY) -> Row:
    pairs = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
    return Row(status, pairs, method, under, body)


_ask = partial(Scenario, "", PAGE)


def _visit(request: dict[str, Any], headers: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """A visit of the page whose origin the lab's answers name."""
    return {"page": "{ORIGIN}/", "headers": [list(line) for line in headers], "requests": [request]}


_options = partial(_row, status=204, method="OPTIONS")
_CLOSES: Final = Row(0, (), closes=True)
_PUBLIC: Final = Origin("https", "app.example")
_OWN: Final = ("Access-Control-Allow-Origin: {ORIGIN}", "Vary: Origin")
_ANY: Final = ("Access-Control-Allow-Origin: *",)
_OPEN: Final = _row(*_OWN)
_X: Final = (("X-Requested-With", "fetch"),)
_TOKEN: Final = (("Authorization", "Bearer lab"),)
_ALLOWED, _OPAQUE, _ERROR, _BLOCKED = Verdict.ALLOWED, Verdict.OPAQUE, Verdict.ERROR, Verdict.BLOCKED

SCENES: Final = (
    # --- what works
    Scene("/allowed", "A simple request that the server allows", None, (_OPEN,), _ask(), _ALLOWED),
    Scene(
        "/allowed/any", "A public resource: every origin may read it", None,
        (_row(*_ANY, "Access-Control-Expose-Headers: *", "X-Version: 7"),), _ask(), _ALLOWED,
    ),
    Scene(
        "/allowed/preflighted", "A request header that requires a preflight, and a server that allows it", "preflight-needed",
        (_options(*_OWN, "Access-Control-Allow-Headers: X-Requested-With", "Access-Control-Max-Age: 600"), _OPEN),
        _ask(headers=_X), _ALLOWED,
    ),
    Scene(
        "/allowed/credentials", "A request with cookies that the server allows", "acac-true",
        (_row(*_OWN, "Access-Control-Allow-Credentials: true"),),
        _ask(credentials=Credentials.INCLUDE, cookie="session=lab"), _ALLOWED,
    ),
    # --- what the browser refuses or changes before it sends
    Scene("/request/url", "An invalid URL", "url-parses", (), Scenario("http://[bad/", PAGE), _BLOCKED),
    Scene(
        "/request/userinfo", "A URL with a password", "url-without-userinfo", (),
        Scenario("http://user:secret@api.example/", PAGE), _BLOCKED,
    ),
    Scene(
        "/request/method", "A method that contains a space", "method-is-token", (_OPEN,), _ask(method="GET IT"), _BLOCKED,
    ),
    Scene(
        "/request/trace", "A method that scripts may not use", "method-not-forbidden", (_OPEN,),
        _ask(method="TRACE"), _BLOCKED,
    ),
    Scene(
        "/request/no-cors-put", "PUT in mode no-cors", "no-cors-method-safelisted", (_OPEN,),
        _ask(method="PUT", mode=Mode.NO_CORS), _BLOCKED,
    ),
    Scene(
        "/request/header", "A header name that contains a space", "request-header-valid", (_OPEN,),
        _ask(headers=(("X Name", "1"),)), _BLOCKED,
    ),
    Scene(
        "/request/cookie", "A header that only the browser may set", "request-header-not-forbidden", (_OPEN,),
        _ask(headers=(("Cookie", "session=lab"),)), _ALLOWED,
    ),
    Scene(
        "/request/no-cors-header", "A header that mode no-cors does not send", "no-cors-header-safelisted", (_OPEN,),
        _ask(headers=_X, mode=Mode.NO_CORS), _OPAQUE,
    ),
    Scene("/request/get-body", "A GET request with a body", "get-without-body", (_OPEN,), _ask(body=b"x"), _BLOCKED),
    Scene(
        "/request/text", "A body without a Content-Type is sent as text/plain", "body-brings-content-type", (_OPEN,),
        _ask(method="POST", body=b'{"a": 1}'), _ALLOWED,
    ),
    Scene(
        "/request/no-cors-stream", "A streamed body in mode no-cors", "stream-needs-cors", (_OPEN,),
        _ask(method="POST", body=b"x", streamed=True, mode=Mode.NO_CORS), _BLOCKED,
    ),
    Scene(
        "/request/beacon", "A beacon that needs no preflight", None, (_OPEN,),
        _ask(method="POST", api=Api.BEACON, body=b"x"), _OPAQUE,
    ),
    Scene(
        "/request/beacon-json", "A beacon with JSON always has credentials", "acao-not-wildcard-with-credentials", (_row(*_ANY),),
        _ask(method="POST", api=Api.BEACON, headers=(("Content-Type", "application/json"),), body=b"{}"), _BLOCKED,
    ),
    Scene(
        "/request/worker", "A worker whose script is on another origin", "same-origin-mode",
        (_row(*_OWN, "Content-Type: text/javascript"),), _ask(api=Api.WORKER), _BLOCKED,
    ),
    Scene(
        "/request/service-worker", "A page without https that registers a service worker", "service-worker-secure-context", (),
        Scenario("/sw.js", Origin("http", "app.example"), api=Api.SW_SCRIPT), _BLOCKED,
    ),
    Scene(
        "/request/import-map", "An import map in a file of its own", "import-map-is-inline", (_OPEN,),
        _ask(api=Api.IMPORTMAP), _BLOCKED,
    ),
    Scene(
        "/request/port", "A port that browsers block", "port-not-blocked", (),
        Scenario("http://localhost:6000/", PAGE), _BLOCKED,
    ),
    Scene(
        "/request/mixed", "An https page requests an http URL", "not-mixed-content", (),
        Scenario("http://api.example/", _PUBLIC), _BLOCKED,
    ),
    Scene(
        "/websocket/mixed", "An https page opens a ws: WebSocket", "not-mixed-content", (),
        Scenario("ws://api.example/", _PUBLIC, api=Api.WEBSOCKET), _BLOCKED,
    ),
    Scene(
        "/websocket/accepted", "A WebSocket that the server accepts", None,
        (_row("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", status=101),),
        _ask(api=Api.WEBSOCKET), _ALLOWED,
    ),
    Scene(
        "/websocket/origin", "A WebSocket server that refuses the page's origin", "websocket-accepted",
        (_row(*_OWN, status=403),), _ask(api=Api.WEBSOCKET), _BLOCKED,
    ),
    Scene(
        "/websocket/incomplete", "A WebSocket handshake without Sec-WebSocket-Accept", "websocket-handshake-complete",
        (_row("Upgrade: websocket", "Connection: Upgrade", status=101),), _ask(api=Api.WEBSOCKET), _BLOCKED,
    ),
    Scene(
        "/request/upgraded", "The image of an https page is requested over https, which the lab does not support",
        "mixed-content-upgraded", (), Scenario("http://images.example:{LAB_PORT}/a.png", _PUBLIC, api=Api.IMAGE), _ERROR,
    ),
    Scene(
        "/request/same-origin", "Another origin in mode same-origin", "same-origin-mode", (_OPEN,),
        _ask(mode=Mode.SAME_ORIGIN), _BLOCKED,
    ),
    Scene(
        "/request/no-cors-redirect", "Mode no-cors with a redirect mode other than follow", "no-cors-follows-redirects",
        (_OPEN,), _ask(mode=Mode.NO_CORS, redirect=Redirect.ERROR), _BLOCKED,
    ),
    Scene(
        "/request/file", "A file: URL", "scheme-is-http", (), Scenario("file:///home/me/data.json", PAGE), _BLOCKED,
    ),
    Scene(
        "/request/ftp", "A scheme that browsers cannot fetch", "scheme-is-fetchable", (),
        Scenario("ftp://files.example/a.png", PAGE, api=Api.IMAGE), _BLOCKED,
    ),
    Scene(
        "/request/data", "A data: URL without a comma", "data-url-parses", (), Scenario("data:text/plain", PAGE), _BLOCKED,
    ),
    Scene(
        "/request/local-network", "A public page requests a URL of this machine, which the user must allow",
        "local-network-access-granted", (_row("Access-Control-Allow-Origin: https://app.example", "Vary: Origin"),),
        Scenario("", _PUBLIC), _ALLOWED,
    ),
    # --- no answer
    Scene("/silent", "The connection is closed without a response", "actual-answered", (_CLOSES,), _ask(), _ERROR),
    Scene(
        "/silent/preflight", "No response to the preflight request", "preflight-answered",
        (replace(_CLOSES, method="OPTIONS"), _OPEN), _ask(headers=_X), _ERROR,
    ),
    # --- the preflight
    Scene(
        "/preflight/no-options", "The server does not handle OPTIONS", "preflight-status-ok",
        (_row(*_OWN, status=405, method="OPTIONS"), _OPEN), _ask(headers=_X), _BLOCKED,
    ),
    Scene(
        "/preflight/login", "The server requires a login for the preflight request", "preflight-status-ok",
        (_row(*_OWN, "WWW-Authenticate: Bearer", status=401, method="OPTIONS"), _OPEN), _ask(headers=_TOKEN), _BLOCKED,
    ),
    Scene(
        "/preflight/redirected", "The preflight request is redirected", "preflight-status-ok",
        (_row(*_OWN, "Location: /preflight/redirected/", status=301), replace(_OPEN, under="/")),
        _ask(headers=_X), _BLOCKED,
    ),
    Scene(
        "/preflight/methods", "A list of methods with semicolons", "acam-parses",
        (_options(*_OWN, "Access-Control-Allow-Methods: GET; PUT"), _OPEN), _ask(method="PUT"), _BLOCKED,
    ),
    Scene(
        "/preflight/headers", "A list of headers in quotation marks", "acah-parses",
        (_options(*_OWN, 'Access-Control-Allow-Headers: "X-Requested-With"'), _OPEN), _ask(headers=_X), _BLOCKED,
    ),
    Scene(
        "/preflight/put", "A method that the server does not list", "acam-lists-method",
        (_options(*_OWN, "Access-Control-Allow-Methods: GET, POST"), _OPEN), _ask(method="PUT"), _BLOCKED,
    ),
    Scene(
        "/preflight/patch", "The method `patch` in lower case, but the server lists PATCH", "acam-lists-method",
        (_options(*_OWN, "Access-Control-Allow-Methods: PATCH"), _OPEN), _ask(method="patch"), _BLOCKED,
    ),
    Scene(
        "/preflight/header", "A header that the server does not list", "acah-lists-headers",
        (_options(*_OWN, "Access-Control-Allow-Headers: Content-Type"), _OPEN), _ask(headers=_X), _BLOCKED,
    ),
    Scene(
        "/preflight/json", "application/json requires Content-Type to be listed", "acah-lists-headers",
        (_options(*_OWN, "Access-Control-Allow-Methods: POST"), _OPEN),
        _ask(method="POST", headers=(("Content-Type", "application/json"),), body=b"{}"), _BLOCKED,
    ),
    Scene(
        "/preflight/wildcard", "With credentials, `*` does not allow any header", "acah-lists-headers",
        (
            _options(*_OWN, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Headers: *"),
            _row(*_OWN, "Access-Control-Allow-Credentials: true"),
        ),
        _ask(headers=_X, credentials=Credentials.INCLUDE), _BLOCKED,
    ),
    Scene(
        "/preflight/max-age", "An Access-Control-Max-Age that is not a number", "max-age-below-cap",
        (_options(*_OWN, "Access-Control-Allow-Headers: X-Requested-With", "Access-Control-Max-Age: 1 day"), _OPEN),
        _ask(headers=_X), _ALLOWED,
    ),
    # --- the CORS check
    Scene("/cors/missing", "No CORS headers at all", "acao-present", (_row(),), _ask(), _BLOCKED),
    Scene(
        "/cors/error-page", "An error response without the CORS headers", "acao-present", (_row(status=500),), _ask(), _BLOCKED,
    ),
    Scene(
        "/cors/trailing-slash", "A slash after the origin", "acao-matches-origin",
        (_row("Access-Control-Allow-Origin: {ORIGIN}/", "Vary: Origin"),), _ask(), _BLOCKED,
    ),
    Scene(
        "/cors/two-lines", "A proxy and the application both add the header", "acao-matches-origin",
        (_row(*_OWN, "Access-Control-Allow-Origin: *"),), _ask(), _BLOCKED,
    ),
    Scene(
        "/cors/other-origin", "The server allows another origin", "acao-matches-origin",
        (_row("Access-Control-Allow-Origin: https://app.example", "Vary: Origin"),), _ask(), _BLOCKED,
    ),
    Scene(
        "/cors/pattern", "A pattern instead of an origin", "acao-matches-origin",
        (_row("Access-Control-Allow-Origin: http://*:3000"),), _ask(), _BLOCKED,
    ),
    Scene(
        "/credentials/wildcard", "`*` with credentials", "acao-not-wildcard-with-credentials",
        (_row(*_ANY, "Access-Control-Allow-Credentials: true"),), _ask(credentials=Credentials.INCLUDE), _BLOCKED,
    ),
    Scene(
        "/credentials/upper-case", "`True` is not `true`", "acac-true",
        (_row(*_OWN, "Access-Control-Allow-Credentials: True"),), _ask(credentials=Credentials.INCLUDE), _BLOCKED,
    ),
    Scene(
        "/credentials/missing", "Credentials that the server does not expect", "acac-true", (_OPEN,),
        _ask(credentials=Credentials.INCLUDE), _BLOCKED,
    ),
    # --- redirects
    Scene(
        "/redirect/error", "A redirect that the script does not allow", "redirect-mode-allows",
        (_row(*_OWN, "Location: /allowed", status=302),), _ask(redirect=Redirect.ERROR), _BLOCKED,
    ),
    Scene(
        "/redirect/unparsable", "An invalid Location", "location-parses",
        (_row(*_OWN, "Location: http://[bad", status=302),), _ask(), _BLOCKED,
    ),
    Scene(
        "/redirect/ftp", "A redirect to a scheme other than http", "location-is-http",
        (_row(*_OWN, "Location: ftp://files.example/x", status=302),), _ask(), _BLOCKED,
    ),
    Scene(
        "/redirect/loop", "A redirect to itself", "redirect-limit",
        (_row(*_OWN, "Location: /redirect/loop", status=302),), _ask(), _BLOCKED,
    ),
    Scene(
        "/redirect/userinfo", "A Location with a password", "location-without-userinfo",
        (_row(*_OWN, "Location: http://user:secret@{OTHER_HOST}/allowed", status=302),), _ask(), _BLOCKED,
    ),
    Scene(
        "/redirect/stream", "A redirect of a streamed body, which can be sent only once", "redirected-body-replays",
        (_options(*_OWN), _row(*_OWN, "Location: /allowed", status=307)),
        _ask(method="POST", headers=(("Content-Type", "text/plain"),), body=b"x", streamed=True), _BLOCKED,
    ),
    Scene(
        "/redirect/post", "302 changes POST to GET", "redirect-keeps-method",
        (_row(*_OWN, "Location: /allowed", status=302),), _ask(method="POST", body=b"x"), _ALLOWED,
    ),
    Scene(
        "/redirect/token", "A redirect to another origin drops Authorization", "redirect-keeps-authorization",
        (
            _options(*_ANY, "Access-Control-Allow-Headers: Authorization"),
            _row(*_ANY, "Location: {OTHER}/redirect/token/end", status=302),
            _options(*_ANY, "Access-Control-Allow-Headers: Authorization", under="/end"),
            _row(*_ANY, under="/end"),
        ),
        _ask(headers=_TOKEN), _ALLOWED,
    ),
    Scene(
        "/redirect/origin", "A redirect to a third origin makes the browser send Origin: null", "redirect-keeps-origin",
        (_row(*_ANY, "Location: {OTHER}/redirect/origin/end", status=302), _row(*_ANY, under="/end")),
        _ask(), _ALLOWED,
    ),
    Scene(
        "/redirect/null", "The last server allows the page, but the browser sends Origin: null", "acao-matches-origin",
        (
            _row(*_OWN, "Location: {OTHER}/redirect/null/middle", status=302),
            _row("Access-Control-Allow-Origin: null", "Location: {LAB}/redirect/null/end", status=307, under="/middle"),
            _row(*_OWN, under="/end"),
        ),
        _ask(), _BLOCKED,
    ),
    Scene(
        "/redirect/login", "A redirect to a login page", "acao-present",
        (_row(*_OWN, "Location: {OTHER}/redirect/login/signin", status=302), _row(under="/signin")), _ask(), _BLOCKED,
    ),
    Scene(
        "/redirect/preflighted", "A request with a preflight is redirected", "preflighted-request-not-redirected",
        (
            _options(*_OWN, "Access-Control-Allow-Headers: X-Requested-With"),
            _row(*_OWN, "Location: /allowed/preflighted", status=307),
        ),
        _ask(headers=_X), _ALLOWED,
    ),
    # --- responses without CORS, and elements
    Scene(
        "/policy/same-origin", "A response that other origins may not embed", "corp-allows",
        (_row("Cross-Origin-Resource-Policy: same-origin"),), _ask(mode=Mode.NO_CORS), _BLOCKED,
    ),
    Scene(
        "/element/missing-module", "A module that does not exist", "element-status-ok",
        (_row(*_OWN, "Content-Type: text/javascript", status=404),), _ask(api=Api.MODULE), _BLOCKED,
    ),
    Scene(
        "/element/empty-image", "An image without content", "element-has-content", (_row(status=204),),
        _ask(api=Api.IMAGE), _BLOCKED,
    ),
    Scene(
        "/element/plain-module", "A module with the type text/plain", "element-type-fits",
        (_row(*_OWN, "Content-Type: text/plain"),), _ask(api=Api.MODULE), _BLOCKED,
    ),
    Scene(
        "/element/nosniff", "A script without a JavaScript type, with nosniff", "nosniff-type-fits",
        (_row("Content-Type: application/octet-stream", "X-Content-Type-Options: nosniff"),), _ask(api=Api.SCRIPT),
        _BLOCKED,
    ),
    Scene(
        "/element/canvas", "A canvas cannot be read after an image without CORS is drawn on it", "canvas-stays-clean",
        (_row("Content-Type: image/png", body=PNG),), _ask(api=Api.IMAGE), _OPAQUE,
    ),
    Scene(
        "/element/texture", "WebGL does not accept an image without CORS", "texture-is-cors",
        (_row("Content-Type: image/png", body=PNG),), _ask(api=Api.WEBGL), _BLOCKED,
    ),
    Scene(
        "/frame/ancestors", "A page that only its own origin may show in a frame", "frame-ancestors-allow",
        (_row("Content-Security-Policy: frame-ancestors 'self'"),), _ask(api=Api.IFRAME), _BLOCKED,
    ),
    Scene(
        "/frame/options", "A page with X-Frame-Options: DENY in a frame", "frame-options-allow",
        (_row("X-Frame-Options: DENY"),), _ask(api=Api.IFRAME), _BLOCKED,
    ),
    Scene(
        "/frame/no-content", "Status 204 in a frame", "framed-response-is-document", (_row(status=204),), _ask(api=Api.IFRAME), _BLOCKED,
    ),
    # --- what the script may read
    Scene(
        "/exposed", "A response header that the script cannot read", "response-header-exposed",
        (_row(*_OWN, "X-Total-Count: 42"),), _ask(), _ALLOWED,
    ),
    # --- what blocks nothing, and yet goes wrong
    Scene(
        "/advice/vary", "A cache may give this response to a page of another origin", "vary-origin",
        (_row("Access-Control-Allow-Origin: {ORIGIN}"),), _ask(), _ALLOWED,
    ),
    Scene(
        "/advice/not-found", "A 404 that the script can read", "status-is-not-an-error",
        (_row(*_ANY, status=404),), _ask(), _ALLOWED,
    ),
    Scene(
        "/advice/null", "`null` allows every sandboxed page", "acao-not-null",
        (_row("Access-Control-Allow-Origin: null", "Vary: Origin"),), Scenario("", OPAQUE), _ALLOWED,
    ),
    Scene(
        "/advice/two-lines", "`*` sent twice is not a wildcard", "acao-one-line",
        (_row(*_ANY, *_ANY),), _ask(), _BLOCKED,
    ),
    Scene(
        "/advice/cookie-sent", "A cookie for a cross-site request", "cookie-sent-cross-site",
        (_row(*_OWN, "Access-Control-Allow-Credentials: true"),),
        _ask(credentials=Credentials.INCLUDE, cookie="session=lab"), _ALLOWED,
    ),
    Scene(
        "/advice/cookie-stays", "A redirect to another host, which does not receive the cookie", "cookie-follows-redirect",
        (
            _row(
                *_OWN, "Access-Control-Allow-Credentials: true",
                "Location: http://localhost:{LAB_PORT}/advice/cookie-stays/end", status=302,
            ),
            _row("Access-Control-Allow-Origin: null", "Access-Control-Allow-Credentials: true", under="/end"),
        ),
        _ask(credentials=Credentials.INCLUDE, cookie="session=lab"), _ALLOWED,
    ),
    Scene(
        "/advice/cookie-set", "A cross-site cookie without SameSite=None", "cookie-stored",
        (_row(*_OWN, "Access-Control-Allow-Credentials: true", "Set-Cookie: session=lab"),),
        _ask(credentials=Credentials.INCLUDE), _ALLOWED,
    ),
    Scene(
        "/advice/no-content", "A 204 response that announces a body", "no-content-has-no-body",
        (_options(*_OWN, "Access-Control-Allow-Methods: PUT", "Content-Length: 2"), _OPEN), _ask(method="PUT"), _ALLOWED,
    ),
    # --- where browsers disagree
    Scene(
        "/disagree/preflight-body", "WebKit waits for the whole body of a preflight response", "body-ends-as-announced",
        (replace(_row(*_OWN, "Access-Control-Allow-Methods: PUT", method="OPTIONS"), missing=9), _OPEN),
        _ask(method="PUT"), _ALLOWED, (("webkit", _ERROR),),
    ),
    Scene(
        "/disagree/authorization", "Browsers accept `*` for Authorization, but the Standard does not",
        "acah-lists-authorization", (_options(*_ANY, "Access-Control-Allow-Headers: *"), _row(*_ANY)),
        _ask(headers=_TOKEN), _ALLOWED, (("standard", _BLOCKED),),
    ),
    Scene(
        "/disagree/client-hint", "Only Chromium sends a client hint without a preflight", "preflight-status-ok",
        (_row(*_OWN, status=405, method="OPTIONS"), _OPEN), _ask(headers=(("DPR", "2"),)), _BLOCKED,
        (("chromium", _ALLOWED),),
    ),
    Scene(
        "/disagree/upload-listener", "Chromium ignores the upload listener if there is no body",
        "preflight-status-ok", (_row(*_OWN, status=405, method="OPTIONS"), _OPEN),
        _ask(method="POST", api=Api.XHR, upload_listener=True), _BLOCKED, (("chromium", _ALLOWED),),
    ),
    Scene(
        "/disagree/font", "WebKit loads fonts without CORS", "acao-present", (_row("Content-Type: font/ttf", body=FONT),),
        _ask(api=Api.FONT), _BLOCKED, (("webkit", _OPAQUE),),
    ),
    Scene(
        "/disagree/same-site", "For Chromium, two ports of one IP address are different sites", "corp-allows",
        (_row("Cross-Origin-Resource-Policy: same-site"),),
        Scenario("", Origin("http", HOST, 3000), mode=Mode.NO_CORS), _OPAQUE, (("chromium", _BLOCKED),),
    ),
    Scene(
        "/disagree/orb", "Chromium and Firefox withhold CSV from an image", "opaque-response-not-blocked",
        (_row("Content-Type: text/csv"),), _ask(api=Api.IMAGE), _OPAQUE,
        (("chromium", _BLOCKED), ("firefox", _BLOCKED)),
    ),
    Scene(
        "/disagree/proxy-status", "Chromium does not accept 407 from a server", "status-not-407", (_row(*_OWN, status=407),),
        _ask(), _ALLOWED, (("chromium", _BLOCKED),),
    ),
    # --- what only flows have: the page's headers, logins, options of fetch()
    Scene(
        "/flow/csp", "The page's Content-Security-Policy does not name the server", "csp-allows", (_OPEN,), _ask(), _BLOCKED,
        visit=_visit({"url": "{LAB}/flow/csp"}, (("Content-Security-Policy", "connect-src 'self'"),)),
    ),
    Scene(
        "/flow/integrity-policy", "A script without integrity on a page with Integrity-Policy", "integrity-policy-allows",
        (_row("Content-Type: text/javascript"),), _ask(), _BLOCKED,
        visit=_visit(
            {"url": "{LAB}/flow/integrity-policy", "api": "script"}, (("Integrity-Policy", "blocked-destinations=(script)"),)
        ),
    ),
    Scene(
        "/flow/preload", "A preload without crossorigin, which fetch() cannot use", "preload-fits-request", (_OPEN,), _ask(), _ALLOWED,
        visit={
            "page": "{ORIGIN}/",
            "requests": [{"url": "{LAB}/flow/preload", "api": "preload", "as": "fetch"}, {"url": "{LAB}/flow/preload"}],
        },
    ),
    Scene(
        "/flow/import-scripts", "importScripts() in a module worker", "import-scripts-in-classic-worker",
        (_row("Content-Type: text/javascript"),), _ask(), _BLOCKED,
        visit=_visit({"url": "{LAB}/flow/import-scripts", "api": "import-scripts", "worker": "module"}),
    ),
    Scene(
        "/flow/login", "A server that asks for a login, which the browser does not know", "login-is-known",
        (_row(*_OWN, "Access-Control-Allow-Credentials: true", 'WWW-Authenticate: Basic realm="lab"', status=401),),
        _ask(), _ALLOWED, (("chromium", Verdict.PENDING),),
        visit=_visit({"url": "{LAB}/flow/login", "credentials": "include"}),
    ),
    Scene(
        "/flow/only-if-cached", "A cache mode that requires mode same-origin", "only-if-cached-is-same-origin", (_OPEN,),
        _ask(), _BLOCKED, visit=_visit({"url": "{LAB}/flow/only-if-cached", "cache": "only-if-cached"}),
    ),
    Scene(
        "/flow/cached", "A response from the HTTP cache, which is not Safari's", "http-cache-is-shipped",
        (_row(*_OWN, "Cache-Control: max-age=60"),), _ask(), _ALLOWED,
        visit={"page": "{ORIGIN}/", "requests": [{"url": "{LAB}/flow/cached"}, {"url": "{LAB}/flow/cached"}]},
    ),
    Scene(
        "/flow/integrity", "A body that is not the one that the page expects", "integrity-matches", (_OPEN,), _ask(), _BLOCKED,
        visit=_visit({"url": "{LAB}/flow/integrity", "integrity": f"sha256-{'A' * 43}="}),
    ),
    Scene(
        "/flow/stream", "A streamed body, which only HTTP/2 carries", "stream-can-be-sent", (_options(*_OWN), _OPEN), _ask(),
        _BLOCKED, (("firefox", _ALLOWED),),
        visit=_visit({"url": "{LAB}/flow/stream", "method": "POST", "body": "x", "stream": True}),
    ),
    Scene(
        "/flow/mode", "A mode that only the browser can set", "mode-can-be-set", (_OPEN,), _ask(), _BLOCKED,
        visit=_visit({"url": "{LAB}/flow/mode", "mode": "navigate"}),
    ),
    Scene(
        "/flow/keepalive", "A body that is too large to outlive the page", "keepalive-body-fits", (_OPEN,), _ask(), _BLOCKED,
        visit=_visit({"url": "{LAB}/flow/keepalive", "method": "POST", "body": "x" * 65_537, "keepalive": True}),
    ),
    Scene(
        "/flow/blob", "A blob: URL that a script wants to change", "blob-url-is-read", (), _ask(), _BLOCKED,
        visit=_visit({"url": "blob:", "method": "POST"}),
    ),
    Scene(
        "/flow/worker", "A worker without the embedder policy of its page", "worker-has-embedder-policy",
        (_row("Content-Type: text/javascript"),), _ask(), _BLOCKED,
        visit={
            "page": "{LAB}/", "headers": [["Cross-Origin-Embedder-Policy", "require-corp"]],
            "requests": [{"api": "worker", "url": "/flow/worker"}],
        },
    ),
)  # fmt: skip

_ROWS: Final = {
    path: tuple(row for scene in SCENES for row in scene.rows if scene.path + row.under == path)
    for path in {scene.path + row.under for scene in SCENES for row in scene.rows}
}
