"""What is refused and what is noted of a response that ends elsewhere than it says: facts in, steps out."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.framing import RULES
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Scenario
from corsdoctor.wire import CLEAN, Answer, BodyEnd, FailureKind, Framing, NoAnswer, Response, Stray
from tests.fetch.asking import API, APP, GRANTS, Lines, answer, ask

NO_CONTENT, ENDS = "no-content-has-no-body", "body-ends-as-announced"
PREFLIGHT, OK = answer(204, *GRANTS), answer(200, *GRANTS)
LEFT = Framing(stray=Stray("OPTIONS", API, 5))


def framed(status: int, framing: Framing, *lines: tuple[str, str]) -> Response:
    return answer(status, *GRANTS, *lines)._replace(framing=framing)


@dataclass(frozen=True)
class Refused:
    id: str
    framing: Framing
    error_in: set[str]
    status: int = 200
    lines: Lines = ()
    of_preflight: bool = False


REFUSED = (
    Refused("clean", CLEAN, set()),
    Refused("line-ends-before", Framing(lead="\r\n\r\n"), set()),
    Refused("bytes-before", Framing(lead="{}"), {"webkit"}),
    Refused("bytes-and-a-line-end-before", Framing(lead="{}\r\n"), {"webkit"}),
    Refused("line-feeds-before", Framing(lead="\n\n"), {"webkit"}),
    Refused("switching", CLEAN, {"chromium", "webkit"}, 101),
    Refused("broken-chunks", Framing(end=BodyEnd.BROKEN), {"firefox"}),
    Refused("broken-chunks-of-preflight", Framing(end=BodyEnd.BROKEN), {"firefox"}, of_preflight=True),
    Refused("cut", Framing(end=BodyEnd.CUT), set()),
    Refused("reset", Framing(end=BodyEnd.RESET), set()),
    Refused("unread-preflight", Framing(end=BodyEnd.UNREAD), set(), of_preflight=True),
    Refused("stalled-preflight", Framing(end=BodyEnd.STALLED), {"webkit"}, of_preflight=True),
    Refused("cut-preflight", Framing(end=BodyEnd.CUT), {"webkit"}, of_preflight=True),
    Refused("reset-preflight", Framing(end=BodyEnd.RESET), {"webkit"}, of_preflight=True),
    Refused("cut-chunks-of-preflight", Framing(end=BodyEnd.CUT), set(), 200, (("Transfer-Encoding", "chunked"),), True),
    Refused("reset-chunks-of-preflight", Framing(end=BodyEnd.RESET), {"webkit"}, 200, (("Transfer-Encoding", "chunked"),), True),
)  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_what_browsers_refuse(case: Refused) -> None:
    odd = framed(case.status, case.framing, *case.lines)
    answers = (odd, OK) if case.of_preflight else (PREFLIGHT, odd)
    verdicts = {p.name: ask(Scenario(API, APP, "PUT"), *answers, profile=p).verdict for p in BROWSERS}
    assert {name for name, verdict in verdicts.items() if verdict is Verdict.ERROR} == case.error_in
    assert {verdict for name, verdict in verdicts.items() if name not in case.error_in} == {Verdict.ALLOWED}


@dataclass(frozen=True)
class Noted:
    id: str
    answers: tuple[Answer, ...]
    notes: tuple[tuple[str, int], ...] = ()
    method: str = "PUT"


NOTED = (
    Noted("clean", (PREFLIGHT, OK)),
    Noted("length-0-of-204", (framed(204, CLEAN, ("Content-Length", "0")), OK)),
    Noted("length-of-200", (framed(200, CLEAN, ("Content-Length", "2")), OK)),
    Noted("length-of-204", (framed(204, CLEAN, ("Content-Length", "2")), OK), ((NO_CONTENT, 0),)),
    Noted("length-of-204-over-http2", (framed(204, CLEAN, ("Content-Length", "2"))._replace(http_version="2"), OK)),
    Noted("chunks-of-204", (framed(204, CLEAN, ("Transfer-Encoding", "chunked")), OK), ((NO_CONTENT, 0),)),
    Noted("body-of-204", (framed(204, Framing(excess=2)), OK), ((NO_CONTENT, 0),)),
    Noted("announced-body-of-204", (framed(204, Framing(excess=2), ("Content-Length", "2")), OK), ((NO_CONTENT, 0),)),
    Noted("body-of-head", (framed(200, Framing(excess=2)),), ((NO_CONTENT, 0),), "HEAD"),
    Noted("body-of-304", (framed(304, Framing(excess=2)),), ((NO_CONTENT, 0),), "GET"),
    Noted("longer", (framed(200, Framing(excess=2)),), ((ENDS, 0),), "GET"),
    Noted("cut", (framed(200, Framing(end=BodyEnd.CUT)),), ((ENDS, 0),), "GET"),
    Noted("reset", (framed(200, Framing(end=BodyEnd.RESET)),), ((ENDS, 0),), "GET"),
    Noted("unread", (framed(200, Framing(end=BodyEnd.UNREAD)),), (), "GET"),
    Noted("stalled-preflight", (framed(200, Framing(end=BodyEnd.STALLED)), OK)),
    Noted("late-body-of-204", (PREFLIGHT, framed(200, LEFT)), ((NO_CONTENT, 1),)),
    Noted("late-rest-of-200", (OK, framed(200, LEFT)), ((ENDS, 1),)),
    Noted("late-announced-body", (framed(204, CLEAN, ("Content-Length", "5")), framed(200, LEFT)), ((NO_CONTENT, 0),)),
    Noted("of-another-request", (PREFLIGHT, framed(200, Framing(stray=Stray("GET", API, 5))))),
    Noted("of-another-url", (PREFLIGHT, framed(200, Framing(stray=Stray("OPTIONS", f"{API}?", 5))))),
    Noted("of-an-earlier-run", (framed(200, LEFT),), (), "GET"),
    Noted("no-response", (PREFLIGHT, NoAnswer(FailureKind.RESET, "gone"))),
)


@pytest.mark.parametrize("case", NOTED, ids=lambda case: case.id)
def test_what_is_noted(case: Noted) -> None:
    ids = {rule.id for rule in RULES}
    for profile in BROWSERS[:3]:
        steps = ask(Scenario(API, APP, case.method), *case.answers, profile=profile).steps
        ours = [step for step in steps if step.rule.id in ids]
        assert [(step.rule.id, step.exchange) for step in ours] == list(case.notes)
        assert {step.outcome for step in ours} <= {Outcome.NOTE}
