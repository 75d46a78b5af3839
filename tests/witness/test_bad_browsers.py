"""Browsers that are not there, do not start, hang or crash, and origins that no browser can have."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from corsdoctor.scenario import Api, HeldCookie, Scenario
from corsdoctor.url import OPAQUE, Origin, parse_origin
from corsdoctor.witness import chromium
from corsdoctor.witness.page import cookie_pages, page_of, why_no_browser
from tests.cli.conftest import Run, Server, run, server

__all__ = ["run", "server"]  # fixtures
PAGE = "https://app.example"
SECONDS = 120


def program(folder: Path, script: str) -> str:
    """A program in place of a browser."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def has_ended(pid: Path) -> bool:
    """Whether the process whose number a file has ends, which takes a moment after it was killed."""
    end = monotonic() + SECONDS
    while monotonic() < end:
        try:
            status = Path(f"/proc/{int(pid.read_text())}/stat").read_text()
        except OSError:
            return True
        if status.rpartition(")")[2].split()[0] in ("Z", "X"):  # it is only waited for
            return True
        sleep(0.05)
    return False


def check(run: Run, server: Server, *arguments: str) -> tuple[int, str]:
    result = run("check", f"{server.url}/open", "--origin", PAGE, *arguments)
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--in", "safari"], "--in 'safari': safaridriver cannot give a page any origin"),
        (["--in", "firefix"], "--in 'firefix': unknown browser; did you mean `firefox`?"),
        (["--save-case", "case.har"], "--save-case: requires --in"),
        (["--no-sandbox"], "--no-sandbox: requires --in"),
        (["--in", "chromium", "--browser-path", "/usr/bin/true"], "must be NAME=FILE, with a NAME of --in"),
        (["--in", "chromium", "--browser-path", "chromium="], "must be NAME=FILE, with a NAME of --in"),
        (["--in", "chromium", "--browser-path", "chromium=/no/such"], "the file of --browser-path chromium=FILE is not a program"),
        (["--in", "chromium", "--browser-path", "chromium=/bin/sh", "--browser", "standard"], "add chromium to --browser"),
        (["--in", "chromium", "--browser-path", "chromium=/bin/sh", "--session"], "cannot be used with --session"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_line(run: Run, server: Server, arguments: list[str], line: str) -> None:
    status, said = check(run, server, *arguments)
    assert (status, server.requests) == (2, [])
    assert line in said
    assert len(said.splitlines()) == 1


def test_a_missing_browser_names_its_package(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    for system, command in (("Linux", "apt install firefox-esr"), ("Darwin", "brew install --cask firefox")):
        monkeypatch.setattr("platform.system", lambda system=system: system)
        status, said = check(run, server, "--in", "firefox")
        assert (status, server.requests) == (2, [])
        assert f"Firefox is not installed: {command}, or name its program with --browser-path" in said


def test_without_the_extra_it_is_named(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    status, said = check(run, server, "--in", "chromium", "--browser-path", "chromium=/bin/sh")
    assert status == 2
    assert "pip install 'corsdoctor[browsers]'" in said


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("echo 'FATAL: No usable sandbox! Update your kernel' >&2; exit 1", "--no-sandbox starts it without one"),
        ("echo 'error while loading shared libraries: libnss3.so' >&2; exit 127", "libnss3.so"),
        ("kill -SEGV $$", "the browser has ended"),
    ],
)
def test_a_browser_that_does_not_start(run: Run, server: Server, tmp_path: Path, script: str, line: str) -> None:
    status, said = check(run, server, "--in", "chromium", "--browser-path", f"chromium={program(tmp_path, script)}")
    assert status == 3
    assert "Chromium does not start: " in said
    assert line in said
    assert len(said.splitlines()) == 1


def test_a_browser_that_hangs_is_ended(
    run: Run, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium, "SECONDS", 0.2)
    path = program(tmp_path, f"sleep 1000 & echo $! > {tmp_path}/child; wait")
    status, said = check(run, server, "--in", "chromium", "--browser-path", f"chromium={path}")
    assert status == 3
    assert "the browser does not answer within 0.2 s" in said
    child = tmp_path / "child"
    assert (
        not child.exists() or not child.read_text() or has_ended(child)
    )  # on a busy machine the browser was ended before it wrote this


def test_a_profile_that_cannot_be_written(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")
    status, said = check(run, server, "--in", "chromium", "--browser-path", "chromium=/bin/sh")
    assert status == 3
    assert "the profile of Chromium cannot be written: No such file or directory" in said


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_no_process(server: Server, tmp_path: Path, number: int, status: int) -> None:
    path = program(tmp_path, f"sleep 1000 & echo $! > {tmp_path}/child; wait")
    command = [
        "check",
        f"{server.url}/open",
        "--origin",
        PAGE,
        "--in",
        "chromium",
        "--browser-path",
        f"chromium={path}",
    ]
    running = subprocess.Popen([sys.executable, "-m", "corsdoctor", *command], stderr=subprocess.PIPE)
    child = tmp_path / "child"
    end = monotonic() + SECONDS
    while not (child.exists() and child.read_text().strip()) and monotonic() < end:
        sleep(0.05)
    running.send_signal(number)
    _, said = running.communicate(timeout=SECONDS)
    assert running.returncode == status, said
    assert b"Traceback" not in said
    assert has_ended(child)


@pytest.mark.parametrize(
    ("scenario", "why"),
    [
        (Scenario("https://api.example/", Origin("", label="file:")), "a server cannot give a page the origin"),
        (Scenario("https://api.example/", parse_origin("chrome-extension://abc") or OPAQUE), "only an application"),
        (Scenario("https://api.example/", Origin("https", "a.example"), api=Api.WORKER), None),
        (Scenario("https://api.example/", Origin("https", "a.example"), certificate=True), "client certificate"),
        (Scenario("https://api.example/", Origin("https", "a.example")), None),
        (Scenario("https://api.example/", Origin("", label="null")), None),
    ],
)  # fmt: skip
def test_an_origin_that_no_browser_can_have(scenario: Scenario, why: str | None) -> None:
    found = why_no_browser(scenario)
    assert found is None if why is None else why in (found or "")


def test_cookies_are_set_by_their_servers_in_a_visit() -> None:
    held = (HeldCookie("a=1; Path=/", "https://login.example/in"), HeldCookie("b=2", None), HeldCookie("c=3", None))
    scenario = Scenario("https://api.example/x", Origin("https", "a.example"), cookie="d=4; e=5", held=held)
    pages = cookie_pages(scenario, "/own")
    assert [(page.url, [value for _, value in page.headers]) for page in pages] == [
        ("https://login.example/in", ["a=1; Path=/"]),
        ("https://api.example/x", ["b=2", "c=3"]),
        ("https://api.example/own-cookies", [f"{pair}; Path=/; SameSite=None; Secure" for pair in ("d=4", "e=5")]),
    ]
    assert page_of(scenario, "/own").url == "https://a.example/own"
    for url, kinds in (("http://localhost/x", ["", "; SameSite=None; Secure"]), ("http://api.example/x", [""])):
        [page] = cookie_pages(scenario._replace(url=url, held=(), cookie="d=4"), "/own")
        assert [value for _, value in page.headers] == [f"d=4; Path=/{kind}" for kind in kinds]


def test_a_check_without_a_browser_loads_none_of_it() -> None:
    code = "import sys, corsdoctor.cli.check, corsdoctor.cli.fix; print([m for m in sys.modules if m.startswith(('corsdoctor.witness', 'corsdoctor.observed', 'trustme'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
