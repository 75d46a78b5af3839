"""The causes that the room `causes` names: what each means, what proves it, and what to do. docs/causes.md shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from corsdoctor.rule import Cause, Certainty
from corsdoctor.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Known:
    """One cause: `means` is what it is, `proof` what proves it, `fix` the next step."""

    id: str
    means: str
    proof: str
    fix: str


TRUSTING: Final = {
    "uvicorn": "uvicorn with `--proxy-headers --forwarded-allow-ips=PROXY`",
    "gunicorn": "gunicorn with `--forwarded-allow-ips=PROXY`",
    "Django": "Django with `SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')`",
    "Rails": "Rails with `config.assume_ssl = true`",
    "Express": "Express with `app.set('trust proxy', 1)`",
    "Flask": "Flask with `app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1)`",
    "Spring": "Spring Boot with `server.forward-headers-strategy=framework`",
    "Laravel": "Laravel with `$middleware->trustProxies(at: 'PROXY')`",
    "ASP.NET Core": "ASP.NET Core with `ASPNETCORE_FORWARDEDHEADERS_ENABLED=true`",
}
"""How an application learns from its proxy that it is reached over https, by the software that marks name."""
OPAQUE_PAGE: Final = (
    "Do not allow the origin null: sandboxed pages of every site have it. Open a page that is a file from a development server, "
    "such as `python3 -m http.server`, and send the request of a sandboxed iframe from the page around it. Then allow that "
    "page's origin."
)
"""What to do instead of allowing a page without an origin."""
FILE_PAGE: Final = (
    "Browsers send the origin null, not file://, for a page that is a file: open it from a development server, such as `python3 -m "
    "http.server`, and allow that page's origin. Only if an app sends file://, as some web views do, allow file://."
)
"""What to do about the origin file://."""
NAVIGATE: Final = (
    "Open the URL as a page instead of fetching it, with `location.assign(url)` or the library of the login service. No CORS "
    "header helps here: scripts may fetch only other endpoints of the service, such as the one for tokens."
)
"""What to do instead of fetching the page where a user logs in."""
EXEMPT_OPTIONS: Final = (
    "Find out which rule of the server or its firewall forbids OPTIONS, and exempt OPTIONS from it: browsers send a preflight "
    "request without cookies and tokens."
)
READABLE: Final = "Add the CORS headers to the error response too, so that scripts can read it."
_OPTIONS: Final = "Answer OPTIONS with 204 and the CORS headers, before authentication, routing and redirects."

KNOWN: Final = (
    Known(
        "origin-refused",
        "The server supports CORS, but not for this origin.",
        "The words of a CORS layer; or the server answers another origin, or a request without Origin, better. Likely if the "
        "response has other Access-Control-* headers or Vary: Origin.",
        "Add the page's origin to the allowlist of the server's CORS configuration.",
    ),
    Known(
        "method-refused",
        "The server's CORS layer does not allow the method.",
        "Its words, or a preflight request for GET passes.",
        "Add the method to the allowed methods of the server's CORS configuration.",
    ),
    Known(
        "headers-refused",
        "The server's CORS layer does not allow a request header.",
        "Its words, or the same preflight request without Access-Control-Request-Headers passes. Its list, or preflight requests "
        "for some of the headers, show which one it is.",
        "Add the header to the allowed headers of the server's CORS configuration, or do not send it.",
    ),
    Known(
        "preflight-only",
        "The preflight response has the CORS headers, and the response to the request itself does not.",
        "Both responses.",
        "Add the CORS headers to the response to the request itself, not only to OPTIONS.",
    ),
    Known(
        "actual-only",
        "The response to the request itself has the CORS headers, but something else answers OPTIONS.",
        "Both responses. A probe sends the request itself.",
        "Pass OPTIONS on to the application that adds the CORS headers, or add them to the response to OPTIONS too.",
    ),
    Known(
        "authentication",
        "The server requires a login, a token or an API key.",
        "Status 401 or 440, WWW-Authenticate, words that ask for a login, a page with a password field, or an identity proxy.",
        "Answer OPTIONS with 204 and the CORS headers, before authentication. Send valid credentials with the request "
        "itself, and add the CORS headers to its error response so that scripts can read it.",
    ),
    Known(
        "request-signature",
        "An object store checks the signature of a presigned URL.",
        "Its error code. A URL is signed for one method, so the preflight request never matches.",
        "Configure CORS for the bucket, so that the store answers OPTIONS before it checks the signature. Sign the URL for "
        "the method and the headers that the script sends.",
    ),
    Known(
        "bot-challenge",
        "A bot protection wants the browser to prove itself. A script's request cannot do that.",
        "The header or the page of the protection.",
        "Exclude the API's path from the bot protection.",
    ),
    Known(
        "client-certificate",
        "The server demands a client certificate.",
        "The error page, or the TLS alert.",
        "Exempt OPTIONS from the client certificate. In nginx, set `ssl_verify_client optional;`, in the http block "
        '`map $request_method:$ssl_client_verify $uncertified { default 1; "~^OPTIONS:" 0; "~:SUCCESS$" 0; }`, and in the '
        "server block `if ($uncertified) { return 403; }`. In Apache, set `SSLVerifyClient optional` and `<If "
        "\"%{REQUEST_METHOD} != 'OPTIONS' && %{SSL_CLIENT_VERIFY} != 'SUCCESS'\">`, `Require all denied`, `</If>`.",
    ),
    Known(
        "rate-limited",
        "The server limits the rate of requests.",
        "Status 429, or words that say so.",
        "Wait, send fewer requests or raise the limit. Do not count preflight requests, cache them with "
        "Access-Control-Max-Age, and add the CORS headers to the error response so that scripts can read it.",
    ),
    Known(
        "gateway-error",
        "A proxy or gateway gets no valid response from the application.",
        "Status 502, 503, 504 or 520 to 530. In a preflight response, only if a GET of the same URL gets such an error too, or was not sent.",
        "Make the application respond first; its CORS headers come back with it. To let scripts read such errors, add the "
        "headers in the proxy too.",
    ),
    Known(
        "server-error",
        "The application failed.",
        "Status 500.",
        "Fix the error first: the server's log has it. To let scripts read such errors, add the CORS headers to them too.",
    ),
    Known(
        "not-found",
        "The URL does not exist on this server.",
        "Status 404 or 410, for the request itself.",
        "Correct the URL: the path, the host or the port.",
    ),
    Known(
        "no-options",
        "Nothing handles OPTIONS at this URL.",
        "Status 405 or 501, the words of a gateway, or a 404 for OPTIONS alone. Likely if only OPTIONS gets an error, and that has "
        "the CORS headers or comes from a gateway.",
        _OPTIONS,
    ),
    Known(
        "method-not-allowed",
        "The server does not accept the method of the request at this URL.",
        "Status 405 or 501 for the request itself. Its Allow header names the methods that it accepts.",
        f"Correct the URL or the method. {READABLE}",
    ),
    Known(
        "request-rejected",
        "The server rejects the request because of its Content-Type, its Accept header, its range, a condition, or the like.",
        "Status 402, 406, 411, 412, 415, 416, 428 or 451 for the request itself.",
        f"Correct the request. {READABLE}",
    ),
    Known(
        "too-large",
        "The request is larger than the server accepts.",
        "Status 413, 414 or 431, or words that say so.",
        "Raise the limit of the server (in nginx: client_max_body_size), or send less. Add the CORS headers to the error response "
        "so that scripts can read it.",
    ),
    Known(
        "forbidden",
        "The server forbids the request to everybody.",
        "Status 403 with and without Origin, or the page of a firewall.",
        "First find out which rule of the server or its firewall forbids the request. CORS headers alone do not change that.",
    ),
    Known(
        "https-upgrade-redirect",
        "The server redirects http to https.",
        "The Location.",
        "Request the https URL.",
    ),
    Known(
        "plain-http-on-tls-port",
        "The URL starts with http:, but the port uses TLS.",
        "The error page, or bytes of TLS instead of a response.",
        "Request the https URL.",
    ),
    Known(
        "login-redirect",
        "The server redirects to a login page.",
        "The Location.",
        "Return 401 with the CORS headers to scripts that are not logged in, instead of a redirect to the login page. Open the "
        "login as a page, with location.assign(url).",
    ),
    Known(
        "login-page",
        "The URL is the authorization endpoint of a login service, where a user logs in.",
        "The URL: its path, or a query with client_id and response_type.",
        NAVIGATE,
    ),
    Known(
        "https-downgrade-redirect",
        "The application redirects from https to http: it does not know that a proxy handles TLS for it.",
        "The Location.",
        "Request the URL exactly as the redirect spells it, but with https. To correct the redirect, have the proxy send "
        "X-Forwarded-Proto (nginx: `proxy_set_header X-Forwarded-Proto $scheme;`), and make the application trust it: "
        f"{', '.join(TRUSTING.values())}.",
    ),
    Known(
        "slash-redirect",
        "The server redirects to the same URL with or without a slash at the end, or in another case.",
        "The Location.",
        "Request the URL exactly as the redirect spells it.",
    ),
    Known(
        "cross-origin-redirect",
        "The server redirects to another origin, and one of the two does not allow the page.",
        "The Location.",
        "Allow the page on both servers, request the final URL, or return the final URL as data instead of a redirect.",
    ),
    Known(
        "bare-redirect",
        "The server redirects elsewhere on the same origin, and the redirect has no CORS headers.",
        "The Location.",
        "Request the URL that it leads to, or send Access-Control-Allow-Origin with the redirect too.",
    ),
    Known(
        "redirected",
        "The server redirects the preflight request, which browsers do not follow.",
        "The Location.",
        _OPTIONS,
    ),
    Known(
        "after-redirect",
        "The request was redirected, and the response at the new URL has no CORS headers.",
        "The Location.",
        "Allow the page at the new URL too, or request the new URL.",
    ),
    Known(
        "cached-for-other",
        "A cache returns a response that was made for another request: for none or another origin.",
        "A cache hit, and the same request past the cache gets the header.",
        "Send Vary: Origin on every response for the URL, include Origin in the cache key, and clear the cache.",
    ),
    Known(
        "vary-missing",
        "The response depends on the origin, caches may keep it, and Vary: Origin is missing.",
        "The same request without Origin, or from another origin, gets another Access-Control-Allow-Origin.",
        "Send Vary: Origin on every response for the URL, also if the request has no Origin header or the origin is not "
        "allowed.",
    ),
    Known(
        "two-layers",
        "Two layers, often a proxy and the application, both add the header, or the configuration sends its whole list of origins.",
        "Two lines or two values of one header.",
        "Let only one of them add the header. Send only the one origin of a list that the request names.",
    ),
    Known(
        "wrong-service",
        "Another service responds than the one that was meant: the index page of an app, a console, a tunnel or a default page.",
        "The page.",
        "Correct the host, the port or the path, or the proxy rule that leads to the API.",
    ),
    Known(
        "response-header-in-request",
        "The script sends a response header, such as Access-Control-Allow-Origin, with its request.",
        "The request.",
        "Remove the header from the script: the server sends it with the response.",
    ),
    Known(
        "speaks-http2",
        "The server supports only HTTP/2.",
        "Its first bytes, its answer in the TLS handshake, or words of Node.js, Kestrel or gRPC. Likely if the status is 505, or an AWS load balancer returns 464.",
        "Run this command again with --http2, which requires an extra: pip install 'corsdoctor[http2]'. Browsers use HTTP/2 "
        "only over TLS: a server without TLS needs a proxy in front of it that offers HTTP/1.1 or TLS.",
    ),
    Known(
        "error-page",
        "The server adds CORS headers, but not to error responses.",
        "The status, and another response for the same URL that has the headers.",
        "Fix the error first. Add the CORS headers to error responses too (in nginx: `always`).",
    ),
    Known(
        "not-configured",
        "CORS is not configured for this URL.",
        "The words of an object store. Otherwise likely, if no response has a trace of CORS.",
        "Make the server send Access-Control-Allow-Origin with the page's origin, or configure CORS in the proxy before it.",
    ),
)  # fmt: skip
_NOT_OF_ABSENCE: Final = frozenset({"speaks-http2", "two-layers", "vary-missing"})
_OF_OTHER_RULES: Final = {
    "acah-lists-headers": ("response-header-in-request",), "acao-matches-origin": ("cached-for-other",),
    "not-mixed-content": ("https-downgrade-redirect",), "vary-origin": ("vary-missing",),
}  # fmt: skip
_BY_ID: Final = {known.id: known for known in KNOWN}
CERTAIN, LIKELY = Certainty.CERTAIN, Certainty.LIKELY


def of_rule(rule: str) -> tuple[Known, ...]:
    """The causes of this table that a failure of the rule with the id `rule` can have."""
    if rule in ("acao-present", "preflight-status-ok"):
        return tuple(cause for cause in KNOWN if cause.id not in _NOT_OF_ABSENCE)
    return tuple(_BY_ID[id] for id in _OF_OTHER_RULES.get(rule, ()))


def known(id: str) -> Known:
    """The cause of this table with this id."""
    return _BY_ID[id]


def fix_of(id: str) -> str:
    """What to do about the cause with this id; empty where the table does not have it."""
    return _BY_ID[id].fix if id in _BY_ID else ""


def named(id: str, certainty: Certainty, text: str, *evidence: str, fix: str = "") -> Cause:
    """A cause of the table, with what was seen. A likely one is worded as such."""
    if certainty is LIKELY:
        text = probably(text)
    return Cause(id, text, fix or _BY_ID[id].fix, certainty=certainty, evidence=evidence)


def probably(text: str) -> str:
    """`text` as something that is only likely."""
    template = text.template if isinstance(text, Sentence) else text
    start = (
        template if template.startswith(("{", "Access-", "CORS", "OPTIONS")) else template[:1].lower() + template[1:]
    )
    return Sentence(f"Probably {start}", **text.values) if isinstance(text, Sentence) else f"Probably {start}"
