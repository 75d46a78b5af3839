"""corsdoctor test: what is sent and how often, the order of the report, and when it stops."""

from __future__ import annotations

import threading
from time import monotonic

import pytest

from tests.cli.conftest import Odd, Policy, Run, Server, answers
from tests.clock import Clock

GETS = {"url": "/open", "expect": "allowed"}
PUT = {"url": "/put", "method": "PUT"}


def test_what_may_change_data_is_not_sent(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, a={**PUT, "expect": "allowed"}, b={"url": "/none", "method": "POST", "expect": "allowed"})
    assert run("test").exit_code == 0
    assert server.requests == ["OPTIONS /put"]
    assert run("test", "--send", "-m", "a").exit_code == 0
    assert server.requests == ["OPTIONS /put", "OPTIONS /put", "PUT /put"]


def test_no_answer(run: Run, server: Server, policy: Policy, dead: str) -> None:
    for expect in ("allowed", "blocked"):
        policy(
            dead,
            a={"url": "/", "expect": expect},
            b={"url": "/b", "expect": expect},
            c={**GETS, "url": f"{server.url}/open"},
        )
        result = run("test", "--jobs", "1")
        assert result.exit_code == 3, result.output
        assert "✗ 2 cases: no response. The connection was refused" in result.stdout
        assert "\n  a, b\n" in result.stdout
        assert "✗ 2 without a response, 1 passed in " in result.stdout


def test_a_failure_counts_before_no_answer(run: Run, server: Server, policy: Policy, dead: str) -> None:
    policy(server.url, a={"url": dead, "expect": "allowed"}, b={"url": "/none", "expect": "allowed"})
    assert run("test").exit_code == 1


def test_a_known_failure_without_an_answer_is_no_answer(run: Run, policy: Policy, dead: str) -> None:
    policy(dead, a={"url": "/", "expect": "allowed", "known": {"reason": "ticket 7"}})
    assert run("test").exit_code == 3


def test_the_order_is_the_policy_s(run: Run, odd: Odd, policy: Policy) -> None:
    policy(
        odd.url,
        held={"url": "/held", "expect": "allowed"},
        **{f"c{i}": {"url": f"/c{i}", "expect": "allowed"} for i in range(9)},
    )
    free = threading.Timer(0.3, odd.free.set)
    free.start()
    result = run("test", "--jobs", "4", "--format", "jsonl")
    free.join()
    assert result.exit_code == 0
    assert [answer["id"] for answer in answers(result)] == ["held", *(f"c{i}" for i in range(9))]


def test_connections_are_kept(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, **{f"c{i}": GETS for i in range(20)})
    assert run("test", "--jobs", "1").exit_code == 0
    assert (len(server.requests), server.connections) == (20, 1)


def test_fail_fast_begins_no_more(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, good=GETS, bad={"url": "/none", "expect": "allowed"}, **{f"c{i}": GETS for i in range(9)})
    result = run("test", "--fail-fast", "--jobs", "1")
    assert result.exit_code == 1
    assert len(server.requests) == 2
    assert "✗ 1 failed, 1 passed, 9 not run in " in result.stdout
    assert result.stderr == "corsdoctor: --fail-fast: 9 of 11 cases did not finish\n"


def test_fail_fast_goes_on_after_a_known_failure(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, known={"url": "/none", "expect": "allowed", "known": {"reason": "ticket 7"}}, good=GETS)
    result = run("test", "--fail-fast", "--jobs", "1")
    assert (result.exit_code, result.stderr, len(server.requests)) == (0, "", 2)


@pytest.mark.parametrize(
    ("first", "options", "status", "asked", "words"),
    [
        (1, (), 1, 1, ("✗ f\n", "✗ 1 failed in ")),
        (1, ("--retry", "1"), 0, 2, (
            "- f: passed on try 2; before: expected allowed, got blocked (acao-present)\n", "✓ 1 passed in ",
            "1 passed only when retried",
        )),
        (2, ("--retry", "1"), 1, 2, ("✗ f (tried 2 times)\n",)),
        (0, ("--retry", "5"), 0, 1, ("✓ 1 passed in ",)),
        (0, ("--repeat", "3"), 0, 3, ("✓ 1 passed in ",)),
        (1, ("--repeat", "3"), 1, 1, ("✗ f (run 1 of 3)\n",)),
        (1, ("--repeat", "3", "--retry", "1"), 0, 4, ("passed on try 2 (run 1 of 3)", "1 passed only when retried")),
    ],
)  # fmt: skip
def test_again(
    first: int,
    options: tuple[str, ...],
    status: int,
    asked: int,
    words: tuple[str, ...],
    run: Run,
    odd: Odd,
    policy: Policy,
) -> None:
    policy(odd.url, f={"url": f"/flaky/a/{first}", "expect": "allowed"})
    result = run("test", *options)
    assert result.exit_code == status
    assert odd.seen[f"/flaky/a/{first}"] == asked
    for each in words:
        assert each in result.stdout


def test_a_known_failure_is_not_tried_again(run: Run, odd: Odd, policy: Policy) -> None:
    policy(odd.url, f={"url": "/flaky/a/1", "expect": "allowed", "known": {"reason": "ticket 7"}})
    assert run("test", "--retry", "3").exit_code == 0
    assert odd.seen["/flaky/a/1"] == 1


def test_a_request_that_had_to_wait_is_sent_again_and_reported(run: Run, odd: Odd, policy: Policy) -> None:
    policy(odd.url, a={"url": "/busy", "expect": "allowed"})
    result = run("test", "--rate", "1000", "--rate-per-host", "1000")
    assert (result.exit_code, odd.seen["/busy"]) == (0, 2)
    assert "- a: the server returned 429 to GET" in result.stdout
    assert "the request was sent again after 0 s" in " ".join(result.stdout.split())
    assert odd.seen["/busy"] == 2


@pytest.mark.parametrize("flag", ["--rate", "--rate-per-host"])
def test_each_request_of_a_policy_counts(run: Run, server: Server, policy: Policy, flag: str) -> None:
    policy(server.url, **{f"c{n}": {"url": f"/open?{n}", "expect": "allowed"} for n in range(6)})
    start = monotonic()
    assert run("test", flag, "20").exit_code == 0
    assert monotonic() - start >= 4 / 20
    assert len(server.requests) == 6


def test_the_time_is_over(run: Run, odd: Odd, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is over when both workers wait in vain; then the others are done."""
    clock = Clock()
    monkeypatch.setattr("corsdoctor.batch.in_order.monotonic", clock)

    def put_forward() -> None:
        while odd.seen["/held"] < 2:
            threading.Event().wait(0.01)
        clock.ahead += 2 * 3600

    policy(
        odd.url,
        a={"url": "/a", "expect": "allowed"},
        held={"url": "/held", "expect": "allowed"},
        b={"url": "/b", "expect": "allowed"},
        last={"url": "/held", "expect": "allowed"},
    )
    threading.Thread(target=put_forward, daemon=True).start()
    result = run("test", "--timeout", "3600", "--jobs", "2")
    assert result.exit_code == 3
    assert "✗ held: not finished within --timeout (3600 s)" in result.stdout
    assert "✗ 2 not judged, 2 passed in " in result.stdout
    assert run("test", "--timeout", "0.3", "--jobs", "2", "--exit-zero").exit_code == 0
