"""Cross-Origin-Embedder-Policy: what a page demands of what it embeds.

https://html.spec.whatwg.org/multipage/browsers.html#coep . Left out: reporting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsdoctor.browsers.profile import Profile
from corsdoctor.url import is_potentially_trustworthy

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client

COEP = "Cross-Origin-Embedder-Policy"


def embedder_policy(client: Client | None, profile: Profile) -> str:
    """unsafe-none, require-corp or credentialless. https://html.spec.whatwg.org/multipage/browsers.html#obtain-an-embedder-policy"""
    if client is None or not all(is_potentially_trustworthy(url.origin) for url in (client.page.url, client.url)):
        return "unsafe-none"  # 2.: not in a secure context
    return stated_policy(client.headers.get(COEP), profile)


def stated_policy(value: str | None, profile: Profile) -> str:
    """The policy that the header states."""
    token = "" if value is None else value.partition(";")[0].strip(" ")
    if token == "require-corp" or (token == "credentialless" and profile.knows_credentialless):
        return token
    return "unsafe-none"
