"""Go with github.com/rs/cors, from Debian's package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from corsdoctor.policy import Policy
from tests.recipes import go_program
from tests.recipes.contract import POLICIES, SIMPLE, Serve, check, is_blocked_without, keeps, need, recipe

PACKAGE: Final = """\
import (
	"net/http"

	"github.com/rs/cors"
)

func With(mux http.Handler) http.Handler {
%s
return handler
}
"""


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("go", "Go")
    need((go_program.DEBIAN / "src/github.com/rs/cors").is_dir(), "Debian's golang-github-rs-cors-dev")
    packages = {name: PACKAGE % recipe("go-rs-cors", policy) for name, policy in POLICIES.items()}
    return go_program.build(tmp_path_factory.mktemp("go-rs-cors"), packages)


@pytest.fixture
def serve(program: Path, tmp_path: Path) -> Serve:
    return go_program.server(program, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)


@pytest.mark.parametrize("header", ["X-Requested-With: fetch", "Content-Type: application/json"])
def test_a_policy_without_headers_allows_none_of_the_default_ones(serve: Serve, header: str) -> None:
    with serve(SIMPLE) as url:
        report = check(url + "/items", "https://app.example", "-X", "POST", "-H", header, "--send")
        assert {browser["verdict"] for browser in report["browsers"].values()} == {"blocked"}
