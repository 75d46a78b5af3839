"""Google Cloud Storage: the CORS configuration of a bucket."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="gcs",
    title="Google Cloud Storage",
    family=Family.CLOUD,
    language="json",
    aliases=("google-cloud-storage", "firebase-storage"),
    where="Save it as `cors.json`, then run `gcloud storage buckets update gs://BUCKET --cors-file=cors.json`, "
    "where BUCKET is the name of your bucket (that of Firebase Storage is in its console, without "
    "`gs://`). It replaces the bucket's CORS configuration.",
    rights=(
        "{% if headers and expose %}`responseHeader` is two lists in one: the request headers that a preflight may "
        "request, and the response headers that scripts may read. A name that is listed for one is allowed for the "
        "other too.{% elif headers %}`responseHeader` has the request headers that a preflight may request. "
        "Scripts may also read response headers with these names.{% elif expose %}`responseHeader` has the "
        "response headers that scripts may read. A preflight may also request headers with these names.{% endif %}",
        "{% if preflighted %}Cloud Storage answers the preflight request itself. Do not list OPTIONS.{% endif %}",
        "The first entry that matches origin and method applies{% if origins | length > 1 %}, so one entry for all "
        "origins is safest{% endif %}.",
        "The configuration applies to the XML API (BUCKET.storage.googleapis.com and storage.googleapis.com/BUCKET) and to "
        "the download URLs of Firebase Storage (firebasestorage.googleapis.com). The JSON API "
        "(storage.googleapis.com/storage/v1) has CORS headers of its own, and storage.cloud.google.com does not allow any "
        "cross-origin request.",
        "{% if credentials %}cors.json has no field for credentials, and Cloud Storage does not need cookies: use "
        'a signed URL, and remove `credentials: "include"` from the script.{% endif %}',
    ),
    template="""\
[
  {
    "origin": {{ origins | tojson }},
    "method": {{ methods | tojson }}{{ "," if headers or expose or preflighted }}
{% set names = (headers + expose) | unique | list %}
{% if names %}
    "responseHeader": {{ names | tojson }}{{ "," if preflighted }}
{% endif %}
{% if preflighted %}
    "maxAgeSeconds": {{ max_age }}
{% endif %}
  }
]
""",
    proof=Proof.PARSED,
    proved="Parsed as JSON in the tests and written from the documentation; not run, because it needs a Google Cloud "
    "account.",
)
