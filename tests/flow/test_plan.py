"""The plan of a flow: what is sent at each step, with responses that allow it."""

from __future__ import annotations

from typing import Any

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Verdict
from corsdoctor.flow.plan import plan_flow
from corsdoctor.flow.read import read_flow

API = "https://api.example/items"


def verdicts(*requests: dict[str, Any], **page: Any) -> list[set[Verdict]]:
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": list(requests), **page}]})
    steps = [result.steps for result in plan_flow(flow, BROWSERS)]
    return [{step.verdict for step in each} for each in zip(*steps, strict=True)]


def test_each_step_is_allowed() -> None:
    put = {"url": API, "method": "PUT", "credentials": "include", "headers": {"X-A": "1"}}
    assert verdicts(put, put, {"url": API, "api": "image"}  ) == [
        {Verdict.ALLOWED}, {Verdict.ALLOWED}, {Verdict.OPAQUE},
    ]  # fmt: skip


def test_what_no_server_can_change_blocks() -> None:
    assert verdicts({"url": API}, headers={"Content-Security-Policy": "connect-src 'self'"}) == [{Verdict.BLOCKED}]
    assert verdicts({"url": API, "headers": {"X A": "1"}}) == [{Verdict.BLOCKED}]


def test_a_websocket_has_no_plan() -> None:
    assert verdicts({"url": "wss://api.example/", "api": "websocket"}) == [{Verdict.UNSENT}]
