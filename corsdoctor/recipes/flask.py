"""Flask, with Flask-CORS."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="flask",
    aliases=("flask-cors",),
    title="Flask",
    family=Family.FRAMEWORK,
    language="python",
    where="Directly below `app = Flask(...)`{% if preflighted or not public %}, before any other {% if preflighted "
    "%}before_request{% if not public %} or {% endif %}{% endif %}{% if not public %}after_request{% endif %} "
    "function{% endif %}. Install the package with `pip install flask-cors`.",
    rights=(
        "{% if preflighted %}Flask-CORS only adds headers to responses, so a login in a before_request function "
        "returns 401 to the preflight request. `answer_preflight` comes first and answers it.{% endif %}",
        "{% if not public %}Flask-CORS does not send `Vary: Origin` to an origin that is not allowed, and never if "
        "it allows only one origin. Here every response has it, so that caches keep the responses apart.{% endif "
        "%}",
        "{% if not public %}Without `always_send=False`, a response to a request without Origin names {% if "
        "origins | length > 1 %}the first origin of the list{% else %}the origin{% endif %}.{% endif %}",
        "The defaults of Flask-CORS allow {% if not public %}every origin, {% endif %}every method and every "
        "header. Here each of them is a list.",
        "In debug mode, the debugger responds to an unhandled exception outside of the application, without CORS "
        "headers.",
    ),
    template="""\
{% if preflighted %}
from flask import request
{% endif %}
from flask_cors import CORS

CORS(
    app,
{% if public %}
    origins="*",
    send_wildcard=True,
{% else %}
    origins=[{% for o in origins %}{{ ("r" ~ (o | regex ~ "$") | quoted | replace("\\\\\\\\", "\\\\")) if "[" in o else o | quoted }}{{ ", " if not loop.last }}{% endfor %}],
    always_send=False,
    vary_header=False,  # vary_by_origin does it
{% endif %}
    methods=[{{ methods | map("quoted") | join(", ") }}],
    allow_headers=[{{ headers | map("quoted") | join(", ") }}],
{% if expose %}
    expose_headers=[{{ expose | map("quoted") | join(", ") }}],
{% endif %}
{% if credentials %}
    supports_credentials=True,
{% endif %}
{% if preflighted %}
    max_age={{ max_age }},
{% endif %}
)
{% if preflighted %}


@app.before_request
def answer_preflight():
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        return "", 204
{% endif %}
{% if not public %}


@app.after_request
def vary_by_origin(response):
    response.vary.add("Origin")
    return response
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Flask and Flask-CORS in the tests.",
)
