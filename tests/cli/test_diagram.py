"""--diagram and --ascii, as the commands wire them."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, Server, run, server

__all__ = ["run", "server"]  # fixtures
ORIGIN = ("--origin", "https://app.example")


@pytest.mark.parametrize("command", ["check", "preflight", "plan"])
def test_a_diagram(run: Run, server: Server, command: str) -> None:
    text = run(command, f"{server.url}/put", "-X", "PUT", *ORIGIN, "--diagram").stdout
    assert "  page  " in text
    assert "├─" in text
    assert "> OPTIONS" not in text


def test_ascii_implies_a_diagram(run: Run, server: Server) -> None:
    text = run("check", f"{server.url}/none", *ORIGIN, "--ascii").stdout
    assert "|<. x acao-present .." in text


def test_the_proxy_is_named_without_its_password(run: Run, server: Server) -> None:
    proxy = f"http://ann:s3cret@{server.url.removeprefix('http://')}"
    text = run("check", "http://api.invalid/", *ORIGIN, "--diagram", "--proxy", proxy).stdout
    assert "proxy" in text
    assert server.url.removeprefix("http://") in text
    assert "s3cret" not in text


def test_a_session_has_a_timeline(run: Run, server: Server) -> None:
    result = run("check", f"{server.url}/open", *ORIGIN, "--session", "--diagram")
    assert (result.exit_code, "its report is a timeline" in result.stderr) == (2, True)
