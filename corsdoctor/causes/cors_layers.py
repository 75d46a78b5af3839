"""What CORS layers of servers say where they refuse a request: the words of each, literally, and what they mean.

The room `causes` looks for them in responses, `explain` in what people paste. A log has more of them than a response.
"""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.record import Record

REFUSED: Final = frozenset({"origin-refused", "method-refused", "headers-refused"})
"""Causes that a CORS layer names."""
_FIELD: Final = re.compile(r"\{(\w+)\}")
_VALUES: Final = {
    "header": r"[\w-]{1,80}(?:, ?[\w-]{1,80})*", "method": r"\w{1,40}", "origin": r"[^\s'\"<>]{1,300}",
    "path": r"\S{1,300}", "value": r"[^'\"]{1,200}", "more": r".{1,120}?",
}  # fmt: skip


def expression(words: str, *, named: bool = False) -> str:
    """`words` as a regular expression, in which the {fields} are groups if they are to be `named`."""
    pieces = _FIELD.split(words.removesuffix("."))
    values = {name: f"(?P<{name}>{value})" if named else value for name, value in _VALUES.items()}
    return "".join(values[piece] if i % 2 else re.escape(piece) for i, piece in enumerate(pieces))


class Refusal(Record):
    """`who` says `words`, with {fields} in them, to say `cause`.

    `cause` is a cause's id, or what only words can say: see reports/refused.py. `recipe` is what `fix --server` calls
    the software, empty where it has no name there. `in_preflight` is None if either response can say so. What is
    `logged` is in no response to a browser. What is `whole` counts only if nothing else stands beside it. A service is
    `hosted`: it is not a part of the user's application.
    """

    who: str
    recipe: str
    cause: str
    words: str
    in_preflight: bool | None = None
    logged: bool = False
    whole: bool = False
    hosted: bool = False

    @property
    def phrase(self) -> str:
        """The beginning of a phrase of a response that says this, in lower case."""
        return expression(self.words.lower()) + (r"[.!]?$" if self.whole else "")


_STARLETTE: Final = "Starlette's CORSMiddleware"
_EXPRESS: Final = "the cors package of Express"
_AIOHTTP: Final = ("aiohttp-cors", "aiohttp")
_ACTIX: Final = ("actix-cors", "actix-web")
_ASPNET: Final = ("ASP.NET Core", "aspnet")
_SPRING: Final = ("Spring", "spring")
_RS: Final = ("rs/cors", "go-rs-cors")
_CORSICA: Final = ("Corsica", "phoenix")
_TUUPOLA: Final = ("tuupola/cors-middleware", "")
_TOWER: Final = ("tower-http", "tower-http")
APOLLO: Final = "Apollo's diagnose-endpoint"
_TOWER_BEGINS: Final = "Invalid CORS configuration: Cannot combine `Access-Control-Allow-Credentials: true` with "
_RACK_HEADERS: Final = ("X-Rack-CORS: ", "x-rack-cors: ")

REFUSALS: Final = (
    # Python
    Refusal(_STARLETTE, "fastapi", "origin-refused", "Disallowed CORS origin", True),
    Refusal(_STARLETTE, "fastapi", "method-refused", "Disallowed CORS method", True),
    Refusal(_STARLETTE, "fastapi", "headers-refused", "Disallowed CORS headers", True),
    Refusal(*_AIOHTTP, "origin-refused", "CORS preflight request failed: origin '{origin}' is not allowed", True),
    Refusal(*_AIOHTTP, "origin-refused", "CORS preflight request failed: no origins are allowed", True),
    Refusal(*_AIOHTTP, "method-refused", "CORS preflight request failed: request method '{method}' is not allowed for '{origin}' origin", True),
    Refusal(*_AIOHTTP, "headers-refused", "CORS preflight request failed: headers are not allowed: {header}", True),
    Refusal(*_AIOHTTP, "not-a-preflight", "CORS preflight request failed: origin header is not specified in the request", True, logged=True),
    Refusal(*_AIOHTTP, "not-a-preflight", "CORS preflight request failed: 'Access-Control-Request-Method' header is not specified", True, logged=True),
    Refusal("django-cors-headers", "django", "not-an-origin", "(corsheaders.E013) Origin '{value}' in CORS_ALLOWED_ORIGINS is missing scheme or netloc", logged=True),
    Refusal("django-cors-headers", "django", "not-an-origin", "(corsheaders.E014) Origin '{value}' in CORS_ALLOWED_ORIGINS should not have", logged=True),
    Refusal("django-cors-headers", "django", "not-an-origin", "Origin '{value}' in CORS_ALLOWED_ORIGINS is missing scheme or netloc", logged=True),
    Refusal("django-cors-headers", "django", "not-an-origin", "Origin '{value}' in CORS_ALLOWED_ORIGINS should not have", logged=True),
    Refusal("Jupyter", "", "origin-refused", "Blocking Cross Origin API request for {path}. Origin: {origin}, Host:", logged=True),
    Refusal("Jupyter", "", "origin-refused", "Blocking Cross Origin API request. Origin: {origin}, Host:", logged=True),
    # JavaScript
    Refusal(_EXPRESS, "express", "origin-refused", "Not allowed by CORS", whole=True),
    Refusal(_EXPRESS, "express", "origin-refused", "Not allowed by CORS policy", whole=True),
    Refusal(_EXPRESS, "express", "origin-refused", "Origin {origin} not allowed by CORS"),
    Refusal(_EXPRESS, "express", "origin-refused", "Origin {origin} is not allowed by CORS"),
    Refusal(_EXPRESS, "express", "origin-refused", "The CORS policy for this site does not allow access from the specified Origin: {origin}"),
    Refusal(_EXPRESS, "express", "origin-refused", "The CORS policy for this site does not allow access from the specified Origin"),
    Refusal("@fastify/cors", "fastify", "not-a-preflight", "Invalid Preflight Request", True, logged=True, whole=True),
    # Java
    Refusal(*_SPRING, "cors-refused", "Invalid CORS request"),
    Refusal(*_SPRING, "origin-refused", "Reject: '{origin}' origin is not allowed", logged=True),
    Refusal(*_SPRING, "method-refused", "Reject: HTTP '{method}' is not allowed", logged=True),
    Refusal(*_SPRING, "headers-refused", "Reject: headers '[{header}]' are not allowed", True, logged=True),
    Refusal(*_SPRING, "wildcard-configured", 'When allowCredentials is true, allowedOrigins cannot contain the special value "*"', logged=True),
    Refusal("Micronaut", "micronaut", "origin-refused", "The request specifies an origin different than localhost", logged=True),
    Refusal("Vert.x", "quarkus", "origin-refused", "CORS Rejected - Invalid origin"),
    # .NET
    Refusal(*_ASPNET, "cors-refused", "CORS policy execution failed.", logged=True),
    Refusal(*_ASPNET, "origin-refused", "Request origin {origin} does not have permission to access the resource.", logged=True),
    Refusal(*_ASPNET, "method-refused", "Request method {method} not allowed in CORS policy.", True, logged=True),
    Refusal(*_ASPNET, "headers-refused", "Request header '{header}' not allowed in CORS policy.", True, logged=True),
    Refusal(*_ASPNET, "not-configured", "No CORS policy found for the specified request.", logged=True),
    Refusal(*_ASPNET, "wildcard-configured", "The CORS protocol does not allow specifying a wildcard (any) origin and credentials at the same time.", logged=True),
    Refusal(*_ASPNET, "no-middleware", "contains CORS metadata, but a middleware was not found that supports CORS.", logged=True),
    Refusal("ASP.NET Web API", "iis", "origin-refused", "The origin '{origin}' is not allowed."),
    Refusal("ASP.NET Web API", "iis", "headers-refused", "The collection of headers '{header}' is not allowed.", True),
    # Go
    Refusal(*_RS, "origin-refused", "Preflight aborted: origin '{origin}' not allowed", True, logged=True),
    Refusal(*_RS, "method-refused", "Preflight aborted: method '{method}' not allowed", True, logged=True),
    Refusal(*_RS, "headers-refused", "Preflight aborted: headers '[{header}]' not allowed", True, logged=True),
    Refusal(*_RS, "origin-refused", "Actual request no headers added: origin '{origin}' not allowed", False, logged=True),
    Refusal(*_RS, "not-a-preflight", "Preflight aborted: empty origin", True, logged=True),
    Refusal("Gin", "gin", "origin-probably-refused", '| 403 | {more}| OPTIONS "', True, logged=True),
    Refusal("gin-contrib/cors", "gin", "not-an-origin", "bad origin: origins must contain '*' or include", logged=True),
    Refusal("gin-contrib/cors", "gin", "not-configured", "conflict settings: all origins disabled", logged=True),
    Refusal("Fiber's cors middleware", "fiber", "wildcard-configured", "[CORS] Insecure setup, 'AllowCredentials' is set to true, and 'AllowOrigins' is set to a wildcard.", logged=True),
    # Rust
    Refusal(*_ACTIX, "origin-refused", "Origin is not allowed to make this request", whole=True),
    Refusal(*_ACTIX, "method-refused", "Requested method is not allowed", True, whole=True),
    Refusal(*_ACTIX, "headers-refused", "One or more request headers are not allowed", True, whole=True),
    Refusal(*_TOWER, "wildcard-configured", f"{_TOWER_BEGINS}`Access-Control-Allow-Origin: *`", logged=True),
    Refusal(*_TOWER, "wildcard-headers-configured", f"{_TOWER_BEGINS}`Access-Control-Allow-Headers: *`", logged=True),
    Refusal("rocket_cors", "", "origin-refused", "Origin '{origin}' is not allowed to request", logged=True),
    Refusal("rocket_cors", "", "wildcard-configured", 'Credentials are allowed, but the Origin is set to "*".', logged=True),
    # PHP, Ruby, Elixir; Symfony's NelmioCorsBundle says what applications say, too: Unauthorized header NAME
    Refusal(*_TUUPOLA, "origin-refused", "CORS request origin is not allowed."),
    Refusal(*_TUUPOLA, "method-refused", "CORS requested method is not supported.", True),
    Refusal(*_TUUPOLA, "headers-refused", "CORS requested header is not allowed.", True),
    *(
        Refusal("rack-cors", "rails", cause, f"{header}{words}", in_preflight, logged=True)
        for header in _RACK_HEADERS
        for cause, words, in_preflight in (
            ("origin-refused", "miss; no-origin", None),
            ("origin-refused", "preflight-miss; no-origin", True),
            ("not-configured", "miss; no-path", None),
            ("not-configured", "preflight-miss; no-path", True),
            ("method-refused", "preflight-miss; deny-method", True),
            ("headers-refused", "preflight-miss; deny-header", True),
        )
    ),
    Refusal(*_CORSICA, "origin-refused", 'Simple CORS request from Origin "{origin}" is not allowed', False, logged=True),
    Refusal(*_CORSICA, "origin-refused", 'Preflight CORS request from Origin "{origin}" is not allowed', True, logged=True),
    Refusal(*_CORSICA, "method-refused", 'Invalid preflight CORS request because the request method ("{method}") is not in', True, logged=True),
    Refusal(*_CORSICA, "headers-refused", "Invalid preflight CORS request because these headers were not allowed in :allow_headers: {header}", True, logged=True),
    # a tool that tests servers of GraphQL
    Refusal(APOLLO, "", "method-unlisted", "OPTIONS response is missing header 'access-control-allow-methods: {method}'", True, logged=True),
    Refusal(APOLLO, "", "origin-unlisted", "POST response missing 'access-control-allow-origin' header", False, logged=True),
    # object stores
    Refusal("Amazon S3", "aws-s3", "cors-refused", "CORSResponse: This CORS request is not allowed", True, hosted=True),
    Refusal("Amazon S3", "aws-s3", "not-configured", "CORSResponse: CORS is not enabled", True, hosted=True),
    Refusal("Cloudflare R2", "cloudflare-r2", "not-configured", "CORS not configured for this bucket", True, hosted=True),
    Refusal("Garage", "", "cors-refused", "Forbidden: This CORS request is not allowed", True, hosted=True),
    Refusal("Azure Storage", "azure-blob", "no-rule", "CORS not enabled or no matching rule found", True, hosted=True),
)  # fmt: skip
