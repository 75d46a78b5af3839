"""What became of a flow in each browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import Diagnosis, Verdict, overall
from corsdoctor.fetch.request import Tainting
from corsdoctor.record import Record
from corsdoctor.rule import Step
from corsdoctor.scenario import Api
from corsdoctor.wire import Exchange

_HEARD: Final = frozenset({Api.FONT, Api.MODULE})
"""The subresources whose failure the page notices: the request for what loads them fails, or a script can wait for them."""
_TOLD: Final = frozenset(
    {"csp-allows", "integrity-policy-allows", "not-mixed-content", "port-not-blocked", "url-without-userinfo"}
)
"""The ids of rules whose failure fires the error event of a preload."""


class CookieResult(Record):
    """The names of the cookies that were sent and stored, and (name, id of the reason) of those that were not."""

    sent: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class PageResult(Record):
    """A visit: the Cookie header of the request for the page, what its response stores, and what the console shows."""

    cookie: str | None
    cookies: CookieResult
    console: tuple[str, ...] = ()


class StepResult(Record):
    """A request of a page, and those that its response leads to.

    `from_cache` says that the HTTP cache had the response, `preflight_spared` that the preflight cache did. With
    `frame_refused`, the diagnosis is that of the frame, which the browser does not load, and the request is not made.
    """

    diagnosis: Diagnosis
    cookies: CookieResult
    subresources: tuple[StepResult, ...] = ()
    from_cache: bool = False
    preflight_spared: bool = False
    frame_refused: bool = False

    @property
    def verdict(self) -> Verdict:
        """The worst of the request and its subresources."""
        return overall([self.diagnosis.verdict, *(step.verdict for step in self.subresources)])

    @property
    def noticed(self) -> Verdict:
        """The verdict as the page's events show it: a failure that fires the load event counts as loaded."""
        own = Verdict.OPAQUE if self._is_unnoticed and not self.frame_refused else self.diagnosis.verdict
        heard = (step for step in self.subresources if step.diagnosis.scenario.api in _HEARD)
        return overall([own, *(step.noticed for step in heard)])

    @property
    def _is_unnoticed(self) -> bool:
        failure, profile = self.diagnosis.failure, self.diagnosis.profile
        if failure is None:
            return False
        if self.diagnosis.scenario.api is Api.IFRAME:
            return failure.rule.id in profile.unnoticed_in_frames
        request = self.diagnosis.request
        is_opaque = request is not None and request.tainting is Tainting.OPAQUE
        hidden = self.diagnosis.scenario.api is Api.PRELOAD and is_opaque
        told = _TOLD if hidden else _TOLD | {"element-status-ok"}
        if not hidden and request is not None and request.element is Api.STYLESHEET:
            told = told | {"element-type-fits"}
        if failure.rule.id == "integrity-matches" and failure.cause is None:
            return False
        if failure.rule.id == "not-mixed-content" and self.diagnosis.exchanges:
            told = told - {failure.rule.id}
        preloads = self.diagnosis.scenario.api in (Api.PRELOAD, Api.MODULEPRELOAD)
        return preloads and profile.refused_preloads_go_unnoticed and failure.rule.id not in told

    @property
    def whole(self) -> Diagnosis:
        """The request with those that its response leads to, as one: exchanges and messages of all of them, in order."""
        if not self.subresources:
            return self.diagnosis
        every = tuple(self.all())
        steps: list[Step] = []
        exchanges: list[Exchange] = []
        for one in every:
            steps += [_moved(step, len(exchanges)) for step in one.diagnosis.steps]
            exchanges += one.diagnosis.exchanges
        console = tuple(message for one in every for message in one.diagnosis.console)
        return self.diagnosis._replace(
            verdict=self.verdict, exchanges=tuple(exchanges), steps=tuple(steps), console=console
        )

    @property
    def all_cookies(self) -> CookieResult:
        """The cookies of the request and of those that its response leads to."""
        every = zip(*(one.cookies for one in self.all()), strict=True)
        return CookieResult(*(tuple(chain.from_iterable(parts)) for parts in every))

    def all(self) -> Iterator[StepResult]:
        """This and its subresources, in the order in which they were requested."""
        yield self
        for step in self.subresources:
            yield from step.all()


def _moved(step: Step, by: int) -> Step:
    return step if step.exchange is None else step._replace(exchange=step.exchange + by)


class BrowserResult(Record):
    """The flow in one browser. `cookies` are those that it has at the end: (host, the pairs)."""

    profile: Profile
    pages: tuple[PageResult, ...]
    steps: tuple[StepResult, ...]
    cookies: tuple[tuple[str, str], ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the steps."""
        return overall([Verdict.ALLOWED, *(step.verdict for step in self.steps)])
