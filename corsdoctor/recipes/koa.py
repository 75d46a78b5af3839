"""Koa, with the package @koa/cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="koa",
    title="Koa",
    family=Family.FRAMEWORK,
    language="js",
    where="In the file that creates the application, before the login, the router and every other `app.use`. In a "
    'CommonJS file the first line is `const cors = require("@koa/cors");`.',
    rights=(
        "{% if not public and origins | length > 1 %}The package does not support a list of origins, so a function "
        "compares them. Any other origin gets the first of the list, which does not match, so the browser blocks "
        "it, and Vary: Origin stays on errors too.{% elif not public %}Every response names the one origin, "
        "whoever makes the request. It does not match any other, so the browser blocks that. Vary: Origin stays on "
        "errors too.{% endif %}",
        "{% if credentials %}`credentials` is used with exact origins. With `*`, the package would send back the "
        "origin of any page.{% endif %}",
        "{% if headers %}Without `allowHeaders`, the package allows every requested header.{% else %}An empty "
        "`allowHeaders` would allow every requested header. `Origin` is a name that scripts cannot set, so listing "
        "it allows nothing.{% endif %}",
        "Koa drops all headers if a route throws. The package restores its own, so it comes before everything that "
        "may throw.",
        "PUT, PATCH and DELETE are allowed unless `allowMethods` is set.",
    ),
    template="""\
{% from "javascript" import after_origin with context %}
// npm install @koa/cors
import cors from "@koa/cors";

{% if not public and origins | length > 1 %}
const origins = [{{ origins | map("quoted") | join(", ") }}];

{% endif %}
app.use(
  cors({
{% if public or origins | length == 1 %}
    origin: {{ origin | quoted }},
{% else %}
    origin: (ctx) => (origins.includes(ctx.get("Origin")) ? ctx.get("Origin") : origins[0]),
{% endif %}
{{ after_origin("allowMethods", "allowHeaders", "exposeHeaders", headers or ["Origin"]) | indent(4, true) }}
  }),
);
""",
    proof=Proof.RUN,
    proved="Run with Koa 3 and @koa/cors 5 in the tests.",
)
