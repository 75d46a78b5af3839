"""Cloudflare Workers, under Node."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes import serverless
from tests.recipes.contract import POLICIES, Serve, check, is_blocked_without, keeps, lines, recipe

WITHOUT = "export default { fetch: (request) => fetch(request) };\n"


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    def source(policy: Policy | None) -> str:
        return WITHOUT if policy is None else recipe("cloudflare-workers", policy)

    return serverless.server("cloudflare", source, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_an_exception_has_the_headers(tmp_path: Path, policy: Policy) -> None:
    def source(policy: Policy | None) -> str:
        assert policy is not None
        head, line, tail = recipe("cloudflare-workers", policy).partition("  return fetch(request);\n")
        assert line
        return head + '  throw new Error("of the application");\n' + tail

    with serverless.server("cloudflare", source, tmp_path)(policy) as url:
        report = check(url + "/items", "https://app.example")
        assert report["browsers"]["standard"]["verdict"] == "allowed"
        assert lines(report, "Access-Control-Allow-Origin") == ["*" if policy.public else "https://app.example"]
