"""Servers on Node.js, each with the package that its recipe is for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.recipes.contract import Contract, Serve
from tests.recipes.node_server import need_packages, serving

PACKAGES: Final = {
    "express": ("express", "cors"),
    "koa": ("koa", "@koa/cors"),
    "fastify": ("fastify", "@fastify/cors"),
    "nestjs": ("@nestjs/core", "@nestjs/common", "@nestjs/platform-express", "reflect-metadata", "rxjs"),
    "node-http": (),
}
PROGRAMS: Final = {
    "express": """\
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
""",
    "koa": """\
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
""",
    "fastify": """\
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
""",
    "nestjs": """\
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
""",
    "node-http": """\
import http from "node:http";

RECIPE
const STATUS = { "/items": 200, "/broken": 500, "/private": 401 };
http
  .createServer((req, res) => {
    CALL
    res.setHeader("X-Total-Count", "42");
    res.writeHead(STATUS[req.url] ?? 404).end();
  })
  .listen(process.env.PORT, "127.0.0.1");
""",
}


class TestNode(Contract):
    @pytest.fixture(params=PROGRAMS)
    def serve(self, request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
        need_packages(*PACKAGES[request.param])
        return serving(request.param, PROGRAMS[request.param], tmp_path)
