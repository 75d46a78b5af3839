"""The scripts of workers and service workers, and import maps with a src: what HTML decides around their request.

https://html.spec.whatwg.org/multipage/workers.html#dom-worker , https://w3c.github.io/ServiceWorker/#register-algorithm
"""

from __future__ import annotations

from typing import Final

from corsdoctor.fetch.embedder_policy import COEP, embedder_policy, stated_policy
from corsdoctor.fetch.main_fetch import leaves_same_origin, main_fetch
from corsdoctor.fetch.request import Ended, FetchEnd, Fetching, FetchParams, Request
from corsdoctor.rule import HTML, MISSING, Failure, Field, Rule
from corsdoctor.scenario import Api
from corsdoctor.scenario.page import WorkerType
from corsdoctor.url import is_potentially_trustworthy

SECURE_CONTEXT = Rule(
    id="service-worker-secure-context",
    title="A page that registers a service worker was loaded over https, or from this machine",
    failure=Failure(
        "The page {page} was not loaded over https, so it cannot register a service worker",
        bare="The page was not loaded over https, so it cannot register a service worker",
    ),
    spec="https://w3c.github.io/ServiceWorker/#dom-navigator-serviceworker",
    step="",
    what="Only secure contexts have navigator.serviceWorker: pages loaded over https, and those of localhost.",
    why="A service worker stays installed. Over http, anyone on the network could install one for good.",
    fix="Serve the page over https.",
    bad="page http://app.example calls navigator.serviceWorker.register()",
    good="page https://app.example calls navigator.serviceWorker.register()",
)
WORKER_HAS_COEP = Rule(
    id="worker-has-embedder-policy",
    title="The script of the worker has the Cross-Origin-Embedder-Policy of the page",
    failure=Failure(
        "Cross-Origin-Embedder-Policy in {response} is `{value}`, but the page requires {wanted}",
        missing="{response} has no Cross-Origin-Embedder-Policy header, but the page requires {wanted}",
        bare="The script of the worker lacks the Cross-Origin-Embedder-Policy of the page",
        remark="does not match the policy of the page",
    ),
    spec=f"{HTML}browsers.html#check-a-global-object's-embedder-policy",
    step="",
    what="If the page has Cross-Origin-Embedder-Policy: require-corp or credentialless, the response with the script of "
    "its worker needs one of the two as well.",
    why="A worker shares the process of the page, so it must not embed what the page may not.",
    fix="Send the same Cross-Origin-Embedder-Policy with the script of the worker.",
    bad="(no Cross-Origin-Embedder-Policy, on a page with require-corp)",
    good="Cross-Origin-Embedder-Policy: require-corp",
)
IMPORT_MAP_INLINE = Rule(
    id="import-map-is-inline",
    title="An import map is inline",
    failure=Failure("Browsers do not request an import map from a URL: they support only inline import maps"),
    spec=f"{HTML}scripting.html#prepare-the-script-element",
    step="32",
    what='A <script type="importmap"> with the attribute src fires an error event, and nothing is requested.',
    why="A page cannot load modules before it has the import map, so loading one would delay them all.",
    fix="Write the import map into the page, between the tags.",
    bad='<script type="importmap" src="/map.json"></script>',
    good='<script type="importmap">{"imports": {"app": "/app.js"}}</script>',
)
CLASSIC_WORKER = Rule(
    id="import-scripts-in-classic-worker",
    title="Only a classic worker calls importScripts()",
    failure=Failure(
        "A module worker cannot call importScripts(), so the browser does not request {url}",
        bare="A module worker cannot call importScripts()",
    ),
    spec=f"{HTML}workers.html#import-scripts-into-worker-global-scope",
    step="1",
    what='In a worker that was made with `type: "module"`, importScripts() throws a TypeError.',
    why="Modules are loaded with import, which does not stop the worker while it waits.",
    fix='Use import, or make the worker without `type: "module"`.',
    bad='new Worker("/w.js", {type: "module"}) calls importScripts("/a.js")',
    good='new Worker("/w.js") calls importScripts("/a.js")',
)
RULES: Final = (SECURE_CONTEXT, WORKER_HAS_COEP, IMPORT_MAP_INLINE, CLASSIC_WORKER)


def fetch_worker_script(request: Request, params: FetchParams) -> Fetching:
    """Fetches the script of a worker or service worker; the URL must have the page's origin.

    https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-script
    """
    if request.api is Api.SW_SCRIPT and not is_potentially_trustworthy(request.origin):
        params.trace.failed(SECURE_CONTEXT, ((Field.PAGE, str(request.origin)),))
        return FetchEnd(Ended.NETWORK_ERROR, request)
    if request.url.scheme != "blob" and leaves_same_origin(request, params):
        return FetchEnd(Ended.NETWORK_ERROR, request)
    end = yield from main_fetch(request, params)
    wanted = embedder_policy(request.client, params.profile)
    if (
        end.ended is Ended.BASIC
        and end.response is not None
        and end.request.url.is_http
        and request.api is not Api.SW_SCRIPT
    ):
        given = end.response.headers.get(COEP)
        if wanted != "unsafe-none" and stated_policy(given, params.profile) == "unsafe-none":
            evidence = ((COEP, MISSING if given is None else given), (Field.WANTED, wanted))
            params.trace.failed(WORKER_HAS_COEP, evidence, remedy=((COEP, wanted),))
            return FetchEnd(Ended.NETWORK_ERROR, end.request, end.response)
    return end


def import_scripts(request: Request, params: FetchParams) -> Fetching:
    """https://html.spec.whatwg.org/multipage/workers.html#import-scripts-into-worker-global-scope"""
    if request.client is not None and request.client.worker is WorkerType.MODULE:
        params.trace.failed(CLASSIC_WORKER, ((Field.URL, request.url.href),))
        return FetchEnd(Ended.NETWORK_ERROR, request)
    return (yield from main_fetch(request, params))


def refuse_import_map(request: Request, params: FetchParams) -> Fetching:
    """https://html.spec.whatwg.org/multipage/scripting.html#prepare-the-script-element , 32."""
    params.trace.failed(IMPORT_MAP_INLINE)
    yield from ()
    return FetchEnd(Ended.NETWORK_ERROR, request)


RUNS: Final = {Api.IMPORTMAP: refuse_import_map, Api.IMPORT_SCRIPTS: import_scripts}
"""What is not the script of a worker itself."""
