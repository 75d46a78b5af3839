"""NestJS."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="nestjs",
    title="NestJS",
    family=Family.FRAMEWORK,
    language="ts",
    where="In `main.ts`, in the line after `NestFactory.create`: before every `app.use`, and before `app.listen`.",
    rights=(
        "`enableCors` comes before every `app.use`: middleware runs in this order, and {% if preflighted %}a login "
        "or a session before it would answer the preflight request. Guards are not a problem, because they run "
        "later.{% else %}the 401 of a login before it would not have the headers.{% endif %}",
        "`enableCors()` and `{ cors: true }` without options allow every {% if not public %}origin, {% endif "
        "%}method and header.",
        "{% if not public %}The origins are compared as whole strings, so they have no trailing slash.{% endif %}",
        "The responses of exceptions and filters have the headers too, including 401, 404 and 500.",
        "WebSocket gateways do not use this setting: set their `cors` in `@WebSocketGateway`.",
    ),
    template="""\
{% from "javascript" import options with context %}
app.enableCors({
{{ options() | indent(2, true) }}
});
""",
    proof=Proof.RUN,
    proved="Run with NestJS 12 on Express in the tests.",
)
