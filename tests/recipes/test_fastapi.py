"""FastAPI with Starlette's CORSMiddleware, under uvicorn; and Starlette alone."""

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

FASTAPI = """\
from fastapi import FastAPI, Response

app = FastAPI()

@app.middleware("http")
async def login(request, call_next):
    if request.url.path == "/private" and "Authorization" not in request.headers:
        return Response(status_code=401)
    return await call_next(request)

@app.api_route("/items", methods=["GET", "PUT"])
@app.api_route("/private", methods=["GET", "PUT"])
async def items():
    return Response(headers={"X-Total-Count": "42"})

@app.api_route("/broken", methods=["GET", "PUT"])
async def broken():
    raise ValueError

"""
STARLETTE = """\
from starlette.applications import Starlette
from starlette.authentication import AuthenticationBackend, AuthenticationError
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.responses import Response
from starlette.routing import Route

class Login(AuthenticationBackend):
    async def authenticate(self, conn):
        if conn.url.path == "/private" and "Authorization" not in conn.headers:
            raise AuthenticationError

async def items(request):
    return Response(headers={"X-Total-Count": "42"})

async def broken(request):
    raise ValueError

app = Starlette(
    routes=[Route("/items", items, methods=["GET", "PUT"]), Route("/broken", broken, methods=["GET", "PUT"])],
    middleware=[Middleware(AuthenticationMiddleware, Login(), on_error=lambda *_: Response(status_code=401))],
)

"""


@pytest.fixture(params=[FASTAPI, STARLETTE], ids=["fastapi", "starlette"])
def serve(tmp_path: Path, request: pytest.FixtureRequest) -> Serve:
    need(find_spec("fastapi") is not None and find_spec("uvicorn") is not None, "FastAPI and uvicorn")

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        text = "" if policy is None else recipe("fastapi", policy)
        (tmp_path / "main.py").write_text(request.param + text)
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "main:app", "--host", "127.0.0.1", "--port", str(port)]
        with running(command, port, tmp_path) as url:
            yield url

    return started


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
