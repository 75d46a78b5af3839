"""The cause that a request is larger than the server accepts: its body, its headers or its URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.evidence import author, evidence, readable
from corsdoctor.causes.known import CERTAIN, READABLE, named
from corsdoctor.causes.marks import Means

if TYPE_CHECKING:
    from corsdoctor.causes.marks import Seen
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause


def too_large(seen: Situation) -> Cause:
    """What is too large, and where the limit is raised."""
    assert seen.response is not None
    what, fix = "request is larger", _raised(seen)
    if seen.response.status == _LONG_URL:
        what, fix = "URL is longer", _SHORTER_URL
    elif seen.response.status == _LARGE_HEADERS or any("header" in mark.value.lower() for mark in _larges(seen)):
        what, fix = "headers of the request are larger", _SMALLER_HEADERS
    text = f"The {what} than the server accepts.{author(seen)}{readable(seen)}"
    return named("too-large", CERTAIN, text, *evidence(seen, *(mark.words for mark in _larges(seen))), fix=fix)


def _raised(seen: Situation) -> str:
    """Where the limit is raised: in the software that the response names, or in all that is known."""
    whose = {mark.who for mark in seen.marks}
    limits = {who: setting for who, setting in _LIMITS.items() if who in whose} or _LIMITS
    settings = ", ".join(f"in {who}: {setting}" for who, setting in limits.items())
    return f"Raise the limit ({settings}), or send less. {READABLE}"


_LIMITS: Final = {
    "nginx": "client_max_body_size",
    "Apache": "LimitRequestBody",
    "IIS": "maxAllowedContentLength",
    "Express": "`limit` of express.json()",
}
"""The settings that limit the body of a request."""


def _larges(seen: Situation) -> list[Seen]:
    return [mark for mark in seen.marks if mark.means is Means.LARGE]


_LONG_URL: Final = 414
_LARGE_HEADERS: Final = 431
_SHORTER_URL: Final = (
    "Send the data in the body of a POST instead of the URL, or raise the limit (in nginx: large_client_header_buffers, in Node.js: "
    "--max-http-header-size)."
)
_SMALLER_HEADERS: Final = (
    "Send fewer or shorter headers: often cookies have grown, so delete those of the host. Or raise the limit (in nginx: "
    "large_client_header_buffers, in Node.js: --max-http-header-size)."
)
