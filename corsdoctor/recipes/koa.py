"""Koa, with the package @koa/cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="koa",
    title="Koa",
    family=Family.FRAMEWORK,
    language="js",
    where="In the file that makes the application, before the login, the router and every other `app.use`. In a CommonJS "
    'file the first line is `const cors = require("@koa/cors");`.',
    rights=(
        "{% if not public and origins | length > 1 %}The package knows no list of origins, so a function compares "
        "them. Any other origin gets the first of the list, which does not match it: the browser blocks it, and Vary: "
        "Origin stays on errors too.{% elif not public %}Every answer names the one origin, whoever asks: it does not "
        "match any other, and the browser blocks that. Vary: Origin stays on errors too.{% endif %}",
        "{% if credentials %}`credentials` stands beside exact origins. Beside `*` the package would send back the "
        "origin of whoever asks.{% endif %}",
        "{% if headers %}Without `allowHeaders` the package allows every header that is asked for.{% else %}An empty "
        "`allowHeaders` would allow every header that is asked for. `Origin` is a name that no script can set, so "
        "listing it allows nothing.{% endif %}",
        "Koa drops all headers when a route throws. The package puts its own back, so it stands before whatever "
        "throws.",
        "PUT, PATCH and DELETE are allowed unless `allowMethods` says otherwise.",
    ),
    template="""\
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
    allowMethods: [{{ methods | map("quoted") | join(", ") }}],
    allowHeaders: [{{ (headers or ["Origin"]) | map("quoted") | join(", ") }}],
{% if credentials %}
    credentials: true,
{% endif %}
{% if expose %}
    exposeHeaders: [{{ expose | map("quoted") | join(", ") }}],
{% endif %}
{% if preflighted %}
    maxAge: {{ max_age }},
{% endif %}
  }),
);
""",
    proof=Proof.RUN,
    proved="Run with Koa 3 and @koa/cors 5 in the tests.",
)
