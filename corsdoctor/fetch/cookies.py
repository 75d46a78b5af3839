"""Why a browser does not store a cookie that a response sets. What each browser does is recorded in tests/conformance/cookies.jsonl.

https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
Left out: what a user has set, and the cookies that browsers discard for their size or number.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.network import includes_credentials
from corsdoctor.fetch.request import Request
from corsdoctor.rule import Cause, Failure
from corsdoctor.url import (
    is_potentially_trustworthy,
    registrable_domain,
    same_site,
    schemelessly_same_site,
)
from corsdoctor.wire import Headers

_NOT: Final = "The browser does not store the cookie `{cookie}`"
NOT_KEPT = Cause(
    "not-kept",
    "Browsers discard the cookies of a response to a request without credentials.",
    fix='Send the request with credentials: "include".',
    failure=Failure(f"{_NOT}, because the request was made without credentials"),
)
WRONG_DOMAIN = Cause(
    "wrong-domain",
    "The Domain attribute must be the host of the URL or a domain above it that can be registered.",
    fix="Remove the Domain attribute, or set it to the host of the URL or to a domain above it.",
    failure=Failure(f"{_NOT}: its Domain attribute is not the host of the URL, nor a domain above it"),
)
WRONG_PREFIX = Cause(
    "wrong-prefix",
    "A cookie whose name starts with __Secure- requires Secure, and one with __Host- also Path=/ and no Domain.",
    fix="Set the cookie with Secure, and if its name starts with __Host-, also with Path=/ and without Domain.",
    failure=Failure(f"{_NOT}: it lacks an attribute that the prefix of its name requires, or has a forbidden one"),
)
NOT_OVER_HTTPS = Cause(
    "not-over-https",
    "Browsers accept a Secure cookie only over https. Chromium and Firefox make an exception for localhost.",
    fix="Serve the URL over https. On a development server without https, omit Secure and SameSite=None.",
    failure=Failure(f"{_NOT}: it is Secure, and the URL is not https"),
)
DELETED = Cause(
    "deleted",
    "A Max-Age of 0 or less, or an Expires in the past, deletes the cookie.",
    fix="If the cookie is meant to stay, set Max-Age or Expires to a later time.",
    failure=Failure("The response deletes the cookie `{cookie}`"),
)
NOT_SECURE = Cause(
    "not-secure",
    "SameSite=None requires Secure.",
    fix="Set the cookie with Secure too.",
    failure=Failure(f"{_NOT}: SameSite=None requires Secure"),
)
PARTITION_NOT_SECURE = Cause(
    "partition-not-secure",
    "Partitioned requires Secure.",
    fix="Set the cookie with Secure too.",
    failure=Failure(f"{_NOT}: Partitioned requires Secure"),
)
_SET: Final = "Set the cookie with SameSite=None; Secure; Partitioned."
LAX_BY_DEFAULT = Cause(
    "lax-by-default",
    "A cookie without SameSite counts as SameSite=Lax, which excludes it from cross-site requests.",
    fix=_SET,
    failure=Failure(f"{_NOT}: without SameSite it counts as SameSite=Lax, and the request is cross-site"),
)
STRICT_OR_LAX = Cause(
    "strict-or-lax",
    "SameSite=Lax and SameSite=Strict exclude the cookie from cross-site requests.",
    fix=_SET,
    failure=Failure(f"{_NOT}: its SameSite attribute excludes cross-site requests"),
)
THIRD_PARTY = Cause(
    "third-party",
    "Third-party cookies are blocked, whatever their attributes are.",
    fix="For Safari, serve the API from the page's own site, or let the page's own server forward the requests.",
    failure=Failure(f"{_NOT}: the request is cross-site, and third-party cookies are blocked"),
)
CAUSES: Final = (
    NOT_KEPT, WRONG_DOMAIN, WRONG_PREFIX, NOT_OVER_HTTPS, DELETED, NOT_SECURE, PARTITION_NOT_SECURE, LAX_BY_DEFAULT,
    STRICT_OR_LAX, THIRD_PARTY,
)  # fmt: skip
_NEVER_LATER: Final = 86_400.0
"""An Expires up to a day after 1970 began is in the past, whatever the time is."""


def why_not_stored(request: Request, line: str, headers: Headers, profile: Profile) -> Cause | None:
    """Why the browser does not store the cookie of this Set-Cookie line; None if it does."""
    if not includes_credentials(request):
        return NOT_KEPT
    name = line.partition(";")[0].partition("=")[0].strip()
    attributes = {
        key.strip().lower(): value.strip() for key, _, value in (part.partition("=") for part in line.split(";")[1:])
    }
    host, secure, rules = request.url.host, "secure" in attributes, profile.cookies
    if not _domain_matches(attributes.get("domain", ""), host):
        return WRONG_DOMAIN
    if secure and not (is_potentially_trustworthy(request.url.origin) if rules.secure_on_loopback else _https(request)):
        return NOT_OVER_HTTPS
    if rules.prefixes_count and not _prefix_holds(name, attributes):
        return WRONG_PREFIX
    if _is_expired(attributes, headers):
        return DELETED
    site = attributes.get("samesite", "").lower()
    if site == "none" and not secure and rules.none_requires_secure:
        return NOT_SECURE
    if "partitioned" in attributes and not secure and rules.none_requires_secure:
        return PARTITION_NOT_SECURE
    same = same_site if rules.sites_have_schemes else schemelessly_same_site
    if same(request.origin, request.url.origin):
        return None
    if rules.third_party_blocked:
        return THIRD_PARTY
    if site in ("lax", "strict"):
        return STRICT_OR_LAX
    return LAX_BY_DEFAULT if site != "none" and rules.lax_by_default else None


def _https(request: Request) -> bool:
    return request.url.scheme == "https"


def _domain_matches(domain: str, host: str) -> bool:
    """Whether the host may set cookies for `domain`: its own, or a parent domain that is not a public suffix."""
    domain = domain.removeprefix(".").lower()
    if domain in ("", host):
        return True
    return host.endswith(f".{domain}") and registrable_domain(domain) is not None


def _prefix_holds(name: str, attributes: dict[str, str]) -> bool:
    lower = name.lower()
    if lower.startswith("__host-"):
        return "secure" in attributes and attributes.get("path") == "/" and not attributes.get("domain")
    return "secure" in attributes or not lower.startswith("__secure-")


def _is_expired(attributes: dict[str, str], headers: Headers) -> bool:
    """By the Date of the response, because nothing here knows a clock."""
    age = attributes.get("max-age")
    if age is not None and age.removeprefix("-").isdecimal():
        return int(age) <= 0
    expires, now = _seconds(attributes.get("expires")), _seconds(headers.get("Date"))
    return expires is not None and expires <= (_NEVER_LATER if now is None else now)


def _seconds(date: str | None) -> float | None:
    from email.utils import parsedate_to_datetime  # what a cookie without a date need not load

    try:
        return None if date is None else parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
