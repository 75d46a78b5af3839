"""Azure Blob Storage: the CORS rules of a storage account."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="azure-blob",
    title="Azure Blob Storage",
    family=Family.CLOUD,
    language="bash",
    aliases=("azure",),
    where="In a shell with the Azure CLI. ACCOUNT is the name of the storage account. The command adds a rule to "
    "the existing ones.",
    rights=(
        "The first matching rule applies, so an older rule {% if not public %}with `*` {% endif %}stays in effect. "
        "List the rules with `az storage cors list`; `az storage cors clear` removes all of them.",
        "The rules apply to the whole blob service, not to a container.{% if preflighted %} Azure answers the "
        "preflight request itself: 200 if a rule matches, otherwise 403.{% endif %}",
        "Azure has no setting for credentials. It sends Access-Control-Allow-Credentials: true to an origin that "
        "is listed exactly, but not if the rule has `*`.",
        "{% if not public %}Azure compares origins character by character: no trailing slash. If a rule has exact "
        "origins, responses to GET and HEAD have Vary: Origin.{% endif %}",
        "{% if preflighted %}A blob service accepts DELETE, GET, HEAD, MERGE, OPTIONS, PATCH, POST and PUT, and at "
        "most five rules.{% else %}A blob service accepts at most five rules.{% endif %}",
    ),
    template="""\
az storage cors add --services b --account-name ACCOUNT \\
  --origins {{ origins | map("single") | join(" ") }} \\
  --methods {{ methods | join(" ") }}
{%- if headers %} \\
  --allowed-headers {{ headers | join(" ") }}
{%- endif %}
{% if expose %} \\
  --exposed-headers {{ expose | join(" ") }}
{%- endif %}
{% if preflighted %} \\
  --max-age {{ max_age }}
{%- endif %}
""",
    proof=Proof.PARSED,
    proved="Read by a shell in the tests and written from the documentation; not run, because it needs an "
    "Azure account.",
)
