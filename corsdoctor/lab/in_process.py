"""The lab without sockets: answers from the table of scenes."""

from __future__ import annotations

from corsdoctor.lab.scene import NOT_FOUND, Places
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
        if url is None or url.port not in (places.port, places.other_port):
            return NoAnswer(FailureKind.REFUSED, "the lab does not listen there")
        if url.scheme != places.page.scheme:
            return NoAnswer(FailureKind.TLS, f"the lab supports only {places.page.scheme}")
        row = find(url.path, request.method) or NOT_FOUND
        if row.closes:
            return NoAnswer(FailureKind.RESET, "closed")
        framing = Framing(end=BodyEnd.CUT) if row.missing else CLEAN
        received = tuple((name, value.strip(" \t")) for name, value in row.lines(places))
        return Response(row.status, Headers(received), framing=framing, body=row.body)

    return send
