"""data: URLs, and the blob: URL that a page of a flow has just made. https://fetch.spec.whatwg.org/#data-url-processor"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import Request
from corsdoctor.fetch.safelist import parse_mime_type, serialize_mime_type
from corsdoctor.rule import FETCH, Failure, Rule
from corsdoctor.scenario import Api
from corsdoctor.url import percent_decode
from corsdoctor.wire import Headers, Response

DATA_URL_PARSES = Rule(
    id="data-url-parses",
    title="The data: URL is valid",
    failure=Failure("The data: URL is invalid: `{url}`", bare="The data: URL is invalid"),
    spec=f"{FETCH}#data-url-processor",
    step="7, 11",
    what="A data: URL has a comma before its data. With `;base64`, the data must be valid base64.",
    why="Otherwise there is nothing to load.",
    fix="Correct the URL in the script: data:TYPE,TEXT or data:TYPE;base64,TEXT.",
    bad='fetch("data:text/plain")',
    good='fetch("data:text/plain,hello")',
)
BLOB_IS_READ = Rule(
    id="blob-url-is-read",
    title="The method for a blob: URL is GET",
    failure=Failure(
        "A blob: URL can only be requested with GET, but the method is {method}",
        bare="A blob: URL can only be requested with GET",
    ),
    spec=f"{FETCH}#concept-scheme-fetch",
    step="3",
    what="A blob: URL names a Blob that the page itself has made, so the only method is GET.",
    why="There is no server that could do anything else.",
    fix="Use GET.",
    bad='fetch(URL.createObjectURL(blob), {method: "POST"})',
    good="fetch(URL.createObjectURL(blob))",
)
RULES: Final = (DATA_URL_PARSES, BLOB_IS_READ)


def blob_url_response(profile: Profile) -> Response:
    """https://fetch.spec.whatwg.org/#concept-scheme-fetch, 3."""
    lines = [("Content-Length", "2"), ("Content-Type", "")]
    if profile.blob_urls_have_referrer_policy:
        lines.append(("Referrer-Policy", ""))
    return Response(200, Headers(tuple(lines)), "OK", body=b"ok")


def data_url_response(request: Request, profile: Profile) -> Response | None:
    """The contents of a data: URL, or None if it is invalid. https://fetch.spec.whatwg.org/#data-url-processor"""
    kind, comma, data = request.url.href.split("#", 1)[0].removeprefix("data:").partition(",")  # 2. to 7.
    if not comma:
        return None
    kind = kind.strip(" ")
    body = percent_decode(data)  # 10.
    if kind.lower().endswith("base64") and kind[:-6].rstrip(" ").endswith(";"):  # 11.
        kind = kind[:-6].rstrip(" ")[:-1]
        text = re.sub(rb"[\t\n\f\r ]", b"", body)
        stripped = text.removesuffix(b"==" if text.endswith(b"==") else b"=") if len(text) % 4 == 0 else text
        if len(stripped) % 4 == 1 or re.fullmatch(rb"[A-Za-z0-9+/]*", stripped) is None:
            return None
        body = b64decode(stripped + b"=" * (-len(stripped) % 4))
    if kind.startswith(";"):  # 12.
        kind = f"text/plain{kind}"
    record = parse_mime_type(kind) or ("text/plain", {"charset": "US-ASCII"})  # 13., 14.
    headers = Headers((("Content-Type", serialize_mime_type(*record)),))
    if profile.data_url_has_length and request.api is Api.FETCH:
        headers = headers.append("Content-Length", str(len(body)))
    return Response(200, headers, "OK", body=body)
