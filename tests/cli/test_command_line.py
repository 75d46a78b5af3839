"""The command that a report tells to repeat a request."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from corsdoctor.cli.command_line import command_line
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


def test_no_command() -> None:
    assert command_line(replace(GET, url="https://[")) is None
    assert command_line(replace(GET, streamed=True)) is None
