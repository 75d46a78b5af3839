"""The software that marks name: which recipe configures its CORS, and whether it is the user's application.

The order is that of `fix`: what runs the application comes before what stands in front of it, because an application that
adds CORS headers is the place to change them.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.causes.cors_layers import REFUSALS
from corsdoctor.record import Record


class Software(Record):
    """`recipe` is the id of the recipe that configures it, "" if there is none.

    `is_application` says that it is the framework or the server of the user's own application, `is_store` that it is an
    object store, `is_service` that another company runs it, so that the user can set what it offers and nothing else.
    `is_shared` says that it runs applications of several frameworks, so the recipe is only perhaps right.
    """

    recipe: str = ""
    is_application: bool = False
    is_store: bool = False
    is_service: bool = False
    is_shared: bool = False


APPLICATION, STORE, SERVICE, SHARED = "is_application", "is_store", "is_service", "is_shared"


def _of(recipe: str = "", *flags: str) -> Software:
    return Software(recipe, **dict.fromkeys(flags, True))


SOFTWARE: Final[dict[str, Software]] = {
    **{one.who: Software(one.recipe, not one.hosted) for one in REFUSALS if not (one.logged or one.hosted)},
    "an MCP server": _of("mcp", APPLICATION),
    "Next.js": _of("nextjs", APPLICATION),
    "Nuxt": _of("nuxt", APPLICATION),
    "SvelteKit": _of("sveltekit", APPLICATION),
    "Express": _of("express", APPLICATION),
    "Laravel": _of("laravel", APPLICATION),
    "Django": _of("django", APPLICATION),
    "Symfony": _of("symfony", APPLICATION),
    "Keycloak": _of("keycloak", APPLICATION),
    "Spring": _of("spring", APPLICATION),
    "Rails": _of("rails", APPLICATION),
    "aiohttp": _of("aiohttp", APPLICATION),
    "uvicorn": _of("fastapi", APPLICATION),
    "Flask": _of("flask", APPLICATION),
    "Werkzeug": _of("flask", APPLICATION),
    "Django's development server": _of("django", APPLICATION),
    "Python's http.server": _of("python-http-server", APPLICATION),
    "gunicorn": _of("flask", APPLICATION, SHARED),
    "Kestrel": _of("aspnet", APPLICATION),
    "ASP.NET Core": _of("aspnet", APPLICATION),
    "Tomcat": _of("", APPLICATION),
    "Jetty": _of("", APPLICATION),
    "a Go server": _of("", APPLICATION),
    "the proxy or a Go server": _of("", APPLICATION),
    "AWS Lambda": _of("aws-lambda"),
    "MinIO": _of("minio", STORE),
    "DigitalOcean Spaces": _of("digitalocean-spaces", STORE),
    "Backblaze B2": _of("backblaze-b2", STORE),
    "Amazon S3": _of("aws-s3", STORE),
    "an S3-compatible store": _of("", STORE),
    "Alibaba Cloud OSS": _of("", STORE),
    "Ceph": _of("", STORE),
    "Cloudflare R2": _of("cloudflare-r2", STORE),
    "Garage": _of("", STORE),
    "Scality": _of("", STORE),
    "Tencent COS": _of("", STORE),
    "AWS API Gateway (HTTP API)": _of("aws-api-gateway"),
    "AWS API Gateway (REST API)": _of("aws-rest-api"),
    "Azure App Service": _of("azure-app-service"),
    "Cloud Functions": _of("cloud-functions"),
    "Deno": _of("deno"),
    "Google Cloud Storage": _of("gcs", STORE),
    "Azure Storage": _of("azure-blob", STORE),
    "Google": _of("", SERVICE),
    "Microsoft Entra ID": _of("", SERVICE),
    "Netlify": _of("netlify"),
    "Vercel": _of("vercel"),
    "IIS": _of("iis"),
    "ASP.NET": _of("iis", APPLICATION),
    "Kong": _of("kong"),
    "KrakenD": _of("krakend"),
    "Tyk": _of("tyk"),
    "Azure API Management": _of("azure-api-management"),
    "Apigee": _of("apigee"),
    "nginx": _of("nginx"),
    "OpenResty": _of("nginx"),
    "Tengine": _of("nginx"),
    "Apache": _of("apache"),
    "Caddy": _of("caddy"),
    "HAProxy": _of("haproxy"),
    "Traefik": _of("traefik"),
    "Envoy": _of("envoy"),
    "Envoy (Istio)": _of("envoy"),
    "CloudFront": _of("aws-cloudfront"),
}
"""By the name that reports use. Software that has neither a recipe nor a flag is not in it."""
_UNKNOWN: Final = Software()


def software(name: str) -> Software:
    """What is known of the software that a mark names."""
    return SOFTWARE.get(name, _UNKNOWN)


def recipe_of(who: str) -> str | None:
    """What `fix --server` calls the software whose words these are; None if it cannot configure it."""
    of_refusal = next((refusal.recipe for refusal in REFUSALS if refusal.who == who and refusal.recipe), None)
    return of_refusal or software(who).recipe or None
