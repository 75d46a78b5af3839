"""What came of a request -> what a policy would have to expect of it."""

from __future__ import annotations

from dataclasses import replace

from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.suite.judge import Expected, judge, remembered

_SIDES = {
    Verdict.ALLOWED: "allowed",
    Verdict.OPAQUE: "allowed",
    Verdict.UNSENT: "allowed",  # as far as can be known without the request that was withheld
    Verdict.BLOCKED: "blocked",
}


def verdict_of(diagnoses: tuple[Diagnosis, ...]) -> str | None:
    """ "allowed" or "blocked"; None where browsers disagree, or where one got no answer."""
    sides = {_SIDES.get(d.verdict) for d in diagnoses}
    return sides.pop() if len(sides) == 1 else None


def observed(expected: Expected, diagnoses: tuple[Diagnosis, ...]) -> Expected | None:
    """`expected` with no more changed than makes it true of `diagnoses`; None where no expectation can be.

    That is where browsers disagree or got no answer, and where another verdict would be written though the request was
    not sent: who was to stay out is not let in on no evidence.
    """
    verdict = verdict_of(diagnoses)
    if verdict is None:
        return None
    wrong = {mismatch.what for mismatch in judge(expected, diagnoses)}
    if wrong & {"verdict", "rule"}:
        if any(d.verdict is Verdict.UNSENT for d in diagnoses):
            return None
        rules = {d.failure.rule.id for d in diagnoses if d.failure is not None}
        rule = rules.pop() if expected.rule is not None and verdict == "blocked" and len(rules) == 1 else None
        expected = replace(expected, verdict=verdict, rule=rule)
    if "readable" in wrong:
        hidden = {name for m in judge(Expected(readable=expected.readable), diagnoses) for name in m.names}
        expected = replace(expected, readable=tuple(name for name in expected.readable if name not in hidden))
    if "max-age" in wrong:
        ages = [age for age in map(remembered, diagnoses) if age is not None]
        expected = replace(expected, max_age=min(ages) if len(ages) == len(diagnoses) else None)
    if "preflight" in wrong:
        asked = {any(e.is_preflight for e in d.exchanges) for d in diagnoses}
        expected = replace(expected, preflight=asked.pop() if len(asked) == 1 else None)
    return Expected(verdict) if wrong and expected == Expected() else expected  # a policy has to expect something
