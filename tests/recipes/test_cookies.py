"""The settings of recipes/cookies.py on the frameworks themselves: Chromium and Firefox store what they set."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX
from corsdoctor.diagnose import diagnose
from corsdoctor.recipes.cookies import cookie_setting
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Response
from tests.recipes.contract import application, free_port, need, running
from tests.recipes.languages import csharp_calls, java_calls, java_properties
from tests.recipes.nginx_server import nginx
from tests.recipes.node_server import need_packages, node

PYTHON = {
    "flask": """\
from flask import Flask, session
app = Flask("app")
app.secret_key = "x"
SETTING
@app.get("/")
def items():
    session["user"] = 1
    response = app.make_response("")
    OTHER
    return response
value = "1"
print(*app.test_client().get("/").headers.getlist("Set-Cookie"), sep="\\n")
""",
    "fastapi": """\
import asyncio
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import Response
from starlette.routing import Route
SECRET_KEY = value = "1"
async def items(request):
    request.session["user"] = 1
    response = Response()
    OTHER
    return response
app = Starlette(routes=[Route("/", items)])
SETTING
async def receive():
    return {"type": "http.request", "body": b""}
async def send(message):
    for name, line in message.get("headers", ()):
        if name == b"set-cookie":
            print(line.decode())
scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "scheme": "https", "server": ("a", 443)}
asyncio.run(app(scope, receive, send))
""",
    "django": """\
import django
from django.conf import settings
SETTING
settings.configure(
    SECRET_KEY="x", ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"], SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    SESSION_COOKIE_SAMESITE=SESSION_COOKIE_SAMESITE, SESSION_COOKIE_SECURE=SESSION_COOKIE_SECURE,
    CSRF_COOKIE_SAMESITE=CSRF_COOKIE_SAMESITE, CSRF_COOKIE_SECURE=CSRF_COOKIE_SECURE,
)
django.setup()
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import path
value = "1"
def items(request):
    request.session["user"] = 1
    get_token(request)
    response = HttpResponse()
    OTHER
    return response
urlpatterns = [path("", items)]
for cookie in Client().get("/").cookies.values():
    print(cookie.OutputString())
""",
}
EXPRESS = """\
import express from "express";
import session from "express-session";
const app = express(), value = "1", options = { secret: "x", resave: false, saveUninitialized: true };
SETTING
app.get("/", (req, res) => {
  OTHER
  res.end();
});
app.listen(process.env.PORT, "127.0.0.1");
"""
RAILS = """\
require "rails"
require "action_controller/railtie"
require "rack/mock"
class Application < Rails::Application
  config.eager_load = false
  config.logger = Logger.new(File::NULL)
  config.secret_key_base = "x" * 64
  config.hosts.clear
end
SETTING
class ItemsController < ActionController::Base
  def show
    value = session[:user] = "1"
    OTHER
    head :ok
  end
end
Application.initialize!
Application.routes.draw { get "/items" => "items#show" }
asked = Rack::MockRequest.env_for("http://api.example/items", "HTTP_X_FORWARDED_PROTO" => "https")
puts Application.call(asked)[1]["Set-Cookie"]
"""
LARAVEL = """\
<?php
error_reporting(E_ALL & ~E_DEPRECATED);
foreach (["Container", "Config", "Cookie", "Session", "Http"] as $part) {
    require "Illuminate/$part/autoload.php";
}
function cookie(...$arguments) { return (new Illuminate\\Cookie\\CookieJar)->make(...$arguments); }
class Route { function locksFor() {} }
$container = new Illuminate\\Container\\Container;
$container->instance("config", new Illuminate\\Config\\Repository(["session" => [
    "driver" => "file", "files" => ".", "lifetime" => 60, "cookie" => "laravel_session", "path" => "/", "domain" => null,
    "lottery" => [0, 1], "expire_on_close" => false, "encrypt" => false, SETTING
]]));
$container->instance("files", new Illuminate\\Filesystem\\Filesystem);
$request = Illuminate\\Http\\Request::create("https://api.example/");
$request->setRouteResolver(fn () => new Route);
$middleware = new Illuminate\\Session\\Middleware\\StartSession(new Illuminate\\Session\\SessionManager($container));
$answer = $middleware->handle($request, function () {
    $value = "1";
    $response = new Illuminate\\Http\\Response;
    OTHER
    return $response;
});
echo implode("\\n", $answer->headers->all("Set-Cookie"));
"""


def setting_of(server: str, name: str = "other") -> tuple[str, str]:
    """The lines for the session, and those for other cookies."""
    answers = [Response(200, Headers((("X-Powered-By", "PHP/8.2"),)))] if server == "php" else []
    found = cookie_setting(name, answers, None if server == "php" else server)
    assert found is not None
    session, _, other = found.text.partition("\n\n")
    return session, other


def are_stored(lines: list[str], least: int) -> None:
    assert len(lines) >= least
    scenario = Scenario("https://api.example/", Origin("https", "app.site.test"), credentials=Credentials.INCLUDE)
    for line in lines:
        assert re.search("SameSite=None", line, re.IGNORECASE)
        for profile in (CHROMIUM, FIREFOX):
            answer = Response(200, Headers((("Set-Cookie", line),)))
            notes = diagnose(scenario, profile, lambda *_, answer=answer: answer).notes
            assert "cookie-stored" not in {note.rule.id for note in notes}, line


@pytest.mark.parametrize(("server", "cookies"), [("flask", 2), ("fastapi", 2), ("django", 3)])
def test_python(server: str, cookies: int, tmp_path: Path) -> None:
    session, other = setting_of(server)
    program = PYTHON[server].replace("SETTING", session).replace("OTHER", other)
    (tmp_path / "program.py").write_text(program)
    done = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    are_stored(done.stdout.splitlines(), cookies)


def test_express(tmp_path: Path) -> None:
    need_packages("express", "express-session")
    session, other = setting_of("express")
    program = EXPRESS.replace("SETTING", session.replace("...", "...options")).replace("OTHER", other)
    with node(program, tmp_path) as url:
        are_stored(cookies_of(url), 2)


def cookies_of(url: str) -> list[str]:
    """The cookies that a server sets behind a proxy that handles TLS."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"X-Forwarded-Proto": "https"})) as answer:
        return answer.headers.get_all("Set-Cookie") or []


def test_rails(tmp_path: Path) -> None:
    asked = ["ruby", "-e", "%w[action_controller rails rack/mock].each { |name| require name }"]
    there = shutil.which("ruby") is not None and subprocess.run(asked, capture_output=True).returncode == 0
    need(there, "Debian's ruby-railties and ruby-actionpack")
    session, other = setting_of("rails")
    (tmp_path / "app.rb").write_text(RAILS.replace("SETTING", session).replace("OTHER", other))
    done = subprocess.run(["ruby", tmp_path / "app.rb"], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    are_stored(done.stdout.splitlines(), 2)


def test_php(tmp_path: Path) -> None:
    need("php", "PHP")
    session, other = setting_of("php")
    (tmp_path / "index.php").write_text(f'<?php {session} session_start(); $value = "1"; {other}')
    port = free_port()
    command = ["php", "-d", f"session.save_path={tmp_path}", "-S", f"127.0.0.1:{port}", "index.php"]
    with running(command, port, tmp_path) as url:
        are_stored(cookies_of(url), 2)


def test_laravel(tmp_path: Path) -> None:
    need("php", "PHP")
    asked = ["php", "-r", 'exit(stream_resolve_include_path("Illuminate/Session/autoload.php") ? 0 : 1);']
    need(
        subprocess.run(asked).returncode == 0, "Debian's php-illuminate-session, -cookie, -http, -config and -container"
    )
    session, other = setting_of("laravel")
    (tmp_path / "app.php").write_text(LARAVEL.replace("SETTING", session).replace("OTHER", other))
    done = subprocess.run(["php", "app.php"], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    are_stored(done.stdout.splitlines(), 2)


def test_spring(tmp_path: Path) -> None:
    session, other = setting_of("spring")
    assert java_properties(tmp_path, session) == {
        "server.servlet.session.cookie.same-site": "none",
        "server.servlet.session.cookie.secure": "true",
    }
    calls = java_calls(tmp_path, f"class Items {{ void show() {{ {other} }} }}")
    cookie = 'ResponseCookie.from("other", value).path("/").sameSite("None").secure(true)'
    assert f"{cookie}.build()" in calls
    assert "response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString())" in calls


def test_aspnet() -> None:
    session, other = setting_of("aspnet")
    called = csharp_calls(f"{session}\n{other}\n")
    assert list(called) == ["ConfigureApplicationCookie", "AddSession", "Append"]
    assert session.count("options.Cookie.SameSite = SameSiteMode.None;") == 2
    assert session.count("options.Cookie.SecurePolicy = CookieSecurePolicy.Always;") == 2
    assert called["Append"] == '("other", value, new CookieOptions { SameSite = SameSiteMode.None, Secure = true })'


@pytest.mark.parametrize(
    ("line", "framework"),
    [
        ("shop_session=eyJpdiI6IjQ5; path=/; httponly; samesite=lax", "Laravel"),
        ("XSRF-TOKEN=eyJpdiI6IjQ5; path=/; samesite=lax", "Laravel"),
        ("SESSION=MzY4YTM1ZWQtY2I4OS00ZjQ1LTk3OTMtMmE0ZDY2NTc4Yzlj; Path=/; HttpOnly; SameSite=Lax", "Spring Boot"),
        (".AspNetCore.Session=CfDJ8; path=/; samesite=lax; httponly", "ASP.NET Core"),
        (".AspNetCore.Identity.Application=CfDJ8; path=/; samesite=lax; httponly", "ASP.NET Core"),
        ("session=eyJ1c2VyIjoxfQ.Zz.a; HttpOnly; Path=/", None),
        ("XSRF-TOKEN=4f1c; Path=/", None),
    ],
)
def test_a_cookie_shows_its_framework(line: str, framework: str | None) -> None:
    setting = cookie_setting("a", [Response(200, Headers((("Set-Cookie", line),)))], None)
    assert (None if setting is None else setting.title.split(",")[0].removeprefix("In ").split(" 2.6")[0]) == framework


def test_nginx(tmp_path: Path) -> None:
    setting, _ = setting_of("nginx")
    with application((("Set-Cookie", "sid=1; Path=/"), ("Set-Cookie", "b=2; SameSite=Lax"))) as behind:
        location = f"location / {{\nproxy_pass http://{behind};\n{setting}\n}}"
        with nginx(tmp_path, "", location) as url:
            are_stored(cookies_of(f"{url}/items"), 2)


def test_a_server_of_several_frameworks_shows_none() -> None:
    answers = [Response(200, Headers((("Server", "gunicorn"),)))]
    assert cookie_setting("a", answers, None) is None
    assert cookie_setting("a", answers, "django") is not None
