"""Azure API Management: the policy `cors`."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="azure-api-management",
    title="Azure API Management",
    family=Family.CLOUD,
    language="xml",
    aliases=("apim",),
    where="In the policy of the API (All operations), first in `<inbound>`, before `<base />` and every policy that requires "
    "a token.",
    rights=(
        "{% if preflighted %}API Management answers the preflight request itself and needs no OPTIONS operation. In the "
        "policy of one operation, it would not see the preflight request.{% endif %}",
        "{% if preflighted %}If the subscription key is a query parameter, the preflight request has it; as a header, it "
        "does not, so the policy cannot be in the scope of a product then.{% endif %}",
        "If there is more than one `cors` policy, only one of them takes effect: set it in one scope.",
        "{% if credentials %}With `allow-credentials`, API Management does not accept the origin `*`.{% endif %}",
        "Without `allowed-methods`, only GET and POST are allowed.",
    ),
    template="""\
<cors allow-credentials="{{ credentials | tojson }}">
  <allowed-origins>
{% for o in origins %}
    <origin>{{ o }}</origin>
{% endfor %}
  </allowed-origins>
  <allowed-methods{% if preflighted %} preflight-result-max-age="{{ max_age }}"{% endif %}>
{% for m in methods %}
    <method>{{ m }}</method>
{% endfor %}
  </allowed-methods>
{% if headers %}
  <allowed-headers>
{% for h in headers %}
    <header>{{ h }}</header>
{% endfor %}
  </allowed-headers>
{% endif %}
{% if expose %}
  <expose-headers>
{% for h in expose %}
    <header>{{ h }}</header>
{% endfor %}
  </expose-headers>
{% endif %}
</cors>
""",
    proof=Proof.PARSED,
    proved="Parsed as XML in the tests and written from the documentation; not run, because it needs an Azure account.",
)
