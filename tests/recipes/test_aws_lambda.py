"""AWS Lambda, under Node, with the events of a function URL and of a REST API."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes import serverless
from tests.recipes.contract import POLICIES, Serve, is_blocked_without, keeps, recipe

APPLICATION = """\
async function answer(event) {
  const path = event.rawPath ?? event.path;
  const method = event.requestContext.http?.method ?? event.httpMethod;
  const status = { "/items": 200, "/broken": 500, "/private": 401 }[path] ?? 404;
  if (status === 500) throw new Error("of the application");
  const statusCode = method === "OPTIONS" && status !== 401 ? 405 : status;
  return { statusCode, headers: { "X-Total-Count": "42" }, body: "[]" };
}

"""


@pytest.fixture(params=["lambda-2.0", "lambda-1.0"])
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
    def source(policy: Policy | None) -> str:
        return APPLICATION + ("export const handler = answer;\n" if policy is None else recipe("aws-lambda", policy))

    return serverless.server(request.param, source, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
