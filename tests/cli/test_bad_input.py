"""What nobody can have meant: one line each on stderr, all of them at once, exit status 2, nothing on stdout."""

from __future__ import annotations

import errno
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.reading import read_origin
from tests.cli.conftest import Run, Server

PAGE = ("--origin", "https://app.example")
URL = "https://api.example/x"


@dataclass(frozen=True)
class Case:
    id: str
    args: tuple[str, ...]
    words: tuple[str, ...]


CASES = (
    Case("no-origin", (URL,), ("--origin", "is missing")),
    Case("no-url", PAGE, ("URL", "is missing")),
    Case("origin-slash", (URL, "--origin", "https://app.example/"), ("no trailing slash", "`https://app.example`")),
    Case("origin-path", (URL, "--origin", "https://app.example/a?b"), ("no path", "`https://app.example`")),
    Case("origin-case", (URL, "--origin", "https://App.Example"), ("no upper-case letters", "`https://app.example`")),
    Case(
        "origin-scheme-case",
        (URL, "--origin", "HTTPS://app.example"),
        ("no upper-case letters", "`https://app.example`"),
    ),
    Case("origin-port", (URL, "--origin", "https://app.example:443"), ("no default port", "`https://app.example`")),
    Case("origin-empty-port", (URL, "--origin", "https://app.example:"), ("no default port", "`https://app.example`")),
    Case("origin-user", (URL, "--origin", "https://u:secret@app.example"), ("no user name", "`https://app.example`")),
    Case("origin-idn", (URL, "--origin", "https://ä.example"), ("`https://xn--4ca.example`",)),
    Case("origin-host", (URL, "--origin", "app.example"), ("did you mean `https://app.example`?",)),
    Case("origin-host-port", (URL, "--origin", "localhost:3000"), ("did you mean `http://localhost:3000`?",)),
    Case("origin-star", (URL, "--origin", "*"), ("`*` is not an origin",)),
    Case("origin-empty", (URL, "--origin", ""), ("scheme://host[:port]",)),
    Case("origin-null-case", (URL, "--origin", "NULL"), ("lower case",)),
    Case("origin-data", (URL, "--origin", "data:text/html,x"), ("give `null`",)),
    Case("origin-app", (URL, "--origin", "capacitor://localhost/"), ("`capacitor://localhost`",)),
    Case("origin-port-range", (URL, "--origin", "https://app.example:65536"), ("65536 is out of range",)),
    Case("url-no-scheme", ("api.example/x?y", *PAGE), ("did you mean `https://api.example/x?...`?",)),
    Case("url-host-port", ("localhost:3000/x", *PAGE), ("did you mean `http://localhost:3000/x`?",)),
    Case("url-path", ("/x", *PAGE), ("did you mean `https://app.example/x`?",)),
    Case("url-double-slash", ("//api.example", *PAGE), ("did you mean `https://api.example/`?",)),
    Case("url-port-range", ("https://api.example:99999/", *PAGE), ("99999 is out of range",)),
    Case("url-broken", ("https://[bad/", *PAGE), ("no browser can parse",)),
    Case("url-empty", ("", *PAGE), ("a URL is required",)),
    Case("header-no-colon", (URL, *PAGE, "-H", "Authorization secret"), ("'Authorization'", "colon is missing")),
    Case("header-no-name", (URL, *PAGE, "-H", ": x"), ("name is missing",)),
    Case("header-no-value", (URL, *PAGE, "-H", "X-A:"), ("write 'X-A;'",)),
    Case("header-newline", (URL, *PAGE, "-H", "X-A: secret\r\nX-B: 2"), ("'X-A'", "line break")),
    Case("header-wide", (URL, *PAGE, "-H", "X-A: secret\u20ac"), ("'X-A'", "'\\u20ac'")),
    Case("cookie-newline", (URL, *PAGE, "--cookie", "a=secret\n"), ("--cookie", "line break")),
    Case("agent-newline", (URL, *PAGE, "-A", "a\nb"), ("--user-agent", "line break")),
    Case("browser", (URL, *PAGE, "--browser", "chromum"), ("'chromum'", "did you mean `chromium`?")),
    Case("browser-far", (URL, *PAGE, "--browser", "xyz"), ("must be one of standard, chromium, firefox, webkit",)),
    Case("data-file", (URL, *PAGE, "-d", "@/no/such/file"), ("--data '@/no/such/file'", "No such file")),
    Case("cacert", (URL, *PAGE, "--cacert", "/no/such/file"), ("--cacert", "No such file")),
    Case("cert-folder", (URL, *PAGE, "--cert", "/"), ("--cert", "Is a directory")),
    Case("key-alone", (URL, *PAGE, "--key", __file__), ("--key", "needs a certificate too")),
    Case("resolve", (URL, *PAGE, "--resolve", "a:b"), ("--resolve", "host:port:address")),
    Case("resolve-port", (URL, *PAGE, "--resolve", "a:70000:::1"), ("--resolve", "70000 is not a port")),
    Case("proxy", (URL, *PAGE, "-x", "ftp://u:secret@proxy"), ("--proxy", "host[:port]")),
    Case("mode", (URL, *PAGE, "--mode", "corss"), ("--mode", "no-cors")),
    Case("format", (URL, *PAGE, "--format", "xml"), ("--format", "jsonl")),
    Case("format-file", (URL, *PAGE, "--format", "junit="), ("--format 'junit='", "the file's name is missing")),
    Case("seconds", (URL, *PAGE, "--max-time", "nan"), ("--max-time", "number of seconds")),
    Case("seconds-zero", (URL, *PAGE, "--connect-timeout", "0"), ("--connect-timeout", "number of seconds")),
    Case("image-method", (URL, *PAGE, "--as", "image", "-X", "PUT"), ("--method 'PUT'", "<img>")),
    Case("image-header", (URL, *PAGE, "--as", "image", "-H", "X-A: secret"), ("--header 'X-A'", "<img>")),
    Case("script-body", (URL, *PAGE, "--as", "script", "-d", "secret"), ("--data", "<script>")),
    Case("eventsource-header", (URL, *PAGE, "--as", "eventsource", "-H", "X-A: 1"), ("EventSource cannot set it",)),
    Case("xhr-mode", (URL, *PAGE, "--as", "xhr", "--mode", "no-cors"), ("--mode", "XMLHttpRequest supports only cors")),
    Case("xhr-omit", (URL, *PAGE, "--as", "xhr", "--credentials", "omit"), ("same-origin or include",)),
    Case("xhr-redirect", (URL, *PAGE, "--as", "xhr", "--redirect", "error"), ("always follows redirects",)),
    Case("listener", (URL, *PAGE, "--upload-listener"), ("--upload-listener", "add --as xhr")),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_one_mistake(run: Run, case: Case) -> None:
    result = run("check", *case.args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("corsdoctor: ")
    assert result.stderr.count("\n") == 1
    for word in case.words:
        assert word in result.stderr
    assert "secret" not in result.stderr.replace(__file__, "")


def test_all_mistakes_at_once(run: Run) -> None:
    result = run(
        *("check", "api.example", "--origin", "https://app.example/", "-H", "X", "--browser", "a,b", "--mode", "x"),
        *("--max-time", "-1", "--cacert", "/no/such/file", "--resolve", "x", "-d", "@/no/such/file", "--as", "xhr"),
    )
    assert result.exit_code == 2
    fields = [line.split()[1].rstrip(":") for line in result.stderr.splitlines()]
    assert sorted(fields) == sorted(
        [
            "URL",
            "--origin",
            "--header",
            "--browser",
            "--browser",
            "--mode",
            "--max-time",
            "--cacert",
            "--resolve",
            "--data",
        ]
    )


def test_the_same_mistake_is_printed_once(run: Run) -> None:
    result = run("check", "api.example", "one", "two", "three", *PAGE)
    assert len(result.stderr.splitlines()) == 2
    assert result.stderr.count("another argument is not a URL either") == 1


def test_a_proxy_mistake_comes_with_the_others(run: Run) -> None:
    result = run("check", URL, "--origin", "https://app.example/", "-x", "ftp://proxy")
    assert [line.split()[1] for line in result.stderr.splitlines()] == ["--origin", "--proxy"]


@pytest.mark.parametrize("command", ["check", "plan", "preflight"])
def test_lines_of_stdin_are_named(run: Run, command: str) -> None:
    result = run(command, "-", *PAGE, input="# targets\n\nhttps://api.example/\napi.example\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "standard input, line 4: 'api.example'" in result.stderr


def test_a_workflow_of_github_gets_only_places_in_files(run: Run, tmp_path: Path) -> None:
    told = run("check", "-", *PAGE, input="api.example\n", GITHUB_ACTIONS="true").stderr
    assert "standard input, line 1" in told
    assert "::error" not in told
    policy = tmp_path / "cors.json"
    policy.write_text('{"case": 1}\n')
    [plain, placed] = run("test", str(policy), GITHUB_ACTIONS="true").stderr.splitlines()
    assert plain.startswith(f"corsdoctor: {policy}, line 1: case")
    assert placed.startswith(f"::error title=corsdoctor,file={policy},line=1::case")
    assert "::" not in run("test", str(policy)).stderr


def test_stdin_without_a_url(run: Run) -> None:
    assert "standard input has no URL" in run("check", "-", *PAGE, input="\n").stderr
    assert "standard input is not text" in run("check", "-", *PAGE, input=b"\x00\xd3").stderr
    told = run("check", "-", *PAGE, input='{"url": "https://api.example/"}').stderr
    assert "'corsdoctor batch -' reads one per line" in told


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_urls_from_windows(run: Run, encoding: str) -> None:
    result = run("plan", "-", *PAGE, input=f"{URL}\r\n".encode(encoding))
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"GET {URL}\n" in result.stdout


def test_an_empty_file_in_place_of_a_url(run: Run, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("\n")
    assert "this file is empty" in run("check", str(tmp_path / "urls.txt"), *PAGE).stderr


@pytest.mark.parametrize("args", [("check", "-"), ("check", URL, "-d", "@-"), ("fix", "-")])
def test_a_closed_stdin_is_reported(args: tuple[str, ...]) -> None:
    command = f"'{sys.executable}' -m corsdoctor {shlex.join((*args, *PAGE))} <&-"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("CORSDOCTOR_JOBS", "x", "CORSDOCTOR_JOBS (--jobs): 'x' is not a whole number from 1 to 256"),
        ("CORSDOCTOR_JOBS", "257", "CORSDOCTOR_JOBS (--jobs): '257' is not a whole number from 1 to 256"),
        (
            "CORSDOCTOR_MAX_TIME",
            "x",
            "CORSDOCTOR_MAX_TIME (--max-time): 'x' is not a number of seconds above 0, at most 86400",
        ),
        ("CORSDOCTOR_MODE", "x", "CORSDOCTOR_MODE (--mode): 'x' is not one of 'cors', 'no-cors', 'same-origin'"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(run: Run, variable: str, value: str, told: str) -> None:
    result = run("batch", "-", *PAGE, input=URL, **{variable: value})
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"corsdoctor: {told}")


@pytest.mark.parametrize("option", ["--timeout", "--rate", "--retry-after"])
def test_large_numbers_are_written_plainly(run: Run, option: str) -> None:
    told = run("batch", "-", *PAGE, option, "-1", input=URL).stderr
    assert f"{option}: '-1' is not a number of " in told
    assert re.search(r"up to (31536000|100000|86400)$", told.strip())


def test_stdin_can_be_read_once(run: Run) -> None:
    assert "already used for the URLs" in run("check", "-", *PAGE, "-d", "@-", input=URL).stderr


def test_a_file_that_is_no_certificate_is_unreadable_input(run: Run, server: Server) -> None:
    result = run("check", server.url, *PAGE, "--cacert", __file__)
    assert (result.exit_code, result.stdout, server.requests) == (3, "", [])
    assert result.stderr.startswith(f"corsdoctor: {__file__}: not a usable PEM file (no certificate or crl found")


def test_an_unreadable_data_file(run: Run, tmp_path: Path) -> None:
    assert "Is a directory" in run("plan", URL, *PAGE, "-d", f"@{tmp_path}").stderr
    assert "this is not a valid file name" in run("plan", URL, *PAGE, "-d", "@a\0b").stderr


@pytest.mark.parametrize("text", ["https://app.example", "http://localhost:3000", "null", "file:", "http://[::1]:81"])
def test_good_origins(text: str) -> None:
    assert str(read_origin(text)) == ("null" if text == "file:" else text)


@pytest.mark.parametrize(
    "args",
    [
        ("-H", "Author ization: Bearer s3cret"), ("-H", "Authorizations3cret"), ("-H", "Authorization=s3cret"),
        ("-H", "Authorization=Bearer s3cret"), ("-H", "X-A: s3cret\u20ac"), ("-A", "s3cret\u20ac"), ("--cookie", "a=s3cret\u20ac"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("command", ["check", "preflight", "plan"])
def test_no_error_repeats_the_value_of_a_header(run: Run, command: str, args: tuple[str, ...]) -> None:
    done = run(command, URL, *PAGE, *args)
    assert done.exit_code in (1, 2)
    assert "s3cret" not in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a directory in use can't be removed there")
def test_a_working_directory_that_is_gone(tmp_path: Path) -> None:
    policy, gone = tmp_path / "cors.toml", tmp_path / "gone"
    policy.write_text('[[case]]\nid = "c"\nurl = "http://127.0.0.1:1/"\norigin = "null"\nexpect = "allowed"\n')
    for args in (f"test '{policy}'", f"test '{policy}' --format json='{tmp_path}/report'", f"test --list '{policy}'"):
        gone.mkdir()
        line = f"rmdir '{gone}'; exec '{sys.executable}' -m corsdoctor {args}"
        done = subprocess.run(["sh", "-c", line], cwd=gone, capture_output=True, text=True)
        assert "cannot write" not in done.stderr
        assert done.returncode == (0 if "--list" in args else 1), done.stderr  # port 1 is blocked


@pytest.mark.parametrize("reading", [True, False])
def test_only_writing_the_report_fails_to_be_written(run: Run, monkeypatch: pytest.MonkeyPatch, reading: bool) -> None:
    def failing(*_args: object, **_more: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    if reading:
        monkeypatch.setattr("corsdoctor.catalogue.by_id", failing)
    else:
        monkeypatch.setattr("sys.stdout", None)
        monkeypatch.setattr("click.utils._default_text_stdout", lambda: type("Full", (), {"write": failing})())
    done = run("explain", "acao-present")
    assert ("cannot write the report" in done.stderr) is not reading
    assert done.exit_code == (ExitStatus.INTERNAL if reading else ExitStatus.NO_ANSWER)


_CHECK = ("check", URL, *PAGE)


@pytest.mark.parametrize(
    "args",
    [
        (*_CHECK, "-H", "Authorization:", "Bearer", "s3cret"), (*_CHECK, "-H", "Authorization:Bearer", "s3cret"),
        (*_CHECK, "--header=Authorization:", "Bearer", "s3cret"), (*_CHECK, "--header=X-A:1", "https://b.example/", "s3cret"),
        (*_CHECK, "-kHAuthorization:", "s3cret"), (*_CHECK, "-HX-Api-Key", "s3cret"), (*_CHECK, "-H", "X-Api-Key", "s3cret"),
        (*_CHECK, "--cookie", "a=1;", "b=s3cret"), (*_CHECK, "-A", "Mozilla", "s3cret"), (*_CHECK, "-d", "{a:", "s3cret}"),
        (*_CHECK, "Authorization:", "Bearer", "s3cret"), (*_CHECK, "Authorization: Bearer s3cret"),
        ("check", "Authorization:", "s3cret", *PAGE), ("fix", URL, *PAGE, "-H", "X-A:", "s3cret"),
        ("batch", "-", *PAGE, "-H", "X-A:1", "s3cret"), ("batch", "-", "s3cret", *PAGE), ("rules", "X-A:", "s3cret"),
        ("batch", "X-A: s3cret", *PAGE), ("test", "Authorization: Bearer s3cret"), ("lab", "s3cret"),
        ("Authorization: s3cret",), ("Authorization:", "s3cret"), ("Authorization:s3cret",), ("X-A=s3cret",),
        (*_CHECK, "--format", "X-A: s3cret"), (*_CHECK, "--proxy", "X-A: s3cret"), (*_CHECK, "--browser", "X-A: s3cret"),
        (*_CHECK, "--resolve", "X-A: s3cret"), (*_CHECK, "--cacert", "X-A: s3cret"), (*_CHECK, "-d", "@X-A: s3cret"),
        ("check", URL, "--origin", "X-A: s3cret"), ("fix", URL, *PAGE, "--server", "X-A: s3cret"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_error_repeats_a_header_that_lost_its_quotes_or_its_option(run: Run, args: tuple[str, ...]) -> None:
    done = run(*args, input=URL)
    assert done.exit_code in (2, 3)
    assert done.stderr.startswith("corsdoctor: ")
    assert "s3cret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "line",
    [
        '{"url": "URL", "Authorization: Bearer s3cret": 1}', '{"url": "URL", "X-A=s3cret": 1}', '{"url": "URL", "X-A s3cret": 1}',
        '{"url": "URL", "X-A: s3cret": 1, "X-A: s3cret": 1}', '{"url": "URL", "headers": {"X-A: s3cret": "x"}}',
        '{"url": "URL", "headers": ["X-A: s3cret"]}', '{"url": "Authorization: Bearer s3cret"}',
        '{"url": "URL", "origin": "X-A: s3cret"}', '{"url": "URL", "mode": "X-A: s3cret"}', "Authorization: Bearer s3cret", "X-A : s3cret",
    ],
)  # fmt: skip
def test_no_line_of_a_batch_repeats_the_value_of_a_header(run: Run, line: str) -> None:
    done = run("batch", "-", *PAGE, input=line.replace("URL", URL))
    assert '"error":' in done.stdout
    assert "s3cret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("toml", '"X-A: s3cret" = 1'), ("toml", '"X-A=s3cret" = 1'), ("toml", '[base]\n"X-A: s3cret" = "x"'),
        ("toml", '[origins]\n"X-A: s3cret" = "x"'), ("toml", '[defaults]\n"X-A s3cret" = "x"'),
        ("toml", '[defaults]\nheaders = {"X-A: s3cret" = 1}'), ("toml", '[defaults]\nheaders = {"X-A: s3cret" = "x"}'),
        ("json", '{"X-A: s3cret": 1, "X-A: s3cret": 1}'), ("json", '{"a": {"X-A: s3cret": 1, "X-A: s3cret": 1}}'),
        ("yaml", "'X-A: s3cret': 1\n'X-A: s3cret': 1\n"), ("yaml", "? [X-A, s3cret]\n: 1\n"),
    ],
)  # fmt: skip
def test_no_mistake_of_a_policy_repeats_the_value_of_a_header(run: Run, tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / f"cors.{name}"
    file.write_text(text)
    done = run("test", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize(
    "args",
    [("-H", "X-A: 1", "api.example"), ("-H", "X-A;", "api.example"), ("-X", "PUT", "api.example")],
    ids=" ".join,
)
def test_a_url_without_a_scheme_behind_an_option_is_shown(run: Run, args: tuple[str, ...]) -> None:
    done = run("check", *PAGE, *args)
    assert done.exit_code == 2
    assert ("did you mean `https://api.example/`?" in done.stderr) is ("X-A;" not in args)
