"""corsdoctor audit of many URLs: where they come from, one report for those with the same policy, and runs that are divided."""

from __future__ import annotations

import csv
import io
import json
import os
from contextlib import closing
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.captures import hars
from tests.cli.conftest import PAGE, Run, Server
from tests.cli.test_audit import SCHEMA


def listed(folder: Path, *lines: str) -> str:
    """A file with these lines."""
    file = folder / "urls.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def test_urls_of_one_policy_are_one_report(run: Run, server: Server, tmp_path: Path) -> None:
    url, other = server.url, server.url.replace("127.0.0.1", "localhost")
    file = listed(
        tmp_path, f"{url}/put", "", "# a comment", f"{other}/none", f"{url}/reflects", f"{url}/put#x", f"{url}/put?2"
    )
    result = run("audit", file, f"{url}/put?3", "--origin", PAGE, "--quiet")
    marked = [line for line in result.stdout.splitlines() if line.startswith(("✓", "✗"))]
    assert [line.partition(": ")[0] for line in marked] == [
        f"✓ {url}/put and 2 other URLs", f"✗ {url}/reflects", f"✓ {other}/none",
    ]  # fmt: skip
    text = run("audit", file, "--origin", PAGE).stdout
    assert f"The same was found at\n  - {url}/put?2\n" in text
    paths = server.requests.copy()
    server.requests.clear()
    assert run("audit", "-", "--origin", PAGE, input=Path(file).read_text(encoding="utf-8")).stdout == text
    assert sorted(paths[len(paths) - len(server.requests) :]) == sorted(server.requests)


def test_a_long_list_is_shortened(run: Run, server: Server, tmp_path: Path) -> None:
    file = listed(tmp_path, *(f"{server.url}/none?token=abcdefgh12345678&{n}" for n in range(13)))
    text = run("audit", file).stdout
    assert text.count("\n  - ") == 10
    assert "and 2 more, which --verbose lists" in text
    assert "abcdefgh12345678" not in text
    assert "&12" in run("audit", file, "-v").stdout


@pytest.mark.parametrize("format_", ["json", "sarif", "github", "gitlab", "tap", "csv", "junit", "markdown"])
def test_every_format_counts_the_others(run: Run, server: Server, format_: str) -> None:
    urls = [f"{server.url}/reflects?{n}" for n in range(3)]
    text = run("audit", *urls, "--format", format_).stdout
    match format_:
        case "json":
            found = json.loads(text)
            jsonschema.validate(found, SCHEMA)
            assert [(one["audit"], "line" in one) for one in found] == [(url, False) for url in urls]
        case "sarif":
            result = json.loads(text)["runs"][0]["results"][0]
            names = [place["logicalLocations"][0]["fullyQualifiedName"] for place in result["locations"]]
            assert (names, "and 2 other URLs" in result["message"]["text"]) == (urls, True)
        case "csv":
            assert {row["others"] for row in csv.DictReader(io.StringIO(text))} == {" ".join(urls[1:])}
        case "markdown":
            assert "3 URLs audited" in text
            assert "and 2 more |" in text
        case _:
            assert "and 2 other URLs" in text


def test_a_capture_names_the_urls_and_the_pages(run: Run, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "capture.har"
    entries = [
        hars.entry(url=f"{server.url}/put", asked={"Origin": PAGE}),
        hars.entry(url=f"{server.url}/none", asked={"Origin": "null"}),
        hars.entry(url=f"{PAGE}/own", asked={}),
        hars.entry(url="ws://127.0.0.1:9/", asked={"Origin": PAGE}),
    ]
    file.write_bytes(hars.text(*entries))
    found = json.loads(run("audit", str(file), "--format", "json").stdout)
    assert [(one["audit"], one["trusted"]) for one in found] == [
        (f"{server.url}/put", [PAGE]), (f"{server.url}/none", [PAGE]),
    ]  # fmt: skip
    result = run("audit", str(file), "-H", "Authorization: Bearer abcdefgh", "--cookie", "a=1")
    assert (result.exit_code, result.stdout) == (2, "")
    for option in ("--header", "--cookie"):
        assert f"{option}: would go to every host that {file} has requests to" in result.stderr


def test_requests_as_json_name_urls_and_origins(run: Run, server: Server, tmp_path: Path) -> None:
    file = listed(tmp_path, json.dumps({"url": f"{server.url}/put", "origin": PAGE}), f"{server.url}/none")
    found = json.loads(run("audit", file, "--format", "json").stdout)
    assert [one["trusted"] for one in found] == [[PAGE], [PAGE]]


def test_a_pipe_is_a_list(run: Run) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"https://a.test/x\n")
    os.close(writing)
    with closing(os.fdopen(reading)):
        assert "https://a.test/x" in run("audit", f"/dev/fd/{reading}", "--dry-run").stdout


def test_some_hosts_only(run: Run, server: Server, tmp_path: Path) -> None:
    file = listed(tmp_path, f"{server.url}/none", "https://a.test/", "https://b.a.test/x", "https://xa.test/")
    result = run("audit", file, "--host", "A.test", "--dry-run")
    assert {line.split()[1].partition("/corsdoctor")[0].rstrip("/") for line in result.stdout.splitlines()} == {
        "https://a.test", "http://a.test", "https://b.a.test/x", "http://b.a.test/x", "https://b.a.test",
    }  # fmt: skip
    assert "no URL is on this host" in run("audit", file, "--host", "c.test").stderr
    assert server.requests == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("ftp://a.example/",), "line 1: ftp://a.example/: is not the URL of a web server"),
        (("https://a.example/,https://b.example",), "line 1: url: a comma separates it"),
        (("", "https://a.example:1/"), "line 2: https://a.example:1/: browsers block every request to this port"),
        (("{}",), "line 1: url is missing"),
        (('{"visits": [{"page": "https://a.example/"}]}',), "line 1: a flow cannot be audited"),
        (("# nothing",), "has no URL"),
    ],
)
def test_mistakes_name_the_line(run: Run, tmp_path: Path, lines: tuple[str, ...], words: str) -> None:
    result = run("audit", listed(tmp_path, *lines))
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr.replace("'", "").replace("line 1:: ", "line 1: ").replace("line 2:: ", "line 2: ")


def test_not_all_mistakes_of_a_long_list_are_shown(run: Run, tmp_path: Path) -> None:
    result = run("audit", listed(tmp_path, *(f"ftp://a.example/{n}" for n in range(500))))
    assert result.stderr.count("ftp://a.example/") == 100
    assert result.stderr.endswith("there may be more mistakes; fix these first\n")


def test_parts_are_the_whole(run: Run, tmp_path: Path, server: Server) -> None:
    hosts = [f"{server.url.replace('127.0.0.1', host)}/none" for host in ("127.0.0.1", "localhost")]
    file = listed(tmp_path, *hosts)
    parts = [run("audit", file, "--shard", f"{part}/3", "--quiet") for part in (1, 2, 3)]
    assert sorted(line for part in parts for line in part.stdout.split() if "://" in line) == sorted(
        f"{host}:" for host in hosts
    )
    for part in parts:
        assert part.exit_code == 0
        assert part.stdout or "none of the 2 URLs is in this part" in part.stderr


def test_lists_what_a_part_would_send(run: Run, tmp_path: Path) -> None:
    file, new = listed(tmp_path, "https://a.example/", "https://b.example/"), tmp_path / "new.jsonl"
    parts = [run("audit", file, "--dry-run", "--shard", f"{part}/2", "--resume", str(new)).stdout for part in (1, 2)]
    for host in ("a.example", "b.example"):
        assert sum(f"GET     https://{host}/ " in part for part in parts) == 1
    assert not new.exists()


def test_a_run_that_is_continued(run: Run, tmp_path: Path, server: Server) -> None:
    file = listed(tmp_path, *(f"{server.url}/none?{n}" for n in range(4)), f"{server.url}/reflects")
    whole, half = tmp_path / "whole.jsonl", tmp_path / "half.jsonl"
    assert run("audit", file, "--resume", str(whole)).exit_code == 1
    lines = whole.read_bytes().splitlines(keepends=True)
    for line in lines:
        jsonschema.validate(json.loads(line), SCHEMA)
    lines.sort(key=lambda line: int(json.loads(line)["line"]))
    half.write_bytes(b"".join([*lines[:3], lines[3][:300]]))  # the last one was not written to its end
    server.requests.clear()
    dry, before = run("audit", file, "--dry-run", "--resume", str(half)), half.read_bytes()
    assert [n for n in range(4) if f"/none?{n} " in dry.stdout] == [3]
    assert (server.requests, half.read_bytes()) == ([], before)
    result = run("audit", file, "--resume", str(half))
    assert (result.exit_code, result.stdout) == (1, "")
    assert {path.partition(" ")[2] for path in server.requests} == {
        "/none?3", "/reflects", "/none/corsdoctor-no-such-page", "/reflects/corsdoctor-no-such-page",
        "/corsdoctor-no-such-page",
    }  # fmt: skip
    assert sorted(json.loads(line)["line"] for line in half.read_bytes().splitlines()) == [1, 2, 3, 4, 5]
    server.requests.clear()
    assert run("audit", file, "--resume", str(half)).exit_code == 1
    assert server.requests == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--origin", "https://b.example"), "the trusted origins differ"),
        (("--format", "json"), "cannot be combined with --format"),
    ],
)
def test_a_file_of_another_run(run: Run, tmp_path: Path, server: Server, more: tuple[str, ...], words: str) -> None:
    kept = tmp_path / "out.jsonl"
    run("audit", f"{server.url}/none", "--resume", str(kept))
    result = run("audit", f"{server.url}/none", "--resume", str(kept), *more)
    assert (result.exit_code, words in result.stderr) == (2, True), result.stderr
    other = run("audit", f"{server.url}/open", "--resume", str(kept))
    assert f"its result for line 1, {server.url}/none, does not match the input" in other.stderr


@pytest.mark.parametrize("change", [{"severity": "bad"}, {"audit": 1}, {"trusted": [1]}, {"trusted": None}])
def test_a_file_that_no_audit_wrote(run: Run, tmp_path: Path, server: Server, change: dict[str, object]) -> None:
    kept = tmp_path / "out.jsonl"
    run("audit", f"{server.url}/none", "--resume", str(kept))
    kept.write_text(json.dumps({**json.loads(kept.read_text(encoding="utf-8")), **change}) + "\n", encoding="utf-8")
    result = run("audit", f"{server.url}/none", "--resume", str(kept))
    assert (result.exit_code, "is not a result" in result.stderr) == (2, True), result.stderr


def test_an_answer_without_a_response_counts(run: Run, tmp_path: Path, dead: str) -> None:
    kept = str(tmp_path / "out.jsonl")
    for _ in range(2):
        assert run("audit", dead, "--resume", kept).exit_code == 3


def test_an_error_of_our_own_is_a_report(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("corsdoctor.batch.audits.explore", breaks)
    result = run("audit", f"{server.url}/none", COLUMNS="200")
    assert (result.exit_code, result.stdout) == (
        3, f"✗ {server.url}/none: internal error: ZeroDivisionError: oh; please report it\n",
    )  # fmt: skip
