"""The formats and the exit status as the commands wire them, against a server on loopback."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from corsdoctor.cli import outputs
from corsdoctor.cli.exit_status import USUAL, status
from corsdoctor.levels import JUDGED, LEVELS
from corsdoctor.reports import FORMATS
from tests.cli.conftest import Odd, Run, Server, odd, run, server

__all__ = ["odd", "run", "server"]  # fixtures
ROOT = Path(__file__).parents[2]
ORIGIN = ("--origin", "https://app.example")
IN_WORKFLOW = {"GITHUB_ACTIONS": "true"}


# -- which exit status the levels have


@pytest.mark.parametrize(
    ("seen", "counting", "code"),
    [
        ((JUDGED,), USUAL, 0),
        ((JUDGED, "note"), USUAL, 0),
        (("note",), LEVELS, 1),
        (("unsent",), USUAL, 4),
        (("unsent", "error"), USUAL, 3),
        (("unsent", "error", "blocked"), USUAL, 1),
        (("unsent", "error", "blocked"), ("error", "unsent"), 3),
        (("unsent", "error", "note"), LEVELS, 1),
        ((JUDGED, "blocked"), (), 0),
        ((JUDGED, "error", "unsent"), (), 0),
        # nothing was judged
        ((), (), 3),
        ((), USUAL, 3),
        (("error",), (), 3),
        (("error",), ("blocked",), 3),
        (("note",), ("blocked",), 3),
        (("unsent",), ("blocked", "error"), 4),
        (("unsent", "error"), ("blocked",), 3),
        (("error",), None, 0),
        ((), None, 0),
    ],
)
def test_status(seen: tuple[str, ...], counting: tuple[str, ...] | None, code: int) -> None:
    assert status(seen, None if counting is None else frozenset(counting)) == code


# -- the options


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ((), 1),
        (("--exit-zero",), 0),
        (("--fail-on", "error,unsent"), 0),
        (("--fail-on", "error", "--fail-on", "blocked"), 1),
        (("--fail-on", " blocked , error "), 1),
    ],
)
def test_a_blocked_check(run: Run, server: Server, flags: tuple[str, ...], code: int) -> None:
    result = run("check", f"{server.url}/none", *ORIGIN, *flags)
    assert (result.exit_code, result.stderr) == (code, "")
    assert "Blocked" in result.stdout


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("check", "{}/put", "-X", "PUT"), 4),
        (("check", "{}/put", "-X", "PUT", "--fail-on", "blocked"), 0),
        (("preflight", "{}/put", "-X", "PUT"), 0),
        (("preflight", "{}/put", "-X", "PUT", "--fail-on", "unsent"), 4),
        (("preflight", "{}/none", "-X", "PUT"), 1),
        (("preflight", "{}/none", "-X", "PUT", "--exit-zero"), 0),
        (("plan", "http://127.0.0.1/items", "--mode", "same-origin"), 1),
        (("plan", "http://127.0.0.1/items", "--mode", "same-origin", "--exit-zero"), 0),
        (("check", "{}/open"), 0),
        (("check", "{}/open", "--credentials", "include", "--cookie", "a=b", "--fail-on", "note"), 1),
    ],
)
def test_exit_codes(run: Run, server: Server, args: tuple[str, ...], code: int) -> None:
    assert run(*(arg.format(server.url) for arg in args), *ORIGIN).exit_code == code


@pytest.mark.parametrize(
    ("flags", "code"), [((), 3), (("--fail-on", "error"), 3), (("--fail-on", "blocked,unsent"), 3)]
)
def test_no_answer(run: Run, flags: tuple[str, ...], code: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert run("check", f"http://127.0.0.1:{port}/", *ORIGIN, *flags).exit_code == code


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (
            ("--fail-on", "blocked,never"),
            "corsdoctor: --fail-on 'never': must be one of blocked, error, unsent, note\n",
        ),
        (("--fail-on", ""), "corsdoctor: --fail-on: must be one of blocked, error, unsent, note\n"),
        (
            ("--fail-on", "note", "--exit-zero"),
            "corsdoctor: --exit-zero: never fails, and --fail-on selects when to fail; use one of them\n",
        ),
    ],
)
@pytest.mark.parametrize("command", ["check", "plan", "preflight"])
def test_mistakes(run: Run, command: str, flags: tuple[str, ...], words: str) -> None:
    result = run(command, "http://127.0.0.1:1/", *ORIGIN, *flags)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", words)


def test_the_variable(run: Run, server: Server) -> None:
    assert run("check", f"{server.url}/none", *ORIGIN, CORSDOCTOR_EXIT_ZERO="1").exit_code == 0
    assert run("check", f"{server.url}/none", *ORIGIN, CORSDOCTOR_FAIL_ON="error,unsent").exit_code == 0


# -- where the formats go


def test_all_formats_at_once(run: Run, server: Server, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in FORMATS}
    flags = [part for name, path in files.items() for part in ("--format", f"{name}={path}")]
    result = run("check", f"{server.url}/none", f"{server.url}/open", *ORIGIN, *flags)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("corsdoctor: 2 checked: 1 failed, 1 passed, 2 with a note; ")
    for name, path in files.items():
        assert "acao-present" in path.read_text(encoding="utf-8"), name


def test_a_batch_names_its_file(run: Run, server: Server, tmp_path: Path) -> None:
    batch = tmp_path / "urls.txt"
    batch.write_text(f"# two\n{server.url}/open\n\n{server.url}/none\nx y\n")
    result = run("batch", str(batch), *ORIGIN, "--format", "sarif", "--format", f"csv={tmp_path / 'out.csv'}")
    results = json.loads(result.stdout)["runs"][0]["results"]
    (blocked, unreadable) = (result for result in results if result["level"] != "note")
    for found, number in ((blocked, 4), (unreadable, 5)):
        physical = found["locations"][0]["physicalLocation"]
        assert physical == {"artifactLocation": {"uri": batch.as_uri()}, "region": {"startLine": number}}
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("urls.txt") == 9
    from_stdin = run("batch", "-", *ORIGIN, "--format", "sarif", input=f"{server.url}/none\n")
    assert "physicalLocation" not in from_stdin.stdout


def test_what_the_time_cut_off_is_no_mistake(run: Run, odd: Odd, tmp_path: Path) -> None:
    policy = tmp_path / "cors.toml"
    policy.write_text(
        f'[[case]]\nid = "slow"\nurl = "{odd.url}/held/x?token=t0ps3cret"\norigin = "https://app.example"\nexpect = "blocked"\n'
    )
    batch = tmp_path / "urls.txt"
    batch.write_text(f"{odd.url}/held/x?token=t0ps3cret\n")
    for args in (("test", str(policy)), ("batch", str(batch), *ORIGIN)):
        result = run(
            *args, "--timeout", "0.2", "--format", "csv", *(() if args[0] == "test" else ("--fail-on", "error"))
        )
        (row,) = csv.DictReader(io.StringIO(result.stdout))
        assert (result.exit_code, row["rule"], row["method"], row["origin"]) == (3, "done-in-time", "GET", ORIGIN[1])
        assert row["url"] == f"{odd.url}/held/x?token=***"
        assert row["expected"] == ("blocked" if args[0] == "test" else "")


def test_a_file_is_named_from_here(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it was given: pipelines know it by its path in the repository."""
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "repo")
    policy = tmp_path / "repo" / "sub" / "cors.toml"
    policy.write_text(
        '[[case]]\nid = "a"\nurl = "http://127.0.0.1:1/"\norigin = "https://app.example"\nexpect = "allowed"\n'
    )
    monkeypatch.chdir(tmp_path / "repo")
    for given in (
        "sub/cors.toml",
        "./sub/../sub/cors.toml",
        "../repo/sub/cors.toml",
        str(policy),
        f"{tmp_path}/link/sub/cors.toml",
    ):
        (issue,) = json.loads(run("test", given, "--format", "gitlab").stdout)[:1]
        assert issue["location"]["path"] == "sub/cors.toml", given
    monkeypatch.chdir(tmp_path / "repo" / "sub")
    assert "file=cors.toml,line=1::" in run("test", str(policy), "--format", "github").stdout
    monkeypatch.chdir(tmp_path / "link")
    monkeypatch.setenv("PWD", f"{tmp_path}/link")
    assert '"uri":"sub/cors.toml"' in run("test", f"{tmp_path}/link/sub/cors.toml", "--format", "sarif").stdout


# -- in a workflow of GitHub


@pytest.mark.parametrize("command", ["check", "preflight", "plan"])
def test_a_workflow_gets_annotations(run: Run, server: Server, command: str) -> None:
    flags = ("--mode", "same-origin") if command == "plan" else ("-X", "PUT")
    told = run(command, f"{server.url}/none", *ORIGIN, *flags, **IN_WORKFLOW)
    assert told.stdout.startswith("::error title=")
    assert told.stdout.splitlines()[-1].startswith("::notice title=corsdoctor::1 checked: 1 failed")
    assert told.exit_code == 1


def test_what_was_asked_for_wins(run: Run, server: Server, tmp_path: Path) -> None:
    check = ("check", f"{server.url}/none", *ORIGIN)
    for form in FORMATS:
        there = run(*check, "--format", form, **IN_WORKFLOW).stdout
        assert there.startswith("::") is (form == "github")
    assert run(*check, "--format", f"junit={tmp_path / 'x.xml'}", **IN_WORKFLOW).stdout == ""
    assert "::" not in run(*check, CORSDOCTOR_FORMAT="text", **IN_WORKFLOW).stdout


def test_elsewhere_nothing_changes(run: Run, server: Server) -> None:
    check = ("check", f"{server.url}/none", *ORIGIN)
    text = run(*check).stdout
    assert text.startswith("✗ Blocked")
    assert run(*check, GITHUB_ACTIONS="").stdout == run(*check, GITHUB_ACTIONS="false").stdout == text


def test_only_reports_become_annotations(run: Run, server: Server) -> None:
    """What writes a configuration, or JSON lines for a program, does so in a workflow too."""
    url = f"{server.url}/nginx"
    for args in (("fix", url, *ORIGIN), ("fix", url, *ORIGIN, "-q"), ("check", url, *ORIGIN, "--fix")):
        there = run(*args, **IN_WORKFLOW).stdout
        assert there
        assert "::error" not in there
    assert json.loads(run("batch", "-", *ORIGIN, input=url, **IN_WORKFLOW).stdout)["verdict"] == "blocked"


class Terminal:
    """A stdout that says whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("stdout", "default", "chosen"),
    [
        (Terminal(True), None, "text"),
        (Terminal(False), None, "github"),
        (None, None, "github"),
        (Terminal(False), "text", "text"),
        (Terminal(False), "jsonl", "jsonl"),
    ],
)
def test_a_terminal_gets_text(
    monkeypatch: pytest.MonkeyPatch, stdout: Terminal | None, default: str | None, chosen: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr("sys.stdout", stdout)
    found = outputs._chosen(default)
    monkeypatch.undo()
    assert found == chosen


@pytest.mark.parametrize(
    ("format_", "unwanted"),
    [
        ("text", {"corsdoctor.reports.json_", "colorama", "tabulate", "requests", "click"}),
        ("jsonl", {"corsdoctor.reports.text", "colorama", "tabulate", "requests", "click"}),
    ],
)
def test_a_format_imports_only_what_it_needs(format_: str, unwanted: set[str]) -> None:
    program = (
        "import sys; from tests.reports.cases import CASES; from corsdoctor.reports import Style, write;"
        f"write({format_!r}, [CASES[0].report()], Style()); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not unwanted & set(done.stdout.split())
