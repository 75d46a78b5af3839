"""Netlify: the edge function under Node; the file _headers is parsed."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes import serverless
from tests.recipes.contract import (
    APPLICATIONS,
    FULL,
    PUBLIC,
    SIMPLE,
    Lines,
    Proxy,
    Serve,
    is_blocked_without,
    keeps,
    keeps_alone,
    recipe,
)

WITHOUT = "export default async (request, context) => context.next();\n"
SEVERAL = Policy(("https://app.example", "http://localhost:3000"), expose=("X-Total-Count",))
AT_THE_EDGE = {"full": FULL, "public": PUBLIC, "several origins": SEVERAL}


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    def started(policy: Policy | None, sends: Lines) -> AbstractContextManager[str]:
        def source(policy: Policy | None) -> str:
            return WITHOUT if policy is None else recipe("netlify", policy, sends)

        return serverless.server("netlify", source, tmp_path, sends)(policy)

    return started


@pytest.fixture
def serve(proxy: Proxy) -> Serve:
    return lambda policy: proxy(policy, ())


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", AT_THE_EDGE.values(), ids=AT_THE_EDGE)
def test_the_edge_function_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)


@pytest.mark.parametrize("policy", AT_THE_EDGE.values(), ids=AT_THE_EDGE)
@pytest.mark.parametrize("lines", APPLICATIONS.values(), ids=APPLICATIONS)
def test_it_keeps_its_word_where_the_server_behind_sends_headers_too(
    proxy: Proxy, policy: Policy, lines: Lines
) -> None:
    keeps_alone(proxy, policy, lines)


@pytest.mark.parametrize(
    ("policy", "headers"),
    [
        (SIMPLE, {"Access-Control-Allow-Origin": "https://app.example", "Vary": "Origin"}),
        (
            Policy(("https://app.example",), credentials=True, expose=("X-A", "X-B")),
            {
                "Access-Control-Allow-Origin": "https://app.example",
                "Vary": "Origin",
                "Access-Control-Allow-Credentials": "true",
                "Access-Control-Expose-Headers": "X-A, X-B",
            },
        ),
        (Policy(("*",)), {"Access-Control-Allow-Origin": "*"}),
    ],
    ids=["simple", "credentials", "public"],
)
def test_one_origin_is_a_line_of_the_headers_file(policy: Policy, headers: dict[str, str]) -> None:
    lines = [line for line in recipe("netlify", policy).splitlines() if line and not line.startswith("#")]
    assert lines[0] == "/*"
    assert dict(line.strip().split(": ", 1) for line in lines[1:]) == headers
