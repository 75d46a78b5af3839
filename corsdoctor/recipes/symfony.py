"""Symfony, with NelmioCorsBundle."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="symfony",
    title="Symfony",
    family=Family.FRAMEWORK,
    language="yaml",
    aliases=("nelmio", "api-platform"),
    where="In `config/packages/nelmio_cors.yaml`, replacing its content. `composer require nelmio/cors-bundle` installs the "
    "bundle; its own file reads the origins from CORS_ALLOW_ORIGIN in `.env`, as a regular expression.",
    rights=(
        "{% if preflighted %}The bundle answers the preflight request before the firewall, so no login is needed for "
        "it.{% else %}The headers are also on the 401 of the firewall and on error pages.{% endif %}",
        "`origin_regex` is false, so the origins are compared as whole strings.",
        "`paths` is needed: without it, the defaults apply to no path.",
        "If the web server in front of PHP {% if seen %}sends {{ seen | join(', ') }} now{% else %}sends CORS headers "
        "too{% endif %}, remove them there. Browsers do not accept two.",
    ),
    template="""\
nelmio_cors:
    defaults:
        origin_regex: false
        allow_origin: {{ origins | tojson }}
        allow_credentials: {{ credentials | tojson }}
        allow_methods: {{ methods | tojson }}
        allow_headers: {{ headers | tojson }}
        expose_headers: {{ expose | tojson }}
        max_age: {{ max_age if preflighted else 0 }}
    paths:
        '^/': ~
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests and written from the documentation and source of the bundle; not run.",
)
