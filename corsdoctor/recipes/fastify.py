"""Fastify, with its plugin @fastify/cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="fastify",
    title="Fastify",
    family=Family.FRAMEWORK,
    language="js",
    where="In the file that creates the instance (`app` here), on the instance itself, before the login and the "
    "routes. Version 11 of the plugin is for Fastify 5; Fastify 4 needs version 9. In a CommonJS file it is "
    '`app.register(require("@fastify/cors"), ...)`, without `await`.',
    rights=(
        "Hooks run in the order in which they are registered: register a hook that requires a login after the "
        "plugin, or {% if preflighted %}the preflight request gets 401{% else %}its 401 has no CORS headers{% "
        "endif %}.",
        "If it is registered inside another plugin, it applies only to the routes of that plugin.",
        "{% if preflighted %}`methods` is set because since version 11 the plugin allows only GET, HEAD and POST; "
        "version 10 also allowed PUT, PATCH and DELETE.{% else %}With `preflight: false` the plugin answers no "
        "preflight request. Otherwise it would allow every requested header.{% endif %}",
        "{% if headers %}Without `allowedHeaders`, the plugin allows every requested header.{% elif preflighted "
        "%}The empty `allowedHeaders` is required: without it, the plugin allows every requested header.{% endif "
        "%}",
        "{% if not public %}`origin` is a list even for one origin: the plugin compares a list and sends Vary: "
        "Origin, but sends a string to everybody, without Vary.{% endif %}",
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
