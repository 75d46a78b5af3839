"""check --in: a real browser, from the command line to a server on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import corsdoctor.captures.judge  # noqa: F401 (before a profile is patched)
from corsdoctor.browsers import by_name
from tests.cli.conftest import ANSWERS, Run, Server, run, server
from tests.witness.real import need_browser

__all__ = ["run", "server"]  # fixtures
ENGINES = ("chromium", "firefox")
pytestmark = [pytest.mark.browsers]


@pytest.fixture(params=ENGINES, autouse=True)
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    need_browser(name)
    return name


def test_an_allowed_request_is_allowed(run: Run, server: Server, engine: str) -> None:
    result = run("check", f"{server.url}/open", "--origin", "https://app.example", "-H", "X-A: 1", "--in", engine)
    assert "  Tried  As predicted in " in result.stdout
    assert result.exit_code == 0
    assert server.requests == ["OPTIONS /open", "GET /open", "OPTIONS /open", "GET /open"]
    assert server.headers[-1]["Origin"] == "https://app.example"


def test_a_blocked_request_is_blocked_with_the_predicted_message(run: Run, server: Server, engine: str) -> None:
    result = run(
        "check", f"{server.url}/none", "--origin", "https://app.example", "--in", engine, "--format", "json",
        "--probes", "0",
    )  # fmt: skip
    [seen] = json.loads(result.stdout)["observations"]
    assert (seen["browser"], seen["verdict"], seen["as_predicted"]) == (engine, "blocked", True)
    assert seen["version"].split(".")[0].isdigit()
    assert any("Access-Control-Allow-Origin" in message for message in seen["console"])
    assert [exchange["method"] for exchange in seen["exchanges"]] == ["GET"]


def test_a_request_that_may_change_data_is_withheld(run: Run, server: Server, engine: str) -> None:
    result = run("check", f"{server.url}/put", "--origin", "https://app.example", "-X", "PUT", "--in", engine)
    assert "up to the request that was not sent" in result.stdout
    assert server.requests == ["OPTIONS /put", "OPTIONS /put"]


def test_with_send_it_is_sent(run: Run, server: Server, engine: str) -> None:
    result = run(
        "check", f"{server.url}/put", "--origin", "https://app.example", "-X", "PUT", "-d", "a", "--send", "--in", engine
    )  # fmt: skip
    assert "  Tried  As predicted in " in result.stdout
    assert server.requests == ["OPTIONS /put", "PUT /put"] * 2
    assert server.bodies[-1] == b"a"


def test_a_sandboxed_page_has_the_origin_null(run: Run, server: Server, engine: str) -> None:
    result = run("check", f"{server.url}/reflects", "--origin", "null", "--in", engine)
    assert "  Tried  As predicted in " in result.stdout
    assert server.headers[-1]["Origin"] == "null"


def test_webkit(run: Run, server: Server) -> None:
    need_browser("webkit")
    result = run(
        "check",
        f"{server.url}/open",
        "--origin",
        "http://app.example",
        "-H",
        "X-A: 1",
        "--in",
        "webkit",
        "--format",
        "json",
    )
    [seen] = json.loads(result.stdout)["observations"]
    assert (seen["browser"], seen["verdict"], seen["as_predicted"], seen["console"]) == (
        "webkit",
        "allowed",
        True,
        None,
    )


def test_cookies_are_in_the_profile(run: Run, server: Server, engine: str) -> None:
    result = run(
        "check", f"{server.url}/reflects", "--origin", "http://127.0.0.1:3000", "--credentials", "include", "--cookie",
        "sid=1", "--in", engine, "--format", "json",
    )  # fmt: skip
    [seen] = json.loads(result.stdout)["observations"]
    assert (seen["differences"], seen["verdict"]) == ([], "allowed")
    assert server.headers[-1]["Cookie"] == "sid=1"


def test_cookies_go_to_another_site_on_this_machine(run: Run, server: Server, engine: str) -> None:
    result = run(
        "check", f"{server.url}/reflects", "--origin", "http://localhost:3000", "--credentials", "include", "--cookie",
        "sid=1", "--in", engine,
    )  # fmt: skip
    assert "  Tried  As predicted in " in result.stdout
    assert server.headers[-1]["Cookie"] == "sid=1"


def test_a_beacon_has_the_type_of_its_body(run: Run, server: Server, engine: str) -> None:
    run(
        "check", f"{server.url}/open", "--origin", "https://app.example", "--as", "beacon", "-H",
        "Content-Type: application/json", "-d", "{}", "--send", "--in", engine,
    )  # fmt: skip
    assert server.requests == ["OPTIONS /open"] * 2


def test_what_differs_is_reported_saved_and_replayed(
    run: Run, server: Server, engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = tmp_path / "case.json"
    request = ("-H", "Authorization: Bearer abcdefghijklmnop", "--origin", "http://app.example")
    other = by_name(engine)._replace(wildcard_covers_authorization=False)
    ANSWERS["/any"] = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*"))
    with monkeypatch.context() as patched:
        patched.setattr(f"corsdoctor.browsers.{engine}.{engine.upper()}", other)
        result = run(
            "check", f"{server.url}/any", *request, "--in", engine, "--save-case", str(case), "--browser", engine
        )
        assert "allowed, although corsdoctor predicted blocked" in " ".join(result.stdout.split())
        assert result.exit_code == 1
        patched.setattr("corsdoctor.captures.judge.BROWSERS", (other,))
        again = run("replay", str(case))
        assert "allowed, although corsdoctor predicted blocked" in " ".join(again.stdout.split())
    assert "abcdefghijklmnop" not in case.read_text(encoding="utf-8")
    now = run("replay", str(case), "-v")
    assert "As predicted in " in now.stdout
    assert now.exit_code == 0


def test_the_cure_is_confirmed(run: Run, server: Server, engine: str) -> None:
    result = run("fix", f"{server.url}/none", "--origin", "http://app.example", "-X", "PUT", "--in", engine)
    assert "  Tried  Confirmed in " in result.stdout
    assert not any(line.startswith("PUT") for line in server.requests)


def test_a_policy_needs_one_start_of_the_browser(run: Run, server: Server, engine: str, tmp_path: Path) -> None:
    policy = tmp_path / "cors.toml"
    policy.write_text(
        f"version = 1\n[base]\nserver = '{server.url}'\n[origins]\napp = 'http://app.example'\nother = 'http://localhost:3000'\n"
        "[[matrix]]\nid = 'all'\nbase = 'server'\n"
        "paths = ['/open', '/reflects']\nmethods = ['GET']\nallow = ['app', 'other']\n"
    )
    result = run("test", str(policy), "--in", engine)
    assert "4 of 4 as predicted" in result.stdout
    assert result.exit_code == 0
