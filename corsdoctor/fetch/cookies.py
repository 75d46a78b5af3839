"""Why a browser does not store a cookie that a response sets, or does not send one that it has.

cookie_jar.py decides. What each browser does is recorded in tests/conformance/cookies.jsonl.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.rule import Cause, Failure

_NOT: Final = "The browser does not store the cookie `{cookie}`"
NOT_KEPT = Cause(
    "not-kept",
    "A request without credentials carries no cookies, and browsers discard those of its response.",
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
    fix="Serve the API from the page's own site, or let the page's own server forward the requests.",
    failure=Failure(f"{_NOT}: the request is cross-site, and third-party cookies are blocked"),
)
INVALID = Cause(
    "invalid",
    "A cookie has a name or a value, no control characters, and at most 4,096 bytes.",
    fix="Remove control characters from the cookie, or make it shorter.",
    failure=Failure(f"{_NOT}: it is empty, too long, or has a control character"),
)
HTTP_ONLY = Cause(
    "http-only",
    "Scripts can neither set nor read an HttpOnly cookie.",
    fix="Let the server set the cookie, or omit HttpOnly.",
    failure=Failure(f"{_NOT}, because a script set it and the cookie is HttpOnly"),
)
SECURE_STAYS = Cause(
    "secure-stays",
    "A response over http cannot replace a Secure cookie.",
    fix="Set the cookie over https.",
    failure=Failure(f"{_NOT}: a Secure cookie of this name exists, and the URL is not https"),
)
SECURE_ONLY = Cause("secure-only", "A Secure cookie goes only to https URLs.", fix="Request the https URL.")
OTHER_PARTITION = Cause(
    "other-partition",
    "The cookie was set in the partition of another top-level page, and browsers send it only there.",
    fix="Set the cookie again while the user is on this page's site, or serve the API from the page's own site.",
)
CAUSES: Final = (
    NOT_KEPT, WRONG_DOMAIN, WRONG_PREFIX, NOT_OVER_HTTPS, DELETED, NOT_SECURE, PARTITION_NOT_SECURE, LAX_BY_DEFAULT,
    STRICT_OR_LAX, THIRD_PARTY, INVALID,
)  # fmt: skip
"""Why the cookie of a response is not stored."""
OF_FLOWS: Final = (HTTP_ONLY, SECURE_STAYS, SECURE_ONLY, OTHER_PARTITION)
"""What beside these can keep a cookie from being stored or sent, where a browser has others already."""
REFUSALS: Final = {cause.id: cause for cause in (*CAUSES, *OF_FLOWS)}
"""All of them, by id."""
UNSENT: Final = {
    NOT_KEPT.id: "the request is made without credentials",
    SECURE_ONLY.id: "it is Secure, and the URL is not https",
    OTHER_PARTITION.id: "it was set in the partition of another top-level page",
    THIRD_PARTY.id: "the request is cross-site, and third-party cookies are blocked",
    STRICT_OR_LAX.id: "its SameSite attribute excludes cross-site requests",
    LAX_BY_DEFAULT.id: "without SameSite it counts as SameSite=Lax, and the request is cross-site",
}
"""Why a cookie that the browser has is not sent, by the id of the cause."""
