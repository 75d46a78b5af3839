"""One conformance case in a real browser, and its row as tests/conformance/observed/ has it.

No server is needed: the proxy of corsdoctor/witness answers from the table of the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from corsdoctor.observed import Observation
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Answer, Kind, Response, WireRequest, Withheld
from tests.conformance.replay import PORTS, blank, fill, observed, scenario_of, sender_of

ASSETS: Final = Path(__file__).parent / "assets"
OBSERVED: Final = Path(__file__).parent.parent / "conformance" / "observed"
_OUTCOMES: Final = {"unseen": "resolved"}


def request_of(case: dict[str, Any]) -> tuple[Scenario, Callable[[Kind, WireRequest], Answer]]:
    """The request of a case, and what answers it with bodies."""
    answers = sender_of(case)
    rows = [(fill(row["url"]), row) for row in case["server"]]

    def send(kind: Kind, request: WireRequest) -> Answer:
        answer = answers(kind, request)
        row: dict[str, Any] = next(
            (row for url, row in rows if url == request.url and row.get("method", "*") in ("*", request.method)), {}
        )
        if isinstance(answer, Response):
            body = (ASSETS / row["asset"]).read_bytes() if "asset" in row else row.get("body", "").encode()
            return answer._replace(body=body)
        return answer

    return scenario_of(case), send


def is_withheld(seen: Observation) -> bool:
    """Whether a request was withheld, such as one that carries Authorization to an origin that was not named."""
    return any(isinstance(exchange.answer, Withheld) for exchange in seen.exchanges)


def row_of(case: str, seen: Observation) -> dict[str, Any]:
    """What was observed, as a row of observed/."""
    wire = []
    for exchange in seen.exchanges:
        at = next((name for name, port in PORTS.items() if f":{port}/" in exchange.request.url), "?")
        headers = [[name, blank(value)] for name, value in exchange.request.headers if name.lower() != "host"]
        path = "/" + exchange.request.url.split("/", 3)[3]
        wire.append({"at": at, "method": exchange.request.method, "path": path, "headers": headers})
    return {
        "id": case,
        "outcome": _OUTCOMES.get(seen.end, str(seen.end)),
        "type": seen.type,
        "readable": None if seen.readable is None else sorted(seen.readable),
        "wire": wire,
        "console": [blank(text) for text in seen.console or ()],
    }


def drift(recorded: dict[str, Any], now: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    """(what, before, now) of the outcome, the requests and the readable headers that are other ones now.

    Readable headers count only if the page got a response both times.
    """
    before, after = observed(recorded), observed(now)
    if before.outcome != after.outcome and {before.outcome, after.outcome} != {"rejected", "timeout"}:
        yield "outcome", before.outcome, after.outcome
    for what in ("wire", "readable"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new and not (what == "readable" and None in (old, new)):
            yield what, old, new
