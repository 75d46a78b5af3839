"""`--from`, `--from-curl` and `--from-fetch`: requests in the words of other tools, and a pasted command without a name."""

from __future__ import annotations

from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.cli.conftest import PAGE, Run, Server, answers
from tests.reports.test_json import SCHEMA, strict

FROM = f"-H 'Origin: {PAGE}'"


def one(run: Run, *args: str, input: str | bytes | None = None) -> dict[str, object]:
    """The only line of `plan ... --format jsonl`, which the schema describes."""
    result = run("plan", *args, "--format", "jsonl", "--show-secrets", input=input)
    [line] = answers(result)
    jsonschema.validate(line, strict(SCHEMA))
    return line | {"exit": result.exit_code}


@pytest.mark.parametrize("how", ["--from", "--from -", "--from-curl"])
def test_a_plan_has_the_request_as_it_was_given(run: Run, tmp_path: Path, how: str) -> None:
    text = f"curl https://api.example/x {FROM} -u jo:pw -d 'a=1' -k -A me -b s=1 -H 'Sec-Fetch-Mode: cors' -H \"X: $T\" -d @f"
    (tmp_path / "request").write_text(text, encoding="utf-8")
    args = {"--from": ("--from", str(tmp_path / "request")), "--from -": ("--from", "-"), "--from-curl": (how, text)}
    line = one(run, *args[how], input=text if how == "--from -" else None)
    assert line["parsed"] == {
        "url": "https://api.example/x",
        "method": "POST",
        "headers": [
            ["Authorization", "Basic am86cHc="],
            ["User-Agent", "me"],
            ["Cookie", "s=1"],
            ["Origin", PAGE],
            ["Sec-Fetch-Mode", "cors"],
            ["X", "$T"],
            ["Content-Type", "application/x-www-form-urlencoded"],
        ],
        "body": "a=1&",
        "cookies": "s=1",
        "origin": PAGE,
        "credentials": "include",
        "mode": "cors",
        "options": {"insecure": True},
        "dropped": ["User-Agent", "Cookie", "Origin", "Sec-Fetch-Mode"],
        "reads": ["f"],
        "unresolved": ["$T"],
    }
    request = line["request"]
    assert isinstance(request, dict)
    assert [name for name, _ in request["headers"]] == ["Authorization", "X", "Content-Type"]
    assert (line["exit"], line["verdict"], request["credentials"], request["mode"]) == (0, "allowed", "include", "cors")


def test_secrets_are_masked_in_what_was_given(run: Run) -> None:
    text = (
        f"curl 'https://api.example/x?token=SEKRIT0123' {FROM} -u jo:SEKRIT0123 -b s=SEKRIT0123 -x http://u:SEKRIT0123@p:1"
        ' -U u:SEKRIT0123 --json \'{"password": "SEKRIT0123"}\''
    )
    for format in ("jsonl", "json", "text"):
        result = run("plan", "--from-curl", text, "--format", format)
        assert (result.exit_code, "SEKRIT" in result.output) == (0, False)
    result = run("plan", "--from-curl", text.replace("https://", "ftp://"), "--format", "jsonl")
    assert (result.exit_code, "SEKRIT" in result.output) == (2, False)


def test_a_body_that_is_not_text(run: Run) -> None:
    line = one(run, "--from-curl", f"curl https://api.example/x {FROM} --data-raw $'\\xe9'")
    assert isinstance(line["parsed"], dict)
    assert (line["parsed"]["body"], line["parsed"]["body_base64"]) == (None, "6Q==")


@pytest.mark.parametrize(
    ("text", "place", "error"),
    [
        ("curl 'https://api.example/x", {"line": 1, "column": 6}, "the quotation mark ' is not closed"),
        ("\n\ncurl --nope https://api.example", {"line": 3, "column": 6}, "curl has no option --nope"),
        (f"curl $BASE/x {FROM}", {"line": 1, "column": 6}, "the URL contains $BASE, which is not expanded: write its value"),
        (f"curl 'https:///' {FROM}", {"line": 1, "column": 6}, "the URL: this URL is not valid: no browser can parse it"),
        ("curl https://api.example -H 'Origin: nope'", {"line": 1, "column": 6}, "the Origin header: an origin starts with a scheme"),
        ("fetch('https://api.example', {headers: {A: '\u20ac'}})", {"line": 1, "column": 1}, "the header A: a header value cannot"),
        ("nothing", None, "the text has no request"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_place(
    run: Run, text: str, place: dict[str, int] | None, error: str
) -> None:
    line = one(run, "--from", "-", input=text)
    assert (line["exit"], line["place"], line["id"], line["line"]) == (2, place, None, (place or {"line": 1})["line"])
    assert str(line["error"]).startswith(error)
    result = run("check", "--from", "-", *(["--origin", PAGE] if "Origin: nope" not in text else []), input=text)
    where = "" if place is None else f", line {place['line']}, column {place['column']}"
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"standard input{where or ', line 1'}: {error}" in result.stderr


def test_without_a_page_the_verdict_is_unknown(run: Run) -> None:
    line = one(run, "--from-curl", "curl https://api.example/x")
    assert isinstance(line["request"], dict)
    assert (line["exit"], line["verdict"], line["missing"], line["browsers"]) == (3, "unknown", "origin", {})
    assert line["request"]["origin"] is None
    for command in ("check", "plan", "preflight"):
        result = run(command, "--from-curl", "curl https://api.example/x")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--origin is missing: the text does not name the page" in result.stderr


def test_each_request_has_a_line(run: Run) -> None:
    text = f"curl 'https://api.example/{{a,b}}' {FROM}\ncurl https://api.example/c {FROM}\ncurl 'x"
    result = run("plan", "--from", "-", "--format", "jsonl", input=text.removesuffix("\ncurl 'x"))
    assert [(line["line"], line["request"]["url"][-1]) for line in answers(result)] == [(1, "a"), (1, "b"), (2, "c")]
    result = run(
        "plan", "--from-fetch", "fetch('https://api.example'); fetch('/x')", "--origin", PAGE, "--format", "jsonl"
    )
    assert (result.exit_code, ["error" in line for line in answers(result)]) == (2, [False, True])


def test_options_take_precedence(run: Run) -> None:
    text = f"curl -X PUT https://api.example/x {FROM} -H 'X-A: 1' -H 'X-B: 2' -b a=1"
    more = (
        "--origin",
        "https://other.example",
        "-X",
        "DELETE",
        "-H",
        "x-a: 3",
        "--credentials",
        "same-origin",
        "--as",
        "xhr",
    )
    line = one(run, "--from-curl", text, *more)
    request = line["request"]
    assert isinstance(request, dict)
    expected = {"origin": "https://other.example", "method": "DELETE", "credentials": "same-origin", "api": "xhr"}
    assert {name: request[name] for name in expected} == expected
    assert request["headers"] == [["X-B", "2"], ["x-a", "3"]]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("--from-curl", "curl https://a.example", "https://b.example"), "URL 'https://b.example': --from-curl already has the URL"),
        (("--from-curl", "curl x", "--from-fetch", "x"), "--from-fetch: --from-curl already has the request"),
        (("--from", "-", "-d", "@-"), "--data '@-': standard input is already used"),
        (("--from", "nowhere.sh"), "--from 'nowhere.sh': cannot read the file: No such file"),
        (("--from", "a\0b"), "this is not a valid file name"),
        (("--from-curl", "curl https://a.example -d @nowhere", "--allow-files", "--origin", PAGE), "--allow-files 'nowhere': cannot read"),
        (("--from-curl", "curl https://a.example -d $'@a\\x01'", "--allow-files", "--origin", PAGE), "--allow-files"),
        (("--from-curl", "curl https://a.example -k --next https://a.example", "--origin", PAGE), "the commands differ in how they connect"),
        (("--from-fetch", "fetch('https://a.example')", "--origin", PAGE, "--upload-listener"), "--upload-listener: only XMLHttpRequest"),
        (("--from-curl", "curl https://a.example", "--origin", "x"), "--origin 'x': an origin starts with a scheme"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported(run: Run, args: tuple[str, ...], error: str) -> None:
    result = run("check", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert error in result.stderr


def test_a_har_is_for_replay(run: Run) -> None:
    result = run("check", "--from", "-", input='{"log": {"entries": []}}')
    assert (result.exit_code, "this is a HAR: run corsdoctor replay" in result.stderr) == (2, True)


def test_too_much_is_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsdoctor.cli.from_text._MOST_BYTES", 10)
    result = run("check", "--from", "-", input="x" * 11)
    assert (result.exit_code, "standard input is too large" in result.stderr) == (2, True)


def test_a_text_in_utf_16(run: Run) -> None:
    line = one(run, "--from", "-", input=f"curl https://api.example/x {FROM}".encode("utf-16"))
    assert line["exit"] == 0


def test_a_file_is_read_only_if_it_may_be(
    run: Run, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("body.json").write_text('{"a": 1}', encoding="utf-8")
    args = ("check", "--from-curl", f"curl {server.url}/open -d @body.json {FROM}", "--send", "-q")
    result = run(*args)
    assert (result.exit_code, server.bodies[-1]) == (0, b"")
    assert "not read: body.json; --allow-files reads what the command names" in result.stderr
    result = run(*args, "--allow-files")
    assert (result.exit_code, server.bodies[-1], result.stderr) == (0, b'{"a": 1}', "")


def test_standard_input_of_the_command_is_read_only_once(run: Run) -> None:
    text = f"curl https://api.example -d @- {FROM}"
    result = run("plan", "--from-curl", text, "--allow-files", "--format", "jsonl", input="piped")
    assert answers(result)[0]["parsed"]["body"] == "piped"
    result = run("plan", "--from", "-", "--allow-files", "--format", "jsonl", input=text)
    assert answers(result)[0]["parsed"]["body"] is None


def test_what_is_not_expanded_is_named(run: Run, server: Server) -> None:
    text = f'curl {server.url}/open {FROM} -H "X-A: $ONE ${{TWO}} $(three) `four`"'
    result = run("check", "--from-curl", text, "-q", ONE="SEKRIT", TWO="SEKRIT")
    assert result.exit_code == 0
    assert "not expanded: $ONE, ${TWO}, $(three) and 1 more" in result.stderr
    assert server.headers[-1]["X-A"] == "$ONE ${TWO} $(three) `four`"


def test_what_is_sent_is_what_the_browser_would_send(run: Run, server: Server) -> None:
    text = f"""fetch("{server.url}/open", {{
      "headers": {{"accept": "*/*", "x-a": "1", "priority": "u=1, i"}},
      "referrer": "{PAGE}/page", "body": null, "method": "GET", "mode": "cors", "credentials": "omit"
    }});"""
    result = run("check", "--from-fetch", text, "--format", "json", "--browser", "standard")
    assert (result.exit_code, server.requests) == (0, ["OPTIONS /open", "GET /open"])
    assert server.headers[0]["Access-Control-Request-Headers"] == "x-a"
    assert (server.headers[1]["X-A"] if "X-A" in server.headers[1] else server.headers[1]["x-a"]) == "1"


def test_options_of_the_connection_apply(run: Run, server: Server) -> None:
    port, page = server.url.rpartition(":")[2], "-H 'Origin: http://app.test'"
    resolved = f"curl --resolve api.test:{port}:127.0.0.1 http://api.test:{port}/open {page}"
    assert run("check", "--from-curl", resolved, "-q").exit_code == 0
    assert server.requests == ["GET /open"]
    proxied = f"curl -x {server.url.removeprefix('http://')} -U u:p http://api.test/open {page}"
    assert run("check", "--from-curl", proxied, "-q", "--probes", "0").exit_code == 1
    assert server.requests[1:] == ["GET http://api.test/open"]
    refused = run("check", "--from-curl", f"curl -E nowhere.pem {server.url}/open {FROM}", "--allow-files")
    assert (refused.exit_code, "nowhere.pem" in refused.stderr) == (2, True)


def test_several_requests_are_checked(run: Run, server: Server) -> None:
    text = f"curl {server.url}/{{open,none}} {FROM}"
    result = run("check", "--from", "-", "--format", "jsonl", input=text)
    assert (result.exit_code, [line["verdict"] for line in answers(result)]) == (1, ["allowed", "blocked"])


def test_the_preflight_alone_is_sent(run: Run, server: Server) -> None:
    result = run("preflight", "--from-curl", f"curl -X PUT {server.url}/put {FROM}", "-q", "--browser", "standard")
    assert (result.exit_code, server.requests) == (0, ["OPTIONS /put"])


def test_a_websocket_has_no_plan(run: Run) -> None:
    result = run("plan", "--from-fetch", "fetch('wss://a.example')", "--origin", PAGE, "--format", "jsonl")
    [line] = answers(result)
    assert (result.exit_code, line["error"]) == (2, "a WebSocket sends no preflight request")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("curl 'URL/open' -H 'Origin: PAGE'", "check --from-curl TEXT"),
        ("fetch('URL/open', {referrer: 'PAGE'})", "check --from-fetch TEXT"),
    ],
)
def test_a_pasted_request_needs_no_command(
    run: Run, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text = text.replace("URL", server.url).replace("PAGE", PAGE)
    Path("request.sh").write_text(text, encoding="utf-8")
    for args, input, named in (
        ((text, "-q"), None, command),
        (("-q", text), None, command),
        (("request.sh", "-q"), None, "check --from request.sh"),
        (("-q",), text, "check --from -"),
        (("-", "-q"), text, "check --from -"),
    ):
        result = run(*args, input=input)
        assert (result.exit_code, server.requests.pop()) == (0, "GET /open")
        assert result.stderr.startswith(f"corsdoctor: running 'corsdoctor {named}', because ")


def test_a_command_in_pieces_is_not_taken(run: Run, server: Server) -> None:
    result = run("curl", f"{server.url}/open", "-X", "PUT")
    assert (result.exit_code, server.requests) == (2, [])
    assert "put the whole command of the other tool in one pair of quotes" in result.stderr


def test_a_report_does_not_overwrite_the_text(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "request"
    path.write_text(f"curl https://api.example {FROM}", encoding="utf-8")
    result = run("plan", "--from", str(path), "--format", f"json={path}")
    assert (result.exit_code, "this file is the input" in result.stderr) == (2, True)
    assert path.read_text(encoding="utf-8").startswith("curl")


def test_a_fix_is_made_for_a_command(run: Run, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "request.sh"
    path.write_text(f"curl -X PUT {server.url}/none {FROM} -H 'X-A: 1'", encoding="utf-8")
    result = run("fix", "--from", str(path), "--server", "nginx", "--probes", "0")
    assert result.exit_code == 0
    assert (PAGE in result.stdout, "PUT" in result.stdout, "x-a" in result.stdout.lower()) == (True, True, True)
    result = run("fix", "--from", str(path), "--origin", "https://other.example", "--server", "nginx", "--probes", "0")
    assert (result.exit_code, "https://other.example" in result.stdout) == (0, True)


def test_a_fix_for_a_command_takes_one_page(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "request.sh"
    path.write_text("curl https://api.example/x", encoding="utf-8")
    several = run("fix", "--from", str(path), "--origin", PAGE, "--origin", "https://other.example")
    assert (several.exit_code, "--origin: a command has one page and one method" in several.stderr) == (2, True)
    none = run("fix", "--from", str(path))
    assert (none.exit_code, "--origin is missing: the text does not name the page" in none.stderr) == (2, True)
    path.write_text("curl 'https://api.example/x", encoding="utf-8")
    unread = run("fix", "--from", str(path), "--origin", PAGE)
    assert (unread.exit_code, "line 1, column 6: the quotation mark ' is not closed" in unread.stderr) == (2, True)
