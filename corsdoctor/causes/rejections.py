"""What a status code of 400 to 599 says about the request itself: which part of it the server rejects."""

from __future__ import annotations

from typing import Final

from corsdoctor.record import Record

METHOD_REJECTED: Final = frozenset({405, 501})
"""The status codes that reject the method."""
GATEWAY: Final = frozenset({502, 503, 504, *range(520, 528), 530})
"""Those of a gateway that has no answer from the server behind it; Cloudflare has its own."""


class Rejection(Record):
    """What a status says about the request, what to do, and the request header that it is about, if any."""

    text: str
    fix: str
    header: str = ""


REJECTIONS: Final = {
    402: Rejection("requires a payment", "Check the plan and the quota of your account with this API."),
    406: Rejection("has nothing that the Accept header of the request allows", "Correct the Accept header of the request.", "Accept"),
    411: Rejection("requires a Content-Length header", "Send the body as a string or a Blob: browsers do not know the length of a ReadableStream."),
    412: Rejection("finds that a condition of the request, such as If-Match, is not met", "Read the resource again, and send its current ETag."),
    415: Rejection("does not accept the Content-Type of the request", "Send the body in a type that the API accepts, and name that type in Content-Type.", "Content-Type"),
    416: Rejection("does not have the range that the request asks for", "Correct the Range header of the request.", "Range"),
    428: Rejection("requires a condition, such as If-Match", "Read the resource first, and send its ETag in If-Match."),
    451: Rejection("does not offer this for legal reasons, often by country", "Ask the operator of the server."),
}  # fmt: skip
"""By status code; each text continues “The server ...”."""
