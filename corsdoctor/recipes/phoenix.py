"""Phoenix, and other Plug applications, with cors_plug."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="phoenix",
    title="Phoenix (cors_plug)",
    family=Family.FRAMEWORK,
    language="elixir",
    aliases=("cors-plug", "elixir"),
    where="In `lib/APP_web/endpoint.ex`, in the line before `plug APPWeb.Router`; not in a pipeline of the router. "
    '`{:cors_plug, "~> 3.0"}` goes into mix.exs.',
    rights=(
        "{% if preflighted %}In the router, a pipeline runs only for a route that matches, and there is none for OPTIONS. "
        "In the endpoint, the plug answers OPTIONS with 204 before the login.{% else %}In the endpoint, the plug adds the "
        "headers to the 401 of a login and to a 404 too.{% endif %}",
        "`credentials` is true unless it is set, and `methods` and `headers` have defaults that allow more.",
        "{% if not public %}The origins are compared as whole strings. A regular expression (`~r/.../`) needs `^` and "
        "`$`.{% endif %}",
        "WebSockets and channels have an origin check of their own: `check_origin` in the endpoint's configuration.",
    ),
    template="""\
plug CORSPlug,
  origin: [{{ origins | map("quoted") | join(", ") }}],
  credentials: {{ credentials | tojson }},
  methods: [{{ methods | map("quoted") | join(", ") }}],
  headers: [{{ headers | map("quoted") | join(", ") }}],
  expose: [{{ expose | map("quoted") | join(", ") }}]{{ "," if preflighted }}
{% if preflighted %}
  max_age: {{ max_age }}
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed by an Elixir grammar in the tests and written from the documentation and source of cors_plug; not run.",
)
