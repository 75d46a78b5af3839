"""The icon of a page, which browsers request on their own, as far as the page's policies decide about it.

It is not requested here: its response would change nothing in the flow.
"""

from __future__ import annotations

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import diagnose
from corsdoctor.fetch.content_security_policy import CSP_ALLOWS, policies_of
from corsdoctor.scenario import Api, Scenario
from corsdoctor.scenario.markup import icon_of
from corsdoctor.scenario.page import Client, Page
from corsdoctor.url import parse
from corsdoctor.wire import Answer, Hold, Kind, WireRequest, Withheld


def icon_console(page: Page, profile: Profile) -> tuple[str, ...]:
    """What the browser prints about the icon of a page. https://html.spec.whatwg.org/multipage/links.html#rel-icon"""
    if not page.url.is_http:
        return ()
    named, client = icon_of(page.head), Client(page)
    if named is None and not (profile.requests_default_icon and any(one.directives for one in policies_of(client))):
        return ()
    url = parse("/favicon.ico" if named is None else named, page.url.href)
    if url is None or (url.scheme == "data" and not profile.judges_data_icons):
        return ()
    loading = profile._replace(never_requests=profile.never_requests - {Api.ICON})  # those are what a script adds
    scenario = Scenario(url.href, page.url.origin, api=Api.ICON, client=client)
    diagnosis = diagnose(scenario, loading, _never)
    judged = named is not None or any(step.rule is CSP_ALLOWS for step in diagnosis.steps)
    return diagnosis.console if judged else ()


def _never(_kind: Kind, _request: WireRequest) -> Answer:
    return Withheld("The icon of a page is not requested.", Hold.NOT_RECORDED)
