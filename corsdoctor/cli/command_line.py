"""Scenario -> the command that checks it, ready to be pasted into a shell."""

from __future__ import annotations

import shlex

from corsdoctor.scenario import SAFE_TO_SEND, Api, Redirect, Scenario
from corsdoctor.url import parse


def command_line(scenario: Scenario, browser: str | None = None, *, send: bool = True) -> str | None:
    """The command that checks `scenario`; None where there is none: for a URL that can't be parsed, a streamed body, or one
    that can't be written as text behind -d.

    `browser` is who judges, all where it is None; `send` says whether a method that may change data is to be sent.
    """
    data = None if scenario.body is None else _text(scenario.body)
    if scenario.streamed or parse(scenario.url) is None or (data is None and scenario.body is not None):
        return None
    words = ["corsdoctor", "check", scenario.url, "--origin", str(scenario.origin)]
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
    return shlex.join(words)


def _text(body: bytes) -> str | None:
    """`body` as -d takes it: what begins with @ would be a file's name."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if text.startswith("@") or "\0" in text else text
