"""What a capture holds beside the requests that were judged."""

from __future__ import annotations

from collections.abc import Sequence

from corsdoctor.captures.group import Captured
from corsdoctor.captures.har import Har, Unreadable
from corsdoctor.record import Record


class Summary(Record):
    """How many entries a capture has, how many requests were judged, and how many entries are of requests without CORS.

    `hides` says what its recorder leaves out, in a sentence; None if nothing.
    """

    entries: int
    judged: int
    not_cors: int
    unreadable: tuple[Unreadable, ...]
    hides: str | None


def summary(har: Har, requests: Sequence[Captured], judged: int) -> Summary:
    """What `har` holds; `requests` are those that CORS concerns, of which `judged` were chosen."""
    concerned = sum(len(request.entries) for request in requests)
    broken = sum(one.entry is not None for one in har.unreadable)
    return Summary(har.count, judged, har.count - concerned - broken, tuple(har.unreadable), har.hides)
