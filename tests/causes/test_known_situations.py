"""Situations with a known cause, and traps: other servers, words and languages for each cause of the table."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.causes.probe import AUTO
from corsdoctor.diagnose import Verdict
from corsdoctor.scenario import Api, Scenario
from corsdoctor.url import Origin
from tests.causes.scripted import Rule, Servers, packed

APP = Origin("https", "app.example")
API = "https://api.example"
ACAO, VARY = ("Access-Control-Allow-Origin", "{origin}"), ("Vary", "Origin")
ANY = ("Access-Control-Allow-Origin", "*")
JSON, HTML, XML, PLAIN = (
    ("Content-Type", kind) for kind in ("application/json", "text/html; charset=utf-8", "application/xml", "text/plain")
)
GRANTS = (ACAO, VARY, ("Access-Control-Allow-Methods", "GET, PUT, DELETE"), ("Access-Control-Allow-Headers", "{acrh}"))
PREFLIGHT = Rule(204, GRANTS, method="OPTIONS")
SIGNED = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0123abcd"


def get(path: str = "/items", *headers: tuple[str, str], base: str = API, api: Api = Api.FETCH) -> Scenario:
    return Scenario(f"{base}{path}", _page(base), headers=headers, api=api)


def put(path: str = "/items/1", *headers: tuple[str, str], method: str = "PUT", base: str = API) -> Scenario:
    return Scenario(f"{base}{path}", _page(base), method, headers)


def _page(base: str) -> Origin:
    """A page that may request `base`: an https page may not request http."""
    return APP._replace(scheme="http") if base.startswith("http:") else APP


def page(title: str, body: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


@dataclass(frozen=True)
class Case:
    id: str
    scenario: Scenario
    rules: tuple[Rule, ...]
    causes: str | None
    certainty: str = "certain"
    verdict: Verdict = Verdict.BLOCKED


LIKELY = "likely"
CASES = (
    # origin-refused
    Case("Starlette", put(), (Rule(400, (PLAIN, VARY), "Disallowed CORS origin", "OPTIONS"), Rule()), "origin-refused"),
    Case("Starlette, two words", put(), (Rule(400, (PLAIN,), "Disallowed CORS origin, method", "OPTIONS"),), "origin-refused"),
    Case("Spring", get(), (Rule(200, origin=None), Rule(200, (ACAO,), origin=API), Rule(403, (PLAIN,), "Invalid CORS request")), "origin-refused"),
    Case("Express with an error", get(), (Rule(500, (HTML,), page("Error", "<pre>Error: Not allowed by CORS<br> &nbsp; at x</pre>")),), "origin-refused"),
    Case("JSON words", get(), (Rule(403, (JSON,), '{"error": {"message": "Origin https://app.example is not allowed"}}'),), "origin-refused"),
    Case("JSON with escapes", get(), (Rule(403, (JSON,), '{"detail": "Origin \\u0022x\\u0022 not allowed"}'),), "origin-refused", LIKELY),
    Case("Vert.x in the reason", put(), (Rule(403, reason="CORS Rejected - Invalid origin"),), "origin-refused"),
    Case("Django's CSRF", put(), (Rule(403, (HTML,), page("403 Forbidden", "<p>Origin checking failed - https://app.example does not match any trusted origins.</p>"), "OPTIONS"),), "origin-refused"),
    Case("gorilla, empty 403", get(), (Rule(200, origin=None), Rule(403)), "origin-refused"),
    Case("Actix", put(), (Rule(400, (PLAIN,), "Origin is not allowed to make this request", "OPTIONS"),), "origin-refused"),
    Case("only credentials came", get(), (Rule(200, (JSON, ("Access-Control-Allow-Credentials", "true"))),), "origin-refused", LIKELY),
    Case("own origin is let in", get(), (Rule(200, (JSON, ACAO), origin=API), Rule(200, (JSON,))), "origin-refused"),
    Case("German", get(), (Rule(403, (JSON,), '{"message": "Herkunft https://app.example ist nicht erlaubt"}'),), "origin-refused"),
    Case("gzip in words", get(), (Rule(403, (PLAIN,), "Invalid origin"),), "origin-refused", LIKELY),
    # method-refused, headers-refused
    Case("Starlette method", put(), (Rule(400, (ANY, PLAIN), "Disallowed CORS method", "OPTIONS"),), "method-refused"),
    Case("Starlette headers", put("/a", ("X-A", "1")), (Rule(400, (ANY, PLAIN), "Disallowed CORS headers", "OPTIONS"),), "headers-refused"),
    Case("403 unless GET", put(), (Rule(204, GRANTS, method="OPTIONS", having=(("Access-Control-Request-Method", "GET"),)), Rule(403, method="OPTIONS"), Rule()), "method-refused"),
    Case("403 with the header", get("/a", ("X-Trace", "1")), (Rule(403, method="OPTIONS", having=(("Access-Control-Request-Headers", "x-trace"),)), Rule(204, GRANTS, method="OPTIONS"), Rule()), "headers-refused"),
    Case("listed without it", put(), (Rule(403, (ANY, ("Access-Control-Allow-Methods", "GET, POST")), method="OPTIONS"),), "method-refused"),
    Case("names without it", get("/a", ("X-A", "1")), (Rule(400, (ANY, ("Access-Control-Allow-Headers", "x-b")), method="OPTIONS"), Rule(404)), "headers-refused"),
    # the two halves
    Case("the GET lacks them", get("/a", ("X-A", "1")), (PREFLIGHT, Rule(200, (JSON,), "{}")), "preflight-only"),
    Case("a simple GET lacks them", get(), (PREFLIGHT, Rule(200, (JSON,), "{}")), "preflight-only"),
    Case("OPTIONS of a proxy", get("/a", ("X-A", "1")), (Rule(200, (("Server", "nginx"),), method="OPTIONS"), Rule(200, (JSON, ACAO), "{}")), "actual-only"),
    Case("OPTIONS refused by a firewall", get("/a", ("X-A", "1")), (Rule(403, method="OPTIONS"), Rule(200, (JSON, ACAO), "{}")), "actual-only", LIKELY),
    # authentication
    Case("401 to the preflight", put(), (Rule(401, (("WWW-Authenticate", "Bearer"),)),), "authentication"),
    Case("403 of Django REST framework", get(), (Rule(403, (JSON,), '{"detail": "Authentication credentials were not provided."}'),), "authentication"),
    Case("403 with a challenge", get(), (Rule(403, (("WWW-Authenticate", "Basic"),)),), "authentication"),
    Case("403 with a login page", get(), (Rule(403, (HTML,), page("Shop", '<form><input name="p" type="password"></form>')),), "authentication"),
    Case("a German login page", get(), (Rule(403, (HTML,), page("Anmelden")),), "authentication"),
    Case("a French login page", get(), (Rule(403, (HTML,), page("Connexion")),), "authentication"),
    Case("a Japanese login page", get(), (Rule(403, (HTML,), page("ログイン")),), "authentication"),
    Case("Google IAP", get(), (Rule(401, (("X-Goog-IAP-Generated-Response", "true"),), "Invalid IAP credentials: empty token"),), "authentication"),
    Case("oauth2-proxy", get(), (Rule(403, (HTML,), page("Sign In", '<form action="/oauth2/start"></form>')),), "authentication"),
    Case("an API key", get(), (Rule(403, (JSON,), '{"message": "Missing API key"}'),), "authentication"),
    Case("Azure API Management", get(), (Rule(401, (JSON,), '{"statusCode": 401, "message": "Access denied due to missing subscription key."}'),), "authentication"),
    # request-signature
    Case("MinIO and a presigned URL", put(f"/b/a.jpg{SIGNED}"), (Rule(403, (XML, ("Server", "MinIO")), "<Error><Code>SignatureDoesNotMatch</Code></Error>"),), "request-signature"),
    Case("AccessDenied and a presigned URL", put(f"/b/a.jpg{SIGNED}"), (Rule(403, (XML,), "<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>"),), "request-signature"),
    Case("Google Cloud Storage", put("/b/a.jpg?X-Goog-Signature=aa"), (Rule(403, (XML,), "<Error><Code>SignatureDoesNotMatch</Code></Error>"),), "request-signature"),
    # bot-challenge
    Case("Cloudflare's page alone", get(), (Rule(503, (HTML,), page("Just a moment...")),), "bot-challenge"),
    Case("DataDome", get(), (Rule(403, (HTML,), page("api.example", '<p>Please enable JS and disable any ad blocker</p><script src="https://ct.captcha-delivery.com/c.js"></script>')),), "bot-challenge"),
    Case("AWS WAF", get(), (Rule(202, (("x-amzn-waf-action", "challenge"),)),), "bot-challenge"),
    Case("Anubis with 200", get(), (Rule(200, (HTML,), page("Making sure you&#39;re not a bot!")),), "bot-challenge"),
    Case("Imperva", get(), (Rule(200, (HTML,), page("", '<iframe src="/_Incapsula_Resource?x=1">Incapsula incident ID: 1</iframe>')),), "bot-challenge"),
    Case("Akamai", get(), (Rule(428, (HTML,), page("Challenge", '<script src="/_sec/cp_challenge/x.js"></script>')),), "bot-challenge"),
    Case("Vercel", get(), (Rule(429, (("X-Vercel-Mitigated", "challenge"),)),), "bot-challenge"),
    Case("HUMAN", get(), (Rule(403, (HTML,), page("Access denied", '<div id="px-captcha"></div>')),), "bot-challenge"),
    # client certificate, plain HTTP
    Case("nginx without a certificate", put(), (Rule(400, (HTML,), page("400 No required SSL certificate was sent", "<center>nginx</center>")),), "client-certificate"),
    Case("IIS 403.7", get(), (Rule(403, (HTML,), page("403.7 - Forbidden: SSL client certificate is required.")),), "client-certificate"),
    Case("a gateway's words", get(), (Rule(403, (JSON,), '{"message": "No client certificate presented"}'),), "client-certificate"),
    Case("nginx's TLS port", get(base="http://api.example"), (Rule(400, (HTML,), page("400 The plain HTTP request was sent to HTTPS port")),), "plain-http-on-tls-port"),
    Case("Node.js without HTTP/1.1", get(), (Rule(403, (PLAIN,), "Unknown ALPN Protocol, expected `h2` to be available.\nIf this is a HTTP request: The server was not configured with the `allowHTTP1` option or a listener for the `unknownProtocol` event.\n"),), "speaks-http2"),
    Case("a load balancer before gRPC", get(), (Rule(464, (("Server", "awselb/2.0"),)),), "speaks-http2", LIKELY),
    Case("Go's TLS port", get(base="http://api.example"), (Rule(400, (PLAIN,), "Client sent an HTTP request to an HTTPS server.\n"),), "plain-http-on-tls-port"),
    # what it is, before CORS
    Case("429", get(), (Rule(429, (("Retry-After", "3"),)),), "rate-limited"),
    Case("403 of GitHub's limit", get(), (Rule(403, (JSON,), '{"message": "API rate limit exceeded for 1.2.3.4."}'),), "rate-limited"),
    Case("Cloudflare 522", get(), (Rule(522, (("Server", "cloudflare"),)),), "gateway-error"),
    Case("Traefik's 502", get("/a", ("X-A", "1")), (Rule(502, (PLAIN,), "Bad Gateway"),), "gateway-error"),
    Case("HAProxy's 503", get(), (Rule(503, (HTML,), "<html><body><h1>503 Service Unavailable</h1>No server is available to handle this request.</body></html>"),), "gateway-error"),
    Case("Spring's 500", get(), (PREFLIGHT, Rule(500, (JSON,), '{"status":500,"error":"Internal Server Error","path":"/items"}')), "server-error"),
    Case("Laravel's 500", put(), (Rule(500, (HTML,), page("Server Error")),), "server-error"),
    Case("404 of FastAPI", get(), (Rule(404, (JSON,), '{"detail":"Not Found"}'),), "not-found"),
    Case("404 of both", get("/a", ("X-A", "1")), (Rule(404),), "not-found"),
    Case("NoSuchBucket", put(f"/b/x{SIGNED}"), (Rule(404, (XML,), "<Error><Code>NoSuchBucket</Code></Error>"),), "not-found"),
    Case("413 of Express", put(), (PREFLIGHT, Rule(413)), "too-large"),
    Case("403 of a private bucket", get("/b/x"), (Rule(403, (XML,), "<Error><Code>AccessDenied</Code></Error>"),), "forbidden"),
    Case("403 of Apache", get(), (Rule(403, (HTML,), page("403 Forbidden", "<h1>Forbidden</h1><p>You don't have permission to access this resource.</p>")),), "forbidden"),
    Case("Cloudflare 1020", get(), (Rule(403, (HTML, ("Server", "cloudflare")), page("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>")),), "forbidden"),
    # no-options
    Case("405 of Flask", put(), (Rule(405, (HTML,), method="OPTIONS"), Rule()), "no-options"),
    Case("501 of Python", put(), (Rule(501, reason="Unsupported method ('OPTIONS')"),), "no-options"),
    Case("404 of OPTIONS alone", get("/a", ("X-A", "1")), (Rule(404, method="OPTIONS"), Rule(200, (JSON,))), "no-options"),
    Case("API Gateway", put(), (Rule(403, (JSON, ("x-amzn-ErrorType", "MissingAuthenticationTokenException")), '{"message":"Missing Authentication Token"}', "OPTIONS"),), "no-options"),
    Case("CloudFront", put(), (Rule(403, (HTML,), "<html><head><title>ERROR</title></head><h1>403 ERROR</h1><p>This distribution is not configured to allow the HTTP request method that was used for this request.</p></html>", "OPTIONS"), Rule()), "no-options"),
    # redirects
    Case("to Okta", get(), (Rule(302, (("Location", "https://acme.okta.com/oauth2/v1/authorize?client_id=1&redirect_uri=x"),)),), "login-redirect"),
    Case("to Cloudflare Access", get("/a", ("X-A", "1")), (Rule(302, (("Location", "https://acme.cloudflareaccess.com/cdn-cgi/access/login/x"),)),), "login-redirect"),
    Case("to Rails' sign_in", get(), (Rule(302, (("Location", "/users/sign_in"),)),), "login-redirect"),
    Case("to the Keycloak", get(), (Rule(303, (("Location", "https://sso.corp.example/realms/x/protocol/openid-connect/auth?client_id=a&redirect_uri=b"),)),), "login-redirect"),
    Case("to WordPress", get(), (Rule(302, (("Location", "https://api.example/wp-login.php?redirect_to=x"),)),), "login-redirect"),
    Case("to https", get("/a", base="http://api.example"), (Rule(301, (("Location", "https://api.example/a"),)),), "https-upgrade-redirect"),
    Case("to https, preflight", put("/a", base="http://api.example"), (Rule(308, (("Location", "https://api.example/a"),)),), "https-upgrade-redirect"),
    Case("to http", get("/a"), (Rule(307, (("Location", "http://api.example/a/"), ACAO)),), "https-downgrade-redirect"),
    Case("with a slash", get("/a"), (Rule(301, (("Location", "/a/"),)),), "slash-redirect"),
    Case("without a slash", put("/a/"), (Rule(308, (("Location", "https://api.example/a"),)),), "slash-redirect"),
    Case("in another case", get("/Users"), (Rule(301, (("Location", "/users"),)),), "slash-redirect"),
    Case("with a slash and the query", get("/a?x=1"), (Rule(301, (("Location", "/a/?x=1"),)),), "slash-redirect"),
    Case("to a CDN", get("/a"), (Rule(302, (("Location", "https://cdn.example/a"),), path="//api"), Rule(200)), "cross-origin-redirect"),
    Case("to a CDN that lacks it", get("/a"), (Rule(302, (ACAO, ("Location", "https://cdn.example/a")), path="//api"), Rule(200)), "cross-origin-redirect"),
    Case("elsewhere on the server", get("/a"), (Rule(302, (("Location", "/b"),), path="/a$"), Rule(200)), "bare-redirect"),
    # caches
    Case("CloudFront hit", get("/a.png"), (Rule(200, (("X-Cache", "Hit from cloudfront"),), path="png$"), Rule(200, (ANY,))), "cached-for-other"),
    Case("Cloudflare hit of another page", get("/a.js"), (Rule(200, (("CF-Cache-Status", "HIT"), ("Access-Control-Allow-Origin", "https://b.example")), path="js$"), Rule(200, (ACAO, VARY))), "cached-for-other"),
    Case("Varnish", get("/a.js"), (Rule(200, (("Age", "90"), ("X-Varnish", "12 34")), path="js$"), Rule(200, (ACAO,))), "cached-for-other"),
    Case("vary", get("/a.png"), (Rule(200, (ACAO, ("Cache-Control", "max-age=60"))),), "vary-missing", LIKELY, Verdict.ALLOWED),
    # pages of others
    Case("the index of an app", get("/api/users"), (Rule(200, (HTML,), page("Shop", '<div id="app"></div>')),), "wrong-service", LIKELY),
    Case("nginx's default page", get("/"), (Rule(200, (HTML,), page("Welcome to nginx!")),), "wrong-service"),
    Case("ngrok", get("/api"), (Rule(404, (HTML, ("ngrok-error-code", "ERR_NGROK_3200")), page("ngrok")),), "wrong-service"),
    Case("MinIO's console", get("/b/x"), (Rule(200, (HTML,), page("MinIO Console")),), "wrong-service"),
    Case("Vite answers", get("/api/x"), (Rule(200, (HTML,), page("App", '<script type="module" src="/@vite/client"></script>')),), "wrong-service"),
    Case("an index behind 204", put("/api/x"), (Rule(204, method="OPTIONS"), Rule(200, (HTML,), page("App", '<div id="root"></div>'))), "wrong-service", LIKELY),
    # the request
    Case("a response header", put("/a", ("Access-Control-Allow-Headers", "*")), (Rule(204, (ANY, ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Allow-Headers", "x-a")), method="OPTIONS"),), "response-header-in-request"),
    Case("two lines", get(), (Rule(200, (ANY, ANY)),), "two-layers"),
    Case("two times credentials", Scenario(f"{API}/a", APP, credentials=None), (Rule(200, (ANY, ("Access-Control-Allow-Origin", "https://app.example"))),), "two-layers"),
    # not-configured
    Case("plain JSON", get(), (Rule(200, (JSON,), "{}"),), "not-configured", LIKELY),
    Case("S3 says so", put(f"/b/x{SIGNED}"), (Rule(403, (XML,), "<Error><Code>AccessForbidden</Code><Message>CORSResponse: CORS is not enabled for this bucket.</Message></Error>"),), "not-configured"),
    # traps
    Case("a login link in the footer", get(), (Rule(403, (HTML,), page("403", '<h1>Forbidden</h1><footer><a href="/login">Log in</a> <p>Sign in</p></footer>')),), "forbidden"),
    Case("JSON that contains CORS", get(), (Rule(200, (JSON,), '{"title": "CORS: origin not allowed", "message": "Disallowed CORS origin"}'),), "not-configured", LIKELY),
    Case("Starlette's words in the user's text", get(), (Rule(400, (JSON,), '{"error": "invalid title", "input": "Disallowed CORS origin"}'),), "not-configured", LIKELY),
    Case("a miss", get(), (Rule(200, (("X-Cache", "MISS"), ("Age", "0"))),), "not-configured", LIKELY),
    Case("a hit without CORS anywhere", get("/a.js"), (Rule(200, (("X-Cache", "HIT"),), path="js$"), Rule(200)), "not-configured", LIKELY),
    Case("a page on purpose", get("/", ("Accept", "text/html")), (Rule(200, (HTML,), page("Shop", '<div id="root"></div>')),), "not-configured", LIKELY),
    Case("a 404 that scripts can read", get(), (Rule(404, (ANY,)),), "not-found", verdict=Verdict.ALLOWED),
    Case("a 502 that scripts can read", get(), (Rule(502, (ANY,)),), "gateway-error", verdict=Verdict.ALLOWED),
    Case("a 401 that scripts can read", get(), (Rule(401, (ANY,)),), None, verdict=Verdict.ALLOWED),
    Case("a login redirect that is fine", get(), (Rule(302, (ANY, ("Location", "/login?next=/"))  , path="items$"), Rule(200, (ANY,))), None, verdict=Verdict.ALLOWED),
    Case("a slash after login", get("/auth/token"), (Rule(307, (("Location", "/auth/token/"),)),), "slash-redirect"),
    Case("captcha in JSON", get(), (Rule(200, (JSON,), '{"message": "captcha", "px-captcha": 1}'),), "not-configured", LIKELY),
    Case("Cloudflare passed a 404 on", get(), (Rule(404, (JSON, ("Server", "cloudflare"), ("CF-RAY", "1"))),), "not-found"),
    # CORS layers that refuse in silence, with a good status
    Case("rs/cors and a header", get("/a", ("X-A", "1")), (Rule(204, (VARY,), method="OPTIONS", having=(("Access-Control-Request-Headers", "."),)), Rule(204, GRANTS, method="OPTIONS"), Rule(200, (JSON, ACAO))), "headers-refused"),
    Case("rs/cors and a method", put("/a"), (Rule(204, (VARY,), method="OPTIONS", having=(("Access-Control-Request-Method", "PUT"),)), Rule(204, GRANTS, method="OPTIONS"), Rule(200, (JSON, ACAO))), "method-refused"),
    Case("a header, without a mark", put("/a", ("X-A", "1"), method="POST"), (Rule(200, method="OPTIONS", having=(("Access-Control-Request-Headers", "."),)), Rule(204, GRANTS, method="OPTIONS"), Rule(200, (JSON, ACAO))), "headers-refused"),
    # more traps, and more servers
    Case("403 for everybody with Vary", get(), (Rule(403, (JSON, VARY), '{"message": "Forbidden"}'),), "forbidden"),
    Case("API Gateway forbids", get(), (Rule(403, (JSON, ("x-amzn-ErrorType", "ForbiddenException")), '{"message":"Forbidden"}'),), "forbidden"),
    Case("a hit that varies", get("/a.js"), (Rule(200, (VARY, ("Age", "10"))),), "origin-refused", LIKELY),
    Case("methods without an origin", put(), (Rule(204, (("Access-Control-Allow-Methods", "PUT"),), method="OPTIONS"), Rule()), "origin-refused", LIKELY),
    Case("authors, not auth", get("/books"), (Rule(302, (("Location", "/authors"),), path="books"), Rule(200)), "bare-redirect"),
    Case("next without a login", get("/a"), (Rule(302, (("Location", "/b?next=1"),), path="/a$"), Rule(200)), "bare-redirect"),
    Case("an app that loads", get("/api/x"), (Rule(200, (HTML,), page("Shop", '<div id="root"><p>Einen Moment bitte, die App lädt</p></div>')),), "wrong-service", LIKELY),
    Case("a captcha of a form", get("/api/x"), (Rule(200, (HTML,), page("Shop", '<script src="https://js.hcaptcha.com/1/api.js"></script>')),), "wrong-service", LIKELY),
    Case("DataDome in JSON", get(), (Rule(403, (JSON,), '{"url": "https://geo.captcha-delivery.com/captcha/?x"}'),), "bot-challenge"),
    Case("a login page with 200", get("/api/me"), (Rule(200, (HTML,), page("Welcome", '<input type="password">')),), "authentication", LIKELY),
    Case("OPTIONS by an app's web server", put("/api/x"), (Rule(405, (HTML,), method="OPTIONS"), Rule(200, (HTML,), page("App", '<div id="root"></div>'))), "wrong-service", LIKELY),
    Case("405 before 404", get("/api/x", ("X-A", "1")), (Rule(405, method="OPTIONS"), Rule(404)), "not-found"),
    Case("204 before 502", get("/api/x", ("X-A", "1")), (Rule(204, method="OPTIONS"), Rule(502)), "gateway-error"),
    Case("Ollama's preflight", put("/api/chat", ("X-A", "1"), method="POST"), (Rule(404, origin=None), Rule(403, method="OPTIONS"), Rule(403)), "origin-refused"),
    Case("Ollama's preflight for GET", get("/api/tags", ("X-A", "1")), (Rule(200, (JSON,), "{}", origin=None), Rule(403)), "origin-refused"),
    Case("a firewall's 403 to OPTIONS", get("/api/x", ("X-A", "1")), (Rule(403, method="OPTIONS"), Rule(200, (JSON,))), "forbidden", LIKELY),
    Case("method in words", put("/a", method="PATCH"), (Rule(403, (PLAIN,), "Method PATCH is not allowed", "OPTIONS"),), "method-refused"),
    Case("OPTIONS in words", put("/a"), (Rule(403, (PLAIN,), "Method OPTIONS is not allowed", "OPTIONS"),), "no-options"),
    Case("the script's own header is refused", get("/a", ("Access-Control-Allow-Origin", "*")), (Rule(403, method="OPTIONS", having=(("Access-Control-Request-Headers", "."),)), Rule(204, GRANTS, method="OPTIONS"), Rule(200, (JSON,))), "response-header-in-request"),
    Case("a redirect that causes nothing", get("/a"), (Rule(302, (ANY, ("Location", "/b")), path="/a$"), Rule(404)), "not-found"),
    Case("a CDN that forbids", get("/a"), (Rule(302, (ANY, ("Location", "https://cdn.example/a")), path="//api"), Rule(403)), "cross-origin-redirect"),
    Case("a login in the query", get("/a"), (Rule(302, (("Location", "/index.php?r=site/login"),)),), "login-redirect"),
    Case("a login of an app", get("/a"), (Rule(302, (("Location", "/#/login"),)),), "login-redirect"),
    Case("accounts, likely", get("/a"), (Rule(302, (("Location", "https://accounts.example/"),)),), "login-redirect", LIKELY),
    Case("Azure without a rule", put("/c/b?sig=x"), (Rule(403, (XML,), "<Error><Code>CorsPreflightFailure</Code></Error>"),), "not-configured", LIKELY),
    Case("Azure without a login", get("/c/b"), (Rule(403, (XML,), "<Error><Code>AuthenticationFailed</Code></Error>"),), "authentication"),
    Case("the store is busy", get("/b/x"), (Rule(503, (XML,), "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),), "rate-limited"),
    Case("too large for S3", put("/b/x"), (PREFLIGHT, Rule(400, (XML,), "<Error><Code>EntityTooLarge</Code></Error>")), "too-large"),
    Case("no such key behind 403", get("/b/x"), (Rule(403, (XML,), "<Error><Code>NoSuchKey</Code></Error>"),), "not-found"),
    Case("an error page of a server with CORS", get("/a", ("X-A", "1")), (PREFLIGHT, Rule(422, (JSON,), "{}")), "error-page", LIKELY),
    Case("a console by its title", get("/x"), (Rule(200, (HTML,), page("Acme Management Console")),), "wrong-service", LIKELY),
    Case("a redirect loop's origin", get("/a"), (Rule(302, (ANY, ("Location", "https://b.example/a")), path="//api"), Rule(200, (("Access-Control-Allow-Origin", "https://app.example"),))), "tainted"),
    Case("cached elsewhere", get("/a.js"), (Rule(200, (("Age", "3"),)),), "cached-for-other", LIKELY),
    Case("nginx's certificate status", get(), (Rule(496),), "client-certificate"),
    Case("JSON: unauthenticated", get(), (Rule(403, (JSON,), '{"errors": [{"message": "Unauthenticated."}]}'),), "authentication"),
    Case("a broken JSON", get(), (Rule(403, (JSON,), '{"message": "Disallowed'),), "forbidden"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_cause_is_found(case: Case) -> None:
    servers = Servers(case.rules)
    report = servers.report(case.scenario, AUTO)
    standard = report.diagnoses[0]
    assert standard.verdict is case.verdict
    steps = [standard.failure] if standard.failure is not None else [s for s in standard.notes if s.cause]
    causes = [(s.cause.id, str(s.cause.certainty)) for s in steps if s.cause is not None]
    assert causes == ([] if case.causes is None else [(case.causes, case.certainty)])
    assert all(step.cause is None or step.cause.evidence for step in steps)
    assert len(report.probes) <= 4
    assert {request.method for request in servers.requests} <= {"GET", "OPTIONS", case.scenario.method}


def test_a_body_may_be_packed() -> None:
    from corsdoctor.transport.body import decoded
    from corsdoctor.wire import Headers

    coded = packed("Disallowed CORS origin")
    assert decoded(coded, Headers((("Content-Encoding", "gzip"),))) == b"Disallowed CORS origin"
