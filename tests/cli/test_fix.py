"""fix, and check --fix, against a server on loopback."""

from __future__ import annotations

import json
import socket
from importlib.resources import files
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from corsdoctor.recipes import RECIPES
from tests.cli.conftest import PAGE, Run, Server

ORIGIN = ("--origin", PAGE)
PUT = ("-X", "PUT", "-H", "X-A: 1")
SCHEMA = json.loads((files("corsdoctor.reports") / "schema.json").read_text(encoding="utf-8"))


def test_the_cure_is_printed_and_a_server_s_configuration(run: Run, server: Server) -> None:
    result = run(
        "fix", f"{server.url}/none", *ORIGIN, *PUT, "--credentials", "include", "--server", "nginx", "--probes", "0"
    )
    assert result.exit_code == 0
    assert result.stderr == ""
    for line in (
        "+ Access-Control-Allow-Origin: https://app.example", "+ Access-Control-Allow-Methods: PUT",
        "✓ Verified", '    "https://app.example" "https://app.example";', "    return 204;",
        f"  $ corsdoctor check {server.url}/none --origin https://app.example -X PUT -H 'X-A: 1' --credentials include --send",
    ):  # fmt: skip
        assert line in result.stdout
    assert server.requests == ["OPTIONS /none"]


def test_nothing_to_fix(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/open", *ORIGIN)
    assert result.exit_code == 0
    assert "Nothing needs to change." in result.stdout
    assert "lets every site read the response" in " ".join(result.stdout.split())
    asked_for = run("fix", f"{server.url}/open", *ORIGIN, "--server", "caddy")
    assert asked_for.exit_code == 0
    assert "Caddyfile" in asked_for.stdout


def test_what_other_sites_lose_is_printed_without_a_configuration_too(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/open", *ORIGIN, "--credentials", "include")
    assert "Could not identify the server." in result.stdout
    assert "so list every origin that uses this server." in " ".join(result.stdout.split())


def test_no_header_helps(run: Run, server: Server) -> None:
    forbidden = run("fix", f"{server.url}/none", *ORIGIN, "-X", "TRACE")
    assert forbidden.exit_code == 1
    assert "No CORS header helps" in forbidden.stdout
    assert "method-not-forbidden" in forbidden.stdout
    unreadable = run("fix", f"{server.url}/none", *ORIGIN, "--mode", "no-cors")
    assert unreadable.exit_code == 1
    assert "No response header makes the response readable." in unreadable.stdout
    assert "mode-cors" not in unreadable.stdout
    assert 'Remove `mode: "no-cors"`' in unreadable.stdout


def test_an_element_that_loads_needs_nothing(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/none", *ORIGIN, "--as", "script")
    assert (result.exit_code, "Nothing needs to change." in result.stdout) == (0, True)


def test_what_was_not_sent_is_not_decided(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/put", *ORIGIN, "-X", "PUT")
    assert result.exit_code == 4
    assert "which was not sent yet" in result.stdout
    assert run("fix", f"{server.url}/put", *ORIGIN, "-X", "PUT", "--send").exit_code == 0


def test_no_answer(run: Run) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        result = run("fix", f"http://127.0.0.1:{unused.getsockname()[1]}/", *ORIGIN)
    assert result.exit_code == 3
    assert "Start the server, or correct the port in the URL." in " ".join(result.stdout.split())


def test_several_origins_make_one_configuration(run: Run, server: Server) -> None:
    origins = (*ORIGIN, "--origin", "http://localhost:3000")
    result = run("fix", f"{server.url}/none", *origins, "--server", "nginx", "--format", "json")
    assert result.exit_code == 0
    first, second = json.loads(result.stdout)
    for report in (first, second):
        jsonschema.validate(report, SCHEMA)
        assert set(report["cure"]["proof"].values()) == {"allowed"}
    assert (first["request"]["origin"], second["request"]["origin"]) == (PAGE, "http://localhost:3000")
    assert first["recipe"] == second["recipe"]
    assert '"https://app.example" "https://app.example";' in first["recipe"]["text"]
    assert '"http://localhost:3000" "http://localhost:3000";' in first["recipe"]["text"]
    text = run("fix", f"{server.url}/none", *origins, "--server", "nginx").stdout
    assert text.count("✓ Verified") == 2
    assert text.count("# server block") == 1


def test_each_origin_has_its_command(run: Run, server: Server) -> None:
    args = (f"{server.url}/none", *ORIGIN, "--origin", "http://localhost:3000", "--server", "nginx")
    text = run("fix", *args, "--max-time", "3").stdout
    asked = f"  $ corsdoctor check {server.url}/none --origin"
    assert f"{asked} {PAGE} --max-time 3\n{asked} http://localhost:3000 --max-time 3\n" in text
    checked = run("check", f"{server.url}/none", *ORIGIN, "--server", "nginx", "--max-time", "3").stdout
    assert f"{asked} {PAGE} --max-time 3\n" in checked


def test_one_url_at_a_time(run: Run, server: Server) -> None:
    line = f"{server.url}/none\n"
    assert run("fix", "-", *ORIGIN, input=line).exit_code == 0
    result = run("fix", "-", *ORIGIN, input=line + line)
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr == "corsdoctor: URL '-': there are 2 URLs on standard input; this command takes one at a time\n"
    )


@pytest.mark.parametrize("command", ["check", "fix"])
@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "no request carried it: credentials are same-origin, and this is another origin; --credentials include"),
        (("--credentials", "omit"), "no request carried it: credentials are omit; --credentials include sends it"),
        (("--as", "font"), None),  # WebKit asks for fonts without CORS, and with cookies
        (
            ("--as", "font", "--browser", "firefox"),
            "credentials are same-origin, and this is another origin; @font-face has no other",
        ),
        (("-X", "PUT"), None),  # the preflight is refused: nothing that carries cookies was asked for
        (("--credentials", "include"), None),
        (("--as", "image"), None),
    ],
)
def test_a_cookie_that_stays_at_home(
    run: Run, server: Server, command: str, args: tuple[str, ...], told: str | None
) -> None:
    stderr = run(command, f"{server.url}/none", *ORIGIN, "--cookie", "sid=secret", *args).stderr
    assert "secret" not in stderr
    if told is None:
        assert stderr == ""
    else:
        assert stderr.startswith("corsdoctor: --cookie: ")
        assert told in stderr
        assert stderr.count("\n") == 1
    assert any("Cookie" in headers for headers in server.headers) == (told is None and "PUT" not in args)


def test_everybody(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/none", "--origin", "*", "--server", "nginx", "--expose", "ETag,X-Id")
    assert result.exit_code == 0
    assert "+ Access-Control-Allow-Origin: *" in result.stdout
    assert "+ Access-Control-Expose-Headers: ETag, X-Id" in result.stdout
    assert "Vary" not in result.stdout.split("# server block")[1].split("\n\n")[0]


def test_json_is_valid_whatever_is_found(run: Run, server: Server) -> None:
    for args in (("/none", *PUT), ("/none", "-X", "TRACE"), ("/open",), ("/none", "--mode", "no-cors")):
        result = run("fix", server.url + args[0], *ORIGIN, *args[1:], "--format", "jsonl")
        jsonschema.validate(json.loads(result.stdout), SCHEMA)
        assert result.stdout.count("\n") == 1


def test_the_server_is_guessed(run: Run, server: Server) -> None:
    guessed = json.loads(run("fix", f"{server.url}/none", *ORIGIN, "--format", "json").stdout)
    assert guessed["recipe"] is None
    assert "corsdoctor fix --list" in " ".join(run("fix", f"{server.url}/none", *ORIGIN).stdout.split())
    told = run("fix", f"{server.url}/nginx", *ORIGIN)
    assert "nginx, identified by Server: nginx/1.25.3" in told.stdout


def test_check_says_it_too(run: Run, server: Server) -> None:
    result = run("check", f"{server.url}/none", *ORIGIN, "--fix", "--server", "caddy")
    assert result.exit_code == 1
    assert "Rule  acao-present" in result.stdout
    assert "✓ Verified" in result.stdout
    assert "Caddyfile" in result.stdout
    by_server = json.loads(run("check", f"{server.url}/none", *ORIGIN, "--server", "caddy", "--format", "json").stdout)
    assert by_server["recipe"]["server"] == "caddy"
    plain = json.loads(run("check", f"{server.url}/none", *ORIGIN, "--format", "json").stdout)
    assert "cure" not in plain


def test_secrets_are_masked(run: Run, server: Server) -> None:
    args = (f"{server.url}/none?token=hunter2hunter2", *ORIGIN, "-H", "Authorization: Bearer hunter3hunter3")
    for form in ("text", "json"):
        shown = run("fix", *args, "--server", "nginx", "--format", form)
        assert "hunter" not in shown.output
        assert "hunter3hunter3" in run("fix", *args, "--format", "json", "--show-secrets").output


def test_a_development_server_s_proxy(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/none", *ORIGIN, "--server", "vite")
    assert result.exit_code == 0
    assert server.url in result.stdout
    assert "$ corsdoctor" not in result.stdout
    assert ("+ Access-Control" in result.stdout, "needs no CORS headers" in result.stdout) == (False, True)
    data = json.loads(run("fix", f"{server.url}/none", *ORIGIN, *PUT, "--server", "vite", "--format", "json").stdout)
    assert (data["cure"]["changes"], data["cure"]["policy"], data["recipe"]["server"]) == ([], None, "vite")
    assert run("fix", f"{server.url}/gone", *ORIGIN, "--server", "vite").exit_code == 1  # a proxy does not help there


def test_the_list(run: Run) -> None:
    listed = run("fix", "--list")
    assert listed.exit_code == 0
    assert all(len(line) <= 80 for line in listed.stdout.splitlines())
    for recipe in RECIPES:
        assert f"\n{recipe.id} " in listed.stdout
    objects = json.loads(run("fix", "--list", "--format", "json").stdout)
    assert [o["server"] for o in objects] == [recipe.id for recipe in RECIPES]


def bad(run: Run, *args: str) -> str:
    result = run("fix", *args)
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr


URL = "https://api.example/"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--server", "ngnix", URL, *ORIGIN), "--server 'ngnix': is not a known server; did you mean `nginx`?"),
        (("--server", "quux", URL, *ORIGIN), "corsdoctor fix --list"),
        (("--origin", "null", URL), "--origin 'null': sandboxed pages of every site have the origin `null`"),
        (("--origin", "file:", URL), "so allowing it allows everybody"),
        (("--origin", "file:///home/me/index.html", URL), "so allowing it allows everybody"),
        (("--origin", "data:,x", URL), "so allowing it allows everybody"),
        (("--origin", PAGE, "--origin", "null", URL), "--origin 'null': sandboxed pages"),
        (("--origin", PAGE, "--origin", "app.example", URL), "an origin starts with a scheme"),
        (
            ("--origin", "*", "--credentials", "include", URL),
            "browsers do not accept `*`: name the origins",
        ),
        (("--origin", "*", "--origin", PAGE, URL), "use either `*` or a list of origins"),
        (("--expose", "Set-Cookie", URL, *ORIGIN), "no script can read this header"),
        (("--expose", "*", URL, *ORIGIN), "must be the name of a header that the script reads"),
        (("--expose", "X Id", URL, *ORIGIN), "is not a valid header name"),
        (
            ("--origin", "https://*.example.com", URL),
            "an origin cannot contain `*`, and no header accepts such a pattern; list the origins one by one",
        ),
        (("--origin", "https://app.example/", URL), "the origin is `https://app.example`"),
        ((URL,), "--origin is missing"),
        (ORIGIN, "URL is missing: give one, or - for standard input"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_reported_in_one_line(run: Run, args: tuple[str, ...], told: str) -> None:
    lines = bad(run, *args).splitlines()
    assert len(lines) == 1
    assert told in lines[0]


def test_a_name_that_no_configuration_can_hold(run: Run, server: Server) -> None:
    args = (f"{server.url}/none", *ORIGIN, "-H", "X-A$: 1")
    assert "only names of letters, digits" in bad(run, *args, "--server", "nginx")
    guessed = run("fix", f"{server.url}/nginx", *ORIGIN, "-H", "X-A$: 1")
    assert guessed.exit_code == 0
    assert "X-A$" in guessed.stdout
    assert "No recipe: --header 'X-A$'" in " ".join(guessed.stdout.split())
    assert "# server block" not in guessed.stdout


def test_quiet_shows_the_lines_alone(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/none", *ORIGIN, "-q", "--server", "nginx")
    assert "+ Access-Control-Allow-Origin: https://app.example" in result.stdout
    assert "# server block" not in result.stdout


def test_a_line_that_no_recipe_holds(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/open", *ORIGIN, "--as", "module", "--server", "nginx")
    assert "`Content-Type: text/javascript` is not part of CORS" in " ".join(result.stdout.split())
    assert "# server block" not in result.stdout


def test_check_refuses_an_unknown_server_too(run: Run) -> None:
    result = run("check", URL, *ORIGIN, "--server", "ngnix")
    assert result.exit_code == 2
    assert "did you mean `nginx`?" in result.stderr


def test_a_plain_check_loads_no_recipe() -> None:
    source = Path(__file__).parents[2] / "corsdoctor" / "cli" / "check.py"
    top = [line for line in source.read_text(encoding="utf-8").splitlines() if line.startswith(("from", "import"))]
    assert not any("fixing" in line or "recipes" in line or "cure" in line for line in top)


def test_what_the_server_allows_today_is_kept_unless_minimal_is_set(run: Run, server: Server) -> None:
    kept = json.loads(run("fix", f"{server.url}/open", *ORIGIN, *PUT, "--server", "nginx", "--format", "json").stdout)
    assert kept["cure"]["policy"]["origins"] == ["*"]
    assert kept["cure"]["kept"] == ["every origin (`*`)"]
    minimal = run("fix", f"{server.url}/open", *ORIGIN, *PUT, "--server", "nginx", "--minimal", "--format", "json")
    assert json.loads(minimal.stdout)["cure"]["policy"]["origins"] == [PAGE]
    text = " ".join(run("fix", f"{server.url}/open", *ORIGIN, *PUT, "--server", "nginx").stdout.split())
    assert "keeps what the server allows today: every origin (`*`)" in text
