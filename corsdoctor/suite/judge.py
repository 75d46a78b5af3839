"""What a policy expects of a request, and how the diagnoses are compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.preflight_cache import lifetime
from corsdoctor.flow.result import CookieResult
from corsdoctor.rule import Step


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a request in every browser; None for a field of which nothing is expected.

    `verdict` is "allowed" (the script gets the response, or the element loads) or "blocked" (it does not). A request that
    was withheld after its preflight passed counts as allowed: no rule blocked it. `rule` is the id of the rule that must
    block it. `readable` are names of response headers that the script must be able to read, `max_age` is the number of
    seconds for which the browser must cache the preflight at least, and `preflight` whether there must be one.
    `cookies_sent` and `cookies_stored` are names of cookies that the request of a flow must send, and its response store.
    """

    verdict: str | None = None
    rule: str | None = None
    readable: tuple[str, ...] = ()
    max_age: int | None = None
    preflight: bool | None = None
    cookies_sent: tuple[str, ...] = ()
    cookies_stored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What was expected and what was received, as texts; `what` is the name of the field of Expected.

    `step` is the step that decided, None if none did. `names` are the headers that cannot be read, of those that were
    expected, or the cookies that were not sent or not stored.
    """

    what: str
    expected: str
    got: str
    profile: Profile
    step: Step | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """The place in a policy of a known failure, such as `known[0]`, and its number of cases."""

    where: str
    cases: int = 1


@dataclass(frozen=True, slots=True)
class Judged:
    """One judged case. `known` is the reason of a known failure, None if it is not one.

    `expired` is the reason of a known failure that has expired, and `entry` the place of either in the policy. `seconds`
    is the total time. `tries` is how often it was tried until it passed or was given up, and `earlier` are the
    mismatches of the tries before the last. It had to pass in `runs` runs; `run`, counted from 1, is the one described
    here: the first that failed, otherwise the first that took the most tries.
    """

    expected: Expected
    mismatches: tuple[Mismatch, ...]
    known: str | None = None
    seconds: float = 0.0
    tries: int = 1
    expired: str | None = None
    earlier: tuple[Mismatch, ...] = ()
    run: int = 1
    runs: int = 1
    entry: KnownEntry | None = None
    incomplete: bool = False
    """Whether an earlier request of the flow was withheld, so that no mismatch counts."""

    @property
    def passed(self) -> bool:
        """Whether every expectation is met."""
        return not self.mismatches


def judge(
    expected: Expected, diagnoses: tuple[Diagnosis, ...], cookies: tuple[CookieResult, ...] = ()
) -> tuple[Mismatch, ...]:
    """Each expectation that is not met, in the order of the browsers; `cookies` are those of each, for a request of a flow."""
    of_each = cookies or repeat(CookieResult())
    found = zip(diagnoses, of_each, strict=False)
    return tuple(mismatch for diagnosis, of in found for mismatch in _mismatches(expected, diagnosis, of))


def _mismatches(expected: Expected, diagnosis: Diagnosis, cookies: CookieResult) -> list[Mismatch]:
    found = []

    def unlike(what: str, wanted: str, got: str, names: tuple[str, ...] = ()) -> None:
        found.append(Mismatch(what, wanted, got, diagnosis.profile, diagnosis.failure, names))

    if diagnosis.verdict is Verdict.ERROR:  # nothing is known, so no expectation is met
        unlike("verdict", expected.verdict or "an answer", str(diagnosis.verdict))
        return found
    withheld = diagnosis.verdict is Verdict.UNSENT
    allowed = withheld or diagnosis.verdict in (Verdict.ALLOWED, Verdict.OPAQUE)
    rule = None if diagnosis.failure is None else diagnosis.failure.rule.id
    if expected.verdict == "allowed" and not allowed:
        unlike("verdict", "allowed", str(diagnosis.verdict))
    if expected.verdict == "blocked" and diagnosis.verdict is not Verdict.BLOCKED:
        unlike("verdict", "blocked", str(diagnosis.verdict))
    if expected.rule is not None and rule != expected.rule:
        unlike("rule", expected.rule, rule or f"none ({diagnosis.verdict})")
    hidden = tuple(name for name in expected.readable if name.lower() not in (diagnosis.readable or ()))
    if hidden and not withheld:
        unlike("readable", ", ".join(hidden), ", ".join(diagnosis.readable or ()) or "no header", hidden)
    preflights = [e for e in diagnosis.exchanges if e.is_preflight]
    if expected.preflight is not None and expected.preflight is not bool(preflights):
        unlike("preflight", _yes(expected.preflight), _yes(bool(preflights)))
    if expected.max_age is not None:
        seconds = remembered(diagnosis)
        if seconds is None or seconds < expected.max_age:
            came = "no preflight" if seconds is None else f"max-age {seconds}"
            unlike("max-age", f"max-age at least {expected.max_age}", came)
    for what, wanted, got in (
        ("cookies-sent", expected.cookies_sent, cookies.sent),
        ("cookies-stored", expected.cookies_stored, cookies.stored),
    ):
        missing = tuple(name for name in wanted if name not in got)
        if missing and not withheld:
            came = ", ".join(got) or "no cookie"
            found.append(Mismatch(what, ", ".join(missing), came, diagnosis.profile, None, missing))
    return found


def remembered(diagnosis: Diagnosis) -> int | None:
    """The seconds for which the browser caches the preflight, the fewest of several; None if none was answered.

    0 for one that failed. https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, 7.8 to 7.10
    """
    failure = diagnosis.failure
    failed = None if failure is None else failure.exchange
    ages = [
        0 if i == failed else lifetime(e.response.headers, diagnosis.profile)
        for i, e in enumerate(diagnosis.exchanges)
        if e.is_preflight and e.response is not None
    ]
    return min(ages, default=None)


def _yes(preflight: bool) -> str:
    return "a preflight" if preflight else "no preflight"
