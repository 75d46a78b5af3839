"""A flow: the pages that a user visits one after the other, and what each of them requests."""

from __future__ import annotations

from collections.abc import Iterator

from corsdoctor.fetch.cookie_jar import ThirdParty
from corsdoctor.record import Record
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.scenario.page import Page


class FlowRequest(Record):
    """One request of a page, `wait` seconds after what was before it.

    With `set_cookie` nothing is requested: the script sets document.cookie. `subresources` are what the response asks for.
    """

    scenario: Scenario
    wait: float = 0.0
    set_cookie: str | None = None
    subresources: tuple[FlowRequest, ...] = ()

    def all(self) -> Iterator[FlowRequest]:
        """This and its subresources, in order."""
        yield self
        for request in self.subresources:
            yield from request.all()


class Visit(Record):
    """A page, as if its URL were typed into the address bar, and what it requests, in order."""

    page: Page
    requests: tuple[FlowRequest, ...] = ()


class Flow(Record):
    """What one new, empty browser profile lives through."""

    visits: tuple[Visit, ...]
    third_party_cookies: ThirdParty = ThirdParty.DEFAULT
    id: str | int | None = None

    def pages(self) -> tuple[Scenario, ...]:
        """Each page as a request for it, with the cookies that the user gave there: what egress.py must know."""
        found = []
        for visit in self.visits:
            scripted = (
                one.set_cookie for request in visit.requests for one in request.all() if one.set_cookie is not None
            )
            lines = (*visit.page.headers.values("Set-Cookie"), *scripted)
            held = tuple(HeldCookie(line) for line in lines)
            found.append(Scenario(visit.page.url.href, visit.page.url.origin, held=held))
        return tuple(found)

    def scenarios(self) -> tuple[Scenario, ...]:
        """Every request that a page makes."""
        requests = (request for visit in self.visits for request in visit.requests)
        every = (one for request in requests for one in request.all())
        return tuple(one.scenario for one in every if one.set_cookie is None)
