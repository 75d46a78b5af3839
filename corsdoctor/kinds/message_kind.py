"""What is said about a kind."""

from __future__ import annotations

from typing import Final, NamedTuple

from corsdoctor.scenario import Api, Mode

UNKNOWN: Final = "unknown"  # the one kind whose reason may be CORS
WITHHELD: Final = f"{UNKNOWN}/withheld"


class MessageKind(NamedTuple):
    """One kind, or one case of it: "network", "network/certificate".

    `title` is a noun with its article, and `cors` is how it differs from CORS. `api` makes the request that `corsdoctor check`
    should test, with `mode` where the cure changes that; None if no request can show anything.
    """

    id: str
    title: str
    what: str
    cors: str
    fix: str
    api: Api | None = None
    mode: Mode | None = None

    @property
    def heading(self) -> str:
        """What it is, and whether it may be CORS."""
        likely = "Probably" if self.id == WITHHELD else "Possibly" if self.id.partition("/")[0] == UNKNOWN else "Not"
        return f"{likely} CORS: {self.title}"
