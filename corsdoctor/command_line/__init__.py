"""Scenario -> the command that checks it, quoted for the shell into which it is pasted; tools.py has those of other tools."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Protocol

from corsdoctor.pattern import Pattern
from corsdoctor.scenario import SAFE_TO_SEND, Api, Redirect, Scenario
from corsdoctor.url import parse

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client

_UNPRINTABLE: Final = Pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\udc80-\udcff]")
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
    data = None if scenario.body is None else _data(scenario.body, scenario.body_file)
    if scenario.streamed or parse(scenario.url) is None or (data is None and scenario.body is not None):
        return None
    words = ["corsdoctor", command, scenario.url]
    words += ["--origin", str(scenario.origin)] if scenario.client is None else _page(scenario.client)
    if scenario.method != ("GET" if scenario.body is None and scenario.api is not Api.BEACON else "POST"):
        words += ["-X", scenario.method]
    for name, value in scenario.headers:
        words += ["-H", f"{name}: {value}" if value else f"{name};"]
    words += [] if data is None else ["-d", data]
    for option, given in (
        ("--credentials", scenario.credentials),
        ("--cookie", scenario.cookie),
        *(("--cookie", held.line) for held in scenario.held if held.file is None),
        *(("--cookie-jar", file) for file in dict.fromkeys(held.file for held in scenario.held)),
        ("--user-agent", scenario.user_agent),
        ("--mode", scenario.mode),
        ("--redirect", None if scenario.redirect is Redirect.FOLLOW else scenario.redirect),
        ("--as", None if scenario.api is Api.FETCH else scenario.api),
        ("--as-preload", scenario.preload_as),
    ):
        words += [] if given is None else [option, given]
    words += ["--upload-listener"] if scenario.upload_listener else []
    words += [] if browser is None else ["--browser", browser]
    words += ["--send"] if send and scenario.method not in SAFE_TO_SEND else []
    words += [] if transport is None else reaching(transport, show_secrets=show_secrets)
    return quoted(words)


def _page(client: Client) -> Iterator[str]:
    """The options that name the page, with the headers that its server did not return, and what surrounds its browser."""
    page = client.page
    for name, answer in client.network.permissions.get(str(page.url.origin), {}).items():
        yield from ("--permission", f"{name}={answer}")
    for host, space in client.network.spaces.items():
        yield from ("--address-space", f"{host}={space}")
    yield from ("--page", page.url.href)
    for name, value in () if page.requested else page.headers:
        yield from ("--page-header", f"{name}: {value}" if value else f"{name};")


class Shell(Enum):
    """The shell for which a command is printed."""

    POSIX = auto()
    CMD = auto()
    POWERSHELL = auto()


def quoted(words: Iterable[str], shell: Shell | None = None) -> str:
    """`words` as a command for `shell`, by default for the one that this process probably was started from."""
    words = list(words)
    match shell or users_shell():
        case Shell.POSIX:
            return " ".join(map(_for_posix, words))
        case Shell.CMD:
            return " ".join(map(_for_cmd, words))
        case Shell.POWERSHELL:
            if any(_changed_by_powershell(word) for word in words):
                name, *rest = words
                return " ".join([name, "--%", *(_for_program(word) for word in rest)])  # what follows is left alone
            return " ".join(map(for_powershell, words))


def users_shell() -> Shell:
    """The shell that this process probably was started from."""
    return _shell(sys.platform, os.environ)


def _shell(platform: str, environment: Mapping[str, str]) -> Shell:
    """The shell of a user: on Windows, Git Bash sets SHELL and cmd sets PROMPT, and PowerShell sets neither."""
    if platform != "win32" or environment.get("SHELL") or environment.get("MSYSTEM"):
        return Shell.POSIX
    return Shell.CMD if environment.get("PROMPT") else Shell.POWERSHELL


def has_unprintable(word: str) -> bool:
    """Whether it has a control character other than the tab and the end of a line, or a surrogate, which stands for a byte."""
    return not word.isprintable() and _UNPRINTABLE.compiled.search(word) is not None


def _for_posix(word: str) -> str:
    """For sh; with $'...' of bash and zsh where a control character or a surrogate, which stands for a byte, would be printed."""
    if not has_unprintable(word):
        return shlex.quote(word)
    escaped = word.replace("\\", r"\\").replace("'", r"\'")
    return f"$'{_UNPRINTABLE.compiled.sub(_octal, escaped)}'"


def _octal(found: re.Match[str]) -> str:
    return "".join(f"\\{byte:03o}" for byte in found[0].encode("utf-8", "surrogateescape"))


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


def for_powershell(word: str) -> str:
    """For PowerShell: in single quotes, which it sees in typographic ones too, nothing but these means anything."""
    if re.fullmatch(r"[\w./:=+-]+", word, re.ASCII):
        return word
    return "'" + re.sub("['\u2018\u2019\u201a\u201b]", r"\g<0>\g<0>", word) + "'"


def _changed_by_powershell(word: str) -> bool:
    """Whether Windows PowerShell passes `word` to a program changed, even in quotes."""
    return word == "" or '"' in word or bool(re.search(r"\s.*\\$", word, re.DOTALL))


def reaching(flags: Reaching, *, show_secrets: bool) -> Iterator[str]:
    """The options of the connection that were given; curl has the same."""
    if flags.insecure:
        yield "--insecure"
    if flags.http2:
        yield "--http2"
    proxy = shown_proxy(flags, show_secrets=show_secrets)
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


def shown_proxy(flags: Reaching, *, show_secrets: bool) -> str | None:
    """The proxy, with its user and password masked unless `show_secrets`."""
    return flags.proxy if flags.proxy is None or show_secrets else re.sub(_USERINFO, r"\1***@", flags.proxy)


def _data(body: bytes, file: str | None) -> str | None:
    """The value of -d for `body`: the `file` that it was read from, or its text, which must not start with @."""
    if file is not None:
        return f"@{file}"
    text = printable(body)
    return None if text is None or text.startswith("@") else text


def printable(body: bytes) -> str | None:
    """`body` as a text that can be an argument of a program."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
