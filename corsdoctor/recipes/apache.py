"""Apache httpd."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="apache",
    aliases=("apache2", "httpd"),
    title="Apache httpd",
    family=Family.SERVER,
    language="apache",
    where="In the VirtualHost that serves the URL{% if preflighted %}, before its other RewriteRules, and not in a "
    ".htaccess file or a Directory block{% endif %}. `a2enmod headers{% if preflighted or not public %} setenvif{% "
    "endif %}{% if preflighted %} rewrite{% endif %}` enables the {% if preflighted or not public %}modules{% else "
    "%}module{% endif %} that it requires.",
    rights=(
        "`always` adds the headers to the error responses of httpd itself too, such as the 401 of a login or the "
        "503 for an application that is down.",
        "{% if preflighted %}In a VirtualHost, the RewriteRule answers OPTIONS before any login and any proxy. In "
        ".htaccess it runs after the login, and the preflight request gets 401.{% endif %}",
        "{% if not public %}`in { ... }` compares whole strings, so no dot and no anchor can be forgotten in a "
        "regular expression.{% endif %}",
        "{% if seen %}The application's own headers are in one of two tables: `Header unset` removes those of a "
        "proxied application, and `Header always unset` those of a CGI or PHP program. So both are here, above the "
        "lines that set the new ones.{% else %}`Header always set` does not replace a header that a proxied "
        "application sends, so browsers would receive two. To remove the application's header, add `Header unset "
        "Access-Control-Allow-Origin`, without `always`.{% endif %}",
    ),
    template="""\
{% if not public %}
SetEnvIfExpr "%{HTTP:Origin} in { {{ origins | map("single") | join(", ") }} }" cors_origin
{% endif %}
{% if preflighted %}
SetEnvIf Request_Method ^OPTIONS$ cors_preflight
{% endif %}

{% for h in seen %}
Header unset {{ h }}
Header always unset {{ h }}
{% endfor %}
{% if public %}
Header always set Access-Control-Allow-Origin "*"
{% else %}
Header always set Access-Control-Allow-Origin "expr=%{HTTP:Origin}" env=cors_origin
Header always merge Vary Origin
{% endif %}
{% if credentials %}
Header always set Access-Control-Allow-Credentials "true" env=cors_origin
{% endif %}
{% if expose %}
Header always set Access-Control-Expose-Headers {{ expose | join(", ") | quoted }}
{% endif %}
{% if preflighted %}
Header always set Access-Control-Allow-Methods {{ methods | join(", ") | quoted }} env=cors_preflight
{% if headers %}
Header always set Access-Control-Allow-Headers {{ headers | join(", ") | quoted }} env=cors_preflight
{% endif %}
Header always set Access-Control-Max-Age "{{ max_age }}" env=cors_preflight

RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteRule ^ - [R=204,L]
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Debian's apache2 in the tests.",
)
