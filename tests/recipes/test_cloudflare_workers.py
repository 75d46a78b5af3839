"""Cloudflare Workers, under Node."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes import serverless
from tests.recipes.contract import (
    APPLICATIONS,
    POLICIES,
    Lines,
    Proxy,
    Serve,
    check,
    is_blocked_without,
    keeps,
    keeps_alone,
    lines,
    recipe,
)

WITHOUT = "export default { fetch: (request) => fetch(request) };\n"


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    def started(policy: Policy | None, sends: Lines) -> AbstractContextManager[str]:
        def source(policy: Policy | None) -> str:
            return WITHOUT if policy is None else recipe("cloudflare-workers", policy, sends)

        return serverless.server("cloudflare", source, tmp_path, sends)(policy)

    return started


@pytest.fixture
def serve(proxy: Proxy) -> Serve:
    return lambda policy: proxy(policy, ())


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("lines", APPLICATIONS.values(), ids=APPLICATIONS)
def test_it_keeps_its_word_where_the_server_behind_sends_headers_too(
    proxy: Proxy, policy: Policy, lines: Lines
) -> None:
    keeps_alone(proxy, policy, lines)


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
