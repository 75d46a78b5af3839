"""Fastify with its plugin @fastify/cors."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import POLICIES, Serve, is_blocked_without, keeps
from tests.recipes.node_server import need_packages, serving

PROGRAM = """\
import Fastify from "fastify";

const app = Fastify();

RECIPE

app.addHook("onRequest", async (request, reply) => {
  if (request.url === "/private" && !request.headers.authorization) return reply.code(401).send();
});
app.route({
  method: ["GET", "PUT", "DELETE"],
  url: "/items",
  handler: async (request, reply) => {
    reply.header("X-Total-Count", "42");
    return [];
  },
});
app.route({
  method: ["GET", "PUT"],
  url: "/broken",
  handler: async () => {
    throw new Error("broken");
  },
});
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    need_packages("fastify", "@fastify/cors")
    return serving("fastify", PROGRAM, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
