"""Scenario -> the command that checks it, ready to be pasted into a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.scenario import SAFE_TO_SEND, Api, Redirect, Scenario
from corsdoctor.url import parse

if TYPE_CHECKING:
    from corsdoctor.cli.options import TransportFlags

_USERINFO: Final = re.compile(r"^([a-z][a-z0-9+.-]*://)?.*@", re.IGNORECASE | re.DOTALL)


def command_line(
    scenario: Scenario,
    browser: str | None = None,
    *,
    command: str = "check",
    send: bool = True,
    transport: TransportFlags | None = None,
    show_secrets: bool = False,
) -> str | None:
    """The command that checks `scenario`, or that fixes it; None where there is none: for a URL that can't be parsed, a streamed body, or one
    that can't be written as text behind -d.

    `browser` is who judges, all where it is None; `send` says whether a method that may change data is to be sent.
    `transport` says how the server is reached; a proxy's user and password are masked unless `show_secrets`.
    """
    data = None if scenario.body is None else _text(scenario.body)
    if scenario.streamed or parse(scenario.url) is None or (data is None and scenario.body is not None):
        return None
    words = ["corsdoctor", command, scenario.url, "--origin", str(scenario.origin)]
    if scenario.method != ("GET" if scenario.body is None else "POST"):
        words += ["-X", scenario.method]
    for name, value in scenario.headers:
        words += ["-H", f"{name}: {value}" if value else f"{name};"]
    words += [] if data is None else ["-d", data]
    for option, given in (
        ("--credentials", scenario.credentials),
        ("--cookie", scenario.cookie),
        ("--user-agent", scenario.user_agent),
        ("--mode", scenario.mode),
        ("--redirect", None if scenario.redirect is Redirect.FOLLOW else scenario.redirect),
        ("--as", None if scenario.api is Api.FETCH else scenario.api),
    ):
        words += [] if given is None else [option, given]
    words += ["--upload-listener"] if scenario.upload_listener else []
    words += [] if browser is None else ["--browser", browser]
    words += ["--send"] if send and scenario.method not in SAFE_TO_SEND else []
    words += [] if transport is None else _reaching(transport, show_secrets=show_secrets)
    return shlex.join(words)


def _reaching(flags: TransportFlags, *, show_secrets: bool) -> Iterator[str]:
    """The options of the connection that were given."""
    if flags.insecure:
        yield "--insecure"
    proxy = flags.proxy if flags.proxy is None or show_secrets else _USERINFO.sub(r"\1***@", flags.proxy)
    seconds = {"--connect-timeout": flags.connect_timeout, "--max-time": flags.max_time}
    for option, value in (
        ("--cacert", flags.cacert),
        ("--cert", flags.cert),
        ("--key", flags.key),
        ("--proxy", proxy),
        *(("--resolve", entry) for entry in flags.resolve),
        *((option, None if number is None else f"{number:.10g}") for option, number in seconds.items()),
    ):
        yield from () if value is None else (option, value)


def _text(body: bytes) -> str | None:
    """`body` as -d takes it: what begins with @ would be a file's name."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if text.startswith("@") or "\0" in text else text
