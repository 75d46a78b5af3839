"""What is said about a kind."""

from __future__ import annotations

from typing import NamedTuple

from corsdoctor.scenario import Api, Mode


class MessageKind(NamedTuple):
    """One kind, or one case of it: "network", "network/certificate".

    `title` completes "Not CORS: ...", and `cors` is how it differs from CORS. `api` makes the request that `corsdoctor check`
    should test, with `mode` where the cure changes that; None if no request can show anything.
    """

    id: str
    title: str
    what: str
    cors: str
    fix: str
    api: Api | None = None
    mode: Mode | None = None
