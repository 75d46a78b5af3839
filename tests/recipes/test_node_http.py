"""Node.js without a framework."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import POLICIES, Serve, is_blocked_without, keeps, recipe
from tests.recipes.node_server import need_packages, node

PROGRAM = """\
import http from "node:http";

{function}
const STATUS = {{ "/items": 200, "/broken": 500, "/private": 401 }};
http
  .createServer((req, res) => {{
    {call}
    res.setHeader("X-Total-Count", "42");
    res.writeHead(STATUS[req.url] ?? 404).end();
  }})
  .listen(process.env.PORT, "127.0.0.1");
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    need_packages()

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        text = "" if policy is None else recipe("node-http", policy)
        function, _, call = text.partition("// first line of the request listener")
        with node(PROGRAM.format(function=function, call=call), tmp_path) as url:
            yield url

    return started


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
