"""Which part of a request a CORS layer refuses: found by its words, by its list, or by preflight requests for less."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.probe import AUTO, NO_PROBES, Probing
from corsdoctor.report import report_on
from corsdoctor.rule import Cause
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

APP = Origin("https", "app.example")
ACAO, ACAM, ACAH = (f"Access-Control-Allow-{name}" for name in ("Origin", "Methods", "Headers"))
SPRING = "Invalid CORS request"


@dataclass
class Layer:
    """A CORS layer that refuses these parts of a request. It lists what it allows only if there is a `list_`."""

    refused: tuple[str, ...]
    methods: tuple[str, ...] = ("GET", "PUT")
    words: str = ""
    list_: str = ""
    status: int = 403
    silent_after: int = 99
    origins: tuple[str, ...] = (str(APP),)
    requests: list[WireRequest] = field(default_factory=list)

    def send(self, kind: Kind, request: WireRequest) -> Answer:
        self.requests.append(request)
        if len(self.requests) > self.silent_after:
            return NoAnswer(FailureKind.TIMEOUT, "timed out")
        origin = request.headers.get("Origin") or ""
        if kind is Kind.ACTUAL:
            allowed = origin in self.origins or not origin
            given = ((ACAO, origin),) if allowed and origin else ()
            return Response(
                200 if allowed else self.status, Headers(given), body=b"" if allowed else self.words.encode()
            )
        asked = request.headers.get("Access-Control-Request-Headers") or ""
        method = request.headers.get("Access-Control-Request-Method")
        names = asked.split(",") if asked else []
        listing = ((ACAH, self.list_),) if self.list_ else ()
        if origin not in self.origins or method not in self.methods or set(names) & set(self.refused):
            return Response(self.status, Headers(listing), body=self.words.replace("{asked}", asked).encode())
        echoed = listing or ((ACAH, asked),) if asked else listing
        return Response(204, Headers(((ACAO, origin), (ACAM, method or ""), *echoed)))


def cause_of(layer: Layer, names: str, method: str = "GET", probing: Probing = AUTO) -> tuple[Cause, tuple[str, ...]]:
    headers = tuple((name, "application/json" if name == "content-type" else "1") for name in names.split())
    report = report_on(Scenario("https://api.example/items", APP, method, headers), BROWSERS, layer.send, probing)
    assert len(report.probes) <= 4
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    others = tuple(cause.id for cause in failure.other_causes)
    return failure.cause, (*others, *(probe.words for probe in report.probes))


@dataclass(frozen=True)
class Case:
    id: str
    layer: Layer
    names: str
    refused: str
    """What the text says is refused, behind `asks for` or `does not allow`."""
    fix: str
    cause: str = "headers-refused"
    method: str = "GET"


CASES = (
    Case("one of one", Layer(("x-a",)), "x-a", "the request header x-a.", "Add x-a to"),
    Case("the first of two", Layer(("x-a",)), "x-a x-b", "the request header x-a.", "Add x-a to"),
    Case("the second of two", Layer(("x-b",)), "x-a x-b", "the request header x-b.", "Add x-b to"),
    Case("both of two", Layer(("x-a", "x-b")), "x-a x-b", "the request headers x-a and x-b.", "do not send them."),
    Case("the unusual one first", Layer(("x-z",)), "authorization content-type x-z", "the request header x-z.", "or do not send it."),
    Case("the usual one", Layer(("authorization",)), "authorization content-type x-z", "the request header authorization.", "The configuration may also lack content-type."),
    Case("one of four", Layer(("x-c",)), "x-a x-b x-c x-d", "the request header x-c.", "or do not send it."),
    Case("one of four, the others not tried", Layer(("x-a",)), "x-a x-b x-c x-d", "the request header x-a.", "The configuration may also lack x-b, x-c and x-d."),
    Case("one of seven", Layer(("x-e",)), "x-a x-b x-c x-d x-e x-f x-g", "at least one of the request headers x-d and x-e.", "Add x-d and x-e to"),
    Case("by its list", Layer(("x-a", "x-c"), list_="accept, x-b"), "x-a x-b x-c", "the request headers x-a and x-c.", "Add x-a and x-c to"),
    Case("by its words", Layer(("x-b",), words="CORS preflight request failed: headers are not allowed: X-B"), "x-a x-b x-c", "the request header x-b.", "Add x-b to"),
    Case("by words without a name", Layer(("x-b",), words="One or more request headers are not allowed"), "x-a x-b", "the request header x-b.", "Add x-b to"),
    Case("the words name what is allowed", Layer(("x-b",), words="Request headers are not allowed. Allowed: x-a"), "x-a x-b", "the request header x-b.", "Add x-b to"),
    Case("Spring and a header", Layer(("x-b",), words=SPRING), "x-a x-b", "the request header x-b.", "Add x-b to"),
    Case("Spring and the method", Layer((), ("GET",), SPRING), "x-a x-b", "the method PUT.", "Add PUT to", "method-refused", "PUT"),
    Case("Spring and method and header", Layer(("x-a",), ("GET",), SPRING), "x-a", "the method PUT and the request header x-a.", "allow the method PUT and the request header x-a.", "method-refused", "PUT"),
    Case("method and one of two headers", Layer(("x-a",), ("GET",)), "x-a x-b", "the method PUT and at least one of the request headers x-a and x-b.", "allow the method PUT and the request headers x-a and x-b.", "method-refused", "PUT"),
    Case("the method by its list", Layer((), ("GET",)), "", "the method PUT.", "Add PUT to", "method-refused", "PUT"),
    Case("Starlette and three parts", Layer(("x-b",), ("GET",), "Disallowed CORS origin, method, headers", "accept, x-a", 400, origins=()), "x-a x-b", "the origin https://app.example, the method PUT and the request header x-b.", "allow the origin https://app.example, the method PUT and the request header x-b.", "origin-refused", "PUT"),
    Case("Starlette and two parts", Layer((), ("GET",), "Disallowed CORS origin, method", "", 400, origins=()), "x-a", "the origin https://app.example and the method PUT.", "allow the origin https://app.example and the method PUT.", "origin-refused", "PUT"),
    Case("Starlette and the origin", Layer((), words="Disallowed CORS origin", status=400, origins=()), "x-a", "the origin https://app.example.", "Add https://app.example to", "origin-refused", "PUT"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_refused_is_named(case: Case) -> None:
    cause, others = cause_of(case.layer, case.names, case.method)
    assert (cause.id, str(cause.certainty)) == (case.cause, "certain")
    assert cause.text.endswith((f"asks for {case.refused}", f"does not allow {case.refused}"))
    assert case.fix in cause.fix
    assert not {"origin-refused", "method-refused", "headers-refused"} & set(others)


def test_without_probes_all_headers_are_named() -> None:
    layer = Layer(("x-b",), words="One or more request headers are not allowed")
    cause, _ = cause_of(layer, "x-a x-b", probing=NO_PROBES)
    assert cause.text.endswith("at least one of the request headers x-a and x-b.")
    assert len(layer.requests) == 1


def test_a_probe_without_an_answer_ends_the_search() -> None:
    cause, words = cause_of(Layer(("x-a",), silent_after=3), "x-a x-b x-c")
    assert cause.text.endswith("at least one of the request headers x-a, x-b and x-c.")
    assert words[-1] == "a preflight request for GET with only x-a"
    assert len(words) == 3


def test_the_probes_are_listed_with_what_they_ask_for() -> None:
    _, words = cause_of(Layer(("x-c",)), "x-a x-b x-c x-d")
    assert words[2:] == (
        "a preflight request for GET with only x-a and x-b",
        "a preflight request for GET with only x-c",
    )
