"""What API gateways and hosted backends say where they answer instead of the application: rows of others.py.

The words are those of the gateways' own sources and documentation. Applications print some of them too, so each row is one
that names what only a gateway has: a route, a subscription key, an upstream. Logs are not searched for them.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.console.other import Other

_LOGIN, _ROUTE, _UPSTREAM, _FIREWALL = "gateway", "gateway/route", "gateway/upstream", "gateway/firewall"
_AWS, _AZURE, _ENVOY, _FUNCTIONS = "AWS API Gateway (REST API)", "Azure API Management", "Envoy", "Google Cloud"
_BY_WHO: Final = {
    _AWS: (
        (_ROUTE, r"Missing Authentication Token"),
        (_ROUTE, r"MissingAuthenticationTokenException"),
        (_LOGIN, r"User is not authorized to access this resource with an explicit deny"),
        (_LOGIN, r"Authorization header requires '(?:Credential|Signature|SignedHeaders)' parameter"),
        (_LOGIN, r"Invalid key=value pair \(missing equal-sign\) in Authorization header"),
        (_UPSTREAM, r"Endpoint request timed out"),
    ),
    "AWS": ((_LOGIN, r"The security token included in the request is (?:invalid|expired)"),),
    "Kong": (
        (_ROUTE, r"no Route matched with those values"),
        (_LOGIN, r"No API key found in request"),
        (_LOGIN, r"No credentials found for given 'iss'"),
        (_UPSTREAM, r"failure to get a peer from the ring-balancer"),
        (_UPSTREAM, r"An invalid response was received from the upstream server"),
        (_UPSTREAM, r"The upstream server is timing out"),
    ),
    "Tyk": (
        (_LOGIN, r"\"error\": ?\"Authorization field missing\""),
        (_LOGIN, r"Access to this API has been disallowed"),
        (_ROUTE, r"\"error\": ?\"Requested endpoint is forbidden\""),
        (_UPSTREAM, r"There was a problem proxying the request"),
    ),
    _AZURE: (
        (_LOGIN, r"Access denied due to (?:missing|invalid) subscription key"),
        (_ROUTE, r"\"statusCode\": 404, \"message\": \"Resource not found\""),
    ),
    "Apigee": (
        (_ROUTE, r"Unable to identify proxy for host: "),
        (_LOGIN, r"Failed to resolve API Key variable"),
        (_LOGIN, r"Invalid ApiKey for given resource"),
    ),
    _ENVOY: (
        (_LOGIN, r"RBAC: access denied"),
        *((_LOGIN, rf"Jwt {words}(?= ?(?:[\"'.]|$))") for words in ("is missing", "verification fails", "is expired", "issuer is not configured")),
        (_UPSTREAM, r"upstream connect error or disconnect/reset before headers"),
        (_UPSTREAM, r"no healthy upstream"),
        (_UPSTREAM, r"upstream request timeout"),
    ),
    "Cloudflare's firewall": ((_FIREWALL, r"error code: 10(?:0[5-9]|10|12|20)(?!\d)"),),
    "Supabase": (
        (_LOGIN, r"UNAUTHORIZED_(?:NO_AUTH_HEADER|INVALID_JWT_FORMAT)"),
        (_LOGIN, r"\"msg\":\"Error: Missing authorization header\""),
        (_LOGIN, r"No 'apikey' request header or url param was found"),
        (_ROUTE, r"Requested function was not found"),
        (_UPSTREAM, r"Function failed to start \(please check logs\)"),
        (_UPSTREAM, r"Function failed due to not having enough compute resources"),
        (_UPSTREAM, r"FunctionsRelayError: Relay Error invoking the Edge Function"),
        ("http-status", r"Edge Function returned a non-2xx status code"),
    ),
    "nginx": (
        (_UPSTREAM, r"connect\(\) failed \(\d{1,3}: [^)]{1,60}\) while connecting to upstream"),
        (_UPSTREAM, r"upstream timed out \(\d{1,3}: "),
        (_UPSTREAM, r"upstream prematurely closed connection while reading response header"),
        (_UPSTREAM, r"no live upstreams while connecting to upstream"),
        (_UPSTREAM, r"upstream sent too big header while reading response header"),
    ),
    "Traefik": tuple((_UPSTREAM, rf"'{status}' caused by: ") for status in ("500 Internal Server Error", "502 Bad Gateway", "504 Gateway Timeout")),
    _FUNCTIONS: ((_LOGIN, r"Your client does not have permission to get URL "),),
}  # fmt: skip
_OF_SEVERAL: Final = (
    ("gateway/rate-limit", r"API rate limit exceeded"),
    ("gateway/rate-limit", r"API Rate limit exceeded"),
    ("gateway/rate-limit", r"Rate limit is exceeded\. Try again in "),
    ("gateway/rate-limit", r"error code: 1015(?!\d)"),
)
GATEWAYS: Final = (
    *(Other(kind, None, words, server=who, in_logs=False) for who, rows in _BY_WHO.items() for kind, words in rows),
    *(Other(kind, None, words, in_logs=False) for kind, words in _OF_SEVERAL),
)
