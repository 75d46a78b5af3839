"""What a report is about: one request as each browser treated it, or a problem."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from corsdoctor.record import Record

if TYPE_CHECKING:
    from corsdoctor.audit.explored import Explored
    from corsdoctor.audit.weigh import Severity, Weighed
    from corsdoctor.browsers.profile import Profile
    from corsdoctor.captures.commands.parsed import Parsed
    from corsdoctor.captures.judge import Judgement
    from corsdoctor.causes.probe import Probe, Probing
    from corsdoctor.cure import Change, Cure
    from corsdoctor.diagnose import Diagnosis, Verdict
    from corsdoctor.flow.result import BrowserResult, CookieResult
    from corsdoctor.flow.story import Flow
    from corsdoctor.observed import Observation
    from corsdoctor.quirk import Quirk
    from corsdoctor.recipes.cookies import CookieSetting
    from corsdoctor.recipes.prescription import Prescription
    from corsdoctor.scenario import Scenario
    from corsdoctor.suite.judge import Expected, Judged
    from corsdoctor.wire import Kind, Send


class Retried(Record):
    """A request that the server answered with 429 and Retry-After, and that was sent again after that many seconds."""

    kind: Kind
    method: str
    url: str
    seconds: float


class FindOut(Record):
    """What would show a cause: what to do, and the command that does it, if one can."""

    text: str
    command: str | None


class Report(Record):
    """One request, as each browser asked for took it: all that a writer ever sees.

    `id` is the batch line's own id. `planned` says that nothing was sent: the responses are those that the server
    would have to give. `cure` is what helps, `prescription` the same as a server's configuration, `cookie_setting` how its framework sets cookies, and `command` what
    checks it; None if it was not requested. `no_recipe` says why there is no configuration although one was requested.
    `source` is the file that the request stands in, from the working directory where it is below it, and `line` the number
    of its line there. `judged` is what a policy expects of it. `retried` are the requests that had to be sent again.
    `changes` are what the responses must have so that no browser blocks the request, and `fix_command` prints that as
    the configuration of a server; both are empty unless the request is blocked and a change helps. `quirks` are why
    browsers differ from the Standard. `probes` are further requests that were sent to find the cause, and `find_out` is
    what would show the cause where none is named. `capture` is what a capture shows of the request, from which it was
    replayed, and `parsed` is the request in another tool's words that it was made of. `cookies` are those of a request of a
    flow, one for each diagnosis. `observations` are what real browsers did with the request.
    """

    diagnoses: tuple[Diagnosis, ...]
    id: str | int | None = None
    planned: bool = False
    cure: Cure | None = None
    prescription: Prescription | None = None
    cookie_setting: CookieSetting | None = None
    command: str | None = None
    no_recipe: str | None = None
    line: int | None = None
    judged: Judged | None = None
    source: str | None = None
    retried: tuple[Retried, ...] = ()
    changes: tuple[Change, ...] = ()
    fix_command: str | None = None
    quirks: tuple[Quirk, ...] = ()
    probes: tuple[Probe, ...] = ()
    capture: Judgement | None = None
    find_out: FindOut | None = None
    parsed: Parsed | None = None
    cookies: tuple[CookieResult, ...] = ()
    observations: tuple[Observation, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of the browsers' verdicts."""
        from corsdoctor.diagnose import overall  # so that commands without a diagnosis need not load it

        return overall(d.verdict for d in self.diagnoses)

    @property
    def scenario(self) -> Scenario:
        """The request."""
        return self.diagnoses[0].scenario


class AuditReport(Record):
    """What an audit of one URL showed, and what is wrong with it. `asked` is the request that was varied.

    `line` is the number of the URL in its run, None if the report does not show it. `error` is why there was no audit,
    None if there was one. `others` are further URLs of the origin whose audits showed the same.
    """

    explored: Explored
    findings: tuple[Weighed, ...]
    asked: Scenario
    line: int | None = None
    error: str | None = None
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The URL, and how many others the report is about."""
        more = len(self.others)
        return self.asked.url + (f" and {more} other URL{'s' if more > 1 else ''}" if more else "")

    @property
    def severity(self) -> Severity | None:
        """The worst severity of the findings that are not known, None without any."""
        return max((finding.severity for finding in self.findings if not finding.known), default=None)

    @property
    def good(self) -> bool:
        """Whether the server responded and nothing was found that is more than info."""
        return self.explored.answered and not self.severity


class FlowReport(Record):
    """A flow, as each browser lives through it. `line` is the number of its line in a batch.

    `planned` says that nothing was sent.
    """

    flow: Flow
    browsers: tuple[BrowserResult, ...]
    line: int | None = None
    planned: bool = False

    @property
    def id(self) -> str | int | None:
        """The id that the user gave the flow."""
        return self.flow.id

    @property
    def verdict(self) -> Verdict:
        """The worst of the browsers' verdicts."""
        from corsdoctor.diagnose import overall  # so that commands without a diagnosis need not load it

        return overall(browser.verdict for browser in self.browsers)

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Those of all requests in all browsers."""
        return tuple(one.diagnosis for browser in self.browsers for step in browser.steps for one in step.all())

    def reports(self) -> tuple[Report, ...]:
        """A report on each request of a page, with its number behind the id, for formats that have no flows."""
        steps = zip(*(browser.steps for browser in self.browsers), strict=True)
        return tuple(
            Report(
                tuple(one.diagnosis for one in step), id=None if self.id is None else f"{self.id}#{number}",
                line=self.line, planned=self.planned,
            )
            for number, step in enumerate(steps, 1)
        )  # fmt: skip


def report_on(
    scenario: Scenario, profiles: Iterable[Profile], send: Send, probing: Probing | None = None, **fields: Any
) -> Report:
    """The report on a replay of `scenario`, with the causes of what failed, and with probes as far as `probing` says."""
    from corsdoctor.causes.by_value import is_open, with_values  # what many commands need not load
    from corsdoctor.diagnose import diagnose_all

    diagnoses = diagnose_all(scenario, profiles, send)
    probes: tuple[Probe, ...] = ()
    if any(map(is_open, diagnoses)) or (probing is not None and probing.always):
        from corsdoctor.causes.investigate import investigated  # what a request that passes need not load
        from corsdoctor.causes.probe import NO_PROBES
        from corsdoctor.egress import Ask

        diagnoses, probes = investigated(diagnoses, Ask(scenario, send), probing or NO_PROBES)
    else:
        diagnoses = tuple(map(with_values, diagnoses))
    return Report(diagnoses, probes=probes, **fields)


class ProblemKind(StrEnum):
    """Why there is no report on an item: it is invalid, the time limit was reached before it, or corsdoctor failed."""

    NOT_UNDERSTOOD = "not understood"
    TIMED_OUT = "no time left"
    INTERNAL = "internal error"


class Problem(Record):
    """A line of a batch, or a case of a policy, on which there is no report: its number, why, its own id, and the file.

    `scenario` is the request, and `expected` what a policy expects of it; both are None if they are not known. `parsed` is
    the request in another tool's words, as far as it was read; `missing` is what it lacks for a verdict.
    """

    line: int
    reason: str
    id: str | int | None = None
    source: str | None = None
    kind: ProblemKind = ProblemKind.NOT_UNDERSTOOD
    scenario: Scenario | None = None
    expected: Expected | None = None
    parsed: Parsed | None = None
    missing: str | None = None


Item = Report | Problem
