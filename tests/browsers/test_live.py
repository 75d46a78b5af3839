"""A sample of the conformance cases in the browsers that are installed: each does what was recorded, and what is predicted."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from corsdoctor.browsers import by_name
from corsdoctor.diagnose import diagnose
from corsdoctor.observed import Aspect, differences
from corsdoctor.scenario import Api, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest
from corsdoctor.witness.witnesses import Witness
from tests.browsers.__main__ import compared, kinds
from tests.browsers.live import OBSERVED, drift, is_settled, request_of, row_of
from tests.conformance.replay import HERE, load
from tests.conformance.test_conformance import KNOWN
from tests.conformance.world_replay import HERE as WORLD
from tests.witness.real import witnessing

SAMPLE = {"chromium": 250, "firefox": 250, "webkit": 20}
FLOWS = {"chromium": 50, "firefox": 50, "webkit": 5}
UNSETTLED = re.compile("frames/|lna/|page/|initiators/css-font/007$")
"""Flows that a proxy, or the place where the script runs, decides about; pages that request nothing; and a font of the page's own
origin, which the proxy takes for a part of the page.
"""
AT_LEISURE = {"manifest", "icon", "prefetch"}
"""What a browser requests later, or never."""
VERDICTS = (Aspect.VERDICT, Aspect.READABLE)


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def witness(request: pytest.FixtureRequest) -> Iterator[Witness]:
    with witnessing(request.param) as started:
        yield started


@pytest.mark.browsers
def test_a_sample_of_the_cases(witness: Witness) -> None:
    name = witness.program.browser
    cases = {
        case: row for case, row in load(HERE / "cases.jsonl").items() if is_settled(row) and case not in KNOWN[name]
    }
    recorded = load(OBSERVED / f"{name}.jsonl")
    changed, unlike = {}, {}
    for case in random.Random(17).sample(sorted(cases), SAMPLE[name]):
        scenario, send = request_of(cases[case])
        predicted = diagnose(scenario, by_name(name), send)
        seen = witness.observe(scenario, send, predicted)
        assert seen.missing is None, (case, seen.missing)
        if seen.withheld:
            continue
        changed[case] = list(drift(recorded[case], row_of(case, seen)))
        unlike[case] = [one for one in differences(predicted, seen) if one.aspect in VERDICTS]
    assert {case: found for case, found in changed.items() if found} == {}
    assert {case: found for case, found in unlike.items() if found} == {}


@pytest.mark.browsers
def test_a_sample_of_the_flows(witness: Witness) -> None:
    name = witness.program.browser
    of = kinds(witness, by_name(name))["flows"]
    flows = load(WORLD / "cases.jsonl")
    names = [
        one
        for one in of.names
        if not UNSETTLED.match(one)
        and not any(request.get("api") in AT_LEISURE for visit in flows[one]["visits"] for request in visit["requests"])
    ]
    missing: list[tuple[str, str]] = []
    changed = dict(compared(random.Random(17).sample(names, FLOWS[name]), of, missing))
    assert {case: found.drift for case, found in changed.items() if found.drift} == {}
    assert len(changed) > FLOWS[name] / 2
    assert all("--in" in why or "a server cannot" in why or "it waits" in why for _, why in missing), missing


OWN, OTHER = Origin("https", "app.example"), Origin("https", "page.example")


@pytest.mark.browsers
@pytest.mark.parametrize(
    ("api", "origin"),
    [
        (Api.WORKER, OWN), (Api.WORKER, OTHER), (Api.MODULE_WORKER, OWN), (Api.IMPORT_SCRIPTS, OTHER), (Api.SW_SCRIPT, OWN),
        (Api.IFRAME, OTHER), (Api.OBJECT, OTHER), (Api.FORM, OTHER), (Api.TRACK, OTHER),
    ],
)  # fmt: skip
def test_what_makes_workers_and_documents(witness: Witness, api: Api, origin: Origin) -> None:
    type, body = ("text/vtt", b"WEBVTT\n\n") if api is Api.TRACK else ("text/javascript", b"1")

    def send(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(200, Headers((("Content-Type", type), ("Content-Length", str(len(body))))), body=body)

    scenario = Scenario(f"{OWN}/made", origin, api=api)
    predicted = diagnose(scenario, by_name(witness.program.browser), send)
    seen = witness.observe(scenario, send, predicted)
    assert seen.missing is None
    assert seen.exchanges or not predicted.exchanges
    assert [one for one in differences(predicted, seen) if one.aspect in (Aspect.VERDICT, Aspect.REQUESTS)] == []
