"""aiohttp's server, without aiohttp-cors: that one knows no Vary, and no answer of a path without a route."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aiohttp",
    title="aiohttp",
    family=Family.FRAMEWORK,
    language="python",
    where="Directly below `app = web.Application(...)`, in the outermost application if there are subapplications.",
    rights=(
        "The signal on_response_prepare handles every response, including 404, the 500 of an exception, streams "
        "and websockets. A middleware does not see a response that is raised as an exception, unless it catches "
        "it.",
        "{% if preflighted %}The first middleware answers preflight requests, before any login and without a route "
        "for OPTIONS.{% endif %}",
        "No package is required. aiohttp-cors sends {% if not public %}no `Vary: Origin` and {% endif %}no CORS "
        "headers with a 404{% if preflighted %}, and answers preflight requests in a route, after the login of a "
        "middleware{% endif %}.",
        "{% if not public %}The origin is looked up in a set, so only exact matches are allowed.{% endif %}",
    ),
    template="""\
from aiohttp import web

{% if not public %}
CORS_ORIGINS = { {%- for o in origins %}{{ o | quoted }}{{ ", " if not loop.last }}{% endfor -%} }
{% endif %}


{% if preflighted %}
@web.middleware
async def answer_preflight(request, handler):
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        return web.Response(status=204)
    return await handler(request)


{% endif %}
async def add_cors_headers(request, response):
{% if public %}
    response.headers["Access-Control-Allow-Origin"] = "*"
{% else %}
    response.headers.add("Vary", "Origin")
    origin = request.headers.get("Origin")
    if origin not in CORS_ORIGINS:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
{% endif %}
{% if credentials %}
    response.headers["Access-Control-Allow-Credentials"] = "true"
{% endif %}
{% if expose %}
    response.headers["Access-Control-Expose-Headers"] = {{ expose | join(", ") | quoted }}
{% endif %}
{% if preflighted %}
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = {{ methods | join(", ") | quoted }}
{% if headers %}
        response.headers["Access-Control-Allow-Headers"] = {{ headers | join(", ") | quoted }}
{% endif %}
        response.headers["Access-Control-Max-Age"] = "{{ max_age }}"
{% endif %}


{% if preflighted %}
app.middlewares.insert(0, answer_preflight)
{% endif %}
app.on_response_prepare.append(add_cors_headers)
""",
    proof=Proof.RUN,
    proved="Run with aiohttp in the tests.",
)
