"""The page, its policies and cookies with attributes in a batch, a policy and Python, as --page and its relatives have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import corsdoctor
from tests.cli.conftest import Run, Server
from tests.listening import QuietHandler, listening

CSP = "Content-Security-Policy"


@pytest.fixture
def page() -> Iterator[tuple[str, list[str]]]:
    """The URL of a page whose policy allows no request, and the paths that were requested there."""
    asked: list[str] = []

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            asked.append(self.path)
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header(
                *(("Location", "https://other.example/") if self.path == "/away" else (CSP, "connect-src 'none'"))
            )
            self.send_header("Content-Length", "0")
            self.end_headers()

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}", asked


def test_a_page_in_lines_is_requested_once(
    run: Run, server: Server, page: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, asked = page
    lines = [
        {"url": f"{server.url}/open", "page": f"{url}/a"}, {"url": "/open", "page": f"{url}/a"},
        {"url": f"{server.url}/open", "page": f"{url}/b", "page_headers": {"Referrer-Policy": "no-referrer"}},
        {"url": f"{server.url}/open", "page": f"{url}/away"},
    ]  # fmt: skip
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    result = run("batch", str(file), "--browser", "firefox", "--jobs", "1")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one.get("verdict") for one in found] == ["blocked", "blocked", "allowed", None]
    assert found[0]["browsers"]["firefox"]["rule"] == "csp-allows"
    assert found[1]["request"]["url"] == f"{url}/open"
    assert "redirects to https://other.example/" in found[3]["error"]
    assert asked == ["/a", "/away"]


def test_the_options_of_a_batch_are_for_all_lines(run: Run, server: Server, tmp_path: Path) -> None:
    file, jar = tmp_path / "urls.txt", tmp_path / "jar.txt"
    file.write_text(f"{server.url}/reflects\n", encoding="utf-8")
    jar.write_text("127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\t1\n", encoding="utf-8")
    options = ("--origin", "http://127.0.0.1", "--page-header", f"{CSP}: connect-src 'none'", "--cookie-jar", str(jar))
    result = run("batch", str(file), "--browser", "firefox", "--credentials", "include", *options)
    assert json.loads(result.stdout)["browsers"]["firefox"]["rule"] == "csp-allows"
    result = run("batch", str(file), "--browser", "firefox", "--credentials", "include", *options[:2], *options[4:])
    assert json.loads(result.stdout)["verdict"] == "allowed"
    assert server.headers[-1]["Cookie"] == "sid=1"
    result = run("batch", str(file), "--origin", "https://app.example", "--cookie-jar", "none.txt")
    assert (result.exit_code, "--cookie-jar 'none.txt': cannot read the file" in result.stderr) == (2, True)


def test_a_cookie_jar_of_one_line(run: Run, server: Server, tmp_path: Path) -> None:
    own, all_, file = tmp_path / "own.txt", tmp_path / "all.txt", tmp_path / "lines.jsonl"
    own.write_text(
        "127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\tsecret1\n127.0.0.1\tFALSE\t/\tFALSE\t9\told\t1\n", encoding="utf-8"
    )
    all_.write_text("127.0.0.1\tFALSE\t/\tFALSE\t0\tall\tsecret2\n", encoding="utf-8")
    asked = {"url": f"{server.url}/reflects", "credentials": "include"}
    lines = [
        {**asked, "cookie_jar": str(own)},
        asked,
        {**asked, "cookie_jar": str(tmp_path / "none.txt")},
        {**asked, "cookie_jar": "-"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    options = ("--browser", "firefox", "--jobs", "1", "--origin", "http://127.0.0.1", "--cookie-jar", str(all_))
    result = run("batch", str(file), *options)
    assert [headers["Cookie"] for headers in server.headers] == ["sid=secret1", "all=secret2"]
    assert "secret" not in result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one.get("verdict") for one in found] == ["allowed", "allowed", None, None]
    assert found[2]["error"].startswith("cookie_jar: '")
    assert found[2]["error"].endswith("none.txt': cannot read the file: No such file or directory")
    assert found[3]["error"] == "cookie_jar: must be the name of a file"


def test_a_cookie_jar_in_a_policy(run: Run, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jar.txt").write_text("127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\tsecret1\n", encoding="utf-8")
    (tmp_path / "bad.txt").write_text("# Netscape\na\tb\n", encoding="utf-8")
    case = '[[case]]\nid = "{id}"\nurl = "{url}/reflects"\norigin = "http://127.0.0.1"\nexpect = "allowed"\ncredentials = "include"\nbrowsers = "firefox"\n{jar}\n'
    policy = tmp_path / "cors.toml"
    monkeypatch.setenv("JAR", "jar")
    jars = ('cookie-jar = "${JAR}.txt"', "")
    policy.write_text(
        "".join(case.format(id=f"c{i}", url=server.url, jar=jar) for i, jar in enumerate(jars)), encoding="utf-8"
    )
    result = run("test", str(policy), "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert [headers.get("Cookie") for headers in server.headers] == ["sid=secret1", None]
    assert "secret1" not in result.output
    policy.write_text(case.format(id="c", url=server.url, jar='cookie-jar = "bad.txt"'), encoding="utf-8")
    result = run("test", str(policy))
    assert (result.exit_code, "line 2: a line of a cookie jar has 7 fields" in result.stderr.replace("\n", " ")) == (
        2,
        True,
    )


def test_a_page_in_a_policy(run: Run, server: Server, page: tuple[str, list[str]], tmp_path: Path) -> None:
    url, asked = page
    case = '[[case]]\nid = "{id}"\nurl = "{server}/open"\npage = "{page}"\nexpect = {expect}\nbrowsers = "firefox"\n'
    rule = '{ rule = "csp-allows" }'
    cases = [
        case.format(id=id, server=server.url, page=f"{url}/{path}", expect=rule)
        for id, path in ("aa", "ba", ("c", "away"))
    ]
    policy = tmp_path / "cors.toml"
    policy.write_text("\n".join(cases), encoding="utf-8")
    result = run("test", str(policy), "--format", "jsonl", "--jobs", "1")
    assert result.exit_code == 3, result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one.get("case", {}).get("outcome") for one in found] == ["passed", "passed", None]
    assert "redirects to https://other.example/" in found[2]["error"]
    assert asked == ["/a", "/away"]


def test_a_page_in_python(server: Server, page: tuple[str, list[str]]) -> None:
    url, asked = page
    result = corsdoctor.check(f"{server.url}/open", page=f"{url}/a", browsers="firefox")
    assert (result.rule, asked) == ("csp-allows", ["/a"])
    known = corsdoctor.check(
        f"{server.url}/open", origin=server.url, page_headers={"Referrer-Policy": "no-referrer"}, browsers="firefox"
    )
    assert known.allowed
    with pytest.raises(corsdoctor.InvalidScenario) as caught:
        corsdoctor.check("/open", page="ftp://x", permissions=["x"], page_headers=1)  # type: ignore[arg-type]
    assert {mistake.field for mistake in caught.value.mistakes} >= {"page", "permissions", "page_headers"}
    with pytest.raises(corsdoctor.InvalidScenario, match="is not the origin of the page"):
        corsdoctor.check(f"{server.url}/open", origin="https://a.example", page=f"{url}/a")
    with pytest.raises(corsdoctor.CorsDoctorError, match=r"redirects to https://other\.example/"):
        corsdoctor.check(f"{server.url}/open", page=f"{url}/away")
    fix = corsdoctor.fix(f"{server.url}/none", page=f"{server.url}/none", browsers="firefox")
    assert fix.report


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot read the file: No such file"), ("a\tb\n", "line 1: a line of a cookie jar has 7 fields")],
)
def test_a_cookie_jar_in_python(server: Server, tmp_path: Path, content: str | None, reason: str) -> None:
    jar = tmp_path / "jar.txt"
    asked: Any = {"origin": "http://127.0.0.1", "credentials": "include", "browsers": "firefox"}
    jar.write_text("127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\t1\n127.0.0.1\tFALSE\t/\tFALSE\t9\told\t1\n", encoding="utf-8")
    assert corsdoctor.check(f"{server.url}/reflects", cookie_jar=jar, **asked).allowed
    assert server.headers[-1]["Cookie"] == "sid=1"
    bad = tmp_path / "bad.txt"
    if content is not None:
        bad.write_text(content, encoding="utf-8")
    with pytest.raises(corsdoctor.InvalidScenario, match=reason):
        corsdoctor.check(f"{server.url}/reflects", cookie_jar=bad, **asked)
    with pytest.raises(corsdoctor.InvalidScenario, match="cookie_jar"):
        corsdoctor.check(f"{server.url}/reflects", cookie_jar=1, **asked)  # type: ignore[arg-type]
    with pytest.raises(corsdoctor.InvalidScenario, match="cannot read the file"):
        corsdoctor.check(f"{server.url}/reflects", cookie_jar="a\0b", **asked)
