"""Python's http.server."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="python-http-server",
    title="Python (http.server)",
    family=Family.APPLICATION,
    language="python",
    aliases=("http-server-python", "simplehttp"),
    where="In a file `serve.py` in the directory with the files; start it with `python3 serve.py` in place of `python3 "
    "-m http.server`, which has no option for CORS.",
    rights=(
        "`end_headers` also runs for the error responses of http.server, such as 404.",
        "{% if preflighted %}http.server answers OPTIONS with 501 unless the handler has a `do_OPTIONS`.{% endif %}",
        "This is for development: http.server has only basic security checks.",
        "{% if 'PUT' in methods or 'PATCH' in methods or 'DELETE' in methods %}SimpleHTTPRequestHandler answers only "
        "GET and HEAD; any other method needs a method of its own, such as `do_PUT`.{% endif %}",
    ),
    template="""\
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

{% if not public %}
ORIGINS = [{{ origins | map("quoted") | join(", ") }}]


{% endif %}
class Handler(SimpleHTTPRequestHandler):
    def end_headers(self):
{% if public %}
        self.send_header("Access-Control-Allow-Origin", "*")
{% if expose %}
        self.send_header("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }})
{% endif %}
{% else %}
        self.send_header("Vary", "Origin")
        if self.headers and self.headers["Origin"] in ORIGINS:
            self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
{% if credentials %}
            self.send_header("Access-Control-Allow-Credentials", "true")
{% endif %}
{% if expose %}
            self.send_header("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }})
{% endif %}
{% endif %}
{% if preflighted %}
        if self.command == "OPTIONS":
            self.send_header("Access-Control-Allow-Methods", {{ methods | join(", ") | quoted }})
{% if headers %}
            self.send_header("Access-Control-Allow-Headers", {{ headers | join(", ") | quoted }})
{% endif %}
            self.send_header("Access-Control-Max-Age", "{{ max_age }}")
{% endif %}
        super().end_headers()

{% if preflighted %}
    def do_OPTIONS(self):
        self.send_response(204)
        self.end_headers()

{% endif %}

ThreadingHTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
""",
    proof=Proof.RUN,
    proved="Run in the tests.",
)
