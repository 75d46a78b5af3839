"""Django with django-cors-headers, on wsgiref's server."""

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

SETTINGS = """\
SECRET_KEY = "test"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "main"
INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "main.login"]

"""
MAIN = """\
import os
import sys
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
    make_server("127.0.0.1", int(sys.argv[1]), application).serve_forever()
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    need(find_spec("corsheaders") is not None, "Django and django-cors-headers from the Python index")

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        text = "" if policy is None else recipe("django", policy)
        (tmp_path / "settings.py").write_text(SETTINGS + text)
        (tmp_path / "main.py").write_text(MAIN)
        port = free_port()
        with running([sys.executable, "main.py", str(port)], port, tmp_path) as url:
            yield url

    return started


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
