"""Buckets that speak the protocol of S3 and have a CORS configuration of their own."""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes.recipe import Family, Proof, Recipe

CLOUDFLARE_R2: Final = Recipe(
    id="cloudflare-r2",
    title="Cloudflare R2",
    family=Family.CLOUD,
    language="json",
    aliases=("r2",),
    where="Save it as `cors.json`, then run `npx wrangler r2 bucket cors set BUCKET --file cors.json`. The dashboard takes "
    "another form, that of the recipe aws-s3.",
    rights=(
        "{% if not public %}R2 compares origins character by character: no path and no trailing slash.{% endif %}",
        "{% if headers %}Each request header is listed by its name.{% else %}A rule without `headers` allows no request "
        "header that needs permission. An upload from a browser usually needs `content-type`.{% endif %}",
        "{% if preflighted %}R2 answers the preflight request itself. Do not list OPTIONS.{% endif %}",
        "The rules apply to the bucket's S3 address, to presigned URLs and to a custom domain. Behind a custom domain, "
        "Cloudflare's cache may still have responses from before the change: purge it.",
        "{% if credentials %}R2 has no setting for credentials. A presigned URL does not need cookies, so remove "
        '`credentials: "include"` from the script.{% endif %}',
    ),
    template="""\
{
  "rules": [
    {
      "allowed": {
        "origins": {{ origins | tojson }},
        "methods": {{ methods | tojson }}{{ "," if headers }}
{% if headers %}
        "headers": {{ headers | tojson }}
{% endif %}
      }{{ "," if expose or preflighted }}
{% if expose %}
      "exposeHeaders": {{ expose | tojson }}{{ "," if preflighted }}
{% endif %}
{% if preflighted %}
      "maxAgeSeconds": {{ max_age }}
{% endif %}
    }
  ]
}
""",
    proof=Proof.PARSED,
    proved="Parsed as JSON in the tests and written from the documentation; not run, because it needs an account.",
)

DIGITALOCEAN_SPACES: Final = Recipe(
    id="digitalocean-spaces",
    title="DigitalOcean Spaces",
    family=Family.CLOUD,
    language="xml",
    aliases=("spaces", "digitalocean"),
    where="Save it as `cors.xml`, then run `s3cmd setcors cors.xml s3://SPACE`. The control panel has the same fields in the "
    "settings of the Space.",
    rights=(
        "{% if preflighted %}Spaces answers the preflight request itself. Do not list OPTIONS.{% else %}A rule applies "
        "only to the methods that it lists, including GET, HEAD and POST.{% endif %}",
        "The CDN of Spaces caches responses: after a change, purge it, or ask for the address without `cdn`.",
        "To a request without Origin, Spaces sends no CORS headers. An `<img>` without `crossorigin` can put a response "
        "into the cache that a later `fetch` cannot use, so set `crossorigin` on it too.",
        "{% if credentials %}Spaces has no setting for credentials. A presigned URL does not need cookies, so remove "
        '`credentials: "include"` from the script.{% endif %}',
    ),
    template="""\
<CORSConfiguration>
  <CORSRule>
{% for o in origins %}
    <AllowedOrigin>{{ o }}</AllowedOrigin>
{% endfor %}
{% for m in methods %}
    <AllowedMethod>{{ m }}</AllowedMethod>
{% endfor %}
{% for h in headers %}
    <AllowedHeader>{{ h }}</AllowedHeader>
{% endfor %}
{% for h in expose %}
    <ExposeHeader>{{ h }}</ExposeHeader>
{% endfor %}
{% if preflighted %}
    <MaxAgeSeconds>{{ max_age }}</MaxAgeSeconds>
{% endif %}
  </CORSRule>
</CORSConfiguration>
""",
    proof=Proof.PARSED,
    proved="Parsed as XML in the tests and written from the documentation; not run, because it needs an account.",
)

BACKBLAZE_B2: Final = Recipe(
    id="backblaze-b2",
    title="Backblaze B2",
    family=Family.CLOUD,
    language="json",
    aliases=("b2", "backblaze"),
    where='Save it as `cors.json`, then run `b2 bucket update BUCKET --cors-rules "$(cat cors.json)"`. It replaces the '
    "rules of the bucket.",
    rights=(
        "B2 has operations in place of methods: those that start with `s3_` are for the S3-compatible address, the "
        "others for B2's own.",
        "{% if preflighted %}B2 answers the preflight request itself; without a matching rule it is refused.{% endif %}",
        "The rules that the web page of B2 offers allow only downloads; an upload needs rules set this way.",
        "{% if credentials %}B2 has no setting for credentials. A presigned URL does not need cookies, so remove "
        '`credentials: "include"` from the script.{% endif %}',
    ),
    template="""\
[
  {
    "corsRuleName": "corsdoctor",
    "allowedOrigins": {{ origins | tojson }},
    "allowedOperations": [
{% for m in methods if m in ("GET", "HEAD", "POST", "PUT", "DELETE") %}
      "s3_{{ m | lower }}"{{ "," if not loop.last or "GET" in methods }}
{% endfor %}
{% if "GET" in methods %}
      "b2_download_file_by_name",
      "b2_download_file_by_id"
{% endif %}
    ],
{% if headers %}
    "allowedHeaders": {{ headers | tojson }},
{% endif %}
{% if expose %}
    "exposeHeaders": {{ expose | tojson }},
{% endif %}
    "maxAgeSeconds": {{ [max_age, 86400] | min if preflighted else 0 }}
  }
]
""",
    proof=Proof.PARSED,
    proved="Parsed as JSON in the tests and written from the documentation; not run, because it needs an account.",
)

RECIPES: Final = (CLOUDFLARE_R2, DIGITALOCEAN_SPACES, BACKBLAZE_B2)
