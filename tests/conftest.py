"""What all tests share: they give the same result on any machine, however busy it is.

hypothesis looks at the same examples each time, and takes as long as it needs. Signals that a background job of a shell
ignores are not ignored in the processes that tests start.

`pytest -m core` runs the tests of what is pure. They start no process and open no connection, and this file proves it.
Those marked `exhaustive` go through thousands of cases and are not part of it, so that it takes less than two minutes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.test_architecture import FLOOR, PURE_UP_TO

os.environ.pop("GITHUB_ACTIONS", None)  # it chooses a format

for name, usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL), ("SIGTERM", signal.SIG_DFL)):
    number = getattr(signal, name, None)  # Windows has no SIGHUP
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", settings.get_profile("same"), derandomize=False, max_examples=2000)
settings.load_profile("same")  # pytest --hypothesis-profile=search looks for more

TESTS = Path(__file__).parent
CORE = {room for room, floor in FLOOR.items() if floor <= PURE_UP_TO} | {
    "architecture", "conformance", "console", "docs", "reports",
}  # fmt: skip
"""Names in tests/: of directories, and of files test_NAME.py."""
_PURE_OF_RECIPES = ("test_names.py", "test_recipes.py")
IMPURE_TESTS = (
    {path for path in sorted(TESTS.glob("recipes/test_*.py")) if path.name not in _PURE_OF_RECIPES}
    | {TESTS / "reports" / f"test_{name}.py" for name in ("formats_cli", "formats_readers")}
    | {TESTS / "browsers" / "test_live.py"}
)
"""Tests of the rooms above that start a process, or a server."""


def _is_core(path: Path) -> bool:
    room = path.relative_to(TESTS).parts[0].removeprefix("test_").removesuffix(".py")
    return room in CORE and path not in IMPURE_TESTS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_core(item.path) and item.get_closest_marker("exhaustive") is None:
            item.add_marker("core")


_guarded = False
_IMPURE = {"socket.bind", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.posix_spawn"}


def _forbid(event: str, _args: tuple[object, ...]) -> None:
    assert not (_guarded and event in _IMPURE), f"{event}: a test of the core starts no process and connects to nothing"


sys.addaudithook(_forbid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    global _guarded
    _guarded = item.get_closest_marker("core") is not None
    try:
        return (yield)
    finally:
        _guarded = False
