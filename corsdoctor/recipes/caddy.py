"""Caddy."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="caddy",
    title="Caddy",
    family=Family.SERVER,
    aliases=("caddy-file-server",),
    language="caddyfile",
    where="At the beginning of the site block in the Caddyfile.{% if preflighted %} Move the previous content of "
    "the block into the last `handle`.{% endif %} The command `caddy file-server` cannot send headers: a site block "
    "with `root` and `file_server` does the same.",
    rights=(
        "{% if preflighted %}Caddy runs basic_auth before respond, regardless of their order in the file. The two "
        "`handle` blocks exclude the preflight request from the login.{% endif %}",
        "{% if seen %}A `header` with `-` or `defer` runs when the response is sent, the inner one first: the "
        "application's headers are removed, and the new ones are added. The lines without `defer` are for "
        "responses of Caddy itself, such as the 401 of basic_auth or the 502 of an upstream that is down, where "
        "deferred headers are lost.{% else %}`defer` is not used: deferred headers are lost in the error responses "
        "of Caddy itself, such as the 401 of basic_auth or the 502 of an upstream that is down.{% endif %}",
        "{% if not public %}`header Origin` compares the whole value, unless it contains a `*`.{% endif %}",
        "{% if not public %}`+Vary` adds to Vary. Without the `+` it would replace what another directive has "
        "set.{% endif %}",
        "{% if not seen %}If the upstream sends CORS headers too, browsers receive two. `header_down "
        "-Access-Control-*` in reverse_proxy removes those of the upstream.{% endif %}",
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
