"""Opaque response blocking, as far as headers decide it: which responses it withholds from elements that load them without CORS.

https://github.com/annevk/orb
"""

from __future__ import annotations

import json
from typing import Final

from corsdoctor.fetch.headers import determine_nosniff
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams
from corsdoctor.fetch.safelist import extract_mime_type
from corsdoctor.rule import Cause, Failure, Rule
from corsdoctor.url import same_origin
from corsdoctor.wire import Response

JAVASCRIPT_TYPES: Final = frozenset(
    f"{kind}/{name}"
    for kind in ("application", "text")
    for name in ("ecmascript", "javascript", "x-ecmascript", "x-javascript")
) | {f"text/javascript1.{n}" for n in range(6)} | {"text/jscript", "text/livescript"}  # fmt: skip
NEVER_SNIFFED_TYPES: Final = frozenset(
    [
        "application/gzip",
        "application/msexcel",
        "application/mspowerpoint",
        "application/msword",
        "application/msword-template",
        "application/pdf",
        "application/vnd.apple.mpegurl",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.ms-word",
        "application/x-protobuf",
        "application/x-gzip",
        "application/zip",
        "audio/mpegurl",
        "multipart/byteranges",
        "multipart/signed",
        "text/event-stream",
        "text/csv",
        "text/vtt",
    ]
)
_SAFE_TYPES: Final = JAVASCRIPT_TYPES | {"text/css", "image/svg+xml"}
_NOT_SNIFFED: Final = frozenset({"text/css", "image/svg+xml", "application/ogg", "application/dash+xml"})
"""What is believed, beside audio and video."""
DATA_BODY = Cause(
    "data-body",
    "The body of the response is a page or data, such as HTML or JSON, and not what the element loads.",
    fix="Open the URL to see what the server returns: often it is an error page, or the start page of an application. To load "
    "data, use fetch(), and make the server allow the page's origin.",
    failure=Failure(
        "Opaque response blocking (ORB) withholds {response}: its Content-Type is `{value}`, and its body is a page or data"
    ),
)
ORB_ALLOWS = Rule(
    id="opaque-response-not-blocked",
    title="A response loaded without CORS is not data",
    failure=Failure(
        "Opaque response blocking (ORB) withholds {response}: its Content-Type is `{value}`",
        missing="Opaque response blocking (ORB) withholds {response}: it is partial content without a Content-Type",
        bare="Opaque response blocking (ORB) withholds {response}",
        remark="is withheld by opaque response blocking (ORB)",
    ),
    spec="https://github.com/annevk/orb",
    step="",
    what="Chromium and Firefox withhold HTML, JSON, XML, PDF, event streams and similar data from elements that "
    "load them without CORS (opaque response blocking, net::ERR_BLOCKED_BY_ORB).",
    why="An image or script of another site does not need such data, and a page could read it from memory.",
    fix="Make the server send the Content-Type of what the element loads. Or use mode cors and allow the origin.",
    bad="Content-Type: application/json\nX-Content-Type-Options: nosniff (for an image)",
    good="Content-Type: image/png",
    causes=(DATA_BODY,),
)


def orb_allows(end: FetchEnd, response: Response, params: FetchParams) -> bool:
    """Whether the element gets the response. https://github.com/annevk/orb"""
    own = same_origin(end.request.origin, end.request.url.origin)
    if end.ended is not Ended.OPAQUE or (own and params.profile.orb_spares_own_origin):
        return True
    record = extract_mime_type(response.headers, params.profile)
    essence = record[0] if record is not None else ""
    plain = essence == "text/plain" and params.profile.orb_blocks_plain_text
    data = plain or essence == "text/html" or essence.endswith(("/json", "+json", "/xml", "+xml"))
    data = data and essence != "image/svg+xml"
    never_sniffed = essence in NEVER_SNIFFED_TYPES and params.profile.orb_blocks_never_sniffed
    partial = response.status == 206 and params.profile.orb_blocks_partial and not _is_first_part(response, essence)
    if never_sniffed or partial or (data and determine_nosniff(response.headers) and params.profile.orb_blocks_nosniff):
        params.trace.failed(ORB_ALLOWS, (("Content-Type", response.headers.get("Content-Type") or ""),))
        return False
    if _is_refused_for_body(end, response, essence, params):
        params.trace.failed(ORB_ALLOWS, (("Content-Type", response.headers.get("Content-Type") or ""),), DATA_BODY)
        return False
    return True


def _is_refused_for_body(end: FetchEnd, response: Response, essence: str, params: FetchParams) -> bool:
    """Whether the body decides, and is a page or data. Without a Content-Type, no browser looks at it."""
    from corsdoctor.fetch.orb_sniffing import begins_with_tag, is_page_or_data  # what a fetch() need not load

    if not essence or essence in _NOT_SNIFFED or essence.startswith(("audio/", "video/")):
        return False
    if params.profile.orb_sniffs_body and is_page_or_data(response.body):
        return True
    if end.request.destination != "script" or not params.profile.orb_parses_scripts:
        return False
    if determine_nosniff(response.headers) or essence in _SAFE_TYPES or essence.startswith("image/"):
        return False
    from corsdoctor.fetch.integrity import is_whole  # what a plain check need not load

    return (
        begins_with_tag(response.body)
        or is_page_or_data(response.body)
        or (is_whole(response) and is_json(response.body))
    )


def is_json(body: bytes) -> bool:
    """Whether a body is JSON by RFC 8259."""
    try:
        json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity, which Python would accept


def _is_first_part(response: Response, essence: str) -> bool:
    """Whether opaque response blocking accepts a response with status 206: because of its type, or as the first part."""
    return essence in _SAFE_TYPES or (response.headers.get("Content-Range") or "").startswith("bytes 0-")
