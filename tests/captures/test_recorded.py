"""What four recorders wrote of real requests, against what the browsers did: see recorded/truth.jsonl.

Each file was saved by the browser's own developer tools, or by Playwright, while a page made the requests of the
conformance cases. `enough` says that the file has every request that was sent, with its response.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.captures.group import Captured, grouped
from corsdoctor.captures.har import Har, read_har
from corsdoctor.captures.judge import Outcome, judge
from corsdoctor.captures.summary import summary
from corsdoctor.diagnose import Verdict
from corsdoctor.scenario import Credentials

RECORDED = Path(__file__).parent / "recorded"
TRUTH: list[dict[str, Any]] = [json.loads(line) for line in (RECORDED / "truth.jsonl").read_text().splitlines()]
GOOD, BAD = (Verdict.ALLOWED, Verdict.OPAQUE), (Verdict.BLOCKED, Verdict.ERROR)
SAYS = {"allowed": (Verdict.ALLOWED,), "opaque": (Verdict.OPAQUE,), "blocked": (Verdict.BLOCKED,), "failed": BAD}


@cache
def capture(name: str) -> tuple[Har, list[Captured]]:
    har = read_har([(RECORDED / name).read_bytes()])
    return har, grouped(har)


def no_cors(truth: dict[str, Any]) -> bool:
    """Whether the browser made the request in mode no-cors, as WebKit does for fonts."""
    har = json.loads((RECORDED / truth["har"]).read_text())["log"]["entries"]
    modes = {
        header["value"]
        for one in truth["entries"]
        for header in har[one["index"]]["request"]["headers"]
        if header["name"].lower() == "sec-fetch-mode"
    }
    return truth["request"]["mode"] != "cors" or "no-cors" in modes


@pytest.mark.parametrize("truth", TRUTH, ids=lambda t: f"{t['har']}-{t['id']}")
def test_the_verdict_is_the_browsers(truth: dict[str, Any]) -> None:
    har, requests = capture(truth["har"])
    mine = {one["index"] for one in truth["entries"]}
    found = [one for one in requests if one.entries & mine]
    if not mine or no_cors(truth):
        return
    [one] = found
    assert one.entries == mine, "a request has exactly its entries"
    assert {p.index for p in one.preflights} == {e["index"] for e in truth["entries"] if e["role"] == "preflight"}
    given = judge(one, har, Credentials(truth["request"]["credentials"]), ())
    blind = judge(one, har, None, ())
    assert given.recorded_by == truth["browser"]
    right = SAYS[truth["verdict"]]
    if not truth["enough"]:
        right = (*right, Verdict.UNKNOWN, *(BAD if right[0] in BAD else ()))
    follows = truth["request"]["redirect"] == "follow" or not any(300 <= e["status"] < 400 for e in truth["entries"])
    if follows:
        assert given.verdict in right
        assert given.verdict is not Verdict.UNKNOWN or given.missing
    assert blind.verdict in (*right, Verdict.UNKNOWN), "without the mode, never a wrong definite verdict"
    if blind.verdict is Verdict.UNKNOWN:
        assert blind.missing is not None
    if blind.outcome is not Outcome.UNKNOWN:
        assert (blind.outcome is Outcome.OK) == (truth["verdict"] in ("allowed", "opaque"))
        assert blind.agrees in (None, True)


@pytest.mark.parametrize("name", ["chromium.har", "firefox.har", "webkit.har", "playwright.har"])
def test_every_entry_is_counted(name: str) -> None:
    har, requests = capture(name)
    found = summary(har, requests, len(requests))
    written = len(json.loads((RECORDED / name).read_text())["log"]["entries"])
    assert found.entries == written == found.not_cors + sum(len(one.entries) for one in requests)
    assert bool(found.hides) == (name in ("webkit.har", "playwright.har"))
