"""Flask with Flask-CORS, on Werkzeug's server."""

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
import flask
from werkzeug.serving import run_simple

app = flask.Flask(__name__)

{recipe}

@app.before_request
def login():
    if flask.request.path == "/private" and "Authorization" not in flask.request.headers:
        flask.abort(401)

@app.route("/items", methods=["GET", "PUT"])
@app.route("/private", methods=["GET", "PUT"])
def items():
    return "", 200, {{"X-Total-Count": "42"}}

@app.route("/broken", methods=["GET", "PUT"])
def broken():
    raise ValueError

run_simple("127.0.0.1", {port}, app, threaded=True)
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    need(find_spec("flask_cors") is not None, "Flask and Flask-CORS from the Python index")

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        port = free_port()
        text = "" if policy is None else recipe("flask", policy)
        (tmp_path / "main.py").write_text(APP.format(recipe=text, port=port))
        with running([sys.executable, "main.py"], port, tmp_path) as url:
            yield url

    return started


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)


def test_an_origin_that_looks_like_a_pattern_is_compared_as_a_whole_too(serve: Serve) -> None:
    keeps(serve, Policy(("http://[::1]:3000",)))
