"""Input without a command: which command it is for, and what is said where that is unclear."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from corsdoctor.cli import COMMANDS, kinds_of_input, sample
from corsdoctor.cli.kinds_of_input import KINDS
from corsdoctor.opening import opened
from tests.cli.conftest import PAGE, Run, Server

MESSAGE = (
    "Access to fetch at 'https://api.example/me' from origin 'https://app.example' has been blocked by CORS policy: "
    "No 'Access-Control-Allow-Origin' header is present on the requested resource."
)
POLICY = f'[[case]]\nid = "a"\nurl = "URL/open"\norigin = "{PAGE}"\nexpect = "allowed"\n'


@pytest.fixture(name="here")
def files_of_each_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server) -> Path:
    """The current directory, with one file of each kind."""
    monkeypatch.chdir(tmp_path)
    policy = POLICY.replace("URL", server.url)
    files = {
        "cors.toml": policy,
        "a b.toml": "# mine\n" + policy,
        "cors.yaml": f"case:\n- id: a\n  url: {server.url}/open\n  origin: {PAGE}\n  expect: allowed\n",
        "cors.json": f'{{"case": [{{"id": "a", "url": "{server.url}/open", "origin": "{PAGE}", "expect": "allowed"}}]}}',
        "console.log": f"10:00 started\nmain.js:3 {MESSAGE}\n",
        "dump.html": f"<p>{MESSAGE}</p>\n",
        "urls.txt": f"# mine\n\n{server.url}/open\n{server.url}/none\n",
        "requests.jsonl": f'{{"url": "{server.url}/open", "origin": "{PAGE}"}}\n',
        "requests.json": f'{{"url": "{server.url}/open", "origin": "{PAGE}"}}\n',
        "both.jsonl": f'{{"url": "https://api.example/me", "text": "{MESSAGE}"}}\n',
        "pyproject.toml": '[project]\nname = "x"\n',
        "tests": "nothing\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "wide.log").write_text(MESSAGE, encoding="utf-16")
    return tmp_path


def note(command: str) -> str:
    return f"corsdoctor: running 'corsdoctor {command}', because "


@pytest.mark.parametrize("order", ["url first", "options first"])
def test_a_url_is_checked(run: Run, server: Server, order: str) -> None:
    args = [f"{server.url}/open", "--origin", PAGE, "--format", "json"]
    if order == "options first":
        args = [*args[1:], args[0]]
    result = run(*args)
    assert (result.exit_code, result.stdout[:1]) == (0, "{")
    assert result.stderr.startswith(note("check URL"))
    assert result.stderr.count("\n") == 1
    assert server.requests == ["GET /open"]


def test_several_urls_are_checked(run: Run, server: Server) -> None:
    result = run(f"{server.url}/open", f"{server.url}/put", "--origin", PAGE, "-q")
    assert (result.exit_code, sorted(server.requests)) == (0, ["GET /open", "GET /put"])


@pytest.mark.parametrize("url", ["localhost:8080/x", "api.example", "127.0.0.1", "[::1]:80/", "HTTPS://a.example/?x=1"])
def test_what_looks_like_a_url_is_left_to_check(run: Run, url: str) -> None:
    result = run(url)
    assert result.stderr.startswith(note("check URL"))
    assert "--origin" in result.stderr


@pytest.mark.parametrize("args", [(MESSAGE,), (f"main.js:3 {MESSAGE}",), tuple(MESSAGE.split()), (f"a\n{MESSAGE}\nb",)])
def test_a_message_is_explained(run: Run, args: tuple[str, ...]) -> None:
    result = run(*args, "--format", "jsonl")
    assert result.exit_code == 0
    assert '"acao-present"' in result.stdout
    assert result.stderr.startswith(note("explain TEXT"))


def test_the_id_of_a_rule_is_explained(run: Run) -> None:
    result = run("acao-present")
    assert (result.exit_code, result.stdout) == (0, run("explain", "acao-present").stdout)
    assert result.stderr.startswith(note("explain RULE"))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("cors.toml", "test cors.toml"),
        ("a b.toml", "test 'a b.toml'"),
        ("cors.yaml", "test cors.yaml"),
        ("cors.json", "test cors.json"),
        ("./cors.toml", "test ./cors.toml"),
        ("console.log", "explain console.log"),
        ("dump.html", "explain dump.html"),
        ("wide.log", "explain wide.log"),
        ("requests.jsonl", "batch requests.jsonl"),
        ("requests.json", "batch requests.json"),
    ],
)
def test_a_file_is_recognized_by_its_content(run: Run, name: str, command: str) -> None:
    result = run(name, "--show-secrets")
    assert result.stderr.startswith(note(command))
    assert (result.exit_code, bool(result.stdout)) == (0, True)


@pytest.mark.parametrize(
    ("name", "args", "command"),
    [
        ("console.log", (), "explain -"),
        ("console.log", ("-",), "explain -"),
        ("console.log", ("--format", "jsonl"), "explain -"),
        ("wide.log", (), "explain -"),
        ("urls.txt", ("--origin", PAGE, "--exit-zero"), "check -"),
        ("urls.txt", ("-", "--origin", PAGE, "--exit-zero"), "check -"),
        ("requests.jsonl", (), "batch -"),
    ],
)
def test_standard_input_is_recognized_and_read_whole(
    run: Run, here: Path, name: str, args: tuple[str, ...], command: str
) -> None:
    data = (here / name).read_bytes()
    result = run(*args, input=data)
    assert result.stderr.startswith(note(command))
    named = run(*command.split(" "), *(arg for arg in args if arg != "-"), input=data)
    assert result.exit_code == named.exit_code == 0
    assert len(result.stdout) == len(named.stdout) > 0


def test_a_long_log_is_read_from_its_start_to_its_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds_of_input, "SAMPLE", 1000)
    monkeypatch.setattr(sample, "SAMPLE", 1000)
    log = "\n".join([MESSAGE, *["nothing"] * 500, MESSAGE.replace("/me", "/you")]).encode()
    result = run("--format", "jsonl", input=log)
    assert [url in result.stdout for url in ("/me", "/you")] == [True, True]
    assert run("--format", "jsonl", input=b"nothing\n" * 500).stderr.startswith(note("explain -"))


@pytest.mark.parametrize("kind", ["file", "pipe"])
def test_standard_input_of_a_process(here: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system gives, instead of a stand-in."""
    if kind == "file":
        fd = os.open(here / "console.log", os.O_RDONLY)
    else:
        fd, end = os.pipe()
        os.write(end, (here / "console.log").read_bytes())
        os.close(end)
    with os.fdopen(fd, encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        text = sample.sampled_input(wanted=False)
        assert MESSAGE in text
        with opened("-") as again:
            assert again.read().decode() == text
        monkeypatch.undo()


def test_a_pipe_that_stays_silent_is_said_to_be_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sample, "_SECONDS", 0.0)
    fd, end = os.pipe()
    with os.fdopen(fd, "rb") as stream:
        sample._tell_of_waiting(stream)
        assert "waiting for standard input" in capsys.readouterr().err
        os.write(end, b"x")
        sample._tell_of_waiting(stream)
        assert capsys.readouterr().err == ""
    os.close(end)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("args", "input", "told"),
    [
        (("urls.txt",), None, ["'corsdoctor check - < urls.txt'", "'corsdoctor batch urls.txt'"]),
        (("both.jsonl",), None, ["'corsdoctor batch both.jsonl'", "'corsdoctor explain both.jsonl'"]),
        (("https://a.example/", "cors.toml"), None, ["give either URLs, or one file, or one message"]),
        (("console.log", "cors.toml"), None, ["give either URLs, or one file, or one message"]),
        (("pyproject.toml",), None, ["pyproject.toml contains none of these: "]),
        (("missing.toml",), None, ["there is no file 'missing.toml'"]),
        (("missing.log",), None, ["there is no file 'missing.log'"]),
        (("tests",), None, ["did you mean `test`?"]),
        (("chek", "https://a.example/"), None, ["did you mean `check`?"]),
        (("chekc",), None, ["did you mean `check`?"]),
        (("acao-presnt",), None, ["did you mean `corsdoctor explain acao-present`?"]),
        (("nonsense",), None, ["not a URL, a console message"]),
        ((), POLICY, ["standard input contains a policy", "'corsdoctor test FILE'"]),
        ((), "nothing of interest", ["standard input contains none of these: "]),
        (("--origin", PAGE), "", ["no option --origin"]),
        (("-X",), "", ["no option -X"]),
    ],
)
def test_what_is_unclear_runs_nothing(
    run: Run, server: Server, args: tuple[str, ...], input: str | None, told: list[str]
) -> None:
    result = run(*args, input=input)
    assert (result.exit_code, result.stdout, server.requests) == (2, "", [])
    assert result.stderr.count("\n") == 1
    for words in told:
        assert words in result.stderr


@pytest.mark.parametrize("input", [None, "", " \n"])
def test_nothing_given_shows_the_help(run: Run, input: str | None) -> None:
    result = run(input=input)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Commands:" in result.stderr


def test_a_pipe_with_a_name_is_not_read_twice(run: Run, tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs pipes with names")
    os.mkfifo(tmp_path / "pipe")
    result = run(str(tmp_path / "pipe"))
    assert result.exit_code == 2
    assert "can be read only once" in result.stderr


@pytest.mark.parametrize("isatty", [True, False])
def test_a_line_says_that_the_terminal_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], isatty: bool
) -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return isatty

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Terminal(b"x")))
    with opened("-") as stream:
        assert stream.read() == b"x"
    assert ("reading standard input; Ctrl-" in capsys.readouterr().err) == isatty


def test_each_kind_has_its_commands() -> None:
    ways = [way for kind in KINDS for ways in kind.commands.values() for way in ways]
    assert {way.command for way in ways} <= COMMANDS.keys()


@pytest.mark.usefixtures("here")
def test_completion_takes_the_command_from_the_input(run: Run) -> None:
    def offered(line: str) -> str:
        words = line.split(" ")
        result = run(
            _CORSDOCTOR_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), input=MESSAGE
        )
        assert result.stderr == ""
        return result.stdout.strip()

    assert offered("corsdoctor https://a.example/ --up") == "plain,--upload-listener"
    assert offered("corsdoctor cors.toml --fail-f") == "plain,--fail-fast"
    assert offered("corsdoctor nonsense --fail-f") == ""
    assert offered("corsdoctor --orig") == ""
