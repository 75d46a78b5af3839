"""--print: the requests as commands of other tools."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Run, Server

PUT = ("-X", "PUT", "-H", "Authorization: Bearer SEKRIT123", "-d", '{"password":"SEKRIT123"}')
ITEMS = "https://api.example/items"


@pytest.fixture(autouse=True)
def posix(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quotation marks are those of sh."""
    monkeypatch.setitem(os.environ, "SHELL", "/bin/sh")


@pytest.mark.parametrize("tool", ["curl", "fetch", "httpie", "powershell"])
def test_plan(run: Run, tool: str) -> None:
    asked = ("plan", ITEMS, "--origin", PAGE, *PUT, "--browser", "standard", "--print", tool)
    found = run(*asked)
    assert found.exit_code == 0
    mark = "//" if tool == "fetch" else "#"
    comments = [line for line in found.stdout.splitlines() if line.startswith(mark)]
    assert comments == [
        f"{mark} 1. Preflight request",
        f"{mark} 2. Request",
        f"{mark} Replace *** with your own values.",
    ]
    assert "SEKRIT" not in found.stdout
    assert run(*asked, "--show-secrets").stdout.count("SEKRIT") == 2


def test_check_sends_and_judges(run: Run, server: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    found = run("check", f"{server.url}/none", "--origin", PAGE, *PUT, "--print", "curl", "--format", f"json={report}")
    assert found.exit_code == 1
    assert "# 1. Preflight request" in found.stdout
    assert "curl -i -X OPTIONS" in found.stdout
    assert json.loads(report.read_text())["verdict"] == "blocked"
    assert server.requests[0] == "OPTIONS /none"


def test_what_is_not_sent_is_said(run: Run, server: Server) -> None:
    found = run("check", f"{server.url}/put", "--origin", PAGE, "-X", "PUT", "--browser", "standard", "--print", "curl")
    assert found.exit_code == 4
    assert "# 2. Request, which corsdoctor did not send: PUT may change data\ncurl -i -X PUT" in found.stdout


def test_browsers_that_differ_are_named(run: Run) -> None:
    found = run(
        "plan", "http://127.0.0.1/", "--origin", PAGE, "--print", "curl"
    )  # some send no Referer to this machine
    assert "# 1. Request of the Standard\n" in found.stdout
    assert "# 2. Request of Chromium, Firefox and WebKit\n" in found.stdout


def test_what_was_sent_once_is_one_request(run: Run, server: Server, tmp_path: Path) -> None:
    """Browsers differ in the Referer to this machine."""
    saved = tmp_path / "saved.har"
    found = run("check", f"{server.url}/open", "--origin", PAGE, "--print", "curl", "--save", str(saved))
    assert server.requests == ["GET /open"]
    assert [line for line in found.stdout.splitlines() if line.startswith("#")] == ["# 1. Request"]
    assert len(json.loads(saved.read_text())["log"]["entries"]) == 1


def test_nothing_is_sent_and_secrets_stay(run: Run, server: Server) -> None:
    found = run(
        "check",
        "http://127.0.0.1:1/",
        f"{server.url}/open",
        "--origin",
        PAGE,
        "--print",
        "fetch",
        "--browser",
        "standard",
    )
    assert "// 1. GET http://127.0.0.1:1/: browsers send nothing\n// 2. Request\nawait fetch(" in found.stdout


def test_two_for_stdout(run: Run) -> None:
    found = run("plan", ITEMS, "--origin", PAGE, "--print", "curl", "--format", "json")
    assert found.exit_code == 2
    assert "--print: the commands and the report would both be written to standard output" in found.stderr
