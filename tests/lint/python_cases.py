"""Python: programs whose last lines tests/lint_run adds, by the framework that the id begins with."""

from __future__ import annotations

from tests.lint.cases import APP, STRANGER, Case

_STARLETTE = """\
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
app = Starlette()
origins = {}
app.add_middleware(CORSMiddleware, {}, allow_credentials=True)
"""
_FLASK = """\
from flask import Flask
from flask_cors import CORS, cross_origin
app = Flask(__name__)
CORS(app, {})
"""
_DJANGO = """\
from django.conf import settings
CORS_ALLOW_CREDENTIALS = True
{}
settings.configure(**{{name: value for name, value in globals().items() if name.isupper()}}, ALLOWED_HOSTS=["*"], ROOT_URLCONF=(),
    SECRET_KEY="x", INSTALLED_APPS=["corsheaders"], MIDDLEWARE=["corsheaders.middleware.CorsMiddleware"])
"""
_AIOHTTP = """\
import aiohttp_cors
from aiohttp import web
app = web.Application()
cors = aiohttp_cors.setup(app, defaults={{{}: aiohttp_cors.ResourceOptions(allow_credentials=True)}})
async def items(request):
    return web.Response()
cors.add(app.router.add_get("/", items))
"""


_BY_HAND = """\
import re
from flask import Flask, request
app = Flask(__name__)
DOMAINS = {}
@app.after_request
def allow(response):
    origin = request.headers.get("Origin")
    if {}:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
    return response
"""


def by_hand(condition: str, domains: str = "()") -> str:
    return _BY_HAND.format(domains, condition)


def starlette(settings: str, origins: str = "[]") -> str:
    return _STARLETTE.format(origins, settings)


CASES = (
    Case(
        "starlette-any", starlette("allow_origins=origins", '["*"]'), starlette("allow_origins=origins", f'["{APP}"]'),
        ("any-origin-allowed",), True, STRANGER,
    ),
    Case(
        "starlette-null", starlette('allow_origins=["null"]'), starlette(f'allow_origins=["{APP}"]'), ("null-origin-allowed",), True, "null",
    ),
    Case(
        "starlette-suffix", starlette(r'allow_origin_regex=r"https://.*example\.com"'),
        starlette(r'allow_origin_regex=r"https://(.*\.)?example\.com"'),
        ("origin-suffix-allowed",), True, "https://corsdoctoraexample.com",
    ),
    Case(
        "starlette-dot", starlette(r'allow_origin_regex="https://app.example\.com"'),
        starlette(r'allow_origin_regex=r"https://app\.example\.com"'), ("origin-dot-unescaped",), True, "https://appxexample.com",
    ),
    Case(
        "flask-any", _FLASK.format("supports_credentials=True"), _FLASK.format(f"supports_credentials=True, origins='{APP}'"),
        ("any-origin-allowed",), True, STRANGER,
    ),
    Case(
        "flask-prefix", _FLASK.format(r'supports_credentials=True, origins=[r"https://app\.example\.com"]'),
        _FLASK.format(r'supports_credentials=True, origins=[r"https://app\.example\.com$"]'),
        ("origin-prefix-allowed",), True, f"{APP}.stranger.example",
    ),
    Case(
        "flask-resources", _FLASK.format('supports_credentials=True, resources={r"/*": {"origins": "*"}}'),
        _FLASK.format(f'supports_credentials=True, resources={{r"/*": {{"origins": "{APP}"}}}}'),
        ("any-origin-allowed",), True, STRANGER,
    ),
    Case(
        "django-any", _DJANGO.format("CORS_ALLOW_ALL_ORIGINS = True"), _DJANGO.format(f'CORS_ALLOWED_ORIGINS = ["{APP}"]'),
        ("any-origin-allowed",), True, STRANGER,
    ),
    Case(
        "django-prefix", _DJANGO.format('import re\nCORS_ALLOWED_ORIGIN_REGEXES = [re.compile("^https://app\\\\.example\\\\.com")]'),
        _DJANGO.format('import re\nCORS_ALLOWED_ORIGIN_REGEXES = [re.compile("^https://app\\\\.example\\\\.com$")]'),
        ("origin-prefix-allowed",), True, f"{APP}.stranger.example",
    ),
    Case(
        "django-null", _DJANGO.format('CORS_ALLOWED_ORIGINS = ["null"]'), _DJANGO.format(f'CORS_ALLOWED_ORIGINS = ["{APP}"]'),
        ("null-origin-allowed",), True, "null",
    ),
    Case("aiohttp-any", _AIOHTTP.format('"*"'), _AIOHTTP.format(f'"{APP}"'), ("any-origin-allowed",), True, STRANGER),
    Case("aiohttp-null", _AIOHTTP.format('"null"'), _AIOHTTP.format(f'"{APP}"'), ("null-origin-allowed",), True, "null"),
    *(
        Case(f"flask-hand-{id}", by_hand(bad), by_hand(good), (found,), True, origin)
        for id, bad, good, found, origin in (
            ("any-origin", "origin", "origin == \"https://app.example.com\"", "any-origin-allowed", STRANGER),
            ("present", "origin is not None", "origin in DOMAINS", "any-origin-allowed", STRANGER),
            ("ends", 'origin and origin.endswith("example.com")', 'origin and origin.endswith(".example.com")', "origin-suffix-allowed", "https://corsdoctorexample.com"),
            ("or", f'origin == "null" or request.headers["Origin"].startswith("{APP}")', f'origin == "null" or origin == "{APP}"', "origin-prefix-allowed", f"{APP}.stranger.example"),
            ("in", 'origin and "https://app.example.com" in origin', 'origin and "https://app.example.com" == origin', "origin-prefix-allowed", f"{APP}.stranger.example"),
            ("match", r'origin and re.match(r"https://app\.example\.com", origin)', r'origin and re.fullmatch(r"https://app\.example\.com", origin)', "origin-prefix-allowed", f"{APP}.stranger.example"),
        )
    ),
    Case(
        "flask-hand-list", by_hand("any(origin.endswith(d) for d in DOMAINS)", '["example.com"]').replace("if any", "if origin and any"),
        by_hand("any(origin.endswith(d) for d in DOMAINS)", '[".example.com"]').replace("if any", "if origin and any"),
        ("origin-suffix-allowed",), True, "https://corsdoctorexample.com",
    ),
    Case(
        "flask-hand-wsgi", by_hand("origin").replace('headers.get("Origin")', 'environ.get("HTTP_ORIGIN")'), by_hand("origin in DOMAINS"),
        ("any-origin-allowed",), True, STRANGER,
    ),
    Case("flask-hand-with", by_hand("origin").replace("if origin:", "with app.app_context():"), by_hand("origin in DOMAINS"), ("any-origin-allowed",), True, STRANGER),
    Case(
        "flask-hand-several", by_hand("origin and origin.endswith(DOMAINS)", '("example.com", ".example.org")'),
        by_hand("origin and origin.endswith(DOMAINS)", '(".example.com", ".example.org")'), ("origin-suffix-allowed",), True, "https://corsdoctorexample.com",
    ),
)  # fmt: skip

CLEAN = (
    "CORSMiddleware(app, allow_origins=['*'])",
    "CORSMiddleware(app, allow_origins=origins, allow_credentials=True)",
    "origins = ['*']\norigins = []\nCORSMiddleware(app, allow_origins=origins, allow_credentials=True)",
    "CORSMiddleware(app, allow_origins=['*'], allow_credentials=settings.CREDENTIALS)",
    "CORSMiddleware(app, **settings)",
    "CORS(app, supports_credentials=True)",  # of another library
    "from flask_cors import CORS\nCORS(app, origins='*')",
    "from flask_cors import CORS\napp.config['CORS_ORIGINS'] = []\nCORS(app, supports_credentials=True)",
    "from flask_cors import CORS\nCORS(app, supports_credentials=True, resources=settings)",
    "from flask_cors import CORS\nCORS(app, supports_credentials=True, resources=['/x'])",
    "from flask_cors import CORS\nCORS(app, supports_credentials=True, resources={'/x': settings, '/y': {'origins': x, **z}})",
    "from flask_cors import CORS\nx = re.compile(x)\nCORS(app, supports_credentials=True, origins=[x, re.compile(), re.compile(1), 'https://a.example'])",
    "CORS_ALLOW_ALL_ORIGINS = True",
    "CORS_ALLOW_ALL_ORIGINS = DEBUG\nCORS_ALLOW_CREDENTIALS = True",
    "if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS: bool = True\nx: int\na = b = c.d = 1",
    "CORS_ALLOWED_ORIGINS = ['https://a.example']",
    "x = {'*': ResourceOptions(), 'a': ResourceOptions(allow_credentials=True), **y, 1: f()}",
    "(lambda: 1)()",
    by_hand("origin in DOMAINS"),
    by_hand("origin in DOMAINS").replace("    origin =", "    log(1)\n    origin ="),
    by_hand("origin in DOMAINS").replace(
        'response.headers["Access-Control-Allow-Origin"] = origin',
        'response.headers.add("Access-Control-Allow-Origin", "*")',
    ),
    by_hand("origin.endswith('example.com') and ok(origin)"),
    by_hand(
        "allowed(origin) or allowed.origin(origin) or origin.endswith() or origin.find('x', y) or origin.endswith(3)"
    ),
    by_hand(
        "any(DOMAINS) or any(one.x for one.y in DOMAINS) or any(origin.endswith(d) for d in DOMAINS if d) or origin > 'a'"
    ),
    by_hand("re.match('a', other) or other.endswith('example.com') or 'a' in other"),
    by_hand("origin is None").replace("    if origin", "    origin = 1\n    if origin"),
    by_hand("origin.endswith('example.com')").replace(
        "    if origin", "    if blocked(origin):\n        return 1\n    if origin"
    ),
    by_hand("known(origin)")
    .replace("        response.headers", "        pass\n    else:\n        response.headers", 1)
    .replace("origin\n        response", "origin\n    response"),
    by_hand("origin").replace("request.headers.get", "request.args.get"),
    by_hand("origin").replace('= "true"', "= flag"),
    by_hand("origin").replace("request.headers.get", "os.environ.get"),
)
"""Programs without a finding."""
