"""What `batch` takes beside lines: captures, and commands of other tools."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.captures.hars import entry, preflight, text
from tests.cli.conftest import PAGE, Run, Server, answers

ASKED = {"Origin": PAGE}


def har(server: Server) -> bytes:
    return text(
        entry(url=f"{server.url}/static", asked={"Accept": "*/*"}),
        entry(url=f"{server.url}/open", asked=ASKED | {"X-A": "caf\u00e9"}),
        preflight("PUT", "x-lost", url=f"{server.url}/put"),
        {"request": 1},
        entry("POST", f"{server.url}/none", ASKED),
    )


def brief(result: Any) -> list[tuple[object, object]]:
    return [(one["id"], one.get("verdict") or one["error"].partition(";")[0]) for one in answers(result)]


CAME = [
    (1, "allowed"), (2, "the capture does not have the value of the request header x-lost"), (4, "blocked"),
    (3, "entry 3: it has no `request` object"),
]  # fmt: skip


@pytest.mark.parametrize("how", ["file", "gzip", "input"])
def test_har(run: Run, server: Server, tmp_path: Path, how: str) -> None:
    data, path = har(server), tmp_path / "capture"
    path.write_bytes(gzip.compress(data) if how == "gzip" else data)
    found = run("batch", str(path), "--send")
    assert brief(found) == CAME
    assert sorted(server.requests) == ["GET /open", "OPTIONS /open", "POST /none"]
    [get] = [headers for headers, asked in zip(server.headers, server.requests, strict=True) if asked == "GET /open"]
    assert get["X-A"].encode("latin-1") == b"caf\xe9"


def test_the_rest_of_a_har(run: Run, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(har(server)[:-20])
    found = run("batch", str(path))
    assert (1, "allowed") in brief(found)
    assert found.exit_code == 3
    assert "the file ends at line 1" in found.stderr
    path.write_bytes(b'{"log": []}')
    assert run("batch", str(path)).exit_code == 3


def test_transcript(run: Run, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    lines = f"> GET /open HTTP/1.1\n> Host: {server.url[7:]}\n> Origin: {PAGE}\n>\n< HTTP/1.1 200 OK\n< X: 1\n<\n"
    path.write_text(f"*   Trying 127.0.0.1:80...\n{lines}")
    assert brief(run("batch", str(path))) == [(0, "allowed")]
    path.write_text("HTTP/1.1 200 OK\nX: 1\n")
    [answer] = answers(run("batch", str(path), "--origin", PAGE))
    assert answer["error"].startswith("the transcript does not show the URL of this request")


def test_commands(run: Run, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "copied"
    path.write_text(
        f"curl '{server.url}/open' -H 'Origin: {PAGE}' -H 'X-A: 1'\n"
        f"curl {server.url}/none -H 'Origin: {PAGE}' -d $'\\xff'\n"
        f"curl {server.url}/none -d @secret\n"
        f"curl {server.url}/none --no-such-option\n"
        f"curl {server.url}/none\n"
    )
    first, second, third, fourth, fifth = answers(run("batch", str(path)))
    assert first["verdict"] == "allowed"
    assert second["error"] == "the body is not text"
    assert third["error"] == "the command names the file secret, which is not read"
    assert "--no-such-option" in fourth["error"]
    assert "origin" in fifth["error"]
    assert answers(run("batch", str(path), "--origin", PAGE))[4]["verdict"] == "blocked"


def test_lines_stay_lines(run: Run, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "lines"
    for data in (
        f"\ufeff# curl\n{server.url}/open\n",
        f"{server.url}/open\ncurl\n",
        json.dumps({"url": f"{server.url}/open"}),
    ):
        path.write_text(data)
        assert answers(run("batch", str(path), "--origin", PAGE))[0]["verdict"] == "allowed"
