"""The lab's scenes, in one table, and the two ways to find one. corsdoctor/lab/scene.py says what a scene is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from corsdoctor.diagnose import Verdict
from corsdoctor.lab.assets import FONT, PNG, SCRIPT
from corsdoctor.lab.disagreements import DISAGREEMENTS
from corsdoctor.lab.initiators import INITIATORS
from corsdoctor.lab.rows import ALLOWED, ANY, BLOCKED, ERROR, OPAQUE, OPEN, OWN, TOKEN, X, ask, options, row
from corsdoctor.lab.scene import HOST, PAGE, Row, Scene
from corsdoctor.lab.variations import VARIATIONS
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE as NO_ORIGIN
from corsdoctor.url import Origin


def find(path: str, method: str) -> Row | None:
    """The answer to `method` at `path` (without a query), None if there is no such scene."""
    rows = _ROWS.get(path, ())
    return next((one for one in rows if one.method in ("*", method)), None)


def by_path(path: str) -> Scene:
    """The scene at `path`. Raises KeyError if there is none."""
    return {scene.path: scene for scene in SCENES}[path]


def _visit(request: dict[str, Any], headers: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """A visit of the page whose origin the lab's answers name."""
    return {"page": "{ORIGIN}/", "headers": [list(line) for line in headers], "requests": [request]}


_CLOSES: Final = Row(0, (), closes=True)
_PUBLIC: Final = Origin("https", "app.example")

_OF_THEIR_OWN: Final = (
    # --- what works
    Scene("/allowed", "A simple request that the server allows", None, (OPEN,), ask(), ALLOWED),
    Scene(
        "/allowed/any", "A public resource: every origin may read it", None,
        (row(*ANY, "Access-Control-Expose-Headers: *", "X-Version: 7"),), ask(), ALLOWED,
    ),
    Scene(
        "/allowed/preflighted", "A request header that requires a preflight, and a server that allows it", "preflight-needed",
        (options(*OWN, "Access-Control-Allow-Headers: X-Requested-With", "Access-Control-Max-Age: 600"), OPEN),
        ask(headers=X), ALLOWED,
    ),
    Scene(
        "/allowed/credentials", "A request with cookies that the server allows", "acac-true",
        (row(*OWN, "Access-Control-Allow-Credentials: true"),),
        ask(credentials=Credentials.INCLUDE, cookie="session=lab"), ALLOWED,
    ),
    # --- what the browser refuses or changes before it sends
    Scene("/request/url", "An invalid URL", "url-parses", (), Scenario("http://[bad/", PAGE), BLOCKED),
    Scene(
        "/request/userinfo", "A URL with a password", "url-without-userinfo", (),
        Scenario("http://user:secret@api.example/", PAGE), BLOCKED,
    ),
    Scene(
        "/request/method", "A method that contains a space", "method-is-token", (OPEN,), ask(method="GET IT"), BLOCKED,
    ),
    Scene(
        "/request/trace", "A method that scripts may not use", "method-not-forbidden", (OPEN,),
        ask(method="TRACE"), BLOCKED,
    ),
    Scene(
        "/request/no-cors-put", "PUT in mode no-cors", "no-cors-method-safelisted", (OPEN,),
        ask(method="PUT", mode=Mode.NO_CORS), BLOCKED,
    ),
    Scene(
        "/request/header", "A header name that contains a space", "request-header-valid", (OPEN,),
        ask(headers=(("X Name", "1"),)), BLOCKED,
    ),
    Scene(
        "/request/cookie", "A header that only the browser may set", "request-header-not-forbidden", (OPEN,),
        ask(headers=(("Cookie", "session=lab"),)), ALLOWED,
    ),
    Scene(
        "/request/no-cors-header", "A header that mode no-cors does not send", "no-cors-header-safelisted", (OPEN,),
        ask(headers=X, mode=Mode.NO_CORS), OPAQUE,
    ),
    Scene("/request/get-body", "A GET request with a body", "get-without-body", (OPEN,), ask(body=b"x"), BLOCKED),
    Scene(
        "/request/text", "A body without a Content-Type is sent as text/plain", "body-brings-content-type", (OPEN,),
        ask(method="POST", body=b'{"a": 1}'), ALLOWED,
    ),
    Scene(
        "/request/no-cors-stream", "A streamed body in mode no-cors", "stream-needs-cors", (OPEN,),
        ask(method="POST", body=b"x", streamed=True, mode=Mode.NO_CORS), BLOCKED,
    ),
    Scene(
        "/request/beacon", "A beacon that needs no preflight", None, (OPEN,),
        ask(method="POST", api=Api.BEACON, body=b"x"), OPAQUE,
    ),
    Scene(
        "/request/beacon-json", "A beacon with JSON always has credentials", "acao-not-wildcard-with-credentials", (row(*ANY),),
        ask(method="POST", api=Api.BEACON, headers=(("Content-Type", "application/json"),), body=b"{}"), BLOCKED,
    ),
    Scene(
        "/request/worker", "A worker whose script is on another origin", "same-origin-mode",
        (row(*OWN, "Content-Type: text/javascript"),), ask(api=Api.WORKER), BLOCKED,
    ),
    Scene(
        "/request/service-worker", "A page without https that registers a service worker", "service-worker-secure-context", (),
        Scenario("/sw.js", Origin("http", "app.example"), api=Api.SW_SCRIPT), BLOCKED,
    ),
    Scene(
        "/request/import-map", "An import map in a file of its own", "import-map-is-inline", (OPEN,),
        ask(api=Api.IMPORTMAP), BLOCKED,
    ),
    Scene(
        "/request/port", "A port that browsers block", "port-not-blocked", (),
        Scenario("http://localhost:6000/", PAGE), BLOCKED,
    ),
    Scene(
        "/request/mixed", "An https page requests an http URL", "not-mixed-content", (),
        Scenario("http://api.example/", _PUBLIC), BLOCKED,
    ),
    Scene(
        "/websocket/mixed", "An https page opens a ws: WebSocket", "not-mixed-content", (),
        Scenario("ws://api.example/", _PUBLIC, api=Api.WEBSOCKET), BLOCKED,
    ),
    Scene(
        "/websocket/accepted", "A WebSocket that the server accepts", None,
        (row("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", status=101),),
        ask(api=Api.WEBSOCKET), ALLOWED,
    ),
    Scene(
        "/websocket/origin", "A WebSocket server that refuses the page's origin", "websocket-accepted",
        (row(*OWN, status=403),), ask(api=Api.WEBSOCKET), BLOCKED,
    ),
    Scene(
        "/websocket/incomplete", "A WebSocket handshake without Sec-WebSocket-Accept", "websocket-handshake-complete",
        (row("Upgrade: websocket", "Connection: Upgrade", status=101),), ask(api=Api.WEBSOCKET), BLOCKED,
    ),
    Scene(
        "/request/upgraded", "The image of an https page is requested over https instead of http",
        "mixed-content-upgraded", (), Scenario("http://images.example:{LAB_PORT}/a.png", _PUBLIC, api=Api.IMAGE), ERROR,
    ),
    Scene(
        "/request/same-origin", "Another origin in mode same-origin", "same-origin-mode", (OPEN,),
        ask(mode=Mode.SAME_ORIGIN), BLOCKED,
    ),
    Scene(
        "/request/no-cors-redirect", "Mode no-cors with a redirect mode other than follow", "no-cors-follows-redirects",
        (OPEN,), ask(mode=Mode.NO_CORS, redirect=Redirect.ERROR), BLOCKED,
    ),
    Scene(
        "/request/file", "A file: URL", "scheme-is-http", (), Scenario("file:///home/me/data.json", PAGE), BLOCKED,
    ),
    Scene(
        "/request/ftp", "A scheme that browsers cannot fetch", "scheme-is-fetchable", (),
        Scenario("ftp://files.example/a.png", PAGE, api=Api.IMAGE), BLOCKED,
    ),
    Scene(
        "/request/data", "A data: URL without a comma", "data-url-parses", (), Scenario("data:text/plain", PAGE), BLOCKED,
    ),
    Scene(
        "/request/local-network", "A public page requests a URL of this machine, which the user must allow",
        "local-network-access-granted", (row("Access-Control-Allow-Origin: https://app.example", "Vary: Origin"),),
        Scenario("", _PUBLIC), ALLOWED,
    ),
    # --- no answer
    Scene("/silent", "The connection is closed without a response", "actual-answered", (_CLOSES,), ask(), ERROR),
    Scene(
        "/silent/preflight", "No response to the preflight request", "preflight-answered",
        (replace(_CLOSES, method="OPTIONS"), OPEN), ask(headers=X), ERROR,
    ),
    # --- the preflight
    Scene(
        "/preflight/no-options", "The server does not handle OPTIONS", "preflight-status-ok",
        (row(*OWN, status=405, method="OPTIONS"), OPEN), ask(headers=X), BLOCKED,
    ),
    Scene(
        "/preflight/login", "The server requires a login for the preflight request", "preflight-status-ok",
        (row(*OWN, "WWW-Authenticate: Bearer", status=401, method="OPTIONS"), OPEN), ask(headers=TOKEN), BLOCKED,
    ),
    Scene(
        "/preflight/redirected", "The preflight request is redirected", "preflight-status-ok",
        (row(*OWN, "Location: /preflight/redirected/", status=301), replace(OPEN, under="/")),
        ask(headers=X), BLOCKED,
    ),
    Scene(
        "/preflight/methods", "A list of methods with semicolons", "acam-parses",
        (options(*OWN, "Access-Control-Allow-Methods: GET; PUT"), OPEN), ask(method="PUT"), BLOCKED,
    ),
    Scene(
        "/preflight/headers", "A list of headers in quotation marks", "acah-parses",
        (options(*OWN, 'Access-Control-Allow-Headers: "X-Requested-With"'), OPEN), ask(headers=X), BLOCKED,
    ),
    Scene(
        "/preflight/put", "A method that the server does not list", "acam-lists-method",
        (options(*OWN, "Access-Control-Allow-Methods: GET, POST"), OPEN), ask(method="PUT"), BLOCKED,
    ),
    Scene(
        "/preflight/patch", "The method `patch` in lower case, but the server lists PATCH", "acam-lists-method",
        (options(*OWN, "Access-Control-Allow-Methods: PATCH"), OPEN), ask(method="patch"), BLOCKED,
    ),
    Scene(
        "/preflight/header", "A header that the server does not list", "acah-lists-headers",
        (options(*OWN, "Access-Control-Allow-Headers: Content-Type"), OPEN), ask(headers=X), BLOCKED,
    ),
    Scene(
        "/preflight/json", "application/json requires Content-Type to be listed", "acah-lists-headers",
        (options(*OWN, "Access-Control-Allow-Methods: POST"), OPEN),
        ask(method="POST", headers=(("Content-Type", "application/json"),), body=b"{}"), BLOCKED,
    ),
    Scene(
        "/preflight/wildcard", "With credentials, `*` does not allow any header", "acah-lists-headers",
        (
            options(*OWN, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Headers: *"),
            row(*OWN, "Access-Control-Allow-Credentials: true"),
        ),
        ask(headers=X, credentials=Credentials.INCLUDE), BLOCKED,
    ),
    Scene(
        "/preflight/max-age", "An Access-Control-Max-Age that is not a number", "max-age-below-cap",
        (options(*OWN, "Access-Control-Allow-Headers: X-Requested-With", "Access-Control-Max-Age: 1 day"), OPEN),
        ask(headers=X), ALLOWED,
    ),
    # --- the CORS check
    Scene("/cors/missing", "No CORS headers at all", "acao-present", (row(),), ask(), BLOCKED),
    Scene(
        "/cors/error-page", "An error response without the CORS headers", "acao-present", (row(status=500),), ask(), BLOCKED,
    ),
    Scene(
        "/cors/trailing-slash", "A slash after the origin", "acao-matches-origin",
        (row("Access-Control-Allow-Origin: {ORIGIN}/", "Vary: Origin"),), ask(), BLOCKED,
    ),
    Scene(
        "/cors/two-lines", "A proxy and the application both add the header", "acao-matches-origin",
        (row(*OWN, "Access-Control-Allow-Origin: *"),), ask(), BLOCKED,
    ),
    Scene(
        "/cors/other-origin", "The server allows another origin", "acao-matches-origin",
        (row("Access-Control-Allow-Origin: https://app.example", "Vary: Origin"),), ask(), BLOCKED,
    ),
    Scene(
        "/cors/pattern", "A pattern instead of an origin", "acao-matches-origin",
        (row("Access-Control-Allow-Origin: http://*:3000"),), ask(), BLOCKED,
    ),
    Scene(
        "/credentials/wildcard", "`*` with credentials", "acao-not-wildcard-with-credentials",
        (row(*ANY, "Access-Control-Allow-Credentials: true"),), ask(credentials=Credentials.INCLUDE), BLOCKED,
    ),
    Scene(
        "/credentials/upper-case", "`True` is not `true`", "acac-true",
        (row(*OWN, "Access-Control-Allow-Credentials: True"),), ask(credentials=Credentials.INCLUDE), BLOCKED,
    ),
    Scene(
        "/credentials/missing", "Credentials that the server does not expect", "acac-true", (OPEN,),
        ask(credentials=Credentials.INCLUDE), BLOCKED,
    ),
    # --- redirects
    Scene(
        "/redirect/error", "A redirect that the script does not allow", "redirect-mode-allows",
        (row(*OWN, "Location: /allowed", status=302),), ask(redirect=Redirect.ERROR), BLOCKED,
    ),
    Scene(
        "/redirect/unparsable", "An invalid Location", "location-parses",
        (row(*OWN, "Location: http://[bad", status=302),), ask(), BLOCKED,
    ),
    Scene(
        "/redirect/ftp", "A redirect to a scheme other than http", "location-is-http",
        (row(*OWN, "Location: ftp://files.example/x", status=302),), ask(), BLOCKED,
    ),
    Scene(
        "/redirect/loop", "A redirect to itself", "redirect-limit",
        (row(*OWN, "Location: /redirect/loop", status=302),), ask(), BLOCKED,
    ),
    Scene(
        "/redirect/userinfo", "A Location with a password", "location-without-userinfo",
        (row(*OWN, "Location: {SCHEME}://user:secret@{OTHER_HOST}/allowed", status=302),), ask(), BLOCKED,
    ),
    Scene(
        "/redirect/stream", "A redirect of a streamed body, which can be sent only once", "redirected-body-replays",
        (options(*OWN), row(*OWN, "Location: /allowed", status=307)),
        ask(method="POST", headers=(("Content-Type", "text/plain"),), body=b"x", streamed=True), BLOCKED,
    ),
    Scene(
        "/redirect/post", "302 changes POST to GET", "redirect-keeps-method",
        (row(*OWN, "Location: /allowed", status=302),), ask(method="POST", body=b"x"), ALLOWED,
    ),
    Scene(
        "/redirect/token", "A redirect to another origin drops Authorization", "redirect-keeps-authorization",
        (
            options(*ANY, "Access-Control-Allow-Headers: Authorization"),
            row(*ANY, "Location: {OTHER}/redirect/token/end", status=302),
            options(*ANY, "Access-Control-Allow-Headers: Authorization", under="/end"),
            row(*ANY, under="/end"),
        ),
        ask(headers=TOKEN), ALLOWED,
    ),
    Scene(
        "/redirect/origin", "A redirect to a third origin makes the browser send Origin: null", "redirect-keeps-origin",
        (row(*ANY, "Location: {OTHER}/redirect/origin/end", status=302), row(*ANY, under="/end")),
        ask(), ALLOWED,
    ),
    Scene(
        "/redirect/null", "The last server allows the page, but the browser sends Origin: null", "acao-matches-origin",
        (
            row(*OWN, "Location: {OTHER}/redirect/null/middle", status=302),
            row("Access-Control-Allow-Origin: null", "Location: {LAB}/redirect/null/end", status=307, under="/middle"),
            row(*OWN, under="/end"),
        ),
        ask(), BLOCKED,
    ),
    Scene(
        "/redirect/login", "A redirect to a login page", "acao-present",
        (row(*OWN, "Location: {OTHER}/redirect/login/signin", status=302), row(under="/signin")), ask(), BLOCKED,
    ),
    Scene(
        "/redirect/preflighted", "A request with a preflight is redirected", "preflighted-request-not-redirected",
        (
            options(*OWN, "Access-Control-Allow-Headers: X-Requested-With"),
            row(*OWN, "Location: /allowed/preflighted", status=307),
        ),
        ask(headers=X), ALLOWED,
    ),
    # --- responses without CORS, and elements
    Scene(
        "/policy/same-origin", "A response that other origins may not embed", "corp-allows",
        (row("Cross-Origin-Resource-Policy: same-origin"),), ask(mode=Mode.NO_CORS), BLOCKED,
    ),
    Scene(
        "/element/missing-module", "A module that does not exist", "element-status-ok",
        (row(*OWN, "Content-Type: text/javascript", status=404),), ask(api=Api.MODULE), BLOCKED,
    ),
    Scene(
        "/element/empty-image", "An image without content", "element-has-content", (row(status=204),),
        ask(api=Api.IMAGE), BLOCKED,
    ),
    Scene(
        "/element/plain-module", "A module with the type text/plain", "element-type-fits",
        (row(*OWN, "Content-Type: text/plain"),), ask(api=Api.MODULE), BLOCKED,
    ),
    Scene(
        "/element/nosniff", "A script without a JavaScript type, with nosniff", "nosniff-type-fits",
        (row("Content-Type: application/octet-stream", "X-Content-Type-Options: nosniff", body=SCRIPT),),
        ask(api=Api.SCRIPT), BLOCKED,
    ),
    Scene(
        "/element/canvas", "A canvas cannot be read after an image without CORS is drawn on it", "canvas-stays-clean",
        (row("Content-Type: image/png", body=PNG),), ask(api=Api.IMAGE), OPAQUE,
    ),
    Scene(
        "/element/texture", "WebGL does not accept an image without CORS", "texture-is-cors",
        (row("Content-Type: image/png", body=PNG),), ask(api=Api.WEBGL), BLOCKED,
    ),
    Scene(
        "/frame/ancestors", "A page that only its own origin may show in a frame", "frame-ancestors-allow",
        (row("Content-Security-Policy: frame-ancestors 'self'"),), ask(api=Api.IFRAME), BLOCKED,
    ),
    Scene(
        "/frame/options", "A page with X-Frame-Options: DENY in a frame", "frame-options-allow",
        (row("X-Frame-Options: DENY"),), ask(api=Api.IFRAME), BLOCKED,
    ),
    Scene(
        "/frame/no-content", "Status 204 in a frame", "framed-response-is-document", (row(status=204),), ask(api=Api.IFRAME), BLOCKED,
    ),
    # --- what the script may read
    Scene(
        "/exposed", "A response header that the script cannot read", "response-header-exposed",
        (row(*OWN, "X-Total-Count: 42"),), ask(), ALLOWED,
    ),
    # --- what blocks nothing, and yet goes wrong
    Scene(
        "/advice/vary", "A cache may give this response to a page of another origin", "vary-origin",
        (row("Access-Control-Allow-Origin: {ORIGIN}"),), ask(), ALLOWED,
    ),
    Scene(
        "/advice/not-found", "A 404 that the script can read", "status-is-not-an-error",
        (row(*ANY, status=404),), ask(), ALLOWED,
    ),
    Scene(
        "/advice/null", "`null` allows every sandboxed page", "acao-not-null",
        (row("Access-Control-Allow-Origin: null", "Vary: Origin"),), Scenario("", NO_ORIGIN), ALLOWED,
    ),
    Scene(
        "/advice/two-lines", "`*` sent twice is not a wildcard", "acao-one-line",
        (row(*ANY, *ANY),), ask(), BLOCKED,
    ),
    Scene(
        "/advice/cookie-sent", "A cookie for a cross-site request", "cookie-sent-cross-site",
        (row(*OWN, "Access-Control-Allow-Credentials: true"),),
        ask(credentials=Credentials.INCLUDE, cookie="session=lab"), ALLOWED,
    ),
    Scene(
        "/advice/cookie-stays", "A redirect to another host, which does not receive the cookie", "cookie-follows-redirect",
        (
            row(
                *OWN, "Access-Control-Allow-Credentials: true",
                "Location: {SCHEME}://localhost:{LAB_PORT}/advice/cookie-stays/end", status=302,
            ),
            row("Access-Control-Allow-Origin: null", "Access-Control-Allow-Credentials: true", under="/end"),
        ),
        ask(credentials=Credentials.INCLUDE, cookie="session=lab"), ALLOWED,
    ),
    Scene(
        "/advice/cookie-set", "A cross-site cookie without SameSite=None", "cookie-stored",
        (row(*OWN, "Access-Control-Allow-Credentials: true", "Set-Cookie: session=lab"),),
        ask(credentials=Credentials.INCLUDE), ALLOWED,
    ),
    Scene(
        "/advice/no-content", "A 204 response that announces a body", "no-content-has-no-body",
        (options(*OWN, "Access-Control-Allow-Methods: PUT", "Content-Length: 2"), OPEN), ask(method="PUT"), ALLOWED,
    ),
    # --- where browsers disagree
    Scene(
        "/disagree/preflight-body", "WebKit waits for the whole body of a preflight response", "body-ends-as-announced",
        (replace(row(*OWN, "Access-Control-Allow-Methods: PUT", method="OPTIONS"), missing=9), OPEN),
        ask(method="PUT"), ALLOWED, (("webkit", ERROR),),
    ),
    Scene(
        "/disagree/authorization", "Browsers accept `*` for Authorization, but the Standard does not",
        "acah-lists-authorization", (options(*ANY, "Access-Control-Allow-Headers: *"), row(*ANY)),
        ask(headers=TOKEN), ALLOWED, (("standard", BLOCKED),),
    ),
    Scene(
        "/disagree/client-hint", "Only Chromium sends a client hint without a preflight", "preflight-status-ok",
        (row(*OWN, status=405, method="OPTIONS"), OPEN), ask(headers=(("DPR", "2"),)), BLOCKED,
        (("chromium", ALLOWED),),
    ),
    Scene(
        "/disagree/upload-listener", "Chromium ignores the upload listener if there is no body",
        "preflight-status-ok", (row(*OWN, status=405, method="OPTIONS"), OPEN),
        ask(method="POST", api=Api.XHR, upload_listener=True), BLOCKED, (("chromium", ALLOWED),),
    ),
    Scene(
        "/disagree/font", "WebKit loads fonts without CORS", "acao-present", (row("Content-Type: font/ttf", body=FONT),),
        ask(api=Api.FONT), BLOCKED, (("webkit", OPAQUE),),
    ),
    Scene(
        "/disagree/same-site", "For Chromium, two ports of one IP address are different sites", "corp-allows",
        (row("Cross-Origin-Resource-Policy: same-site"),),
        Scenario("", Origin("http", HOST, 3000), mode=Mode.NO_CORS), OPAQUE, (("chromium", BLOCKED),),
    ),
    Scene(
        "/disagree/orb", "Chromium and Firefox withhold an event stream from a script", "opaque-response-not-blocked",
        (row("Content-Type: text/event-stream"),), ask(api=Api.SCRIPT), OPAQUE,
        (("chromium", BLOCKED), ("firefox", BLOCKED)),
    ),
    Scene(
        "/disagree/proxy-status", "Chromium does not accept 407 from a server", "status-not-407", (row(*OWN, status=407),),
        ask(), ALLOWED, (("chromium", BLOCKED),),
    ),
    Scene(
        "/disagree/digest", "Only Chromium compares the body with Unencoded-Digest", "unencoded-digest-matches",
        (row(*OWN, f"Unencoded-Digest: sha-256=:{'A' * 43}=:"),), ask(), ALLOWED, (("chromium", BLOCKED),),
    ),
    # --- what only flows have: the page's headers, logins, options of fetch()
    Scene(
        "/flow/csp", "The page's Content-Security-Policy does not name the server", "csp-allows", (OPEN,), ask(), BLOCKED,
        visit=_visit({"url": "{LAB}/flow/csp"}, (("Content-Security-Policy", "connect-src 'self'"),)),
    ),
    Scene(
        "/flow/integrity-policy", "A script without integrity on a page with Integrity-Policy", "integrity-policy-allows",
        (row("Content-Type: text/javascript"),), ask(), BLOCKED,
        visit=_visit(
            {"url": "{LAB}/flow/integrity-policy", "api": "script"}, (("Integrity-Policy", "blocked-destinations=(script)"),)
        ),
    ),
    Scene(
        "/flow/preload", "A preload without crossorigin, which fetch() cannot use", "preload-fits-request", (OPEN,), ask(), ALLOWED,
        visit={
            "page": "{ORIGIN}/",
            "requests": [{"url": "{LAB}/flow/preload", "api": "preload", "as": "fetch"}, {"url": "{LAB}/flow/preload"}],
        },
    ),
    Scene(
        "/flow/import-scripts", "importScripts() in a module worker", "import-scripts-in-classic-worker",
        (row("Content-Type: text/javascript"),), ask(), BLOCKED,
        visit=_visit({"url": "{LAB}/flow/import-scripts", "api": "import-scripts", "worker": "module"}),
    ),
    Scene(
        "/flow/signature", "A script that must be signed", "integrity-signature-present", (OPEN,), ask(), ALLOWED,
        (("chromium", BLOCKED),), visit=_visit({"url": "{LAB}/flow/signature", "integrity": f"ed25519-{'A' * 43}="}),
    ),
    Scene(
        "/flow/login", "A server that asks for a login, which the browser does not know", "login-is-known",
        (row(*OWN, "Access-Control-Allow-Credentials: true", 'WWW-Authenticate: Basic realm="lab"', status=401),),
        ask(), ALLOWED, (("chromium", Verdict.PENDING),),
        visit=_visit({"url": "{LAB}/flow/login", "credentials": "include"}),
    ),
    Scene(
        "/flow/only-if-cached", "A cache mode that requires mode same-origin", "only-if-cached-is-same-origin", (OPEN,),
        ask(), BLOCKED, visit=_visit({"url": "{LAB}/flow/only-if-cached", "cache": "only-if-cached"}),
    ),
    Scene(
        "/flow/cached", "A response from the HTTP cache, which is not Safari's", "http-cache-is-shipped",
        (row(*OWN, "Cache-Control: max-age=60"),), ask(), ALLOWED,
        visit={"page": "{ORIGIN}/", "requests": [{"url": "{LAB}/flow/cached"}, {"url": "{LAB}/flow/cached"}]},
    ),
    Scene(
        "/flow/integrity", "A body that is not the one that the page expects", "integrity-matches", (OPEN,), ask(), BLOCKED,
        visit=_visit({"url": "{LAB}/flow/integrity", "integrity": f"sha256-{'A' * 43}="}),
    ),
    Scene(
        "/flow/stream", "A streamed body, which only HTTP/2 carries", "stream-can-be-sent", (options(*OWN), OPEN), ask(),
        BLOCKED, (("firefox", ALLOWED),),
        visit=_visit({"url": "{LAB}/flow/stream", "method": "POST", "body": "x", "stream": True}),
    ),
    Scene(
        "/flow/mode", "A mode that only the browser can set", "mode-can-be-set", (OPEN,), ask(), BLOCKED,
        visit=_visit({"url": "{LAB}/flow/mode", "mode": "navigate"}),
    ),
    Scene(
        "/flow/keepalive", "A body that is too large to outlive the page", "keepalive-body-fits", (OPEN,), ask(), BLOCKED,
        visit=_visit({"url": "{LAB}/flow/keepalive", "method": "POST", "body": "x" * 65_537, "keepalive": True}),
    ),
    Scene(
        "/flow/blob", "A blob: URL that a script wants to change", "blob-url-is-read", (), ask(), BLOCKED,
        visit=_visit({"url": "blob:", "method": "POST"}),
    ),
    Scene(
        "/flow/worker", "A worker without the embedder policy of its page", "worker-has-embedder-policy",
        (row("Content-Type: text/javascript"),), ask(), BLOCKED,
        visit={
            "page": "{LAB}/", "headers": [["Cross-Origin-Embedder-Policy", "require-corp"]],
            "requests": [{"api": "worker", "url": "/flow/worker"}],
        },
    ),
)  # fmt: skip

SCENES: Final = (*_OF_THEIR_OWN, *INITIATORS, *VARIATIONS, *DISAGREEMENTS)

_ROWS: Final = {
    path: tuple(one for scene in SCENES for one in scene.rows if scene.path + one.under == path)
    for path in {scene.path + one.under for scene in SCENES for one in scene.rows}
}
