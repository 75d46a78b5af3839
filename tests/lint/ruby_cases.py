"""Ruby: what is inside `allow do` of rack-cors."""

from __future__ import annotations

from tests.lint.cases import APP, STRANGER, Case

_RESOURCE = 'resource "*", credentials: true'
_GOOD = f'origins "{APP}"\n{_RESOURCE}'


def pair(id: str, bad: str, good: str, found: str, origin: str) -> Case:
    return Case(id, f"origins {bad}\n{_RESOURCE}", f"origins {good}\n{_RESOURCE}", (found,), True, origin)


CASES = (
    pair("block-true", "{ |source, env| true }", f'{{ |source, env| source == "{APP}" }}', "any-origin-allowed", STRANGER),
    pair("do-true", "do |source, env|\n# all\ntrue\nend", f'do |source, env|\nsource == "{APP}"\nend', "any-origin-allowed", STRANGER),
    pair("lambda-true", "->(source, env) { true }", f'->(source, env) {{ source == "{APP}" }}', "any-origin-allowed", STRANGER),
    pair("proc-true", "proc { true }", "proc { false }", "any-origin-allowed", STRANGER),
    Case("any-after", f'{_RESOURCE}\norigins "*"', _GOOD, ("any-origin-allowed",), True, STRANGER),
    pair("end", r"/\Ahttps:\/\/app\.example\.com/", r"/\Ahttps:\/\/app\.example\.com\Z/", "origin-prefix-allowed", f"{APP}.stranger.example"),
    pair("start", r"%r{example\.com$}", r"%r{\.example\.com$}", "origin-suffix-allowed", "https://corsdoctorexample.com"),
    pair("dot", r"%r{^https://app.example\.com$}", r"%r{^https://app\.example\.com$}", "origin-dot-unescaped", "https://appxexample.com"),
    pair("or", '{ |source, env| source == "http://localhost:3000" || source.end_with?("example.com") }', '{ |source, env| source == "http://localhost:3000" || source.end_with?(".example.com") }', "origin-suffix-allowed", "https://corsdoctorexample.com"),
    pair("or-in-words", '{ |source, env| (source == "http://localhost:3000" or source =~ /example\\.com\\z/) }', '{ |source, env| (source == "http://localhost:3000" or source =~ /\\.example\\.com\\z/) }', "origin-suffix-allowed", "https://corsdoctorexample.com"),
    pair("ends", '{ |source| source.end_with?("example.com") }', '{ |source| source.end_with?(".example.com") }', "origin-suffix-allowed", "https://corsdoctorexample.com"),
    pair("starts", f'{{ |source| source.start_with?("{APP}") }}', f'{{ |source| source.start_with?("{APP}/") }}', "origin-prefix-allowed", f"{APP}.stranger.example"),
    pair("null", r"/\Anull\z/", r"/\Anil\z/", "null-origin-allowed", "null"),
)  # fmt: skip

NO_START = f'origins "*"\n{_RESOURCE}'
"""With this, the application does not start."""

_ANY = r"%r{app\.example}"
CLEAN = (
    "",
    _RESOURCE,
    'origins "*"\nresource "*"',
    'origins "*"\nresource "*", credentials: false',
    'origins "*"\nresource "*", headers: true, **options',
    'origins "*" if development?\nresource "*", credentials: true',
    "origins { |source, env| true }\nresource '*'",
    f"origins {_ANY}\norigins 'https://app.example'\n{_RESOURCE}",
    f"if development?\norigins {_ANY}\nend\n{_RESOURCE}",
    f"origins {_ANY}",  # without a resource, nothing is allowed
    f"origins *list, ALLOWED, 'null', 'app.example', %w[https://app.example]\n{_RESOURCE}",
    f"origins %r{{^https://app\\.example#{{ending}}}}, //\n{_RESOURCE}",
    f"origins /https:app.example  $/x\n{_RESOURCE}",
    f"origins {{ |source, env| }}\n{_RESOURCE}",
    f"origins {{ |source, env| log(source); true }}\n{_RESOURCE}",
    f"origins {{ |source, env| true {'# x' * 400}\n }}\n{_RESOURCE}",
    f"origins {{ |source, env| known.include?(source) }}\n{_RESOURCE}",
    f'origins {{ |source, env| list["x"].end_with?("example.com") }}\n{_RESOURCE}',
    f'origins {{ |source, env| env["HTTP_ORIGIN"] =~ {_ANY} }}\n{_RESOURCE}',
    f"origins {{ |source, env| source !~ {_ANY} }}\n{_RESOURCE}",
    f"origins {{ |source, env| source.sub({_ANY}) }}\n{_RESOURCE}",
    f"origins {{ |source, env| source }}\n{_RESOURCE}",
    f'origins {{ |source, env| host.end_with?("example.com") }}\n{_RESOURCE}',
    f"origins {{ |source, env| host.match?({_ANY}) }}\n{_RESOURCE}",
    f'origins {{ end_with?("example.com") }}\n{_RESOURCE}',
    f"origins {{ |source, env| source.end_with?(ending) }}\n{_RESOURCE}",
    f"origins {{ |source, env| source =~ expression }}\n{_RESOURCE}",
    f"origins {{ || known.match?({_ANY}) }}\n{_RESOURCE}",
    f"origins(&block)\n{_RESOURCE}",
    f"origins lambda(&block), lambda, method(:allowed)\n{_RESOURCE}",
)
FOUND = (
    f"origins 'https://app.example', [{_ANY}]\n{_RESOURCE}",
    f"origins {_ANY}\n%w[/a /b].each {{ |path| resource path }}",
    f"origins {{ |source| source =~ {_ANY} }}\n{_RESOURCE}",
    f"origins {{ |source| {_ANY}.match?(source) }}\n{_RESOURCE}",
    f"origins lambda {{ |source, env| source&.match?({_ANY}) }}\n{_RESOURCE}",
    f"origins {_ANY}i\nresource('*', {{ :credentials => true }})",
    f"origins {_ANY} # ours\nresource '*', 'credentials': true",
)
"""Other ways to write the same: the end of the expression is open."""
