"""Caddy."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="caddy",
    title="Caddy",
    family=Family.SERVER,
    language="caddyfile",
    where="At the beginning of the site block in the Caddyfile. Where it ends with a `handle`, all that the block held "
    "before goes into that one.",
    rights=(
        "Caddy runs basic_auth before respond, in whatever order they are written. The two `handle` blocks keep the "
        "preflight away from the login.",
        "No `defer`: what is deferred is lost when Caddy itself makes the error, such as 401 of basic_auth or 502 of a "
        "dead upstream.",
        "`header Origin` matches the whole value, as long as there is no `*` in it.",
        "`+Vary` adds to Vary; without the `+` it replaces what another directive has put there.",
        "Where the upstream sends CORS headers too, browsers see two. `header_down -Access-Control-*` in reverse_proxy "
        "takes the upstream's away.",
    ),
    template="""\
{% if not public %}
@cors {
{% for o in origins %}
    header Origin {{ o }}
{% endfor %}
}
header @cors Access-Control-Allow-Origin {header.Origin}
{% if credentials %}
header @cors Access-Control-Allow-Credentials true
{% endif %}
header +Vary Origin
{% else %}
header Access-Control-Allow-Origin *
{% endif %}
{% if expose %}
header Access-Control-Expose-Headers {{ expose | join(", ") | quoted }}
{% endif %}
{% if preflighted %}

@preflight method OPTIONS
handle @preflight {
    header Access-Control-Allow-Methods {{ methods | join(", ") | quoted }}
{% if headers %}
    header Access-Control-Allow-Headers {{ headers | join(", ") | quoted }}
{% endif %}
    header Access-Control-Max-Age {{ max_age }}
    respond 204
}
handle {
    # the rest of the site block: basic_auth, reverse_proxy, file_server and so on
}
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Debian's caddy in the tests.",
)
