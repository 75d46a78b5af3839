"""The plugin in a pytest of its own, found by the entry point that pyproject.toml names."""

from __future__ import annotations

import ssl
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.cli.conftest import Server
from tests.integrations.conftest import ENTRY, ROOT, Run, has
from tests.listening import QuietHandler, listening
from tests.recipes.contract import need

pytest_plugins = ["pytester"]

TOKEN = "s3cret-0123456789"
LONG_TOKEN = "".join(f"part{i:03}-" for i in range(60))  # longer than what pytest shows of a value


def test_the_entry_point_is_the_one_tried_here() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == ENTRY
    assert any(needed.startswith("pytest>=") for needed in project["project"]["optional-dependencies"]["pytest"])


def test_a_failed_assertion_is_explained(run: Run) -> None:
    result = run(
        """
def test_in(cors):
    assert cors.check(f"{URL}/none", origin=PAGE).allowed

def test_out(cors):
    assert cors.check(f"{URL}/open", origin=PAGE).blocked

def test_fine(cors):
    assert cors.check(f"{URL}/open", origin=PAGE).allowed
"""
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            ">*assert cors.check(*/none*",
            "E * where False = <Result: blocked (acao-present) in Chromium, Firefox and WebKit: GET http://*/none>.allowed",
            "____* corsdoctor *____",
            "✗ Blocked in Chromium, Firefox and WebKit",
            "  Fix *",
            "*✗ Access-Control-Allow-Origin is missing*",
            "  Rule *acao-present*",
            "____* corsdoctor *____",
            "✓ Allowed in Chromium, Firefox and WebKit",
            "FAILED test_it.py::test_in - ✗ blocked (acao-present) in Chromium,*",
            "FAILED test_it.py::test_out - ✓ allowed in Chromium, *",
        ]
    )
    assert result.stdout.str().count(" corsdoctor ___") == 2


def test_the_result_looked_at_last_is_explained_and_no_other_test_s(run: Run) -> None:
    result = run(
        """
def test_two(cors):
    first, second = (cors.check(f"{URL}{path}", origin=PAGE) for path in ("/open", "/none"))
    assert second.blocked
    assert first.blocked

def test_all(cors):
    assert all([cors.check(f"{URL}{path}", origin=PAGE).allowed for path in ("/open", "/hints")])
    assert 1 == 1

def test_other_things(cors):
    assert 1 == 2, "about another thing"

def test_an_error(cors):
    assert cors.check(f"{URL}/open", origin=PAGE).allowed
    raise RuntimeError("about another thing")

def test_said_by_hand(cors):
    if not cors.check(f"{URL}/put", origin=PAGE, method="DELETE").allowed:
        pytest.fail("DELETE should get in", pytrace=False)

@pytest.mark.xfail(reason="not yet")
def test_expected(cors):
    assert cors.check(f"{URL}/none", origin=PAGE).allowed
"""
    )
    result.assert_outcomes(passed=1, failed=4, xfailed=1)
    text = result.stdout.str()
    assert text.count(" corsdoctor ___") == 2
    two, said = (part.partition("\n____")[0] for part in text.split(" corsdoctor ___")[1:])
    assert "GET http://127.0.0.1" in two
    assert "/open" in two
    assert "DELETE should get in" not in said
    assert "DELETE http://127.0.0.1" in said
    result.stdout.fnmatch_lines(["FAILED test_it.py::test_other_things - AssertionError: about another thing*"])


def test_secrets_of_all_requests_of_a_test_are_masked(run: Run) -> None:
    result = run(
        f"""
def test_it(cors):
    first = cors.check(f"{{URL}}/open", origin=PAGE, headers={{"Authorization": "Bearer {TOKEN}"}})
    second = cors.check(f"{{URL}}/none", origin=PAGE)
    token = "{TOKEN}"
    assert first.blocked, token
    assert second.allowed, token
""",
        "-l",
    )
    result.assert_outcomes(failed=1)
    assert TOKEN not in str(result.stdout)


def test_secrets_are_masked_in_all_that_is_shown(run: Run) -> None:
    result = run(
        f"""
@pytest.fixture
def token():
    return "Bearer " + {TOKEN!r}

@pytest.fixture
def long():
    return "Bearer " + "".join(f"part{{i:03}}-" for i in range(60))

def test_call(cors, token):
    assert cors.check(f"{{URL}}/none?access_token={TOKEN}", origin=PAGE, headers={{"Authorization": token}}).allowed

def test_dict(cors, long):
    headers = {{"X-Note": "short", "Authorization": long}}
    assert cors.check(f"{{URL}}/none", origin=PAGE, headers=headers, cookie=f"sid={TOKEN}").allowed, f"with {{headers}}"
""",
        "--showlocals",
        "--junitxml=out.xml",
    )
    result.assert_outcomes(failed=2)
    shown = result.stdout.str() + Path("out.xml").read_text(encoding="utf-8")
    assert TOKEN not in shown
    assert [part for part in LONG_TOKEN.split("-") if part and part in shown] == []
    assert shown.count("access_token=***") > 4
    result.stdout.fnmatch_lines(
        ["*token = 'Bearer ***'*", "long * = 'Bearer ****", "  > Authorization: Bearer ****"][:2]
    )


@pytest.mark.parametrize("style", ["long", "short", "native"])
def test_each_style_of_traceback_keeps_the_report(run: Run, style: str) -> None:
    result = run('def test_in(cors):\n    assert cors.check(f"{URL}/none", origin=PAGE).allowed\n', f"--tb={style}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  Rule *acao-present*"])


def test_junit_xml_has_the_report_once(run: Run) -> None:
    run('def test_in(cors):\n    assert cors.check(f"{URL}/none", origin=PAGE).allowed\n', "--junitxml=out.xml")
    [failure] = ET.parse("out.xml").iter("failure")
    assert (failure.text or "").count("acao-present: ") == 1
    assert failure.get("message", "").startswith(
        "✗ blocked (acao-present) in Chromium, Firefox and WebKit: GET http://"
    )


def test_a_result_has_no_truth(run: Run) -> None:
    result = run('def test_in(cors):\n    assert cors.check(f"{URL}/open", origin=PAGE)\n')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">*assert cors.check*", "E * a Result has no truth value: use its .allowed or .blocked"]
    )
    assert "def __bool__" not in result.stdout.str()


def test_a_mistake_in_a_call_shows_the_caller_s_line(run: Run) -> None:
    result = run('def test_in(cors):\n    assert cors.check(f"{URL}/open", origin="app.example").allowed\n')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">*assert cors.check*", "E *InvalidScenario: origin 'app.example': *https://app.example*"]
    )
    assert "api.py" not in result.stdout.str()


JUDGES = """
def test_judges(cors):
    names = [d.profile.name for d in cors.check(f"{URL}/open", origin=PAGE).diagnoses]
    assert names == JUDGES
"""


@pytest.mark.parametrize(
    ("args", "configured", "judges"),
    [
        ((), "", ["standard", "chromium", "firefox", "webkit"]),
        (("--cors-browsers", "safari,firefox"), "", ["webkit", "firefox"]),
        ((), "cors_browsers = webkit chromium", ["webkit", "chromium"]),
        (("--cors-browsers=firefox",), "cors_browsers = webkit", ["firefox"]),
    ],
)
def test_who_judges(
    run: Run, pytester: pytest.Pytester, args: tuple[str, ...], configured: str, judges: list[str]
) -> None:
    pytester.makeini(f"[pytest]\n{configured}\n")
    run(f"JUDGES = {judges}\n{JUDGES}", *args).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("args", "configured", "told"),
    [
        (("--cors-browsers", "webkt"), "", "--cors-browsers 'webkt': unknown browser; did you mean `webkit`?"),
        (("--cors-browsers", ","), "", "--cors-browsers: is empty; name a browser, or omit it to use all of them"),
        ((), "cors_browsers = webkit ie", "cors_browsers 'ie': unknown browser; must be one of standard, *"),
        ((), "cors_insecure = maybe", "cors_insecure: must be true or false"),
    ],
)
def test_a_wrong_option_is_reported_in_one_line_before_any_test(
    run: Run, pytester: pytest.Pytester, args: tuple[str, ...], configured: str, told: str
) -> None:
    pytester.makeini(f"[pytest]\n{configured}\n")
    result = run("def test_other(): pass\ndef test_in(cors): pass\n", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: corsdoctor: {told}"])
    assert ".py" not in result.stderr.str()
    result.stdout.no_fnmatch_line("*collected*")


def test_a_wrong_argument_is_reported_in_one_line(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        "import pytest\n@pytest.fixture(scope='session')\ndef cors_session_args(): return {'cacert': 'no.pem'}\n"
    )
    result = run("def test_in(cors): pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["corsdoctor: no.pem: No such file or directory"])
    for words in ("Traceback", "api.py", "During handling"):
        assert words not in result.stdout.str()


@pytest.fixture
def secure() -> Iterator[tuple[str, str]]:
    """(URL, the authority's PEM) of a server whose certificate no authority of this machine signed."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", "0")
            self.end_headers()

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with listening(Handler, context) as port:
        yield f"https://127.0.0.1:{port}/", authority.cert_pem.bytes().decode()


@pytest.mark.parametrize(
    ("args", "configured", "passed"),
    [((), "", 0), (("--cors-insecure",), "", 1), ((), "cors_insecure = true", 1), ((), "cors_insecure = false", 0)],
)
def test_certificates(
    run: Run,
    pytester: pytest.Pytester,
    secure: tuple[str, str],
    args: tuple[str, ...],
    configured: str,
    passed: int,
) -> None:
    pytester.makeini(f"[pytest]\n{configured}\n")
    result = run(f"def test_in(cors):\n    assert cors.check({secure[0]!r}, origin=PAGE).allowed\n", *args)
    result.assert_outcomes(passed=passed, failed=1 - passed)


def test_the_session_s_other_arguments(run: Run, pytester: pytest.Pytester, secure: tuple[str, str]) -> None:
    url, authority = secure
    (pytester.path / "ca.pem").write_text(authority)
    pytester.makeconftest(
        "import pytest\n@pytest.fixture(scope='session')\ndef cors_session_args(): return {'cacert': 'ca.pem'}\n"
    )
    run(f"def test_in(cors):\n    assert cors.check({url!r}, origin=PAGE).allowed\n").assert_outcomes(passed=1)


def test_all_tests_share_one_connection(run: Run, server: Server) -> None:
    source = """
@pytest.mark.parametrize("n", range(5))
def test_in(cors, n):
    assert cors.check(f"{URL}/put", origin=PAGE, method="PUT", send=True).allowed
"""
    run(source).assert_outcomes(passed=5)
    assert (len(server.requests), server.connections) == (10, 1)


def test_with_xdist(run: Run, server: Server) -> None:
    need(has("xdist"), "pytest-xdist, from PyPI")
    source = """
@pytest.mark.parametrize("path", ["/open", "/none"] * 4)
def test_in(cors, path):
    assert cors.check(f"{URL}{path}", origin=PAGE).allowed
"""
    result = run(source, "-n", "2")
    result.assert_outcomes(passed=4, failed=4)
    assert result.stdout.str().count("  Rule  acao-present: ") == 4
    assert 1 <= server.connections <= 2


def test_nothing_is_loaded_where_no_test_asks(run: Run) -> None:
    source = """
import sys
def test_other(pytestconfig):
    assert pytestconfig.pluginmanager.has_plugin("corsdoctor")
    loaded = {name for name in sys.modules if name.split(".")[0] in ("corsdoctor", "requests", "click", "can_ada")}
    assert loaded == {"corsdoctor", "corsdoctor.version", "corsdoctor.pytest_plugin"}
    assert not [p for p in pytestconfig.pluginmanager.get_plugins() if type(p).__module__ == "corsdoctor.pytest_plugin"]
"""
    run(source).assert_outcomes(passed=1)


def test_it_can_be_turned_off(run: Run) -> None:
    result = run("def test_in(cors): pass\n", "-p", "no:corsdoctor")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *fixture 'cors' not found"])
