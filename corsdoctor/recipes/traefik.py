"""Traefik."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="traefik",
    title="Traefik",
    family=Family.SERVER,
    language="yaml",
    where="In a dynamic configuration file (of the file provider). YOUR-ROUTER is the router that serves the URL: "
    "add `cors` to its middlewares, before all others.",
    rights=(
        "{% if preflighted %}The headers middleware answers a preflight request itself, with 200. As the first "
        "one, it excludes the preflight request from basicAuth and forwardAuth, and their 401 gets the headers "
        "too.{% else %}The headers middleware is the first, so that the 401 of basicAuth and forwardAuth gets the "
        "headers too.{% endif %}",
        "Errors of the service get the headers, and so does the 502 for a service that is down. Traefik's own 404, "
        "if no router matches, does not{% if preflighted %}. A rule with `Method` must include OPTIONS{% endif %}.",
        "{% if not public %}Vary: Origin requires addVaryHeader{% if preflighted %}, and is never on a preflight "
        "response, which caches do not store{% endif %}. If the service sends several Vary lines, Traefik keeps "
        "only the first.{% endif %}",
        "{% if not public %}The list compares whole origins. accessControlAllowOriginListRegex matches anywhere in "
        "the origin, unless the pattern has anchors.{% endif %}",
        "{% if credentials %}With accessControlAllowCredentials, `*` in the list allows every origin since Traefik "
        "3.7.6, which sends back any Origin.{% endif %}",
        "{% if seen %}An empty value in customResponseHeaders removes what the service sends now, before the "
        "middleware sets its own.{% endif %}",
    ),
    template="""\
http:
  middlewares:
    cors:
      headers:
{% if seen %}
        customResponseHeaders:
{% for h in seen %}
          {{ h }}: ""
{% endfor %}
{% endif %}
        accessControlAllowOriginList:
{% for o in origins %}
          - {{ o | quoted }}
{% endfor %}
{% if credentials %}
        accessControlAllowCredentials: true
{% endif %}
{% if expose %}
        accessControlExposeHeaders:
{% for h in expose %}
          - {{ h | quoted }}
{% endfor %}
{% endif %}
{% if preflighted %}
        accessControlAllowMethods:
{% for m in methods %}
          - {{ m | quoted }}
{% endfor %}
{% if headers %}
        accessControlAllowHeaders:
{% for h in headers %}
          - {{ h | quoted }}
{% endfor %}
{% endif %}
        accessControlMaxAge: {{ max_age }}
{% endif %}
{% if not public %}
        addVaryHeader: true
{% endif %}

  routers:
    YOUR-ROUTER:
      middlewares:
        - cors  # the first
""",
    proof=Proof.PARSED,
    proved="Its YAML is parsed in the tests, and what it says of Traefik was read in Traefik's source; it was not run.",
)
