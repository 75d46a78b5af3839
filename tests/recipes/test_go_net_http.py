"""Go's net/http."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes import go_program
from tests.recipes.contract import POLICIES, Serve, is_blocked_without, keeps, need, recipe


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("go", "Go")
    head, tail = 'import "net/http"\n\n', "\n\nvar With = cors\n"
    packages = {name: head + recipe("go-net-http", policy) + tail for name, policy in POLICIES.items()}
    return go_program.build(tmp_path_factory.mktemp("go-net-http"), packages)


@pytest.fixture
def serve(program: Path, tmp_path: Path) -> Serve:
    return go_program.server(program, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
