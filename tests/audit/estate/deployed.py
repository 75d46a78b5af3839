"""Policies from settings of frameworks, gateways and repositories, and from their advisories, most with another host name."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import Final
from urllib.parse import urlsplit

from corsdoctor.wire import Response
from tests.audit.estate.policies import (
    ACAC,
    ACAO,
    APP,
    EXACT,
    OTHER,
    Allows,
    Policy,
    Question,
    Server,
    by_cookie,
    by_method,
    by_path,
    by_scheme,
    dynamic,
    fixed,
    host,
    labels,
    matches,
    response,
)


def also(allows: Allows, *names: str) -> Allows:
    """What `allows` allows, and these origins."""
    return lambda origin: origin in names or allows(origin)


def refusing(policy: Policy) -> Policy:
    """A policy that answers an origin that it does not allow with 403."""

    def refused(asked: Question) -> Response:
        answer = policy(asked)
        allowed = asked.origin is None or ACAO in answer.headers
        return answer if allowed else response([("Vary", "Origin")], 403)

    return refused


def akka(asked: Question) -> Response:
    """akka-http-cors and pekko-http-cors with their defaults, which refuse methods that are not listed."""
    if asked.preflight and asked.method not in ("GET", "HEAD", "POST"):
        return response([], 400)
    return response([] if asked.origin is None else [(ACAO, asked.origin), (ACAC, "true")])


def or_star(pattern: str) -> Policy:
    """nginx with `set $allowed *`, which a pattern overwrites."""

    def policy(asked: Question) -> Response:
        named = asked.origin if asked.origin is not None and matches(pattern)(asked.origin) else "*"
        return response([(ACAO, named), (ACAC, "true")])

    return policy


def if_of_nginx(asked: Question) -> Response:
    """add_header in an `if`, which replaces that of the location: there are never both headers."""
    named = asked.origin is not None and matches(r"^(https?://(.*example\.com))$")(asked.origin)
    return response([(ACAO, asked.origin or "")] if named else [(ACAC, "true")])


def s3(allows: Allows) -> Policy:
    """A bucket, which sends Vary only to origins that it allows, and refuses preflight requests of others."""
    vary = ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")

    def policy(asked: Question) -> Response:
        if asked.origin is not None and allows(asked.origin):
            return response([(ACAO, asked.origin), (ACAC, "true"), ("Access-Control-Allow-Methods", "GET, PUT"), vary])
        return response([], 403 if asked.preflight else 200)

    return policy


def to_slash(asked: Question) -> Response:
    """A redirect without CORS headers to the same path with a slash, where every origin is allowed."""
    if asked.path == "/items/":
        return dynamic(lambda _: True)(asked)
    return response([("Location", "/items/")], 301) if asked.path == "/items" else response([], 404)


def challenge(asked: Question) -> Response:
    """A CDN that has unknown origins solve a challenge first."""
    return (
        EXACT(asked) if asked.origin in (None, APP) else response([("Server", "cloudflare"), ("Retry-After", "5")], 503)
    )


def firewall(asked: Question) -> Response:
    """A firewall that refuses suspicious words."""
    suspicious = any(
        word in (asked.origin or "") for word in ("localhost", "null", "stranger", "corsdoctor", "file:", "127.")
    )
    return response([("Content-Type", "text/html")], 406) if suspicious else EXACT(asked)


def only_post(policy: Policy) -> Policy:
    """An endpoint of GraphQL or RPC: it refuses GET before CORS headers are set."""
    return by_method(policy, fixed(("Allow", "POST"), status=405))


LOCALHOST: Final = "http://localhost:3000"
GRAPHQL: Final = "https://api.example.com/graphql"

WRONG: Final = (
    Server("gin-wildcard-cut", dynamic(lambda o: o.startswith("https://app.example.co")), labels("origin-prefix-allowed:high origin-part-allowed:high")),
    Server("rs-cors-h-star", dynamic(lambda o: fnmatch(o, "h*")), labels("any-origin-allowed:high")),
    Server("sanic-match-subdomains", dynamic(lambda o: re.match(r"https://.*\.example\.com", o) is not None), labels("origin-prefix-allowed:high subdomains-allowed:low")),
    Server("forest-pattern", dynamic(lambda o: re.match(r".*\.example\.com.*", o) is not None), labels("origin-prefix-allowed:high insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("nginx-lazy-s", dynamic(matches(r"^http[s]*?://(example\.com|.+\.example\.com)")), labels("origin-prefix-allowed:high insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("nginx-gist", dynamic(matches(r"(?i)https?://(localhost|example\.com|.+\.example\.com)")), labels("origin-prefix-allowed:high insecure-origin-allowed:medium subdomains-allowed:low localhost-allowed:low")),
    Server("apache-htaccess", dynamic(matches(r"http(s)?://(.+\.)?(example.com|example.org)$")), labels("insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("apache-wherever", dynamic(matches(r"^(http(s)?://[a-zA-Z\-0-9]+.example.com(:?)([0-9]+)?)$")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium port-ignored:low")),
    Server("django-vercel-project", dynamic(also(matches(r"^https:\/\/shop-.*\.vercel\.app$"), "https://shop.vercel.app")), labels("hosting-origin-allowed:high"), trusted=("https://shop.vercel.app",)),
    Server("django-onrender-localhost", dynamic(also(matches(r"^https://.*\.onrender\.com$|^http://localhost:\d+$"), APP)), labels("hosting-origin-allowed:high localhost-allowed:low")),
    Server("gin-prefix-or-contains", dynamic(lambda o: o.startswith("http://localhost") or "example.com" in o), labels("origin-substring-allowed:high insecure-origin-allowed:medium localhost-allowed:low")),
    Server("gin-contains-two", dynamic(lambda o: "app.example.com" in o or "localhost" in o), labels("origin-prefix-allowed:high insecure-origin-allowed:medium subdomains-allowed:low localhost-allowed:low")),
    Server("aspnet-static-web-apps", dynamic(lambda o: host(o).endswith(".azurestaticapps.net") or host(o) == "localhost"), labels("hosting-origin-allowed:high insecure-origin-allowed:medium port-ignored:low localhost-allowed:low"), trusted=("https://gray-sea-0d3f.2.azurestaticapps.net",)),
    Server("spring-port-pattern", dynamic(matches(r"^https://.*\.example\.com(:\d+)?$")), labels("subdomains-allowed:low port-ignored:low")),
    Server("laravel-no-anchors", dynamic(matches(r"example\.com")), labels("origin-substring-allowed:high insecure-origin-allowed:medium")),
    Server("laravel-star", dynamic(matches(r"^.*\.example\.com\Z")), labels("insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("express-joined-alternatives", dynamic(matches("|".join((APP, "http://localhost:3000")))), labels("origin-prefix-allowed:high origin-dot-unescaped:high localhost-allowed:low")),
    Server("tornado-echo-or-star", lambda asked: response([(ACAO, asked.origin or "*"), (ACAC, "true")]), labels("any-origin-allowed:high vary-origin-missing:low")),
    Server("akka-defaults", akka, labels("any-origin-allowed:high vary-origin-missing:low")),
    Server("nginx-star-default", or_star(r"(app.example.com)$"), labels("origin-dot-unescaped:high insecure-origin-allowed:medium subdomains-allowed:low vary-origin-missing:low")),
    Server("nginx-if-inheritance", if_of_nginx, labels("vary-origin-missing:low")),
    Server("haproxy-dom", dynamic(matches(r"(^|[/?.:])example\.com($|[/?.:])")), labels("origin-prefix-allowed:high insecure-origin-allowed:medium subdomains-allowed:low")),
    Server("traefik-regex", dynamic(matches(r"https://.*.example.com")), labels("origin-substring-allowed:high")),
    Server("varnish-contains", dynamic(matches(r"example\.com"), vary="never", more=[("Age", "31"), ("Via", "1.1 varnish")]), labels("origin-substring-allowed:high insecure-origin-allowed:medium vary-origin-missing:medium")),
    Server("ktor-schemes", refusing(dynamic(lambda o: o in (APP, "http://app.example.com"))), labels("insecure-origin-allowed:medium")),
    Server("netloc-ends", dynamic(lambda o: urlsplit(o).netloc.endswith("example.com")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium")),
    Server("java-host-contains", dynamic(lambda o: "example.com" in (urlsplit(o).hostname or "")), labels("origin-substring-allowed:high insecure-origin-allowed:medium")),
    Server("optional-group-dot", dynamic(matches(r"^https://(app|admin)?.example\.com$")), labels("origin-dot-unescaped:high")),
    Server("optional-colon", dynamic(matches(r"^https?:\/\/app.example.com:?\d*$")), labels("origin-dot-unescaped:high insecure-origin-allowed:medium port-ignored:low")),
    Server("end-inside-group", dynamic(matches(r"^(https://app\.example\.com|https://admin\.example\.com$)")), labels("origin-prefix-allowed:high")),
    Server("js-last-two-labels", dynamic(lambda o: ".".join(host(o).split(".")[-2:]) == "example.com"), labels("insecure-origin-allowed:medium port-ignored:low subdomains-allowed:low")),
    Server("same-host-header", dynamic(lambda o: o.partition("//")[2] == "api.example.com"), labels("insecure-origin-allowed:medium"), trusted=()),
    Server("shops-of-tenants", dynamic(matches(r"^https://[a-z0-9-]+\.shops\.example\.com$")), labels("subdomains-allowed:low"), trusted=("https://acme.shops.example.com",)),
    Server("s3-subdomains", s3(lambda o: fnmatch(o, "https://*.example.com")), labels("subdomains-allowed:low")),
    Server("s3-http-star", s3(lambda o: fnmatch(o, "http*")), labels("any-origin-allowed:high")),
    Server("private-cache-no-vary", dynamic(lambda o: o == APP, vary="never", more=[("Cache-Control", "private, max-age=60")]), labels("vary-origin-missing:low")),
    Server("redirect-to-slash", to_slash, labels("any-origin-allowed:high")),
    Server("ollama-cut", dynamic(lambda o: o.startswith("http://localhost"), credentials=False), labels("origin-prefix-allowed:medium"), url="http://localhost:11434/api/tags", trusted=()),
    Server("rails-block", dynamic(lambda o: o.endswith(".example.com") or "localhost" in o), labels("insecure-origin-allowed:medium subdomains-allowed:low localhost-allowed:low origin-prefix-allowed:high")),
    Server("php-no-end", dynamic(matches(r"^https://([a-z0-9-]+\.)?example\.com")), labels("origin-prefix-allowed:high subdomains-allowed:low")),
    Server("perl-no-end", dynamic(matches(r"^https?://[^/]*example\.com")), labels("origin-substring-allowed:high insecure-origin-allowed:medium")),
    Server("second-origin-dot", dynamic(also(matches(r"^https://admin.example\.com$"), APP)), labels("origin-dot-unescaped:high"), trusted=(APP, OTHER)),
    Server("partner-suffix", dynamic(lambda o: o == APP or o.endswith("partner.org")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium"), trusted=(APP, "https://shop.partner.org")),
    Server("apex-prefix", dynamic(matches(r"^https://example\.com")), labels("origin-prefix-allowed:high"), trusted=("https://example.com",)),
    Server("co-uk-dot", dynamic(matches(r"^https://example.co.uk$")), labels("origin-dot-unescaped:high"), "https://api.example.co.uk/", trusted=("https://example.co.uk",)),
    Server("glob-unescaped", dynamic(matches("^" + "https://*.example.com".replace("*", ".*") + "$")), labels("origin-suffix-allowed:high")),
    Server("worker-pages-dev", dynamic(lambda o: o.endswith(".pages.dev")), labels("hosting-origin-allowed:high insecure-origin-allowed:medium"), trusted=("https://shop.pages.dev",)),
    Server("vercel-team-previews", dynamic(matches(r"^https://shop-[a-z0-9-]+-acme\.vercel\.app$")), labels("hosting-origin-allowed:high"), trusted=("https://shop-git-main-acme.vercel.app",)),
    Server("heroku-review-apps", dynamic(matches(r"^https://shop-pr-\d+\.herokuapp\.com$")), labels("hosting-origin-allowed:high"), trusted=("https://shop-pr-12.herokuapp.com",)),
    Server("azure-slots", dynamic(matches(r"^https://shop(-[a-z]+)?\.azurewebsites\.net$")), labels("hosting-origin-allowed:high"), trusted=("https://shop.azurewebsites.net",)),
    Server("psl-library", dynamic(lambda o: o.startswith("https://") and (host(o) == "example.com" or host(o).endswith(".example.com"))), labels("subdomains-allowed:low port-ignored:low")),
    Server("angular-dev-left", dynamic(lambda o: o in (APP, "http://localhost:4200")), labels("localhost-allowed:low")),
    Server("localhost-8080-left", dynamic(lambda o: o in (APP, "http://localhost:8080")), labels("localhost-allowed:low")),
    Server("null-by-default", lambda asked: response([(ACAO, APP if asked.origin == APP else "null"), (ACAC, "true"), ("Vary", "Origin")]), labels("null-origin-allowed:high")),
    Server("play-any-sub-of-app", refusing(dynamic(matches(r"^https://([^/]*\.)?app\.example\.com$"))), labels("subdomains-allowed:low")),
    Server("port-split-off", dynamic(lambda o: ":".join(o.split(":")[:2]) == APP), labels("port-ignored:low")),
    Server("internal-grafana-reflect", dynamic(lambda _: True, credentials=False), labels("internal-host-open:medium"), url="http://grafana.internal:3000/api/health", trusted=()),
    Server("unknown-any-subdomain", dynamic(lambda o: o.startswith("https://") and o.endswith(".example.com")), labels("subdomains-allowed:low"), trusted=()),
    Server("unknown-contains", dynamic(lambda o: "example.com" in o), labels("origin-substring-allowed:high insecure-origin-allowed:medium"), trusted=()),
    Server("unknown-www-prefix", dynamic(matches(r"^https://(www\.)?example\.com")), labels("origin-prefix-allowed:high"), trusted=()),
    Server("login-wall-reflects", dynamic(lambda _: True, status=401, more=[("WWW-Authenticate", "Bearer")]), labels("any-origin-allowed:medium")),
    Server("encoding-only-vary-hit", dynamic(lambda o: o == APP, vary="never", more=[("Vary", "Accept-Encoding"), ("X-Cache", "HIT")]), labels("vary-origin-missing:medium")),
    Server("no-cache-no-vary", dynamic(lambda o: o == APP, vary="never", more=[("Cache-Control", "no-cache")]), labels("vary-origin-missing:low")),
    Server("preflight-starts-with", by_method(dynamic(lambda o: o.startswith(APP)), EXACT), labels("any-origin-may-write:medium")),
    Server("preflight-ends-with", by_method(dynamic(lambda o: o.endswith("example.com")), EXACT), labels("any-origin-may-write:medium")),
    Server("get-starts-with", by_method(EXACT, dynamic(lambda o: o.startswith(APP))), labels("origin-prefix-allowed:high")),
    Server("localhost-starts-with", dynamic(lambda o: o.startswith(LOCALHOST)), labels("port-ignored:low"), trusted=(LOCALHOST,)),
    Server("localhost-contains", dynamic(lambda o: "localhost" in o), labels("origin-substring-allowed:high"), trusted=(LOCALHOST,)),
    Server("loopback-v6-star", fixed((ACAO, "*")), labels("internal-host-open:medium"), url="http://[::1]:8080/api", trusted=()),
    Server("apex-ends-with", dynamic(matches(r"example.com$")), labels("origin-suffix-allowed:high insecure-origin-allowed:medium"), url="https://example.com/api", trusted=("https://www.example.com",)),
    Server("optional-port", dynamic(matches(r"^https://app\.example\.com(:8443)?$")), labels("port-ignored:low"), trusted=("https://app.example.com:8443",)),
    Server("http-redirects-to-reflecting", by_scheme(dynamic(lambda _: True), fixed(("Location", "https://api.example.com/items"), status=301)), labels("any-origin-allowed:high"), url="http://api.example.com/items"),
    Server("dot-co", dynamic(matches(r"^https://app\.example\.co")), labels("origin-prefix-allowed:high"), "https://api.example.co/", ("https://app.example.co",)),
    Server("shopify-ends", dynamic(lambda o: o.endswith(".myshopify.com")), labels("hosting-origin-allowed:high insecure-origin-allowed:medium"), trusted=("https://acme.myshopify.com",)),
    Server("shopify-pattern", dynamic(matches(r"^https://[a-z0-9-]+\.myshopify\.com$")), labels("hosting-origin-allowed:high"), trusted=("https://acme.myshopify.com",)),
    Server("blogspot", dynamic(matches(r"^https://.*\.blogspot\.(com|co\.uk|de)$")), labels("hosting-origin-allowed:high"), trusted=("https://shop.blogspot.com",)),
    Server("github-io-starts", dynamic(lambda o: o.startswith("https://shop.github.io")), labels("origin-prefix-allowed:high"), trusted=("https://shop.github.io",)),
    Server("github-io-dot", dynamic(matches(r"^https://shop.github.io$")), labels("origin-dot-unescaped:high"), trusted=("https://shop.github.io",)),
    Server("amplify-branches", dynamic(matches(r"^https://.*\.d123\.amplifyapp\.com$")), labels("subdomains-allowed:low"), trusted=("https://main.d123.amplifyapp.com",)),
    Server("subdomains-or-null", dynamic(lambda o: o == "null" or (o.startswith("https://") and o.endswith(".example.com"))), labels("null-origin-allowed:high subdomains-allowed:low")),
    Server("star-below-and-null", by_path(fixed((ACAO, "*")), dynamic(lambda o: o == "null", status=404)), labels("null-origin-allowed:medium")),
    Server("graphql-reflects", only_post(dynamic(lambda _: True)), labels("any-origin-may-write:medium"), url=GRAPHQL),
    Server("graphql-reflects-to-unknown", only_post(dynamic(lambda _: True)), labels("any-origin-may-write:medium"), url=GRAPHQL, trusted=()),
    Server("graphql-ends-with", only_post(dynamic(lambda o: o.endswith("example.com"))), labels("any-origin-may-write:medium any-origin-may-write:low"), url=GRAPHQL),
    Server("graphql-starts-with", only_post(dynamic(lambda o: o.startswith(APP))), labels("any-origin-may-write:medium"), url=GRAPHQL),
    Server("graphql-null", only_post(dynamic(lambda o: o in (APP, "null"))), labels("any-origin-may-write:medium"), url=GRAPHQL),
    Server("graphql-vercel", only_post(dynamic(lambda o: o == APP or o.endswith(".vercel.app"))), labels("any-origin-may-write:medium"), url=GRAPHQL),
    Server("graphql-localhost-starts-with", only_post(dynamic(lambda o: o == APP or o.startswith("http://localhost"))), labels("any-origin-may-write:medium"), url=GRAPHQL),
    Server("only-cookies-end-with", by_cookie(dynamic(lambda o: o.endswith("example.com")), fixed(("Vary", "Origin"))), labels("origin-suffix-allowed:high insecure-origin-allowed:medium")),
    Server("any-middle-com", dynamic(matches(r"^https://app\..*\.com$")), labels("origin-middle-ignored:high")),
    Server("render-api", dynamic(also(matches(r"^https://.*\.onrender\.com$"), APP)), labels("hosting-origin-allowed:high"), url="https://shop-api.onrender.com/items"),
    Server("railway-header", dynamic(also(matches(r"^https://.*\.up\.railway\.app$"), APP), more=[("X-Railway-Request-Id", "x")]), labels("hosting-origin-allowed:high")),
    Server("heroku-router", dynamic(also(lambda o: o.endswith(".herokuapp.com"), APP), more=[("Via", "1.1 heroku-router")]), labels("hosting-origin-allowed:high")),
    Server("contains-vercel", dynamic(lambda o: o == APP or "vercel.app" in o), labels("hosting-origin-allowed:high")),
    Server("loopback-and-extensions", dynamic(lambda o: o.startswith(("chrome-extension://", "moz-extension://", "http://127.0.0.1"))), labels("extension-origin-allowed:low localhost-allowed:low origin-prefix-allowed:high"), trusted=()),
    Server("supabase-letters", dynamic(matches(r"^https://[a-z]+\.supabase\.co$")), labels("hosting-origin-allowed:high"), trusted=("https://acme.supabase.co",)),
    Server("railway-services", dynamic(matches(r"^https://acme-production-\w+\.up\.railway\.app$")), labels("hosting-origin-allowed:high"), trusted=("https://acme-production-ab12.up.railway.app",)),
    Server("optional-www-dot", dynamic(matches(r"^https://(www.)?example\.com$")), labels("origin-dot-unescaped:high"), trusted=("https://example.com",)),
    Server("any-two-letter-tld", dynamic(matches(r"^https://app\.example\.[a-z]{2}$")), labels("origin-tld-ignored:high"), trusted=("https://app.example.de",)),
)  # fmt: skip

RIGHT: Final = (
    Server("graphql-exact", only_post(EXACT), url=GRAPHQL),
    Server("graphql-public", only_post(fixed((ACAO, "*"), ("Access-Control-Allow-Methods", "POST"), ("Access-Control-Allow-Headers", "*"))), url=GRAPHQL),
    Server("graphql-to-unknown", only_post(fixed()), url=GRAPHQL, trusted=()),
    Server("only-cookies-exact", by_cookie(EXACT, fixed(("Vary", "Origin")))),
    Server("render-exact", EXACT, url="https://shop-api.onrender.com/items"),
    Server("own-tlds", dynamic(matches(r"^https://app\.example\.(com|net|org)$"))),
    Server("apex-dot-unescaped", dynamic(matches(r"^https://example.com$")), trusted=("https://example.com",)),
    Server("express-list-or-none", lambda asked: response([(ACAO, "*")]) if asked.origin is None else EXACT(asked)),
    Server("tower-list", dynamic(lambda o: o == APP, vary="never", more=[("vary", "origin, access-control-request-method, access-control-request-headers")])),
    Server("partner-list", dynamic(lambda o: o in (APP, "https://shop.partner.org")), trusted=(APP, "https://shop.partner.org")),
    Server("public-token-api", fixed((ACAO, "*"), ("Access-Control-Allow-Headers", "Authorization, Content-Type"), ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"), ("Access-Control-Max-Age", "86400"))),
    Server("waf-challenge", challenge),
    Server("waf-words", firewall),
    Server("cached-with-vary", dynamic(lambda o: o == APP, more=[("Age", "40"), ("Cache-Control", "public, max-age=60"), ("X-Cache", "HIT")])),
    Server("vary-with-encoding", dynamic(lambda o: o == APP, vary="never", more=[("Vary", "Accept-Encoding"), ("Vary", "Origin")])),
    Server("ollama", dynamic(matches(r"^https?://(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?$|^(app|file|tauri)://"), credentials=False), url="http://localhost:11434/api/tags", trusted=()),
    Server("dev-pair", dynamic(lambda o: o == "http://localhost:3000"), url="http://localhost:8080/items", trusted=("http://localhost:3000",)),
    Server("intranet-http-trusted", dynamic(lambda o: o == "http://intranet.example.com"), trusted=("http://intranet.example.com",)),
    Server("idn-exact", dynamic(lambda o: o == "https://xn--mnchen-3ya.de"), trusted=("https://xn--mnchen-3ya.de",)),
    Server("apollo-studio", dynamic(lambda o: o in (APP, "https://studio.apollographql.com"))),
    Server("own-extension", dynamic(lambda o: o in (APP, "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh"))),
    Server("deploy-previews", dynamic(also(matches(r"^https:\/\/deploy-preview-\d+--shop\.netlify\.app$"), "https://shop.netlify.app")), trusted=("https://shop.netlify.app",)),
    Server("github-io-exact", dynamic(lambda o: o == "https://shop.github.io"), trusted=("https://shop.github.io",)),
    Server("static-default-port", fixed((ACAO, "https://app.example.com:443"), (ACAC, "true"))),
    Server("static-upper-case", fixed((ACAO, "https://APP.example.com"), (ACAC, "true"))),
    Server("credentials-twice", dynamic(lambda _: True, more=[(ACAC, "true")])),
    Server("reflects-and-star", dynamic(lambda _: True, more=[(ACAO, "*")])),
    Server("ruby-multiline", dynamic(lambda o: re.search(r"(?m)^https://app\.example\.com$", o) is not None)),
    Server("by-path-public-and-exact", by_path(fixed((ACAO, "*")), EXACT)),
    Server("public-everywhere", lambda asked: fixed((ACAO, "*"))(asked) if asked.path == "/items" else response([(ACAO, "*")], 404)),
    Server("login-redirect", fixed(("Location", "https://login.example.com/?next=/items"), ("Vary", "Origin"), status=302)),
    Server("spa-fallback", lambda asked: EXACT(asked) if asked.path == "/items" else response([("Content-Type", "text/html")])),
    Server("only-subresource-fonts", lambda _: response([(ACAO, "*"), ("Cache-Control", "public, max-age=31536000"), ("Content-Type", "font/woff2"), ("Age", "100")])),
    Server("apps-of-capacitor-and-tauri", dynamic(lambda o: o in (APP, "capacitor://localhost", "tauri://localhost"))),
    Server("http-exact-http-site", dynamic(lambda o: o == "http://app.example.com"), url="http://api.example.com/items", trusted=("http://app.example.com",)),
    Server("options-405", by_method(fixed(("Allow", "GET"), status=405), EXACT)),
    Server("star-on-get-exact-on-options", by_method(EXACT, fixed((ACAO, "*")))),
    Server("review-apps-of-own-domain", dynamic(matches(r"^https://app-[0-9a-z]+\.example\.com$")), trusted=("https://app-pr12.example.com",)),
    Server("two-letter-locales", dynamic(matches(r"^https://[a-z]{2}\.example\.com$")), trusted=("https://de.example.com",)),
    Server("default-port-spelled", dynamic(matches(r"^https://(?:app|admin)\.example\.com(?::443)?$"))),
    Server("app-and-localhost-trusted", dynamic(lambda o: o in (APP, LOCALHOST)), trusted=(APP, LOCALHOST)),
    Server("apex-and-www", dynamic(matches(r"^https://(www\.)?example\.com$")), url="https://example.com/api", trusted=("https://www.example.com",)),
    Server("named-and-star", fixed((ACAO, f"{APP}, *"), (ACAC, "true"))),
    Server("strips-www", dynamic(lambda o: o.replace("www.", "") == "https://example.com"), trusted=("https://example.com",)),
    Server("json-config-star-string", fixed((ACAO, "[*]"), (ACAC, "true"))),
    Server("echo-only-known-path", by_path(EXACT, fixed(("Vary", "Origin"), status=404))),
    Server("options-star-get-reflect-nocred", by_method(fixed((ACAO, "*")), dynamic(lambda _: True, credentials=False))),
    Server("trusted-refused", dynamic(lambda o: o == OTHER)),
    Server("trusted-refused-sloppy", dynamic(lambda o: o.startswith(OTHER))),
    Server("region-tlds", dynamic(matches(r"^https://app\.example\.(de|at|ch|com)$")), trusted=("https://app.example.de",)),
    Server("numeric-subdomains", dynamic(matches(r"^https://\d+\.apps\.example\.com$")), trusted=("https://123.apps.example.com",)),
)  # fmt: skip

RARE: Final = (
    Server("django-railway", dynamic(also(matches(r"^https://.*\.up\.railway\.app$"), APP)), labels("hosting-origin-allowed:high")),
    Server("django-private-ten", dynamic(matches(r"^https://.*\.example\.com$|^http://10\.\d+\.\d+\.\d+$")), labels("subdomains-allowed:low private-address-allowed:low")),
    Server("rack-cors-readme", dynamic(matches(r"^[a-z][a-z0-9.+-]*://(app\.example\.com|localhost:3000|127\.0\.0\.1:3000)$|^http://192\.168\.0\.\d{1,3}(:\d+)?$")), labels("insecure-origin-allowed:medium localhost-allowed:low private-address-allowed:low")),
    Server("any-cloudfront", dynamic(also(matches(r"^https://[a-z0-9]+\.cloudfront\.net$"), APP)), labels("hosting-origin-allowed:high")),
    Server("ngrok", dynamic(also(matches(r"\.ngrok(-free)?\.(app|io)$"), APP)), labels("hosting-origin-allowed:high")),
)  # fmt: skip
"""Servers with a mistake that a budget of 80 finds, and the default one finds at most in part."""
