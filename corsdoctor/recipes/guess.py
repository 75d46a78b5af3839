"""Which server answered, judging by `Server`, `X-Powered-By`, `Via` and similar headers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from corsdoctor.wire import Headers

_SIGNS: Final = (  # (recipe, header, what its value holds); the application before what stands in front of it
    ("mcp", "mcp-session-id", r""),
    ("nextjs", "x-powered-by", r"next\.js"),
    ("nuxt", "x-powered-by", r"nuxt|nitro"),
    ("sveltekit", "x-sveltekit-page", r""),
    ("express", "x-powered-by", r"express"),
    ("express", "set-cookie", r"connect\.sid="),
    ("laravel", "set-cookie", r"(laravel_session|laravel-session)="),
    ("django", "set-cookie", r"(csrftoken|django_language)="),
    ("django", "access-control-allow-headers", r"^accept, authorization, content-type, user-agent, x-csrftoken, "),
    ("symfony", "x-debug-token", r""),
    ("keycloak", "set-cookie", r"(AUTH_SESSION_ID|KC_RESTART)="),
    ("spring", "x-application-context", r""),
    ("spring", "set-cookie", r"JSESSIONID="),
    ("rails", "x-runtime", r"^\d+\.\d+$"),
    ("rails", "server", r"puma|passenger|webrick"),
    ("aiohttp", "server", r"aiohttp"),
    ("fastapi", "server", r"uvicorn|hypercorn|granian"),
    ("flask", "server", r"werkzeug"),
    ("django", "server", r"wsgiserver"),
    ("python-http-server", "server", r"simplehttp"),
    ("flask", "server", r"gunicorn|waitress"),
    ("aspnet", "server", r"kestrel"),
    ("aspnet", "x-aspnet-version", r""),
    ("aws-lambda", "x-amzn-trace-id", r"lineage=|sampled="),
    ("aws-s3", "server", r"amazons3"),
    ("aws-api-gateway", "apigw-requestid", r""),
    ("aws-rest-api", "x-amz-apigw-id", r""),
    ("azure-app-service", "set-cookie", r"ARRAffinity(SameSite)?="),
    ("backblaze-b2", "x-bz-file-id", r""),
    ("cloud-functions", "function-execution-id", r""),
    ("deno", "server", r"^deno"),
    ("deno", "x-deno-execution-id", r""),
    ("digitalocean-spaces", "x-do-cdn-uuid", r""),
    ("minio", "server", r"^minio"),
    ("gcs", "server", r"uploadserver"),
    ("gcs", "x-goog-storage-class", r""),
    ("azure-blob", "server", r"windows-azure-blob"),
    ("azure-blob", "x-ms-blob-type", r""),
    ("netlify", "server", r"netlify"),
    ("netlify", "x-nf-request-id", r""),
    ("vercel", "server", r"vercel"),
    ("vercel", "x-vercel-id", r""),
    ("iis", "server", r"microsoft-iis"),
    ("iis", "x-powered-by", r"asp\.net"),
    ("kong", "via", r"kong"),
    ("kong", "x-kong-upstream-latency", r""),
    ("krakend", "x-krakend", r""),
    ("nginx", "server", r"nginx|openresty|tengine"),
    ("apache", "server", r"apache"),
    ("caddy", "server", r"caddy"),
    ("caddy", "via", r"caddy"),
    ("haproxy", "server", r"haproxy"),
    ("envoy", "server", r"envoy"),
    ("envoy", "x-envoy-upstream-service-time", r""),
    ("nginx", "via", r"nginx"),
    ("aws-cloudfront", "x-amz-cf-id", r""),
    ("aws-cloudfront", "via", r"cloudfront"),
    ("cloudflare-workers", "server", r"cloudflare"),
    ("cloudflare-workers", "cf-ray", r""),
)


LOOKS_LIKE: Final = {
    "aspnet": ("iis",),
    "azure-app-service": ("aspnet", "iis"),
    "cloud-functions": ("express",),
    "cloudflare-r2": ("cloudflare-workers",),
    "deno": ("cloudflare-workers",),  # Supabase
    "django": ("flask", "fastapi"),  # their servers run all three
    "fastapi": ("flask",),
    "gateway-api": ("envoy", "nginx", "kong"),
    "grpc-web": ("envoy",),
    "ingress-nginx": ("nginx",),
    "json-server": ("express",),
    "mcp": ("fastapi", "express"),
    "nestjs": ("express",),
    "nextjs": ("vercel",),
    "socket-io": ("express",),
}
"""Of a recipe, the others that its server may be taken for, because it is built on them or runs in them."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A recipe's id, and the header line that gave the server away."""

    recipe: str
    name: str
    value: str

    @property
    def shared(self) -> bool:
        """Whether the header names only a server that runs applications of several frameworks."""
        return self.recipe == "flask" and re.search(r"gunicorn|waitress", self.value, re.IGNORECASE) is not None


def guess(answers: Iterable[Headers]) -> tuple[Guess, ...]:
    """The servers that the response headers name, the likeliest first, each once."""
    found: dict[str, Guess] = {}
    answers = tuple(answers)
    for recipe, header, pattern in _SIGNS:
        for name, value in (line for headers in answers for line in headers):
            if name.lower() == header and re.search(pattern, value, re.IGNORECASE) and recipe not in found:
                shown = value.partition("=")[0] + "=..." if header == "set-cookie" else value
                found[recipe] = Guess(recipe, name, shown)
    return tuple(found.values())
