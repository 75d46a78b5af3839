"""The rules for Ruby."""

from __future__ import annotations

import pytest

from corsdoctor.audit.weigh import Severity
from corsdoctor.lint_file import lint_file
from tests.lint.cases import Case, named
from tests.lint.ruby_cases import CASES, CLEAN, FOUND, NO_START
from tests.lint.writing import Write

USE = "use Rack::Cors do\nallow do\n%s\nend\nend\n"
WAYS = (
    USE,
    "use ::Rack::Cors, debug: true do\n# ours\nallow do\n%s\nend\nend\n",
    "Rails.application.config.middleware.insert_before 0, Rack::Cors do\nallow do\n%s\nend\nend\n",
    'config.middleware.insert_before(0, "Rack::Cors") { allow {\n%s\n} }\n',
    "run Rack::Cors.new(app) { |cors| cors.allow do |allow|\n%s\nend }\n",
)
OTHERS = (
    "use Other do\nallow do\n%s\nend\nend\n",
    "use Rack::Cors do\nother do\n%s\nend\nallow\nallow(&block)\nend\n",
    "use Rack::Cors\nnew do\n%s\nend\n(a).() { b }\n",
)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_is_found(case: Case, write: Write) -> None:
    [found] = lint_file(write("cors.rb", USE % case.bad)).findings
    assert (found.weakness.id, found.severity) == (*case.found, Severity.HIGH)
    assert lint_file(write("config.ru", USE % case.good)).findings == ()


@pytest.mark.parametrize("way", WAYS)
def test_how_rack_cors_is_used(way: str, write: Write) -> None:
    [found] = lint_file(write("cors.rb", way % CASES[0].bad)).findings
    assert found.line == (4 if "# ours" in way else 3 if way.count("\n") > 3 else 2)


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_not_rack_cors(other: str, write: Write) -> None:
    assert lint_file(write("cors.rb", other % CASES[0].bad)).findings == ()


@pytest.mark.parametrize("settings", FOUND)
def test_other_ways_to_write_it(settings: str, write: Write) -> None:
    found = lint_file(write("cors.rb", USE % settings)).findings
    assert "origin-prefix-allowed" in {one.weakness.id for one in found}


@pytest.mark.parametrize("settings", CLEAN)
def test_what_is_not_found(settings: str, write: Write) -> None:
    assert lint_file(write("cors.rb", USE % settings)).findings == ()


def test_any_origin_with_credentials(write: Write) -> None:
    [found] = lint_file(write("cors.rb", USE % NO_START)).findings
    assert (found.weakness.id, found.severity, found.line, found.column) == (
        "wildcard-with-credentials",
        Severity.LOW,
        3,
        9,
    )
    assert found.impact == "The application does not start."
