"""Hono, with its CORS middleware."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="hono",
    title="Hono",
    family=Family.FRAMEWORK,
    language="ts",
    where="In the file that creates the application, before the login, the routes and every other `app.use`.",
    rights=(
        "Middleware runs in the order in which it is registered: {% if preflighted %}before the login, it answers "
        "the preflight request{% else %}before the login, the 401 has the headers too{% endif %}.",
        "The responses of `app.notFound` and `app.onError` have the headers too.",
        "{% if headers %}Without `allowHeaders`, Hono allows every requested header.{% else %}An empty "
        "`allowHeaders` would allow every requested header. `Origin` is a name that scripts cannot set, so listing "
        "it allows nothing.{% endif %}",
        "PUT, PATCH and DELETE are allowed unless `allowMethods` is set.",
        "{% if not public %}The origins are compared as whole strings, so they have no trailing slash.{% endif %}",
    ),
    template="""\
{% from "javascript" import after_origin with context %}
import { cors } from "hono/cors";

app.use(
  cors({
{% if public %}
    origin: "*",
{% else %}
    origin: [{{ origins | map("quoted") | join(", ") }}],
{% endif %}
{{ after_origin("allowMethods", "allowHeaders", "exposeHeaders", headers or ["Origin"]) | indent(4, true) }}
  }),
);
""",
    proof=Proof.RUN,
    proved="Run with Hono 4 on Node.js in the tests.",
)
