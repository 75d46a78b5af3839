"""Causes that a redirect shows by its Location, before it is followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.known import CERTAIN, LIKELY, TRUSTING, named
from corsdoctor.causes.marks import marks_of
from corsdoctor.causes.phrases import text_of
from corsdoctor.fetch.redirect import becomes_get
from corsdoctor.sentence import Sentence
from corsdoctor.url import URL, parse, percent_decode, same_origin

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause
    from corsdoctor.wire import Exchange

_PROVIDERS: Final = re.compile(
    r"(?:^|\.)(?:accounts\.google\.com|appleid\.apple\.com|login\.(?:microsoftonline|live|windows|salesforce|yahoo)\.(?:com|net|us|cn)"
    r"|b2clogin\.com|ciamlogin\.com|okta(?:preview|-emea)?\.com|auth0\.com|amazoncognito\.com|cloudflareaccess\.com"
    r"|onelogin\.com|ping(?:one|identity)\.(?:com|eu)|duosecurity\.com|workos\.com|authkit\.app|clerk\.accounts\.dev"
    r"|fusionauth\.io|kinde\.com|logto\.app|stytch\.com|zitadel\.cloud|jumpcloud\.com|id\.atlassian\.com|descope\.(?:com|io)"
    r"|signin\.aws\.amazon\.com|awsapps\.com|auth\.tunnels\.api\.visualstudio\.com|authelia\.com|oauth\.yandex\.\w+)$"
)
_HOST_WORDS: Final = frozenset(
    {
        "adfs", "auth", "authelia", "authentik", "cas", "idp", "keycloak", "login", "logon", "oauth", "oidc", "okta", "passport", "saml",
        "signin", "sso",
    }
)  # fmt: skip
_SURE: Final = re.compile(
    r"^(?:log[-_]?[io]n|sign[-_]?in|login\.\w+|wp-login\.php|signin\.\w+|logon\.\w+|sso|saml2?|adfs|authorize|authenticate|oauth2?|openid(?:-connect)?|oidc"
    r"|anmelden|anmeldung|einloggen|connexion|se-connecter|iniciar-sesion|accedi|entrar|inloggen|zaloguj|auth-?login|login-?(?:page|form)|user-?login|do-?login|loginpage|sign_in_with.*)$"
)
_WEAK: Final = frozenset(
    {"auth", "cas", "idp", "session", "sessions", "accounts", "identity", "realms", "dana-na", "unauthorized"}
)
_WEAK_HOSTS: Final = frozenset({"account", "accounts", "iam", "id", "identity", "my"})
_IN_WORDS: Final = frozenset({"login", "signin", "sso", "goauthentik"})
_RETURNS: Final = frozenset(
    {
        "back", "backurl", "callback", "callbackurl", "client_id", "continue", "from", "goto", "next", "rd", "redirect", "redirect_to", "redirect_uri",
        "redirect_url", "redirecturl", "referer", "relaystate", "return", "return_path", "return_to", "return_url", "returnto", "returnurl",
        "samlrequest", "service", "state", "target", "to", "url",
    }
)  # fmt: skip


_WEAKLY: Final = "weak"


def is_login(first: str, last: str) -> bool:
    """Whether the URL `last`, to which the server redirected from `first`, is certainly a login."""
    source, target = parse(first), parse(last)
    return source is not None and target is not None and _login(source, target) not in (None, _WEAKLY)


def of_redirect(seen: Situation) -> Cause | None:
    """What the Location of the response that was judged, or of the last redirect before it, says."""
    if not seen.redirects:
        return None
    hop = seen.redirects[-1]
    source, target = parse(hop.request.url), _target(hop)
    if source is None or target is None or not target.is_http:
        return None
    judged = seen.exchange is hop
    line = Sentence("Location: {location}", location=target.href)
    if source.host == target.host and _same_path(source, target):
        if source.scheme != target.scheme:
            return _other_scheme(seen, source, target, line)
        if source.path != target.path and same_origin(source.origin, target.origin) and judged:
            text = Sentence(
                "The server redirects to the same URL in another spelling: {url}. {what}.",
                url=target.href,
                what=_why_slash(seen),
            )
            fix = Sentence("Request {url}, exactly as the redirect spells it.", url=target.href)
            return named("slash-redirect", CERTAIN, text, line, fix=fix)
    login = _login(source, target)
    if login is not None:
        sure = login != _WEAKLY
        text = Sentence("The server redirects to a login: {url}. A script cannot log in there.", url=target.href)
        of_preflight = _LOGIN_OF_PREFLIGHT if seen.in_preflight else ""
        return named("login-redirect", CERTAIN if sure else LIKELY, text, line, fix=of_preflight)
    if source.host == target.host and source.scheme != target.scheme:
        return _other_scheme(seen, source, target, line)
    if not same_origin(source.origin, target.origin):
        where = "the redirect itself" if judged else "the response there"
        text = Sentence(
            "The server redirects to another origin ({target}), and {where} does not allow the page.",
            target=str(target.origin), where=where,
        )  # fmt: skip
        return named("cross-origin-redirect", CERTAIN, text, line)
    if not judged:
        return named(
            "after-redirect", LIKELY, "The response after the redirect has no Access-Control-Allow-Origin header.", line
        )
    if seen.in_preflight:
        return named(
            "redirected",
            CERTAIN,
            Sentence("The server redirects the preflight request to {url}.", url=target.href),
            line,
        )
    assert hop.response is not None  # it is a redirect
    if target.href == source.href and "Set-Cookie" in hop.response.headers:
        return named("bare-redirect", CERTAIN, _COOKIE_CHECK, line, fix=_COOKIE_FIX)
    text = Sentence(
        "The server redirects to {url}, and the redirect has no Access-Control-Allow-Origin header. Browsers check every redirect.",
        url=target.href,
    )
    return named("bare-redirect", CERTAIN, text, line)


_LOGIN_OF_PREFLIGHT: Final = (
    "Answer OPTIONS with 204 and the CORS headers, before authentication: browsers send no cookies with a preflight request. Return "
    "401 with the CORS headers to scripts that are not logged in, instead of a redirect to the login page."
)
_COOKIE_CHECK: Final = "The server sets a cookie and redirects to the same URL, where it expects the cookie."
_COOKIE_FIX: Final = (
    "Exempt the API's path from this check, or send the CORS headers with the redirect too and the request with `credentials: "
    '"include"`.'
)


def _target(hop: Exchange) -> URL | None:
    assert hop.response is not None  # or it would not be a redirect
    return parse(hop.response.headers.values("Location")[0], hop.request.url)


def spelled(hop: Exchange, id: str) -> str:
    """The URL as the redirect `hop` spells it, where `id` is the cause that it shows.

    An application that does not know that it is reached over https may not know the port either, so only the path of
    its Location counts.
    """
    source, target = parse(hop.request.url), _target(hop)
    assert source is not None
    assert target is not None  # or it would not be the cause
    text = target._replace(fragment="").on_the_wire
    return f"{source.origin}{text.removeprefix(str(target.origin))}" if id == "https-downgrade-redirect" else text


def _same_path(source: URL, target: URL) -> bool:
    """Whether the paths differ by slashes, by upper and lower case, or not at all."""
    first, second = (re.sub(r"/+", "/", url.path).rstrip("/").lower() for url in (source, target))
    return first == second


_DOWNGRADED: Final = (
    "The redirect leads from https to http: the application does not know that a proxy handles TLS for it."
)


def _other_scheme(seen: Situation, source: URL, target: URL, line: str) -> Cause:
    if source.scheme == "http":
        text = Sentence("The server redirects http to https: {url}.", url=target.href)
        fix = Sentence("Request {url} directly.", url=target.href)
        return named("https-upgrade-redirect", CERTAIN, text, line, fix=fix)
    id = "https-downgrade-redirect"
    fix = Sentence("Request {url}. {server}", url=spelled(seen.redirects[-1], id), server=trusting(seen))
    return named(id, CERTAIN, _DOWNGRADED, line, fix=fix)


def trusting(seen: Situation) -> str:
    """How the software that sent the redirect learns of https."""
    response = seen.redirects[-1].response
    assert response is not None
    marked = {mark.who for mark in marks_of(response, text_of(response))}
    settings = [text for who, text in TRUSTING.items() if who in marked] or TRUSTING.values()
    return Sentence(
        "To correct the redirect, make the application trust X-Forwarded-Proto from its proxy, which must "
        f"send it: {', '.join(settings)}."
    )


def _why_slash(seen: Situation) -> str:
    if seen.in_preflight:
        return "Browsers do not follow a redirect of a preflight request"
    refused = "Browsers check the redirect itself, and it does not allow the page"
    assert seen.exchange is not None  # it is a redirect
    assert seen.response is not None
    if not becomes_get(seen.exchange.request.method, seen.response.status):
        return refused
    return f"{refused}. If they followed it, they would send GET instead of {seen.exchange.request.method}"


def _words(url: URL) -> list[str]:
    return [percent_decode(part).decode("utf-8", "replace").lower() for part in url.path.split("/") if part]


def _login(source: URL, target: URL) -> str | None:
    """Whether the target is a login, and how that is known; what the source's own URL says does not count."""
    if source.host != target.host:
        if _PROVIDERS.search(target.host):
            return "provider"
        first = target.host.split(".")[0]
        weak = first in _WEAK_HOSTS or (first in _HOST_WORDS and first not in source.host.split("."))
    else:
        weak = False
    before = _words(source)
    new = [word for word in _words(target) if word not in before]
    if any(_SURE.match(word) for word in new):
        return "path"
    asked = set(source.query.split("&"))
    query = [part for part in target.query.split("&") if part and part not in asked]
    names = {part.partition("=")[0].lower() for part in query}
    if "samlrequest" in names or {"client_id", "redirect_uri"} <= names or "response_type" in names:
        return "query"
    if (
        weak
        or any(word in _WEAK for word in new)
        or any(word in _IN_WORDS for part in new for word in re.split(r"[^a-z0-9]+", part))
    ):
        return "path" if names & _RETURNS else _WEAKLY
    values = [percent_decode(part.partition("=")[2]).decode("utf-8", "replace").lower() for part in query]
    ends = (value.rstrip("/").rpartition("/")[2] for value in (*values, target.fragment.lower().partition("?")[0]))
    return "path" if any(_SURE.match(end) for end in ends) else None
