"""Where all reports go to files, one line on standard error says what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Policy, Run, Server

IN = {"url": "/open", "expect": "allowed"}
OUT = {"url": "/none", "expect": "allowed"}


def test_failures_are_reported(run: Run, server: Server, dead: str, policy: Policy) -> None:
    policy(server.url, a=IN, b=OUT, c=IN, d={"url": f"{dead}/", "expect": "allowed"})
    result = run("test", "--format", "junit=cors.xml", "--format", "json=cors.out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "corsdoctor: 4 checked: 1 failed, 1 without a response, 2 passed, 4 with a note; failed: b; no response: d; "
        "more in cors.xml, cors.out\n"
    )


def test_the_first_of_many_are_named(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, **dict.fromkeys("abcde", OUT))
    stderr = run("test", "--format", "tap=cors.tap").stderr
    assert stderr == "corsdoctor: 5 checked: 5 failed, 5 with a note; failed: a, b, c and 2 more; more in cors.tap\n"


def test_success_is_reported_too(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, a=IN)
    stderr = run("test", "--format", "csv=cors.csv").stderr
    assert stderr == "corsdoctor: 1 checked: 1 passed, 1 with a note; more in cors.csv\n"


@pytest.mark.parametrize("args", [("--format", "json=x", "-q"), ("--format", "json=x", "--format", "tap"), ()])
def test_no_summary_beside_another_one(run: Run, server: Server, policy: Policy, args: tuple[str, ...]) -> None:
    policy(server.url, a=OUT)
    result = run("test", *args)
    assert (result.exit_code, result.stderr) == (1, "")


def test_a_check_and_a_batch_have_it_too(run: Run, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "report"
    args = ("--origin", PAGE, "--format", f"jsonl={file}")
    url = f"{server.url}/none?token=sesame123"
    told = f"failed: GET {server.url}/none?token=*** from {PAGE}; more in {file}\n"
    assert run("check", url, *args).stderr == f"corsdoctor: 1 checked: 1 failed, 1 with a note; {told}"
    assert run("batch", "-", *args, input=f"{url}\n{server.url}/open\nx\n").stderr == (
        f"corsdoctor: 3 checked: 1 failed, 1 without a response, 1 passed, 2 with a note; failed: GET {server.url}/none?token=*** from "
        f"{PAGE}; no response: line 3; more in {file}\n"
    )
    assert run("plan", url, *args).stderr == ""
    assert "checked" not in run("batch", "-", *args, input="").stderr
