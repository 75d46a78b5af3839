"""JavaScript: whole modules, by the framework that the id begins with."""

from __future__ import annotations

from tests.lint.cases import APP, STRANGER, Case

_LISTEN = 'process.env.PORT, "127.0.0.1"'
_EXPRESS = f"""\
import express from "express";
import cors from "cors";
const app = express();
app.use(cors(OPTIONS));
app.get("/", (req, res) => res.send("hello"));
app.listen({_LISTEN});
"""
_FASTIFY = """\
import Fastify from "fastify";
import cors from "@fastify/cors";
const app = Fastify();
await app.register(cors, OPTIONS);
app.get("/", async () => "hello");
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
"""
_KOA = f"""\
import Koa from "koa";
import cors from "@koa/cors";
const app = new Koa();
app.use(cors(OPTIONS));
app.use((ctx) => {{ ctx.body = "hello"; }});
app.listen({_LISTEN});
"""
_HONO = """\
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";
const app = new Hono();
app.use(cors(OPTIONS));
app.get("/", (c) => c.text("hello"));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });
"""
_NODE = f"""\
import http from "node:http";
http.createServer((req, res) => {{
  const origin = req.headers.origin;
  HEADERS
  res.setHeader("Access-Control-Allow-Credentials", "true");
  res.end();
}}).listen({_LISTEN});
"""


def with_options(program: str, origin: str) -> str:
    return program.replace("OPTIONS", f"{{ {origin + ', ' if origin else ''}credentials: true }}")


def pair(id: str, program: str, bad: str, good: str, found: str, reads: bool, origin: str) -> Case:
    return Case(id, with_options(program, bad), with_options(program, good), (found,), reads, origin)


_LIST = f'origin: ["{APP}"]'
CASES = (
    pair("express-true", _EXPRESS, "origin: true", _LIST, "any-origin-allowed", True, STRANGER),
    pair(
        "express-callback", _EXPRESS, "origin: (origin, callback) => callback(null, true)",
        f'origin: (origin, callback) => callback(null, origin === "{APP}")', "any-origin-allowed", True, STRANGER,
    ),
    pair(
        "express-prefix", _EXPRESS, r"origin: /^https:\/\/app\.example\.com/", r"origin: /^https:\/\/app\.example\.com$/",
        "origin-prefix-allowed", True, f"{APP}.stranger.example",
    ),
    pair(
        "express-dot", _EXPRESS, r"origin: [/^https:\/\/app.example\.com$/i]", r"origin: [/^https:\/\/app\.example\.com$/i]",
        "origin-dot-unescaped", True, "https://appxexample.com",
    ),
    pair("express-wildcard", _EXPRESS, 'origin: "*"', _LIST, "wildcard-with-credentials", False, APP),
    pair("express-absent", _EXPRESS, "", _LIST, "wildcard-with-credentials", False, APP),
    pair("express-null", _EXPRESS, f'origin: ["{APP}", "null"]', _LIST, "null-origin-allowed", True, "null"),
    pair("fastify-true", _FASTIFY, "origin: true", _LIST, "any-origin-allowed", True, STRANGER),
    pair(
        "fastify-callback", _FASTIFY, "origin(origin, cb) { cb(null, true); }", f'origin(origin, cb) {{ cb(null, origin === "{APP}"); }}',
        "any-origin-allowed", True, STRANGER,
    ),
    pair("fastify-wildcard", _FASTIFY, 'origin: ["*"]', _LIST, "wildcard-with-credentials", False, APP),
    pair(
        "fastify-suffix", _FASTIFY, r"origin: [/example\.com$/]", r"origin: [/\.example\.com$/]", "origin-suffix-allowed", True,
        "https://corsdoctorexample.com",
    ),
    pair("koa-absent", _KOA, "", f'origin: "{APP}"', "any-origin-allowed", True, STRANGER),
    pair(
        "koa-function", _KOA, 'origin: (ctx) => ctx.get("Origin")', f'origin: (ctx) => ctx.get("Origin") === "{APP}" && "{APP}"',
        "any-origin-allowed", True, STRANGER,
    ),
    pair("hono-function", _HONO, "origin: (origin) => origin", f'origin: "{APP}"', "any-origin-allowed", True, STRANGER),
    pair("hono-absent", _HONO, "", f'origin: "{APP}"', "wildcard-with-credentials", False, APP),
    Case(
        "node-reflects", _NODE.replace("HEADERS", 'res.setHeader("Access-Control-Allow-Origin", origin || "*");'),
        _NODE.replace("HEADERS", f'if (origin === "{APP}") res.setHeader("Access-Control-Allow-Origin", origin);'),
        ("any-origin-allowed",), True, STRANGER,
    ),
    Case(
        "node-wildcard", _NODE.replace("HEADERS", 'res.setHeader("Access-Control-Allow-Origin", "*");'),
        _NODE.replace("HEADERS", f'res.setHeader("Access-Control-Allow-Origin", "{APP}");'), ("wildcard-with-credentials",), False,
    ),
    pair(
        "express-if", _EXPRESS, 'origin: (origin, cb) => { const seen = origin; if (!origin || origin.endsWith("example.com")) { cb(null, true); } else { cb(new Error("no")); } }',
        'origin: (origin, cb) => { if (!origin || origin.endsWith(".example.com")) { cb(null, true); } else { cb(new Error("no")); } }',
        "origin-suffix-allowed", True, "https://corsdoctorexample.com",
    ),
    pair(
        "express-else-if", _EXPRESS, 'origin: (origin, cb) => { if (!origin) { cb(null, true); } else if (/^https:\\/\\/app\\.example\\.com/i.test(origin)) { cb(null, true); } else { cb(null, false); } }',
        'origin: (origin, cb) => { if (!origin) { cb(null, true); } else if (/^https:\\/\\/app\\.example\\.com$/i.test(origin)) { cb(null, true); } else { cb(null, false); } }',
        "origin-prefix-allowed", True, f"{APP}.stranger.example",
    ),
    pair(
        "express-index-of", _EXPRESS, f'origin: (origin, cb) => cb(null, typeof origin === "string" && origin.indexOf("{APP}") === 0)',
        f'origin: (origin, cb) => cb(null, typeof origin === "string" && origin === "{APP}")', "origin-prefix-allowed", True, f"{APP}.stranger.example",
    ),
    pair(
        "express-some", _EXPRESS, 'origin: (origin, cb) => { if (!origin || ["example.com", ".example.org"].some((d) => origin.endsWith(d))) return cb(null, true); cb(new Error("no")); }',
        'origin: (origin, cb) => { if (!origin || [".example.com", ".example.org"].some((d) => origin.endsWith(d))) return cb(null, true); cb(new Error("no")); }',
        "origin-suffix-allowed", True, "https://corsdoctorexample.com",
    ),
    pair(
        "fastify-or", _FASTIFY, f'origin: (origin, cb) => {{ if (origin === "http://localhost:3000" || (origin && origin.startsWith("{APP}"))) {{ cb(null, true); return; }} cb(null, false); }}',
        f'origin: (origin, cb) => {{ if (origin === "http://localhost:3000" || (origin && origin.startsWith("{APP}/"))) {{ cb(null, true); return; }} cb(null, false); }}',
        "origin-prefix-allowed", True, f"{APP}.stranger.example",
    ),
    *(
        Case(
            f"node-{id}", _NODE.replace("HEADERS", f'if ({bad}) {{ res.setHeader("Access-Control-Allow-Origin", origin); }}'),
            _NODE.replace("HEADERS", f'if ({good}) {{ res.setHeader("Access-Control-Allow-Origin", origin); }}'), (found,), True, origin,
        )
        for id, bad, good, found, origin in (
            ("ends-with", 'origin && origin.endsWith("example.com")', 'origin && origin.endsWith(".example.com")', "origin-suffix-allowed", "https://corsdoctorexample.com"),
            ("match", r"origin && origin.match(/^https:\/\/app.example\.com$/)", r"origin && origin.match(/^https:\/\/app\.example\.com$/)", "origin-dot-unescaped", "https://appxexample.com"),
            ("or", f'origin === "null" || req.headers.origin.startsWith("{APP}")', f'origin === "null" || req.headers.origin === "{APP}"', "origin-prefix-allowed", f"{APP}.stranger.example"),
        )
    ),
)  # fmt: skip

_CORS = 'const cors = require("cors");\n'
FOUND = (
    ('const cors = require("cors");\nconst options = { "origin": true, credentials: true };\ncors(options);', 1),
    ("const credentials = true; const origin = true;\n" + _CORS + "cors({ origin, credentials });", 1),
    ("app.enableCors({ credentials: true, origin: true });", 1),
    ('fastify.register(require("@fastify/cors"), { origin: true, credentials: true });', 1),
    ('fastify.register(await import("@fastify/cors"), { origin: true, credentials: true });', 1),
    (_CORS + "cors({ origin: function (o, cb) { /* all */ return cb(null, o); }, credentials: true });", 1),
    ('import { cors } from "hono/cors";\ncors({ origin: origin => origin, credentials: true });', 1),
    ('import koa from "@koa/cors";\nkoa({ origin: (ctx) => ctx.request.header.origin, credentials: true });', 1),
    (
        'function f(req, res) { res.header("access-control-allow-origin", req.headers["origin"]);\n'
        'res.set("Access-Control-Allow-Credentials", true); }', 1,
    ),
)  # fmt: skip
CLEAN = (
    "",
    "cors({ origin: true, credentials: true });",  # of nobody knows what
    _CORS + "cors();",
    _CORS + "cors(options);",
    _CORS + "cors({ ...options, credentials: true });",
    _CORS + "cors({ origin: true });",
    _CORS + 'cors({ origin: "*" });',
    _CORS + "cors({ /* nothing */ });",
    's("Access-Control-Allow-Origin", 1);\nr.set("Access-Control-Allow-Origin", a());\nr.set("Access-Control-Allow-Origin", b());',
    _CORS + "cors({ origin: true, credentials });",
    _CORS + "cors({ origin: (o, cb) => cb(null, true) });",
    _CORS + "cors({ origin: (o, cb) => cb(null, allowed.has(o)), credentials: true });",
    _CORS + "cors({ origin: (o) => o, credentials: true });",
    _CORS + "cors({ origin: () => true, credentials: true });",
    _CORS + "cors({ origin: (o, cb) => {}, credentials: true });",
    _CORS + "cors({ origin: (o, cb) => { ; }, credentials: true });",
    _CORS + "cors({ origin: (o, cb) => { check(o); cb(null, true); }, credentials: true });",
    _CORS + r'cors({ origin: ["https:\x2f\x2fa.example", `https://b.example`], credentials: true });',
    _CORS + "cors = other;\ncors({ origin: true, credentials: true });",
    _CORS + "cors({ get origin() { return true; } });",
    "const a = require(name), b = require(), c = require('other'), d = f(); let e;",
    'import "cors";\nimport x from "other";',
    'import { cors } from "hono/cors";\ncors({ origin: [/a/, true], credentials: true });',
    "app.register(plugin, {});",
    'res.setHeader("Access-Control-Allow-Origin", req.headers.origin);',
    'res.setHeader("Access-Control-Allow-Origin");',
    'res.setHeader("Access-Control-Allow-Origin", f(), 1);',
    'headers.set("Access-Control-Allow-Origin", allowed());\nheaders.set("Access-Control-Allow-Credentials", "true");',
    'headers.set("Access-Control-Allow-Origin", list["origin"]);\nheaders.set("Access-Control-Allow-Credentials", "true");',
    'headers.set("Access-Control-Allow-Origin", f`x`());\nheaders.set("Access-Control-Allow-Credentials", "true");',
    'if (!allowed(req.headers.origin)) { throw 1; }\nres.setHeader("Access-Control-Allow-Origin", req.headers.origin);\n'
    'res.setHeader("Access-Control-Allow-Credentials", "true");',
    'allowed(origin) && res.setHeader("Access-Control-Allow-Origin", req.headers.origin);\n'
    'res.setHeader("Access-Control-Allow-Credentials", "true"); for (;;) { switch (a) {} }',
    _CORS + "cors({ origin: (o, cb) => { if (bad(o)) { cb(new Error('no')); } if (o.endsWith('example.com')) { cb(null, true); } }, credentials: true });",
    _CORS + "cors({ origin: (o, cb) => { if (o.endsWith('example.com')) { log(o); cb(null, true); } else { cb(null, false); } }, credentials: true });",
    _CORS + "cors({ origin: (o, cb) => { if (o.endsWith('.example.com')) {} else {} }, credentials: true });",
    _CORS + "cors({ origin: (o, cb) => { if (o.endsWith('example.com')); }, credentials: true });",
    _CORS + "cors({ origin: (o, cb) => { if (o) { cb(null, true); } }, credentials: true });",
    _CORS + "cors({ origin: (o, cb) => cb(null, o.endsWith(a) || o.length > 3 || o.endsWith('a', 3) || o[0]('b') || f(o) || o.b.c('x') || 'x'.endsWith('y')), credentials: true });",
    _CORS + "cors({ origin: (o, cb) => cb(null, list.some((x) => o.endsWith(x)) || ['a'].some(f) || ['a'].some((x) => x) || ['a'].some((x) => o.at(x))), credentials: true });",
    _CORS + "cors({ origin: (o, cb) => cb(null, ['a'].some((x) => o.endsWith('b')) || ['a'].some((x, y) => o.endsWith(x)) || ['a'].some(), b), credentials: true });",
    _CORS + "cors({ origin: (o, cb) => cb(null, o.trim().endsWith('example.com') || a.match(/b/) || ok(o) && o.endsWith('example.com')), credentials: true });",
    _CORS + "cors({ origin: (o, cb) => cb(a, true), credentials: true });",
    _CORS + "cors({ origin: (o, cb) => { " + "x;" * 3000 + " }, credentials: true });",
    'function f(req, res) { const origin = req.headers.origin; if (blocked(origin)) return; if (origin.endsWith("example.com")) { res.setHeader("Access-Control-Allow-Origin", origin); } }',
    'function f(req, res) { const origin = req.headers.origin; if (known(origin)) {} else { res.setHeader("Access-Control-Allow-Origin", origin); } }',
    'function f(req, res) { const origin = req.headers.origin; if (a) { if (origin.endsWith("example.com")) { res.setHeader("Access-Control-Allow-Origin", origin); } } }',
    'function f(req, res) { const origin = req.headers.origin; if (origin.endsWith("example.com")) { res.setHeader("Access-Control-Allow-Origin", other); } }',
    "x" + "[0]" * 300 + '.y(res.setHeader("Access-Control-Allow-Origin", "*"))',
    "f(" * 300 + 'res.setHeader("Access-Control-Allow-Origin", "*")' + ")" * 300,
)  # fmt: skip
