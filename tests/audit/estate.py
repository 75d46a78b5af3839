"""Servers with the policies that people really deploy, right and wrong, each with what an expert would say of it.

A policy is a function of what was asked, so that it answers in this process and over loopback alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fnmatch import fnmatch
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from corsdoctor.audit.requests_of_pages import COOKIE
from corsdoctor.wire import Headers, Kind, Response, WireRequest

URL: Final = "https://api.example.com/items"
APP: Final = "https://app.example.com"
OTHER: Final = "https://admin.example.com"


class Question(NamedTuple):
    """What a server sees of a request."""

    origin: str | None
    preflight: bool
    path: str
    method: str = ""
    headers: str = ""
    cookie: bool = True
    site: str = "cross-site"
    tls: bool = True
    login: bool = True


Pairs = list[tuple[str, str]]
Policy = Callable[[Question], Response]
Allows = Callable[[str], bool]


class Server(NamedTuple):
    """A server. `expected` is what is wrong with it: the ids of weaknesses with their severities, but for `info`."""

    id: str
    policy: Policy
    expected: frozenset[str] = frozenset()
    url: str = URL
    trusted: tuple[str, ...] = (APP,)


def question(request: WireRequest) -> Question:
    """What a request asks."""
    get = request.headers.get
    return Question(
        get("Origin"), request.method == "OPTIONS", urlsplit(request.url).path,
        get("Access-Control-Request-Method") or "", get("Access-Control-Request-Headers") or "",
        get("Cookie") is not None, get("Sec-Fetch-Site") or "", request.url.startswith("https:"),
        get("Cookie") not in (None, COOKIE),
    )  # fmt: skip


def answering(server: Server) -> Callable[[Kind, WireRequest], Response]:
    """The server as a `send`."""
    return lambda _, request: server.policy(question(request))


def response(pairs: Pairs, status: int = 200) -> Response:
    return Response(status, Headers(tuple(pairs)))


def dynamic(
    allows: Allows, *, credentials: bool = True, vary: str = "always", status: int = 200, more: Pairs | None = None
) -> Policy:
    """Sends the origin back where `allows` says so. `vary` is always, allowed (only then) or never."""

    def policy(asked: Question) -> Response:
        allowed = asked.origin is not None and allows(asked.origin)
        pairs: Pairs = list(more or [])
        if vary == "always" or (vary == "allowed" and allowed):
            pairs.append(("Vary", "Origin"))
        if allowed:
            pairs.append(("Access-Control-Allow-Origin", asked.origin or ""))
            pairs += [("Access-Control-Allow-Credentials", "true")] if credentials else []
            if asked.preflight:
                pairs += [
                    ("Access-Control-Allow-Methods", "GET, PUT, DELETE"),
                    ("Access-Control-Allow-Headers", asked.headers),
                ]
        return response(pairs, 204 if asked.preflight and status < 400 else status)

    return policy


def fixed(*pairs: tuple[str, str], status: int = 200) -> Policy:
    """The same headers, whoever asks."""
    return lambda _: response(list(pairs), status)


def matches(pattern: str) -> Allows:
    return lambda origin: re.search(pattern, origin) is not None


def plain_name(origin: str) -> str:
    """The origin in Unicode, without the accents."""
    scheme, _, name = origin.partition("//")
    decoded = unicodedata.normalize("NFD", name.encode().decode("idna"))
    return f"{scheme}//{''.join(char for char in decoded if not unicodedata.combining(char))}"


def host(origin: str) -> str:
    return origin.partition("//")[2].partition(":")[0]


def labels(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _by_method(preflight: Policy, actual: Policy) -> Policy:
    return lambda asked: (preflight if asked.preflight else actual)(asked)


def _by_path(policy: Policy, others: Policy) -> Policy:
    """`others` answers every path but /items."""
    return lambda asked: (policy if asked.path == "/items" else others)(asked)


def _by_scheme(https: Policy, http: Policy) -> Policy:
    return lambda asked: (https if asked.tls else http)(asked)


def _by_cookie(with_cookie: Policy, without: Policy) -> Policy:
    return lambda asked: (with_cookie if asked.cookie else without)(asked)


EXACT: Final = dynamic(lambda origin: origin == APP)
ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"

WRONG: Final = (
    Server("reflects", dynamic(lambda _: True), labels("any-origin-allowed:high")),
    Server("reflects-all-but-null", dynamic(lambda o: o != "null"), labels("any-origin-allowed:high")),
    Server("reflects-https", dynamic(lambda o: o.startswith("https:")), labels("any-origin-allowed:high")),
    Server("reflects-without-vary", dynamic(lambda _: True, vary="never"), labels("any-origin-allowed:high vary-origin-missing:low")),
    Server("reflects-on-errors", dynamic(lambda _: True, status=403), labels("any-origin-allowed:medium")),
    Server("public-without-vary", dynamic(lambda _: True, credentials=False, vary="never"), labels("vary-origin-missing:low")),
    Server("null-listed", dynamic(lambda o: o in (APP, "null")), labels("null-origin-allowed:high")),
    Server("null-alone", dynamic(lambda o: o == "null"), labels("null-origin-allowed:high")),
    Server("no-end", dynamic(matches(r"^https://app\.example\.com")), labels("origin-prefix-allowed:high")),
    Server("no-anchors", dynamic(matches(r"https://app\.example\.com")), labels("origin-prefix-allowed:high")),
    Server("starts-with", dynamic(lambda o: o.startswith(APP)), labels("origin-prefix-allowed:high")),
    Server("starts-with-a-name", dynamic(lambda o: o.startswith("https://app.")), labels("origin-prefix-allowed:high origin-part-allowed:high")),
    Server("word-boundary", dynamic(matches(r"^https://app\.example\.com\b")), labels("origin-prefix-allowed:high")),
    Server("no-dot-behind", dynamic(matches(r"^https://app\.example\.com(?![.\w])")), labels("origin-prefix-allowed:high")),
    Server("any-punctuation", dynamic(matches(r"^https://app\.example\.com(?:$|[^a-z0-9.:-])")), labels("origin-character-allowed:high")),
    Server("only-exclamation", dynamic(matches(r"^https://app\.example\.com(?:$|!)")), labels("origin-character-allowed:medium")),
    Server("no-start", dynamic(matches(r"app\.example\.com$")), labels("insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("ends-with", dynamic(lambda o: o.endswith("example.com")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium")),
    Server("ends-with-https", dynamic(matches(r"^https://.*example\.com$")), labels("origin-suffix-allowed:high")),
    Server("ends-with-dot", dynamic(lambda o: o.endswith(".example.com")), labels("insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("any-subdomain", dynamic(matches(r"^https://.+\.example\.com$")), labels("subdomains-allowed:low")),
    Server("one-label", dynamic(matches(r"^https://[a-z]+\.example\.com$")), labels("subdomains-allowed:low")),
    Server("below-the-app", dynamic(matches(r"^https://(?:[a-z]+\.)?app\.example\.com$")), labels("subdomains-allowed:low")),
    Server("contains", dynamic(lambda o: "example.com" in o), labels("origin-substring-allowed:high insecure-origin-allowed:medium")),
    Server("contains-the-host", dynamic(lambda o: "app.example.com" in o), labels("origin-prefix-allowed:high insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("dot", dynamic(matches(r"^https://app.example\.com$")), labels("origin-dot-unescaped:high")),
    Server("all-dots", dynamic(matches(r"^https://app.example.com$")), labels("origin-dot-unescaped:high")),
    Server("dot-of-subdomains", dynamic(matches(r"^https://\w+.example.com$")), labels("origin-suffix-allowed:high")),
    Server("wrong-way-round", dynamic(lambda o: host(o) != "" and host(o) in "app.example.com"), labels("origin-part-allowed:high insecure-origin-allowed:medium port-ignored:low")),
    Server("in-a-joined-list", dynamic(lambda o: o in f"{APP},{OTHER}"), labels("origin-part-allowed:high")),
    Server("scheme-ignored", dynamic(matches(r"^https?://app\.example\.com$")), labels("insecure-origin-allowed:medium")),
    Server("host-only", dynamic(lambda o: host(o) == "app.example.com"), labels("insecure-origin-allowed:medium port-ignored:low")),
    Server("any-port", dynamic(matches(r"^https://app\.example\.com(:\d+)?$")), labels("port-ignored:low")),
    Server("localhost", dynamic(matches(rf"^(?:{re.escape(APP)}|http://localhost(:\d+)?)$")), labels("localhost-allowed:low")),
    Server("localhost-prefix", dynamic(lambda o: o == APP or o.startswith("http://localhost")), labels("localhost-allowed:low origin-prefix-allowed:high")),
    Server("playground", dynamic(lambda o: o in (APP, "https://codepen.io")), labels("playground-origin-allowed:high")),
    Server("file", dynamic(lambda o: o in (APP, "file://")), labels("file-origin-allowed:low")),
    Server("extensions", dynamic(lambda o: o == APP or o.startswith("chrome-extension://")), labels("extension-origin-allowed:low")),
    Server("tenants", dynamic(matches(r"^https://[a-z-]+\.github\.io$")), labels("hosting-origin-allowed:high"), trusted=("https://shop.github.io",)),
    Server("no-vary", dynamic(lambda o: o == APP, vary="never"), labels("vary-origin-missing:low")),
    Server("vary-if-allowed-behind-a-cache", dynamic(lambda o: o == APP, vary="allowed", more=[("Age", "12")]), labels("vary-origin-missing:medium")),
    Server("no-vary-behind-a-cache", dynamic(lambda o: o == APP, vary="never", more=[("X-Cache", "Hit from cloudfront")]), labels("vary-origin-missing:medium")),
    Server("no-vary-aged", dynamic(lambda o: o == APP, vary="never", more=[("Age", "12")]), labels("vary-origin-missing:medium")),
    Server("preflight-for-all", _by_method(dynamic(lambda _: True), EXACT), labels("any-origin-may-write:medium")),
    Server("preflight-for-all-actual-for-none", _by_method(dynamic(lambda _: True), fixed()), labels("any-origin-may-write:medium")),
    Server("reflects-http", dynamic(lambda o: o.startswith("http:")), labels("any-origin-allowed:high")),
    Server("reflects-with-a-cookie", lambda asked: dynamic(lambda _: True)(asked) if asked.cookie else fixed((ACAO, "*"), (ACAC, "true"), ("Vary", "Origin"))(asked), labels("any-origin-allowed:high")),
    Server("a-word", dynamic(lambda o: "example" in o), labels("origin-substring-allowed:high insecure-origin-allowed:medium")),
    Server("begins-and-ends", dynamic(lambda o: o.startswith("https://app.") and o.endswith("example.com")), labels("origin-middle-ignored:high")),
    Server("any-tld", dynamic(matches(r"^https://app\.example\.[a-z]+$")), labels("origin-tld-ignored:high")),
    Server("no-accents", dynamic(lambda o: plain_name(o) == APP), labels("lookalike-origin-allowed:high")),
    Server("no-accents-either-way", dynamic(lambda o: plain_name(o) == "https://munchen.de"), labels("lookalike-origin-allowed:high"), trusted=("https://xn--mnchen-3ya.de",)),
    Server("no-word-character", dynamic(matches(r"^https://app\.example\.com(?:$|[^\w.:-])")), labels("origin-character-allowed:high")),
    Server("only-asterisk", dynamic(matches(r"^https://app\.example\.com(?:$|\*)")), labels("origin-character-allowed:medium")),
    Server("port-begins-alike", dynamic(lambda o: o.startswith(f"{APP}:3000")), labels("port-ignored:low"), trusted=(f"{APP}:3000",)),
    Server("static-localhost", fixed((ACAO, "http://localhost:3000"), (ACAC, "true")), labels("localhost-allowed:low")),
    Server("static-http", fixed((ACAO, "http://app.example.com"), (ACAC, "true")), labels("insecure-origin-allowed:medium")),
    Server("static-null", fixed((ACAO, "null"), (ACAC, "true")), labels("null-origin-allowed:high")),
    Server("localhost-alone", dynamic(lambda o: o == "http://localhost"), labels("localhost-allowed:low")),
    Server("loopback-address", dynamic(lambda o: o == APP or o.startswith("http://127.0.0.1:")), labels("localhost-allowed:low")),
    Server("private-addresses", dynamic(matches(rf"^(?:{re.escape(APP)}|http://192\.168\.\d+\.\d+)$")), labels("private-address-allowed:low")),
    Server("private-prefix", dynamic(lambda o: o == APP or o.startswith("http://192.168.")), labels("private-address-allowed:low origin-prefix-allowed:high")),
    Server("any-address", dynamic(matches(rf"^(?:{re.escape(APP)}|https?://\d+\.\d+\.\d+\.\d+(?::\d+)?)$")), labels("ip-address-allowed:high localhost-allowed:low")),
    Server("vite", dynamic(lambda o: o in (APP, "http://localhost:5173")), labels("localhost-allowed:low")),
    Server("any-com", dynamic(lambda o: o.endswith(".com")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium")),
    Server("any-co-uk", dynamic(matches(r"^https://.*\.co\.uk$")), labels("origin-suffix-allowed:high"), "https://api.example.co.uk/", ("https://app.example.co.uk",)),
    Server("two-labels", dynamic(lambda o: o.split(".")[-2:] == ["example", "com"]), labels("insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("alternatives", dynamic(matches(r"^https://app\.example\.com|https://admin\.example\.com$")), labels("origin-prefix-allowed:high")),
    Server("dot-behind-a-group", dynamic(matches(r"^https://(app|admin).example\.com$")), labels("origin-dot-unescaped:high")),
    Server("match-without-escapes", dynamic(lambda o: re.match(APP, o) is not None), labels("origin-prefix-allowed:high origin-dot-unescaped:high")),
    Server("name-of-the-url", dynamic(lambda o: (urlsplit(o).hostname or "").endswith("example.com")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium port-ignored:low")),
    Server("the-app-starts-with-it", dynamic(lambda o: len(o) > 8 and APP.startswith(o)), labels("origin-part-allowed:high")),
    Server("sites-ending-alike", dynamic(matches(r"^https://[a-z0-9-]+shop\.netlify\.app$")), labels("hosting-origin-allowed:high"), trusted=("https://main--shop.netlify.app",)),
    Server("hosting", dynamic(lambda o: o == APP or o.endswith(".vercel.app")), labels("hosting-origin-allowed:high")),
    Server("previews", dynamic(matches(r"^https://shop-[a-z-]+\.vercel\.app$")), labels("hosting-origin-allowed:high"), trusted=("https://shop-main.vercel.app",)),
    Server("nothing-known", dynamic(lambda o: o.startswith("https://www.example.com")), labels("origin-prefix-allowed:high"), trusted=()),
    Server("public-but-writable", _by_method(dynamic(lambda _: True), fixed((ACAO, "*"))), labels("any-origin-may-write:medium")),
    Server("reflects-only-with-a-cookie", _by_cookie(dynamic(lambda _: True), fixed()), labels("any-origin-allowed:high")),
    Server("refuses-unknown-cookies", lambda asked: (fixed(status=403) if asked.cookie and not asked.login else dynamic(lambda _: True))(asked), labels("any-origin-allowed:high")),
    Server("cookies-no-end", _by_method(EXACT, _by_cookie(dynamic(matches(r"^https://app\.example\.com")), dynamic(lambda _: True))), labels("origin-prefix-allowed:high")),
    Server("cookieless-preflight-for-all", _by_cookie(EXACT, dynamic(lambda _: True)), labels("any-origin-may-write:medium")),
    Server("errors-reflect", _by_path(EXACT, dynamic(lambda _: True, status=404)), labels("any-origin-allowed:medium")),
    Server("errors-reflect-below", lambda asked: (dynamic(lambda _: True, status=404) if asked.path.startswith("/items/") else EXACT)(asked), labels("any-origin-allowed:medium")),
    Server("errors-reflect-beside-public", _by_path(fixed((ACAO, "*")), dynamic(lambda _: True, status=404)), labels("any-origin-allowed:medium")),
    Server("errors-reflect-beside-none", _by_path(fixed(), dynamic(lambda _: True, status=500)), labels("any-origin-allowed:medium")),
    Server("other-paths-reflect", _by_path(EXACT, dynamic(lambda _: True)), labels("any-origin-allowed:high")),
    Server("other-paths-no-end", _by_path(EXACT, dynamic(lambda o: o.startswith(APP))), labels("origin-prefix-allowed:high")),
    Server("other-paths-end-alike", _by_path(EXACT, dynamic(lambda o: o.endswith("example.com"))), labels("origin-suffix-allowed:high")),
    Server("errors-no-end", _by_path(EXACT, dynamic(matches(r"^https://app\.example\.com"), status=404)), labels("origin-prefix-allowed:medium")),
    Server("other-paths-begin-and-end", _by_path(EXACT, dynamic(lambda o: o.startswith("https://app.") and o.endswith("example.com"))), labels("origin-middle-ignored:high")),
    Server("http-reflects", _by_scheme(EXACT, dynamic(lambda _: True)), labels("any-origin-allowed:high")),
    Server("https-reflects", _by_scheme(dynamic(lambda _: True), EXACT), labels("any-origin-allowed:high"), "http://api.example.com/items"),
    Server("https-no-end", _by_scheme(dynamic(lambda o: o.startswith(APP)), EXACT), labels("origin-prefix-allowed:high"), "http://api.example.com/items"),
    Server("split-contains", dynamic(lambda o: any(p in o for p in ("app.example.com","admin.example.com"))), labels("origin-prefix-allowed:high insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("lower-startswith", dynamic(lambda o: o.lower().startswith("https://app.example.com")), labels("origin-prefix-allowed:high")),
    Server("regexp-optional-sub", dynamic(matches(r"^https://(.*\.)?example\.com$")), labels("subdomains-allowed:low")),
    Server("regexp-optional-sub-no-dot", dynamic(matches(r"^https?://(.*)?example\.com$")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium")),
    Server("list-with-http", dynamic(lambda o: o in (APP,"http://app.example.com")), labels("insecure-origin-allowed:medium")),
    Server("strip-port-and-www", dynamic(lambda o: re.sub(r":\d+$","",o).replace("://www.","://")==APP), labels("port-ignored:low")),
    Server("endswith-host", dynamic(lambda o: o.endswith("app.example.com")), labels("insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("fnmatch-star", dynamic(lambda o: fnmatch(o,"https://*.example.com")), labels("subdomains-allowed:low")),
    Server("fnmatch-both", dynamic(lambda o: fnmatch(o,"https://app.example.com*")), labels("origin-prefix-allowed:high")),
    Server("null-and-reflect-http", dynamic(lambda o: o=="null" or o.startswith("http://")), labels("any-origin-allowed:high")),
    Server("only-with-origin-header", lambda a: dynamic(lambda _: True)(a) if a.origin else fixed(("Vary","Origin"))(a), labels("any-origin-allowed:high")),
    Server("dev-origins", dynamic(lambda o: o in (APP,"http://localhost:3000","http://localhost:5173")), labels("localhost-allowed:low")),
    Server("127-any-port", dynamic(matches(rf"^({re.escape(APP)}|http://127\.0\.0\.1(:\d+)?)$")), labels("localhost-allowed:low")),
    Server("vercel-any", dynamic(matches(r"^https://.*\.vercel\.app$")), labels("hosting-origin-allowed:high"), trusted=("https://shop.vercel.app",)),
    Server("github-io-contains", dynamic(lambda o: "github.io" in o), labels("hosting-origin-allowed:high origin-substring-allowed:high insecure-origin-allowed:medium"), trusted=("https://shop.github.io",)),
    Server("etld-two-labels-co-uk", dynamic(lambda o: (urlsplit(o).hostname or "").split(".")[-2:]==["co","uk"]), labels("origin-suffix-allowed:high insecure-origin-allowed:medium port-ignored:low"), "https://api.example.co.uk/", ("https://app.example.co.uk",)),
    Server("dots-all-subs", dynamic(matches(r"^https://[a-z]+.example.com$")), labels("origin-suffix-allowed:high")),
    Server("root-open-below-exact", lambda a: dynamic(lambda _: True)(a) if not a.path.startswith("/items") else EXACT(a), labels("any-origin-allowed:high")),
    Server("500-below-reflect", lambda a: dynamic(lambda _:True,status=500)(a) if a.path.startswith("/items/") else fixed((ACAO,"*"))(a), labels("any-origin-allowed:medium")),
    Server("https-null", _by_scheme(dynamic(lambda o: o in (APP,"null")), EXACT), labels("null-origin-allowed:high")),
    Server("cookie-no-dot", _by_method(EXACT,_by_cookie(dynamic(matches(r"^https://.*example\.com$")),dynamic(lambda _: True))), labels("origin-suffix-allowed:high")),
    Server("cookie-wildcard-without-reflect", _by_cookie(dynamic(lambda _: True), fixed((ACAO,"*"),("Vary","Origin"))), labels("any-origin-allowed:high")),
    Server("reflect-no-cred-cached", dynamic(lambda _:True,credentials=False,vary="never",more=[("CF-Cache-Status","HIT")]), labels("vary-origin-missing:medium")),
    Server("internal-null", dynamic(lambda o: o=="null",credentials=False), labels("null-origin-allowed:medium"), "http://192.168.0.5/"),
    Server("localhost-prefix-only", dynamic(lambda o: o.startswith("http://localhost")), labels("localhost-allowed:low origin-prefix-allowed:high")),
    Server("trusted-port-any", dynamic(matches(r"^https://app\.example\.com:\d+$")), labels("port-ignored:low"), trusted=("https://app.example.com:3000",)),
    Server("suffix-with-port", dynamic(matches(r"example\.com(:\d+)?$")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium port-ignored:low")),
    Server("internal-pattern", dynamic(lambda o: o.endswith("example.com"), credentials=False), labels("origin-suffix-allowed:medium insecure-origin-allowed:low"), "http://10.1.2.3/status"),
    Server("internal-address", fixed((ACAO, "*")), labels("internal-host-open:medium"), "http://10.1.2.3/status"),
    Server("internal-error", fixed((ACAO, "*"), status=404), labels("internal-host-open:low"), "http://10.1.2.3/status"),
    Server("internal-domain", fixed((ACAO, "*")), labels("internal-host-open:medium"), "http://router.lan/status"),
    Server("internal-word", dynamic(lambda _: True), labels("internal-host-open:high"), "http://intranet/status"),
    Server("internal-name", dynamic(lambda _: True), labels("internal-host-open:high"), "http://printer.local/status"),
    Server("on-this-machine", dynamic(lambda _: True), labels("internal-host-open:high"), "http://localhost:8080/status"),
)  # fmt: skip

RIGHT: Final = (
    Server("exact", EXACT),
    Server("exact-of-several", dynamic(lambda o: o in (APP, OTHER))),
    Server("exact-pattern", dynamic(matches(r"^https://app\.example\.com\Z"))),
    Server("exact-without-credentials", dynamic(lambda o: o == APP, credentials=False)),
    Server("case-ignored", dynamic(lambda o: o.lower() == APP)),
    Server("previews-of-one-site", dynamic(matches(r"^https://[a-z0-9-]+--shop\.netlify\.app$")), trusted=("https://main--shop.netlify.app",)),
    Server("channels-of-one-site", dynamic(matches(r"^https://shop--[a-z0-9-]+\.web\.app$")), trusted=("https://shop--pr7-x1.web.app",)),
    Server("mobile-apps", dynamic(lambda o: o in (APP, "capacitor://localhost", "ionic://localhost"))),
    Server("an-address-of-version-6", dynamic(lambda o: o == "https://[2001:db8::1]"), trusted=("https://[2001:db8::1]",)),
    Server("a-pattern-as-the-value", fixed((ACAO, "https://*.example.com"), (ACAC, "true"))),
    Server("public", fixed((ACAO, "*"))),
    Server("public-reflected", dynamic(lambda _: True, credentials=False)),
    Server("public-with-credentials", fixed((ACAO, "*"), (ACAC, "true"))),
    Server("own-origin", dynamic(lambda o: o == "https://api.example.com")),
    Server("own-origin-static", fixed((ACAO, "https://api.example.com"), (ACAC, "true"))),
    Server("static", fixed((ACAO, APP), (ACAC, "true"))),
    Server("static-with-vary", fixed((ACAO, APP), (ACAC, "true"), ("Vary", "Origin"))),
    Server("no-cors", fixed()),
    Server("firewall", lambda asked: EXACT(asked) if asked.origin in (None, APP) else response([("Vary", "Origin")], 403)),
    Server("rate-limit", fixed(status=429)),
    Server("error", fixed(status=500)),
    Server("redirects-away", fixed(("Location", "https://login.example.net/"), status=302)),
    Server("redirects-here", fixed(("Location", "/items"), status=302)),
    Server("sent-twice", fixed((ACAO, APP), (ACAO, "*"))),
    Server("login-for-preflights", _by_method(fixed(("WWW-Authenticate", "Basic"), status=401), EXACT)),
    Server("public-or-trusted", lambda asked: EXACT(asked) if asked.origin == APP else response([(ACAO, "*"), ("Vary", "Origin")])),
    Server("vary-all", lambda asked: response([("Vary", "*"), *([(ACAO, APP)] if asked.origin == APP else [])])),
    Server("exact-port", dynamic(lambda o: o == "https://app.example.com:8443"), trusted=("https://app.example.com:8443",)),
    Server("an-address", dynamic(lambda o: o == "https://192.0.2.7"), trusted=("https://192.0.2.7",)),
    Server("firewall-without-vary", lambda asked: EXACT(asked) if asked.origin in (None, APP) else response([], 403)),
    Server("error-for-others", lambda asked: EXACT(asked) if asked.origin in (None, APP) else response([], 500)),
    Server("vary-if-allowed", dynamic(lambda o: o == APP, vary="allowed")),
    Server("not-stored", dynamic(lambda o: o == APP, vary="never", more=[("Cache-Control", "no-store")])),
    Server("public-if-asked", lambda asked: response([] if asked.origin is None else [(ACAO, "*")])),
    Server("fetch-metadata", lambda asked: dynamic(lambda _: True)(asked) if asked.site == "same-origin" else response([], 403)),
    Server("trailing-dot", dynamic(matches(r"^https://app\.example\.com\.?$"))),
    Server("parsed", dynamic(lambda o: urlsplit(o)[:2] == ("https", "app.example.com"))),
    Server("own-or-app", dynamic(lambda o: o in (APP, "https://api.example.com"))),
    Server("by-path", lambda asked: EXACT(asked) if asked.path == "/items" else response([(ACAO, "*")])),
    Server("true-in-capitals", lambda asked: response([(ACAO, asked.origin or "*"), (ACAC, "True"), ("Vary", "Origin")])),
    Server("with-a-slash", lambda asked: response([(ACAO, f"{asked.origin}/"), (ACAC, "true"), ("Vary", "Origin")])),
    Server("a-list", fixed((ACAO, f"{APP}, {OTHER}"), (ACAC, "true"))),
    Server("errors-public", _by_path(EXACT, fixed((ACAO, "*"), status=404))),
    Server("errors-without-headers", _by_path(EXACT, fixed(status=404))),
    Server("errors-reflect-without-credentials", _by_path(EXACT, dynamic(lambda _: True, credentials=False, status=404))),
    Server("errors-exact", _by_path(EXACT, dynamic(lambda o: o == APP, status=404))),
    Server("http-redirects", _by_scheme(EXACT, fixed(("Location", "https://api.example.com/items"), status=301))),
    Server("http-public", _by_scheme(EXACT, fixed((ACAO, "*")))),
    Server("http-refused", _by_scheme(EXACT, fixed(status=403))),
    Server("http-never-used", _by_scheme(dynamic(lambda o: o == APP, more=[("Strict-Transport-Security", "max-age=31536000")]), dynamic(lambda _: True))),
    Server("https-public", _by_scheme(fixed((ACAO, "*")), EXACT), url="http://api.example.com/items"),
    Server("reflects-only-without-a-cookie", _by_method(EXACT, _by_cookie(EXACT, dynamic(lambda _: True)))),
    Server("none-with-a-cookie", _by_method(EXACT, _by_cookie(fixed(("Vary", "Origin")), dynamic(lambda _: True)))),
    Server("netlify-previews-open", dynamic(matches(r"^https://([a-z0-9-]+--)?shop\.netlify\.app$|^https://app\.example\.com$"))),
    Server("404-null", _by_path(EXACT, dynamic(lambda o: o=="null",status=404))),
    Server("http-substring", _by_scheme(EXACT, dynamic(lambda o: "app.example.com" in o))),
    Server("http-redirect-307", _by_scheme(EXACT, fixed(("Location","https://api.example.com/items"),status=307))),
    Server("http-wildcard-credentials", _by_scheme(EXACT, fixed((ACAO,"*"),(ACAC,"true")))),
    Server("preflight-wild-get-exact", _by_method(fixed((ACAO,"*"),("Access-Control-Allow-Methods","*"),("Access-Control-Allow-Headers","*")),EXACT)),
    Server("preflight-reflects-no-credentials", _by_method(dynamic(lambda _:True,credentials=False),EXACT)),
    Server("static-list-of-two", fixed((ACAO,f"{APP} {OTHER}"),(ACAC,"true"))),
    Server("acao-twice-same", fixed((ACAO,APP),(ACAO,APP),(ACAC,"true"))),
    Server("static-app-no-vary", fixed((ACAO,APP),(ACAC,"true"),("Cache-Control","public, max-age=60"))),
    Server("public-cached-hit", fixed((ACAO,"*"),("X-Cache","HIT"))),
    Server("backslash-class", dynamic(matches(r"^https://app[.]example[.]com$"))),
    Server("internal-exact", EXACT, url="http://10.1.2.3/status"),
    Server("private-preflight", _by_method(dynamic(lambda _: True, credentials=False), EXACT)),
)  # fmt: skip

ESTATE: Final = (*WRONG, *RIGHT)
