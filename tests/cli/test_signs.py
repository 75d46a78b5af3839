"""No log of a pipeline obeys what a server, a file or an argument says: in every format, on stdout, on stderr and in files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from corsdoctor.reports import FORMATS
from corsdoctor.visible import shows
from tests.captures.hars import entry, text
from tests.cli.conftest import ANSWERS, PAGE, Policy, Run, Server
from tests.test_visible import SIGNS

HIDDEN: Final = "\xad\u200b\u202e\ufffe\U000e0041\ufe0f"
LATIN: Final = " ".join(SIGNS) + " ::error::x \xad\x9b31m"
"""What a header may hold."""


def assert_harmless(text: str) -> None:
    """No sign and no hidden character is there, and no line begins with `::`, but for annotations of our own, or with `--- `."""
    assert not [sign for sign in SIGNS if sign in text]
    assert not {c for c in text.replace("⚠️", "") if not shows(c) and c != "\n"}
    assert not re.search(r"^\s*::(?!error title=|warning title=|notice title=)", text, re.M)
    assert not re.search(r"^(---|\+\+\+|~~~|\^\^\^)[ ]", text, re.M)


@pytest.fixture
def hostile(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A URL whose answer has signs in headers of all kinds, and signs of its own."""
    headers = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "X-A", "Server", "Vary", "Location")
    monkeypatch.setitem(ANSWERS, "/signs", tuple((name, LATIN) for name in headers))
    return f"{server.url}/signs?q={SIGNS[1]}{HIDDEN}"


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("command", ["check", "plan", "preflight", "check -v", "check --fix"])
def test_a_server_and_arguments(run: Run, hostile: str, format_: str, command: str, tmp_path: Path) -> None:
    asked = (hostile, "--origin", PAGE, "-X", "PUT", "-H", f"X-A: {LATIN}", "-H", f"{SIGNS[0]}: 1", "--send")
    file = tmp_path / "report"
    for formats in (("--format", format_), ("--format", f"{format_}={file}", "--format", "jsonl")):
        done = run(*command.split(), *asked, *formats)
        if "no such option" in done.stderr.lower():  # plan sends nothing
            done = run(*command.split(), *asked[:-1], *formats)
        assert_harmless(done.stdout)
        assert_harmless(done.stderr)
    assert done.exit_code == 2 or done.stdout
    if file.exists():
        assert_harmless(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("format_", FORMATS)
def test_a_policy(run: Run, policy: Policy, hostile: str, format_: str) -> None:
    cases: dict[str, dict[str, Any]] = {
        f"a {SIGNS[1]}": {"url": hostile, "expect": "allowed", "known": f"b {LATIN[:40]}"},
        f"c {SIGNS[3]}": {"url": hostile, "expect": "allowed", "headers": {"X-A": LATIN}},
    }
    name = str(policy("", **cases))
    for args in (("--format", format_), ("--list",), ("--format", f"{format_}=report"), ("-m", SIGNS[2])):
        done = run("test", name, *args)
        assert_harmless(done.stdout)
        assert_harmless(done.stderr)
    if Path("report").exists():
        assert_harmless(Path("report").read_text(encoding="utf-8"))


@pytest.mark.parametrize("format_", FORMATS)
def test_batch_lines(run: Run, hostile: str, format_: str) -> None:
    lines = [
        {"url": hostile, "id": LATIN + HIDDEN, "headers": [["X-A", LATIN]]}, {"url": f"http://{SIGNS[1]}"}, {SIGNS[1]: 1},
        {"url": hostile, "mode": SIGNS[3]},
    ]  # fmt: skip
    text = "\n".join([*map(json.dumps, lines), SIGNS[1], f"::error::x {SIGNS[1]}"])
    done = run("batch", "-", "--origin", PAGE, "--format", format_, input=text)
    assert_harmless(done.stdout)
    assert_harmless(done.stderr)
    if format_ == "jsonl":
        assert json.loads(done.stdout.splitlines()[0])["id"] == LATIN + HIDDEN


@pytest.mark.parametrize("format_", FORMATS)
def test_a_capture(run: Run, format_: str, tmp_path: Path) -> None:
    all_, sign = LATIN + HIDDEN, SIGNS[1]
    asked = {"Origin": PAGE, "X-A": all_, all_: "1", "User-Agent": all_, "Cookie": all_}
    answered = dict.fromkeys(("Access-Control-Allow-Origin", "Server", "Vary", "Location", "X-A", all_), all_)
    entries = [
        *(entry("PUT", f"https://api.example/{sign}{HIDDEN}", asked, status, answered, error=all_) for status in (0, 200, 302, 500)),
        entry(all_), {sign: 1},
    ]  # fmt: skip
    for one in entries[:4]:
        one["response"] |= {"statusText": all_, "content": {"text": all_}, "httpVersion": all_}
    file = tmp_path / "capture.har"
    file.write_bytes(text(*entries, creator=all_, browser={"name": all_}))
    for args in ((), ("-v", "--fix"), ("--url", sign), ("--origin", sign)):
        done = run("replay", str(file), *args, "--format", format_)
        assert done.exit_code in (1, 2, 3)
        assert_harmless(done.stdout)
        assert_harmless(done.stderr)


@pytest.mark.parametrize("sign", [*SIGNS, HIDDEN, "\n::error::x", "--- x", "+++ x"])
@pytest.mark.parametrize(
    "args",
    [
        ("check", "{}", "--origin", PAGE), ("check", "https://x.example", "--origin", "{}"),
        ("check", "https://x.example", "--origin", PAGE, "-H", "{}"), ("check", "--format", "{}"), ("{}",), ("check", "--{}"),
        ("check", "https://x.example", "--origin", PAGE, "--fail-on", "{}"), ("test", "{}.toml"), ("explain", "{}"),
        ("explain", "{}.log"), ("explain", "--origin", "{}", "x"), ("batch", "{}"), ("rules", "{}"), ("test", "-m", "{} )"),
        ("check", "https://x.example", "--origin", PAGE, "--proxy", "{}"), ("fix", "--server", "{}"), ("lab", "--port", "{}"),
        ("check", "https://x.example", "--origin", PAGE, "--max-time", "{}"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_errors(run: Run, args: tuple[str, ...], sign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for github in ("", "true"):
        done = run(*(arg.replace("{}", sign) for arg in args), GITHUB_ACTIONS=github)
        assert done.exit_code not in (0, 70)
        assert_harmless(done.stderr)


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
def test_explain(run: Run, form: str) -> None:
    message = (
        f"Access to fetch at 'https://x.example/{SIGNS[1]}\xad' from origin 'https://a.example' has been blocked by CORS policy: "
        f"Request header field {SIGNS[3]} is not allowed by Access-Control-Allow-Headers in preflight response. \x1b[0m{SIGNS[0]}"
    )
    done = run("explain", message, "--format", form)
    assert done.exit_code == 0
    assert_harmless(done.stdout)
    assert_harmless(done.stderr)
