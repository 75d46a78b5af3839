"""Web servers that serve the page and forward the API's path, so that a request is same-origin in production."""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes.recipe import Family, Proof, Recipe

_PATH: Final = (
    "The script requests only a path. A URL with scheme and host does not use the proxy, and CORS applies again."
)
_ORIGIN: Final = (
    "A POST or PUT still has the page's Origin. If the API refuses it, remove that header, as the comment shows, or let the "
    "API trust this origin."
)
_COOKIE: Final = "{% if credentials %}Browsers do not accept a cookie with the API's Domain from the page's host: "

NGINX: Final = Recipe(
    id="nginx-proxy",
    title="nginx (same-origin proxy)",
    family=Family.PROXY,
    language="nginx",
    where="In the server block that serves the page. A shorter path covers more of the API.",
    rights=(
        _PATH,
        "nginx sends the API's own name as Host, unless `proxy_set_header Host` is set in the server or http block.",
        _ORIGIN,
        "{% if upstream.startswith('https') %}`proxy_ssl_server_name` sends the API's name in the TLS handshake, which a CDN "
        "needs. nginx does not verify the certificate unless `proxy_ssl_verify` is on.{% endif %}",
        _COOKIE + "`proxy_cookie_domain {{ host }} $host;` replaces it.{% endif %}",
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
# the script requests "{{ path if prefix else "/api/" }}", without scheme and host
location {{ prefix or "/api/" }} {
    proxy_pass {{ upstream }}{{ "" if prefix else "/" }};
{% if upstream.startswith("https") %}
    proxy_ssl_server_name on;
{% endif %}
    # proxy_set_header Origin "";
}
""",
    proof=Proof.RUN,
    proved="Run with Debian's nginx in the tests.",
)

APACHE: Final = Recipe(
    id="apache-proxy",
    title="Apache httpd (same-origin proxy)",
    family=Family.PROXY,
    language="apache",
    where="In the VirtualHost that serves the page, before a ProxyPass for a shorter path. `a2enmod proxy_http{% if "
    "upstream.startswith('https') %} ssl{% endif %}` enables what it requires. A shorter path covers more of the API.",
    rights=(
        _PATH,
        "Apache sends the API's own name as Host, unless ProxyPreserveHost is on.",
        _ORIGIN,
        "ProxyPassReverse changes the Location of redirects, so that they do not lead to the API's own origin.",
        _COOKIE + "`ProxyPassReverseCookieDomain {{ host }} PAGE-HOST` replaces it.{% endif %}",
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
# the script requests "{{ path if prefix else "/api/" }}", without scheme and host
{% if upstream.startswith("https") %}
SSLProxyEngine On
{% endif %}
ProxyPass {{ prefix or "/api/" }} {{ upstream }}{{ prefix or "/" }}
ProxyPassReverse {{ prefix or "/api/" }} {{ upstream }}{{ prefix or "/" }}
# RequestHeader unset Origin
""",
    proof=Proof.RUN,
    proved="Run with Debian's apache2 in the tests.",
)

CADDY: Final = Recipe(
    id="caddy-proxy",
    title="Caddy (same-origin proxy)",
    family=Family.PROXY,
    language="caddyfile",
    where="In the site block that serves the page. The rest of the block goes into a `handle` of its own. A shorter path "
    "covers more of the API.",
    rights=(
        _PATH,
        "`header_up Host` sends the API's own name. Without it, the API receives the page's host.",
        _ORIGIN,
        _COOKIE + "let the API set the cookie without Domain.{% endif %}",
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
# the script requests "{{ path if prefix else "/api/" }}", without scheme and host
{% if prefix %}
@api path {{ prefix }} {{ prefix }}/*
handle @api {
{% else %}
handle_path /api/* {
{% endif %}
    reverse_proxy {{ upstream }} {
        header_up Host {upstream_hostport}
        # header_up -Origin
    }
}
""",
    proof=Proof.RUN,
    proved="Run with Debian's caddy in the tests.",
)

RECIPES: Final = (NGINX, APACHE, CADDY)
