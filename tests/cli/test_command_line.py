"""The command that a report tells to repeat a request."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from corsdoctor.cli.command_line import command_line
from corsdoctor.cli.options import TransportFlags
from corsdoctor.reading import read_origin
from corsdoctor.scenario import Scenario
from tests.cli.conftest import PAGE

GET = Scenario("https://api.example/a b?x=$y", read_origin(PAGE))


def test_what_the_user_gave_is_in_it() -> None:
    asked = replace(GET, user_agent="it's me/1.0", cookie="a=1; b=2", headers=(("X-A", "1"), ("X-Empty", "")))
    assert shlex.split(command_line(asked) or "") == [
        "corsdoctor", "check", GET.url, "--origin", PAGE, "-H", "X-A: 1", "-H", "X-Empty;",
        "--cookie", "a=1; b=2", "--user-agent", "it's me/1.0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"", ["-d", ""]), ("ü".encode(), ["-d", "ü"]), (b"\xff", None), (b"@secrets.txt", None), (b"a\0b", None)],
)
def test_a_body_that_no_argument_can_hold(body: bytes, words: list[str] | None) -> None:
    command = command_line(replace(GET, method="POST", body=body))
    if words is None:
        assert command is None
    else:
        assert shlex.split(command or "")[5:] == [*words, "--send"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("http://u:p@ss@proxy.example:8080", "http://***@proxy.example:8080"),
        ("u:p@proxy.example", "***@proxy.example"),
        ("user@proxy.example", "***@proxy.example"),
        ("proxy.example:3128", "proxy.example:3128"),
    ],
)
def test_how_the_server_was_reached_is_in_it(typed: str, shown: str) -> None:
    flags = TransportFlags(
        insecure=True, cacert="c.pem", cert="a b.pem", key="k.pem", proxy=typed,
        resolve=("a:1:127.0.0.1", "b:2:127.0.0.1"), connect_timeout=0.25, max_time=86400.0,
    )  # fmt: skip
    reaching = [
        "--insecure", "--cacert", "c.pem", "--cert", "a b.pem", "--key", "k.pem", "--proxy", shown, "--resolve",
        "a:1:127.0.0.1", "--resolve", "b:2:127.0.0.1", "--connect-timeout", "0.25", "--max-time", "86400",
    ]  # fmt: skip
    assert shlex.split(command_line(GET, transport=flags) or "")[5:] == reaching
    unmasked = shlex.split(command_line(GET, transport=flags, show_secrets=True) or "")
    assert unmasked[unmasked.index("--proxy") + 1] == typed


def test_no_command() -> None:
    assert command_line(replace(GET, url="https://[")) is None
    assert command_line(replace(GET, streamed=True)) is None
