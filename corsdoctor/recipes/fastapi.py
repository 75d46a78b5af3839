"""FastAPI and Starlette, with Starlette's own middleware."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="fastapi",
    aliases=("starlette",),
    title="FastAPI and Starlette",
    family=Family.FRAMEWORK,
    language="python",
    where="The last lines of the module that uvicorn starts as `main:app`, below all routes and other middleware.",
    rights=(
        "It wraps the whole application{% if preflighted %}, and answers preflight requests before any login{% "
        "endif %}. With `app.add_middleware(...)`, the 500 of an unhandled exception would come from outside of "
        "it, without CORS headers, and browsers would report a CORS error.",
        "From here on, `app` is not a FastAPI object: start it with `uvicorn main:app`, because `fastapi run` does "
        "not accept it.",
        "Starlette always allows Content-Type, so JSON bodies are allowed{% if headers %} even if it is not in the "
        "list{% endif %}.",
        "{% if not public %}Starlette before 1.7 sends `Vary: Origin` only to allowed origins: update it if there "
        "is a cache in front.{% endif %}",
        '{% if credentials %}With credentials, `allow_origins=["*"]` would allow every site, because Starlette '
        "then sends back any Origin.{% endif %}",
    ),
    template="""\
from starlette.middleware.cors import CORSMiddleware

app = CORSMiddleware(
    app,
    allow_origins=[{{ origins | map("quoted") | join(", ") }}],
    allow_methods=[{{ methods | map("quoted") | join(", ") }}],
{% if headers %}
    allow_headers=[{{ headers | map("quoted") | join(", ") }}],
{% endif %}
{% if credentials %}
    allow_credentials=True,
{% endif %}
{% if expose %}
    expose_headers=[{{ expose | map("quoted") | join(", ") }}],
{% endif %}
{% if preflighted %}
    max_age={{ max_age }},
{% endif %}
)
""",
    proof=Proof.RUN,
    proved="Run with FastAPI and with Starlette alone, under uvicorn, in the tests.",
)
