"""What is known about a failed request: both halves of its exchange, and what the probes were answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.marks import Means, Seen, marks_of
from corsdoctor.causes.phrases import Text, text_of
from corsdoctor.fetch.cors_check import ACAO_PRESENT
from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, REDIRECT_STATUSES, varies_by_origin
from corsdoctor.lazy import lazy
from corsdoctor.rule import Outcome, Step
from corsdoctor.url import URL, parse, percent_decode

if TYPE_CHECKING:
    from corsdoctor.causes.probe import Probe, ProbeKind
    from corsdoctor.diagnose import Diagnosis
    from corsdoctor.wire import Exchange, Response

GRANTS: Final = (ACAC, ACAM, ACAH, ACEH, ACMA)
"""What only a CORS layer sends, besides Access-Control-Allow-Origin."""
ABSENT: Final = frozenset({"acao-present", "preflight-status-ok"})
"""Rules whose failure says nothing about its cause."""
_SIGNATURES: Final = frozenset(
    {
        "auth_key", "hdnea", "hdnts", "hmac", "policy", "q-signature", "sig", "signature", "x-amz-signature", "x-goog-signature",
        "x-oss-signature",
    }
)  # fmt: skip


def is_presigned(url: str) -> bool:
    """Whether the query of `url` has a signature, which holds for one method."""
    path, _, query = url.partition("?")
    named = (percent_decode(part.partition("=")[0]).decode("utf-8", "replace").lower() for part in query.split("&"))
    of_upload = "/upload/sign/" in path
    return any(name in _SIGNATURES or (name == "token" and of_upload) for name in named)


def grants(response: Response) -> bool:
    """Whether the response has Access-Control-Allow-Origin."""
    return ACAO in response.headers


def allows(response: Response, page: str) -> bool:
    """Whether Access-Control-Allow-Origin allows `page`."""
    return response.headers.get(ACAO) in ("*", page)


def cors_marks(response: Response) -> list[tuple[str, str]]:
    """The headers of a response without Access-Control-Allow-Origin that a CORS layer added nevertheless."""
    found = [(name, value) for name in GRANTS if (value := response.headers.get(name)) is not None]
    vary = response.headers.get("Vary") or ""
    if varies_by_origin(response.headers) and "*" not in vary:
        found.append(("Vary", vary))
    return found


class Situation:
    """A failed step of a diagnosis, all exchanges of the run, and the probes so far."""

    def __init__(self, diagnosis: Diagnosis, step: Step, probes: Sequence[Probe] = ()) -> None:
        self.diagnosis: Final = diagnosis
        self.step: Final = step
        self.probes: Final = probes

    @lazy
    def exchange(self) -> Exchange | None:
        """The exchange that was judged last."""
        return None if self.step.exchange is None else self.diagnosis.exchanges[self.step.exchange]

    @lazy
    def response(self) -> Response | None:
        """The response that was judged last."""
        return None if self.exchange is None else self.exchange.response

    @lazy
    def text(self) -> Text:
        """What the body of the response says."""
        assert self.response is not None
        return text_of(self.response)

    @lazy
    def marks(self) -> tuple[Seen, ...]:
        """What software left in the response."""
        assert self.response is not None
        return marks_of(self.response)

    @lazy
    def means(self) -> dict[Means, Seen]:
        """What the response says, each with the first of the marks that say it."""
        return {seen.mark.means: seen for seen in reversed(self.marks)}

    @lazy
    def in_preflight(self) -> bool:
        """Whether the response answers a preflight request."""
        return self.exchange is not None and self.exchange.is_preflight

    @lazy
    def url(self) -> URL | None:
        """The URL that was requested last."""
        return None if self.exchange is None else parse(self.exchange.request.url)

    @property
    def page(self) -> str:
        """The page's origin."""
        return str(self.diagnosis.scenario.origin)

    @property
    def method(self) -> str:
        """The script's method."""
        return self.diagnosis.scenario.method

    @lazy
    def unsafe_names(self) -> tuple[str, ...]:
        """The request headers that the preflight request asks for."""
        asked = (e.request.headers.elements(ACRH) for e in reversed(self.diagnosis.exchanges) if e.is_preflight)
        return tuple(dict.fromkeys(next(asked, ())))

    @lazy
    def preflight(self) -> Response | None:
        """The response to the preflight request for the request that was judged, if there was one."""
        assert self.exchange is not None
        asked = (e for e in self.diagnosis.exchanges if e.is_preflight and e.request.url == self.exchange.request.url)
        return None if self.in_preflight else next((e.response for e in asked), None)

    @lazy
    def probes_repeat(self) -> bool:
        """Whether a probe can send the request that was judged: it has no side effects."""
        return self.exchange is not None and self.exchange.request.method in ("GET", "HEAD")

    @lazy
    def page_is_allowed(self) -> bool:
        """Whether a response of the same URL to a request of the page allows its origin."""
        probed = (p.exchange for p in self.probes if p.exchange.request.headers.get("Origin") == self.page)
        answers = (self.response, self.preflight, *(exchange.response for exchange in probed))
        return any(answer is not None and allows(answer, self.page) for answer in answers)

    @lazy
    def redirects(self) -> tuple[Exchange, ...]:
        """The redirects before the response that was judged, and the response itself if it is one."""
        last = -1 if self.step.exchange is None else self.step.exchange
        return tuple(
            e
            for e in self.diagnosis.exchanges[: last + 1]
            if e.response is not None and e.response.status in REDIRECT_STATUSES and "Location" in e.response.headers
        )

    def probe(self, kind: ProbeKind) -> Probe | None:
        """The probe of this kind, if it was sent."""
        for probe in self.probes:
            if probe.kind is kind:
                return probe
        return None

    def answer(self, kind: ProbeKind) -> Response | None:
        """The response to the probe of this kind, if it was sent and answered."""
        probe = self.probe(kind)
        return None if probe is None else probe.exchange.response

    def others(self) -> Iterator[tuple[str, Response]]:
        """All other responses of the same URL, each with the words for its request."""
        if self.preflight is not None:
            yield "the preflight request", self.preflight
        for probe in self.probes:
            if probe.exchange.response is not None:
                yield probe.words, probe.exchange.response


def as_if_blocked(diagnosis: Diagnosis, exchange: int) -> Situation:
    """The situation in which the response of this exchange were blocked for want of Access-Control-Allow-Origin.

    What a response shows, such as a login page, does not depend on the rule that judged it, or on whether one did.
    """
    return Situation(diagnosis, Step(ACAO_PRESENT, Outcome.FAIL, exchange))
