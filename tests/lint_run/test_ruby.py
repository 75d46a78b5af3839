"""Each mistake that lint finds in Ruby is one: rack-cors runs with it, and without it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lint.cases import Case, named
from tests.lint.ruby_cases import CASES, NO_START
from tests.lint_run.reading import reads
from tests.recipes.contract import free_port, need, running

MAIN = """\
require "rack"
require "rack/cors"
require "rack/handler/webrick"

app = Rack::Builder.new do
  use Rack::Cors do
    allow do
%s
    end
  end
  run ->(env) { [200, { "Content-Type" => "text/plain" }, ["hello"]] }
end
Rack::Handler::WEBrick.run app.to_app, Host: "127.0.0.1", Port: ARGV[0].to_i, AccessLog: []
"""


@pytest.fixture(autouse=True)
def ruby() -> None:
    asked = ["ruby", "-e", "%w[rack rack/cors rack/handler/webrick].each { |name| require name }"]
    there = shutil.which("ruby") is not None and subprocess.run(asked, capture_output=True).returncode == 0
    need(there, "Debian's ruby-rack-cors and ruby-webrick")


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_mistake_is_one(case: Case, tmp_path: Path) -> None:
    for settings, expected in ((case.bad, case.reads), (case.good, not case.reads)):
        (tmp_path / "main.rb").write_text(MAIN % settings)
        port = free_port()
        with running(["ruby", "main.rb", str(port)], port, tmp_path) as url:
            assert reads(url, case) is expected


def test_any_origin_with_credentials_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "main.rb").write_text(MAIN % NO_START)
    ended = subprocess.run(
        ["ruby", "main.rb", "0"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "CorsMisconfigurationError" in ended.stderr
