"""C#: the calls on the policy of ASP.NET Core, which does not run in tests: what it does was read in its source."""

from __future__ import annotations

from tests.lint.cases import APP, STRANGER, Case

_FUNC = "policy.SetIsOriginAllowed(%s).AllowAnyHeader().AllowCredentials()"
_GOOD = f'policy.WithOrigins("{APP}").AllowCredentials()'
_EXACT = _FUNC % f'origin => origin == "{APP}"'


def pair(id: str, bad: str, good: str, found: str, origin: str = STRANGER, *, reads: bool = True) -> Case:
    return Case(id, bad, good, (found,), reads, origin)


CASES = (
    pair("true", _FUNC % "_ => true", _EXACT, "any-origin-allowed"),
    pair("true-of-a-name", _FUNC % "(string origin) => true", _EXACT, "any-origin-allowed"),
    pair("true-in-a-block", _FUNC % "origin => { return true; }", _FUNC % "origin => { return false; }", "any-origin-allowed"),
    pair("any", "policy.AllowAnyOrigin().AllowAnyMethod().AllowCredentials()", _GOOD, "wildcard-with-credentials", reads=False),
    pair("any-listed", 'policy.WithOrigins("*").AllowCredentials()', _GOOD, "wildcard-with-credentials", reads=False),
    pair("null", f'policy.WithOrigins("{APP}", "null").AllowCredentials()', _GOOD, "null-origin-allowed", "null"),
    pair("ends", _FUNC % 'origin => origin.EndsWith("example.com")', _FUNC % 'origin => origin.EndsWith(".example.com")', "origin-suffix-allowed"),
    pair("starts", _FUNC % f'origin => origin.StartsWith("{APP}")', _EXACT, "origin-prefix-allowed"),
    pair("contains", _FUNC % f'o => o.Contains("{APP}")', _EXACT, "origin-prefix-allowed"),
    pair("host-ends", _FUNC % 'origin => new Uri(origin).Host.EndsWith("example.com")', _FUNC % 'origin => new Uri(origin).Host.EndsWith(".example.com")', "origin-suffix-allowed"),
    pair("or", _FUNC % 'o => new Uri(o).Host == "localhost" || (o.EndsWith("example.com"))', _FUNC % 'o => new Uri(o).Host == "localhost" || (o.EndsWith(".example.com"))', "origin-suffix-allowed"),
    pair("host-starts", _FUNC % 'o => new Uri(o).Host.StartsWith("app.example.com")', _EXACT, "origin-prefix-allowed"),
    pair("expression", _FUNC % r'o => Regex.IsMatch(o, @"^https://app\.example\.com")', _FUNC % r'o => Regex.IsMatch(o, @"^https://app\.example\.com$")', "origin-prefix-allowed"),
)  # fmt: skip

CLEAN = (
    "policy.AllowAnyOrigin()",
    "policy.AllowAnyOrigin().AllowCredentials().DisallowCredentials()",
    'policy.WithOrigins("*", "https://app.example.com").AllowCredentials()',
    'policy.AllowAnyOrigin().WithOrigins("https://app.example.com").AllowCredentials()',
    "policy.SetIsOriginAllowed(_ => true)",
    "policy.WithOrigins(origins).AllowCredentials()",
    'policy.WithOrigins($"{scheme}://app.example", "https:\\u002f/x").AllowCredentials()',
    _FUNC % "IsAllowed",
    _FUNC % "origin => origins.Contains(origin)",
    _FUNC % 'origin => other.EndsWith("example.com")',
    _FUNC % 'origin => origin.Equals("https://app.example.com")',
    _FUNC % 'origin => origin.EndsWith("a.example", "b.example")',
    _FUNC % 'origin => origin.EndsWith(@"a""b")',
    _FUNC % "origin => { log(origin); return true; }",
    _FUNC % "origin => { return; }",
    _FUNC % f"origin => {{ /* {'x' * 400} */ return true; }}",
    "policy.SetIsOriginAllowed().AllowCredentials()",
    "policy.SetIsOriginAllowed(this).AllowCredentials()",
    "policy.WithOrigins(this).AllowCredentials()",
    "app.Use()[0](1)",
    f"a.{'b' * 400}().AllowCredentials()",
)
