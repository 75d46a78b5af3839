"""Servers in Python. In a program, RECIPE stands for the recipe and PORT for the port; so does recipe.py for Django."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import (
    FOREIGN,
    POLICIES,
    WITH,
    Contract,
    Serve,
    allowed,
    check,
    free_port,
    keeps,
    need,
    recipe,
    running,
)

PACKAGES: Final = {
    "flask": ("flask_cors",),
    "aiohttp": ("aiohttp",),
    "fastapi": ("fastapi", "uvicorn"),
    "starlette": ("starlette", "uvicorn"),
    "django": ("django", "corsheaders"),
    "mcp": ("starlette", "uvicorn"),
    "python-http-server": (),
}
PROGRAMS: Final = {
    "flask": """\
import flask
from werkzeug.serving import run_simple

app = flask.Flask(__name__)

RECIPE

@app.before_request
def login():
    if flask.request.path == "/private" and "Authorization" not in flask.request.headers:
        flask.abort(401)

@app.route("/items", methods=["GET", "PUT"])
@app.route("/private", methods=["GET", "PUT"])
def items():
    return "", 200, {"X-Total-Count": "42"}

@app.route("/broken", methods=["GET", "PUT"])
def broken():
    raise ValueError

run_simple("127.0.0.1", PORT, app, threaded=True)
""",
    "aiohttp": """\
from aiohttp import web

@web.middleware
async def login(request, handler):
    if request.path == "/private" and "Authorization" not in request.headers:
        raise web.HTTPUnauthorized
    return await handler(request)

async def items(request):
    return web.Response(headers={"X-Total-Count": "42"})

async def broken(request):
    raise ValueError

app = web.Application(middlewares=[login])

RECIPE

app.add_routes([
    web.get("/items", items), web.put("/items", items),
    web.get("/private", items), web.put("/private", items),
    web.get("/broken", broken), web.put("/broken", broken),
])
web.run_app(app, host="127.0.0.1", port=PORT, print=None)
""",
    "fastapi": """\
import uvicorn
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

RECIPE
uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="error")
""",
    "starlette": """\
import uvicorn
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

RECIPE
uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="error")
""",
    "django": """\
import os
from wsgiref.simple_server import make_server

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

def login(get_response):
    def answer(request):
        if request.path == "/private" and "Authorization" not in request.headers:
            return HttpResponse(status=401)
        return get_response(request)
    return answer

def items(request):
    return HttpResponse(headers={"X-Total-Count": "42"}, status=405 if request.method == "OPTIONS" else 200)

def broken(request):
    raise ValueError

urlpatterns = [path("items", items), path("private", items), path("broken", broken)]

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    application = get_wsgi_application()
    call_command("check", fail_level="WARNING")
    make_server("127.0.0.1", PORT, application).serve_forever()
""",
    "python-http-server": """\
def application(handler):
    class Application(handler):
        def end_headers(self):
            self.send_header("X-Total-Count", "42")
            super().end_headers()

        def do_GET(self):
            status = {"/broken": 500, "/private": 401}.get(self.path)
            self.send_error(status) if status else super().do_GET()

        do_PUT = do_GET

    return Application

RECIPE
""",
}
MCP: Final = """\
import sys
import types

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def answer(request):
    return Response(headers={"Mcp-Session-Id": "1"})

security = types.ModuleType("mcp.server.transport_security")
security.TransportSecuritySettings = dict
sys.modules |= {"mcp": security, "mcp.server": security, "mcp.server.transport_security": security}

class mcp:
    streamable_http_app = staticmethod(lambda transport_security: Starlette(routes=[Route("/mcp", answer, methods=["POST", "DELETE"])]))

RECIPE
uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="error")
"""
WITHOUT: Final = {
    "python-http-server": """\
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

ThreadingHTTPServer(("127.0.0.1", PORT), application(SimpleHTTPRequestHandler)).serve_forever()
""",
}
CHANGES: Final = {"python-http-server": ("8000), Handler)", "PORT), application(Handler))")}
SETTINGS: Final = """\
SECRET_KEY = "test"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "main"
INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "main.login"]

"""


class TestPython(Contract):
    @pytest.fixture(params=PROGRAMS)
    def serve(self, request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
        return serving(request.param, tmp_path)


def serving(id: str, directory: Path) -> Serve:
    for package in PACKAGES[id]:
        need(find_spec(package) is not None, f"{package} from the Python index")

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        port = free_port()
        text = WITHOUT.get(id, "") if policy is None else recipe("fastapi" if id == "starlette" else id, policy)
        text = text.replace(*CHANGES.get(id, ("", "")))
        (directory / "settings.py").write_text(SETTINGS + text)
        (directory / "items").touch()
        (directory / "main.py").write_text(
            (PROGRAMS | {"mcp": MCP})[id].replace("RECIPE", text).replace("PORT", str(port))
        )
        with running([sys.executable, "main.py"], port, directory) as url:
            yield url

    return started


def test_flask_compares_an_origin_that_looks_like_a_pattern_as_a_whole_too(tmp_path: Path) -> None:
    keeps(serving("flask", tmp_path), Policy(("http://[::1]:3000",)))


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_an_mcp_client_can_start_and_end_a_session(tmp_path: Path, policy: Policy) -> None:
    posted = ("-X", "POST", "-H", "Content-Type: application/json", "-H", "Mcp-Protocol-Version: 2025-06-18")
    ended = ("-X", "DELETE", "-H", "Mcp-Session-Id: 1")
    credentials = WITH if policy.credentials else ()
    with serving("mcp", tmp_path)(policy) as url:
        for origin in ("https://any.example",) if policy.public else policy.origins:
            report = check(url + "/mcp", origin, *posted, *credentials, "--send")
            assert allowed(report)
            assert "mcp-session-id" in report["browsers"]["standard"]["readable"]
            assert allowed(check(url + "/mcp", origin, *ended, *credentials, "--send"))
        for origin in () if policy.public else FOREIGN:
            assert not allowed(check(url + "/mcp", origin, *posted, "--send"))
