"""Amazon S3: the CORS configuration of a bucket."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aws-s3",
    title="Amazon S3",
    family=Family.CLOUD,
    language="json",
    aliases=("s3",),
    where="In the S3 console: the bucket, Permissions, Cross-origin resource sharing (CORS). `aws s3api put-bucket-cors` "
    "wants the same list as the value of `CORSRules`: `--cors-configuration '{\"CORSRules\": [...]}'`.",
    rights=(
        "{% if not public %}S3 compares origins letter by letter: no slash at the end, and http and https are two "
        "origins.{% endif %}",
        "{% if preflighted %}S3 answers the preflight itself: 200 where a rule matches, 403 where none does. OPTIONS "
        "is no method to list; S3 takes GET, HEAD, POST, PUT and DELETE alone.{% else %}A rule holds only for the "
        "methods that it lists, for GET, HEAD and POST too.{% endif %}",
        "S3 has no switch for credentials. It sends Access-Control-Allow-Credentials: true wherever the list of "
        "origins has no `*`.",
        "To a request without Origin S3 sends neither CORS headers nor Vary. An `<img>` without `crossorigin` can "
        "leave an answer in the cache that `fetch` is refused later; put `crossorigin` on it, too.",
        "Behind CloudFront, forward Origin{% if preflighted %}, Access-Control-Request-Method and "
        "Access-Control-Request-Headers{% endif %} to S3 (the managed origin request policy CORS-S3Origin does) and "
        "have Origin in the cache key.",
    ),
    template="""\
[
  {
    "AllowedOrigins": {{ origins | tojson }},
    "AllowedMethods": {{ methods | tojson }}{{ "," if headers or expose or preflighted }}
{% if headers %}
    "AllowedHeaders": {{ headers | tojson }}{{ "," if expose or preflighted }}
{% endif %}
{% if expose %}
    "ExposeHeaders": {{ expose | tojson }}{{ "," if preflighted }}
{% endif %}
{% if preflighted %}
    "MaxAgeSeconds": {{ max_age }}
{% endif %}
  }
]
""",
    proof=Proof.PARSED,
    proved="Parsed as JSON in the tests and written from the documentation; not run, because it needs an AWS account.",
)
