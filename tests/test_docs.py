"""Forces what is written about the command line to be true: help, man pages, README, CHANGELOG, packaging."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click
import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX
from corsdoctor.cli import COMMANDS, corsdoctor
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.option import mistakes
from corsdoctor.flow.explain import explained_flow
from corsdoctor.flow.read import read_flow
from corsdoctor.report import FlowReport
from corsdoctor.reports.flow_text import render_flow
from corsdoctor.reports.writer import Style
from corsdoctor.version import __version__
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest
from docs import cookies
from docs.generate import page
from man.generate import escape, fold, pages
from tests.test_architecture import FENCES

ROOT = Path(__file__).parent.parent
NO_VARIABLE = {
    ("replay", "--redact"), ("replay", "--only"),  # a copy of this one file
    ("lab", "--list"), ("fix", "--list"), ("test", "--list"), ("test", "--init"), ("test", "--output"), ("test", "--force"),
    ("test", "--update"), ("test", "--header"), ("test", "--credentials"),
}  # fmt: skip
"""The options that mean nothing where they always hold."""
LISTS = {("fix", "--origin"), ("fix", "--method"), ("test", "--origin"), ("audit", "--origin")}
"""The options that take several values, separated in the variable, where other commands take one."""
MODULES = {"google_re2": "re2", "pyyaml": "yaml", "pysocks": "socks"}
"""What is imported from packages with another name."""
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
SECTIONS = ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO")


def command(name: str) -> click.Command:
    found = corsdoctor.get_command(click.Context(corsdoctor), name)
    assert found is not None
    return found


def options(name: str) -> Iterator[click.Option]:
    """The options of a command, without --help and those of old."""
    return (param for param in command(name).params if isinstance(param, click.Option) and not param.hidden)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# -- help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_fits_the_list(name: str) -> None:
    """The list's text and the help's first sentence may differ in words, but say the same thing first."""
    first = (command(name).help or "").strip().split("\n")[0]
    short = COMMANDS[name]
    assert first.split()[0] == short.split()[0]
    assert re.fullmatch(r"[A-Z][^.]{10,74}\.", short)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help_and_a_variable(name: str) -> None:
    for option in options(name):
        long = option.opts[-1]
        assert option.help, long
        assert option.help.endswith("."), long
        if (name, long) in NO_VARIABLE:
            assert option.envvar is None, f"{long} has a variable: take it off the list"
        else:
            suffix = long.removeprefix("--").replace("-", "_").upper()
            assert option.envvar in {f"CORSDOCTOR_{suffix}", f"CORSDOCTOR_{name.upper()}_{suffix}"}


def test_a_variable_means_the_same_for_every_command() -> None:
    meant: dict[object, tuple[object, ...]] = {}
    for name in COMMANDS:
        for option in options(name):
            choices = tuple(option.type.choices) if isinstance(option.type, click.Choice) else None
            multiple = option.multiple and (name, option.opts[-1]) not in LISTS
            meaning = (option.opts[-1], option.nargs, multiple, option.is_flag, option.count, choices)
            if option.envvar is not None:
                assert meant.setdefault(option.envvar, meaning) == meaning, option.envvar


# -- man pages


def test_man_pages_are_fresh() -> None:
    """Where this fails: python -m man.generate"""
    written = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "man").glob("*.1")}
    assert written == pages()


@pytest.mark.parametrize("page", pages())
def test_each_man_page_is_complete(page: str) -> None:
    text = pages()[page]
    found = re.findall(r"^\.SH (.+)$", text, re.M)
    assert [title for title in found if title != "COMMANDS"] == list(SECTIONS)
    assert set(re.findall(r"^([.'][^ \n]*)", text, re.M)) <= {
        '.\\"', ".TH", ".SH", ".SS", ".PP", ".TP", ".br", ".EX", ".EE", ".nh", ".ad",
    }  # fmt: skip
    assert "\b" not in text


def test_the_main_man_page_has_every_exit_status() -> None:
    _, _, rest = pages()["corsdoctor.1"].partition(".SH EXIT STATUS\n")
    listed = re.findall(r"^\.TP\n\\fB(\d+)\\fR$", rest.partition(".SH ")[0], re.M)
    assert listed == [str(int(status)) for status in ExitStatus]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (".dot", r"\&.dot"),
        ("'quote", r"\(aqquote"),
        ("a\\b", r"a\eb"),
        ("--flag", r"\-\-flag"),
        ("`~^\"", r"\(ga\(ti\(ha\(dq"),
    ],
)  # fmt: skip
def test_roff_prints_text_as_it_is(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_a_folded_command_is_still_the_same() -> None:
    line = (
        "corsdoctor check https://api.example/items --origin https://app.example -H 'X-A: 1  2' -H 'X-B: a -c d' --send"
    )
    assert len(fold(line)) == 2
    assert shlex.split("\n".join(fold(line)).replace("\\\n", "")) == shlex.split(line)


# -- the recipes' page


def test_the_page_of_recipes_is_fresh() -> None:
    """Where this fails: python -m docs.generate"""
    assert read("docs/recipes.md") == page()


# -- README


def test_the_readme_names_only_what_is_there() -> None:
    for words in (*shell_commands(read("README.md")), *shell_commands(read("docs/recipes.md"))):
        arguments = words[1:]
        if not arguments or "." in arguments[0]:
            continue  # without a command: what is given says what to do
        name = arguments[0]
        if name.startswith("-"):
            assert name in {opt for param in corsdoctor.get_params(click.Context(corsdoctor)) for opt in param.opts}
            continue
        assert name in COMMANDS, shlex.join(words)
        if not {"-h", "--help"} & set(arguments):
            with command(name).make_context(name, arguments[1:]):  # parses, and runs nothing
                assert not mistakes(), shlex.join(words)


def test_the_flow_in_the_readme_is_reported_as_shown() -> None:
    """The server stores a login in a cookie without SameSite, and allows the page only where the cookie comes along."""
    section = read("README.md").partition("\n## A whole visit")[2].partition("\n## ")[0]
    [story] = re.findall(r"^```toml\n(.*?)^```", section, re.M | re.S)
    [shown] = re.findall(r"^```console\n\$ corsdoctor flow[^\n]*\n(.*?)^```", section, re.M | re.S)
    allowed = (
        ("Access-Control-Allow-Origin", "https://app.example"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    )

    def send(_kind: Kind, request: WireRequest) -> Answer:
        if request.url.endswith("/login"):
            return Response(200, Headers((*allowed, ("Set-Cookie", "sid=1; Secure; HttpOnly"))), "OK")
        if "Cookie" in request.headers:
            return Response(200, Headers(allowed), "OK")
        return Response(401, Headers((("WWW-Authenticate", "Bearer"),)), "Unauthorized")

    flow = read_flow(tomllib.loads(story))
    report = FlowReport(flow, explained_flow(flow, (CHROMIUM, FIREFOX), send))
    assert render_flow(report, Style()) == shown.rstrip("\n")


def test_options_in_the_readmes_prose_exist() -> None:
    prose = re.sub(r"^```.*?^```", "", read("README.md"), flags=re.M | re.S)
    named = {option for code in re.findall(r"`([^`\n]+)`", prose) for option in re.findall(r"^--[a-z][a-z0-9-]*", code)}
    known = {opt for name in COMMANDS for option in options(name) for opt in option.opts}
    assert named <= known | {"--help", "--help-all", "--version"}


def test_the_readme_has_the_commands_that_work_on_a_fresh_clone() -> None:
    """.ci/run runs them, and takes them from there."""
    section = read("README.md").partition("\n## Install and try it\n")[2].partition("\n## ")[0]
    unix, windows = (
        "".join(re.findall(rf"^```{language}\n(.*?)^```", section, re.M | re.S)).splitlines()
        for language in ("sh", "bat")
    )
    demo, tests, core = unix
    assert demo.startswith("python3 -m venv .venv && .venv/bin/pip install . && ")
    assert tests.startswith("python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest")
    assert re.fullmatch(r"\.venv/bin/pytest .*-m core", core)
    assert windows == [line.replace("python3", "py").replace("'", "").replace("/bin/", "\\Scripts\\") for line in unix]
    assert not [line for line in unix if line in read(".ci/run")]


def shell_commands(markdown: str) -> Iterator[list[str]]:
    """The words of each call of `corsdoctor` in the fenced blocks of a shell; output of a transcript is left out."""
    for language, block in re.findall(r"^```(\w*)[^\n]*\n(.*?)^```", markdown, re.M | re.S):
        if language not in ("", "sh", "bash", "shell", "console"):
            continue
        script = re.sub(r"\\\n(?:> )?\s*", " ", block)
        if re.search(r"^\$ ", script, re.M):
            script = "\n".join(re.findall(r"^\$ (.*)", script, re.M))
        script = re.sub(r"(?:^|(?<=\s))#.*", "", script)
        lexer = shlex.shlex(script, posix=True, punctuation_chars="();<>|&\n")
        lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
        words: list[str] = []
        for word in [*lexer, "\n"]:
            if word.strip("();<>|&\n"):
                words.append(word)
                continue
            while words and re.match(r"\w+=", words[0]):  # variables
                del words[0]
            if words[:1] == ["corsdoctor"]:
                yield words
            words = []


def test_shell_commands() -> None:
    text = "```\n# corsdoctor no\n$ A=1 corsdoctor check \\\n    URL -H 'a: b|c' | jq && corsdoctor lab\ncorsdoctor out\n```\n"
    found = [["corsdoctor", "check", "URL", "-H", "a: b|c"], ["corsdoctor", "lab"]]
    assert list(shell_commands(text + "```json\ncorsdoctor no\n```\n")) == found


# -- CHANGELOG and packaging


def test_the_changelog_keeps_its_form() -> None:
    """https://keepachangelog.com/en/1.1.0/"""
    changelog = read("CHANGELOG.md")
    assert changelog.startswith("# Changelog\n")
    unreleased, *releases = re.findall(r"^## (.*)$", changelog, re.M)
    assert unreleased == "[Unreleased]"
    dates = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", release) for release in releases]
    assert all(dates), releases
    versions = [tuple(map(int, found[1].split("."))) for found in dates if found]
    assert versions == sorted(versions, reverse=True)
    for release in re.split(r"^## ", changelog, flags=re.M)[1:]:
        kinds = re.findall(r"^### (.*)$", release, re.M)
        assert set(kinds) <= set(KINDS)
        assert len(kinds) == len(set(kinds))
        assert all(re.match(r".*\n+- ", part) for part in release.split("### ")[1:]), "each heading has a list"


def test_the_version_stands_once() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "corsdoctor.version.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    if installed := list(metadata.distributions(name="corsdoctor")):
        assert installed[0].version == __version__


def test_packaging_says_what_the_code_needs() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *(one for name in extras.keys() - {"test", "dev"} for one in extras[name])]
    packages = {re.split(r"[\[<>=~!]", one)[0].replace("-", "_").lower() for one in needed}
    assert {MODULES.get(package, package) for package in packages} == set(FENCES)
    assert project["scripts"] == {"corsdoctor": "corsdoctor.cli:main"}
    oldest = project["requires-python"].removeprefix(">=")
    assert f"Programming Language :: Python :: {oldest}" in project["classifiers"]


def test_the_page_on_cookies_is_fresh() -> None:
    assert cookies.PAGE.read_text(encoding="utf-8") == cookies.page()
