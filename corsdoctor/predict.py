"""Which console messages a browser prints for a run: the facts are collected here, the words are in browsers/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsdoctor.browsers.facts import Facts, Integrity, LocalAccess, Mixed, Violation
from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.before_sending import MIXED_UPGRADED, NOT_MIXED_CONTENT, is_insecure_in_secure, is_upgradable
from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, determine_nosniff
from corsdoctor.fetch.preflight_lists import ACAH_LISTS_AUTHORIZATION
from corsdoctor.fetch.redirect import is_redirect, location_url
from corsdoctor.fetch.referrer import policy_of, relaxed_policies
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams, Request, Tainting
from corsdoctor.fetch.safelist import parse_mime_type
from corsdoctor.fetch.script_headers import HEADER_NOT_FORBIDDEN
from corsdoctor.rule import Field, Outcome, Step
from corsdoctor.scenario import Api, Redirect
from corsdoctor.url import URL, is_potentially_trustworthy
from corsdoctor.wire import NO_HEADERS, Exchange, Kind, NoAnswer, Response

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client

# the ids of rules whose files a plain check need not load
_LOGIN, _LOCAL = "login-is-known", "local-network-access-granted"
_FRAMES = "frame-options-allow"
_UNHASHED, _PRELOAD = "integrity-policy-allows", "preload-fits-request"
_CANVAS, _TYPE = "canvas-stays-clean", "element-type-fits"
_DATA, _TEXT = "data-body", "text-body"  # causes
_CSP = frozenset({"csp-allows", "frame-ancestors-allow"})
_SPOKEN_OF = {ACAH_LISTS_AUTHORIZATION.id, HEADER_NOT_FORBIDDEN.id, _CANVAS, _TYPE, _LOGIN, *_CSP}
"""What a console may mention although it did not make the request fail."""


def predict_console(request: Request, end: FetchEnd, params: FetchParams) -> tuple[str, ...]:
    """The messages about CORS that the browser prints. `request` is as the script made it."""
    trace = params.trace
    quiet = request.api is Api.WEBSOCKET and request.client is None
    spoken = any(s.outcome is Outcome.FAIL or s.rule.id in _SPOKEN_OF for s in trace.steps)
    waits = any(s.rule.id == _LOGIN and s.cause is None for s in trace.steps)
    in_flow = end.request.client is not None and end.request.api is not Api.WEBSOCKET
    if quiet or waits or not (spoken or in_flow or _mixed(end.request, params) or _local(end.request, params)):
        return ()
    failure = next((s for s in trace.steps if s.outcome is Outcome.FAIL), None)
    exchange = trace.exchanges[failure.exchange] if failure is not None and failure.exchange is not None else None
    return params.profile.console(_facts(request, end, failure, exchange, params))


def _facts(
    first: Request, end: FetchEnd, failure: Step | None, exchange: Exchange | None, params: FetchParams
) -> Facts:
    now, steps = end.request, params.trace.steps
    response = exchange.response if exchange is not None else None
    headers = response.headers if response is not None else NO_HEADERS
    redirects = response is not None and is_redirect(response, params.profile)
    location = location_url(now, response, params.profile) if response is not None and redirects else None
    integrity = _integrity(now, end, params) if now.init.integrity else None
    return Facts(
        rule=failure.rule.id if failure is not None else "",
        api=now.api,
        element=now.element,
        mode=now.mode,
        redirect=now.redirect,
        in_preflight=exchange is not None and exchange.is_preflight,
        is_redirect=location is not None,
        hops=now.redirect_count,
        is_cors=now.tainting is Tainting.CORS,
        url=now.url.href,
        came_from=now.url_list[-2].href if len(now.url_list) > 1 else "",
        types=headers.values("Content-Type"),
        charset=next((dict(s.evidence).get(Field.CHARSET, "") for s in steps if s.rule.id == _TYPE), ""),
        first=first.url.href,
        target=_target(location) if headers.get("Location") else "",
        page=str(now.origin),
        origin=now.serialized_origin,
        method=now.method,
        allow_origin=headers.get(ACAO),
        allow_origin_lines=sum(name == ACAO for name, _ in headers),
        allow_credentials=headers.get(ACAC),
        allow_methods=headers.get(ACAM),
        allow_headers=headers.get(ACAH),
        missing=_missing(first, failure),
        headers=tuple(name for name, _ in first.headers),
        status=_status(response, end),
        error=exchange.answer.kind if exchange is not None and isinstance(exchange.answer, NoAnswer) else None,
        warned=tuple(
            params.trace.exchanges[s.exchange].request.url
            for s in steps
            if s.rule is ACAH_LISTS_AUTHORIZATION and s.outcome is Outcome.NOTE and s.exchange is not None
        ),
        canvas_tainted=any(s.rule.id == _CANVAS for s in steps),
        violations=tuple(_violation(s, now) for s in steps if s.rule.id in _CSP),
        value=failure.evidence[0][1] if failure is not None and failure.evidence else "",
        in_flow=now.client is not None,
        page_url=_page_url(now.client),
        document_url="" if now.client is None else now.client.url.href,
        document_name=_document_name(now.client),
        in_sandboxed_page=now.client is not None and now.client.is_in_sandboxed_page,
        mixed=_mixed(now, params),
        local=_local(now, params),
        integrity=integrity,
        ignored_integrity=bool(now.init.integrity) and integrity is None,
        unused_preload=next(
            (dict(s.evidence)[Field.WANTED] for s in steps if s.rule.id == _PRELOAD and s.evidence), ""
        ),
        ignored_frame_options=next(
            (s.evidence[0][1] for s in steps if s.rule.id == _FRAMES and s.outcome is Outcome.NOTE), ""
        ),
        without_integrity=tuple(s.outcome is Outcome.NOTE for s in steps if s.rule.id == _UNHASHED),
        is_nosniff=response is not None and determine_nosniff(response.headers),
        is_data=_is_data(failure, response),
        is_empty=response is not None and not response.body and headers.get("Content-Length") in (None, "0"),
        odd_script_type=_odd_script_type(end, params) if failure is None and now.client is not None else None,
        relaxed=_relaxed(now, exchange, location, params) if params.trace.exchanges else (),
        in_worker=now.client is not None and now.client.worker is not None,
        login_refused=any(s.rule.id == _LOGIN and s.cause is not None for s in steps),
        unset=tuple(name for s in steps if s.rule is HEADER_NOT_FORBIDDEN for name, _ in s.evidence),
    )


def _relaxed(
    now: Request, exchange: Exchange | None, location: URL | ValueError | None, params: FetchParams
) -> tuple[tuple[str, str], ...]:
    """What its referrer policies would tell other sites, with the target of a redirect that is not followed."""
    unfollowed = exchange is not None and not exchange.is_preflight and now.redirect is Redirect.FOLLOW
    response = exchange.response if exchange is not None and unfollowed else None
    if response is not None and isinstance(location, URL) and location.is_http:
        policies = (*now.referrer_policies, policy_of(response.headers))
        now = now.redirected_to(location).with_(referrer_policies=policies)
    return relaxed_policies(now, params.profile)


def _status(response: Response | None, end: FetchEnd) -> int | None:
    """The status code that a message names: where a 304 confirms a cached response, that of the response."""
    if response is not None and response.status == 304 and end.response is not None:
        response = end.response
    return None if response is None else response.status


def _is_data(failure: Step | None, response: Response | None) -> bool:
    """Whether the body decided, and it is a page or data."""
    cause = "" if failure is None or failure.cause is None else failure.cause.id
    if cause != _TEXT or response is None:
        return cause == _DATA
    from corsdoctor.fetch.opaque_response_blocking import is_json  # what few requests need

    return is_json(response.body)


def _odd_script_type(end: FetchEnd, params: FetchParams) -> str | None:
    """The Content-Type of a script that runs although that is not a JavaScript type."""
    script = end.request.api is Api.SCRIPT or (
        end.request.api is Api.PRELOAD
        and end.request.destination == "script"
        and Api.PRELOAD not in params.profile.untyped_preloads
    )
    if not script or end.response is None:
        return None
    from corsdoctor.fetch.opaque_response_blocking import JAVASCRIPT_TYPES  # what few requests need

    record = parse_mime_type((end.response.headers.values("Content-Type") or ("",))[-1])
    essence = "" if record is None else record[0]
    return None if essence in JAVASCRIPT_TYPES else essence


def _integrity(now: Request, end: FetchEnd, params: FetchParams) -> Integrity | None:
    """The integrity attribute and the hash of the body, which is empty unless the page may read the response."""
    from corsdoctor.fetch.integrity import (
        SIZES,
        digest_of,
        is_checked,
        is_decodable,
        length_of,
        strongest,
    )  # what few requests need

    if not is_checked(now, params.profile):
        return None
    expected = strongest(now.init.integrity, params.profile)
    readable = end.ended in (Ended.BASIC, Ended.CORS)
    body = end.response.body if end.response is not None else b""
    algorithm = expected[0][0] if expected else ""
    decodable = [digest for _, digest in expected if is_decodable(digest)]
    return Integrity(
        now.init.integrity, algorithm, digest_of(algorithm, body if readable else b"") if algorithm else "", len(body),
        sum(length_of(digest) != SIZES[algorithm] for digest in decodable), len(expected) - len(decodable), end.ended is not Ended.OPAQUE,
    )  # fmt: skip


def _page_url(client: Client | None) -> str:
    """The URL of the page, or of the worker."""
    return "" if client is None else client.page.url.href if client.worker is None else client.shown_url


def _document_name(client: Client | None) -> str:
    if client is None:
        return ""
    from corsdoctor.fetch.local_network_access import name_in_firefox  # what a plain check need not load

    return name_in_firefox(client)


def _local(now: Request, params: FetchParams) -> LocalAccess | None:
    """The check of the last hop that was checked, if that hop leads to a more private address space."""
    client, trace = now.client, params.trace
    if client is None:
        return None
    step = next((s for s in reversed(trace.steps) if s.rule.id == _LOCAL), None)
    values = {} if step is None else dict(step.evidence)
    after = () if step is None else trace.exchanges[0 if step.exchange is None else step.exchange + 1 :]
    if step is None or any(exchange.request.url != values[Field.URL] for exchange in after):
        return None
    from corsdoctor.fetch.local_network_access import (
        has_no_window,
        is_delegated,
        name_in_firefox,
        target_address_space,
    )  # what few requests need
    from corsdoctor.scenario.address_space import AddressSpace

    return LocalAccess(
        url=values[Field.URL],
        space=values[Field.SPACE],
        needs_permission=Field.WANTED in values,
        cause="" if step.cause is None else step.cause.id,
        target=target_address_space(now) or "",
        in_preflight=values[Field.KIND] == Kind.PREFLIGHT,
        has_window=client.worker is None and not has_no_window(now),
        delegated=is_delegated(client, AddressSpace(values[Field.SPACE]), params.profile),
        page=name_in_firefox(client._replace(frame=None)),
        initiator=name_in_firefox(client),
        secure=is_potentially_trustworthy(client.origin),
    )


def _mixed(now: Request, params: FetchParams) -> tuple[Mixed, ...]:
    """The mixed content of a flow's page, hop by hop."""
    refused = next((step.rule.id for step in params.trace.steps if step.outcome is Outcome.FAIL), "") == "csp-allows"
    unasked = refused and now.destination in params.profile.judged_before_upgrade and not now.redirect_count
    if now.client is None or unasked:
        return ()
    from corsdoctor.fetch.content_security_policy import (
        blocks_all_mixed_content,  # what a plain check need not load
        upgrades_insecure_requests,
    )

    by_policy = upgrades_insecure_requests(now.client)
    earlier = (now.with_(url_list=now.url_list[: hop + 1], redirect_count=hop) for hop in range(now.redirect_count))
    found = [kept for hop in earlier if not by_policy and (kept := _unchanged(hop, params.profile)) is not None]
    for step in params.trace.steps:
        if step.rule is MIXED_UPGRADED:
            became = "upgraded by policy" if by_policy else "upgraded"
        elif step.rule is NOT_MIXED_CONTENT and step.outcome is Outcome.FAIL:
            became = "blocked"
        else:
            continue
        found.append(Mixed(dict(step.evidence)[Field.URL], became, blocks_all_mixed_content(now.client)))
    judged = any(one.became != "kept" for one in found)
    if not judged and not by_policy and (kept := _unchanged(now, params.profile)) is not None:
        found.append(kept)
    return tuple(found)


def _unchanged(request: Request, profile: Profile) -> Mixed | None:
    """An http URL that the page requests all the same, if the console may say so."""
    from corsdoctor.fetch.local_network_access import is_known_to_be_local  # what a plain check need not load

    if not is_insecure_in_secure(request) or request.api in profile.never_requests:
        return None
    if is_known_to_be_local(request, profile) and not is_potentially_trustworthy(request.url.origin):
        return Mixed(request.url.href, "local")
    return Mixed(request.url.href, "kept") if is_upgradable(request, profile) else None


def _violation(step: Step, now: Request) -> Violation:
    (_, text), (_, subject), (_, effective) = step.evidence
    url = (
        now.url.href if effective == "frame-ancestors" else subject
    )  # that of the framed page, not of the page around it
    return Violation(text, effective, step.outcome is Outcome.NOTE, url)


def _target(location: URL | ValueError | None) -> str:
    if isinstance(location, URL):
        return location.href
    return str(location.args[0]) if isinstance(location, ValueError) else ""


def _missing(first: Request, failure: Step | None) -> tuple[str, ...]:
    """The names of the required headers, in the spelling and order of the script."""
    names = {name.lower() for name in failure.missing} if failure is not None else ()
    return tuple(dict.fromkeys(name for name, _ in first.headers if name.lower() in names))
