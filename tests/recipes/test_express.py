"""Express with the package cors."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import POLICIES, Serve, is_blocked_without, keeps
from tests.recipes.node_server import need_packages, serving

PROGRAM = """\
import express from "express";

const app = express();
app.set("env", "test"); // errors are not printed

RECIPE

app.use("/private", (req, res, next) => {
  if (!req.headers.authorization) return res.sendStatus(401);
  next();
});
app.all("/items", (req, res) => {
  res.set("X-Total-Count", "42").json([]);
});
app.all("/broken", () => {
  throw new Error("broken");
});
app.listen(process.env.PORT, "127.0.0.1");
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    need_packages("express", "cors")
    return serving("express", PROGRAM, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
