"""`corsdoctor test --init FILE.har`: a policy of what a capture allowed, which passes on the server that was captured."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.captures.hars import GRANT, PAGE, entry, preflight, text
from tests.cli.conftest import Run, Server

WITH = GRANT | {"Access-Control-Allow-Credentials": "true"}
TRANSCRIPT = f"> GET /open HTTP/1.1\n> Host: {{host}}\n> Origin: {PAGE}\n>\n< HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: *\n<\n"


def test_the_policy_passes_on_the_server(run: Run, server: Server, tmp_path: Path) -> None:
    put = preflight(
        "PUT", url=f"{server.url}/put", Access_Control_Allow_Origin=PAGE, Access_Control_Allow_Methods="PUT"
    )
    file, out = tmp_path / "capture.har", tmp_path / "cors.toml"
    file.write_bytes(
        text(
            entry(url=f"{server.url}/open", answered=WITH),
            entry("PUT", f"{server.url}/put", answered=GRANT), put,
            entry(url=f"{server.url}/none", error="net::ERR_FAILED"),
            entry(url=f"{server.url}/lost", status=0),
        )
    )  # fmt: skip
    result = run("test", "--init", str(file), "-o", str(out), "--credentials", "same-origin")
    assert (result.exit_code, result.stdout, server.requests) == (0, "", [])
    assert result.stderr.splitlines() == [
        f"corsdoctor: wrote {out} from 2 allowed requests in {file}: review it, then run 'corsdoctor test {out}'",
        "corsdoctor: 2 of 4 requests in the capture are blocked or unknown, and not in the policy: corsdoctor replay shows them",
    ]
    assert run("test", str(out)).exit_code == 0
    assert sorted(set(server.requests)) == ["GET /open", "OPTIONS /put"]
    server.requests.clear()
    captured = run("test", str(file), "--credentials", "same-origin")
    assert (captured.exit_code, "--credentials" in captured.stderr) == (2, True), "it is an option of --init"
    captured = run("test", str(file), "--list")
    assert (captured.exit_code, "2 of 4 requests" in captured.stderr, server.requests) == (0, True, [])
    assert run("test", str(file), "--update").exit_code == 2
    assert run("test", "--init", str(file), "-o", str(out)).exit_code == 2, "it exists"
    assert run("test", "--init", str(file), "-o", str(out), "--force", "--origin", PAGE).exit_code == 0
    none = run("test", "--init", str(file), "-o", "-", "--origin", "https://other.example")
    assert (none.exit_code, "no cross-origin request in it was allowed" in none.stderr) == (3, True)


def test_a_transcript(run: Run, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "curl.txt"
    file.write_text(TRANSCRIPT.format(host=server.url.removeprefix("http://")))
    result = run("test", "--init", str(file), "-o", "-", "--credentials", "omit")
    assert (result.exit_code, f'"{server.url}"' in result.stdout, server.requests) == (0, True, [])


def test_where_browsers_differ(run: Run, tmp_path: Path) -> None:
    """Firefox and WebKit block what Chromium, which made the capture, allows."""
    file = tmp_path / "capture.har"
    file.write_bytes(text(entry(url="https://api.example/x", asked={"Origin": PAGE, "Save-Data": "on"}, answered=WITH)))
    shown = run("test", "--init", str(file), "-o", "-").stdout
    assert 'allow = ["app"]' in shown


@pytest.mark.parametrize(
    ("data", "why"), [(b"<html>", "is HTML or XML"), (b"{}", "it has no `log`"), (None, "No such file")]
)
def test_what_is_no_capture(run: Run, tmp_path: Path, data: bytes | None, why: str) -> None:
    file = tmp_path / "capture.har"
    if data is not None:
        file.write_bytes(data)
    result = run("test", "--init", str(file), "-o", str(tmp_path / "cors.toml"))
    assert (result.exit_code, why in result.stderr) == (3, True)


def test_headers_are_in_the_capture(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "capture.har"
    file.write_bytes(text(entry(answered=WITH)))
    result = run("test", "--init", str(file), "-H", "X-A: 1", "-o", "x.json")
    assert (result.exit_code, "which has the headers" in result.stderr, "ends in .toml" in result.stderr) == (
        2,
        True,
        True,
    )
    assert run("test", "--init", "x" * 5000).exit_code == 2


def test_a_capture_is_a_policy(run: Run, server: Server, tmp_path: Path) -> None:
    """What it shows to be allowed has to be allowed now; what was blocked is not tested."""
    file = tmp_path / "capture.har"
    found = entry(url=f"{server.url}/open", asked={"Origin": PAGE}, answered=WITH)
    file.write_bytes(text(found, entry(url=f"{server.url}/none", error="net::ERR_FAILED")))
    same = run("test", str(file))
    assert (same.exit_code, set(server.requests)) == (0, {"GET /open"})
    assert "1 of 2 requests in the capture are blocked or unknown" in same.stderr
    file.write_bytes(text(entry(url=f"{server.url}/none", asked={"Origin": PAGE}, answered=WITH)))
    changed = run("test", str(file))
    assert (changed.exit_code, "acao-present" in changed.stdout) == (1, True)
    file.write_bytes(text(entry(url=f"{server.url}/none", error="net::ERR_FAILED")))
    assert run("test", str(file)).exit_code == 3


def test_the_zip_of_a_har_is_no_policy(run: Run, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "trace.zip", "w") as packed:
        packed.writestr("har.har", text(entry(url="https://api.example/x", answered=WITH)))
    result = run("test", str(tmp_path / "trace.zip"), "--list")
    assert (result.exit_code, "GET /x" in result.stdout) == (0, True)
