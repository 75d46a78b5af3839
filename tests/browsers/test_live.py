"""A sample of the conformance cases in the browsers that are installed: each does what was recorded, and what is predicted."""

from __future__ import annotations

import random
from typing import Any

import pytest

from corsdoctor.browsers import by_name
from corsdoctor.diagnose import diagnose
from corsdoctor.observed import Aspect, differences
from corsdoctor.witness.programs import find
from corsdoctor.witness.witnesses import Witnesses
from tests.browsers.__main__ import observe
from tests.browsers.live import OBSERVED, drift, is_withheld, request_of, row_of
from tests.conformance.replay import HERE, load
from tests.conformance.test_conformance import KNOWN, UNSENDABLE
from tests.witness.real import need_browser

SAMPLE = 150
VERDICTS = (Aspect.VERDICT, Aspect.READABLE)


def is_settled(case: dict[str, Any]) -> bool:
    """Whether the case comes out alike wherever it runs: not if timing, the page's place or the framing decides."""
    request = case["request"]
    in_frame = request.get("origin") == "opaque" and request.get("mode") == "no-cors"
    framed = any(row.get("close") or _lengths(row) > 1 for row in case["server"])
    return not in_frame and not framed and not UNSENDABLE.search(str(request).replace("'", '"'))


def _lengths(row: dict[str, Any]) -> int:
    return sum(name.lower() in ("content-length", "transfer-encoding") for name, _ in row.get("headers", []))


@pytest.mark.browsers
@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_sample_of_the_cases(name: str) -> None:
    need_browser(name)
    cases = {
        case: row for case, row in load(HERE / "cases.jsonl").items() if is_settled(row) and case not in KNOWN[name]
    }
    recorded = load(OBSERVED / f"{name}.jsonl")
    changed, unlike = {}, {}
    with Witnesses([find(name, {})], sandbox=False) as witnesses:
        for case in random.Random(17).sample(sorted(cases), SAMPLE):
            seen = observe(witnesses, cases[case], name)
            assert seen.missing is None, (case, seen.missing)
            if is_withheld(seen):
                continue
            changed[case] = list(drift(recorded[case], row_of(case, seen)))
            scenario, send = request_of(cases[case])
            found = differences(diagnose(scenario, by_name(name), send), seen)
            unlike[case] = [one for one in found if one.aspect in VERDICTS]
    assert {case: found for case, found in changed.items() if found} == {}
    assert {case: found for case, found in unlike.items() if found} == {}
