"""Real middlewares and proxies in safe and unsafe settings, each path with what an expert would say of it.

The labels are those of tests/audit/estate. Every server has all its policies in one process, by path.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from tests.audit.estate import APP, OTHER, labels
from tests.recipes.contract import application, free_port, need, running
from tests.recipes.go_program import DEBIAN
from tests.recipes.node_server import need_packages, node


class Real(NamedTuple):
    """A server that is started in a folder, and the labels of each of its paths."""

    start: Callable[[Path], AbstractContextManager[str]]
    expected: dict[str, frozenset[str]]


FLASK: Final = f"""\
import flask
from flask_cors import CORS
from werkzeug.serving import run_simple

app = flask.Flask(__name__)
CORS(app, resources={{
    "/public": {{}},
    "/reflects": {{"supports_credentials": True}},
    "/list": {{"origins": ["{APP}", "{OTHER}"], "supports_credentials": True}},
    "/alone": {{"origins": "{APP}", "supports_credentials": True}},
    "/pattern": {{"origins": r"https://.*\\.example\\.com", "supports_credentials": True}},
    "/anchored": {{"origins": r"^https://(app|admin)\\.example\\.com$", "supports_credentials": True}},
    "/development": {{"origins": ["{APP}", "http://localhost:3000"], "supports_credentials": True}},
    "/null": {{"origins": ["{APP}", "null"], "supports_credentials": True}},
}})

@app.route("/<name>")
def items(name):
    return {{"of": name}}

run_simple("127.0.0.1", PORT, app, threaded=True)
"""
STARLETTE: Final = f"""\
import uvicorn
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

async def items(request):
    return JSONResponse({{"a": 1}})

def app(**options):
    return CORSMiddleware(Starlette(routes=[Route("/", items)]), **options)

uvicorn.run(Starlette(routes=[
    Mount("/public", app(allow_origins=["*"])),
    Mount("/reflects", app(allow_origins=["*"], allow_credentials=True)),
    Mount("/list", app(allow_origins=["{APP}", "{OTHER}"], allow_credentials=True)),
    Mount("/pattern", app(allow_origin_regex=r"https://app\\.example\\.com", allow_credentials=True)),
    Mount("/ends", app(allow_origin_regex=r"https://.*example\\.com", allow_credentials=True)),
    Mount("/dot", app(allow_origin_regex=r"https://app.example.com", allow_credentials=True)),
    Mount("/previews", app(allow_origin_regex=r"https://app\\.example\\.com|https://.*\\.vercel\\.app", allow_credentials=True)),
]), host="127.0.0.1", port=PORT, log_level="error")
"""
DJANGO: Final = f"""\
import os
from wsgiref.simple_server import make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.test import override_settings
from django.urls import path

POLICIES = {{
    "/public": dict(CORS_ALLOW_ALL_ORIGINS=True),
    "/reflects": dict(CORS_ALLOW_ALL_ORIGINS=True, CORS_ALLOW_CREDENTIALS=True),
    "/list": dict(CORS_ALLOWED_ORIGINS=["{APP}"], CORS_ALLOW_CREDENTIALS=True),
    "/pattern": dict(CORS_ALLOWED_ORIGIN_REGEXES=[r"^https://\\w+\\.example\\.com"], CORS_ALLOW_CREDENTIALS=True),
    "/subdomains": dict(CORS_ALLOWED_ORIGIN_REGEXES=[r"^https://\\w+\\.example\\.com$"], CORS_ALLOW_CREDENTIALS=True),
}}

def items(request, name):
    return JsonResponse({{"of": name}})

urlpatterns = [path("<name>", items)]
settings.configure(
    SECRET_KEY="test", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, INSTALLED_APPS=["corsheaders"],
    MIDDLEWARE=["corsheaders.middleware.CorsMiddleware", "django.middleware.common.CommonMiddleware"],
)
served = get_wsgi_application()

def by_path(environ, start_response):
    with override_settings(**POLICIES.get(environ["PATH_INFO"], {{}})):
        return served(environ, start_response)

make_server("127.0.0.1", PORT, by_path).serve_forever()
"""
AIOHTTP: Final = f"""\
import aiohttp_cors
from aiohttp import web

async def items(request):
    return web.json_response({{"a": 1}})

app = web.Application()
cors = aiohttp_cors.setup(app)
POLICIES = {{
    "/public": {{"*": aiohttp_cors.ResourceOptions()}},
    "/reflects": {{"*": aiohttp_cors.ResourceOptions(allow_credentials=True)}},
    "/list": {{"{APP}": aiohttp_cors.ResourceOptions(allow_credentials=True)}},
}}
for path, options in POLICIES.items():
    resource = cors.add(app.router.add_resource(path))
    cors.add(resource.add_route("GET", items), options)
web.run_app(app, host="127.0.0.1", port=PORT, print=None)
"""
EXPRESS: Final = f"""\
import express from "express";
import cors from "cors";

const app = express();
app.set("env", "test");
const policies = {{
  "/public": {{}},
  "/public-with-credentials": {{ credentials: true }},
  "/reflects": {{ origin: true, credentials: true }},
  "/alone": {{ origin: "{APP}", credentials: true }},
  "/list": {{ origin: ["{APP}", "{OTHER}"], credentials: true }},
  "/ends": {{ origin: /example\\.com$/, credentials: true }},
  "/subdomains": {{ origin: /^https:\\/\\/([a-z]+\\.)?example\\.com$/, credentials: true }},
  "/function": {{ origin: (origin, done) => done(origin === undefined || origin === "{APP}" ? null : new Error("no"), true), credentials: true }},
  "/includes": {{ origin: (origin, done) => done(null, (origin ?? "").includes("app.example.com")), credentials: true }},
  "/truthy": {{ origin: (origin, done) => done(null, "{APP}".indexOf(origin) !== -1), credentials: true }},
}};
for (const [path, options] of Object.entries(policies)) app.use(path, cors(options));
app.get("/:name", (req, res) => res.json({{ of: req.params.name }}));
app.listen(process.env.PORT, "127.0.0.1");
"""
GO: Final = f"""\
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/rs/cors"
)

func main() {{
	mux := http.NewServeMux()
	items := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {{ w.Write([]byte("[]")) }})
	for path, options := range map[string]cors.Options{{
		"/public":     {{AllowedOrigins: []string{{"*"}}}},
		"/wildcard":   {{AllowedOrigins: []string{{"*"}}, AllowCredentials: true}},
		"/list":       {{AllowedOrigins: []string{{"{APP}", "{OTHER}"}}, AllowCredentials: true}},
		"/subdomains": {{AllowedOrigins: []string{{"https://*.example.com"}}, AllowCredentials: true}},
		"/ends":       {{AllowedOrigins: []string{{"https://*example.com"}}, AllowCredentials: true}},
		"/begins":     {{AllowedOrigins: []string{{"https://app.*"}}, AllowCredentials: true}},
		"/function":   {{AllowOriginFunc: func(string) bool {{ return true }}, AllowCredentials: true}},
	}} {{
		mux.Handle(path, cors.New(options).Handler(items))
	}}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], mux))
}}
"""


def _location(path: str, value: str, condition: str = "") -> str:
    """A location of nginx that allows the origin `value` with credentials, if `condition` holds."""
    lines = f"""add_header Access-Control-Allow-Origin {value} always;
        add_header Access-Control-Allow-Credentials true always;
        add_header Vary Origin always;
        return 200 "[]";"""
    inner = f'if ({condition}) {{ {lines} }} add_header Vary Origin; return 200 "[]";' if condition else lines
    return f"location = {path} {{ {inner} }}"


_SUBDOMAINS: Final = r'''$http_origin ~* "^https?://(.+\.)?example\.com$"'''
_CONTAINS: Final = r'''$http_origin ~* "example\.com"'''
NGINX: Final = f"""\
daemon off;
pid DIR/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path DIR/a; proxy_temp_path DIR/b; fastcgi_temp_path DIR/c; uwsgi_temp_path DIR/d; scgi_temp_path DIR/e;
    map $http_origin $exact {{ {APP} $http_origin; {OTHER} $http_origin; }}
    map $http_origin $anchored {{ "~^https://(app|admin)\\.example\\.com$" $http_origin; }}
    map $http_origin $unanchored {{ "~^https://app\\.example\\.com" $http_origin; }}
    map $http_origin $dots {{ "~^https://app.example.com$" $http_origin; }}
    server {{
        listen 127.0.0.1:PORT;
        {_location("/exact", "$exact")}
        {_location("/anchored", "$anchored")}
        {_location("/unanchored", "$unanchored")}
        {_location("/dots", "$dots")}
        {_location("/reflects", "$http_origin")}
        {_location("/if", "$http_origin", _SUBDOMAINS)}
        {_location("/if-anywhere", "$http_origin", _CONTAINS)}
        location = /public {{ add_header Access-Control-Allow-Origin *; return 200 "[]"; }}
    }}
}}
"""
APACHE_POLICIES: Final = {
    "/exact": r"^https://app\.example\.com$",
    "/subdomains": r"^https?://(.+\.)?example\.com$",
    "/ends": r"example\.com$",
    "/dots": r"^https://(app|admin).example.com$",
    "/every": r"^(.+)$",
}
APACHE: Final = """\
ServerName 127.0.0.1
PidFile DIR/httpd.pid
DefaultRuntimeDir DIR
Listen 127.0.0.1:PORT
ErrorLog /dev/stderr
USER
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
StartServers 1
""" + "".join(
    f"""ProxyPass {path} http://BEHIND/items
<Location {path}>
    SetEnvIf Origin "{pattern}" allowed=1
    SetEnvIf Origin "^(.+)$" origin=$1
    Header always set Access-Control-Allow-Origin "%{{origin}}e" env=allowed
    Header always set Access-Control-Allow-Credentials true env=allowed
    Header always merge Vary Origin
</Location>
"""
    for path, pattern in APACHE_POLICIES.items()
)
HAPROXY_POLICIES: Final = {
    "/exact": f"-m str {APP} {OTHER}",
    "/ends": "-m end example.com",
    "/dot-ends": "-m end .example.com",
    "/contains": "-m sub app.example.com",
    "/begins": f"-m beg {APP}",
    "/pattern": r"-m reg ^https://app\\.example\\.com$",
    "/dots": "-m reg ^https://app.example.com$",
}
HAPROXY: Final = (
    """\
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend www
    bind 127.0.0.1:PORT
    acl asks req.hdr(origin) -m found
"""
    + "".join(
        f"""\
    acl allowed{number} req.hdr(origin) {how}
    http-request return status 200 content-type application/json string "[]" hdr Vary Origin hdr Access-Control-Allow-Origin "%[req.hdr(origin)]" hdr Access-Control-Allow-Credentials true if {{ path {path} }} asks allowed{number}
"""
        for number, (path, how) in enumerate(HAPROXY_POLICIES.items())
    )
    + """\
    http-request return status 200 content-type application/json string "[]" hdr Vary Origin
"""
)


@contextmanager
def python(program: str, directory: Path, *packages: str) -> Iterator[str]:
    """Runs a program in Python, which listens on PORT."""
    for package in packages:
        need(find_spec(package) is not None, f"{package} from the Python index")
    port = free_port()
    (directory / "main.py").write_text(program.replace("PORT", str(port)))
    with running([sys.executable, "main.py"], port, directory) as url:
        yield url


@contextmanager
def configured(text: str, directory: Path, package: str, *command: str) -> Iterator[str]:
    """Runs a server with a configuration, in which PORT and DIR are replaced."""
    need(command[0], f"Debian's {package}")
    port = free_port()
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""  # httpd started by root wants one
    values = {"DIR": str(directory), "PORT": str(port), "USER": user}
    for name, value in values.items():
        text = text.replace(name, value)
    (directory / "server.conf").write_text(text)
    with running([*command, str(directory / "server.conf")], port, directory) as url:
        yield url


@contextmanager
def express(directory: Path) -> Iterator[str]:
    need_packages("express", "cors")
    with node(EXPRESS, directory) as url:
        yield url


@contextmanager
def go(directory: Path) -> Iterator[str]:
    need("go", "Go")
    need((DEBIAN / "src/github.com/rs/cors").is_dir(), "Debian's golang-github-rs-cors-dev")
    (directory / "src/app").mkdir(parents=True)
    (directory / "src/app/main.go").write_text(GO)
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": f"{directory}:{DEBIAN}", "GOPROXY": "off", "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", str(directory / "app"), "app"], cwd=directory / "src/app", env=env, check=True)
    port = free_port()
    with running([str(directory / "app"), str(port)], port, directory) as url:
        yield url


@contextmanager
def apache(directory: Path) -> Iterator[str]:
    with application() as behind:
        text = APACHE.replace("BEHIND", behind)
        with configured(text, directory, "apache2", "apache2", "-D", "FOREGROUND", "-d", str(directory), "-f") as url:
            yield url


NOTHING: Final = labels("")
EVERYBODY: Final = labels("any-origin-allowed:high")
BEGINS: Final = labels("origin-prefix-allowed:high")
ENDS: Final = labels("origin-suffix-allowed:high")
DOT: Final = labels("origin-dot-unescaped:high")
SUBDOMAINS: Final = labels("subdomains-allowed:low")
INSECURE: Final = "insecure-origin-allowed:medium"
NO_VARY: Final = labels("vary-origin-missing:low")
SERVERS: Final = {
    "flask-cors": Real(
        lambda directory: python(FLASK, directory, "flask", "flask_cors"),
        {
            "/public": NOTHING, "/reflects": EVERYBODY, "/list": NOTHING, "/alone": NO_VARY,
            "/pattern": BEGINS | SUBDOMAINS,  # it matches a pattern at the beginning
            "/anchored": NOTHING, "/development": labels("localhost-allowed:low"), "/null": labels("null-origin-allowed:high"),
        },
    ),
    "starlette": Real(
        lambda directory: python(STARLETTE, directory, "starlette", "uvicorn"),
        {
            "/public/": NOTHING, "/reflects/": EVERYBODY, "/list/": NOTHING, "/pattern/": NOTHING, "/ends/": ENDS, "/dot/": DOT,
            "/previews/": labels("hosting-origin-allowed:high"),
        },
    ),
    "django-cors-headers": Real(
        lambda directory: python(DJANGO, directory, "django", "corsheaders"),
        {"/public": NOTHING, "/reflects": EVERYBODY, "/list": NOTHING, "/pattern": BEGINS | SUBDOMAINS, "/subdomains": SUBDOMAINS},
    ),
    "aiohttp-cors": Real(
        lambda directory: python(AIOHTTP, directory, "aiohttp", "aiohttp_cors"),
        {"/public": NO_VARY, "/reflects": EVERYBODY | NO_VARY, "/list": NO_VARY},
    ),
    "express-cors": Real(
        express,
        {
            "/public": NOTHING, "/public-with-credentials": NOTHING, "/reflects": EVERYBODY, "/alone": NOTHING, "/list": NOTHING,
            "/ends": ENDS | {INSECURE}, "/subdomains": SUBDOMAINS, "/function": NOTHING,
            "/includes": BEGINS | SUBDOMAINS | {INSECURE}, "/truthy": labels("origin-part-allowed:high"),
        },
    ),
    "rs-cors": Real(
        go,
        {
            "/public": NOTHING, "/wildcard": NOTHING, "/list": NOTHING, "/subdomains": SUBDOMAINS, "/ends": ENDS,
            "/begins": BEGINS | labels("origin-part-allowed:high"), "/function": EVERYBODY,
        },
    ),
    "nginx": Real(
        lambda directory: configured(NGINX, directory, "nginx", "nginx", "-p", str(directory), "-e", "stderr", "-c"),
        {
            "/public": NOTHING, "/exact": NOTHING, "/anchored": NOTHING, "/unanchored": BEGINS, "/dots": DOT, "/reflects": EVERYBODY,
            "/if": SUBDOMAINS | {INSECURE}, "/if-anywhere": labels(f"origin-substring-allowed:high {INSECURE}"),
        },
    ),
    "apache": Real(
        apache,
        {"/exact": NOTHING, "/subdomains": SUBDOMAINS | {INSECURE}, "/ends": ENDS | {INSECURE}, "/dots": DOT, "/every": EVERYBODY},
    ),
    "haproxy": Real(
        lambda directory: configured(HAPROXY, directory, "haproxy", "haproxy", "-db", "-f"),
        {
            "/exact": NOTHING, "/ends": ENDS | {INSECURE}, "/dot-ends": SUBDOMAINS | {INSECURE},
            "/contains": BEGINS | SUBDOMAINS | {INSECURE}, "/begins": BEGINS, "/pattern": NOTHING, "/dots": DOT,
        },
    ),
}  # fmt: skip
