"""The Referer of a request. https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer

Left out: the referrer policy of an element around the one that asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.fetch.presets import PRESETS
from corsdoctor.scenario import REFERRER_POLICIES, Api, Mode
from corsdoctor.url import URL, is_potentially_trustworthy, parse, same_origin, schemelessly_same_site

if TYPE_CHECKING:
    from corsdoctor.browsers.profile import Profile
    from corsdoctor.fetch.request import Request
    from corsdoctor.scenario.page import Client
    from corsdoctor.wire import Headers

DEFAULT: Final = "strict-origin-when-cross-origin"
_NAMELESS: Final = frozenset({Api.IMPORT, Api.EVENTSOURCE, Api.SW_SCRIPT})
"""Requests without a Referer in a worker, where other requests have one."""
_OF_STYLES: Final = frozenset({Api.CSS_CURSOR, Api.CSS_IMAGE, Api.CSS_IMPORT, Api.CSS_MASK, Api.FONT, Api.SHAPE})
_OLD_POLICIES: Final = {
    "always": "unsafe-url", "default": DEFAULT, "never": "no-referrer", "origin-when-crossorigin": "origin-when-cross-origin",
}  # fmt: skip
"""What a <meta> may say in place of a policy. https://html.spec.whatwg.org/multipage/semantics.html#meta-referrer"""
_RELAXED: Final = ("no-referrer-when-downgrade", "origin-when-cross-origin", "unsafe-url")


def referrer_policy(request: Request, profile: Profile) -> str:
    """The request's policy: its own, otherwise the page's."""
    if request.init.referrer_policy:
        return request.init.referrer_policy
    client = request.client
    in_page = request.init.referrer is None
    if client is None or (in_page and request.api in profile.policy_free_styles):
        return DEFAULT
    stated = _stated_by(client)
    inherits = client.frame is not None and profile.frames_inherit_referrer_policy
    return stated or (_stated_by(client._replace(frame=None)) if inherits else "") or DEFAULT


def _stated_by(client: Client) -> str:
    """The policy of a document's markup or headers; "" where there is none."""
    head = client.page.head if client.frame is None or client.is_local else ""
    if head:
        from corsdoctor.scenario.markup import metas  # what a page without markup need not load

        written = [meta.content.lower() for meta in metas(head) if meta.name == "referrer"]
        stated = [_OLD_POLICIES.get(policy, policy) for policy in written]
        if policy := next((token for token in reversed(stated) if token in REFERRER_POLICIES), ""):
            return policy
    return policy_of(client.headers)


def policy_of(headers: Headers) -> str:
    """https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header ; "" where there is none."""
    stated = [token.lower() for token in headers.elements("Referrer-Policy")]
    return next((token for token in reversed(stated) if token in REFERRER_POLICIES), "")


def _policies(request: Request, profile: Profile) -> Iterator[tuple[str, URL]]:
    """The policy of each hop: a redirect may set one for the hops after it."""
    policy = referrer_policy(request, profile)
    for stated, url in zip(("", *request.referrer_policies), request.url_list, strict=False):
        policy = stated or policy
        yield policy, url


def _is_relaxed(policy: str, client: Client, url: URL) -> bool:
    """Whether the policy would tell another site more than the default does."""
    return policy in _RELAXED and not schemelessly_same_site(client.origin, url.origin)


def relaxed_policies(request: Request, profile: Profile) -> tuple[tuple[str, str], ...]:
    """(policy, URL) of each hop whose policy would tell another site more than the default does, up to one without a Referer."""
    client = request.client
    if client is None:
        return ()
    hops = enumerate(_policies(request, profile))
    told = (
        (policy, url)
        for hop, (policy, url) in hops
        if not hop or determine_referrer(request.with_(url_list=request.url_list[:hop]), profile) is not None
    )
    return tuple((policy, url.href) for policy, url in told if _is_relaxed(policy, client, url))


def determine_referrer(request: Request, profile: Profile) -> str | None:
    """What the Referer header says, None where there is none. What a hop has left out, no later one says."""
    client = request.client
    if client is None:
        return _of_unknown_path(request, profile)
    source = _source(request, client, profile)
    said: str | None = None
    for policy, url in _policies(request, profile):
        if source is None or not source.is_http:
            return None
        ignored = _is_relaxed(policy, client, url) and not profile.relaxed_policies_count_across_sites
        foreign = client.origin.opaque and profile.opaque_documents_are_foreign
        said = _for_one_hop(source, url, DEFAULT if ignored else policy, profile, foreign=foreign)
        source = None if said is None else parse(said)
    return said


def _for_one_hop(source: URL, url: URL, policy: str, profile: Profile, *, foreign: bool) -> str | None:
    """https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer"""
    whole = source.on_the_wire  # 4.: without the fragment and userinfo
    origin = f"{source.origin}/"  # 5.
    own = not foreign and same_origin(source.origin, url.origin)
    downgrade = source.scheme == "https" and _is_unsafe(url, profile)
    match policy:  # 8.
        case "no-referrer":
            return None
        case "origin":
            return origin
        case "unsafe-url":
            return whole
        case "strict-origin":
            return None if downgrade else origin
        case "same-origin":
            return whole if own else None
        case "origin-when-cross-origin":
            return whole if own else origin
        case "no-referrer-when-downgrade":
            return None if downgrade else whole
    return whole if own else None if downgrade else origin


def _of_unknown_path(request: Request, profile: Profile) -> str | None:
    """What the default policy leaves of a page whose path is unknown."""
    scheme = request.origin.scheme
    if scheme not in ("http", "https") or (scheme == "https" and _is_unsafe(request.url, profile)):
        return None
    return f"{request.origin}/"


def _is_unsafe(url: URL, profile: Profile) -> bool:
    """Whether a request from https to `url` is a downgrade."""
    return url.scheme != "https" and not (profile.loopback_gets_referrer and is_potentially_trustworthy(url.origin))


def _source(request: Request, client: Client, profile: Profile) -> URL | None:
    """The URL to begin with (3.)."""
    if request.init.referrer is not None and request.api not in profile.subresources_name_the_page:
        return parse(request.init.referrer)
    scripted = PRESETS[request.api].scripted
    local = "" if client.frame is None else client.frame.url
    if (
        request.api in _NAMELESS
        and profile.blob_has_referrer
        and (client.worker is not None or request.api is Api.SW_SCRIPT)
    ):
        return None
    if client.worker is not None or local == "blob:":
        navigates = request.mode is Mode.NAVIGATE
        told = profile.blob_has_referrer and not client.origin.opaque and (client.worker is not None or scripted)
        return parse(f"{client.origin}/") if told and not navigates else None
    if local == "about:srcdoc":
        styled = request.api in _OF_STYLES and not profile.styles_of_srcdoc_have_referrer
        if styled or (request.api is Api.FETCH and not profile.fetch_of_srcdoc_has_referrer):
            return None
    kept = request.api is Api.IMPORT or _keeps(profile, scripted=scripted and request.api is not Api.BEACON)
    if client.origin.opaque and not kept:
        return None
    return client.page.url if local == "about:srcdoc" else client.url


def _keeps(profile: Profile, *, scripted: bool) -> bool:
    """Whether a document with an opaque origin says where it comes from."""
    return profile.opaque_documents_have_referrer and (
        profile.scripts_of_opaque_documents_have_referrer or not scripted
    )
