"""What is said about a kind."""

from __future__ import annotations

from typing import Final

from corsdoctor.record import Record
from corsdoctor.scenario import Api, Mode

UNKNOWN: Final = "unknown"  # the one kind whose reason may be CORS
WITHHELD: Final = f"{UNKNOWN}/withheld"


NOT_A_BROWSER: Final = (
    "Only browsers enforce CORS. Another program reports this failure, so no CORS header causes it or prevents it."
)


class InProgram(Record):
    """What a kind means, and what to do, where a program reports it that is not a browser."""

    what: str
    fix: str


class MessageKind(Record):
    """One kind, or one case of it: "network", "network/certificate".

    `title` is a noun with its article, and `cors` is how it differs from CORS. `api` makes the request that `corsdoctor check`
    should test, with `mode` where the cure changes that; None if no request can show anything. `program` is for messages of
    programs that are not browsers, None where only browsers have it, or where its sentences are right for all.
    """

    id: str
    title: str
    what: str
    cors: str
    fix: str
    api: Api | None = None
    mode: Mode | None = None
    program: InProgram | None = None

    @property
    def heading(self) -> str:
        """What it is, and whether it may be CORS."""
        likely = "Probably" if self.id == WITHHELD else "Possibly" if self.id.partition("/")[0] == UNKNOWN else "Not"
        return f"{likely} CORS: {self.title}"

    def in_program(self) -> MessageKind:
        """The same kind, where a program reports it that is not a browser."""
        if self.program is None:
            return self
        return self._replace(what=self.program.what, cors=NOT_A_BROWSER, fix=self.program.fix, api=None)
