"""`corsdoctor replay`: files of all kinds, selection, formats, exit statuses."""

from __future__ import annotations

import codecs
import gzip
import json
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from corsdoctor import capture_file
from corsdoctor.reports import FORMATS
from tests.captures.hars import API, GRANT, PAGE, entry, preflight, text
from tests.cli.conftest import Run
from tests.reports.test_json import SCHEMA, strict

WITH = GRANT | {"Access-Control-Allow-Credentials": "true"}
OTHER = "https://other.example/x"
GOOD, BLOCKED, LOST = (
    entry(answered=WITH),
    entry(url=f"{API}?token=SEKRIT", error="net::ERR_FAILED"),
    entry(url=OTHER, status=0),
)
PAGE_LOAD = entry(url=PAGE, asked={})


def zipped(*names: str, data: bytes | None = None) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text(BLOCKED) if data is None else data)
    return file.getvalue()


class Pipe(BytesIO):
    def seekable(self) -> bool:
        return False


FILES: dict[str, bytes] = {
    "plain": text(BLOCKED),
    "gzip": gzip.compress(text(BLOCKED)),
    "gzip in two parts": gzip.compress(text(BLOCKED)[:50]) + gzip.compress(text(BLOCKED)[50:]),
    "zip": zipped("a.txt", "har.har"),
    "zip that leaves the archive": zipped("../../har.har"),
    "BOM": codecs.BOM_UTF8 + text(BLOCKED),
    "UTF-16": text(BLOCKED).decode().encode("utf-16"),
    "UTF-16 without BOM": text(BLOCKED).decode().encode("utf-16-be"),
    "UTF-32": text(BLOCKED).decode().encode("utf-32"),
    "spaces": b" \n" + text(BLOCKED) + b"\n",
}


@pytest.mark.parametrize("how", ["file", "input"])
@pytest.mark.parametrize("name", FILES)
def test_kinds_of_files(run: Run, tmp_path: Path, name: str, how: str) -> None:
    path = tmp_path / "capture"
    path.write_bytes(FILES[name])
    if how == "file":
        result = run("replay", str(path), "--format", "jsonl")
    else:
        result = run("replay", "-", "--format", "jsonl", input=FILES[name])
    assert result.exit_code == 1, result.stderr
    report, summary = map(json.loads, result.stdout.splitlines())
    assert (report["verdict"], summary["summary"]["judged"], result.stderr) == ("blocked", 1, "")
    assert list(tmp_path.iterdir()) == [path], "nothing is unpacked"


WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "html": (b"<html>", "is HTML or XML, not a HAR"),
    "no log": (b"{}", "is not a HAR: it has no `log`"),
    "a zip without a HAR": (zipped("a.txt"), "is a ZIP archive without a .har file"),
    "a broken zip": (zipped("har.har")[:60], "is a ZIP archive that cannot be unpacked"),
    "a broken gzip": (gzip.compress(text(BLOCKED))[:120], "is not a readable HAR: the file ends at line 1"),
    "no gzip": (b"\x1f\x8bxxxxxxx", "is a gzip file that cannot be unpacked"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_a_har(run: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "capture.har"
    data, why = WRONG[name]
    path.write_bytes(data)
    result = run("replay", str(path))
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith(f"corsdoctor: {path}: {why}")
    assert result.stderr.count("\n") == 1


def test_an_archive_in_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_file, "opened", lambda _: nullcontext(Pipe(zipped("har.har"))))
    assert run("replay", "-").exit_code == 1


def test_no_file(run: Run, tmp_path: Path) -> None:
    for name in ("x" * 5000, "a\0b", str(tmp_path)):
        result = run("replay", name)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (3, "", 1)
    result = run("replay", str(tmp_path / "none.har"))
    assert (result.exit_code, result.stderr) == (3, f"corsdoctor: {tmp_path / 'none.har'}: No such file or directory\n")


def test_sizes_have_a_limit(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_file, "MOST_BYTES", 100_000)
    monkeypatch.setattr(capture_file, "MOST_ARCHIVE", 100)
    large = text(*[BLOCKED] * 500)
    for data in (large, gzip.compress(large), zipped("har.har", data=large)):
        path = tmp_path / "capture.har"
        path.write_bytes(data)
        result = run("replay", str(path))
        assert (result.exit_code, "is larger than" in result.stderr) == (3, True)
    monkeypatch.setattr(capture_file, "opened", lambda _: nullcontext(Pipe(zipped("har.har"))))
    result = run("replay", "-")
    assert "is larger than 0 MB, which is the limit for an archive on standard input" in result.stderr


@pytest.fixture
def replayed(run: Run, tmp_path: Path) -> Callable[..., Any]:
    def replay(*entries: Any, args: tuple[str, ...] = (), creator: str = "WebInspector") -> Any:
        path = tmp_path / "capture.har"
        path.write_bytes(text(*entries, creator=creator))
        return run("replay", str(path), *args)

    return replay


STATUSES: dict[str, tuple[list[Any], int]] = {
    "nothing is blocked": ([GOOD, PAGE_LOAD], 0),
    "blocked": ([GOOD, BLOCKED, LOST], 1),
    "unknown": ([GOOD, LOST], 3),
    "nothing to judge": ([PAGE_LOAD], 0),
    "unreadable": ([GOOD, 1], 3),
    "no entry": ([], 3),
}


@pytest.mark.parametrize("name", STATUSES)
def test_exit_status(replayed: Callable[..., Any], name: str) -> None:
    entries, status = STATUSES[name]
    assert replayed(*entries).exit_code == status
    assert replayed(*entries, args=("--exit-zero",)).exit_code == 0


def test_json_is_as_the_schema_says(replayed: Callable[..., Any]) -> None:
    entries = (GOOD, BLOCKED, LOST, 1, entry(answered={"Access-Control-Allow-Origin": "*"}), PAGE_LOAD)
    result = replayed(*entries, args=("--format", "json"), creator="Firefox")
    *reports, summary = found = json.loads(result.stdout)
    jsonschema.validate(found, strict(SCHEMA))
    assert [one["entry"] for one in reports] == [0, 1, 2, 4]
    assert [one["verdict"] for one in reports] == ["allowed", "blocked", "unknown", "unknown"]
    assert reports[3]["by_credentials"] == {"same-origin": "allowed", "include": "blocked"}
    assert summary["summary"] == {
        "entries": 6, "judged": 4, "not_cors": 1, "hides": None,
        "unreadable": [{"entry": 3, "reason": "it has no `request` object"}],
    }  # fmt: skip
    assert "SEKRIT" not in result.stdout
    empty = json.loads(replayed(args=("--format", "json")).stdout)
    assert [list(one) for one in empty] == [["schema_version", "summary"]]


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "markdown"])
def test_what_is_missing_names_no_secret(replayed: Callable[..., Any], form: str) -> None:
    lost = entry(url="https://bob:SEKRIT@api.example/x?token=SEKRIT", status=0)
    moved = entry(status=302, answered=WITH | {"Location": f"{OTHER}?token=SEKRIT"})
    result = replayed(lost, moved, args=("-v", "--format", form), creator="Firefox")
    assert result.exit_code == 3
    assert "SEKRIT" not in result.output


def test_selection(replayed: Callable[..., Any]) -> None:
    def chosen(*args: str) -> list[int]:
        lines = map(json.loads, replayed(GOOD, BLOCKED, LOST, args=(*args, "--format", "jsonl")).stdout.splitlines())
        return [line["entry"] for line in lines if "entry" in line]

    assert chosen() == [0, 1, 2]
    assert chosen("--url", "https://api.*") == [0, 1]
    assert chosen("--origin", PAGE) == [0, 1, 2]
    assert chosen("--origin", "https://b.example") == []
    assert chosen("--entry", "2") == [2]
    assert chosen("--blocked") == [1]
    assert chosen("--url", "*token=*") == [1]
    assert chosen("--url", "https://api.example/item?") == []
    assert replayed(GOOD, args=("--origin", "x y")).exit_code == 2
    nothing = replayed(GOOD, LOST, args=("--entry", "7"))
    assert (nothing.exit_code, "requests in the file was selected" in nothing.stderr) == (3, True)
    assert replayed(GOOD, args=("--entry", "7", "--exit-zero")).exit_code == 0


def test_the_text(replayed: Callable[..., Any]) -> None:
    allowed = [entry(url=f"{API}/{n}", answered=WITH) for n in range(12)]
    result = replayed(*allowed, BLOCKED, BLOCKED, LOST, PAGE_LOAD, 1)
    lines = result.stdout.splitlines()
    assert lines[:6] == [
        "15 cross-origin requests: 2 blocked, 1 unknown, 12 allowed",
        "✗ GET https://api.example/items (2 times)",
        "  The response (200) has no Access-Control-Allow-Origin header.",
        "? GET https://other.example/x",
        "  The capture does not have the response: GET https://other.example/x.",
        "✓ GET https://api.example/items/0",
    ]
    assert "  2 more that are allowed; -v lists them" in lines
    assert "1 of the 17 entries in the file is not about CORS." in lines
    assert "Entry 16 could not be read: it has no `request` object." in lines
    assert result.stdout.count("Rule     acao-present") == 1, "what failed alike is shown once"
    assert "  Capture  Entry 12." in lines
    assert "SEKRIT" not in result.stdout
    assert "more that are allowed" not in replayed(*allowed, args=("-v",)).stdout
    quiet = replayed(*allowed, BLOCKED, args=("-q",)).stdout
    assert "Rule" not in quiet


def test_the_text_says_what_it_rests_on(replayed: Callable[..., Any]) -> None:
    star = {"Access-Control-Allow-Origin": "*"}
    failed = replayed(
        entry("PUT", answered=star, error="net::ERR_FAILED"),
        preflight("PUT", Access_Control_Allow_Origin="*", Access_Control_Allow_Methods="PUT"),
    )
    assert "  Capture  Entry 0, preflight 1." in failed.stdout
    assert "Credentials mode include: The browser failed the request, which only" in failed.stdout
    odd = replayed(entry(answered=WITH, error="net::ERR_FAILED"), args=("-v",)).stdout
    assert "The browser failed this request, which CORS does not explain." in odd
    other = replayed(entry(), args=("-v",)).stdout
    assert "The browser did not fail this request, which CORS does not explain." in other
    cached = replayed(entry("PUT", answered=WITH), args=("-v",)).stdout
    assert "The capture does not have the preflight request" in cached


def test_what_a_recorder_hides(replayed: Callable[..., Any]) -> None:
    result = replayed(GOOD, creator="WebKit Web Inspector")
    assert "Safari's network panel saves no failed requests" in result.stdout
    assert replayed(creator="Playwright").stdout.splitlines()[:3] == [
        "No cross-origin request that CORS concerns", "", "The file has no entries.",
    ]  # fmt: skip


def test_fix(replayed: Callable[..., Any]) -> None:
    shown = replayed(BLOCKED, args=("--server", "nginx")).stdout
    assert "add_header" in shown
    assert "Access-Control-Allow-Origin" in replayed(BLOCKED, args=("--fix",)).stdout
    assert replayed(BLOCKED, args=("--server", "nginxx")).exit_code == 2


def test_browsers(replayed: Callable[..., Any]) -> None:
    def judged(*args: str) -> list[str]:
        return list(json.loads(replayed(GOOD, args=(*args, "--format", "jsonl")).stdout.splitlines()[0])["browsers"])

    assert judged() == ["chromium"]
    assert judged("--browser", "firefox,safari") == ["firefox", "webkit"]


def test_it_is_recognized(run: Run, tmp_path: Path) -> None:
    for name, data in FILES.items():
        path = tmp_path / "x"
        path.write_bytes(data)
        if "without BOM" in name or "UTF-32" in name:
            continue
        result = run(str(path))
        assert result.exit_code == 1, result.stderr
        assert "running 'corsdoctor replay" in result.stderr


TRANSCRIPT = f"""\
$ curl -v -H 'Origin: {PAGE}' {API}
> GET /items HTTP/1.1
> Host: api.example
> Origin: {PAGE}
>
< HTTP/1.1 200 OK
<
"""


def test_transcripts(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "curl.txt"
    path.write_text(TRANSCRIPT)
    for result in (run("replay", str(path)), run(str(path)), run("replay", "-", input=TRANSCRIPT)):
        assert result.exit_code == 1
        assert result.stdout.startswith(f"1 cross-origin request: 1 blocked\n✗ GET {API}\n")
    assert "running 'corsdoctor replay" in run(str(path)).stderr
    bare = TRANSCRIPT.replace(f"> Origin: {PAGE}\n", "")
    shown = run("replay", "-", "--format", "json", input=bare)
    assert (shown.exit_code, json.loads(shown.stdout)[0]["verdict"]) == (3, "unknown")
    allowed = bare.replace("200 OK", f"200 OK\n< Access-Control-Allow-Origin: {PAGE}")
    assert run("replay", "-", "--origin", PAGE, "--credentials", "omit", input=allowed).exit_code == 0
    sizes = run("replay", "-", input=TRANSCRIPT + "x\n" * 11_000_000)
    assert (sizes.exit_code, "is larger than 20 MB, which is the limit for a transcript" in sizes.stderr) == (3, True)


@pytest.mark.parametrize("form", [name for name in FORMATS if name not in ("json", "jsonl")])
def test_no_url_is_made_up(run: Run, tmp_path: Path, form: str) -> None:
    """What stands for the URL inside is not shown, neither whole nor in a command; programs get it as it is."""
    file = tmp_path / "curl-i.txt"
    file.write_text("HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://other.example\n\nhello")
    result = run("replay", str(file), "--origin", PAGE, "--format", form)
    assert result.exit_code == 3
    assert "url-not-in" not in result.stdout
    if form in ("text", "csv", "junit"):
        assert "GET (URL not in the transcript)" in result.stdout.replace("GET,", "GET ")
    assert "(URL not in the transcript)" not in run("replay", str(file), "--format", "json").stdout


def test_redact(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "capture.har", tmp_path / "out.har"
    secret = entry(url=f"{API}?token=SEKRIT", asked={"Origin": PAGE, "Cookie": "a=SEKRIT"})
    path.write_bytes(text(PAGE_LOAD, secret, PAGE_LOAD, GOOD))
    result = run("replay", str(path), "--redact", str(out), "--format", "jsonl")
    assert result.exit_code == 1
    assert result.stderr == f"corsdoctor: wrote {out}: 4 entries, 1 secret replaced, bodies left out\n"
    assert [json.loads(line).get("entry") for line in result.stdout.splitlines()] == [1, 3, None]
    assert "SEKRIT" not in out.read_text()
    assert [line.get("verdict") for line in map(json.loads, result.stdout.splitlines())] == ["blocked", "allowed", None]
    small = run("replay", str(path), "--redact", str(out), "--only", "cors", "-q")
    assert (small.exit_code, f"wrote {out}: 2 entries" in small.stderr) == (1, True)
    assert len(json.loads(out.read_text())["log"]["entries"]) == 2
    assert run("replay", str(out), "-q").stdout == small.stdout
    piped = run("replay", "-", "--redact", str(out), input=gzip.compress(text(secret)[:-1]))
    assert (piped.exit_code, "the rest of the file could not be read: the file ends" in piped.stderr) == (1, True)
    assert sorted(tmp_path.iterdir()) == [path, out], "nothing else is left"


def test_redact_overwrites_no_input(run: Run, tmp_path: Path) -> None:
    path, link = tmp_path / "capture.har", tmp_path / "link.har"
    path.write_bytes(text(GOOD))
    link.symlink_to(path)
    for out in (path, link, tmp_path / "." / "capture.har"):
        result = run("replay", str(path), "--redact", str(out))
        assert (result.exit_code, "this file is the input; choose another name" in result.stderr) == (2, True)
    for words in (("--redact", "-"), ("--only", "cors"), ("--redact", str(tmp_path / "o.har"), "--live")):
        assert run("replay", str(path), *words).exit_code == 2
    assert path.read_bytes() == text(GOOD)
    for out in (tmp_path / "none" / "o.har", tmp_path):
        failed = run("replay", str(path), "--redact", str(out))
        assert (failed.exit_code, "cannot write the redacted capture" in failed.stderr) == (3, True)
    curl = run("replay", "-", "--redact", str(tmp_path / "o.har"), input=TRANSCRIPT)
    assert (curl.exit_code, "is a transcript; --redact writes HAR files" in curl.stderr) == (3, True)
    wrong = run("replay", "-", "--redact", str(tmp_path / "o.har"), input="<html>")
    assert (wrong.exit_code, sorted(tmp_path.iterdir())) == (3, [path, link])
