"""A probe: one more request, without side effects, whose response distinguishes causes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from corsdoctor.fetch.headers import ACRH, ACRM
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence
from corsdoctor.step_sentences import listed
from corsdoctor.wire import Exchange


class ProbeKind(StrEnum):
    """What a probe asks."""

    GET = "get"
    NO_ORIGIN = "no-origin"
    OWN_ORIGIN = "own-origin"
    OTHER_ORIGIN = "other-origin"
    PAST_CACHE = "past-cache"
    PREFLIGHT = "preflight"
    PREFLIGHT_BARE = "preflight-without-headers"
    PREFLIGHT_GET = "preflight-for-get"
    PREFLIGHT_LESS = "preflight-for-less"
    PREFLIGHT_OWN = "preflight-from-own-origin"
    FINAL_URL = "final-url"


WORDS: Final = {
    ProbeKind.GET: "a GET from the page's origin",
    ProbeKind.NO_ORIGIN: "a GET without Origin",
    ProbeKind.OWN_ORIGIN: "a GET from the server's own origin",
    ProbeKind.OTHER_ORIGIN: "a GET from another origin",
    ProbeKind.PAST_CACHE: "a GET with a query that no cache has seen",
    ProbeKind.PREFLIGHT: "a preflight request from the page's origin",
    ProbeKind.PREFLIGHT_BARE: "the same preflight request without Access-Control-Request-Headers",
    ProbeKind.PREFLIGHT_GET: "a preflight request for GET without Access-Control-Request-Headers",
    ProbeKind.PREFLIGHT_LESS: "a preflight request for fewer headers",
    ProbeKind.PREFLIGHT_OWN: "the same preflight request from the server's own origin",
    ProbeKind.FINAL_URL: "a GET or a preflight request to the URL as the server spells it",
}


STRANGER: Final = "https://stranger.example"
"""An origin that no server can know: only a server that allows every origin allows it."""
MOST_PROBES: Final = 4


class Probing(Record):
    """How many probes may be sent, and whether also where the request passes."""

    most: int = MOST_PROBES
    always: bool = False


AUTO: Final = Probing()
NO_PROBES: Final = Probing(0)


def read_probing(text: str) -> Probing:
    """The value of --probes: auto, always, or a number from 0 to 4. ValueError for anything else."""
    match text.strip().lower():
        case "auto":
            return AUTO
        case "always":
            return Probing(always=True)
        case digit if digit in ("0", "1", "2", "3", "4"):
            return Probing(int(digit))
        case _:
            raise ValueError("must be auto, always or a number from 0 to 4")


class Probe(Record):
    """A probe and what came back."""

    kind: ProbeKind
    exchange: Exchange

    @property
    def words(self) -> str:
        """What was asked."""
        words = WORDS[self.kind]
        if self.kind is ProbeKind.PREFLIGHT_LESS:
            asked = self.exchange.request.headers
            names = listed((asked.get(ACRH) or "").split(","))
            return Sentence(
                "a preflight request for {method} with only {names}", method=asked.get(ACRM) or "", names=names
            )
        if self.kind is ProbeKind.FINAL_URL:
            words = (
                words.replace("a GET or ", "")
                if self.exchange.is_preflight
                else words.replace(" or a preflight request", "")
            )
        return words.replace("a GET", "a HEAD") if self.exchange.request.method == "HEAD" else words
