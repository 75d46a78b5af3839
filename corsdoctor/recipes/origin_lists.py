"""Applications whose CORS setting is a list of origins and nothing else: what they allow beyond that is fixed."""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes.recipe import Family, Proof, Recipe

OLLAMA: Final = Recipe(
    id="ollama",
    title="Ollama",
    family=Family.APPLICATION,
    language="ini",
    where="Linux: in the file that `sudo systemctl edit ollama.service` opens; then run `sudo systemctl restart ollama`. "
    'macOS: `launchctl setenv OLLAMA_ORIGINS "..."`; Windows: an environment variable of the user. Then quit Ollama and '
    "start it again.",
    rights=(
        "Without it, Ollama allows only pages on this machine (localhost and 127.0.0.1) and apps, and answers others with "
        "403. These stay allowed.",
        "{% if headers %}Ollama has no setting for request headers. It allows Authorization, Content-Type and a few of "
        "OpenAI's clients, so the script must not send others, or a proxy in front of Ollama must answer.{% endif %}",
        '{% if credentials %}Ollama never allows credentials: remove `credentials: "include"` from the script.{% endif '
        "%}",
        "{% if expose %}Ollama exposes no response header to scripts.{% endif %}",
        "{% if public %}`*` lets every website that you visit use your models.{% endif %}",
        "A page on https:// cannot use http:// of another machine: browsers block it as mixed content.",
    ),
    template="""\
[Service]
Environment="OLLAMA_ORIGINS={{ origins | join(",") }}"
""",
    proof=Proof.PARSED,
    proved="Parsed in the tests and written from the documentation and Ollama's source; not run.",
)

LM_STUDIO: Final = Recipe(
    id="lm-studio",
    title="LM Studio",
    family=Family.APPLICATION,
    language="sh",
    where="In a shell, or with the switch Enable CORS in the settings of the local server.",
    rights=(
        "LM Studio has only this switch: it allows every page{% if not public %}, not only {{ origins | join(' and ') "
        "}}{% endif %}. Turn it off when you do not need it, since every website that you visit can then use your "
        "models.",
        '{% if credentials %}It does not allow credentials: remove `credentials: "include"` from the script.{% endif %}',
    ),
    template="""\
lms server start --cors  # allows * (every page)
""",
    proof=Proof.READ,
    proved="Written from the documentation; not run.",
)

MINIO: Final = Recipe(
    id="minio",
    title="MinIO",
    family=Family.APPLICATION,
    language="sh",
    where="In a shell with `mc`; ALIAS is the name that `mc alias set` gave the server. In a container, the environment "
    "variable MINIO_API_CORS_ALLOW_ORIGIN has the same value.",
    rights=(
        "It applies to all buckets. `mc cors set` and PutBucketCors are not implemented in MinIO's free version, which "
        "answers them with NotImplemented.",
        "The default is `*`, so if MinIO sends no CORS headers at all, look for a proxy in front of it, or for requests to "
        "the port of the console (9001) in place of the API's (9000).",
        "MinIO has no setting for methods, headers and credentials: it allows those of S3, with credentials.",
        "{% if expose %}It exposes S3's own response headers. Others cannot be added.{% endif %}",
        "A presigned URL is signed for one host name. If the page uses another name for the server, the answer is 403 "
        "SignatureDoesNotMatch, which is not a CORS problem.",
    ),
    template="""\
mc admin config set ALIAS api cors_allow_origin={{ origins | join(",") | single }}
mc admin service restart ALIAS
""",
    proof=Proof.PARSED,
    proved="Read by a shell in the tests and written from the documentation and MinIO's source; not run.",
)

HASURA: Final = Recipe(
    id="hasura",
    title="Hasura",
    family=Family.APPLICATION,
    language="sh",
    where="In the environment of the server (graphql-engine 2), for example in docker-compose.yml, or as `--cors-domain`. "
    "Restart it afterwards.",
    rights=(
        "The default is `*`{% if not public %}, which allows every page, with credentials{% endif %}. If Hasura sends no "
        "CORS headers, HASURA_GRAPHQL_DISABLE_CORS may be set, or another server answers.",
        "An origin has its scheme and port, and no trailing slash. `https://*.app.example` allows all its subdomains.",
        "Hasura has no setting for methods and headers: it allows every requested header.",
        "{% if expose %}It exposes no response header to scripts.{% endif %}",
        "An error of an Action or a remote schema comes in a 200 response with the headers.",
    ),
    template="""\
HASURA_GRAPHQL_CORS_DOMAIN={{ origins | join(", ") | single }}
""",
    proof=Proof.PARSED,
    proved="Read by a shell in the tests and written from the documentation; not run.",
)

KEYCLOAK: Final = Recipe(
    id="keycloak",
    title="Keycloak",
    family=Family.APPLICATION,
    language="sh",
    where="In a shell with `kcadm.sh`; REALM is the realm, and ID the internal id of the client (`kcadm.sh get clients -r "
    "REALM -q clientId=NAME --fields id`). In the admin console it is Web origins, in the client's settings.",
    rights=(
        "Web origins belong to a client. Keycloak finds the client by `client_id` or by the token, so a request with a wrong "
        "`client_id` or an expired token has no CORS headers either.",
        "`+` in the list stands for the origins of all valid redirect URIs. An origin has no path and no trailing slash.",
        "Only the endpoints for tokens, userinfo, logout and the like have CORS. The login page has none: go there by "
        "navigation (`location.href`), never with `fetch`.",
        "{% if headers %}Keycloak has no setting for request headers. It allows Authorization, Content-Type, DPoP and a "
        "few more.{% endif %}",
        "{% if expose %}Which response headers scripts can read is fixed too.{% endif %}",
    ),
    template="""\
kcadm.sh update clients/ID -r REALM -s 'webOrigins={{ origins | tojson }}'
""",
    proof=Proof.PARSED,
    proved="Read by a shell in the tests and written from the documentation; not run.",
)

AZURE_APP_SERVICE: Final = Recipe(
    id="azure-app-service",
    title="Azure App Service and Functions",
    family=Family.CLOUD,
    language="bash",
    aliases=("azure-functions", "app-service"),
    where="In a shell with the Azure CLI; GROUP and APP are the names of the resource group and the app. For a function app, "
    "the first command is `az functionapp cors add`. In the portal it is CORS, under API.",
    rights=(
        "{% if preflighted %}The platform answers the preflight request before the application and before the "
        "authentication of App Service.{% else %}The platform adds the headers before the application.{% endif %}",
        "While this list has an entry, the application's own CORS settings have no effect. Use one of the two.",
        "{% if headers or preflighted %}There is no setting for methods and headers: every method and header is "
        "allowed.{% endif %}",
        "{% if expose %}There is no setting for Access-Control-Expose-Headers. If scripts have to read {{ expose | "
        "join(', ') }}, remove all entries and let the application send the CORS headers.{% endif %}",
        "The local settings of a function are other ones: `Host.CORS` in local.settings.json.",
    ),
    template="""\
az webapp cors add --resource-group GROUP --name APP --allowed-origins {{ origins | map("single") | join(" ") }}
{% if credentials %}
az resource update --resource-group GROUP --namespace Microsoft.Web --resource-type config \\
  --parent sites/APP --name web --set properties.cors.supportCredentials=true
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Read by a shell in the tests and written from the documentation; not run, because it needs an Azure account.",
)

RECIPES: Final = (OLLAMA, LM_STUDIO, MINIO, HASURA, KEYCLOAK, AZURE_APP_SERVICE)
