"""Integrity-Policy: whether a page may load a script whose content it does not state.

https://w3c.github.io/webappsec-subresource-integrity/#integrity-policy-section . Left out: style sheets, which no browser blocks
yet, and reports.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.structured_fields import ITEM, dictionary_members
from corsdoctor.fetch.integrity import strongest
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.rule import Cause, Failure, Field, Rule
from corsdoctor.scenario import Mode
from corsdoctor.scenario.page import Client

HEADER: Final = "Integrity-Policy"
_REPORTS: Final = f"{HEADER}-Report-Only"
_MODES: Final = (Mode.CORS, Mode.SAME_ORIGIN)
WITHOUT_CORS = Cause(
    "without-cors",
    "The element has no crossorigin attribute, so its integrity does not count.",
    fix='Add crossorigin="anonymous" to the element, and make the server allow the origin.',
)
INTEGRITY_POLICY_ALLOWS = Rule(
    id="integrity-policy-allows",
    title="A page with Integrity-Policy states the integrity of each script",
    failure=Failure(
        "The page's Integrity-Policy (`{value}`) blocks {url}, a script without integrity",
        bare="The page's Integrity-Policy blocks a script without integrity",
    ),
    spec="https://w3c.github.io/webappsec-subresource-integrity/#should-request-be-blocked-by-integrity-policy-section",
    step="",
    what="With `Integrity-Policy: blocked-destinations=(script)`, the browser loads only scripts that have an `integrity` with a "
    "hash that it knows, in mode cors or same-origin. Workers and their scripts are not concerned, except in WebKit, where "
    "importScripts() and imports are.",
    why="The page then runs no code whose content it does not know. The browser checks this before CORS, so no header of the "
    "server changes it.",
    fix="Add integrity and crossorigin to the element, or remove the page's Integrity-Policy.",
    bad='<script src="https://cdn.example/a.js">',
    good='<script crossorigin integrity="sha256-(hash of the file)" src="https://cdn.example/a.js">',
    causes=(WITHOUT_CORS,),
)
RULES: Final = (INTEGRITY_POLICY_ALLOWS,)
_REPORTED: Final = "The page's Integrity-Policy-Report-Only (`{value}`) would block {url}, a script without integrity"


def is_blocked_by_integrity_policy(request: Request, client: Client, params: FetchParams) -> bool:
    """Whether the page's policy blocks the request; what a policy would block that only reports is traced too.

    https://w3c.github.io/webappsec-subresource-integrity/#should-request-be-blocked-by-integrity-policy-section
    """
    profile = params.profile
    if request.destination != "script" or not request.url.is_http:
        return False
    if client.worker is not None and not profile.integrity_policy_covers_workers:
        return False
    own_document = client.frame is None or not client.is_local
    if not own_document and not profile.local_frames_inherit_integrity_policy:
        return False
    stated = bool(strongest(request.init.integrity, profile))
    if stated and request.mode in _MODES:
        return False
    cause = WITHOUT_CORS if stated else None
    blocked = False
    for header, enforced in ((HEADER, True), (_REPORTS, False)):
        text = ", ".join(client.headers.values(header)).strip(" ")
        if not _blocks_scripts(text):
            continue
        evidence = ((header, text), (Field.URL, request.url.href))
        if enforced:
            params.trace.failed(INTEGRITY_POLICY_ALLOWS, evidence, cause)
        else:
            params.trace.note(INTEGRITY_POLICY_ALLOWS, evidence, _REPORTED, cause=cause)
        blocked = blocked or enforced
    return blocked


def _blocks_scripts(text: str) -> bool:
    """https://w3c.github.io/webappsec-subresource-integrity/#processing-an-integrity-policy"""
    lists = {name: [item[1] for item in ITEM.finditer(inner)] for name, _, inner in dictionary_members(text) or ()}
    return "script" in lists.get("blocked-destinations", ()) and "inline" in lists.get("sources", ("inline",))
