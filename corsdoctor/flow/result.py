"""What became of a flow in each browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import Diagnosis, Verdict, overall


class CookieResult(NamedTuple):
    """The names of the cookies that were sent and stored, and (name, id of the reason) of those that were not."""

    sent: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class PageResult(NamedTuple):
    """A visit: the Cookie header of the request for the page, what its response stores, and what the console shows."""

    cookie: str | None
    cookies: CookieResult
    console: tuple[str, ...] = ()


class StepResult(NamedTuple):
    """A request of a page, and those that its response leads to."""

    diagnosis: Diagnosis
    cookies: CookieResult
    subresources: tuple[StepResult, ...] = ()
    from_cache: bool = False

    @property
    def verdict(self) -> Verdict:
        """The worst of the request and its subresources."""
        return overall([self.diagnosis.verdict, *(step.verdict for step in self.subresources)])

    def all(self) -> Iterator[StepResult]:
        """This and its subresources, in the order in which they were requested."""
        yield self
        for step in self.subresources:
            yield from step.all()


class BrowserResult(NamedTuple):
    """The flow in one browser. `cookies` are those that it has at the end: (host, the pairs)."""

    profile: Profile
    pages: tuple[PageResult, ...]
    steps: tuple[StepResult, ...]
    cookies: tuple[tuple[str, str], ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the steps."""
        return overall([Verdict.ALLOWED, *(step.verdict for step in self.steps)])
