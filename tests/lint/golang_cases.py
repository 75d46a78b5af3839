"""Go: the settings of rs/cors, or of gin-contrib/cors where the id begins with gin."""

from __future__ import annotations

from tests.lint.cases import APP, STRANGER, Case

_FUNC = "AllowOriginFunc: func(origin string) bool { return %s }, AllowCredentials: true"
_RS = f'AllowedOrigins: []string{{"{APP}"}}, AllowCredentials: true'
_GIN = f'AllowOrigins: []string{{"{APP}"}}, AllowCredentials: true'


def pair(id: str, bad: str, good: str, found: str, reads: bool, origin: str) -> Case:
    return Case(id, bad, good, (found,), reads, origin)


CASES = (
    pair("rs-true", _FUNC % "true", _FUNC % f'origin == "{APP}"', "any-origin-allowed", True, STRANGER),
    pair("rs-any", 'AllowedOrigins: []string{"*"}, AllowCredentials: true', _RS, "wildcard-with-credentials", False, APP),
    pair("rs-null", f'AllowedOrigins: []string{{"{APP}", "null"}}, AllowCredentials: true', _RS, "null-origin-allowed", True, "null"),
    pair(
        "rs-expression", _FUNC % r"regexp.MustCompile(`^https://app\.example\.com`).MatchString(origin)",
        _FUNC % r"regexp.MustCompile(`^https://app\.example\.com$`).MatchString(origin)", "origin-prefix-allowed", True,
        f"{APP}.stranger.example",
    ),
    pair(
        "rs-suffix", _FUNC % 'strings.HasSuffix(origin, "example.com")', _FUNC % 'strings.HasSuffix(origin, ".example.com")',
        "origin-suffix-allowed", True, "https://corsdoctorexample.com",
    ),
    pair(
        "rs-prefix", _FUNC % f'strings.HasPrefix(origin, "{APP}")', _FUNC % f'strings.HasPrefix(origin, "{APP}/")',
        "origin-prefix-allowed", True, f"{APP}.stranger.example",
    ),
    pair(
        "gin-or", _FUNC % 'strings.HasPrefix(origin, "http://localhost:") || strings.Contains(origin, "app.example.com")',
        _FUNC % f'strings.HasPrefix(origin, "http://localhost:") || origin == "{APP}"', "origin-prefix-allowed", True, f"{APP}.stranger.example",
    ),
    pair(
        "gin-if", _FUNC.replace("return %s", 'if origin == "" { return true }; if strings.HasSuffix(origin, "example.com") { return true }; return false'),
        _FUNC.replace("return %s", 'if strings.HasSuffix(origin, ".example.com") { return true }; return false'), "origin-suffix-allowed", True,
        "https://corsdoctorexample.com",
    ),
    pair(
        "gin-true-at-last", _FUNC.replace("return %s", 'if origin == "" { return true }\n// for now\nreturn true'),
        _FUNC.replace("return %s", f'if origin == "" {{ return true }}\n// for now\nreturn origin == "{APP}"'), "any-origin-allowed", True, STRANGER,
    ),
    pair("gin-true", _FUNC % "true", _FUNC % f'origin == "{APP}"', "any-origin-allowed", True, STRANGER),
    pair("gin-all", "AllowAllOrigins: true, AllowCredentials: true", _GIN, "wildcard-with-credentials", False, APP),
    pair("gin-any", 'AllowOrigins: []string{"*"}, AllowCredentials: true', _GIN, "wildcard-with-credentials", False, APP),
)  # fmt: skip

CLEAN = (
    "AllowCredentials: true",
    'AllowedOrigins: []string{"*"}',
    'AllowedOrigins: []string{"*"}, AllowCredentials: credentials',
    _FUNC.replace(", AllowCredentials: true", "") % "true",
    _FUNC % "false",
    _FUNC % "f(origin)",
    _FUNC % 'f(origin, "example.com")',
    _FUNC % 'strings.HasSuffix(origin, "\\x65xample.com")',
    _FUNC % 'strings.HasSuffix(origin, "a.example") || strings.HasSuffix(origin, "b.example")',
    "AllowOriginFunc: func(origin string) bool { check(origin); return true }, AllowCredentials: true",
    "AllowOriginFunc: func(origin string) bool { if known[origin] { return true }; return false }, AllowCredentials: true",
    'AllowOriginFunc: func(origin string) bool { if strings.HasSuffix(origin, "example.com") { log(origin); return true }; return false }',
    'AllowOriginFunc: func(origin string) bool { if bad(origin) { return false }; return strings.HasSuffix(origin, "example.com") }',
    'AllowOriginFunc: func(origin string) bool { if strings.HasSuffix(origin, "example.com") { return true } else { return false } }',
    _FUNC % 'secure(origin) && strings.HasSuffix(origin, "example.com")',
    _FUNC % '!strings.HasSuffix(origin, "example.com")',
    'AllowOriginFunc: func(origin string) bool { if origin == "" { return true } }',
    "AllowOriginFunc: allow, AllowCredentials: true",
    "x, y",
    "AllowedOrigins: list, AllowCredentials: true",
    "AllowOriginFunc: func(origin string) bool { return true" + " // x" * 300 + "\n }, AllowCredentials: true",
)
