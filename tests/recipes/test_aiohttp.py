"""aiohttp's own server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import (
    POLICIES,
    Serve,
    free_port,
    is_blocked_without,
    keeps,
    need,
    recipe,
    running,
)

APP = """\
from aiohttp import web

@web.middleware
async def login(request, handler):
    if request.path == "/private" and "Authorization" not in request.headers:
        raise web.HTTPUnauthorized
    return await handler(request)

async def items(request):
    return web.Response(headers={{"X-Total-Count": "42"}})

async def broken(request):
    raise ValueError

app = web.Application(middlewares=[login])

{recipe}

app.add_routes([
    web.get("/items", items), web.put("/items", items),
    web.get("/private", items), web.put("/private", items),
    web.get("/broken", broken), web.put("/broken", broken),
])
web.run_app(app, host="127.0.0.1", port={port}, print=None)
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    need(find_spec("aiohttp") is not None, "aiohttp from the Python index")

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        port = free_port()
        text = "" if policy is None else recipe("aiohttp", policy)
        (tmp_path / "main.py").write_text(APP.format(recipe=text, port=port))
        with running([sys.executable, "main.py"], port, tmp_path) as url:
            yield url

    return started


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
