"""Nuxt and Nitro: a server middleware."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="nuxt",
    title="Nuxt and Nitro",
    family=Family.FRAMEWORK,
    language="ts",
    aliases=("nitro", "h3"),
    where="In `server/middleware/0.cors.ts`. Files in this directory run in the order of their names, so it comes "
    "before a login. In Nitro without Nuxt the directory is `middleware`.",
    rights=(
        "It runs before every route of the server, and its headers stay on 401, 404 and 500 responses.",
        "{% if preflighted %}The preflight request is answered before the login: browsers send no cookie and no token "
        "with it.{% endif %}",
        "{% if public %}`routeRules` with `cors: true` would also allow every method and header.{% else %}`routeRules` "
        "with `cors: true` sends `Access-Control-Allow-Origin: *` and does not compare origins.{% endif %}",
        "`handleCors` of h3 1 sends `*` for a request without Origin{% if preflighted %}, and no "
        "Access-Control-Max-Age{% endif %}. This file does not use it.",
    ),
    template="""\
{% from "javascript" import grants, lists, origins_list with context %}
{% set put = "setResponseHeader(event, %s, %s);" %}
{% set origin = 'getRequestHeader(event, "origin")' %}
{{ origins_list() -}}
export default defineEventHandler((event) => {
{{ grants(put, 'appendResponseHeader(event, "Vary", "Origin");', origin, "origin && ORIGINS.includes(origin)") | indent(2, true) }}
{% if preflighted %}
  if (event.method === "OPTIONS" && getRequestHeader(event, "access-control-request-method")) {
{{ lists(put) | indent(4, true) }}
    return sendNoContent(event);
  }
{% endif %}
});
""",
    proof=Proof.RUN,
    proved="Run with h3 1.15 in the tests, the HTTP framework of Nitro 2 and Nuxt 4.",
)
