"""NestJS on Express."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import POLICIES, Serve, is_blocked_without, keeps
from tests.recipes.node_server import need_packages, serving

PROGRAM = """\
import "reflect-metadata";
import { All, Controller, Header, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

class Routes {
  items() {
    return [];
  }
  broken() {
    throw new Error("broken");
  }
}
const method = (name) => [Routes.prototype, name, Object.getOwnPropertyDescriptor(Routes.prototype, name)];
Controller()(Routes);
All("items")(...method("items"));
Header("X-Total-Count", "42")(...method("items"));
All("broken")(...method("broken"));
class AppModule {}
Module({ controllers: [Routes] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });

RECIPE

app.use("/private", (req, res, next) => {
  if (!req.headers.authorization) return res.sendStatus(401);
  next();
});
await app.listen(process.env.PORT, "127.0.0.1");
"""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    need_packages("@nestjs/core", "@nestjs/common", "@nestjs/platform-express", "reflect-metadata", "rxjs")
    return serving("nestjs", PROGRAM, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)
