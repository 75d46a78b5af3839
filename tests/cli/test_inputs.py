"""No report is written over a file that the command reads, by whatever name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from tests.cli.conftest import PAGE, Policy, Run, Server

TOLD = "this file is the input; choose another name"
ORIGIN = ("--origin", PAGE)
LINE = "https://api.example/\n"


def refused(run: Run, *args: str, option: str = "--format") -> None:
    """Runs it, and says that it is refused in one line."""
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert line.startswith(f"corsdoctor: {option} ")
    assert line.endswith(TOLD)


@pytest.mark.parametrize("name", ["cors.json", "./cors.json", "../here/cors.json", "link.json", "hard.json"])
@pytest.mark.parametrize("more", [(), ("--format", "text")])
def test_a_policy_stays(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, more: tuple[str]) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = Policy(tmp_path / "here")("https://api.example", a={"url": "/", "expect": "allowed"})
    before = path.read_text()
    Path("link.json").symlink_to(path)
    os.link(path, "hard.json")
    refused(run, "test", "cors.json", "--format", f"json={name}", *more)
    refused(run, "test", "--format", f"json={name}", *more)
    assert path.read_text() == before


def test_a_policy_that_is_updated_stays(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = '[[case]]\nid = "a"\nurl = "https://api.example/"\norigin = "https://app.example"\nexpect = "allowed"\n'
    Path("k.toml").write_text(text)
    refused(run, "test", "k.toml", "--update", "--format", "json=k.toml")
    assert Path("k.toml").read_text() == text


def test_the_lines_of_a_batch_stay(run: Run, tmp_path: Path) -> None:
    lines = tmp_path / "b.jsonl"
    lines.write_text(LINE)
    refused(run, "batch", str(lines), *ORIGIN, "--format", f"jsonl={lines}")
    assert lines.read_text() == LINE


@pytest.mark.parametrize("text", [LINE, LINE.rstrip()])
def test_answers_are_not_added_to_the_lines(run: Run, tmp_path: Path, text: str) -> None:
    lines = tmp_path / "b.jsonl"
    lines.write_text(text)
    refused(run, "batch", str(lines), *ORIGIN, "--resume", str(lines), option="--resume")
    assert lines.read_text() == text


@pytest.mark.parametrize("command", ["check", "preflight", "plan", "fix"])
@pytest.mark.parametrize("option", ["-d", "--cacert", "--cert", "--key"])
def test_what_else_is_read_stays(run: Run, server: Server, tmp_path: Path, command: str, option: str) -> None:
    authority, pem, key = trustme.CA(), tmp_path / "pem", tmp_path / "key"
    made = authority.issue_cert("app.example")
    pem.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
    key.write_bytes(made.private_key_pem.bytes())
    more = {"--cert": ("--key", str(key)), "--key": ("--cert", str(pem))}.get(option, ())
    file = key if option == "--key" else pem
    before = file.read_bytes()
    value = f"@{file}" if option == "-d" else str(file)
    refused(run, command, f"{server.url}/open", *ORIGIN, option, value, *more, "--format", f"json={file}")
    assert file.read_bytes() == before
    assert server.requests == []


def test_standard_input_is_a_file_too(tmp_path: Path) -> None:
    lines = tmp_path / "urls.txt"
    lines.write_text(LINE)
    for command in (["batch", "-"], ["check", "-"], ["check", LINE.strip(), "-d", "@-"]):
        words = [sys.executable, "-m", "corsdoctor", *command, *ORIGIN, "--format", f"json={lines}"]
        with lines.open() as stream:
            done = subprocess.run(words, stdin=stream, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert TOLD in done.stderr
        assert lines.read_text() == LINE


def test_what_is_no_file_can_be_both(run: Run, server: Server, tmp_path: Path) -> None:
    args = ("check", f"{server.url}/open", *ORIGIN, "-d", "@/dev/null", "--send", "--format")
    assert run(*args, "json=/dev/null").exit_code == 0
    assert run(*args, f"json={tmp_path / 'new.json'}").exit_code == 0
    assert json.loads((tmp_path / "new.json").read_text())["verdict"] == "allowed"
