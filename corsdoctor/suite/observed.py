"""What a policy would have to expect of a request, given its results."""

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
    """ "allowed" or "blocked"; None if browsers disagree, or if one got no response."""
    sides = {_SIDES.get(d.verdict) for d in diagnoses}
    return sides.pop() if len(sides) == 1 else None


def observed(expected: Expected, diagnoses: tuple[Diagnosis, ...]) -> Expected | None:
    """`expected` with the fewest changes that make it match `diagnoses`; None if no expectation can.

    That is so if browsers disagree or got no response, and if the verdict would change although the request was not
    sent: an origin that must be blocked is not allowed without evidence.
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
