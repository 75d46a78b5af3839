"""Whether a URL is a login: by the hosts of identity providers, by words of the path, by the query of OAuth and SAML."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.pattern import Pattern
from corsdoctor.rule import Cause
from corsdoctor.url import URL, parse, percent_decode

_PROVIDERS: Final = Pattern(
    r"(?:^|\.)(?:accounts\.google\.com|appleid\.apple\.com|login\.(?:microsoftonline|live|windows|salesforce|yahoo)\.(?:com|net|us|cn)"
    r"|b2clogin\.com|ciamlogin\.com|okta(?:preview|-emea)?\.com|auth0\.com|amazoncognito\.com|cloudflareaccess\.com"
    r"|onelogin\.com|ping(?:one|identity)\.(?:com|eu)|duosecurity\.com|workos\.com|authkit\.app|clerk\.accounts\.dev"
    r"|fusionauth\.io|kinde\.com|logto\.app|stytch\.com|zitadel\.cloud|jumpcloud\.com|id\.atlassian\.com|descope\.(?:com|io)"
    r"|signin\.aws\.amazon\.com|awsapps\.com|gateway\.zs(?:caler\w*|cloud)\.net|auth\.tunnels\.api\.visualstudio\.com|authelia\.com|oauth\.yandex\.\w+)$"
)
_HOST_WORDS: Final = frozenset(
    {
        "adfs", "auth", "authelia", "authentik", "cas", "idp", "keycloak", "login", "logon", "oauth", "oidc", "okta", "passport", "saml",
        "signin", "sso",
    }
)  # fmt: skip
_SURE: Final = Pattern(
    r"^(?:log[-_]?[io]n|sign[-_]?in|login\.\w+|wp-login\.php|signin\.\w+|logon\.\w+|sso|saml2?|adfs|authorize|authenticate|oauth2?|openid(?:-connect)?|oidc"
    r"|anmelden|anmeldung|einloggen|connexion|se-connecter|iniciar-sesion|accedi|entrar|inloggen|zaloguj|auth-?login|login-?(?:page|form)|user-?login|do-?login|loginpage|sign_in_with.*)$"
)
_WEAK: Final = frozenset(
    {"auth", "cas", "idp", "session", "sessions", "accounts", "identity", "realms", "dana-na", "unauthorized"}
)
_WEAK_HOSTS: Final = frozenset({"account", "accounts", "iam", "id", "identity", "my"})
_PORTALS: Final = frozenset({"captive", "captiveportal", "guest", "hotspot", "portal", "userportal", "wifi"})
"""Words of pages on which a network asks who its users are, if they lead back to the URL that was requested."""
_IN_WORDS: Final = frozenset({"login", "signin", "sso", "goauthentik"})
_RETURNS: Final = frozenset(
    {
        "back", "backurl", "callback", "callbackurl", "client_id", "continue", "from", "goto", "next", "rd", "redirect", "redirect_to", "redirect_uri",
        "redirect_url", "redirecturl", "referer", "relaystate", "return", "return_path", "return_to", "return_url", "returnto", "returnurl",
        "samlrequest", "service", "state", "target", "to", "url",
    }
)  # fmt: skip

WEAKLY: Final = "weak"
"""How a login is known by words that other URLs have too."""


def is_login(first: str, last: str) -> bool:
    """Whether the URL `last`, to which the server redirected from `first`, is certainly a login."""
    source, target = parse(first), parse(last)
    return source is not None and target is not None and login(source, target) not in (None, WEAKLY)


def authorization(text: str | None) -> Cause | None:
    """The cause that the URL `text` is the authorization endpoint of a login service; None if it is not."""
    url = parse(text) if text is not None and _may_authorize(text.lower()) else None
    who = None if url is None else _service(url)
    if who is None:
        return None
    from corsdoctor.causes.known import CERTAIN, named  # what other URLs need not load

    said = f"The URL is the authorization endpoint of {who or 'a login service'}, where a user logs in: scripts cannot fetch it."
    return named("login-page", CERTAIN, said)


def _service(url: URL) -> str | None:
    """Whose authorization endpoint (RFC 6749, section 3.1) `url` is, "" if that is not known; None if it is none."""
    names = {part.partition("=")[0].lower() for part in url.query.split("&")}
    asks = names >= {"client_id", "response_type"}
    path = "/".join(_words(url))
    of_provider = path.endswith("authorize") and _PROVIDERS.compiled.search(url.host) is not None
    known = path.endswith(("auth", "authorize")) and _AUTHORIZATION.compiled.search(path) is not None
    if not (known or of_provider or (asks and not _OTHER_ENDPOINT.compiled.search(path))):
        return None
    return next((who for who, host, of_path in _SERVICES if re.search(host, url.host) and re.search(of_path, path)), "")


def _may_authorize(url: str) -> bool:
    """Whether `url`, in lower case, has what every authorization endpoint has in its URL, unless it is percent-encoded."""
    return "auth" in url or "response_type" in url or "%" in url


_AUTHORIZATION: Final = Pattern(
    r"(?:^|/)(?:oauth2?(?:/v\d(?:\.\d)?)?/authorize|openid-connect/auth|o/oauth2/(?:v2/)?auth|connect/authorize)$"
)
_OTHER_ENDPOINT: Final = Pattern(r"(?:token|userinfo|introspect|revoke|revocation|logout|certs|keys|par|device)$")
_SERVICES: Final = (
    ("Auth0", r"(?:^|\.)auth0\.com$", ""),
    ("Amazon Cognito", r"(?:^|\.)amazoncognito\.com$", ""),
    ("Microsoft Entra ID", r"(?:^|\.)(?:login\.microsoftonline\.(?:com|us)|b2clogin\.com|ciamlogin\.com)$", ""),
    ("Google", r"^accounts\.google\.com$", ""),
    ("Okta", r"(?:^|\.)okta(?:preview|-emea)?\.com$", ""),
    ("GitHub", r"^github\.com$", ""),
    ("Keycloak", "", r"realms/[^/]+/protocol/openid-connect/auth$"),
)
"""Login services by name, host and path."""


def _words(url: URL) -> list[str]:
    return [percent_decode(part).decode("utf-8", "replace").lower() for part in url.path.split("/") if part]


def login(source: URL, target: URL) -> str | None:
    """Whether the target is a login, and how that is known; what the source's own URL says does not count."""
    if source.host != target.host:
        if _PROVIDERS.compiled.search(target.host):
            return "provider"
        first = target.host.split(".")[0]
        weak = first in _WEAK_HOSTS or (first in _HOST_WORDS and first not in source.host.split("."))
    else:
        weak = False
    before = _words(source)
    new = [word for word in _words(target) if word not in before]
    if any(_SURE.compiled.match(word) for word in new):
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
        return "path" if names & _RETURNS else WEAKLY
    values = [percent_decode(part.partition("=")[2]).decode("utf-8", "replace").lower() for part in query]
    ends = (value.rstrip("/").rpartition("/")[2] for value in (*values, target.fragment.lower().partition("?")[0]))
    if any(_SURE.compiled.match(end) for end in ends):
        return "path"
    of_portal = source.host != target.host and any(word in _PORTALS for word in (*target.host.split("."), *new))
    return WEAKLY if of_portal and any(_leads_back(value, source) for value in values) else None


def _leads_back(value: str, source: URL) -> bool:
    """Whether the value of a query, in lower case, is the URL `source`, to which the user returns after the login."""
    url = parse(value) if value.startswith("http") and source.path != "/" else None
    return url is not None and url.path == source.path.lower()
