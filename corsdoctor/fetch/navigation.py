"""What is judged of a response that is to become the document of a frame.

https://html.spec.whatwg.org/multipage/browsing-the-web.html#attempt-to-populate-the-history-entry's-document
CORS does not apply to it. Left out: Cross-Origin-Opener-Policy, and `sandbox` of the response.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.fetch.content_security_policy import CSP, matches, policies_of_response
from corsdoctor.fetch.embedder_policy import COEP, embedder_policy, stated_policy
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.resource_policy import cross_origin_resource_policy_check
from corsdoctor.rule import HTML, MISSING, Failure, Field, Rule
from corsdoctor.scenario import Api
from corsdoctor.url import Origin, parse, same_origin
from corsdoctor.wire import Response, ascii_lower

XFO: Final = "X-Frame-Options"
_KNOWN_OPTIONS: Final = frozenset({"", "allowall", "deny", "sameorigin"})
FRAME_ANCESTORS = Rule(
    id="frame-ancestors-allow",
    title="frame-ancestors of the response lists the page that shows it in a frame",
    failure=Failure(
        "Content-Security-Policy of {response} is `{value}`, which does not list the page ({page}), so no frame of it shows the "
        "response",
        bare="Content-Security-Policy: frame-ancestors of the response does not list the page that shows it in a frame",
        remark="does not list the page ({page})",
    ),
    spec="https://w3c.github.io/webappsec-csp/#directive-frame-ancestors",
    step="",
    what="With frame-ancestors in its Content-Security-Policy, a response lists the origins whose pages may show it in a "
    "frame. All pages around the frame must be listed.",
    why="A page that frames another one can make users click in it without noticing (clickjacking).",
    fix="Add the page's origin to frame-ancestors of the response.",
    bad="Content-Security-Policy: frame-ancestors 'self'",
    good="Content-Security-Policy: frame-ancestors 'self' https://app.example",
)
FRAME_OPTIONS = Rule(
    id="frame-options-allow",
    title="X-Frame-Options of the response allows the page to show it in a frame",
    failure=Failure(
        "X-Frame-Options in {response} is `{value}`, so the page ({page}) cannot show it in a frame",
        bare="X-Frame-Options of the response does not allow the page to show it in a frame",
        remark="does not allow the page ({page})",
    ),
    spec=f"{HTML}document-lifecycle.html#the-x-frame-options-header",
    step="",
    what="`DENY` forbids every frame, and `SAMEORIGIN` those of pages of other origins. Browsers ignore the header if the "
    "response has frame-ancestors.",
    why="A page that frames another one can make users click in it without noticing (clickjacking).",
    fix="Remove X-Frame-Options, and list the page's origin in Content-Security-Policy: frame-ancestors.",
    bad="X-Frame-Options: DENY",
    good="Content-Security-Policy: frame-ancestors https://app.example",
)
EMBEDDER_POLICY = Rule(
    id="framed-page-has-coep",
    title="A framed page has a Cross-Origin-Embedder-Policy if the page around it has one",
    failure=Failure(
        "The page has a Cross-Origin-Embedder-Policy, but {response}, which it shows in a frame, has `{value}`",
        missing="The page has a Cross-Origin-Embedder-Policy, but {response}, which it shows in a frame, has none",
        bare="The page has a Cross-Origin-Embedder-Policy, but the page in its frame has none",
        remark="does not fit the page's policy; require-corp does",
    ),
    spec=f"{HTML}browsers.html#check-a-navigation-response's-adherence-to-its-embedder-policy",
    step="4",
    what="If a page has Cross-Origin-Embedder-Policy: require-corp or credentialless, so must each page in its frames.",
    why="The policy promises that nothing gets into the page's process without consent, and frames may share that process.",
    fix="Send Cross-Origin-Embedder-Policy: require-corp with the framed page too, and Cross-Origin-Resource-Policy: "
    "cross-origin if it is of another origin.",
    bad="(no Cross-Origin-Embedder-Policy)",
    good="Cross-Origin-Embedder-Policy: require-corp\nCross-Origin-Resource-Policy: cross-origin",
)

FRAMED_DOCUMENT = Rule(
    id="framed-response-is-document",
    title="The response becomes the document of the frame",
    failure=Failure(
        "{response} is not a document, so the frame keeps what it shows, and no load event fires",
        bare="The response is not a document, so the frame keeps what it shows",
        remark="is not a document",
    ),
    spec=f"{HTML}browsing-the-web.html#attempt-to-populate-the-history-entry's-document",
    step="",
    what="A response with status 204 or 205, or one to be saved (Content-Disposition: attachment), does not replace what a frame or an "
    "object shows, and the page gets no event.",
    why="Such a response has nothing to show. This is not a CORS problem.",
    fix="Return 200 with the page, and no Content-Disposition: attachment. For a request that is sent only for its effect, use "
    "fetch() or navigator.sendBeacon().",
    bad="HTTP/1.1 204 No Content",
    good="HTTP/1.1 200 OK\nContent-Type: text/html",
)
FORM_ALLOWED = Rule(
    id="form-not-sandboxed",
    title="The sandbox of the frame allows forms",
    failure=Failure(
        "The frame is sandboxed without allow-forms, so the browser does not send its form to {url}",
        bare="The frame is sandboxed without allow-forms, so the browser does not send its form",
    ),
    spec=f"{HTML}browsers.html#sandboxed-forms-browsing-context-flag",
    step="",
    what="In an <iframe> with the attribute sandbox, or a page with Content-Security-Policy: sandbox, forms are not sent unless "
    "allow-forms is among the tokens.",
    why="The page around the frame does not trust what is in it.",
    fix="Add allow-forms to the attribute sandbox.",
    bad='<iframe sandbox="allow-scripts">',
    good='<iframe sandbox="allow-scripts allow-forms">',
)

RULES: Final = (FRAMED_DOCUMENT, FRAME_ANCESTORS, FRAME_OPTIONS, EMBEDDER_POLICY, FORM_ALLOWED)


def is_kept_by_sandbox(request: Request, params: FetchParams) -> bool:
    """https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-algorithm, 3."""
    if request.api is not Api.FORM or request.client is None or request.client.submits_forms:
        return False
    params.trace.failed(FORM_ALLOWED, ((Field.URL, request.url.href),))
    return True


def is_shown_in_frame(request: Request, response: Response, params: FetchParams) -> bool:
    """Whether the response becomes the document of the frame that requested it; a refusal is traced."""
    checks = [cross_origin_resource_policy_check, _adheres]
    if params.profile.embedder_policy_comes_first:
        checks.reverse()
    return (
        _is_document(response, params)
        and all(check(request, response, params) for check in checks)
        and _ancestors_are_listed(request, response, params)
        and _frame_options_allow(request, response, params)
    )


def _is_document(response: Response, params: FetchParams) -> bool:
    """https://html.spec.whatwg.org/multipage/browsing-the-web.html#attempt-to-populate-the-history-entry's-document, 7."""
    if response.status in params.profile.statuses_without_document:
        params.trace.failed(FRAMED_DOCUMENT, ((Field.STATUS, str(response.status)),))
        return False
    disposition = (response.headers.get("Content-Disposition") or "").partition(";")[0].strip(" \t")
    if ascii_lower(disposition) == "attachment":
        params.trace.failed(FRAMED_DOCUMENT, (("Content-Disposition", disposition),))
        return False
    return True


def _adheres(request: Request, response: Response, params: FetchParams) -> bool:
    """https://html.spec.whatwg.org/multipage/browsers.html#check-a-navigation-response's-adherence-to-its-embedder-policy"""
    given = response.headers.get(COEP)
    demanded = embedder_policy(request.client, params.profile) != "unsafe-none"
    if not demanded or stated_policy(given, params.profile) != "unsafe-none":
        return True
    params.trace.failed(
        EMBEDDER_POLICY, ((COEP, MISSING if given is None else given),), remedy=((COEP, "require-corp"),)
    )
    return False


def _ancestors_are_listed(request: Request, response: Response, params: FetchParams) -> bool:
    """https://w3c.github.io/webappsec-csp/#frame-ancestors-navigation-response ; a policy that only reports is noted."""
    listed = True
    for policy in policies_of_response(response.headers):
        directive = policy.directives.get("frame-ancestors")
        if directive is None:
            continue
        sources = directive.split(" ")[1:]
        stranger = next((one for one in ancestors(request) if not _lists(sources, one, request)), None)
        if stranger is None:
            continue
        evidence = ((CSP, directive), (Field.PAGE, str(stranger)), (Field.WANTED, "frame-ancestors"))
        if policy.report_only:
            params.trace.note(FRAME_ANCESTORS, evidence, "A report-only policy of {response} does not list {page}")
        elif listed:
            params.trace.failed(FRAME_ANCESTORS, evidence)
            listed = False
    return listed


def _lists(sources: list[str], ancestor: Origin, request: Request) -> bool:
    url = parse(f"{ancestor}/")
    return url is not None and matches(url, sources, request.url.origin, redirected=False)


def _frame_options_allow(request: Request, response: Response, params: FetchParams) -> bool:
    """https://html.spec.whatwg.org/multipage/document-lifecycle.html#the-x-frame-options-header"""
    policies = policies_of_response(response.headers)
    if any("frame-ancestors" in policy.directives for policy in policies if not policy.report_only):  # 2.
        return True
    value = ", ".join(response.headers.values(XFO))
    options = {option.strip(" \t").lower() for option in value.split(",")}  # 3., 4.
    stranger = next((one for one in ancestors(request) if not same_origin(one, request.url.origin)), None)
    if not options & _KNOWN_OPTIONS:
        params.trace.note(
            FRAME_OPTIONS, ((XFO, value),), "X-Frame-Options in {response} is `{value}`, which browsers ignore"
        )
    several = len(options) > 1 and bool(options & {"deny", "allowall", "sameorigin"})  # 5.
    if not several and options != {"deny"} and (options != {"sameorigin"} or stranger is None):
        return True
    params.trace.failed(FRAME_OPTIONS, ((XFO, value), (Field.PAGE, str(stranger or request.origin))))
    return False


def ancestors(request: Request) -> tuple[Origin, ...]:
    """The origins of the pages around the frame, as far as they are known."""
    client = request.client
    if client is None:
        return (request.origin,)
    return (client.top_level_origin,) if client.frame is None else (client.origin, client.top_level_origin)
