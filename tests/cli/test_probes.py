"""--probes: who sends how many, and what the report says of them."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import ANSWERS, PAGE, Run, Server

ORIGIN = ("--origin", PAGE)


@pytest.mark.parametrize(
    ("probes", "most"), [((), 2), (("--probes", "auto"), 2), (("--probes", "1"), 1), (("--probes", "0"), 0)]
)
@pytest.mark.parametrize("command", [("check",), ("check", "--fix"), ("fix",)], ids=" ".join)
def test_a_blocked_request_is_probed(
    run: Run, server: Server, command: tuple[str, ...], probes: tuple[str, ...], most: int
) -> None:
    result = run(*command, f"{server.url}/none", *ORIGIN, *probes, "--format", "json")
    found = json.loads(result.stdout)
    listed = found.get("probes", [])
    assert len(listed) == most
    assert {probe["method"] for probe in listed} <= {"GET", "HEAD", "OPTIONS"}
    failed = [step for step in found["browsers"]["standard"]["steps"] if step["outcome"] == "fail"]
    if most < 2:  # too few to tell
        assert failed[0]["cause"] is None
        return
    assert (failed[0]["cause"]["id"], failed[0]["cause"]["certainty"]) == ("not-configured", "likely")
    assert failed[0]["causes"][0] == failed[0]["cause"]


def test_a_request_that_passes_is_probed_only_with_always(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server names one origin without Vary, whoever asks: the note keeps no cause."""
    monkeypatch.setitem(ANSWERS, "/named", (("Access-Control-Allow-Origin", PAGE),))
    for probes, requests, causes in (("auto", 1, ["vary-missing"]), ("always", 3, [None])):
        server.requests.clear()
        found = json.loads(run("check", f"{server.url}/named", *ORIGIN, "--probes", probes, "--format", "json").stdout)
        notes = [step for step in found["browsers"]["standard"]["steps"] if step["rule"] == "vary-origin"]
        assert [step["cause"] and step["cause"]["id"] for step in notes] == causes
        assert len(server.requests) == requests


def test_a_server_that_allows_every_origin_with_cookies_fails_on_note(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        ANSWERS, "/any", (("Access-Control-Allow-Origin", "{origin}"), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin"))
    )  # fmt: skip
    for probes, noted in (("auto", False), ("always", True)):
        asked = ("--credentials", "include", "--probes", probes, "--origin", "http://127.0.0.1:1")
        result = run("check", f"{server.url}/any", *asked, "--fail-on", "note")
        assert result.exit_code == noted
        assert ("Any website can read this response with the user's cookies" in result.stdout) == noted


@pytest.mark.parametrize("command", ["plan", "preflight"])
def test_these_commands_send_no_probes(run: Run, server: Server, command: str) -> None:
    run(command, f"{server.url}/none", *ORIGIN, "-X", "PUT")
    assert len(server.requests) == (command == "preflight")
    assert "--probes" in run(command, f"{server.url}/none", *ORIGIN, "--probes", "1").stderr


def test_a_batch_sends_probes_only_if_asked(run: Run, server: Server) -> None:
    for probes, most in (((), 1), (("--probes", "auto"), 3)):
        server.requests.clear()
        run("batch", "-", *ORIGIN, *probes, input=f"{server.url}/none\n")
        assert len(server.requests) == most


def test_probes_are_listed_for_people(run: Run, server: Server) -> None:
    shown = run("check", f"{server.url}/none", *ORIGIN).stdout
    assert "Probes: 2 further requests, to find the cause" in shown
    assert "A GET from the server's own origin: " in shown


@pytest.mark.parametrize("wrong", ["5", "-1", "never", ""])
def test_a_wrong_number_of_probes(run: Run, server: Server, wrong: str) -> None:
    result = run("check", f"{server.url}/none", *ORIGIN, f"--probes={wrong}")
    assert (result.exit_code, server.requests) == (2, [])
    assert "must be auto, always or a number from 0 to 4" in result.stderr
