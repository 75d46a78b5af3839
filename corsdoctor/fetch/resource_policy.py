"""The cross-origin resource policy check, for responses that CORS does not judge (mode no-cors).

https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.embedder_policy import embedder_policy
from corsdoctor.fetch.headers import CORP
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.host import registrable_domain
from corsdoctor.rule import FETCH, MISSING, Cause, Failure, Field, Rule
from corsdoctor.scenario import Mode
from corsdoctor.url import Origin, same_origin, schemelessly_same_site
from corsdoctor.wire import Response

ADDRESS = Cause(
    "address",
    "Some browsers never treat two ports of an IP address, or of a name without a dot, as one site.",
)

CORP_ALLOWS = Rule(
    id="corp-allows",
    title="Cross-Origin-Resource-Policy allows the page to load the response",
    failure=Failure(
        "Cross-Origin-Resource-Policy in {response} is `{value}`, but the page's origin is {page}",
        missing="{response} has no Cross-Origin-Resource-Policy header, which the page's Cross-Origin-Embedder-Policy "
        "requires",
        bare="Cross-Origin-Resource-Policy does not allow the page to load the response",
        remark="does not allow the page's origin ({page})",
    ),
    spec=f"{FETCH}#cross-origin-resource-policy-internal-check",
    step="5",
    what="`same-origin` and `same-site` withhold the response from pages of other origins or sites that load it "
    "without CORS. On a page with Cross-Origin-Embedder-Policy: require-corp, no header means same-origin.",
    why="The server does not want its response in the memory of other sites' pages.",
    fix="Send Cross-Origin-Resource-Policy: cross-origin if every site may embed the response. Or use mode cors and "
    "allow the origin.",
    bad="Cross-Origin-Resource-Policy: same-origin",
    good="Cross-Origin-Resource-Policy: cross-origin",
    causes=(ADDRESS,),
    passed="allows the page",
)

RULES: Final = (CORP_ALLOWS,)
_POLICIES: Final = ("same-origin", "same-site", "cross-origin")


def cross_origin_resource_policy_check(request: Request, response: Response, params: FetchParams) -> bool:
    """Whether a page may have a no-cors response.

    https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
    """
    given = response.headers.get(CORP)
    policy = given if given in _POLICIES else None  # 2., 3.
    demanded = embedder_policy(request.client, params.profile)
    navigates = request.mode is Mode.NAVIGATE
    if navigates and demanded == "unsafe-none":  # 1.
        return True
    passes = bool(given) and params.profile.unknown_resource_policies_pass
    if policy is None and not passes and (demanded == "require-corp" or navigates):  # 4.
        policy = "same-origin"
    if policy not in ("same-origin", "same-site"):  # 5.
        return True
    origin, target = request.origin, request.url.origin
    site = _same_site(origin, target, params.profile) and (origin.scheme == "https" or request.url.scheme != "https")
    allowed = same_origin(origin, target) if policy == "same-origin" else site
    wanted = "same-site" if site else "cross-origin"
    evidence = ((CORP, MISSING if given is None else given), (Field.PAGE, str(origin)), (Field.WANTED, wanted))
    if not allowed:
        address = schemelessly_same_site(origin, target) and not _same_site(origin, target, params.profile)
        cause = ADDRESS if policy == "same-site" and address else None
        params.trace.failed(CORP_ALLOWS, evidence, cause, ((CORP, wanted),))
        return False
    params.trace.passed(CORP_ALLOWS, evidence[:2])
    return True


def _same_site(origin: Origin, target: Origin, profile: Profile) -> bool:
    if profile.same_site_needs_registrable_domain and not same_origin(origin, target):
        return schemelessly_same_site(origin, target) and registrable_domain(target.host) is not None
    return schemelessly_same_site(origin, target)
