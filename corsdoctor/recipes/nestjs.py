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
        "`enableCors` stands before every `app.use`: middleware runs in the order of these lines, and "
        "{% if preflighted %}a login or a session before it would answer the preflight. Guards are no danger, they "
        "run later.{% else %}the 401 of a login before it would lack the headers.{% endif %}",
        "`enableCors()` and `{ cors: true }` without options {% if public %}allow every method and header{% else %}"
        "let in every origin, method and header{% endif %}.",
        "{% if not public %}The origins are compared as whole strings, so they end without a slash.{% endif %}",
        "The answers of exceptions and filters carry the headers too, 401, 404 and 500 included.",
        "Gateways of WebSockets do not read this: their `cors` stands in `@WebSocketGateway`.",
    ),
    template="""\
app.enableCors({
{% if public %}
  origin: "*",
{% else %}
  origin: [{{ origins | map("quoted") | join(", ") }}],
{% endif %}
  methods: [{{ methods | map("quoted") | join(", ") }}],
  allowedHeaders: [{{ headers | map("quoted") | join(", ") }}],
{% if credentials %}
  credentials: true,
{% endif %}
{% if expose %}
  exposedHeaders: [{{ expose | map("quoted") | join(", ") }}],
{% endif %}
{% if preflighted %}
  maxAge: {{ max_age }},
{% endif %}
});
""",
    proof=Proof.RUN,
    proved="Run with NestJS 12 on Express in the tests.",
)
