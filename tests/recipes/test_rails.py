"""Rails with rack-cors, from Debian's packages, on WEBrick."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import (
    Contract,
    Serve,
    free_port,
    keeps,
    need,
    recipe,
    running,
)

APP = """\
require "rails"
require "action_controller/railtie"
require "rack/cors"
require "rack/handler/webrick"

class Login
  def initialize(app)
    @app = app
  end

  def call(env)
    return @app.call(env) if env["PATH_INFO"] != "/private" || env["HTTP_AUTHORIZATION"]
    [401, {{ "Content-Type" => "text/plain" }}, []]
  end
end

class Application < Rails::Application
  config.eager_load = false
  config.consider_all_requests_local = false
  config.logger = Logger.new($stderr)
  config.middleware.use Login
end

{recipe}

class ItemsController < ActionController::API
  def show
    response.headers["X-Total-Count"] = "42"
    head :ok
  end

  def broken
    raise "broken"
  end
end

Application.initialize!
Application.routes.draw do
  match "/items" => "items#show", via: [:get, :put]
  match "/private" => "items#show", via: [:get, :put]
  match "/broken" => "items#broken", via: [:get, :put]
end
Rack::Handler::WEBrick.run Application, Host: "127.0.0.1", Port: {port}, AccessLog: []
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    asked = ["ruby", "-e", "%w[action_controller rails rack/cors rack/handler/webrick].each { |name| require name }"]
    there = shutil.which("ruby") is not None and subprocess.run(asked, capture_output=True).returncode == 0
    need(there, "Debian's ruby-railties, ruby-actionpack, ruby-rack-cors and ruby-webrick")

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        port = free_port()
        text = "" if policy is None else recipe("rails", policy)
        (tmp_path / "main.rb").write_text(APP.format(recipe=text, port=port))
        env = {"RAILS_ENV": "production", "SECRET_KEY_BASE": "0" * 128}
        with running(["ruby", "main.rb"], port, tmp_path, env) as url:
            yield url

    return started


class TestRails(Contract):
    pass


def test_an_origin_of_another_scheme_is_compared_as_a_whole_too(serve: Serve) -> None:
    keeps(serve, Policy(("capacitor://localhost",)))
