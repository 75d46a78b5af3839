"""What to change in a product that marks name, where the fix of the cause alone would not say it. Documented by the vendors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.marks import Means
from corsdoctor.causes.software import software
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation

_BUCKET: Final = "Add a CORS rule to the bucket."
_BUCKETS: Final = {
    "Amazon S3": "Add a CORS rule to the bucket (in the console of S3: Permissions > CORS).",
    "Google Cloud Storage": "Add a CORS rule to the bucket: `gcloud storage buckets update gs://BUCKET --cors-file=FILE`.",
    "Azure Storage": "Add a CORS rule to the service of the storage account (in the portal: Resource sharing (CORS)).",
    "Cloudflare R2": "Add a CORS policy to the bucket (in the dashboard of R2: Settings > CORS Policy).",
    "DigitalOcean Spaces": "Add a CORS configuration to the bucket (in the control panel: Settings > CORS Configurations).",
    "Backblaze B2": "Add a CORS rule to the bucket: `b2 bucket update --cors-rules RULES BUCKET`.",
}
_ORIGINS: Final = {
    "Google": "Add {page} to the website restrictions of the API key (Google Cloud console: APIs & Services > Credentials), and wait five minutes.",
    "Microsoft Entra ID": "In the app registration of Entra ID, register the redirect URI as one of a single-page application "
    "(Authentication > Add a platform > Single-page application) and remove it from the platform Web: only then may scripts redeem codes.",
}
_NO_OPTIONS: Final = {
    "Kong": "Add OPTIONS to the methods of the route in Kong, so that its cors plugin answers preflight requests. Or remove the list of "
    "methods: then the route matches all of them.",
}
_FORBIDDEN: Final = {
    "AWS API Gateway": "If the method requires an API key, send a valid one in x-api-key, and add its stage to the usage plan of the key. "
    "Otherwise look at the resource policy of the API and at AWS WAF. To let scripts read such errors, add the CORS headers to the "
    "gateway response DEFAULT_4XX.",
}
_DENIED: Final = (
    "Check the spelling of the key: a store also denies access to a key that does not exist, unless the caller may list the bucket. "
    "If the key is right, allow public reads, or use a presigned URL."
)


def bucket_rule(seen: Situation) -> str:
    """Where the store that responds has its CORS rules; empty if no store does."""
    stores = [mark.who for mark in seen.marks if software(mark.who).is_store]
    return next((_BUCKETS[who] for who in stores if who in _BUCKETS), _BUCKET if stores else "")


def allowed_origin(seen: Situation) -> str:
    """Where the service that refuses the page has its list of origins; empty if it is not known."""
    whose = (mark.who for mark in seen.marks if mark.means is Means.ORIGIN)
    fix = next((_ORIGINS[who] for who in whose if who in _ORIGINS), "")
    return Sentence(fix, page=seen.page)


def no_options(seen: Situation) -> str:
    """How OPTIONS reaches the CORS layer of the gateway that has no route for it; empty if it is not known."""
    return next((_NO_OPTIONS[mark.who] for mark in seen.marks if mark.who in _NO_OPTIONS), "")


def forbidden(seen: Situation) -> str:
    """What mostly forbids requests in the product that responds; empty if it is not known."""
    if Means.DENIED in seen.means and not seen.in_preflight and bucket_rule(seen):
        return _DENIED
    return next((_FORBIDDEN[mark.who] for mark in seen.marks if mark.who in _FORBIDDEN), "")
