"""Azure Blob Storage: the CORS rules of a storage account."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="azure-blob",
    title="Azure Blob Storage",
    family=Family.CLOUD,
    language="bash",
    aliases=("azure",),
    where="In a shell with the Azure CLI, where ACCOUNT is the name of the storage account. It adds a rule to those "
    "that are there.",
    rights=(
        "The first rule that fits decides, so an older rule {% if not public %}with `*` {% endif %}keeps its effect. "
        "See them with `az storage cors list`; `az storage cors clear` takes all of them away.",
        "The rules are of the whole blob service, not of a container.{% if preflighted %} Azure answers the preflight "
        "itself: 200 where a rule fits, 403 where none does.{% endif %}",
        "Azure has no switch for credentials. It sends Access-Control-Allow-Credentials: true to an origin that is "
        "listed exactly, and not where the rule has `*`.",
        "{% if not public %}Azure compares origins letter by letter: no slash at the end. Where a rule has exact "
        "origins, answers to GET and HEAD have Vary: Origin.{% endif %}",
        "{% if preflighted %}A blob service takes DELETE, GET, HEAD, MERGE, OPTIONS, PATCH, POST and PUT, and five "
        "rules at most.{% else %}A blob service takes five rules at most.{% endif %}",
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
