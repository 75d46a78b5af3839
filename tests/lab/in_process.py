"""The lab without sockets: answers from the table of scenes."""

from __future__ import annotations

from corsdoctor.lab.scene import Places
from corsdoctor.lab.scenes import find
from corsdoctor.url import parse
from corsdoctor.wire import (
    CLEAN,
    Answer,
    BodyEnd,
    FailureKind,
    Framing,
    Headers,
    Kind,
    NoAnswer,
    Response,
    Send,
    WireRequest,
)


def in_process(places: Places) -> Send:
    """A `send` that answers as the lab at `places` does."""

    def send(_kind: Kind, request: WireRequest) -> Answer:
        url = parse(request.url)
        assert url is not None
        if url.scheme == "https":
            return NoAnswer(FailureKind.TLS, "the lab speaks no TLS")
        assert url.port in (places.port, places.other_port), request.url
        row = find(url.path, request.method)
        assert row is not None, (request.method, request.url)
        if row.closes:
            return NoAnswer(FailureKind.RESET, "closed")
        framing = Framing(end=BodyEnd.CUT) if row.missing else CLEAN
        return Response(row.status, Headers(row.lines(places)), framing=framing, body=row.body.encode())

    return send
