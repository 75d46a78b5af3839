"""nginx."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="nginx",
    title="nginx",
    family=Family.SERVER,
    language="nginx",
    where="{% if preflighted or not public %}The maps go into the http block (for example into a file in conf.d), "
    "the rest into the server block that serves the URL, or into one location of it.{% else %}In the server block "
    "that serves the URL, or in one location of it.{% endif %}",
    rights=(
        "`always` adds the headers to 4xx and 5xx responses too. Without it, a login error looks like a CORS error.",
        "{% if preflighted %}OPTIONS is answered with 204 before auth_basic, proxy_pass and similar directives "
        "run.{% endif %}",
        "{% if preflighted %}The `if` contains only `return`: an add_header in it would replace all the others. "
        "For the same reason, a location with its own add_header needs these lines again.{% else %}A location with "
        "its own add_header needs these lines again, because its own replace those of the server block.{% endif %}",
        "{% if not public %}The map allows only exact origins. Any other gets no Access-Control-Allow-Origin "
        "(nginx omits a header with an empty value), but still gets Vary: Origin.{% endif %}",
        "{% if seen %}proxy_hide_header removes what the application behind proxy_pass sends now, because browsers "
        "would otherwise receive two headers. For fastcgi_pass and uwsgi_pass, use fastcgi_hide_header and "
        "uwsgi_hide_header. A location with such a line of its own needs these again.{% else %}If the application "
        "behind nginx sends CORS headers too, remove them with proxy_hide_header. Otherwise browsers receive "
        "two.{% endif %}",
    ),
    template="""\
{% if not public or preflighted %}
# http block
{% if not public %}
map $http_origin $cors_origin {
    default "";
{% for o in origins %}
    {{ o | quoted }} {{ o | quoted }};
{% endfor %}
}
{% endif %}
{% if credentials %}
map $cors_origin $cors_credentials {
    default "true";
    "" "";
}
{% endif %}
{% if preflighted %}
map $request_method $cors_methods {
    default "";
    OPTIONS {{ methods | join(", ") | quoted }};
}
{% if headers %}
map $request_method $cors_headers {
    default "";
    OPTIONS {{ headers | join(", ") | quoted }};
}
{% endif %}
map $request_method $cors_max_age {
    default "";
    OPTIONS {{ max_age }};
}
{% endif %}

{% endif %}
# server block
{% for h in seen %}
proxy_hide_header {{ h }};
{% endfor %}
{% if public %}
add_header Access-Control-Allow-Origin "*" always;
{% else %}
add_header Access-Control-Allow-Origin $cors_origin always;
add_header Vary Origin always;
{% endif %}
{% if credentials %}
add_header Access-Control-Allow-Credentials $cors_credentials always;
{% endif %}
{% if expose %}
add_header Access-Control-Expose-Headers {{ expose | join(", ") | quoted }} always;
{% endif %}
{% if preflighted %}
add_header Access-Control-Allow-Methods $cors_methods always;
{% if headers %}
add_header Access-Control-Allow-Headers $cors_headers always;
{% endif %}
add_header Access-Control-Max-Age $cors_max_age always;
if ($request_method = OPTIONS) {
    return 204;
}
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Debian's nginx in the tests.",
)
