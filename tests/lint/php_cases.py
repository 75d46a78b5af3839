"""PHP: what a script sends by hand, or config/cors.php of Laravel."""

from __future__ import annotations

from tests.lint.cases import APP, STRANGER, Case

_TRUE = 'header("Access-Control-Allow-Credentials: true");'
_GOOD = f'header("Access-Control-Allow-Origin: {APP}"); {_TRUE}'
_BACK = 'header("Access-Control-Allow-Origin: " . $_SERVER["HTTP_ORIGIN"]);'


def pair(id: str, bad: str, found: str, *, reads: bool = True, origin: str = STRANGER, good: str = _GOOD) -> Case:
    return Case(id, bad, good, (found,), reads, origin)


CASES = (
    pair("joined", f"{_BACK} {_TRUE}", "any-origin-allowed"),
    pair("interpolated", f"""header("Access-Control-Allow-Origin: {{$_SERVER['HTTP_ORIGIN']}}"); {_TRUE}""", "any-origin-allowed"),
    pair("in-a-variable", f"$origin = $_SERVER['HTTP_ORIGIN'] ?? ''; header(\"access-control-allow-origin: $origin\"); {_TRUE}", "any-origin-allowed"),
    pair("if-there", f"if (isset($_SERVER['HTTP_ORIGIN'])) {{ {_BACK} {_TRUE} }}", "any-origin-allowed"),
    pair("if-not-empty", f"if (!empty($_SERVER['HTTP_ORIGIN'])) {{ {_TRUE} {_BACK} }}", "any-origin-allowed"),
    pair("if-true", f"if ($_SERVER['HTTP_ORIGIN']) {{ {_BACK} {_TRUE} }}", "any-origin-allowed"),
    pair("in-a-function", f"function allow() {{ {_BACK} {_TRUE} }} allow();", "any-origin-allowed"),
    pair("if-the-variable", f"$origin = $_SERVER['HTTP_ORIGIN']; if ($origin) {{ header(\"Access-Control-Allow-Origin: $origin\"); {_TRUE} }}", "any-origin-allowed"),
    pair("in-a-method", f"if ('GET' == $_SERVER['REQUEST_METHOD']) {{ {_BACK} {_TRUE} }}", "any-origin-allowed"),
    pair("before-a-method", f"{_BACK} {_TRUE} if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {{ exit; }}", "any-origin-allowed"),
    pair("any", f"header('Access-Control-Allow-Origin: *'); {_TRUE}", "wildcard-with-credentials", reads=False, origin=APP),
    pair("list", f"header('Access-Control-Allow-Origin: {APP}, https://admin.example.com'); {_TRUE}", "several-origins-in-value", reads=False, origin=APP),
)  # fmt: skip

CLEAN = (
    _BACK,
    f"{_BACK} header('Access-Control-Allow-Credentials: false');",
    f"{_BACK} if ($login) {{ {_TRUE} }}",
    f"if (in_array($_SERVER['HTTP_ORIGIN'], $allowed)) {{ {_BACK} {_TRUE} }}",
    f"if (!in_array($_SERVER['HTTP_ORIGIN'], $allowed)) {{ exit; }} {_BACK} {_TRUE}",
    f"if (allowed()) {{ if (isset($_SERVER['HTTP_ORIGIN'])) {{ {_BACK} {_TRUE} }} }}",
    f"{'{' * 120} {_BACK} {_TRUE} {'}' * 120}",
    f"if ($known) {{ {_BACK} {_TRUE} }}",
    f"if (isset($allowed[$_SERVER['HTTP_ORIGIN']])) {{ {_BACK} {_TRUE} }}",
    f"if (isset($_SERVER['HTTP_X_KEY'])) {{ {_BACK} {_TRUE} }}",
    f"if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS' && in_array($_SERVER['HTTP_ORIGIN'], $list)) {{ {_BACK} {_TRUE} }}",
    f"if (empty($_SERVER['HTTP_ORIGIN'])) {{ run(); }} elseif (allowed()) {{ {_BACK} {_TRUE} }}",
    f"in_array($_SERVER['HTTP_ORIGIN'], $list) or die(); {_BACK} {_TRUE}",
    f"match (allowed()) {{ true => 1, false => exit() }}; {_BACK} {_TRUE}",
    f"if (in_array({'$list, ' * 60} 1)) {{ {_BACK} {_TRUE} }}",
    f"$origin = $_SERVER['HTTP_ORIGIN']; $origin = 'x'; header(\"Access-Control-Allow-Origin: $origin\"); {_TRUE}",
    f"$origin = '{'x' * 400}'; header('Access-Control-Allow-Origin: ' . $origin); {_TRUE}",
    f"header('Access-Control-Allow-Origin: ' . origin()); {_TRUE}",
    f"header('Access-Control-Allow-Origin: https://{'x' * 400}'); {_TRUE}",
    f"send('Access-Control-Allow-Origin: *'); header(); $header('Access-Control-Allow-Origin: *'); {_TRUE}",
    "header('Access-Control-Allow-Origin: *'); [$a, $b] = f(); return 1;",
)  # fmt: skip


def config(text: str) -> str:
    return f"return ['paths' => ['api/*'], {text}];"


_WITH = "'supports_credentials' => true"
LARAVEL = (
    pair("any", config(f"'allowed_origins' => ['*'], {_WITH}"), "any-origin-allowed", good=config(f"'allowed_origins' => ['{APP}'], {_WITH}")),
    pair("null", config(f"'allowed_origins' => ['{APP}', 'null'], {_WITH}"), "null-origin-allowed", good=config(f"'allowed_origins' => ['{APP}'], {_WITH}")),
    pair("wildcard", config(f"'allowed_origins' => ['https://*example.com'], {_WITH}"), "origin-suffix-allowed", good=config(f"'allowed_origins' => ['https://*.example.com'], {_WITH}")),
    pair("pattern", config(rf"'allowed_origins_patterns' => ['#^https://app\.example\.com#'], {_WITH}"), "origin-prefix-allowed", good=config(rf"'allowed_origins_patterns' => ['#^https://app\.example\.com\z#'], {_WITH}")),
    pair("pattern-of-any-case", config(rf"'allowed_origins_patterns' => ['/^https:\/\/APP.example\.com\z/i'], {_WITH}"), "origin-dot-unescaped", good=config(rf"'allowed_origins_patterns' => ['/^https:\/\/APP\.example\.com\z/i'], {_WITH}")),
)  # fmt: skip
"""What was read in the source of fruitcake/php-cors, which Debian does not have."""
LARAVEL_CLEAN = (
    config("'allowed_origins' => ['*'], 'supports_credentials' => false"),
    config("'allowed_origins' => ['*', 'null', 'https://*example.com'], 'allowed_origins_patterns' => ['#.#']"),
    config("'allowed_origins' => ['*'], 'supports_credentials' => env('CREDENTIALS', true)"),
    config(f"'allowed_origins' => explode(',', env('ORIGINS')), {_WITH}"),
    config(f"'allowed_origins' => [env('ORIGIN'), 'a' => 'b', \"$c\"], {_WITH}"),
    config(rf"'allowed_origins_patterns' => ['^https://app.example', '#app.example  #x'], {_WITH}"),
    config(f"'origins' => ['*'], {_WITH}, 1, ...$more, $key => 2"),
)
