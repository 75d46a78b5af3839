"""corsdoctor.check(), Session and Result, against servers on loopback."""

from __future__ import annotations

import inspect
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import corsdoctor
from tests.cli.conftest import ANSWERS, PAGE, Server
from tests.cli.conftest import server as server

TOKEN = "s3cret-0123456789"


@dataclass(frozen=True)
class Case:
    """What is asked of `path`, and what the result says."""

    id: str
    path: str
    asked: dict[str, Any]
    verdict: str
    allowed: bool
    blocked: bool
    rule: str | None = None
    preflight: bool = False
    sent: int = 1


CASES = (
    Case("allowed", "/open", {}, "allowed", True, False),
    Case("blocked", "/none", {}, "blocked", False, True, "acao-present"),
    Case("opaque", "/none", {"mode": "no-cors"}, "opaque", True, False),
    Case("mode", "/none", {"as_": "image", "mode": "cors"}, "blocked", False, True, "acao-present"),
    Case("unsent", "/put", {"method": "PUT"}, "unsent", False, False, None, True),
    Case("sent", "/put", {"method": "PUT", "send": True}, "allowed", True, False, None, True, 2),
    Case("body makes POST", "/open", {"body": "a=1", "send": True}, "allowed", True, False),
    Case("body unsent", "/open", {"body": b"a=1"}, "unsent", False, False, None, False, 0),
    Case("method", "/open", {"method": "DELETE"}, "blocked", False, True, "acam-lists-method", True),
    Case("headers", "/open", {"headers": {"X-A": "1"}}, "allowed", True, False, None, True, 2),
    Case("pairs", "/open", {"headers": [("X-B", "1")]}, "blocked", False, True, "acah-lists-headers", True),
    Case("credentials", "/open", {"credentials": "include"}, "blocked", False, True, "acao-not-wildcard-with-credentials"),
    Case("xhr", "/open", {"as_": "xhr", "upload_listener": True}, "allowed", True, False, None, True, 2),
    Case("same-origin", "/open", {"mode": "same-origin"}, "blocked", False, True, "same-origin-mode", False, 0),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_result_says(case: Case, server: Server) -> None:
    result = corsdoctor.check(f"{server.url}{case.path}", origin=PAGE, probes="0", **case.asked)
    assert (result.verdict, result.allowed, result.blocked) == (case.verdict, case.allowed, case.blocked)
    assert (result.rule, result.preflight, len(server.requests)) == (case.rule, case.preflight, case.sent)


def test_readable_takes_a_name_in_any_case(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = (("Access-Control-Allow-Origin", PAGE), ("Access-Control-Expose-Headers", "X-Total"), ("X-Total", "4"))
    monkeypatch.setitem(ANSWERS, "/items", (*shown, ("X-Hidden", "1")))
    readable = corsdoctor.check(f"{server.url}/items", origin=PAGE).readable
    assert ("X-Total" in readable, "x-total" in readable, "X-Hidden" in readable, None in readable) == (
        True, True, False, False,
    )  # fmt: skip
    assert readable == ("content-length", "x-total")
    assert corsdoctor.check(f"{server.url}/none", origin=PAGE).readable == ()


def test_no_answer_is_neither_allowed_nor_blocked() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        result = corsdoctor.check(f"http://127.0.0.1:{unused.getsockname()[1]}/", origin=PAGE)
    assert (result.verdict, result.allowed, result.blocked, result.rule) == ("error", False, False, "actual-answered")


def test_one_browser_of_several(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers differ in whether `*` stands for Authorization: in the Standard it doesn't."""
    answer = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*"))
    monkeypatch.setitem(ANSWERS, "/any", answer)
    with corsdoctor.Session(browsers="chromium") as session:
        result = session.check(
            f"{server.url}/any",
            origin=PAGE,
            headers={"Authorization": f"Bearer {TOKEN}"},
            browsers=["webkit", "standard"],
        )
    assert result.browser("standard").rule == result.browser("spec").rule == "acah-lists-authorization"
    assert [d.profile.name for d in result.browser("safari").diagnoses] == ["webkit"]
    assert result.browser("webkit").allowed
    assert (result.verdict, result.allowed, result.blocked) == ("blocked", False, False)
    assert (result.browser("webkit").readable, result.readable) == (("content-length",), ())
    for name, reason in {
        "chromium": "was not replayed; replayed were webkit, standard",
        "mosaic": "unknown browser; ",
    }.items():
        with pytest.raises(corsdoctor.InvalidScenario, match=reason):
            result.browser(name)


def test_the_session_says_who_judges_where_the_check_does_not(server: Server) -> None:
    with corsdoctor.Session(browsers=["safari", "firefox,chrome"]) as session:
        result = session.check(f"{server.url}/open", origin=PAGE)
        assert [d.profile.name for d in result.diagnoses] == ["webkit", "firefox", "chromium"]
        assert repr(session) == "<Session of webkit, firefox, chromium>"
    with corsdoctor.Session() as session:
        assert len(session.check(f"{server.url}/open", origin=PAGE).diagnoses) == 4


def test_a_session_keeps_its_connection(server: Server) -> None:
    with corsdoctor.Session() as session:
        for _ in range(3):
            assert session.check(f"{server.url}/put", origin=PAGE, method="PUT", send=True).allowed
    assert (len(server.requests), server.connections) == (6, 1)
    for _ in range(2):
        corsdoctor.check(f"{server.url}/open", origin=PAGE)
    assert server.connections == 3


def test_resolve_names_the_address(server: Server) -> None:
    port = server.url.rpartition(":")[2]
    with corsdoctor.Session(resolve=[f"api.example:{port}:127.0.0.1"]) as session:
        assert session.check(f"http://api.example:{port}/open", origin="http://app.example").allowed


def test_a_result_has_no_truth(server: Server) -> None:
    for path in ("/open", "/none"):
        with pytest.raises(TypeError, match="no truth value"):
            bool(corsdoctor.check(f"{server.url}{path}", origin=PAGE))


def test_secrets_are_masked_in_texts_alone(server: Server) -> None:
    url = f"{server.url}/none?access_token={TOKEN}"
    result = corsdoctor.check(url, origin=PAGE, headers={"Authorization": f"Bearer {TOKEN}"}, cookie=f"sid={TOKEN}")
    texts = (repr(result), result.report, result.explain(verbosity=1, color=True, width=200), *result.console)
    assert [text for text in texts if TOKEN in text or "***" not in text] == []
    assert result.diagnoses[0].scenario.url == url


def test_the_report_is_what_check_prints(server: Server) -> None:
    result = corsdoctor.check(f"{server.url}/none", origin=PAGE)
    command = [sys.executable, "-m", "corsdoctor", "check", f"{server.url}/none", "--origin", PAGE, "--color", "never"]
    printed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False).stdout
    assert f"{result.report}\n" == printed
    assert result.explain(verbosity=-1).count("\n") == 0
    unsent = corsdoctor.check(f"{server.url}/put", origin=PAGE, method="PUT").report
    assert "send=True" in unsent
    assert "--send" not in unsent


@dataclass(frozen=True)
class Wrong:
    """A call with mistakes, and the field and the words of each mistake, in order."""

    id: str
    call: Callable[[], object]
    told: tuple[str, ...]


URL = "https://api.example/items"
WRONG = (
    Wrong("origin", lambda: corsdoctor.check(URL, origin="app.example"), ("origin 'app.example': .*https://app.example",)),
    Wrong("url", lambda: corsdoctor.check("/items", origin=PAGE), ("url '/items': .*https://app.example/items",)),
    Wrong("choices", lambda: corsdoctor.check(URL, origin=PAGE, as_="img", mode="no_cors", credentials="all", redirect="x"),
          ("credentials 'all'", "mode 'no_cors': did you mean `no-cors`", "redirect 'x'", "as_ 'img': .*`image`")),
    Wrong("header value", lambda: corsdoctor.check(URL, origin=PAGE, headers={"X-A": f"{TOKEN}\n"}), ("headers 'X-A'",)),
    Wrong("cookie", lambda: corsdoctor.check(URL, origin=PAGE, cookie=f"{TOKEN}\n"), ("cookie: ",)),
    Wrong("element", lambda: corsdoctor.check(URL, origin=PAGE, as_="font", method="PUT"), ("method 'PUT': ",)),
    Wrong("element's body", lambda: corsdoctor.check(URL, origin=PAGE, as_="font", body="a"), ("body: ",)),
    Wrong("browsers", lambda: corsdoctor.check(URL, origin=PAGE, browsers="webkt"), ("browsers 'webkt': .*`webkit`",)),
    Wrong("session", lambda: corsdoctor.Session(browsers="x", resolve=["y"], connect_timeout=0, max_time=-1),
          ("browsers 'x'", "resolve 'y'", "connect_timeout '0'", "max_time '-1'")),
    Wrong("proxy", lambda: corsdoctor.Session(proxy="ftp://proxy.example"), ("proxy 'ftp://proxy.example'",)),
)  # fmt: skip

NOT_OF_ITS_TYPE: tuple[tuple[dict[str, Any], str], ...] = (
    ({"url": None}, "url: must be a string, not None"),
    ({"url": b"https://api.example/"}, "url: must be a string, not bytes"),
    ({"origin": None}, "origin: must be a string, not None"),
    ({"method": 1}, "method: must be a string, not int"),
    ({"credentials": True}, "credentials: must be a string, one of omit, same-origin, include; not bool"),
    ({"mode": 1}, "mode: must be a string, one of cors, no-cors, same-origin, navigate; not int"),
    ({"as_": None}, "as_: must be a string, one of fetch, xhr, "),
    ({"headers": {"X": 1}}, "headers 'X': must be a string, not int"),
    ({"headers": [("X", None)]}, "headers 'X': must be a string, not None"),
    ({"headers": {1: "X"}}, "headers: must be a dict or pairs of strings"),
    ({"headers": ["X: 1"]}, "headers: must be a dict or pairs of strings"),
    ({"headers": "X: 1"}, "headers: must be a dict or pairs, not str"),
    ({"headers": None}, "headers: must be a dict or pairs, not None"),
    ({"body": {"a": 1}}, "body: must be a string or bytes, not dict; json.dumps() converts a dict to a string"),
    ({"cookie": {"a": "1"}}, "cookie: must be a string, not dict"),
    ({"user_agent": 1}, "user_agent: must be a string, not int"),
    ({"browsers": []}, "browsers: is empty; name a browser, or omit it to use all of them"),
    ({"browsers": ","}, "browsers: is empty; name a browser"),
    ({"browsers": 1}, "browsers: must be a list of strings, not int"),
    ({"browsers": ["webkit", 1]}, "browsers: must be a list of strings, and int is not a string"),
    ({"send": "no"}, "send: must be True or False, not str"),
    ({"upload_listener": 0}, "upload_listener: must be True or False, not int"),
)
NOT_FOR_A_SESSION: tuple[tuple[dict[str, Any], str], ...] = (
    ({"insecure": "no"}, "insecure: must be True or False, not str"),
    ({"max_time": "3"}, "max_time: must be a number of seconds above 0, at most 86400, not str"),
    ({"max_time": True}, "max_time: must be a number of seconds above 0, at most 86400, not bool"),
    ({"connect_timeout": float("nan")}, "connect_timeout 'nan': must be a number of seconds above 0, at most 86400"),
    ({"resolve": "a:1:127.0.0.1"}, "resolve: must be a list of strings, not str"),
    ({"resolve": [None]}, "resolve: must be a list of strings, and None is not a string"),
    ({"proxy": 3128}, "proxy: must be a string, not int"),
    ({"cacert": 1}, "cacert: must be a path, not int"),
    ({"cert": b"a"}, "cert: must be a path, not bytes"),
    ({"browsers": []}, "browsers: is empty; name a browser, or omit it to use all of them"),
    ({"key": __file__}, f"key {__file__!r}: needs a certificate too"),
)


@pytest.mark.parametrize(("given", "told"), NOT_OF_ITS_TYPE, ids=str)
def test_a_value_of_another_type_is_a_mistake_too(given: dict[str, Any], told: str) -> None:
    with pytest.raises(corsdoctor.InvalidScenario) as caught:
        corsdoctor.check(**{"url": URL, "origin": PAGE} | given)
    assert len(caught.value.mistakes) == 1
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(("given", "told"), NOT_FOR_A_SESSION, ids=str)
def test_a_session_s_too(given: dict[str, Any], told: str) -> None:
    with pytest.raises(corsdoctor.InvalidScenario) as caught:
        corsdoctor.Session(**given)
    assert [str(mistake) for mistake in caught.value.mistakes] == [told]


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    for given in ({"cacert": tmp_path / "no"}, {"cert": str(tmp_path / "no"), "key": "--key"}):
        with pytest.raises(corsdoctor.CorsDoctorError) as caught:
            corsdoctor.Session(**given)
        assert str(caught.value) == f"{tmp_path / 'no'}: No such file or directory"


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.id)
def test_all_mistakes_are_reported_at_once(wrong: Wrong) -> None:
    with pytest.raises(corsdoctor.InvalidScenario) as caught:
        wrong.call()
    told = [str(mistake) for mistake in caught.value.mistakes]
    assert len(told) == len(wrong.told), told
    for text, pattern in zip(told, wrong.told, strict=True):
        assert re.match(pattern, text), text
        assert TOKEN not in text


def test_check_has_the_types_and_the_docstring_of_the_session_s() -> None:
    alone, of_session = inspect.signature(corsdoctor.check), inspect.signature(corsdoctor.Session.check)
    assert list(alone.parameters) == list(of_session.parameters)[1:]
    assert corsdoctor.check.__doc__ == corsdoctor.Session.check.__doc__


def test_importing_the_package_loads_next_to_nothing() -> None:
    code = "import sys, corsdoctor; print(sorted(m for m in sys.modules if m.startswith(('corsdoctor', 'requests'))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['corsdoctor', 'corsdoctor.version']"


POLICY = """\
[[case]]
id = "may"
url = "{url}/open"
origin = "{page}"
expect = "allowed"

[[case]]
id = "may-too"
url = "{url}/none"
origin = "{page}"
expect = "allowed"

[[case]]
id = "put"
url = "{url}/put"
origin = "{page}"
method = "PUT"
expect = "allowed"
"""


def test_a_fix_has_the_configuration_and_the_report(server: Server) -> None:
    fix = corsdoctor.fix(f"{server.url}/none", origin=PAGE, server="nginx", expose=["X-Total"])
    assert fix.found
    assert fix.server == "nginx"
    assert f'"{PAGE}"' in (fix.configuration or "")
    assert "X-Total" in (fix.configuration or "")
    assert [line for change in fix.changes for line in change.lines if line[0] == "Access-Control-Allow-Origin"]
    assert (fix.configuration or "?") in fix.report
    with pytest.raises(TypeError, match="found"):
        bool(fix)


def test_no_fix_where_no_response_helps(server: Server) -> None:
    fix = corsdoctor.fix(f"{server.url}/open", origin=PAGE, mode="same-origin")
    assert not fix.found
    assert (fix.changes, fix.server, fix.configuration) == ((), None, None)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"server": "ngnx"}, ["server"]),
        ({"server": 1}, ["server"]),
        ({"expose": "X-Total"}, ["expose"]),
        ({"expose": ["*", "Set-Cookie", "a b"]}, ["expose", "expose", "expose"]),
        ({"method": 1}, ["method"]),
    ],
)
def test_mistakes_in_a_call_of_fix(given: dict[str, Any], wrong: list[str]) -> None:
    with pytest.raises(corsdoctor.InvalidScenario) as error:
        corsdoctor.fix("http://127.0.0.1:9/", origin=PAGE, **given)
    assert [mistake.field for mistake in error.value.mistakes] == wrong


def test_a_policy_is_run_case_by_case(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "cors.toml"
    path.write_text(POLICY.format(url=server.url, page=PAGE), encoding="utf-8")
    result = corsdoctor.run_policy(path)
    assert [(case.id, str(case.outcome)) for case in result.cases] == [
        ("may", "passed"), ("may-too", "failed"), ("put", "not sent"),
    ]  # fmt: skip
    assert not result.passed
    assert result.cases[1].result is not None
    assert result.cases[1].result.rule == "acao-present"
    assert "may-too" in result.report
    with pytest.raises(TypeError, match="passed"):
        bool(result)
    path.write_text(path.read_text(encoding="utf-8").replace("/none", "/open"), encoding="utf-8")
    assert corsdoctor.run_policy(path, send=True, jobs=1).passed


@pytest.mark.parametrize("given", [{"send": 1}, {"retry": -1}, {"jobs": 0}, {"jobs": True}, {"retry": "2"}])
def test_mistakes_in_a_call_of_run_policy(given: dict[str, Any]) -> None:
    with pytest.raises(corsdoctor.InvalidScenario) as error:
        corsdoctor.run_policy("cors.toml", **given)
    assert [mistake.field for mistake in error.value.mistakes] == list(given)


def test_a_policy_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(corsdoctor.CorsDoctorError, match="no-such"):
        corsdoctor.run_policy(tmp_path / "no-such.toml")
