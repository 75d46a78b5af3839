"""--save: a HAR of what was sent, which `replay` reads back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Policy, Run, Server


def verdicts(run: Run, har: Path) -> list[str]:
    lines = run("replay", str(har), "--format", "jsonl").stdout.splitlines()
    return [json.loads(line)["verdict"] for line in lines[:-1]]


def test_check(run: Run, server: Server, tmp_path: Path) -> None:
    har = tmp_path / "out.har"
    asked = ["--origin", PAGE, "-H", "X-A: 1", "--save", str(har)]
    found = run("check", f"{server.url}/open", f"{server.url}/none?token=SEKRIT1", *asked)
    assert found.exit_code == 1
    assert "blocked" in found.stdout
    assert "SEKRIT1" not in har.read_text()
    assert verdicts(run, har) == ["allowed", "blocked"]
    run("check", f"{server.url}/none?token=SEKRIT1", *asked, "--show-secrets")
    assert "SEKRIT1" in har.read_text()


@pytest.mark.parametrize("format_", [(), ("--format", "jsonl"), ("--format", "text")])
def test_batch(run: Run, server: Server, tmp_path: Path, format_: tuple[str, ...]) -> None:
    har = tmp_path / "out.har"
    text = "".join(f"{server.url}/{name}\n" for name in ("open", "none", "open?2"))
    found = run("batch", "-", "--origin", PAGE, "--save", str(har), *format_, input=text)
    assert found.exit_code == 0
    assert verdicts(run, har) == ["allowed", "blocked", "allowed"]


def test_test(run: Run, server: Server, tmp_path: Path, policy: Policy) -> None:
    har = tmp_path / "out.har"
    path = policy(server.url, open={"url": "/open", "expect": "allowed"}, none={"url": "/none", "expect": "blocked"})
    assert run("test", str(path), "--save", str(har)).exit_code == 0
    assert verdicts(run, har) == ["allowed", "blocked"]


def test_where_it_cannot_be_written(run: Run, server: Server, tmp_path: Path) -> None:
    urls = tmp_path / "urls"
    urls.write_text(f"{server.url}/open\n")
    same = str(tmp_path / "same")
    for args, why in (
        (("batch", str(urls), "--save", str(urls)), "this file is the input"),
        (("batch", str(urls), "--save", same, "--format", f"json={same}"), "a report is written to this file"),
        (("batch", str(urls), "--save", same, "--resume", f"{same}.jsonl"), "cannot be combined with --save"),
        (("check", f"{server.url}/open", "--save", str(tmp_path / "no" / "dir")), "cannot write the file"),
    ):
        found = run(*args, "--origin", PAGE)
        assert found.exit_code == 2
        assert why in found.stderr
    assert server.requests == []
