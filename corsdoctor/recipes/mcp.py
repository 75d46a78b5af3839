"""MCP servers that a web page calls: the Python SDK's Streamable HTTP application, or any other ASGI application."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="mcp",
    title="MCP server (Streamable HTTP)",
    family=Family.APPLICATION,
    language="python",
    aliases=("model-context-protocol", "mcp-server"),
    where="Where the server is started: `mcp` is the server object of the Python SDK. Run `app` with uvicorn, in place of "
    "`mcp.run()`.",
    rights=(
        "The page's client reads Mcp-Session-Id from the first response, so it must be exposed. Without it, every later "
        "request gets 400.",
        "Clients send Mcp-Session-Id and Mcp-Protocol-Version with every request after the first, Last-Event-ID when "
        "they resume a stream, and Content-Type: application/json always. They are allowed here in addition to what "
        "this request needs.",
        "The SDK has a check of its own: unless `transport_security` allows the Host and the Origin, a server on this machine "
        "answers 421 or 403 with `Invalid Origin header`. Up to version 1 of the SDK, it is an argument of `FastMCP(...)`.",
        "DELETE ends a session; GET opens the stream of the server's messages.",
        "The middleware is the outermost, so{% if preflighted %} the preflight request is answered before the login, "
        "and{% endif %} a 401 has the headers too, including WWW-Authenticate, which the client needs to find the login.",
        "In TypeScript, `app.use(cors({ ... }))` of the recipe express takes the same lists.",
    ),
    template="""\
from mcp.server.transport_security import TransportSecuritySettings
from starlette.middleware.cors import CORSMiddleware

security = TransportSecuritySettings(
{% if public %}
    enable_dns_rebinding_protection=False,
{% else %}
    allowed_hosts=[{{ host | quoted }}],
    allowed_origins=[{{ origins | map("quoted") | join(", ") }}],
{% endif %}
)
app = CORSMiddleware(
    mcp.streamable_http_app(transport_security=security),
    allow_origins=[{{ origins | map("quoted") | join(", ") }}],
{% if credentials %}
    allow_credentials=True,
{% endif %}
    allow_methods=[{{ (methods + ["DELETE"]) | unique | map("quoted") | join(", ") }}],
    allow_headers=[
{% for name in (headers + ["Authorization", "Content-Type", "Last-Event-ID", "Mcp-Protocol-Version", "Mcp-Session-Id"]) | unique %}
        {{ name | quoted }},
{% endfor %}
    ],
    expose_headers=[{{ (expose + ["Mcp-Session-Id", "WWW-Authenticate"]) | unique | map("quoted") | join(", ") }}],
{% if preflighted %}
    max_age={{ max_age }},
{% endif %}
)
""",
    proof=Proof.RUN,
    proved="Run around a Starlette application in the tests, and once by hand with version 2.3 of the SDK; what clients send "
    "was read in the specification of 2025-06-18.",
)
