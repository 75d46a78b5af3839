"""Nothing that is granted today is lost: on real servers, what passed before the printed configuration passes after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

import pytest

from corsdoctor import Session
from corsdoctor.policy import Policy
from tests.recipes import node_server, test_nginx, test_node, test_python
from tests.recipes.contract import Serve
from tests.recipes.node_server import need_packages

APP: Final = "https://app.example"
OTHER: Final = "https://other.example"


class Asked(NamedTuple):
    """A request for /items. `origin` is the page's."""

    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    credentials: str | None = None
    origin: str = APP


STARTS: Final = {
    "nothing": None,
    "a simple request": Policy((APP,)),
    "methods and headers": Policy((APP,), ("PUT", "PATCH"), ("X-Api-Key",), expose=("X-Total-Count",)),
    "credentials": Policy((APP, OTHER), ("PUT",), ("X-Api-Key", "Authorization"), True, max_age=60),
    "everybody": Policy(("*",), ("PUT",), ("X-Api-Key",)),
    "everybody, every header": Policy(("*",), ("DELETE",), ("*",)),
}
FAILING: Final = (
    Asked("DELETE"),
    Asked("GET", (("X-New", "1"),)),
    Asked("PUT", (("X-New", "1"),), "include"),
    Asked("PUT", (("X-Api-Key", "1"),), None, "https://new.example"),
)
ALL: Final = tuple(
    Asked(method, headers, credentials)
    for method, headers, credentials in product(
        ("GET", "PUT", "PATCH", "DELETE"),
        ((), (("X-Api-Key", "1"),), (("Authorization", "Bearer x"),)),
        (None, "include"),
    )
)


class Server(NamedTuple):
    """`serve` starts it, and `module` is the one whose `recipe` gives the configuration. `id` is for --server."""

    id: str
    serve: Serve
    module: ModuleType


@pytest.fixture(params=["starlette", "express", "nginx"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Server:
    if request.param == "starlette":
        return Server("fastapi", test_python.serving("starlette", tmp_path), test_python)
    if request.param == "express":
        need_packages(*test_node.PACKAGES["express"])
        program = test_node.PROGRAMS["express"]
        return Server("express", node_server.serving("express", program, tmp_path), node_server)
    started = test_nginx.in_front(tmp_path)
    return Server("nginx", lambda policy: started(policy, ()), test_nginx)


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as session:
        yield session


def passes(session: Session, url: str, asked: Asked) -> bool:
    """Whether no browser blocks the request, by its preflight response and, where that is safe, by its own."""
    return not session.check(
        f"{url}/items", origin=asked.origin, method=asked.method, headers=asked.headers, credentials=asked.credentials,
        probes="0",
    ).blocked  # fmt: skip


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_what_passed_before_passes_after(
    server: Server, session: Session, start: Policy | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[tuple[Asked, bool, str, bool]] = []
    with server.serve(start) as url:
        before = [asked for asked in ALL if passes(session, url, asked)]
        for asked, minimal in product((one for one in FAILING if not passes(session, url, one)), (False, True)):
            fix = session.fix(
                f"{url}/items", origin=asked.origin, method=asked.method, headers=asked.headers,
                credentials=asked.credentials, server=server.id, minimal=minimal,
            )  # fmt: skip
            assert fix.configuration is not None
            said = re.search(
                r"every request header that|allows other [\w, ]*request headers", " ".join(fix.report.split())
            )
            printed.append((asked, minimal, fix.configuration, said is not None))
    assert printed
    for failing, minimal, configuration, told in printed:
        monkeypatch.setattr(server.module, "recipe", lambda *_, text=configuration: text)
        with server.serve(Policy((APP,))) as url:
            assert passes(session, url, failing)
            if not minimal and failing.origin == APP:  # what other pages may do is not visible from outside
                lost = [asked for asked in before if not passes(session, url, asked)]
                assert not lost or (told and failing.credentials and all(asked.headers for asked in lost))
