"""Traefik."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="traefik",
    title="Traefik",
    family=Family.SERVER,
    language="yaml",
    where="Into a dynamic configuration file (of the file provider). YOUR-ROUTER is the router that answers the URL: "
    "add `cors` to its middlewares, before all others.",
    rights=(
        "{% if preflighted %}The headers middleware answers a preflight itself, with 200. As the first it keeps the "
        "preflight away from basicAuth and forwardAuth, and their 401 gets the headers too.{% else %}The headers "
        "middleware is the first, so that the 401 of basicAuth and forwardAuth gets the headers too.{% endif %}",
        "Errors of the service get the headers, and so does 502 of a dead one. Traefik's own 404, where no router "
        "matches, doesn't{% if preflighted %}; a rule with `Method` needs OPTIONS as well{% endif %}.",
        "{% if not public %}Vary: Origin comes only with addVaryHeader{% if preflighted %}, and never on the answer "
        "to a preflight, which caches don't keep{% endif %}. If the service sends several Vary lines, Traefik drops "
        "all but the first.{% endif %}",
        "{% if not public %}The list compares whole origins. accessControlAllowOriginListRegex finds its pattern "
        "anywhere in the origin, unless it has anchors.{% endif %}",
        "{% if credentials %}With accessControlAllowCredentials, `*` in the list lets in every origin since Traefik "
        "3.7.6, which sends back whatever Origin came.{% endif %}",
        "{% if seen %}An empty value in customResponseHeaders takes away what the service sends today, before the "
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
