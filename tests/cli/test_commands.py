"""Wiring: which commands there are, what their help says, how they end."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import corsdoctor as package
from corsdoctor.cli import COMMANDS, corsdoctor
from corsdoctor.cli.command import Command, first_sentence
from corsdoctor.cli.guesses import COMMAND_GUESSES, OPTION_GUESSES
from tests.cli.conftest import Run

HEAVY = ("requests", "can_ada", "tabulate", "publicsuffixlist", "concurrent.futures", "importlib.metadata")


def command(name: str) -> click.Command:
    found = corsdoctor.get_command(click.Context(corsdoctor), name)
    assert found is not None
    return found


def test_version(run: Run) -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"corsdoctor {package.__version__}\n")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_the_commands(run: Run, flag: str) -> None:
    result = run(flag)
    assert result.exit_code == 0
    assert all(f"  {name} " in result.stdout for name in COMMANDS)


def test_without_a_command_the_help_goes_to_stderr(run: Run) -> None:
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Commands:" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(run: Run, name: str) -> None:
    result = run(name, "-h")
    assert result.exit_code == 0
    assert command(name).name == name


@pytest.mark.parametrize("name", ["check", "plan", "preflight", "batch"])
def test_each_option_has_help_and_a_variable(name: str) -> None:
    found = command(name)
    assert isinstance(found, Command)
    for param in found.params:
        if isinstance(param, click.Option):
            assert param.help, param.name
            assert isinstance(param.envvar, str), param.name
            assert param.envvar.startswith("CORSDOCTOR_"), param.name


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_one_screen_of_80_columns(run: Run, name: str) -> None:
    lines = run(*[name] * bool(name), "--help", COLUMNS="80").stdout.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert not name or not any("CORSDOCTOR_" in line for line in lines)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_all_shows_every_option_and_names_the_variables_once(run: Run, name: str) -> None:
    short, whole = run(name, "--help").stdout, run(name, "--help-all").stdout
    shown = [param for param in command(name).params if isinstance(param, click.Option) and not param.hidden]
    for option in shown:
        assert option.opts[-1] in whole
        assert (option.opts[-1] in short) or not getattr(option, "common", None)
    assert "Exit status:" not in short
    assert whole.count("CORSDOCTOR_ORIGIN") <= 1
    assert ("Environment:" in whole) == bool(shown)


def test_the_whole_help_is_asked_for_before_or_behind_other_options(run: Run) -> None:
    whole = run("check", "--help-all").stdout
    assert run("check", "https://a.example/", "--help-all", "--mode", "x").stdout == whole
    assert run("--help-all").stdout == run("--help").stdout


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("The method [GET, or POST with --data]. 'Name;' is another.", "The method [GET, or POST with --data]."),
        ("Seconds, such as 0.5 or e.g. these.", "Seconds, such as 0.5 or e.g. these."),
    ],
)
def test_the_short_help_of_an_option_is_its_first_sentence(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_help_as_a_command(run: Run) -> None:
    assert run("help").stdout == run("--help").stdout
    for name in COMMANDS:
        assert run("help", name).stdout == run(name, "--help").stdout
    assert "did you mean `check`?" in run("help", "chek").stderr


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        (("version",), "`corsdoctor --version`"),
        (("-v",), "`corsdoctor --version`"),
        (("--list",), "`corsdoctor rules`"),
        (("list",), "`corsdoctor rules`"),
        (("--completions",), "`corsdoctor completion bash`"),
        (("--versoin",), "`--version`"),
        (("init",), "`corsdoctor test --init"),
        (("check", "--list"), "`corsdoctor rules`"),
        (("check", "--json"), "`--format json`"),
        (("explain", "--timeout", "3"), "`--max-time`"),
        (("batch", "-o", "x"), "`--format FORMAT=FILE`"),
        (("check", "--headr", "a: b"), "`--header`"),
        (("check", "--version"), "`corsdoctor --version`"),
        (("check", "--shard", "1/2"), "these commands have it: batch"),
        (("check", "--json", "{}"), "-d '{...}'"),
        (("check", "-F", "a=@b.png"), "`--from FILE`"),
        (("check", "--crossorigin"), "`--mode cors`"),
        (("check", "--with-credentials"), "`--credentials include`"),
        (("POST", "https://api.example/items"), "`corsdoctor check URL -X METHOD`"),
        (("check", "https://a.example", "--origin", "null", "--as", "img"), "'img' is unknown; did you mean `image`?"),
        (
            ("check", "https://a.example", "-H", "origin: https://app.example"),
            "did you mean `--origin https://app.example`",
        ),
    ],
)
def test_a_first_guess_is_answered_with_what_was_probably_meant(run: Run, args: tuple[str, ...], meant: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert meant in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("POST", None, "`-X POST`"),
        ("curl https://api.example/items", None, "`corsdoctor check --from-curl TEXT`"),
        ("Origin https://a.example is not allowed by Access-Control-Allow-Origin.", None, "`corsdoctor explain TEXT`"),
        ("req.sh", "curl https://api.example/items", "`corsdoctor check --from req.sh`"),
        ("a b.toml", 'version = 1\n[origins]\napp = "https://a.example"', "`corsdoctor test 'a b.toml'`"),
        ("a.har", '{"log": {}}', "`corsdoctor replay a.har`"),
        ("urls.txt", "https://a.example/\n", "`corsdoctor check - < urls.txt` or `corsdoctor batch urls.txt`"),
    ],
)
def test_what_is_no_url_is_answered_with_what_takes_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str | None, meant: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / name).write_text(text)
    result = run("check", "--origin", "https://a.example", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"did you mean {meant}?" in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_api_is_named_in_any_case(run: Run) -> None:
    assert (
        "by EventSource"
        in run("plan", "https://b.example/", "--origin", "https://a.example", "--as", "EventSource").stdout
    )


@pytest.mark.parametrize("guess", sorted({*COMMAND_GUESSES.values(), *OPTION_GUESSES.values()}))
def test_what_was_probably_meant_exists(guess: str) -> None:
    for code in re.findall("`([^`]+)`", guess):
        words = code.removeprefix("corsdoctor ").split()
        if code.startswith("corsdoctor ") and words[0] in COMMANDS:
            found = {option for param in command(words[0]).params for option in param.opts}
        else:
            check = [] if code.startswith("corsdoctor ") else command("check").params
            found = {option for param in [*check, *corsdoctor.params] for option in param.opts}
        assert words[0] in {*COMMANDS, *found}
        assert {word for word in words if word.startswith("-")} <= found


def test_an_unknown_command_is_one_line(run: Run) -> None:
    result = run("chek")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "corsdoctor: no command 'chek': did you mean `check`?; see 'corsdoctor --help'\n"


@pytest.mark.parametrize("args", [("check", "--foo"), ("check", "-X"), ("--foo",), ("batch", "a", "b")])
def test_wrong_usage_is_one_line(run: Run, args: tuple[str, ...]) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("corsdoctor: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("flow",), "FILE is missing: give a file, or - for standard input; see 'corsdoctor flow --help'"),
        (("lint",), "FILE is missing: give a file; see 'corsdoctor lint --help'"),
        (("completion", "s3cret"), "the argument must be bash, zsh or fish; see 'corsdoctor completion --help'"),
        (("rules", "s3cret"), "rules takes no argument; see 'corsdoctor rules --help'"),
        (
            ("flow", "a", "s3cret"),
            "too many arguments; put each value that contains spaces in quotes; see 'corsdoctor flow --help'",
        ),
    ],
)
def test_wrong_arguments_are_answered_with_the_right_ones(run: Run, args: tuple[str, ...], said: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"corsdoctor: {said}\n")


def test_an_unexpected_error_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_args: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("corsdoctor.cli.plan.planned", breaks)
    args = ("plan", "https://api.example/", "--origin", "https://app.example")
    result = run(*args)
    assert (result.exit_code, result.stdout) == (70, "")
    assert result.stderr.startswith("corsdoctor: internal error: RuntimeError: two\\nlines; please report")
    assert result.stderr.count("\n") == 1
    assert isinstance(run(*args, CORSDOCTOR_DEBUG="1").exception, RuntimeError)


def test_ctrl_c(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("corsdoctor.cli.plan.planned", interrupted)
    assert run("plan", "https://api.example/", "--origin", "https://app.example").exit_code == 130


def test_a_reader_that_goes_away(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("corsdoctor.cli.plan.planned", gone)
    result = run("plan", "https://api.example/", "--origin", "https://app.example")
    assert (result.exit_code, result.output) == (141, "")


def test_help_and_version_load_little() -> None:
    code = f"import sys, corsdoctor, corsdoctor.cli; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_audit_does_not_load_what_it_never_uses() -> None:
    """Each of these would add to the time of an audit of one URL: it predicts no console, reads no line of a batch, and packs nothing."""
    code = (
        "import sys; sys.argv = ['corsdoctor', 'audit', '--dry-run', 'https://api.example/', '--origin', 'https://app.example'];"
        "from corsdoctor.cli import corsdoctor; corsdoctor.main(standalone_mode=False);"
        "print([m for m in sys.modules if m.startswith('corsdoctor.') and m.endswith(('_console', 'predict', 'read_line', 'named'))], 'pickle' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] False"


def test_a_pasted_command_does_not_load_what_reads_flows() -> None:
    code = "import sys, corsdoctor.cli.from_text; print([m for m in sys.modules if m.startswith('corsdoctor.flow')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_request_that_passes_with_a_note_loads_no_marks() -> None:
    code = (
        "import sys; from corsdoctor.browsers import BROWSERS; from corsdoctor.report import report_on;"
        "from corsdoctor.scenario import Scenario; from corsdoctor.url import Origin; from corsdoctor.wire import Headers, Response;"
        "scenario = Scenario('http://127.0.0.1/items', Origin('https', 'app.example'));"
        "allow = Headers((('Access-Control-Allow-Origin', '*'),));"
        "report = report_on(scenario, BROWSERS, lambda *_: Response(200, allow));"
        "assert any(note.cause for one in report.diagnoses for note in one.notes);"
        "print([m for m in sys.modules if m.startswith('corsdoctor.causes.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['corsdoctor.causes.by_value']\n"


def test_as_a_process() -> None:
    done = subprocess.run([sys.executable, "-m", "corsdoctor", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("corsdoctor ")


def test_the_public_names_are_there() -> None:
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError):
        _ = package.nothing_of_that_name
