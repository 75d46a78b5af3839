"""Fastify, with its plugin @fastify/cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="fastify",
    title="Fastify",
    family=Family.FRAMEWORK,
    language="js",
    where="In the file that makes the instance (`app` here), on the instance itself, before the login and the routes. "
    "Version 11 of the plugin is for Fastify 5; Fastify 4 needs version 9. In a CommonJS file it is "
    '`app.register(require("@fastify/cors"), ...)`, without `await`.',
    rights=(
        "Hooks run in the order in which they are registered: a hook that asks for a login stands below the plugin, "
        "or {% if preflighted %}the preflight gets 401{% else %}its 401 lacks the headers{% endif %}.",
        "Registered inside another plugin it covers the routes of that plugin alone.",
        "{% if preflighted %}`methods` is listed: since version 11 the plugin grants no more than GET, HEAD and POST, "
        "where version 10 granted PUT, PATCH and DELETE.{% else %}With `preflight: false` the plugin answers no "
        "preflight; otherwise it would allow every header that is asked for.{% endif %}",
        "{% if headers %}Without `allowedHeaders` the plugin allows every header that is asked for."
        "{% elif preflighted %}The empty `allowedHeaders` is needed: without it the plugin allows every header that "
        "is asked for.{% endif %}",
        "{% if not public %}`origin` is a list also for one origin: a list is compared and sends Vary: Origin, a "
        "string is sent to everybody and without Vary.{% endif %}",
    ),
    template="""\
// npm install @fastify/cors
import cors from "@fastify/cors";

await app.register(cors, {
{% if public %}
  origin: "*",
{% else %}
  origin: [{{ origins | map("quoted") | join(", ") }}],
{% endif %}
{% if credentials %}
  credentials: true,
{% endif %}
{% if expose %}
  exposedHeaders: [{{ expose | map("quoted") | join(", ") }}],
{% endif %}
{% if preflighted %}
  methods: [{{ methods | map("quoted") | join(", ") }}],
  allowedHeaders: [{{ headers | map("quoted") | join(", ") }}],
  maxAge: {{ max_age }},
{% else %}
  preflight: false,
{% endif %}
});
""",
    proof=Proof.RUN,
    proved="Run with Fastify 5 and @fastify/cors 11 in the tests.",
)
