"""Google Cloud Storage: the CORS configuration of a bucket."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="gcs",
    title="Google Cloud Storage",
    family=Family.CLOUD,
    language="json",
    aliases=("google-cloud-storage",),
    where="As `cors.json`, then `gcloud storage buckets update gs://BUCKET --cors-file=cors.json`, where BUCKET is the "
    "name of your bucket. It replaces what the bucket had.",
    rights=(
        "{% if headers and expose %}`responseHeader` is two lists in one: the request headers that a preflight may "
        "ask for and the response headers that scripts may read. A name that is there for one is granted for the "
        "other, too.{% elif headers %}`responseHeader` holds the request headers that a preflight may ask for; "
        "scripts may read response headers of these names, too.{% elif expose %}`responseHeader` holds the response "
        "headers that scripts may read; a preflight may ask for request headers of these names, too.{% endif %}",
        "{% if preflighted %}Cloud Storage answers the preflight itself; don't list OPTIONS.{% endif %}",
        "The first entry that fits origin and method decides{% if origins | length > 1 %}, so one entry for all "
        "origins is the safest{% endif %}.",
        "The bucket's CORS holds for the XML API alone: BUCKET.storage.googleapis.com and "
        "storage.googleapis.com/BUCKET. storage.cloud.google.com allows no cross-origin request at all.",
        "{% if credentials %}cors.json has no field for credentials, and Cloud Storage needs no cookies: use a signed "
        'URL, and leave out `credentials: "include"` in the script.{% endif %}',
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
