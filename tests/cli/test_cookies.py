"""--cookie with attributes, and --cookie-jar."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Run, Server

HEAD = "# Netscape HTTP Cookie File\n\n"


def jar(tmp_path: Path, *lines: tuple[str, ...], head: str = HEAD) -> str:
    path = tmp_path / "cookies.txt"
    path.write_text(head + "".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def cookies(server: Server) -> set[str | None]:
    return {headers.get("Cookie") for headers in server.headers}


@pytest.mark.parametrize(
    ("cookie", "sent"),
    [
        ("sid=s3cret", {"sid=s3cret"}),
        ("sid=s3cret; other=1", {"sid=s3cret; other=1"}),
        ("sid=s3cret; SameSite=None; HttpOnly", {None}),
        ("sid=s3cret; HttpOnly", {None, "sid=s3cret"}),
    ],
)
def test_a_cookie_goes_as_its_attributes_say(run: Run, server: Server, cookie: str, sent: set[str | None]) -> None:
    result = run(
        "check", f"{server.url}/open", "--origin", "http://app.example", "--credentials", "include", "--cookie", cookie
    )
    assert cookies(server) >= sent
    assert ("does not s" in result.stdout) is (None in sent)
    assert "s3cret" not in result.stdout + result.stderr


def test_what_is_not_sent_has_a_cure(run: Run, server: Server) -> None:
    result = run(
        "check", f"{server.url}/open", "--origin", PAGE, "--cookie", "sid=1; SameSite=Lax", "--credentials", "include",
        COLUMNS="300",
    )  # fmt: skip
    assert "`sid`: its SameSite attribute excludes cross-site requests" in result.stdout
    assert "Set the cookie with SameSite=None; Secure; Partitioned." in result.stdout
    assert "--cookie 'sid=***; SameSite=Lax'" in result.stdout


def test_a_jar(run: Run, server: Server, tmp_path: Path) -> None:
    path = jar(
        tmp_path, ("#HttpOnly_127.0.0.1", "FALSE", "/", "FALSE", "0", "sid", "s3cret"),
        ("127.0.0.1", "FALSE", "/", "FALSE", "1000", "old", "s3cret-old"), (".example.com", "TRUE", "/", "TRUE", "0", "far", "s3cret-far"),
        ("127.0.0.1", "FALSE", "/below", "FALSE", "9999999999", "below", "s3cret-below"),
    )  # fmt: skip
    where = ("--origin", "http://127.0.0.1", "--credentials", "include", "--cookie-jar", path)
    result = run("check", f"{server.url}/none", *where)
    assert cookies(server) <= {"sid=s3cret", None}  # a probe carries none
    assert "sid=s3cret" in cookies(server)
    assert "expired, so not sent: old; log in again" in result.stderr
    assert f"--cookie-jar {path}" in result.stdout.replace("\n", " ")
    assert "s3cret" not in result.stdout + result.stderr
    result = run("check", "--from-curl", f"curl {server.url}/none", *where)
    assert cookies(server) <= {"sid=s3cret", None}  # a probe carries none
    assert "sid=s3cret" in cookies(server)
    result = run("plan", "https://api.example/", "https://www.api.example/", *where)
    assert result.stderr.count("no cookie in it is for api.example") == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--cookie", "sid=s3cret; SameSite=Strong"), "--cookie: SameSite must be one of Strict, Lax, None"),
        (("--cookie", "sid=s3cret; Secre; Path=/"), "'Secre' is not an attribute of a cookie; did you mean `Secure`?"),
        (("--cookie", "s3cret; Secure"), "a cookie with attributes begins with NAME=VALUE"),
        (("--cookie", "sid=s3cret; Secure\n"), "--cookie"),
        (("--cookie-jar", "none.txt"), "--cookie-jar 'none.txt': cannot read the file: No such file"),
        (("--cookie-jar", "a\0b"), "--cookie-jar"),
    ],
)  # fmt: skip
def test_mistakes_take_one_line(run: Run, args: tuple[str, str], words: str) -> None:
    result = run("check", "https://api.example/", "--origin", PAGE, *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert words in result.stderr
    assert "s3cret" not in result.stderr


GOOD = ("a.example", "FALSE", "/", "FALSE", "0", "sid", "s3cret")


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (0, "a b", "the first field is not a domain"), (1, "yes", "must be TRUE or FALSE"), (4, "soon", "the fifth field must be the time"),
        (4, "-", "the fifth field must be the time"), (4, ".", "the fifth field must be the time"),
        (4, "9" * 5000, "the fifth field must be the time"), (6, "s3cret;", "a cookie has no semicolon"),
        (6, "s3cret\tx", "7 fields, separated by tabs; this one has 8"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_jar_has_its_line(run: Run, tmp_path: Path, at: int, value: str, words: str) -> None:
    path = jar(tmp_path, (*GOOD[:at], value, *GOOD[at + 1 :]))
    result = run("check", "https://a.example/", "--origin", PAGE, "--cookie-jar", path)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert f"{path}, line 3: " in result.stderr
    assert words in result.stderr
    assert "s3cret" not in result.stderr
