"""One recorded case in a real browser, and its row as tests/conformance/ has it: of a single request, and of a flow.

No server is needed: the proxy of corsdoctor/witness answers from the table of the case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Final

from corsdoctor.browsers import Profile
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import StepResult
from corsdoctor.flow.run import run_flow
from corsdoctor.flow.story import Flow
from corsdoctor.observed import Observation
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Answer, Headers, Kind, NoAnswer, Response, Send, WireRequest
from corsdoctor.witness.page import Page
from corsdoctor.witness.witnesses import Witness, why_refused
from tests.conformance.replay import PORTS, blank, fill, observed, scenario_of, sender_of
from tests.conformance.test_conformance import UNSENDABLE
from tests.conformance.world_replay import COMPARED, Server, bare, rows

ASSETS: Final = Path(__file__).parent / "assets"
OBSERVED: Final = Path(__file__).parent.parent / "conformance" / "observed"
_OUTCOMES: Final = {"unseen": "resolved"}


class NotAsked(Exception):
    """Why no browser can be asked about a flow."""


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


def is_settled(case: dict[str, Any]) -> bool:
    """Whether the case comes out alike wherever it runs: not if timing, the page's place or the framing decides."""
    request = case["request"]
    in_frame = request.get("origin") == "opaque" and request.get("mode") == "no-cors"
    framed = any(row.get("close") or _lengths(row) > 1 for row in case["server"])
    return not in_frame and not framed and not UNSENDABLE.search(str(request).replace("'", '"'))


def _lengths(row: dict[str, Any]) -> int:
    return sum(name.lower() in ("content-length", "transfer-encoding") for name, _ in row.get("headers", []))


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


def _with_bodies(server: Server) -> Send:
    """The `send` of a server, with a body of the length that its answer announces where the case has none."""
    assets = {len(body): body for body in (path.read_bytes() for path in sorted(ASSETS.iterdir()))}

    def send(kind: Kind, request: WireRequest) -> Answer:
        answer = server.send(kind, request)
        if not isinstance(answer, Response) or answer.body:
            return answer
        length = int(answer.headers.get("Content-Length") or 0)
        start = b"WEBVTT\n\n" if "vtt" in (answer.headers.get("Content-Type") or "") else b""
        return answer._replace(body=assets.get(length, start.ljust(length, b"\n")))

    return send


def flow_seen(
    flow: Flow, witness: Witness, profile: Profile, predict: Send, send: Send
) -> Iterator[tuple[StepResult, Observation]]:
    """What is predicted for each request of a flow, by answers of their own, and what a browser does with it.

    NotAsked if a request is one that no browser can be asked about.
    """
    [result] = run_flow(flow, (profile,), predict)
    steps = iter(result.steps)
    if any(one.wait or one.set_cookie is not None for visit in flow.visits for one in visit.requests):
        raise NotAsked("it waits, or sets document.cookie")
    if any(one.subresources for visit in flow.visits for one in visit.requests):
        raise NotAsked("a server cannot send the body that asks for more: it was not recorded")
    why_not = (why_refused(step.diagnosis.scenario, step.whole) for step in result.steps)
    for why in filter(None, why_not):
        raise NotAsked(why)
    witness.forget(everything=True)
    for visit in flow.visits:
        own = tuple(line for line in visit.page.headers if line[0].lower() != "content-length")
        head = f'<!doctype html><link rel="icon" href="data:,">{visit.page.head}'
        page = Page(visit.page.url.on_the_wire, Headers(own), head)
        witness.visit(page)
        for request, step in zip(visit.requests, steps, strict=False):
            seen = witness.ask(request.scenario, page, send, step.whole, Observation(profile.name, profile.title))
            if seen.missing is not None:
                raise NotAsked(seen.missing)
            yield step, seen


def flow_row(
    case: dict[str, Any], known: Collection[tuple[str, str]], witness: Witness, profile: Profile
) -> dict[str, Any]:
    """What a browser does with a flow, as a row of world/observed/ without its console.

    A request without an answer reached no server, unless it is `known` by its method and URL to have reached one.
    """
    flow = read_flow({key: value for key, value in case.items() if key not in ("id", "server")})
    send = _with_bodies(Server(case["server"]))
    steps: list[dict[str, Any]] = []
    wire: list[dict[str, Any]] = []
    for _, seen in flow_seen(flow, witness, profile, Server(case["server"]).send, send):
        for request, answer in ((exchange.request, exchange.answer) for exchange in seen.exchanges):
            if isinstance(answer, NoAnswer) and (request.method, bare(request.url)) not in known:
                continue
            headers = list(map(list, request.headers))
            wire.append({"step": len(steps), "method": request.method, "url": request.url, "headers": headers})
        row = {
            "outcome": str(seen.end),
            "type": seen.type,
            "readable": None if seen.readable is None else sorted(seen.readable),
        }
        steps.append({key: value for key, value in row.items() if value is not None})
    return {"id": case["id"], "steps": steps, "wire": wire}


def flow_drift(recorded: dict[str, Any], now: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    """(what, before, now) of each step's outcome, requests and readable headers that are other ones now."""
    for number, (before, after) in enumerate(zip(recorded["steps"], now["steps"], strict=True)):
        for what in ("outcome", "type", "readable"):
            old, new = before.get(what), after.get(what)
            either = {old, new} if what != "readable" else set()
            if None in (old, new) or either & {"unseen", "no-webgl"} or either == {"rejected", "timeout"}:
                continue
            if old != new:
                yield f"{what} of step {number}", old, new
        old_wire, new_wire = (
            rows(
                [(w["method"], bare(w["url"]), w["headers"]) for w in row["wire"] if w["step"] == number],
                COMPARED,
                True,
            )
            for row in (recorded, now)
        )
        if old_wire != new_wire:
            yield f"wire of step {number}", old_wire, new_wire
