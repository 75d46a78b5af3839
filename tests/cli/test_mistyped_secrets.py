"""A header, a login or a cookie in a place of something else: no error repeats its value."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Run

SECRET = "zebrafinch"  # nothing about the word itself tells that it is secret
ENCODED = base64.b64encode(f"bob:{SECRET}".encode()).decode()
URL = "http://127.0.0.1:1/"
FORMS = tuple(
    form.replace("SECRET", SECRET)
    for form in (
        "bob:SECRET", "bob:SECRET@host", "bob:SECRET@host/x", "https://bob:SECRET@h.invalid/x y", "@bob:SECRET", "bob: SECRET",
        "host:80:bob:SECRET", "bob:SECRET x",
        "Authorization: Bearer SECRET", "Authorization:SECRET", "Authorization=SECRET", "Authorization\tSECRET",
        "Authorization Bearer SECRET", "Authorization,SECRET", "/Authorization: Bearer SECRET", f"Basic {ENCODED}",
        "Bearer SECRET", "Bearer\tSECRET", "bearer:SECRET",
        "X-Token: SECRET", "X-Token:SECRET", "X-Token=SECRET", "X-Token\tSECRET", "X-Token SECRET", "X-Token;SECRET",
        "X-Token|SECRET", "X-Token\u00a0SECRET", "X-Token\uff1aSECRET", "X-Tok\u200ben: SECRET", "X-Token%3A SECRET",
        "X-Custom: SECRET", "X-Custom:SECRET", "X-Custom :SECRET", "X-Custom\tSECRET", " X-Custom: SECRET", "'X-Custom: SECRET'",
        "Cookie: a=SECRET", "Cookie:a=SECRET", "Cookie\ta=SECRET", "/Set-Cookie: a=SECRET", "a=SECRET; b=SECRET", "sid=SECRET",
        "token=SECRET", "token: SECRET", "token->SECRET", "password SECRET", '{"password": "SECRET"}', '{"x": "SECRET"}',
        "--token=SECRET", "--header=X-Custom: SECRET", "-bsid=SECRET", "-HX-Token: SECRET",
        "https://h.invalid/?token=SECRET x", "h.invalid/?token=SECRET", "?token=SECRET", "#token=SECRET",
    )
)  # fmt: skip
PLACES = (
    ("check", "{}", "--origin", PAGE),
    ("check", URL, "{}", "--origin", PAGE),
    ("check", URL, "--origin", "{}"),
    *(
        ("check", URL, option, "{}")  # without an origin nothing is sent, and all mistakes are reported
        for option in (
            "-H", "-X", "--cookie", "--as", "--mode", "--credentials", "--redirect", "--browser", "--resolve", "--cacert",
            "--cert", "--key", "--max-time", "--color", "--format", "--only", "--fail-on", "--probes", "--jobs", "--rate",
        )
    ),
    ("check", "--origin", PAGE, URL, "--proxy", "{}", "--mode", "x"),
    ("check", "--origin", PAGE, "--server", "{}", URL),
    ("fix", URL, "--origin", PAGE, "--server", "{}"),
    ("fix", URL, "--origin", PAGE, "--mode", "x", "-X", "{}"),
    ("fix", "--from", "{}"),
    ("plan", "{}", "--origin", PAGE),
    ("preflight", "{}", "--origin", PAGE),
    ("batch", "{}", "--origin", PAGE),
    *(("batch", "-", "--origin", PAGE, option, "{}") for option in ("--dask", "--shard", "--timeout", "--retry-after")),
    ("batch", "-", "--resume", "{}"),
    ("test", "{}"),
    ("test", "policy.toml", "-m", "{}"),
    ("test", "policy.toml", "-k", "{}"),
    ("test", "--init", "{}"),
    ("test", "policy.toml", "--repeat", "{}"),
    ("test", "--update", "{}"),
    ("explain", "{}"),
    ("explain", "{}", "--format", "json"),
    ("explain", "acao-present", "--origin", "{}"),
    ("rules", "--format", "{}"),
    ("lab", "--port", "{}"),
    ("completion", "{}"),
    ("help", "{}"),
    ("{}",),
    ("--nope", "{}"),
    ("check", "--nope={}", URL),
    ("check", "--nope", "{}", URL),
)  # fmt: skip
POLICY = """\
base = {api = "http://127.0.0.1:1"}
origins = {app = "http://127.0.0.1:2"}
[[case]]
id = "a case"
url = "{api}/x"
origin = "app"
expect = "blocked"
"""


@pytest.fixture(autouse=True)
def _directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("policy.toml").write_text(POLICY)


def test_the_policy_is_valid(run: Run) -> None:
    assert "matches none of the 1 ids" in run("test", "policy.toml", "-m", "nothing").stderr


def leaked(output: str) -> bool:
    return SECRET in output or ENCODED[:12] in output


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_an_argument(run: Run, place: tuple[str, ...]) -> None:
    for form in FORMS:
        result = run(*(word.replace("{}", form) for word in place), input="")
        assert not leaked(result.output), (form, result.output)


@pytest.mark.parametrize(
    "variable", ["ORIGIN", "METHOD", "HEADER", "MODE", "BROWSER", "RESOLVE", "FORMAT", "FAIL_ON", "JOBS", "CACERT", "SEND"]
)  # fmt: skip
def test_a_variable(run: Run, variable: str) -> None:
    origin = () if variable == "ORIGIN" else ("--origin", PAGE)
    for form in FORMS:
        result = run("check", "no url", *origin, **{f"CORSDOCTOR_{variable}": form})
        assert not leaked(result.output), (form, result.output)


@pytest.mark.parametrize("command", ["check", "plan", "preflight", "batch", "explain"])
def test_a_line_of_standard_input(run: Run, command: str) -> None:
    origin = () if command == "explain" else ("--origin", PAGE)
    for form in FORMS:
        result = run(command, "-", *origin, input=f"{form}\n")
        assert not leaked(result.output), (form, result.output)


@pytest.mark.parametrize(
    "line",
    [
        '{"url": "http://127.0.0.1:1/", "{}": 1}',
        '{"url": "{}"}',
        *(
            f'{{"url": "http://127.0.0.1:1/", "{key}": "{{}}"}}'
            for key in ("origin", "method", "mode", "credentials", "redirect", "api", "browser", "cookies", "as", "headers")
        ),
        '{"url": "http://127.0.0.1:1/", "headers": {"{}": "x"}}',
        '{"url": "http://127.0.0.1:1/", "headers": ["{}"]}',
        '{"{}',
    ],
)  # fmt: skip
def test_a_value_or_a_key_of_a_batch(run: Run, line: str) -> None:
    for form in FORMS:
        written = form.replace('"', '\\"').replace("\t", "\\t")
        result = run("batch", "-", "--origin", PAGE, input=line.replace("{}", written) + "\n")
        assert not leaked(result.output), (form, result.output)


@pytest.mark.parametrize(
    "old", ["url", "origin", "app = ", '"{api}/x"', '"app"', '"blocked"', "base", '"http://127.0.0.1:1"']
)
def test_a_value_or_a_key_of_a_policy(run: Run, old: str) -> None:
    for form in FORMS:
        quoted = '"' + form.replace('"', '\\"').replace("\t", "\\t") + '"'
        Path("policy.toml").write_text(POLICY.replace(old, f"{quoted} = " if old.endswith("= ") else quoted))
        result = run("test", "policy.toml")
        assert not leaked(result.output), (form, result.output)
