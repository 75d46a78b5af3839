"""gRPC-Web and Connect, in Envoy: its recipe with the headers that their clients send and read."""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes import envoy
from corsdoctor.recipes.recipe import Family, Proof, Recipe

_LISTS: Final = """\
{% set headers = (headers + ["content-type", "x-grpc-web", "x-user-agent", "grpc-timeout", "connect-protocol-version", \
"connect-timeout-ms"]) | unique | list %}
{% set expose = (expose + ["grpc-status", "grpc-message", "grpc-status-details-bin"]) | unique | list %}
{% set preflighted = true %}
"""
_FILTER: Final = """\
  - name: envoy.filters.http.grpc_web
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb

# virtual host
"""

RECIPE = Recipe(
    id="grpc-web",
    title="gRPC-Web and Connect (Envoy)",
    family=Family.SERVER,
    language="yaml",
    aliases=("connect", "connectrpc"),
    where="The filters go to the beginning of http_filters in the HttpConnectionManager, before those that require a login. "
    "The {% if seen %}rest{% else %}typed_per_filter_config{% endif %} goes into the virtual host, or into one route of it.",
    rights=(
        "Calls are POST requests with a Content-Type of their own and headers such as X-Grpc-Web, so each of them has a "
        "preflight request. The headers of gRPC-Web and Connect are allowed here in addition to what this request needs; "
        "metadata that the client sends must be listed too.",
        "The client reads grpc-status and grpc-message, so they must be exposed. Without that, a failed call looks like one "
        "without a status.",
        "The cors filter comes before grpc_web, and both before the login and the router.",
        "A call that fails in Envoy itself has status 200 and a grpc-status; its message is not a CORS problem.",
        "With Connect for Go, `connectrpc.com/cors` has the same lists for the recipe go-rs-cors: "
        "`AllowedHeaders: connectcors.AllowedHeaders()` and `ExposedHeaders: connectcors.ExposedHeaders()`.",
        envoy.RECIPE.rights[-1],  # on the headers that the application sends
    ),
    template=_LISTS + envoy.RECIPE.template.replace("\n# virtual host\n", _FILTER),
    proof=Proof.RUN,
    proved="Run with Envoy in the tests; the names of the headers were read in the documentation of gRPC-Web and Connect.",
)
