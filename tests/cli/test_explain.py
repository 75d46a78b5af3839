"""explain: what it reads, what it prints, how it ends; and --replay against the lab."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.browsers import by_name
from corsdoctor.console.recognize import recognize
from corsdoctor.console.replay import replay
from corsdoctor.console.reproduce import judge, scenario
from corsdoctor.diagnose import diagnose
from corsdoctor.kinds.message_kind import MessageKind
from corsdoctor.kinds.table import KINDS
from corsdoctor.lab.server import Lab
from corsdoctor.message import Message
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Kind, Response, WireRequest
from tests.cli.conftest import Run, answers

URL = "https://api.example/items"
NO_HEADER = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
CHROMIUM = f"Access to fetch at '{URL}' from origin 'https://app.example' has been blocked by CORS policy: {NO_HEADER}"
FIREFOX = (
    f"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {URL}. "
    "(Reason: CORS header \u2018Access-Control-Allow-Origin\u2019 missing). Status code: 200."
)
NOT_HTTP = "Cross origin requests are only supported for protocol schemes: chrome, data, http, https."
LOGIN = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=x"
INSECURE = "The request client is not a secure context and the resource is in more-private address space `local`."
DENIED = "Permission was denied for this request to access the `local` address space."
KEYS = [
    "schema_version", "text", "cors", "browser", "rule", "kind", "case", "in_preflight", "url", "origin", "subject", "command",
    "failure", "fix_command", "count", "server", "cause", "other_urls",
]  # fmt: skip


def test_jsonl(run: Run) -> None:
    result = run("explain", CHROMIUM, "--format", "jsonl")
    assert (result.exit_code, result.stderr) == (0, "")
    [found] = answers(result)
    assert list(found) == KEYS
    assert found == {
        "schema_version": 1, "text": CHROMIUM, "cors": True, "browser": "chromium", "rule": "acao-present", "kind": None, "case": None,
        "in_preflight": False, "url": URL, "origin": "https://app.example", "subject": None,
        "command": f"corsdoctor check {URL} --origin https://app.example --browser chromium",
        "failure": "The response has no Access-Control-Allow-Origin header",
        "fix_command": f"corsdoctor fix {URL} --origin https://app.example", "count": 1, "server": None, "cause": None, "other_urls": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Disallowed CORS origin", "corsdoctor fix URL --origin ORIGIN --server fastapi"),
        ("Request method PUT not allowed in CORS policy.", "corsdoctor fix URL --origin ORIGIN -X PUT --server aspnet"),
        ("Disallowed CORS method", "corsdoctor fix URL --origin ORIGIN -X METHOD --server fastapi"),
        ("Preflight aborted: headers '[X-A, X-B]' not allowed", "corsdoctor fix URL --origin ORIGIN -H 'X-A: 1' -H 'X-B: 1' --server go-rs-cors"),
        ("Reject: 'http://a;$(id)' origin is not allowed", "corsdoctor fix URL --origin 'http://a;$(id)' --server spring"),
        ("Preflight aborted: empty origin", None),
        ("CORS request origin is not allowed.", None),
    ],
)  # fmt: skip
def test_words_of_a_server_name_its_configuration(run: Run, text: str, command: str | None) -> None:
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert (found["cors"], found["command"], found["fix_command"]) == (True, None, command)
    shown = run("explain", text).stdout
    assert "Words of" in shown
    assert command is None or f"$ {command}" in shown


def test_a_server_s_words_take_the_page_from_the_option(run: Run) -> None:
    [found] = answers(run("explain", "Invalid CORS request", "--origin", "https://a.example", "--format", "jsonl"))
    assert found["fix_command"] == "corsdoctor fix URL --origin https://a.example --server spring"


def test_json_is_an_array(run: Run) -> None:
    for text, count in ((CHROMIUM, 1), (f"{CHROMIUM}\n{FIREFOX}", 2), ("hello", 0)):
        assert len(json.loads(run("explain", text, "--format", "json").stdout)) == count


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_words_for_people(run: Run, form: str) -> None:
    result = run("explain", f"{CHROMIUM}\n{FIREFOX}", "--format", form, COLUMNS="200")
    assert (result.exit_code, result.stderr) == (0, "")
    for words in (
        "has no Access-Control-Allow-Origin header",
        "acao-present",
        URL,
        "Firefox",
        f"corsdoctor check {URL}",
        f"corsdoctor fix {URL}",
        "origin of your page",
    ):
        assert words in result.stdout


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
def test_what_is_not_cors(run: Run, form: str) -> None:
    result = run("explain", "GET https://api.example/ net::ERR_CONNECTION_REFUSED", "--format", form)
    assert result.exit_code == 0
    assert "refused" in result.stdout
    command = "corsdoctor check https://api.example/ --origin https://your-page.example --browser chromium"
    if form == "jsonl":
        assert answers(result)[0]["command"] == command
    elif form != "json":
        assert command in result.stdout


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "WebSocket connection to 'wss://ws.example/?token=hunter2hunter2' failed",
            "corsdoctor check 'wss://ws.example/?token=***' --origin https://your-page.example --as websocket",
        ),
        (f'Blocked loading mixed active content "{URL}"', None),
        (
            f"OPTIONS {URL} net::ERR_CONNECTION_REFUSED",
            f"corsdoctor check {URL} --origin https://your-page.example -H 'Content-Type: application/json' --browser chromium",
        ),
        ("net::ERR_CONNECTION_REFUSED", None),
    ],
)
def test_the_command_of_what_is_not_cors(run: Run, text: str, command: str | None) -> None:
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert (found["command"], found["fix_command"]) == (command, None)


def test_80_columns_cut_nothing(run: Run) -> None:
    url = f"{URL}?{'a' * 300}=1"
    text = CHROMIUM.replace(URL, url)
    result = run("explain", text, COLUMNS="80")
    words = [word.strip("'") for word in result.stdout.split()]
    assert "…" not in result.stdout
    assert words.count(url) == 4  # in the place, in two commands and in the message


# --- a message that repeats


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
def test_a_message_is_said_once_with_its_count(run: Run, form: str) -> None:
    again = SECRET.replace("s3cr3tvalue", "an0therv4lue")  # which differs only in what is not shown
    result = run("explain", "\n".join([SECRET, FIREFOX, again, FIREFOX, SECRET]), "--format", form, COLUMNS="300")
    if form in ("json", "jsonl"):
        found = json.loads(result.stdout) if form == "json" else answers(result)
        assert [(f["browser"], f["count"]) for f in found] == [("chromium", 3), ("firefox", 2)]
    else:
        assert result.stdout.count("has no Access-Control-Allow-Origin header") == 2
        assert ("3 times" in result.stdout, "2 times" in result.stdout) == (True, True)


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_what_is_about_cors_comes_first(run: Run, form: str) -> None:
    mixed = "Mixed Content: The page at 'https://app.example/' was loaded over HTTPS, but requested an insecure script"
    output = run("explain", "\n".join([f"{mixed} 'http://a.example/'.", CHROMIUM, FIREFOX]), "--format", form).stdout
    if form == "jsonl":
        assert [json.loads(line)["browser"] for line in output.splitlines()] == ["chromium", "firefox", "chromium"]
    else:
        assert output.startswith("✗ CORS: ")
        assert output.index("Firefox; URL") < output.index("○ Not CORS: mixed content")


def test_secrets_that_are_shown_are_not_counted_together(run: Run) -> None:
    again = SECRET.replace("s3cr3tvalue", "an0therv4lue")
    found = answers(run("explain", f"{SECRET}\n{again}", "--show-secrets", "--format", "jsonl"))
    assert [f["count"] for f in found] == [1, 1]


@pytest.mark.parametrize(
    ("text", "fixable"),
    [
        (CHROMIUM, True),
        (FIREFOX, True),
        (CHROMIUM.replace(NO_HEADER, "Redirect location 'https://a:b@c.example/' contains a username"), False),
        (
            FIREFOX.replace(
                "CORS header \u2018Access-Control-Allow-Origin\u2019 missing", "CORS request did not succeed"
            ),
            False,
        ),
    ],
)
def test_a_fix_is_offered_where_the_response_can_help(run: Run, text: str, fixable: bool) -> None:
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert found["command"] is not None
    assert (found["fix_command"] is not None) == fixable


# --- where the text comes from


def test_sources_come_to_the_same(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    log.write_text(CHROMIUM, encoding="utf-16")
    wanted = run("explain", CHROMIUM, "--format", "jsonl").stdout
    assert wanted
    for result in (
        run("explain", str(log), "--format", "jsonl"),
        run("explain", "-", "--format", "jsonl", input=CHROMIUM),
        run("explain", "--format", "jsonl", input=CHROMIUM),
        run("explain", *CHROMIUM.split(" "), "--format", "jsonl"),
    ):
        assert (result.exit_code, result.stdout) == (0, wanted)


@pytest.mark.parametrize("text", ["hello there", "", "a\x00b", "x" * 5000, "https://api.example/"])
def test_nothing_found(run: Run, text: str) -> None:
    result = run("explain", text)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("corsdoctor: no message that corsdoctor knows")
    assert result.stderr.count("\n") == 1


SENT = (
    "> GET /items HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n< HTTP/1.1 200 OK\n< Server: nginx\n"
)
TRANSCRIPT = "$ curl -i -X OPTIONS https://api.example/\nHTTP/1.1 204 No Content\nAccess-Control-Allow-Origin: *\n"


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_transcript_is_judged(run: Run, tmp_path: Path, form: str) -> None:
    file = tmp_path / "curl.txt"
    file.write_text(SENT)
    replayed = run("replay", str(file), "--format", form).stdout
    assert "has no Access-Control-Allow-Origin header" in replayed
    for given, piped in (((SENT,), ""), ((str(file),), ""), (("-",), SENT), ((), SENT)):
        result = run("explain", *given, "--format", form, input=piped)
        assert (result.exit_code, result.stdout) == (0, replayed)


def test_a_transcript_without_its_request_is_judged(run: Run) -> None:
    result = run("explain", TRANSCRIPT)
    assert result.exit_code == 0
    assert "Repeat the request with the header Origin" in " ".join(result.stdout.split())


def test_a_transcript_that_must_be_repeated_names_the_page_that_was_given(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "curl.txt"
    file.write_text(SENT.replace("> Origin: https://app.example\n", ""))
    for page in ("http://localhost:3000", "https://shop.example"):
        told = " ".join(run("replay", str(file), "--origin", page).stdout.split())
        assert f"Repeat the request with the header Origin: {page}." in told


def test_the_options_beside_a_transcript(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "curl.txt"
    file.write_text(SENT.replace("> Origin: https://app.example\n", ""))
    replayed = run("replay", str(file), "--origin", "https://app.example").stdout
    assert "no Origin header" in replayed
    assert run("explain", str(file), "--origin", "https://app.example").stdout == replayed
    result = run("explain", str(file), "--replay")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "corsdoctor replay" in result.stderr


def test_a_transcript_of_wget_begins_like_an_option(run: Run) -> None:
    wget = (
        "--2024-05-01 12:00:00--  https://api.example/x\nHTTP request sent, awaiting response...\n  HTTP/1.1 200 OK\n"
    )
    result = run("explain", "--", wget)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "https://api.example/x" in result.stdout


def test_a_transcript_for_another_command(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "curl.txt"
    file.write_text(TRANSCRIPT)
    hint = "; 'corsdoctor replay' reads HAR files and transcripts of curl\n"
    assert run("explain", TRANSCRIPT, "--format", "json").stderr.endswith(f"was found in the text{hint}")
    assert run("explain", str(file), "--format", "jsonl").stderr.endswith(hint)
    assert run("explain", "--format", "json", input=TRANSCRIPT).stderr.endswith(f"was found in standard input{hint}")
    assert run("explain", "--replay", input=TRANSCRIPT).stderr.endswith(f"was found in standard input{hint}")
    assert run("explain", input=f"nothing\n\n{TRANSCRIPT}").stdout == run("explain", f"nothing\n\n{TRANSCRIPT}").stdout
    assert run("explain", input="nothing here").stderr.endswith(f"was found in standard input{hint}")


@pytest.mark.parametrize("form", ["text", "jsonl"])
@pytest.mark.parametrize("name", ["missing.log", "./missing", ""])
def test_what_can_not_be_read(run: Run, tmp_path: Path, name: str, form: str) -> None:
    result = run("explain", str(tmp_path / name), "--format", form)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("corsdoctor: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [
        ("--format", "xml"),
        ("--nope",),
        (CHROMIUM, "--origin", "not an origin"),
        (CHROMIUM, "--replay", "--max-time", "x"),
    ],
)
def test_wrong_usage(run: Run, args: tuple[str, ...]) -> None:
    result = run("explain", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("corsdoctor: ")
    assert result.stderr.count("\n") == 1


def test_closed_standard_input() -> None:
    code = "import os, sys; os.close(0); from corsdoctor.cli import main; sys.argv = ['corsdoctor', 'explain', '-']; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Traceback" not in done.stderr


# --- a rule


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
def test_a_rule(run: Run, form: str) -> None:
    result = run("explain", "acao-matches-origin", "--format", form)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "byte for byte" in result.stdout
    if "json" in form:
        assert json.loads(result.stdout)["id"] == "acao-matches-origin"


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind(run: Run, kind: MessageKind, form: str) -> None:
    result = run("explain", kind.id, "--format", form, COLUMNS="1000")
    assert (result.exit_code, result.stderr) == (0, "")
    shown = result.stdout.replace("\\", "")
    for part in (kind.id, kind.title, kind.what, kind.cors, kind.fix):
        assert part.replace("\\", "") in shown.replace("&lt;", "<")


def test_a_rule_that_is_none(run: Run) -> None:
    near, far = run("explain", "acao-match-origin"), run("explain", "zz-qq-zz")
    assert (near.exit_code, near.stdout, far.exit_code, far.stdout) == (2, "", 2, "")
    assert "did you mean `acao-matches-origin`?" in near.stderr
    assert "did you mean `mixed-content`?" in run("explain", "mixed-contents").stderr
    assert "corsdoctor rules" in far.stderr


# --- secrets

SECRET = CHROMIUM.replace(URL, "https://u:hunter2@api.example/items?access_token=s3cr3tvalue&x=1")


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
@pytest.mark.parametrize(
    "text", [SECRET, SECRET.replace("'", "\u2019"), json.dumps(SECRET), "\n".join(SECRET.split(" "))]
)
def test_secrets_are_masked(run: Run, form: str, text: str) -> None:
    result = run("explain", text, "--format", form, COLUMNS="400")
    assert result.exit_code == 0
    assert "hunter2" not in result.stdout
    assert "s3cr3t" not in result.stdout
    shown = run("explain", text, "--format", form, "--show-secrets", COLUMNS="400").stdout
    assert "hunter2" in shown
    assert "s3cr3tvalue" in shown


@pytest.mark.parametrize("at", [60, 85])
def test_a_secret_that_a_terminal_broke_is_masked_whole(run: Run, at: int) -> None:
    begin = SECRET.index("s3cr3tvalue" if at == 60 else "hunter2") + 3
    result = run("explain", f"{SECRET[:begin]}\n{SECRET[begin:]}", "--format", "jsonl")
    assert "3tvalue" not in result.stdout
    assert "ter2" not in result.stdout
    assert answers(result)[0]["url"] == "https://***@api.example/items?access_token=***&x=1"


# --- the page, and --replay


def test_the_page_of_a_message_that_does_not_name_it(run: Run) -> None:
    [found] = answers(run("explain", FIREFOX, "--origin", "https://my.example", "--format", "jsonl"))
    assert found["origin"] is None
    assert "--origin https://my.example" in found["command"]
    [found] = answers(run("explain", CHROMIUM, "--origin", "https://my.example", "--format", "jsonl"))
    assert "--origin https://app.example" in found["command"]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def replayed(run: Run, lab: Lab, path: str, *args: str, text: str = CHROMIUM) -> dict[str, Any]:
    page = str(lab.places.page)
    text = text.replace(URL, f"{lab.origin}{path}").replace("https://app.example", page)
    result = run("explain", text, "--replay", "--format", "jsonl", *args)
    assert (result.exit_code, result.stderr) == (0, "")
    [found] = answers(result)
    assert list(found) == [*KEYS, "replayed"]
    return found


def test_the_problem_is_still_there(run: Run, lab: Lab) -> None:
    assert replayed(run, lab, "/cors/missing")["replayed"].startswith("The problem still exists")


def test_the_problem_is_gone(run: Run, lab: Lab) -> None:
    assert replayed(run, lab, "/allowed")["replayed"].startswith(
        "For GET without cookies, the problem no longer exists"
    )


def test_now_another_rule_fails(run: Run, lab: Lab) -> None:
    text = CHROMIUM.replace(
        NO_HEADER, "The 'Access-Control-Allow-Origin' header contains multiple values 'a, b', but only one is allowed."
    )
    assert replayed(run, lab, "/cors/missing", text=text)["replayed"] == "Now another rule fails: acao-present."


def test_without_the_page_nothing_is_asked(run: Run, lab: Lab) -> None:
    assert "--origin" in replayed(run, lab, "/cors/missing", text=FIREFOX)["replayed"]
    found = replayed(run, lab, "/cors/missing", "--origin", str(lab.places.page), text=FIREFOX)
    assert found["replayed"].startswith("The problem still exists")


def test_what_is_not_cors_is_not_tried(run: Run) -> None:
    [found] = answers(run("explain", f"GET {URL} net::ERR_CONNECTION_REFUSED", "--replay", "--format", "jsonl"))
    assert found["replayed"] == "Not tried: this is not a CORS problem."
    [found] = answers(run("explain", f"GET {URL} net::ERR_FAILED 200 (OK)", "--replay", "--format", "jsonl"))
    assert found["replayed"] == "Not tried: the message does not show whether this is a CORS problem."


@pytest.mark.parametrize(
    ("message", "action", "command", "fixable"),
    [
        (
            CHROMIUM.replace(URL, "localhost:8080/api?x=1").replace(NO_HEADER, NOT_HTTP),
            "http://localhost:8080/api?x=1",
            "corsdoctor check 'http://localhost:8080/api?x=1' ",
            False,
        ),
        (
            CHROMIUM.replace(f"{URL}'", f"{LOGIN}' (redirected from 'https://api.example/me')"),
            "401",
            "corsdoctor check https://api.example/me ",
            False,
        ),
        (
            CHROMIUM.replace(f"{URL}'", "https://cdn.example/me' (redirected from 'https://api.example/me')"),
            "Access-Control-Allow-Origin",
            "corsdoctor check https://api.example/me ",
            True,
        ),
        (CHROMIUM.replace(NO_HEADER, INSECURE), "over https", f"corsdoctor check {URL} ", False),
        (CHROMIUM.replace(NO_HEADER, DENIED), "Ask the user", f"corsdoctor check {URL} ", False),
        (FIREFOX.replace("200", "502"), "Make the application respond first", "corsdoctor check ", True),
        (FIREFOX, "Access-Control-Allow-Origin", "corsdoctor check ", True),
    ],
)
def test_the_first_action(run: Run, message: str, action: str, command: str, fixable: bool) -> None:
    [found] = answers(run("explain", message, "--format", "jsonl"))
    assert found["command"].startswith(command)
    assert (found["fix_command"] is not None) is fixable
    shown = run("explain", message).stdout
    assert action in " ".join(shown[shown.index("Next ") :].split())[:150]


# --- what it loads


@pytest.mark.parametrize("args", [(CHROMIUM,), (FIREFOX, "--format", "jsonl"), ("acao-present",), ("nothing here",)])
def test_no_network_is_loaded(args: tuple[str, ...]) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from corsdoctor.cli import corsdoctor; "
        f"CliRunner().invoke(corsdoctor, ['explain', *{args!r}]); "
        "print([m for m in ('requests', 'urllib3', 'socketserver', 'concurrent.futures') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_one_message_loads_nothing_that_replays() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from corsdoctor.cli import corsdoctor; "
        f"CliRunner().invoke(corsdoctor, ['explain', {CHROMIUM!r}]); "
        "print([m for m in ('wire', 'report', 'diagnose', 'predict') if f'corsdoctor.{m}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_shell_may_have_taken_the_quotation_marks(run: Run) -> None:
    [found] = answers(run("explain", *CHROMIUM.replace("'", "").split(), "--format", "jsonl"))
    assert (found["rule"], found["url"], found["origin"]) == ("acao-present", URL, "https://app.example")


def test_the_command_asks_for_the_url_before_the_redirects(run: Run) -> None:
    text = CHROMIUM.replace(" from origin", " (redirected from 'https://api.example/start') from origin")
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert found["url"] == URL
    assert found["command"].startswith("corsdoctor check https://api.example/start ")


def test_a_policy_is_shown_with_its_directive(run: Run) -> None:
    text = f"Refused to connect to '{URL}' because it violates the following Content Security Policy directive: \"a 'self'\"."
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert (found["kind"], found["text"]) == ("csp", text)


def test_a_closed_standard_input_is_reported() -> None:
    command = f'"{sys.executable}" -m corsdoctor explain - <&-'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "corsdoctor: standard input: it is closed\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{URL} SEC7121: Wildcard in Access-Control-Allow-Origin not allowed when credentials flag is set to true.",
        "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen "
        f"Ressource auf {URL}. (Grund: Berechtigung/Credential wird nicht unterstützt, wenn die CORS-Kopfzeile "
        "'Access-Control-Allow-Origin' auf '*' gesetzt ist).",
    ],
)
def test_what_is_about_credentials_is_tried_with_credentials(run: Run, text: str) -> None:
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert found["rule"] == "acao-not-wildcard-with-credentials"
    assert found["command"] is None or " --credentials include" in found["command"]
    assert (found["command"] is None) == (found["url"] is None)


def test_no_command_is_spoken_of_that_is_not_there(run: Run) -> None:
    assert "Run the command" not in run("explain", "has been blocked by CORS policy").stdout


def test_a_secret_in_the_first_url_is_masked_where_it_was_wrapped(run: Run) -> None:
    text = CHROMIUM.replace(
        " from origin", " (redirected from 'https://api.example/start?token=abcd\nefgh') from origin"
    )
    shown = run("explain", text, "--format", "jsonl").stdout
    assert "abcd" not in shown
    assert "efgh" not in shown


# --- what --replay may claim

PAGE = "https://app.example"
ALLOWED = (("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Headers", "content-type"))
GRANTED = (*ALLOWED, ("Access-Control-Allow-Credentials", "true"), ("Access-Control-Allow-Methods", "PUT"))
GONE = "the problem no longer exists: the rule that failed passes now."
IN_PART = "The message does not contain the whole request"
UNTESTED = "GET passes now, but this run did not test the rule that failed"


@pytest.mark.parametrize(
    ("rule", "in_preflight", "subject", "preflight", "actual", "claim"),
    [
        ("acao-present", False, None, (), ALLOWED, f"For GET without cookies, {GONE} {IN_PART}"),
        ("acao-present", False, None, (), (), "The problem still exists: the same rule fails."),
        ("acao-present", True, None, GRANTED, GRANTED, "GET with Content-Type passes now, but whether your request does is unknown. GET with"),
        ("acao-present", True, None, ALLOWED[:1], ALLOWED, "That rule passes now for GET with Content-Type. GET with Content-Type is a guess"),
        ("acao-present", True, None, GRANTED, (), "The same rule fails now, but for the response to the request itself"),
        ("acao-present", True, None, (), (), "The problem probably still exists: the same rule fails. GET with Content-Type is a guess"),
        ("acam-lists-method", True, "PUT", GRANTED, GRANTED, f"For PUT, {GONE} {IN_PART}"),
        ("acam-lists-method", True, None, GRANTED, GRANTED, "The preflight request for PUT passes now, but whether your request does is unknown."),
        ("acam-lists-method", True, None, ALLOWED, ALLOWED, "The problem probably still exists: the same rule fails. PUT is a guess"),
        ("acah-lists-headers", True, "content-type", GRANTED, GRANTED, f"For GET with content-type, {GONE} {IN_PART}"),
        ("acah-lists-headers", True, "content-type", ALLOWED, ALLOWED, f"For GET with content-type without cookies, {GONE} {IN_PART}"),
        ("acam-lists-method", True, "PUT", (*ALLOWED, ("Access-Control-Allow-Methods", "GET, *")), ALLOWED, "The preflight request for PUT passes now without cookies."),
        ("acah-lists-headers", True, "x-a", (*ALLOWED[:1], ("Access-Control-Allow-Headers", "*")), ALLOWED, "GET with x-a passes now without cookies. Whether it does with them"),
        ("acac-true", False, None, (), GRANTED, "For GET, the problem no longer exists"),
        ("acao-not-wildcard-with-credentials", None, None, (), GRANTED, "GET passes now. The message does not show whether it is about a preflight"),
        ("acao-not-wildcard-with-credentials", None, None, (), ALLOWED, "For GET, another rule fails: acac-true. The message does not show whether"),
        ("location-is-http", False, None, (), ALLOWED, UNTESTED),
        ("redirect-limit", None, None, (), ALLOWED, UNTESTED),
        ("local-network-access-granted", None, "local", (), ALLOWED, "GET passes now. The permission of the browser's user"),
        ("actual-answered", None, None, (), ALLOWED, "GET passes now. An ad blocker"),
        (None, None, None, (), ALLOWED, "GET passes now, but the message does not name the rule"),
        ("acao-matches-origin", False, None, (), (), "Now another rule fails: acao-present."),
        ("local-network-access-granted", None, "local", (), (), "Another rule fails too: acao-present. The permission of the browser's user"),
        (None, None, None, (), (), "The request fails now: acao-present. The message names no rule"),
    ],
)  # fmt: skip
def test_what_a_replay_claims(
    rule: str | None,
    in_preflight: bool | None,
    subject: str | None,
    preflight: tuple[tuple[str, str], ...],
    actual: tuple[tuple[str, str], ...],
    claim: str,
) -> None:
    message = Message(
        "", True, "chromium", rule, in_preflight=in_preflight, url=URL, origin=PAGE, subject=subject, api="fetch"
    )

    def send(kind: Kind, _request: WireRequest) -> Response:
        return Response(204, Headers(preflight)) if kind is Kind.PREFLIGHT else Response(200, Headers(actual))

    assert replay(message, scenario(message), None, judge(message), send).startswith(claim)


ACCESS = f"Access to fetch at '{URL}' from origin '{PAGE}' has been blocked by CORS policy: "
REDIRECTED = ACCESS.replace("' from", f"' (redirected from '{URL}?1') from")
PREFLIGHT = "Response to preflight request doesn't pass access control check: "
BLOCKED = (
    f"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {URL}. (Reason: "
)


def replayed_where_all_is_allowed(text: str, page: Origin | None = None) -> str:
    """What --replay says of a message now that the server allows everything."""
    (message,) = recognize(text)

    def send(_kind: Kind, request: WireRequest) -> Response:
        granted = {name: request.headers.get(f"Access-Control-Request-{name}") for name in ("Method", "Headers")}
        lines = [(f"Access-Control-Allow-{name.rstrip('s')}s", value) for name, value in granted.items() if value]
        origin = request.headers.get("Origin") or ""
        return Response(
            200,
            Headers((
                ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"),
                ("Content-Type", "image/png"), *lines,
            )),
        )  # fmt: skip

    return replay(message, scenario(message, page), page, judge(message), send)


@pytest.mark.parametrize(
    "text",
    [
        # a permission, or what the script says of address spaces
        f"{ACCESS}Permission was denied for this request to access the `loopback` address space.",
        f"{ACCESS}Permission was denied for this request to access the `local` address space.",
        f"{ACCESS}Permission was denied for this request to access the `unknown` address space.",
        f"{ACCESS}{INSECURE}",
        f"{ACCESS}Request had a target IP address space of `local` yet the resource is in address space `loopback`.",
        f"{ACCESS}Request had no target IP address space, yet the resource is in address space `private`.",
        f"{ACCESS}{PREFLIGHT}No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this "
        "private network request targeting the `private` address space.",
        # a guessed method, or a header that was cut off
        f"{BLOCKED}Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
        f"{ACCESS}Method PU... is not allowed by Access-Control-Allow-Methods in preflight response.",
        f"{ACCESS}Method … is not allowed by Access-Control-Allow-Methods in preflight response.",
        f"{ACCESS}Request header field x-custom-... is not allowed by Access-Control-Allow-Headers in preflight response.",
        f"GET {URL} CORS Method Not Found",
        # a preflight whose request is unknown
        f"{ACCESS}{PREFLIGHT}{NO_HEADER}",
        f"{ACCESS}{PREFLIGHT}It does not have HTTP ok status.",
        f"{ACCESS}{PREFLIGHT}Redirect is not allowed for a preflight request.",
        f"{BLOCKED}CORS preflight response did not succeed). Status code: 405.",
        f"{BLOCKED}CORS request external redirect not allowed).",
        f"Preflight response is not successful. Status code: 401\nFetch API cannot load {URL} due to access control checks.",
        # perhaps a preflight, perhaps not; and what has no response
        FIREFOX,
        f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 200\nFetch API cannot load {URL} due to access control checks.",
        f"{BLOCKED}CORS request did not succeed). Status code: (null).",
        f"Fetch API cannot load {URL} due to access control checks.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", [None, Origin("https", "app.example")])
def test_what_was_not_tested_is_not_said_to_be_gone(text: str, page: Origin | None) -> None:
    assert "no longer exists" not in replayed_where_all_is_allowed(text, page)


@pytest.mark.parametrize(
    "origin", ["my-app", "https://app...", "https://…", "http://localhost:30...", "https://", "app.example"]
)
def test_an_origin_that_cannot_be_sent_is_not_tried(origin: str) -> None:
    claimed = replayed_where_all_is_allowed(CHROMIUM.replace(PAGE, origin))
    assert claimed.startswith("Not tried: what the message calls the origin is not one that can be sent.")


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (CHROMIUM.replace("fetch at", "image at"), f"For GET, {GONE}"),
        (CHROMIUM.replace(PAGE, "https://APP.example/"), "For GET, the problem no longer exists"),
        (CHROMIUM.replace(PAGE, "file://"), "For GET, the problem no longer exists"),
        (f"{ACCESS}Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.", f"For PUT, {GONE} {IN_PART}"),
        (f"{ACCESS}Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.", f"For GET with x-a, {GONE}"),
        (f"{BLOCKED}header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).", f"For GET with x-a, {GONE}"),
    ],
)  # fmt: skip
def test_what_was_tested_is_said_to_be_gone(text: str, claim: str) -> None:
    assert replayed_where_all_is_allowed(text, Origin("https", "app.example")).startswith(claim)


def test_an_element_may_send_cookies() -> None:
    claimed = replayed_with(
        CHROMIUM.replace("fetch at", "image at"), ("Access-Control-Allow-Origin", "*"), ("Content-Type", "image/png")
    )
    assert claimed.startswith(f"For GET without cookies, {GONE}")
    assert "--credentials include" in claimed
    font = CHROMIUM.replace("fetch at", "font at")  # which never does
    claimed = replayed_with(font, ("Access-Control-Allow-Origin", "*"), ("Content-Type", "font/ttf"))
    assert claimed == f"For GET without cookies, {GONE}"


@pytest.mark.parametrize("location", ["http://u:p@api.example/", "data:text/plain,x", URL])
def test_what_prints_the_same_message_is_no_other_problem(location: str) -> None:
    """Firefox prints "did not succeed" for a redirect to each of these, too; the last is a loop."""
    text = f"{BLOCKED}CORS request did not succeed). Status code: (null)."
    claimed = replayed_with(text, ("Access-Control-Allow-Origin", PAGE), ("Location", location), status=302)
    assert claimed.startswith("The problem probably still exists: the browser prints the same message, because another")


def test_a_warning_is_printed_still() -> None:
    (text,) = warnings = [w for w in firefox_warnings() if "Authorization" in w]
    assert len(warnings) == 1
    claimed = replayed_with(text, ("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Headers", "*"))
    assert claimed.startswith("The problem probably still exists: the browser prints the same warning.")


def test_other_words_for_the_same_rule_are_another_message() -> None:
    text = f"Access-Control-Allow-Origin cannot contain more than one origin.\nFetch API cannot load {URL} due to access control checks."
    assert replayed_with(text).startswith("For GET, another rule fails: acao-present.")


def replayed_with(text: str, *headers: tuple[str, str], status: int = 200) -> str:
    """What --replay says of a message now that the server answers everything so."""
    (message,) = recognize(text)
    page = Origin("https", "app.example")

    def send(kind: Kind, _request: WireRequest) -> Response:
        return Response(204 if kind is Kind.PREFLIGHT else status, Headers(headers))

    return replay(message, scenario(message, page), page, judge(message), send)


def firefox_warnings() -> Iterator[str]:
    """What Firefox prints now for a request whose header `Authorization` only a wildcard allows."""
    headers = (("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Headers", "*"))
    asked = Scenario(URL, Origin("https", "app.example"), headers=(("Authorization", "Bearer 1"),))
    return iter(diagnose(asked, by_name("firefox"), lambda _kind, _request: Response(200, Headers(headers))).console)


# --- what of the command is from the message


@pytest.mark.parametrize(
    ("text", "command", "told"),
    [
        (CHROMIUM.replace(PAGE, "file://"), f"check {URL} --origin file:// --browser chromium", None),
        (CHROMIUM.replace(PAGE, "app://"), f"check {URL} --origin app:// --browser chromium", None),
        (CHROMIUM.replace(PAGE, "app://."), f"check {URL} --origin app://. --browser chromium", None),
        (CHROMIUM.replace(PAGE, "ionic://localhost"), f"check {URL} --origin ionic://localhost --browser chromium", None),
        (CHROMIUM.replace(PAGE, "http://localhost:3000/"), f"check {URL} --origin http://localhost:3000 --browser chromium", None),
        (CHROMIUM.replace(PAGE, "HTTPS://App.Example/a"), f"check {URL} --origin https://app.example --browser chromium", None),
        (CHROMIUM.replace(PAGE, "null"), f"check {URL} --origin null --browser chromium", "Do not allow the origin null"),
        (CHROMIUM.replace(PAGE, "my-app"), f"check {URL} --origin https://your-page.example --browser chromium", "not one that can be sent"),
        (CHROMIUM.replace(PAGE, "https://app..."), f"check {URL} --origin https://your-page.example --browser chromium", "not one that can be sent"),
        *((CHROMIUM.replace("fetch at", f"{kind} at"), f"check {URL} --origin {PAGE} {flags} --browser chromium", None) for kind, flags in (("image", "--mode cors --as image"), ("script", "--mode cors --as script"), ("CSS stylesheet", "--mode cors --as stylesheet"), ("video", "--mode cors --as video"), ("font", "--as font"), ("XMLHttpRequest", "--as xhr"))),
        (ACCESS.replace("fetch at", "image at") + DENIED, f"check {URL} --origin {PAGE} --as image --browser chromium", None),
        (FIREFOX, f"check {URL} --origin https://your-page.example --browser firefox", "does not name the page"),
        (f"{BLOCKED}Did not find method in CORS header ‘Access-Control-Allow-Methods’).", f"check {URL} --origin https://your-page.example -X PUT --browser firefox", "the one in the command is a guess"),
        (f"{BLOCKED}CORS request external redirect not allowed).", f"check {URL} --origin https://your-page.example -H 'Content-Type: application/json' --browser firefox", "does not contain the method and headers"),
        (f"{ACCESS}Request header field x-custom-... is not allowed by Access-Control-Allow-Headers in preflight response.", f"check {URL} --origin {PAGE} -H 'Content-Type: application/json' --browser chromium", "does not contain the method and headers"),
        (f"{ACCESS}Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.", f"check {URL} --origin {PAGE} -X PUT --browser chromium", "If it does, add --credentials include"),
        (f"{REDIRECTED}Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.", f"check '{URL}?1' --origin {PAGE} -X PUT --browser chromium", "only with --send"),
        (f"{BLOCKED}CORS request did not succeed).", f"check {URL} --origin https://your-page.example --browser firefox", "A request that may change data is sent only with --send."),
        (f"{REDIRECTED}{PREFLIGHT}{NO_HEADER}", f"check '{URL}?1' --origin {PAGE} -H 'Content-Type: application/json' --browser chromium", "only with --send"),
        (f"{ACCESS.replace('fetch', 'XMLHttpRequest')}{PREFLIGHT}{NO_HEADER}", f"check {URL} --origin {PAGE} -H 'Content-Type: application/json' --as xhr --browser chromium", "add --upload-listener"),
        (f"{ACCESS.replace('fetch', 'text track')}{NO_HEADER}", f"check {URL} --origin {PAGE} --mode cors --as track --browser chromium", None),
        (f"{BLOCKED}CORS header ‘Access-Control-Allow-Origin’ does not match ‘{PAGE}’).", f"check {URL} --origin https://your-page.example --browser firefox", "the request had Origin: null"),
        (f"Origin null is not allowed by Access-Control-Allow-Origin. Status code: 200\nFetch API cannot load {URL} due to access control checks.", f"check {URL} --origin null --browser webkit", "after a redirect from another origin"),
        (f"The resource at “{URL}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See", f"check {URL} --origin https://your-page.example --as image --browser firefox", "add the header to the command (--page-header)"),
        (f"The resource at “{URL}” was blocked by OpaqueResponseBlocking. Reason: “x”.", f"check {URL} --origin https://your-page.example --as image --browser firefox", "If it is not an image"),
        (f"None of the “sha256” hashes in the integrity attribute match the content of the subresource at “{URL}”. The computed hash is “a=”.", f"check {URL} --origin https://your-page.example --mode cors --as script --browser firefox", "It does not compute the hash"),
        (f"{BLOCKED}CORS header ‘Access-Control-Allow-Origin’ missing).\nFirefox can’t establish a connection to the server at {URL}.", f"check {URL} --origin https://your-page.example --as eventsource --browser firefox", "does not name the page"),
        (f"{BLOCKED}CORS header ‘Access-Control-Allow-Origin’ missing).\nLoading failed for the <script> with source “{URL}”.", f"check {URL} --origin https://your-page.example --mode cors --as script --browser firefox", "does not name the page"),
        (f"Load cannot follow more than 20 redirections\nFetch API cannot load {URL} due to access control checks.", f"check {URL} --origin https://your-page.example --browser webkit", "where a redirect leads"),
        (f"Not allowed to follow a redirection while loading {URL}\nFetch API cannot load {URL} due to access control checks.", f"check {URL} --origin https://your-page.example --redirect error --browser webkit", "does not name the page"),
        (f"Fetch API cannot load {URL}. Request mode is \"same-origin\" but the URL's origin is not same as the request origin {PAGE}.", f"check {URL} --origin {PAGE} --mode same-origin --browser chromium", None),
        (f"Fetch API cannot load {URL}. Request mode is \"no-cors\" but the redirect mode is not \"follow\".", f"check {URL} --origin https://your-page.example --mode no-cors --redirect error --browser chromium", "does not name the page"),
        (CHROMIUM.replace(URL, "https://api.example/compare/main...dev"), f"check https://api.example/compare/main...dev --origin {PAGE} --browser chromium", None),
        *((CHROMIUM.replace(URL, url), None, "The URL in the message is cut off") for url in ("https://api.example/very/lon...", "https://api.example/very/lon…", "https://...", "https://api.../v1", "...", "https://api.example/x?a=...", "https://…/api")),
        *((CHROMIUM.replace(URL, url), None, "The URL in the message is relative") for url in ("/api/items", "./items", "../items?x=1")),
        *((CHROMIUM.replace(URL, url), None, "contains no URL that can be requested") for url in ("xxxxxx", "https://<host>/", "api/items")),
    ],
)  # fmt: skip
def test_nothing_in_a_command_is_invented(run: Run, text: str, command: str | None, told: str | None) -> None:
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert found["command"] == (None if command is None else f"corsdoctor {command}")
    assert (found["fix_command"] is None) or command is not None
    said = " ".join(run("explain", text).stdout.split())
    assert told is None or told in said
    assert told is not None or not any(
        words in said for words in ("guess", "does not name", "does not contain", "cannot be sent")
    )
    if "your-page" not in (command or "") and "--origin " in (command or ""):
        assert "Replace the origin" not in said


@pytest.mark.parametrize("page", ["null", "file://", "app://"])
def test_no_configuration_is_offered_for_a_page_without_a_host(run: Run, page: str) -> None:
    [found] = answers(run("explain", CHROMIUM.replace(PAGE, page), "--format", "jsonl"))
    assert found["fix_command"] is None


# --- who makes the request


RESOURCE = ACCESS.replace("fetch at", "resource at")
WILDCARD = "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
NOT_ALLOWED = f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 200"
FLAGS = "-H 'Content-Type: application/json' --as beacon"


@pytest.mark.parametrize(
    ("text", "browser", "rule"),
    [
        (f"{RESOURCE}{PREFLIGHT}{NO_HEADER}", "chromium", "acao-present"),
        (f"{RESOURCE}{PREFLIGHT}{WILDCARD}", "chromium", "acao-not-wildcard-with-credentials"),
        (f"{RESOURCE}{PREFLIGHT}It does not have HTTP ok status.", "chromium", "preflight-status-ok"),
        (f"Beacon API cannot load {URL}. {NOT_ALLOWED}", "webkit", "acao-matches-origin"),
        (f"{NOT_ALLOWED}\nBeacon API cannot load {URL}. {NOT_ALLOWED}", "webkit", "acao-matches-origin"),
        (f"[Error] {NOT_ALLOWED}\n[Error] Beacon API cannot load {URL}. {NOT_ALLOWED}", "webkit", "acao-matches-origin"),
    ],
)  # fmt: skip
def test_a_beacon(run: Run, text: str, browser: str, rule: str) -> None:
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert (found["browser"], found["rule"], found["url"], found["count"]) == (browser, rule, URL, 1)
    assert found["command"] == f"corsdoctor check {URL} --origin {PAGE} {FLAGS} --browser {browser}"
    said = " ".join(run("explain", text).stdout.split())
    assert "navigator.sendBeacon() always sends cookies" in said
    assert "Send the beacon's body as a string (text/plain)" in said
    assert "without credentials" not in said.partition("Next")[2]


def test_a_beacon_without_a_url(run: Run) -> None:
    wildcard = "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."
    found = answers(run("explain", f"{wildcard}\nBeacon API cannot load {URL}. {wildcard}", "--format", "jsonl"))
    assert [(f["rule"], f["url"], f["origin"]) for f in found] == [("acao-not-wildcard-with-credentials", URL, None)]
    assert f"--origin https://your-page.example {FLAGS}" in found[0]["command"]


def test_an_event_source_needs_no_preflight(run: Run) -> None:
    [found] = answers(run("explain", f"{RESOURCE}{NO_HEADER}", "--format", "jsonl"))
    assert found["command"] == f"corsdoctor check {URL} --origin {PAGE} --as eventsource --browser chromium"


MANIFEST = ACCESS.replace("fetch at", "manifest at")


@pytest.mark.parametrize(
    ("text", "flags", "cure"),
    [
        (f"{MANIFEST}{NO_HEADER}", f"{URL} --origin {PAGE} --as manifest", "Make the server send Access-Control-Allow-Origin"),
        (f"{MANIFEST}{WILDCARD}", f"{URL} --origin {PAGE} --credentials include --as manifest", "Send the page's origin instead of `*`"),
        (f"{MANIFEST}{NO_HEADER}".replace(f"{URL}'", f"{LOGIN}' (redirected from '{PAGE}/m.json')"), f"{PAGE}/m.json --origin {PAGE} --as manifest", 'Add crossorigin="use-credentials"'),
        (f"{MANIFEST}{NO_HEADER}".replace(f"{URL}'", f"https://other.example/x' (redirected from '{PAGE}/m.json')"), f"{PAGE}/m.json --origin {PAGE} --as manifest", 'Add crossorigin="use-credentials"'),
    ],
)  # fmt: skip
def test_a_manifest(run: Run, text: str, flags: str, cure: str) -> None:
    [found] = answers(run("explain", text, "--format", "jsonl"))
    assert found["command"] == f"corsdoctor check {flags} --browser chromium"
    said = " ".join(run("explain", text).stdout.split())
    assert said.partition(" Next ")[2].startswith(cure)
    assert 'without cookies unless the element has crossorigin="use-credentials"' in said


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Access to fetch at 'https://***.example/x' from origin 'https://a.example' has been blocked by CORS policy", None),
        ("Access to fetch at 'https://b.example/x' from origin 'https://***.example' has been blocked by CORS policy", "corsdoctor check https://b.example/x --origin https://your-page.example --browser chromium"),
    ],
)  # fmt: skip
def test_no_command_has_a_host_of_which_a_part_was_hidden(run: Run, text: str, command: str | None) -> None:
    (found,) = answers(run("explain", text, "--format", "jsonl"))
    assert found["command"] == command
    assert ("What the message calls the origin" in run("explain", text, COLUMNS="400").stdout) is (command is not None)


def test_a_command_with_a_masked_url_says_so(run: Run) -> None:
    text = "Access to fetch at 'https://b.example/x?token=secret' from origin 'https://a.example' has been blocked by CORS policy"
    assert "The URL in the command is masked." in run("explain", text, COLUMNS="400").stdout
    assert "is masked" not in run("explain", text, "--show-secrets", COLUMNS="400").stdout
