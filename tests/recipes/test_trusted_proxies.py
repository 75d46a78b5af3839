"""The settings of causes/known.py with which an application trusts X-Forwarded-Proto, on the servers themselves."""

from __future__ import annotations

import http.client
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from corsdoctor.causes.known import TRUSTING
from tests.recipes.contract import free_port, need, running
from tests.recipes.languages import java_properties
from tests.recipes.node_server import need_packages, node

FLASK: Final = """\
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
app = Flask("app")
SETTING
@app.get("/items/")
def items():
    return ""
"""
STARLETTE: Final = """\
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
async def items(request):
    return Response()
app = Starlette(routes=[Route("/items/", items)])
"""
DJANGO: Final = """\
import django
from django.conf import settings
settings.configure(ROOT_URLCONF="app", ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=True, MIDDLEWARE=["django.middleware.security.SecurityMiddleware"])
SETTING
django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("items", lambda request: HttpResponse(status=308, headers={"Location": request.build_absolute_uri("/items/")}))]
app = get_wsgi_application()
"""
EXPRESS: Final = """\
import express from "express";
const app = express();
SETTING
app.get("/items", (req, res) => res.redirect(`${req.protocol}://${req.get("host")}/items/`));
app.listen(process.env.PORT, "127.0.0.1");
"""
ELSEWHERE: Final = "192.0.2.1"


def setting_of(who: str) -> str:
    """What is to copy, between the backquotes."""
    return TRUSTING[who].split("`")[1]


def location(url: str) -> str:
    """Where a proxy that handles TLS is redirected by the application behind it."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", "/items", headers={"Host": "api.example", "X-Forwarded-Proto": "https"})
    try:
        return connection.getresponse().headers["Location"]
    finally:
        connection.close()


def served(program: str, command: list[str], folder: Path) -> str:
    (folder / "app.py").write_text(program)
    port = free_port()
    with running([sys.executable, "-m", *command, str(port)], port, folder) as url:
        return location(url)


@pytest.mark.parametrize(("proxy", "scheme"), [("127.0.0.1", "https"), (ELSEWHERE, "http")])
def test_gunicorn(proxy: str, scheme: str, tmp_path: Path) -> None:
    flag = setting_of("gunicorn").replace("PROXY", proxy)
    (tmp_path / "app.py").write_text(FLASK.replace("SETTING", ""))
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", flag, "-b", f"127.0.0.1:{port}", "app:app"]
    with running(command, port, tmp_path) as url:
        assert location(url) == f"{scheme}://api.example/items/"


@pytest.mark.parametrize(("proxy", "scheme"), [("127.0.0.1", "https"), (ELSEWHERE, "http")])
def test_uvicorn(proxy: str, scheme: str, tmp_path: Path) -> None:
    flags = setting_of("uvicorn").replace("PROXY", proxy).split()
    assert served(STARLETTE, ["uvicorn", "app:app", *flags, "--port"], tmp_path) == f"{scheme}://api.example/items/"


@pytest.mark.parametrize(("who", "program"), [("Flask", FLASK), ("Django", DJANGO)])
def test_an_application_in_python(who: str, program: str, tmp_path: Path) -> None:
    setting = setting_of(who)
    if who == "Django":
        name, _, value = setting.partition(" = ")
        setting = f"settings.{name} = {value}"
    serve = ["gunicorn", "--no-control-socket", f"--forwarded-allow-ips={ELSEWHERE}", "app:app", "-b"]
    (tmp_path / "app.py").write_text(program.replace("SETTING", setting))
    port = free_port()
    with running([sys.executable, "-m", *serve, f"127.0.0.1:{port}"], port, tmp_path) as url:
        assert location(url) == "https://api.example/items/"


@pytest.mark.parametrize(("setting", "scheme"), [(setting_of("Express"), "https"), ("", "http")])
def test_express(setting: str, scheme: str, tmp_path: Path) -> None:
    need_packages("express")
    with node(EXPRESS.replace("SETTING", setting), tmp_path) as url:
        assert location(url) == f"{scheme}://api.example/items/"


def test_spring(tmp_path: Path) -> None:
    assert java_properties(tmp_path, setting_of("Spring")) == {"server.forward-headers-strategy": "framework"}


def test_laravel(tmp_path: Path) -> None:
    need("php", "PHP")
    (tmp_path / "app.php").write_text(f"<?php {setting_of('Laravel')};")
    subprocess.run(["php", "-l", "app.php"], cwd=tmp_path, check=True, capture_output=True)
