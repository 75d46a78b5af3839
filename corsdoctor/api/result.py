"""The results of a check, a fix and a policy for Python programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from corsdoctor.arguments import Arguments
from corsdoctor.causes.probe import Probe
from corsdoctor.cure import Change, Cure
from corsdoctor.diagnose import Diagnosis, Verdict, overall
from corsdoctor.hints import with_hints
from corsdoctor.levels import counts_as
from corsdoctor.reading import read_browser
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports import write
from corsdoctor.reports.secrets import mask_report
from corsdoctor.reports.wording import short_verdict
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Cause
from corsdoctor.suite.outcome import FAILURES, CaseOutcome

_SENDING: Final = "Call with send=True"
_PASSES: Final = (Verdict.ALLOWED, Verdict.OPAQUE)


class Names(tuple[str, ...]):
    """Names of headers, in lower case; `in` looks for a name in any case."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())


class Result:
    """The result of one request in the browsers that were asked for. It has no truth value: use `allowed`."""

    def __init__(
        self,
        diagnoses: tuple[Diagnosis, ...],
        asked: Callable[[Result], None] | None = None,
        probes: tuple[Probe, ...] = (),
    ) -> None:
        """`diagnoses` are at least one; `asked` is called with this result whenever a part of it is read."""
        self._diagnoses = diagnoses
        self.probes = probes
        """The further requests that were sent to find the cause of a failure. Nothing in them is masked."""
        self._asked = asked

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Each browser's own diagnosis, with the exchanges and steps. Nothing in it is masked."""
        if self._asked is not None:
            self._asked(self)
        return self._diagnoses

    @property
    def verdict(self) -> Verdict:
        """The worst of the browsers' verdicts; a Verdict is a str, such as "blocked"."""
        return overall(d.verdict for d in self.diagnoses)

    @property
    def allowed(self) -> bool:
        """Whether the script gets the response, or the element loads, in every browser."""
        return self.verdict in _PASSES

    @property
    def blocked(self) -> bool:
        """Whether a rule blocked the request in every browser. False if there was no response, or the request was not sent."""
        return all(d.verdict is Verdict.BLOCKED for d in self.diagnoses)

    @property
    def rule(self) -> str | None:
        """The id of the rule that blocked the request, of the first browser if they differ; None if none did."""
        return next((d.failure.rule.id for d in self.diagnoses if d.failure is not None), None)

    @property
    def cause(self) -> Cause | None:
        """The best cause of the failure, of the first browser if they differ; None if none is known."""
        return next((d.failure.cause for d in self.diagnoses if d.failure is not None), None)

    @property
    def readable(self) -> Names:
        """The response headers that the script can read in every browser; none if it gets no response."""
        first, *others = (d.readable or () for d in self.diagnoses)
        return Names(name for name in first if all(name in other for other in others))

    @property
    def preflight(self) -> bool:
        """Whether a browser sent a preflight."""
        return any(e.is_preflight for d in self.diagnoses for e in d.exchanges)

    @property
    def console(self) -> tuple[str, ...]:
        """The messages of the browsers' consoles, each once, secrets masked."""
        shown = mask_report(Report(self.diagnoses))
        return tuple(dict.fromkeys(message for d in shown.diagnoses for message in d.console))

    @property
    def report(self) -> str:
        """The report of `corsdoctor check`: 80 columns, no colors, secrets masked."""
        return self.explain()

    def explain(self, *, width: int = 80, color: bool = False, verbosity: int = 0) -> str:
        """The report at `width` columns; `verbosity` is -1 for one line, 1 for every step. Secrets are masked."""
        report = next(with_hints([Report(self.diagnoses, probes=self.probes)]))
        text = write("text", [mask_report(report)], Style(width, color, verbosity, _SENDING))
        return text.rstrip("\n")

    def browser(self, name: str) -> Result:
        """The result in one of the browsers. Raises InvalidScenario for any other name."""
        found = Arguments()
        profiles = found.parsed("browser", name, read_browser) or ()
        chosen = tuple(d for d in self._diagnoses if d.profile in profiles)
        if profiles and not chosen:
            found.add(
                "browser", name, f"was not replayed; replayed were {', '.join(d.profile.name for d in self._diagnoses)}"
            )
        found.raise_if_any()
        return Result(chosen, self._asked, self.probes)

    def __bool__(self) -> bool:
        __tracebackhide__ = True
        raise TypeError("a Result has no truth value: use its .allowed or .blocked")

    def __repr__(self) -> str:
        shown = mask_report(Report(self._diagnoses))
        scenario = shown.diagnoses[0].scenario
        return f"<Result: {short_verdict(shown)}: {scenario.method} {scenario.url}>"


class Fix:
    """What the server must change so that a request succeeds. It has no truth value: use `found`."""

    def __init__(self, report: Report) -> None:
        """`report` has a cure."""
        self._report = report

    @property
    def found(self) -> bool:
        """Whether a change of the responses helps, or none is needed; replaying the request with it proves that."""
        return self._cure.obstacle is None

    @property
    def changes(self) -> tuple[Change, ...]:
        """What each response must have; none if nothing needs to change, or if no change helps."""
        return self._cure.changes

    @property
    def server(self) -> str | None:
        """The id of the server that `configuration` is for, such as "nginx"; None if it is not known."""
        return None if self._report.prescription is None else self._report.prescription.recipe.id

    @property
    def configuration(self) -> str | None:
        """The change as configuration of the server; None if it is not known, or if there is no recipe."""
        return None if self._report.prescription is None else self._report.prescription.written.text

    @property
    def report(self) -> str:
        """The output of `corsdoctor fix`: 80 columns, no colors, secrets masked."""
        return write("text", [mask_report(self._report)], Style(sending=_SENDING)).rstrip("\n")

    @property
    def _cure(self) -> Cure:
        assert self._report.cure is not None
        return self._report.cure

    def __bool__(self) -> bool:
        __tracebackhide__ = True
        raise TypeError("a Fix is neither true nor false: ask for its .found")

    def __repr__(self) -> str:
        scenario = mask_report(self._report).scenario
        return f"<Fix{'' if self.found else ' not found'}: {scenario.method} {scenario.url}>"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of a policy. `outcome` is "passed", "not sent", "known", "failed" or "no answer".

    `result` is None if corsdoctor itself failed at the case.
    """

    id: str
    outcome: CaseOutcome
    result: Result | None


class PolicyResult:
    """The cases of a policy after a run. It has no truth value: use `passed`."""

    def __init__(self, items: Iterable[Item]) -> None:
        """`items` are the reports on the cases, in their order."""
        self._items = tuple(items)

    @property
    def passed(self) -> bool:
        """Whether no case failed, and each has a result. A case that was not sent, or a known failure, does not fail."""
        return not any(case.outcome in FAILURES for case in self.cases)

    @property
    def cases(self) -> tuple[CaseResult, ...]:
        """Each case, in the order of the policy."""
        return tuple(
            CaseResult(str(i.id), counts_as(i), None if isinstance(i, Problem) else Result(i.diagnoses))
            for i in self._items
        )

    @property
    def report(self) -> str:
        """The output of `corsdoctor test`: 80 columns, no colors, secrets masked."""
        shown = [mask_report(item) for item in self._items]
        return write("text", shown, Style(sending=_SENDING), several=True).rstrip("\n")

    def __bool__(self) -> bool:
        __tracebackhide__ = True
        raise TypeError("a PolicyResult is neither true nor false: ask for its .passed")

    def __repr__(self) -> str:
        failed = sum(case.outcome in FAILURES for case in self.cases)
        return f"<PolicyResult: {failed} of {len(self._items)} cases failed>"
