"""Servers on Node.js, each with the package that its recipe is for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import requests

from corsdoctor.policy import Policy
from corsdoctor.recipes.resource_policy import resource_policy
from tests.recipes.contract import FOREIGN, POLICIES, WITH, Contract, Serve, allowed, check
from tests.recipes.node_server import need_packages, node, serving

PACKAGES: Final = {
    "express": ("express", "cors"),
    "koa": ("koa", "@koa/cors"),
    "fastify": ("fastify", "@fastify/cors"),
    "nestjs": ("@nestjs/core", "@nestjs/common", "@nestjs/platform-express", "reflect-metadata", "rxjs"),
    "node-http": (),
    "cloud-functions": ("express", "cors"),
    "hono": ("hono", "@hono/node-server"),
    "json-server": ("json-server", "cors"),
    "nuxt": ("h3",),
    "static-server": ("serve-handler",),
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
    "hono": """\
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();

RECIPE

app.use("/private", async (c, next) => {
  if (!c.req.header("authorization")) return c.text("", 401);
  await next();
});
app.on(["GET", "PUT"], "/items", (c) => c.json([], 200, { "X-Total-Count": "42" }));
app.on(["GET", "PUT"], "/broken", () => {
  throw new Error("broken");
});
app.onError((error, c) => c.text("", 500));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });
""",
    "cloud-functions": """\
import express from "express";

const answer = (req, res) => {
  if (req.path === "/broken") throw new Error("broken");
  if (req.path === "/private") return res.sendStatus(401);
  if (req.path !== "/items" || req.method === "OPTIONS") return res.sendStatus(404);
  res.set("X-Total-Count", "42").json([]);
};
RECIPE
const app = express(); // what the Functions Framework does
app.set("env", "test");
app.use(withCors(answer));
app.listen(process.env.PORT, "127.0.0.1");
""",
    "nuxt": """\
import http from "node:http";
import * as h3 from "h3";

Object.assign(globalThis, h3); // as Nitro does
const { createApp, createError, eventHandler, setResponseHeader, toNodeListener } = h3;

let cors = eventHandler(() => {});
RECIPE
const app = createApp();
app.use(cors);
app.use(eventHandler((event) => {
  if (event.path === "/private") throw createError({ statusCode: 401 });
  if (event.path === "/broken") throw createError({ statusCode: 500 });
  if (event.path !== "/items") throw createError({ statusCode: 404 });
  setResponseHeader(event, "X-Total-Count", "42");
  return [];
}));
http.createServer(toNodeListener(app)).listen(process.env.PORT, "127.0.0.1");
""",
    "json-server": """\
const statuses = { "/items": 200, "/broken": 500, "/private": 401 };
const answers = (req, res) => {
  res.setHeader("X-Total-Count", "42");
  res.status(statuses[req.path] ?? 404).json([]);
};
RECIPE
""",
    "static-server": """\
const statuses = { "/missing": 404, "/broken": 500, "/private": 401 };
const answer = (handler, req, res) => {
  res.setHeader("X-Total-Count", "42");
  return req.url in statuses ? res.writeHead(statuses[req.url]).end() : handler(req, res);
};
RECIPE
""",
}
WITHOUT: Final = {
    "cloud-functions": "const withCors = (answer) => answer;\n",
    "json-server": """\
import jsonServer from "json-server";
const app = jsonServer.create();
app.use(jsonServer.defaults({ noCors: true }));
app.use(answers);
app.listen(process.env.PORT, "127.0.0.1");
""",
    "static-server": """\
import http from "node:http";
import handler from "serve-handler";
http.createServer((req, res) => answer(handler, req, res)).listen(process.env.PORT, "127.0.0.1");
""",
}
CHANGES: Final = {
    "json-server": [
        ('app.use(jsonServer.router("db.json"));', "app.use(answers);"),
        ("app.listen(3000)", 'app.listen(process.env.PORT, "127.0.0.1")'),
    ],
    "nuxt": [("export default ", "cors = ")],
    "static-server": [
        ("return handler(", "return answer(handler, "),
        (".listen(8080)", '.listen(process.env.PORT, "127.0.0.1")'),
    ],
}
SOCKET_IO: Final = """\
import http from "node:http";

const httpServer = http.createServer();
RECIPE
httpServer.listen(process.env.PORT, "127.0.0.1");
"""


class TestNode(Contract):
    @pytest.fixture(params=PROGRAMS)
    def serve(self, request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
        need_packages(*PACKAGES[request.param])
        (tmp_path / "items").touch()
        id = request.param
        return serving(id, PROGRAMS[id], tmp_path, WITHOUT.get(id, ""), CHANGES.get(id, ()))


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_socket_io_allows_polling(tmp_path: Path, policy: Policy) -> None:
    need_packages("socket.io")
    without = 'import { Server } from "socket.io";\nnew Server(httpServer);\n'
    serve = serving("socket-io", SOCKET_IO, tmp_path, without)
    polling = "/socket.io/?EIO=4&transport=polling"
    with serve(None) as url:
        assert not allowed(check(url + polling, "https://app.example"))
    with serve(policy) as url:
        credentials = WITH if policy.credentials else ()
        for origin in ("https://any.example",) if policy.public else policy.origins:
            assert allowed(check(url + polling, origin, *credentials))
        for origin in () if policy.public else FOREIGN:
            assert not allowed(check(url + polling, origin))


def test_helmet_takes_another_resource_policy(tmp_path: Path) -> None:
    need_packages("express", "helmet")
    [(title, lines)] = resource_policy("same-site", "express")
    assert title == "helmet"
    imports = 'import express from "express";\nimport helmet from "helmet";\nconst app = express();\n'
    with node(f'{imports}{lines}\napp.listen(process.env.PORT, "127.0.0.1");\n', tmp_path) as url:
        assert requests.get(url, timeout=60).headers["Cross-Origin-Resource-Policy"] == "same-site"
