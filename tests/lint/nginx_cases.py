"""nginx: what stands before the server block, then what stands in it."""

from __future__ import annotations

from tests.lint.cases import STRANGER, Case

_ACAO = "add_header Access-Control-Allow-Origin"
_ACAC = "add_header Access-Control-Allow-Credentials true always;"
_MAP = 'map $http_origin $cors_origin { default ""; https://app.example.com $http_origin; }'

CASES = (
    Case(
        "reflected", f"---\n{_ACAO} $http_origin always;\n{_ACAC}", f"{_MAP}\n---\n{_ACAO} $cors_origin always;\n{_ACAC}",
        ("any-origin-allowed",), True, STRANGER,
    ),
    Case(
        "reflected-in-if",
        f'---\nlocation / {{\n if ($http_origin != "") {{\n {_ACAO} "$http_origin" always;\n {_ACAC}\n }}\n}}',
        f"---\nlocation / {{\n if ($http_origin = https://app.example.com) {{\n {_ACAO} $http_origin always;\n {_ACAC}\n }}\n}}",
        ("any-origin-allowed",), True, STRANGER,
    ),
    Case(
        "wildcard-with-credentials", f"---\n{_ACAO} * always;\n{_ACAC}", f"---\n{_ACAO} https://app.example.com always;\n{_ACAC}",
        ("wildcard-with-credentials",), False,
    ),
    Case(
        "null", f"---\n{_ACAO} null always;\n{_ACAC}", f"---\n{_ACAO} https://app.example.com always;\n{_ACAC}",
        ("null-origin-allowed",), True, "null",
    ),
    Case(
        "map-prefix",
        f'map $http_origin $cors_origin {{ default ""; ~^https://app\\.example\\.com $http_origin; }}\n---\n{_ACAO} $cors_origin always;\n{_ACAC}',
        f'map $http_origin $cors_origin {{ default ""; ~^https://app\\.example\\.com$ $http_origin; }}\n---\n{_ACAO} $cors_origin always;\n{_ACAC}',
        ("origin-prefix-allowed",), True, "https://app.example.com.stranger.example",
    ),
    Case(
        "if-dot",
        f"---\nlocation / {{\n if ($http_origin ~* ^https://APP.example\\.com$) {{\n {_ACAO} $http_origin always;\n {_ACAC}\n }}\n}}",
        f"---\nlocation / {{\n if ($http_origin ~* ^https://APP\\.example\\.com$) {{\n {_ACAO} $http_origin always;\n {_ACAC}\n }}\n}}",
        ("origin-dot-unescaped",), True, "https://appxexample.com",
    ),
    Case(
        "without-always", f"---\n{_ACAO} https://app.example.com;\n{_ACAC}",
        f"---\n{_ACAO} https://app.example.com always;\n{_ACAC}",
        ("add-header-without-always",), False, path="/missing",
    ),
    Case(
        "two-origins", f'---\n{_ACAO} "https://app.example.com, https://b.example" always;\n{_ACAC}',
        f"{_MAP}\n---\n{_ACAO} $cors_origin always;\n{_ACAC}", ("several-origins-in-value",), False,
    ),
    Case(
        "two-lines", f"---\n{_ACAO} https://app.example.com always;\n{_ACAO} https://b.example always;\n{_ACAC}",
        f"{_MAP}\n---\n{_ACAO} $cors_origin always;\n{_ACAC}", ("header-sent-twice",), False,
    ),
    Case(
        "not-inherited",
        f"---\n{_ACAO} https://app.example.com always;\n{_ACAC}\nlocation /x {{\n add_header Cache-Control no-store always;\n}}",
        f"---\n{_ACAO} https://app.example.com always;\n{_ACAC}\nlocation /x {{\n expires -1;\n}}",
        ("add-header-not-inherited",), False, path="/x",
    ),
    Case(
        "not-inherited-by-if",
        f"---\n{_ACAO} https://app.example.com always;\n{_ACAC}\nlocation / {{\n if ($request_method = GET) {{\n add_header X-A b;\n }}\n}}",
        f"---\n{_ACAO} https://app.example.com always;\n{_ACAC}\nlocation / {{\n if ($request_method = GET) {{\n expires -1;\n }}\n}}",
        ("add-header-not-inherited",), False,
    ),
)  # fmt: skip

CLEAN = (
    f"---\n{_ACAO} $http_origin always;",  # without credentials it is as * is
    f"---\n{_ACAO} *;\nreturn 204;",
    f"---\n{_ACAO} $cors always;\n{_ACAO} $other always;",
    f"---\n{_ACAO} $cors always;\nlocation / {{\n include cors.conf;\n add_header X-A b;\n}}",
    f"---\n{_ACAO} $cors always;\nlocation / {{\n add_header_inherit merge;\n add_header X-A b;\n}}",
    f"---\n{_ACAO} $cors always;\nlocation / {{\n include cors.conf;\n location /x {{\n add_header X-A b;\n }}\n}}",
    "---\nadd_header X-A b;\nlocation / {\n add_header X-B c;\n}",
    f"---\n{_ACAC}\nif ($cors) {{\n {_ACAO} $http_origin always;\n {_ACAC}\n}}",
    f"---\nif ($request_method = OPTIONS) {{\n {_ACAO} $cors;\n return 204;\n}}",
    "---\nadd_header;",
    "map $http_origin $blocked { ~evil 0; ~^https:// ''; default 1; }\nmap $uri $x { ~. 1; }\n---\nif ($http_origin ~ evil) { return 403; }",
    "",
)
"""Files without a finding."""
