"""The weaknesses that only a file shows. Those that a server shows too are in audit/weaknesses.py, with the same ids here."""

from __future__ import annotations

from typing import Final

from corsdoctor.audit.weaknesses import Weakness

NOT_INHERITED: Final = Weakness(
    "add-header-not-inherited", "Blocks with an add_header repeat the CORS headers", 1188,
    "In nginx, a block with an add_header of its own inherits none of the outer blocks, so the CORS headers are missing there.",
    "Responses from this block have no Access-Control-Allow-Origin header, so browsers block them.",
    "Repeat the CORS headers in this block, or put all add_header lines into one file and include it in both.",
)  # fmt: skip
NOT_ALWAYS: Final = Weakness(
    "add-header-without-always", "CORS headers are added to error responses too", 1188,
    "The server adds the CORS headers to successful responses only.",
    "A 401, 404 or 500 response looks like a CORS error to the page: its script cannot read the status or the message.",
    "Add `always`.",
)  # fmt: skip
SEVERAL_ORIGINS: Final = Weakness(
    "several-origins-in-value", "Access-Control-Allow-Origin has one origin", 1188,
    "The value of Access-Control-Allow-Origin is a list, but browsers accept one origin or *.",
    "No browser accepts the header, so no website can read the response.",
    "Compare the Origin header with the list on the server, and send back the one that matches, with Vary: Origin.",
)  # fmt: skip
