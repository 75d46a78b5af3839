"""The plugin of pytest: the fixture `cors`, a corsdoctor.Session that lasts as long as pytest runs.

    def test_the_app_gets_in(cors):
        assert cors.check("https://api.example/items", origin="https://app.example").allowed

A test that fails shows the report of the result that it looked at last. Nothing of corsdoctor is loaded before a test asks
for the fixture: imports stand in the functions, and the hook is registered by the fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from corsdoctor.api import Result, Session

_TITLE: Final = "corsdoctor"


def pytest_addoption(parser: pytest.Parser) -> None:
    """--cors-browsers and --cors-insecure, and the same for the configuration file."""
    group = parser.getgroup("cors", "cross-origin requests (corsdoctor)")
    group.addoption(
        "--cors-browsers",
        metavar="NAME[,NAME]",
        help="The browsers to replay: standard (the Fetch Standard), chromium, firefox, webkit [cors_browsers, or all].",
    )
    group.addoption("--cors-insecure", action="store_true", help="Accept any certificate [cors_insecure, or no].")
    parser.addini("cors_browsers", "The browsers to replay, like --cors-browsers.", type="args", default=[])
    parser.addini("cors_insecure", "Whether to accept any certificate.", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Checks the options before any test runs. Nothing of corsdoctor is loaded if no browser is named."""
    wrong = []
    try:
        config.getini("cors_insecure")
    except (ValueError, pytest.UsageError):  # which one it is depends on pytest's version
        wrong.append("cors_insecure: must be true or false")
    named = _browsers(config)
    if named is not None:
        from corsdoctor.reading import read_browser

        typed = config.getoption("cors_browsers") is not None
        field = "--cors-browsers" if typed else "cors_browsers"
        names = [name for value in named for name in value.split(",") if name.strip()]
        if not names:
            wrong.append(f"{field}: is empty; name a browser, or omit it to use all of them")
        for name in names:
            try:
                read_browser(name)
            except ValueError as e:
                wrong.append(f"{field} {name!r}: {e}")
    if wrong:
        raise pytest.UsageError("; ".join(f"corsdoctor: {reason}" for reason in wrong))


def _browsers(config: pytest.Config) -> list[str] | None:
    """The given names of browsers, None for all."""
    typed: str | None = config.getoption("cors_browsers")
    configured: list[str] = config.getini("cors_browsers")
    return [typed] if typed is not None else configured or None


@pytest.fixture(scope="session")
def cors_session_args() -> dict[str, Any]:
    """Further arguments of corsdoctor.Session for the fixture `cors`, such as cacert and resolve. Override it."""
    return {}


@pytest.fixture(scope="session")
def cors(pytestconfig: pytest.Config, cors_session_args: dict[str, Any]) -> Iterator[Session]:
    """A corsdoctor.Session: cors.check(url, origin=...) returns a corsdoctor.Result. All tests share its connections."""
    from corsdoctor.api import Session
    from corsdoctor.errors import CorsDoctorError

    seen = _Seen()
    given = {
        "browsers": _browsers(pytestconfig),
        "insecure": pytestconfig.getoption("cors_insecure") or pytestconfig.getini("cors_insecure"),
        "asked": seen.asked,
        **cors_session_args,
    }
    try:
        session, error = Session(**given), ""
    except CorsDoctorError as e:
        session, error = None, str(e)
    if session is None:  # outside of the except block, or pytest would show the first error too
        pytest.fail(f"corsdoctor: {error}", pytrace=False)
    pytestconfig.pluginmanager.register(seen)
    with session:
        yield session
    pytestconfig.pluginmanager.unregister(seen)


class _Seen:
    """Keeps the results that a test uses, and adds the report of the last one to the failure of the test."""

    def __init__(self) -> None:
        self._results: list[Result] = []

    def asked(self, result: Result) -> None:
        """Called when a test uses `result`."""
        self._results = [*(other for other in self._results if other is not result), result]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Called after setup, call and teardown of each test."""
        report = yield
        results = self._results
        if call.when == "teardown":
            self._results = []
        if results and call.excinfo is not None and report.failed:
            explained = call.excinfo.errisinstance((AssertionError, pytest.fail.Exception))
            _conceal(report, results)
            if explained:
                _explain(report, results[-1])
        return report


def _explain(report: pytest.TestReport, result: Result) -> None:
    """Adds the result's report to the failure; the summary's line says what became of the request."""
    shown: Any = report.longrepr
    text = result.report
    if hasattr(shown, "addsection"):
        shown.addsection(_TITLE, text, "_")
    else:  # a failure without a traceback is a string
        report.sections.append((_TITLE, text))
    crash = getattr(shown, "reprcrash", None)
    if crash is not None:
        crash.message = f"{result.explain(verbosity=-1)}\n{crash.message}"


def _conceal(report: pytest.TestReport, results: list[Result]) -> None:
    """Masks the secrets of the results in the values that a failure shows: its message, source and locals."""
    from corsdoctor.report import Report
    from corsdoctor.reports.secrets import masker

    report.longrepr = _masked(report.longrepr, masker(*(Report(result.diagnoses) for result in results)))


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    """`value` with each text in it masked; pytest's objects are changed in place."""
    if isinstance(value, str):
        return mask(value)
    if type(value) in (list, tuple):
        return type(value)(_masked(part, mask) for part in value)
    if is_dataclass(value):
        for field in fields(value):
            setattr(value, field.name, _masked(getattr(value, field.name), mask))
    return value
