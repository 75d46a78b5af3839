"""Amazon S3: the CORS configuration of a bucket."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aws-s3",
    title="Amazon S3",
    family=Family.CLOUD,
    language="json",
    aliases=("s3",),
    where="In the S3 console, under Permissions of the bucket, Cross-origin resource sharing (CORS). `aws s3api "
    'put-bucket-cors` requires the same list as the value of `CORSRules`: `--cors-configuration \'{"CORSRules": '
    "[...]}'`.",
    rights=(
        "{% if not public %}S3 compares origins character by character: no trailing slash, and http and https are "
        "different origins.{% endif %}",
        "{% if preflighted %}S3 answers the preflight request itself: 200 if a rule matches, otherwise 403. Do not "
        "list OPTIONS; S3 accepts only GET, HEAD, POST, PUT and DELETE.{% else %}A rule applies only to the "
        "methods that it lists, including GET, HEAD and POST.{% endif %}",
        "S3 has no setting for credentials. It sends Access-Control-Allow-Credentials: true unless the list of "
        "origins contains `*`.",
        "To a request without Origin, S3 sends neither CORS headers nor Vary. An `<img>` without `crossorigin` can "
        "put a response into the cache that a later `fetch` cannot use, so set `crossorigin` on it too.",
        "Behind CloudFront, forward Origin{% if preflighted %}, Access-Control-Request-Method and "
        "Access-Control-Request-Headers{% endif %} to S3 (as the managed origin request policy CORS-S3Origin "
        "does), and include Origin in the cache key.",
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
