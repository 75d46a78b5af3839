"""HAProxy."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="haproxy",
    title="HAProxy",
    family=Family.SERVER,
    language="haproxy",
    where="In the frontend (or listen) section that serves the URL{% if preflighted or not public %}, before its "
    "other http-request rules{% endif %}.",
    rights=(
        "http-after-response also applies to the responses of HAProxy itself, such as the 401 of `http-request "
        "auth` and the 503 for a backend that is down; http-response does not.",
        "{% if preflighted %}OPTIONS is answered before http-request auth and before a backend is selected, "
        "because http-request rules run in order.{% endif %}",
        "{% if not public %}req.fhdr returns the whole header. req.hdr splits it at commas and would allow "
        "`https://evil.example,https://app.example`.{% endif %}",
        "{% if seen %}del-header removes what the application sends now. set-header replaces a header too, but "
        "only where it sets one{% if not public %}, so other origins would get the application's header{% endif "
        "%}.{% else %}set-header replaces the header that the application sends, so browsers receive only one.{% "
        "if not public %} For other origins the application's header remains; `http-after-response del-header` "
        "would remove it.{% endif %}{% endif %}",
        "{% if preflighted %}http-request return and http-after-response require HAProxy 2.2.{% else "
        "%}http-after-response requires HAProxy 2.2.{% endif %}",
    ),
    template="""\
{% if not public %}
http-request set-var(txn.cors_origin) req.fhdr(Origin) if { req.fhdr(Origin) -m str {{ origins | join(" ") }} }
{% endif %}
{% if preflighted %}
http-request set-var(txn.cors_preflight) bool(true) if METH_OPTIONS
http-request return status 204 if METH_OPTIONS
{% endif %}

{% for h in seen %}
http-after-response del-header {{ h }}
{% endfor %}
{% if public %}
http-after-response set-header Access-Control-Allow-Origin "*"
{% else %}
http-after-response set-header Access-Control-Allow-Origin %[var(txn.cors_origin)] if { var(txn.cors_origin) -m found }
http-after-response add-header Vary Origin
{% endif %}
{% if credentials %}
http-after-response set-header Access-Control-Allow-Credentials "true" if { var(txn.cors_origin) -m found }
{% endif %}
{% if expose %}
http-after-response set-header Access-Control-Expose-Headers {{ expose | join(", ") | quoted }}
{% endif %}
{% if preflighted %}
http-after-response set-header Access-Control-Allow-Methods {{ methods | join(", ") | quoted }} if { var(txn.cors_preflight) -m bool }
{% if headers %}
http-after-response set-header Access-Control-Allow-Headers {{ headers | join(", ") | quoted }} if { var(txn.cors_preflight) -m bool }
{% endif %}
http-after-response set-header Access-Control-Max-Age {{ max_age }} if { var(txn.cors_preflight) -m bool }
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Debian's haproxy in the tests.",
)
