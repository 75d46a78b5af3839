"""corsdoctor audit: wiring, formats, exit statuses, and what the network gets."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from junitparser import JUnitXml

from corsdoctor.audit.weaknesses import WEAKNESSES
from corsdoctor.reports import AUDIT_FORMATS
from tests.cli.conftest import PAGE, Run, Server
from tests.recipes.contract import need

DOCS = Path(__file__).parents[2] / "docs" / "audit.md"
SCHEMA = json.loads((Path(__file__).parents[2] / "corsdoctor" / "reports" / "schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/reflects", (), 1),
        ("/reflects", ("--fail-on", "none"), 0),
        ("/reflects", ("--severity", "high"), 1),
        ("/none", (), 0),
        ("/open", ("--fail-on", "medium"), 1),  # everybody may read a server on this machine
        ("/open", ("--fail-on", "high"), 0),
    ],
)
def test_statuses(run: Run, server: Server, path: str, more: tuple[str, ...], status: int) -> None:
    result = run("audit", server.url + path, "--origin", PAGE, *more)
    assert result.exit_code == status, result.output
    assert set(server.requests) <= {
        f"{method} {path}{below}" for method in ("GET", "OPTIONS") for below in ("", "/corsdoctor-no-such-page")
    } | {"GET /corsdoctor-no-such-page"}


def test_no_answer(run: Run, dead: str) -> None:
    result = run("audit", dead)
    assert (result.exit_code, "no response" in result.stdout) == (3, True)


def test_text_is_the_default_everywhere(run: Run, server: Server) -> None:
    assert run("audit", f"{server.url}/none", GITHUB_ACTIONS="true").stdout.startswith("✓")


def test_the_report(run: Run, server: Server) -> None:
    url = server.url.replace("127.0.0.1", "api.example.com")
    port = server.url.rpartition(":")[2]
    result = run("audit", f"{url}/reflects", "--resolve", f"api.example.com:{port}:127.0.0.1")
    assert result.stdout.startswith(f"✗ {url}/reflects: 1 high")
    for line in (
        "any-origin-allowed (CWE-942)",
        "any: the Origin header is sent back",
        "in      Chromium, Firefox and WebKit",
    ):
        assert line in result.stdout
    assert (
        f"curl -i {url}/reflects -H 'Sec-Fetch-Site: cross-site' -H 'Referer: https://stranger.example/' -H 'Origin: https://stranger.example' --resolve"
        in result.stdout
    )
    assert "null (a sandboxed frame, with credentials)" in result.stdout


def test_quiet_and_verbose(run: Run, server: Server) -> None:
    assert run("audit", f"{server.url}/none", "-q").stdout == f"✓ {server.url}/none: nothing wrong was found\n"
    assert "Origins tried" in run("audit", f"{server.url}/none", "-v").stdout


def test_json_fits_the_schema(run: Run, server: Server) -> None:
    for path in ("/reflects", "/none", "/put"):
        found = json.loads(run("audit", server.url + path, "--origin", PAGE, "--format", "json").stdout)
        jsonschema.validate(found, SCHEMA)
    lines = run("audit", f"{server.url}/none", f"{server.url}/open", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["audit"].rpartition("/")[2] for line in lines] == ["none", "open"]
    several = json.loads(run("audit", f"{server.url}/none", f"{server.url}/open", "--format", "json").stdout)
    assert [one["audit"].rpartition("/")[2] for one in several] == ["none", "open"]


@pytest.mark.parametrize("path", ["/reflects", "/put", "/open"])
def test_the_commands_get_the_same_responses(run: Run, server: Server, path: str) -> None:
    need("curl", "curl")
    need("bash", "bash")
    found = json.loads(
        run(
            "audit", server.url + path, "--origin", PAGE, "--cookie", "a=1", "--show-secrets", "--format", "json"
        ).stdout
    )
    probes = [*found["origins"], *found["preflights"]]
    assert len(probes) > 4
    for probe in probes:
        server.headers.clear()
        done = subprocess.run(
            ["bash", "-c", f"{probe['command']} -s"], capture_output=True, text=True, timeout=60, check=True
        )
        head, *lines = done.stdout.partition("\n\n")[0].splitlines()
        got = [tuple(line.split(": ", 1)) for line in lines]
        recorded = [tuple(line) for line in probe["exchange"]["response_headers"]]
        names = ("access-control-", "vary", "location")
        assert [h for h in got if h[0].lower().startswith(names)] == [
            h for h in recorded if h[0].lower().startswith(names)
        ]
        assert int(head.split(" ")[1]) == probe["exchange"]["status"]
        asked = dict(probe["exchange"]["request_headers"])
        sent = {name: value for headers in server.headers for name, value in headers.items()}
        for name in ("Origin", "Referer", "Cookie", "Sec-Fetch-Site", "Access-Control-Request-Method"):
            assert sent.get(name) == asked.get(name)


def test_sarif(run: Run, server: Server) -> None:
    found = json.loads(run("audit", f"{server.url}/reflects", "--format", "sarif").stdout)["runs"][0]
    rules = found["tool"]["driver"]["rules"]
    assert [result["ruleId"] for result in found["results"]] == [rule["id"] for rule in rules]
    assert {"security", "external/cwe/cwe-942"} <= set(rules[0]["properties"]["tags"])
    assert float(rules[0]["properties"]["security-severity"]) >= 7
    assert (found["results"][0]["level"], len(found["results"][0]["partialFingerprints"]["corsdoctor/v1"])) == (
        "error",
        32,
    )


def listed(run: Run, server: Server, format_: str, *more: str) -> str:
    """What a format writes about a server with findings, one without, and one with no response."""
    return run(
        "audit", f"{server.url}/reflects", f"{server.url}/none", *more, "--format", format_, "--origin", PAGE
    ).stdout


def test_annotations(run: Run, server: Server) -> None:
    lines = listed(run, server, "github").splitlines()
    assert lines[0].startswith(f"::error title=internal-host-open (CWE-942)::{server.url}/reflects")
    assert lines[-1].startswith("::notice title=corsdoctor::2 URLs audited, ")


def test_code_quality(run: Run, server: Server) -> None:
    issues = json.loads(listed(run, server, "gitlab"))
    assert issues[0]["check_name"] == "internal-host-open"
    assert issues[0]["severity"] == "critical"
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert json.loads(run("audit", f"{server.url}/none", "--format", "gitlab").stdout) == []


def test_test_anything_protocol(run: Run, server: Server) -> None:
    lines = listed(run, server, "tap").splitlines()
    assert f"not ok 1 - {server.url}/reflects" in lines
    assert f"ok 2 - {server.url}/none" in lines
    assert lines[-1] == "1..2"


def test_comma_separated_values(run: Run, server: Server) -> None:
    rows = list(csv.DictReader(io.StringIO(listed(run, server, "csv"))))
    assert (rows[0]["severity"], rows[0]["id"], rows[0]["cwe"]) == ("high", "internal-host-open", "942")
    assert (rows[-1]["url"], rows[-1]["id"]) == (f"{server.url}/none", "")


def test_testcases(run: Run, server: Server, dead: str) -> None:
    suite = JUnitXml.fromstring(listed(run, server, "junit", dead).encode())
    assert (suite.tests, suite.failures, suite.errors) == (3, 1, 1)


def test_a_comment(run: Run, server: Server) -> None:
    text = listed(run, server, "markdown")
    assert text.startswith("### ❌ corsdoctor: 2 URLs audited")
    assert "| ❌ high | [`internal-host-open`](https://cwe.mitre.org/data/definitions/942.html): " in text
    assert (
        run("audit", f"{server.url}/none", "--format", "markdown").stdout
        == "### ✅ corsdoctor: 1 URL audited, 0 findings\n"
    )


@pytest.mark.parametrize("format_", ["github", "gitlab", "tap", "csv", "junit", "markdown", "html"])
def test_no_response_in_lists(run: Run, dead: str, format_: str) -> None:
    assert "no response" in run("audit", dead, "--format", format_).stdout


@pytest.mark.parametrize("paths", [("reflects",), ("reflects", "none")])
def test_html(run: Run, server: Server, tmp_path: Path, paths: tuple[str, ...]) -> None:
    page = tmp_path / "audit.html"
    result = run("audit", *(f"{server.url}/{path}" for path in paths), "--format", f"html={page}")
    assert (result.exit_code, result.stdout) == (1, "")
    text = page.read_text(encoding="utf-8")
    assert "</html>" in text
    if len(paths) == 1:
        assert "CWE-942" in text
        return
    assert f'["high","{server.url}/reflects","","{server.url}/reflects","' in text
    assert f'["passed","{server.url}/none","","{server.url}/none","nothing wrong was found",""]' in text


def test_lists_what_would_be_sent(run: Run, server: Server) -> None:
    result = run("audit", f"{server.url}/none", "--origin", PAGE, "--dry-run")
    assert (result.exit_code, server.requests) == (0, [])
    assert f"GET     {server.url}/none  Origin: {PAGE}" in result.stdout.splitlines()
    assert "without Origin" in result.stdout
    count = len(result.stdout.splitlines())
    assert result.stderr == (
        f"corsdoctor: {count} requests if only trusted origins are allowed, at most 40 for each URL; nothing was sent\n"
    )


def test_the_list_masks_secrets(run: Run) -> None:
    url = "http://127.0.0.1:9999/?token=abcdefgh12345678"
    assert "abcdefgh12345678" not in run("audit", url, "--dry-run").output
    assert "abcdefgh12345678" in run("audit", url, "--dry-run", "--show-secrets").stdout


def test_a_time_limit_that_is_reached(run: Run, server: Server) -> None:
    urls = [f"{server.url}/none?{number}" for number in range(3)]
    result = run("audit", *urls, "--timeout", "0.000001", "--jobs", "1", "--format", "json")
    found = json.loads(result.stdout)
    jsonschema.validate(found, SCHEMA)
    assert result.exit_code == 3
    assert found[-1]["failure"] == "not finished within --timeout (1e-06 s)"
    assert "not finished within --timeout" in run("audit", *urls, "--timeout", "0.000001", "--jobs", "1").stdout


def test_a_header_goes_with_trusted_origins_only(run: Run, server: Server) -> None:
    for more, all_ in ((), False), (("--with-credentials",), True):
        server.headers.clear()
        run(
            "audit",
            f"{server.url}/put",
            "--origin",
            PAGE,
            "-H",
            "Authorization: Bearer abcdefgh",
            "--cookie",
            "sid=12345678",
            *more,
        )
        having = {
            headers.get("Origin") for headers in server.headers if "Authorization" in headers and "Cookie" in headers
        }
        assert PAGE in having
        assert ("https://stranger.example" in having) is all_


@pytest.mark.parametrize("cookie", ["sid=12345678", "sid=12345678; Secure; SameSite=None"])
def test_a_cookie_goes_with_trusted_origins_only(run: Run, server: Server, cookie: str) -> None:
    run("audit", f"{server.url}/put", "--origin", PAGE, "--cookie", cookie)
    assert len(server.headers) > 5
    foreign = {
        headers["Origin"] for headers in server.headers if "sid" in headers.get("Cookie", "") and "Origin" in headers
    }
    assert foreign <= {PAGE, server.url}


def test_secrets_are_masked(run: Run, server: Server) -> None:
    for format_ in AUDIT_FORMATS:
        result = run(
            "audit", f"{server.url}/reflects?token=abcdefgh12345678", "-H", "Authorization: Bearer qwertyuiop", "--with-credentials", "--format", format_,
        )  # fmt: skip
        assert "abcdefgh12345678" not in result.output
        assert "qwertyuiop" not in result.output
        shown = run("audit", f"{server.url}/reflects?token=abcdefgh12345678", "--format", format_, "--show-secrets")
        assert "abcdefgh12345678" in shown.output


@pytest.mark.parametrize("path", ["/reflects", "/open", "/none", "/put"])
def test_writes_a_policy_that_the_server_keeps(run: Run, server: Server, tmp_path: Path, path: str) -> None:
    file = tmp_path / "found.toml"
    wrote = run("audit", server.url + path, "--origin", PAGE, "--write-policy", str(file), "--fail-on", "none")
    assert (wrote.exit_code, "wrote" in wrote.stderr) == (0, True), wrote.output
    kept = run("test", str(file))
    assert kept.exit_code == 0, kept.output
    other = "/none" if path == "/reflects" else "/reflects"
    file.write_text(file.read_text(encoding="utf-8").replace(path, other), encoding="utf-8")
    assert run("test", str(file)).exit_code == 1


def test_no_policy_is_written_where_none_was_found(run: Run, server: Server, dead: str, tmp_path: Path) -> None:
    file = tmp_path / "found.toml"
    assert run("audit", dead, "--write-policy", str(file)).exit_code == 3
    assert not file.exists()
    file.touch()
    for arguments, words in (
        ((f"{server.url}/a", f"{server.url}/b"), "needs exactly one URL"),
        ((server.url, "-H", "X-A: 1"), "cannot be used with --header"),
        ((server.url,), "already exists: give another name"),
    ):
        result = run("audit", *arguments, "--write-policy", str(file))
        assert (result.exit_code, words in result.stderr) == (2, True), result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "URL is missing"),
        (("ftp://a.example/",), "begin with http:// or https://"),
        (("https://a.example:1/",), "browsers block every request to this port"),
        (("https://a.example", "--origin", "https://a.example/x"), "--origin"),
        (("https://a.example", "--format", "toml"), "an audit does not have this format"),
        (("https://a.example", "--budget", "0"), "--budget"),
        (("https://a.example", "--fail-on", "bad"), "--fail-on"),
        (("https://a.example", "-H", "x"), "--header"),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...], words: str) -> None:
    result = run("audit", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_all_mistakes_are_reported_at_once(run: Run) -> None:
    result = run("audit", "ftp://a.example/", "https://b.example:1/", "--budget", "0", "--origin", "a.example")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 4)


def test_the_page_names_every_weakness() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for weakness in WEAKNESSES:
        assert f"| `{weakness.id}` | " in text
        assert f" | {weakness.cwe} | " in text.partition(f"| `{weakness.id}` | ")[2].partition("\n")[0]


KNOWN = """\
[[known]]
id = "internal-host-open"
url = "*/reflects"
reason = "moves in May"

[[known]]
id = "vary-origin-missing"
reason = "no cache"
until = 2020-01-01
"""


@pytest.mark.parametrize("format_", sorted(AUDIT_FORMATS))
def test_known_findings_are_shown_and_do_not_count(run: Run, server: Server, tmp_path: Path, format_: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(KNOWN, encoding="utf-8")
    arguments = ("audit", f"{server.url}/reflects", "--known", str(file), "--format", format_)
    result = run(*arguments, "--fail-on", "medium")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "moves in May" in result.stdout or (format_ == "markdown" and "| known |" in result.stdout)
    assert run(*arguments).exit_code == 1  # the day of the other one is over
    match format_:
        case "json":
            found = json.loads(result.stdout)
            jsonschema.validate(found, SCHEMA)
            assert (found["severity"], found["findings"][0]["known"]) == ("low", "moves in May")
        case "sarif":
            [first, second] = json.loads(result.stdout)["runs"][0]["results"]
            assert (first["suppressions"][0]["justification"], "suppressions" in second) == ("moves in May", False)
        case "text":
            assert "1 low (1 known)" in result.stdout
            assert "no cache (until 2020-01-01): this finding counts again" in result.stdout
        case "github":
            assert result.stdout.startswith("::notice title=internal-host-open")
        case "gitlab":
            assert [issue["severity"] for issue in json.loads(result.stdout)] == ["info", "minor"]


def test_only_known_findings(run: Run, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text('[[known]]\nid = "*"\nreason = "all of it"\n', encoding="utf-8")
    result = run("audit", f"{server.url}/reflects", "--known", str(file), "-q")
    assert (result.exit_code, "nothing wrong was found but 2 known findings" in result.stdout) == (0, True)
    result = run("audit", f"{server.url}/none", "--known", str(file))
    assert result.stderr == f"corsdoctor: {file}: known[0]: * was not found: remove the entry\n"


def test_a_wrong_file_of_known_findings(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text('[[known]]\nid = "port"\nreason = "a"\n', encoding="utf-8")
    result = run("audit", "https://a.example", "--known", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "line 2: known[0].id 'port': is not a weakness" in result.stderr
