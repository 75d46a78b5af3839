"""The command with which a report repeats a request."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corsdoctor.cli.options import TransportFlags
from corsdoctor.command_line import Shell, _shell, command_line, quoted
from corsdoctor.reading import read_origin
from corsdoctor.scenario import Scenario
from tests.cli.conftest import PAGE

GET = Scenario("https://api.example/a b?x=$y", read_origin(PAGE))


def test_what_the_user_gave_is_in_it() -> None:
    asked = GET._replace(user_agent="it's me/1.0", cookie="a=1; b=2", headers=(("X-A", "1"), ("X-Empty", "")))
    assert shlex.split(command_line(asked) or "") == [
        "corsdoctor", "check", GET.url, "--origin", PAGE, "-H", "X-A: 1", "-H", "X-Empty;",
        "--cookie", "a=1; b=2", "--user-agent", "it's me/1.0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"", ["-d", ""]), ("ü".encode(), ["-d", "ü"]), (b"\xff", None), (b"@secrets.txt", None), (b"a\0b", None)],
)
def test_a_body_that_no_argument_can_hold(body: bytes, words: list[str] | None) -> None:
    command = command_line(GET._replace(method="POST", body=body))
    if words is None:
        assert command is None
    else:
        assert shlex.split(command or "")[5:] == [*words, "--send"]


@pytest.mark.parametrize("body", [b"{}", b"\xff", b"@secrets.txt"])
def test_a_body_from_a_file_stays_in_it(body: bytes) -> None:
    command = command_line(GET._replace(method="POST", body=body, body_file="a b.json"))
    assert shlex.split(command or "")[5:] == ["-d", "@a b.json", "--send"]


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
        resolve=("a:1:127.0.0.1", "b:2:127.0.0.1"), http2=True, connect_timeout=0.25, max_time=86400.0,
    )  # fmt: skip
    reaching = [
        "--insecure", "--http2", "--cacert", "c.pem", "--cert", "a b.pem", "--key", "k.pem", "--proxy", shown, "--resolve",
        "a:1:127.0.0.1", "--resolve", "b:2:127.0.0.1", "--connect-timeout", "0.25", "--max-time", "86400",
    ]  # fmt: skip
    assert shlex.split(command_line(GET, transport=flags) or "")[5:] == reaching
    unmasked = shlex.split(command_line(GET, transport=flags, show_secrets=True) or "")
    assert unmasked[unmasked.index("--proxy") + 1] == typed


def test_no_command() -> None:
    assert command_line(GET._replace(url="https://[")) is None
    assert command_line(GET._replace(streamed=True)) is None


def split_by_program(line: str) -> list[str]:
    """How the C runtime of Windows splits a command line into arguments."""
    words: list[str] = []
    word: str | None = None
    inside, at = False, 0
    while at < len(line):
        backslashes = len(line) - at - len(line[at:].lstrip("\\"))
        at += backslashes
        if backslashes:
            quote = line[at : at + 1] == '"'
            word = (word or "") + "\\" * (backslashes // 2 if quote else backslashes)
            if quote and backslashes % 2:
                word, at = word + '"', at + 1
            continue
        char = line[at]
        at += 1
        if char == '"':
            inside, word = not inside, word or ""
        elif char in " \t" and not inside:
            words += [] if word is None else [word]
            word = None
        else:
            word = (word or "") + char
    return words + ([] if word is None else [word])


def read_by_cmd(line: str) -> list[str]:
    """What a program gets from cmd.exe at its prompt. Fails where cmd would see another command or a variable."""
    assert not re.search(r"%\w+%", line)
    text, inside, at = "", False, 0
    while at < len(line):
        char = line[at]
        if char == "^" and not inside:
            at += 2 if line[at + 1] == "\n" else 1  # a caret before a line's end, and the line's end behind it
            text += line[at]
        else:
            assert inside or char not in "&|<>()\n"
            assert not inside or char != "\n"
            inside ^= char == '"'
            text += char
        at += 1
    return split_by_program(text)


def read_by_powershell(line: str) -> list[str]:
    """What a program gets from Windows PowerShell, which puts an argument with a space into quotes, and escapes nothing."""
    name, _, rest = line.partition(" --% ")
    if rest:
        return [name, *split_by_program(rest)]
    passed = []
    for quote, bare in re.findall(r"(?:^| )(?:'((?:[^'‘’‚‛]|['‘’‚‛]{2})*)'|([\w./:=+-]+))", line):
        text = bare or re.sub("(['‘’‚‛])['‘’‚‛]", r"\1", quote)
        passed.append(f'"{text}"' if re.search(r"\s", text) else text)
    return split_by_program(" ".join(word for word in passed if word))


READERS: dict[Shell, Callable[[str], list[str]]] = {
    Shell.POSIX: shlex.split,
    Shell.CMD: read_by_cmd,
    Shell.POWERSHELL: read_by_powershell,
}
ODD = [
    "X-A: it's", '{"a": 1}', '{"a": "b c"}', "$HOME", "%PATH%", "a%b", "%", "!x!", "a&b", "a|b", "a<b>c", "^", "`date`", "a b\\", "\\", '\\"', "",
    "(1)", "a;b", "a,b", "@x", "#x", "*", "~", "{a}", "--% x", "‘typographic’", "ü", 'a"&calc&"b', "https://a.example/?x=1&y=%41%42",
]  # fmt: skip


@pytest.mark.parametrize("shell", Shell)
@pytest.mark.parametrize("word", ODD)
def test_each_shell_reads_what_was_meant(shell: Shell, word: str) -> None:
    words = ["corsdoctor", "check", word, "-H", word]
    assert READERS[shell](quoted(words, shell)) == words


@pytest.mark.parametrize("shell", Shell)
@given(words=st.lists(st.text(st.sampled_from("aZ1 '\"\\%^&|<>()!$`;,@#=:/-.‘’ü"), max_size=8), max_size=4))
@example(words=["a\\", 'b"'])
def test_each_shell_reads_any_words(shell: Shell, words: list[str]) -> None:
    words = ["corsdoctor", *words]
    assert READERS[shell](quoted(words, shell)) == words


def test_several_lines_in_cmd() -> None:
    assert read_by_cmd(quoted(["corsdoctor", "a\nb", "c\r\nd"], Shell.CMD)) == ["corsdoctor", "a\nb", "c\nd"]


def test_plain_words_are_left_alone() -> None:
    words = ["corsdoctor", "check", "https://api.example/items", "--origin", "http://localhost:3000", "-X", "PUT"]
    for shell in Shell:
        assert quoted(words, shell) == " ".join(words)


@pytest.mark.parametrize(
    ("platform", "environment", "shell"),
    [
        ("linux", {"PROMPT": "$P$G"}, Shell.POSIX),
        ("darwin", {}, Shell.POSIX),
        ("win32", {"PROMPT": "$P$G", "PSModulePath": "x"}, Shell.CMD),
        ("win32", {"PSModulePath": "x"}, Shell.POWERSHELL),
        ("win32", {"SHELL": "/usr/bin/bash", "PROMPT": "$P$G"}, Shell.POSIX),
        ("win32", {"MSYSTEM": "MINGW64"}, Shell.POSIX),
    ],
)
def test_which_shell_reads_it(platform: str, environment: dict[str, str], shell: Shell) -> None:
    assert _shell(platform, environment) is shell
