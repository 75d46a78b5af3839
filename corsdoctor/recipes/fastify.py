"""Fastify, with its plugin @fastify/cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="fastify",
    title="Fastify",
    family=Family.FRAMEWORK,
    language="js",
    where="In the file that makes the instance (here it is called `app`), on the instance itself, before the login and "
    "before the routes. Version 11 of the plugin is for Fastify 5; Fastify 4 needs version 9.",
    rights=(
        "The plugin answers in an `onRequest` hook. Hooks run in the order in which they are registered, so it stands "
        "before a hook that asks for a login.",
        "`await` finishes the registration before the routes are made. Registered inside another plugin, it covers that "
        "plugin's routes alone.",
        "`methods` is listed: since version 10 the plugin grants no more than GET, HEAD and POST, where version 9 "
        "granted PUT, PATCH and DELETE.",
        "Without `allowedHeaders` the plugin allows every header that is asked for.",
        "`origin` is a list also for one origin: a list sends Vary: Origin and compares, a string does neither.",
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
