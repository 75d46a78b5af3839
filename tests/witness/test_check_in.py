"""check --in: a real browser, from the command line to a server on loopback."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run, Server, run, server
from tests.witness.real import need_browser

__all__ = ["run", "server"]  # fixtures
ENGINES = ("chromium",)
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
