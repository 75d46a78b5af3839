"""The verdict on a captured request, from what the capture has of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.captures.by_tool import doubt, note
from corsdoctor.captures.group import Captured
from corsdoctor.captures.har import Har
from corsdoctor.captures.rebuild import Answers, RecordedPreflights, api_of, scenario_of
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose, overall
from corsdoctor.masking import mask_url
from corsdoctor.observed import Observation
from corsdoctor.record import Record
from corsdoctor.scenario import Api, Credentials
from corsdoctor.url import same_origin
from corsdoctor.wire import Hold, Withheld

_FAILED: Final = "net::ERR_FAILED"
_ABORTED: Final = "net::ERR_ABORTED"
BY_MODE: Final = "The verdict depends on the credentials mode, which a capture does not have."
_FITS: Final = {
    "failed": (Verdict.BLOCKED, Verdict.ERROR),
    "ok": (Verdict.ALLOWED, Verdict.OPAQUE),
}


class Outcome(StrEnum):
    """What the capture says of how the browser took the request."""

    FAILED = "failed"
    OK = "ok"
    UNKNOWN = "unknown"


class Judgement(Record):
    """What a captured request shows.

    `mode` is the credentials mode, None if nothing shows it, and `because` what it rests on. `by_credentials` has the
    verdict for each mode where it is not known. `missing` says what the capture lacks for a verdict, and `noted` what it
    lacks otherwise; both are sentences or None. `recorded_by` is the engine that made the request, None if nothing shows it.
    With `live` the request was sent again: `diagnoses` are those of the capture, `by_credentials` and `missing` are of now.
    `observed` is what real browsers did, where corsdoctor saved it.
    """

    entry: int
    redirect_entries: tuple[int, ...]
    preflight_entries: tuple[int, ...]
    diagnoses: tuple[Diagnosis, ...]
    recorded_by: str | None
    outcome: Outcome
    mode: Credentials | None
    because: str
    by_credentials: dict[Credentials, Verdict] | None
    missing: str | None
    noted: str | None
    live: bool = False
    observed: tuple[Observation, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of the browsers' verdicts."""
        return overall(d.verdict for d in self.diagnoses)

    @property
    def agrees(self) -> bool | None:
        """Whether the browser's outcome fits the verdict; None where either is unknown."""
        definite = self.verdict in (*_FITS["failed"], *_FITS["ok"])
        if self.outcome is Outcome.UNKNOWN or not definite:
            return None
        return self.verdict in _FITS[self.outcome]


def judge(captured: Captured, har: Har, given: Credentials | None, wanted: Iterable[Profile]) -> Judgement:
    """The verdict of the engine that made the request, or of the browsers `wanted`, with the credentials mode `given`."""
    engine = har.engine((captured.hops or captured.preflights)[0])
    recorded = (engine,) if engine is not None else tuple(p.name for p in BROWSERS)
    if captured.told is not None:
        engine, recorded = None, captured.told.browsers
    profiles = tuple(wanted) or tuple(p for p in BROWSERS if p.name in recorded) or BROWSERS
    outcome = _outcome(captured, har)
    modes = (Credentials.SAME_ORIGIN, Credentials.INCLUDE)
    verdicts: dict[Credentials, Verdict] = {}
    mode: Credentials | None
    if given is not None or captured.told is not None:
        shown, noted, doubtful = _replayed(captured, profiles, given)
        mode = given or next((d.request.credentials for d in shown if d.request is not None), Credentials.SAME_ORIGIN)
        because = "The option --credentials names it." if given is not None else "corsdoctor saved it with the request."
    else:
        runs = {each: _replayed(captured, profiles, each) for each in modes}
        verdicts = {each: overall(d.verdict for d in run) for each, (run, _, _) in runs.items()}
        mode, because = _mode(captured, outcome, verdicts)
        shown, noted, doubtful = runs[mode or Credentials.SAME_ORIGIN]
    differ = mode is None and len(set(verdicts.values())) > 1
    missing = doubtful or _missing(shown)
    if differ:
        known = set(verdicts.values()) - {Verdict.UNKNOWN}
        if len(known) > 1 or missing is None:
            missing = BY_MODE
        shown = tuple(d._replace(verdict=Verdict.UNKNOWN) for d in shown)
    if overall(d.verdict for d in shown) is not Verdict.UNKNOWN:
        missing = None
    return Judgement(
        captured.entry,
        tuple(hop.index for hop in captured.hops[1:]),
        tuple(one.index for one in captured.preflights),
        shown, engine, outcome, mode, because, verdicts if mode is None else None, missing, noted,
        observed=_observed(captured, shown),
    )  # fmt: skip


def _observed(captured: Captured, shown: Iterable[Diagnosis]) -> tuple[Observation, ...]:
    """What real browsers did, of those for which there is a diagnosis."""
    if captured.told is None:
        return ()
    names = {diagnosis.profile.name for diagnosis in shown}
    return tuple(seen for seen in captured.told.observed if seen.browser in names)


def _replayed(
    captured: Captured, profiles: Iterable[Profile], mode: Credentials | None
) -> tuple[tuple[Diagnosis, ...], str | None, str | None]:
    """The diagnoses for one credentials mode, what the capture lacked that they could do without, and could not."""
    diagnoses, noted, doubtful = [], note(captured), None
    for profile in profiles:
        cache = RecordedPreflights(captured)
        answers = Answers(captured.sent_by(profile.name))
        asked = (
            profile._replace(preflight_remembers_headers=False) if captured.by_tool else profile
        )  # or none is assumed
        found = diagnose(scenario_of(captured, profile, mode), asked, answers.send, cache=cache)._replace(
            profile=profile
        )
        why = doubt(captured, found, answers, assumed=cache.used) if captured.by_tool else None
        if why is not None:
            doubtful = doubtful or why
            found = found._replace(
                verdict=Verdict.UNKNOWN, steps=tuple(s for s in found.steps if s is not found.failure), console=()
            )
        elif cache.used:
            noted = "The capture does not have the preflight request: it was not recorded, or the browser had cached the answer to an earlier one."
        diagnoses.append(found._replace(verdict=Verdict.UNKNOWN) if found.verdict is Verdict.UNSENT else found)
    return tuple(diagnoses), noted, doubtful


def _outcome(captured: Captured, har: Har) -> Outcome:
    """What the browser's own witness is. Only Chromium and Playwright write one."""
    errors = {hop.error for hop in captured.hops}
    if _FAILED in errors:
        return Outcome.FAILED
    last = captured.hops[-1].response if captured.hops else None
    if not har.shows_failures or last is None or not errors <= {"", _ABORTED}:
        return Outcome.UNKNOWN
    ended = not 300 <= last.status < 400
    loaded = ended and (last.is_ok or api_of(captured.hops[0]) in (Api.FETCH, Api.XHR))
    return Outcome.OK if loaded else Outcome.UNKNOWN  # an element or an EventSource fails for an error status, too


def _mode(captured: Captured, outcome: Outcome, verdicts: dict[Credentials, Verdict]) -> tuple[Credentials | None, str]:
    """The credentials mode that the evidence shows, and the sentence that says so."""
    if outcome is not Outcome.UNKNOWN:
        fitting = [mode for mode, verdict in verdicts.items() if verdict in _FITS[outcome]]
        if len(fitting) == 1 and len(set(verdicts.values())) > 1:
            took = "failed" if outcome is Outcome.FAILED else "did not fail"
            return fitting[0], f"The browser {took} the request, which only {fitting[0]} explains."
    for hop in captured.hops:
        if "Cookie" in hop.headers and not same_origin(hop.url.origin, captured.origin):
            return Credentials.INCLUDE, "A cookie was sent to another origin."
    return None, "A capture does not have the credentials mode, and no response or cookie shows it."


def _missing(diagnoses: Iterable[Diagnosis]) -> str | None:
    """What an unknown verdict lacks."""
    for diagnosis in diagnoses:
        for exchange in diagnosis.exchanges:
            if isinstance(exchange.answer, Withheld) and exchange.answer.hold is Hold.NOT_RECORDED:
                return f"{exchange.answer.why[0].upper()}{exchange.answer.why[1:]}: {exchange.request.method} {mask_url(exchange.request.url)}."
    return None
