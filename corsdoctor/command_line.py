"""Scenario -> the command that checks it, quoted for the shell into which it is pasted."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import Final, Protocol

from corsdoctor.scenario import SAFE_TO_SEND, Api, Redirect, Scenario
from corsdoctor.url import parse

_USERINFO: Final = r"(?is)^([a-z][a-z0-9+.-]*://)?.*@"


class Reaching(Protocol):
    """How servers are reached: the values of the command line's options."""

    insecure: bool
    cacert: str | None
    cert: str | None
    key: str | None
    proxy: str | None
    resolve: tuple[str, ...]
    http2: bool
    connect_timeout: float | None
    max_time: float | None


def command_line(
    scenario: Scenario,
    browser: str | None = None,
    *,
    command: str = "check",
    send: bool = True,
    transport: Reaching | None = None,
    show_secrets: bool = False,
) -> str | None:
    """The command that checks `scenario`, or that fixes it. None if no command can: for an invalid URL, a streamed body,
    or a body that cannot be written as text behind -d.

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
    return quoted(words)


def curl_line(
    url: str,
    method: str,
    headers: Iterable[tuple[str, str]],
    *,
    transport: Reaching | None = None,
    show_secrets: bool = False,
) -> str:
    """The curl command that sends this request, and prints the whole response. curl has the same options of the connection."""
    lines = (word for name, value in headers for word in ("-H", f"{name}: {value}"))
    reaching = () if transport is None else _reaching(transport, show_secrets=show_secrets)
    return quoted(["curl", "-i", "-X", method, url, *lines, *reaching])


class Shell(Enum):
    """The shell for which a command is printed."""

    POSIX = auto()
    CMD = auto()
    POWERSHELL = auto()


def quoted(words: Iterable[str], shell: Shell | None = None) -> str:
    """`words` as a command for `shell`, by default for the one that this process probably was started from."""
    words = list(words)
    match shell or _shell(sys.platform, os.environ):
        case Shell.POSIX:
            return shlex.join(words)
        case Shell.CMD:
            return " ".join(map(_for_cmd, words))
        case Shell.POWERSHELL:
            if any(_changed_by_powershell(word) for word in words):
                name, *rest = words
                return " ".join([name, "--%", *(_for_program(word) for word in rest)])  # what follows is left alone
            return " ".join(map(_for_powershell, words))


def _shell(platform: str, environment: Mapping[str, str]) -> Shell:
    """The shell of a user: on Windows, Git Bash sets SHELL and cmd sets PROMPT, and PowerShell sets neither."""
    if platform != "win32" or environment.get("SHELL") or environment.get("MSYSTEM"):
        return Shell.POSIX
    return Shell.CMD if environment.get("PROMPT") else Shell.POWERSHELL


def _for_program(word: str) -> str:
    """`word` as the C runtime of Windows splits a command line: backslashes count only before a double quote."""
    if re.fullmatch(r'[^\s"&|<>^%();,!]+', word):
        return word
    doubled = re.sub(r'(\\*)"', r'\1\1\\"', word)
    return '"' + re.sub(r"(\\+)$", r"\1\1", doubled) + '"'


def _for_cmd(word: str) -> str:
    """For cmd.exe: inside double quotes only % and ! mean something, and a quote that is escaped for the program ends them."""
    escaped = _for_program(word)
    if not re.search(r'["%!\n]', word):
        return escaped
    carets = re.sub(r'[()%!^"<>&|]', r"^\g<0>", escaped)
    return carets.replace("\r\n", "\n").replace("\n", "^\n\n")


def _for_powershell(word: str) -> str:
    """For PowerShell: in single quotes, which it sees in typographic ones too, nothing but these means anything."""
    if re.fullmatch(r"[\w./:=+-]+", word, re.ASCII):
        return word
    return "'" + re.sub("['\u2018\u2019\u201a\u201b]", r"\g<0>\g<0>", word) + "'"


def _changed_by_powershell(word: str) -> bool:
    """Whether Windows PowerShell passes `word` to a program changed, even in quotes."""
    return word == "" or '"' in word or bool(re.search(r"\s.*\\$", word, re.DOTALL))


def _reaching(flags: Reaching, *, show_secrets: bool) -> Iterator[str]:
    """The options of the connection that were given."""
    if flags.insecure:
        yield "--insecure"
    if flags.http2:
        yield "--http2"
    proxy = flags.proxy if flags.proxy is None or show_secrets else re.sub(_USERINFO, r"\1***@", flags.proxy)
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
    """`body` for -d, where a value that starts with @ would be the name of a file."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if text.startswith("@") or "\0" in text else text
