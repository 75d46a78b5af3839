"""Java: what a method does with a CorsConfiguration of Spring, or with the response of a servlet where the id begins with servlet."""

from __future__ import annotations

from tests.lint.cases import APP, STRANGER, Case

_CREDENTIALS = "config.setAllowCredentials(true);"
_EXACT = f'config.setAllowedOrigins(java.util.Arrays.asList("{APP}"));'
_HEADER = 'response.setHeader("Access-Control-Allow-Origin", %s); response.setHeader("Access-Control-Allow-Credentials", "true");'

_REFLECTED = _HEADER % 'request.getHeader("Origin")'


def pair(id: str, bad: str, good: str, found: str, origin: str) -> Case:
    return Case(id, bad, good, (found,), True, origin)


CASES = (
    pair("any", f'config.setAllowedOrigins(Collections.singletonList("*")); {_CREDENTIALS}', f"{_EXACT} {_CREDENTIALS}", "any-origin-allowed", STRANGER),
    pair("any-constant", f"config.addAllowedOrigin(CorsConfiguration.ALL); {_CREDENTIALS}", f"{_EXACT} {_CREDENTIALS}", "any-origin-allowed", STRANGER),
    pair("any-of-several", f'config.setAllowedOrigins(Arrays.asList("{APP}", "*")); config.setAllowCredentials(Boolean.TRUE);', f"{_EXACT} {_CREDENTIALS}", "any-origin-allowed", STRANGER),
    pair("null", f'{_EXACT} config.addAllowedOrigin("null"); {_CREDENTIALS}', f"{_EXACT} {_CREDENTIALS}", "null-origin-allowed", "null"),
    pair("servlet-any", _REFLECTED, _HEADER % f'"{APP}"', "any-origin-allowed", STRANGER),
)  # fmt: skip
"""What runs with Debian's Spring 4.3."""

_BUILT = 'registry.addMapping("/**").%s.allowCredentials(true);'
READ = (
    pair("patterns-any", f'config.setAllowedOriginPatterns(List.of("*")); {_CREDENTIALS}', f'config.setAllowedOriginPatterns(List.of("https://*.app.example.com")); {_CREDENTIALS}', "any-origin-allowed", STRANGER),
    pair("patterns-suffix", f'config.addAllowedOriginPattern("https://*example.com"); {_CREDENTIALS}', f'config.addAllowedOriginPattern("https://*.example.com"); {_CREDENTIALS}', "origin-suffix-allowed", "https://corsdoctorexample.com"),
    pair("patterns-prefix", f'config.addAllowedOriginPattern("https://app.example.com*"); {_CREDENTIALS}', f"{_EXACT} {_CREDENTIALS}", "origin-prefix-allowed", f"{APP}.stranger.example"),
    pair("registry-any", _BUILT % 'allowedOrigins("*").allowedMethods("*")', _BUILT % f'allowedOrigins("{APP}")', "any-origin-allowed", STRANGER),
    pair("registry-patterns", _BUILT % 'allowedOriginPatterns("*")', _BUILT % f'allowedOriginPatterns("{APP}")', "any-origin-allowed", STRANGER),
    pair("registry-default", 'registry.addMapping("/**").allowedMethods("*").allowCredentials(true);', _BUILT % f'allowedOrigins("{APP}")', "any-origin-allowed", STRANGER),
    pair("registry-default-of-several", 'configure(r -> r.addMapping("/api/**").allowCredentials(true));', f'configure(r -> r.addMapping("/api/**").allowedOrigins("{APP}").allowCredentials(true));', "any-origin-allowed", STRANGER),
    pair("patterns-ports", _BUILT % 'allowedOriginPatterns("https://*example.com:[8080,8081]")', _BUILT % 'allowedOriginPatterns("https://*.example.com:[8080,8081]")', "origin-suffix-allowed", "https://corsdoctorexample.com:8080"),
    pair("patterns-any-port", _BUILT % 'allowedOriginPatterns("https://*example.com:[*]")', _BUILT % 'allowedOriginPatterns("https://*.example.com:[*]")', "origin-suffix-allowed", "https://corsdoctorexample.com"),
    pair("patterns-any-host", _BUILT % 'allowedOriginPatterns("https://*:[*]")', _BUILT % 'allowedOriginPatterns("https://app.example.com:*")', "any-origin-allowed", STRANGER),
    pair("registry-null", _BUILT % f'allowedOrigins("{APP}", "null")', _BUILT % f'allowedOrigins(new String[] {{"{APP}"}})', "null-origin-allowed", "null"),
)  # fmt: skip
"""What was read in the source of later versions."""

CLEAN = (
    'config.setAllowedOrigins(List.of("*"));',
    'config.setAllowedOrigins(List.of("*")); config.setAllowCredentials(false);',
    f'config.setAllowedOrigins(List.of("*")); {_EXACT} {_CREDENTIALS}',
    f'config.addAllowedOrigin("*"); {_EXACT} {_CREDENTIALS}',
    f'config.setAllowedOrigins(List.of("*")); {_CREDENTIALS} config.setAllowCredentials(false);',
    f'config.setAllowedOrigins(List.of("*")); if (local) {{ {_CREDENTIALS} }}',
    f"config.setAllowedOrigins(origins); {_CREDENTIALS}",
    f'config.setAllowedOrigins(read("*")); {_CREDENTIALS}',
    f'config.setAllowedOrigins(List.of("\\u002a")); {_CREDENTIALS}',
    f'config.setAllowedOrigins(List.of("""\n*""")); {_CREDENTIALS}',
    f'other.setAllowedOrigins(List.of("*")); other{_CREDENTIALS[6:]}',
    'config.setAllowedOriginPatterns(List.of("*"));',
    'registry.addMapping("/**").allowedOrigins("*");',
    'builder.allowedOrigins("*").allowCredentials(true);',
    'registry.addMapping("/**");',
    'registry.addMapping("/**").allowedMethods("*");',
    'registry.addMapping("/**").allowedOrigins(origins).allowCredentials(true);',
    'registry.addMapping("/**").combine(other).allowCredentials(true);',
    'CorsRegistration all = registry.addMapping("/**").allowCredentials(true); all.allowedOrigins(origins);',
    _HEADER % "origin",
    _HEADER % 'request.getHeader("Host")',
    _HEADER % 'request.getHeader("Origin").trim()',
    f"if (unknown()) {{ return; }} {_REFLECTED}",
    f'if (allowed.contains(request.getHeader("Origin"))) {{ {_REFLECTED} }}',
    f"for (String one : allowed) {{ try {{ {_REFLECTED} }} finally {{ end(); }} }}",
    f"do {{ {_REFLECTED} }} while (more());",
    f"try {{ run(); }} catch (Unknown e) {{ {_REFLECTED} }}",
    'response.setHeader("Access-Control-Allow-Origin", request.getHeader("Origin"));',
    'response.setHeader("Access-Control-Allow-Origin", request.getHeader("Origin")); response.setHeader("Access-Control-Allow-Credentials", "false");',
    "run(); i++; response.setHeader(name, value); response.flush(1, 2); int n = 1; Object o = new Object();",
)  # fmt: skip
ANNOTATIONS = (
    ('@CrossOrigin(origins = "*", allowCredentials = "true")', "any-origin-allowed"),
    ('@CrossOrigin(value = {"https://app.example.com", "*"}, allowCredentials = "true")', "any-origin-allowed"),
    ('@CrossOrigin(allowCredentials = "true")', "any-origin-allowed"),
    ('@CrossOrigin(originPatterns = "*", allowCredentials = "true")', "any-origin-allowed"),
    ('@CrossOrigin("null")', "null-origin-allowed"),
    ('@CrossOrigin(originPatterns = {"https://*example.com"})', "origin-suffix-allowed"),
    ('@CrossOrigin("*")', None),
    ('@CrossOrigin(origins = "https://app.example.com", allowCredentials = "true")', None),
    ("@CrossOrigin", None),
    ('@CrossOrigin(origins = "*", allowCredentials = "false")', None),
    ('@Other(origins = "*", allowCredentials = "true")', None),
)
