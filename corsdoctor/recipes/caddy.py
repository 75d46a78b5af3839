"""Caddy."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="caddy",
    title="Caddy",
    family=Family.SERVER,
    language="caddyfile",
    where="At the beginning of the site block in the Caddyfile.{% if preflighted %} All that the block held before "
    "goes into the last `handle`.{% endif %}",
    rights=(
        "{% if preflighted %}Caddy runs basic_auth before respond, in whatever order they are written. The two "
        "`handle` blocks keep the preflight away from the login.{% endif %}",
        "{% if seen %}A `header` with `-` or `defer` works when the answer leaves, the inner one first: the "
        "application's headers go, ours come. The lines without `defer` are for answers that Caddy makes itself, such "
        "as 401 of basic_auth or 502 of a dead upstream: there what is deferred is lost.{% else %}No `defer`: what is "
        "deferred is lost when Caddy itself makes the error, such as 401 of basic_auth or 502 of a dead upstream."
        "{% endif %}",
        "{% if not public %}`header Origin` matches the whole value, as long as there is no `*` in it.{% endif %}",
        "{% if not public %}`+Vary` adds to Vary; without the `+` it replaces what another directive has put there."
        "{% endif %}",
        "{% if not seen %}Where the upstream sends CORS headers too, browsers see two. `header_down "
        "-Access-Control-*` in reverse_proxy takes the upstream's away.{% endif %}",
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
{% if seen %}

# without the application's headers, and the above once more
header {{ "" if public else "@cors " }}{
    defer
    Access-Control-Allow-Origin {{ "*" if public else "{header.Origin}" }}
{% if credentials %}
    Access-Control-Allow-Credentials true
{% endif %}
}
{% if expose and "Access-Control-Expose-Headers" in seen %}
header {
    defer
    Access-Control-Expose-Headers {{ expose | join(", ") | quoted }}
}
{% endif %}
{% if not preflighted %}
{% for h in seen %}
header -{{ h }}
{% endfor %}
{% endif %}
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
{% for h in seen %}
    header -{{ h }}
{% endfor %}
    # the rest of the site block: basic_auth, reverse_proxy, file_server and so on
}
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Debian's caddy in the tests.",
)
