"""Koa with the package @koa/cors."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import POLICIES, Serve, is_blocked_without, keeps
from tests.recipes.node_server import need_packages, serving

PROGRAM = """\
import Koa from "koa";

const app = new Koa();
app.silent = true;

RECIPE

app.use((ctx) => {
  if (ctx.path === "/private" && !ctx.get("Authorization")) ctx.throw(401);
  if (ctx.path === "/broken") throw new Error("broken");
  if (ctx.path === "/items") {
    ctx.set("X-Total-Count", "42");
    ctx.body = [];
  }
});
app.listen(process.env.PORT, "127.0.0.1");
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    need_packages("koa", "@koa/cors")
    return serving("koa", PROGRAM, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
