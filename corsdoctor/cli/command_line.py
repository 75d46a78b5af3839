"""Scenario -> the command that checks it, ready to be pasted into a shell."""

from __future__ import annotations

import shlex

from corsdoctor.scenario import SAFE_TO_SEND, Api, Redirect, Scenario
from corsdoctor.url import parse


def command_line(scenario: Scenario, browser: str | None = None, *, send: bool = True) -> str | None:
    """The command that checks `scenario`; None where there is none: for a streamed body, or a URL that can't be parsed.

    `browser` is who judges, all where it is None; `send` says whether a method that may change data is to be sent.
    """
    if scenario.streamed or parse(scenario.url) is None:
        return None
    words = ["corsdoctor", "check", scenario.url, "--origin", str(scenario.origin)]
    if scenario.method != ("GET" if scenario.body is None else "POST"):
        words += ["-X", scenario.method]
    for name, value in scenario.headers:
        words += ["-H", f"{name}: {value}" if value else f"{name};"]
    if scenario.body is not None:
        words += ["-d", scenario.body.decode()]
    for option, given in (
        ("--credentials", scenario.credentials),
        ("--cookie", scenario.cookie),
        ("--mode", scenario.mode),
        ("--redirect", None if scenario.redirect is Redirect.FOLLOW else scenario.redirect),
        ("--as", None if scenario.api is Api.FETCH else scenario.api),
    ):
        words += [] if given is None else [option, given]
    words += ["--upload-listener"] if scenario.upload_listener else []
    words += [] if browser is None else ["--browser", browser]
    words += ["--send"] if send and scenario.method not in SAFE_TO_SEND else []
    return shlex.join(words)
