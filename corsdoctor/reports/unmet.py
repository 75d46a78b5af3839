"""What a policy expects and what happened instead, in words, with the step that decided and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.cookies import REFUSALS
from corsdoctor.fetch.exposure import SAFELISTED_RESPONSE_NAMES
from corsdoctor.fetch.headers import ACAO, ACEH
from corsdoctor.flow.result import CookieResult
from corsdoctor.report import Report
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.evidence import explanation
from corsdoctor.reports.replay import reasons
from corsdoctor.reports.wording import CHECK_REDIRECT, readable_sentence, readable_text, unanimous, where, withheld
from corsdoctor.rule import Outcome, Step, next_step
from corsdoctor.scenario import Scenario
from corsdoctor.step_sentences import listed
from corsdoctor.suite.judge import Expected, Judged, Mismatch
from corsdoctor.url import same_origin
from corsdoctor.wire import NO_HEADERS, Hold, NoAnswer

_SEND: Final = "Add --send to send the {method} too: its response may still be blocked."
_KEEP_OUT: Final = "If {origin} must be blocked, make the server allow only other origins. If it may be allowed, expect allowed in the policy."
_SAME_ORIGIN: Final = (
    "The request is same-origin, so CORS does not apply.",
    "CORS never blocks a page from its own server: expect allowed in the policy, or use another origin.",
)
_NO_CORS: Final = (
    "In mode no-cors the response is loaded without CORS, and scripts cannot read it.",
    "To block such a page, send Cross-Origin-Resource-Policy. If the page may load this, expect allowed in the policy.",
)
_NO_SERVER: Final = ("CORS does not apply to this request.", "CORS cannot block it: expect allowed in the policy.")
_SET_COOKIE: Final = "No response of this request sets it: make the server send it in Set-Cookie."
_NO_COOKIE: Final = "The browser has no such cookie: an earlier response of the flow must set it."
_REQUESTS_MATTER: Final = (
    "The request decides this, not the server: change the request in the policy, or what the policy expects."
)


def expectation(expected: Expected) -> str:
    """What a policy expects, in a few words."""
    parts = [f"blocked by {expected.rule}"] if expected.rule is not None else []
    parts = parts or ([expected.verdict] if expected.verdict is not None else [])
    if expected.preflight is not None:
        parts.append("a preflight" if expected.preflight else "no preflight")
    if expected.readable:
        parts.append(f"readable {', '.join(expected.readable)}")
    if expected.max_age is not None:
        parts.append(f"max-age at least {expected.max_age}")
    if expected.cookies_sent:
        parts.append(f"sends the {_cookies(expected.cookies_sent)}")
    if expected.cookies_stored:
        parts.append(f"stores the {_cookies(expected.cookies_stored)}")
    return "; ".join(parts) or "a response"


def _cookies(names: Sequence[str]) -> str:
    return f"{'cookie' if len(names) == 1 else 'cookies'} {', '.join(names)}"


def unmet(report: Report, judged: Judged, verbosity: int = 0) -> Iterator[tuple[Mismatch, list[Entry]]]:
    """Each expectation that is not met, with its lines for the report; equal ones of several browsers are one.

    The step that decided stands with the first mismatch that it explains; the next step stands last.
    """
    seen: list[Step] = []
    for alike in _alike(judged.mismatches):
        of = {mismatch.profile.name for mismatch in alike}
        diagnoses = tuple(d for d in report.diagnoses if d.profile.name in of)
        everywhere = len(diagnoses) == len(report.diagnoses)
        cookies = next((c for c, d in zip(report.cookies, report.diagnoses, strict=False) if d is diagnoses[0]), None)
        yield alike[0], _mismatch(alike[0], judged.expected, diagnoses, everywhere, seen, verbosity, cookies)


def _alike(mismatches: Iterable[Mismatch]) -> list[list[Mismatch]]:
    """Mismatches that differ only in the browser. A mismatch of the verdict makes those of rule and readable redundant."""
    all_ = list(mismatches)
    verdicts = {m.profile.name for m in all_ if m.what == "verdict"}
    groups: dict[object, list[Mismatch]] = {}
    for m in all_:
        if m.what not in ("rule", "readable") or m.profile.name not in verdicts:
            groups.setdefault((m.what, m.expected, m.got, m.step), []).append(m)
    return list(groups.values())


def _mismatch(
    mismatch: Mismatch,
    all_expected: Expected,
    diagnoses: tuple[Diagnosis, ...],
    everywhere: bool,
    seen: list[Step],
    verbosity: int,
    cookies: CookieResult | None,
) -> list[Entry]:
    """One mismatch, with the step that decided, unless it is one of `seen`, and what to do."""
    first = diagnoses[0]
    places = "" if everywhere else f" ({listed(d.profile.title for d in diagnoses)})"
    expected, came, after = mismatch.expected, f"{mismatch.got}{places}", ""
    if mismatch.what == "verdict" and all_expected.rule is not None:
        expected = f"blocked by {all_expected.rule}"
    why: list[Entry] = []
    match mismatch.what:
        case "verdict" if first.verdict is Verdict.ERROR:
            came = f"no response{places}: {_detail(first)}"
            if mismatch.step is not None:
                cause = mismatch.step.cause
                why = [] if cause is None else [Entry("cause", readable_text(cause.text), whole=True)]
                after = readable_text(next_step(mismatch.step))
        case "verdict" if first.verdict is Verdict.UNSENT:
            came, after = _unsent(first, "")
            why = _allowing(first)[0] if preflighted(first) else []
        case "verdict" if first.verdict is not Verdict.BLOCKED:
            came = f"{first.verdict} {unanimous(diagnoses) if everywhere else where(diagnoses)}"
            why, after = _allowing(first)
        case "verdict":
            came = f"blocked {unanimous(diagnoses) if everywhere else where(diagnoses)}"
        case "rule":
            expected = f"blocked by {expected}"
            came = f"blocked by {came}" if mismatch.step is not None else came
            if first.verdict is Verdict.UNSENT:
                came, after = _unsent(first, places)
            elif mismatch.step is None:
                came = f"{first.verdict} {unanimous(diagnoses) if everywhere else where(diagnoses)}"
                why, after = _allowing(first)
        case "readable":
            after = _to_be_read(first, mismatch.names)
            expected, came = f"readable: {expected}", f"readable: {came}"
        case "preflight":
            due = reasons(first, 0)
            came += f", because {due}" if due else ""
            after = _REQUESTS_MATTER
        case "max-age":
            expected += ", the seconds for which the browser caches the preflight"
            after = _to_be_remembered(diagnoses, all_expected.max_age or 0)
        case "cookies-sent" | "cookies-stored" as what:
            verb = what.removeprefix("cookies-")
            expected, came = f"{verb}: {expected}", f"{verb}: {came}"
            why, after = _why_no_cookie(mismatch, cookies)
    entries = [Entry("expected", expected, Role.GOOD, whole=True), Entry("actual", came, Role.BAD)]
    if mismatch.step is not None and mismatch.step not in seen and first.verdict is not Verdict.ERROR:
        seen.append(mismatch.step)
        judged = next(d for d in diagnoses if d.profile.name == mismatch.profile.name)
        why, after = explanation(mismatch.step, judged.exchanges, verbosity), readable_text(next_step(mismatch.step))
    return [*entries, *why, *([Entry("next", after, Role.STRONG, whole=True)] if after else [])]


def _unsent(diagnosis: Diagnosis, places: str) -> tuple[str, str]:
    """That the request was not sent, and what to do."""
    held = withheld([diagnosis])
    assert held is not None  # or the verdict would be another
    method, answer = held
    after = CHECK_REDIRECT if answer.hold is Hold.SECRETS_ELSEWHERE else _SEND.format(method=method)
    return f"not determined; the {method} was not sent{places}", after


def _why_no_cookie(mismatch: Mismatch, cookies: CookieResult | None) -> tuple[list[Entry], str]:
    """Why the browser neither sent nor stored the cookies, and what to do."""
    refused = dict(() if cookies is None else cookies.refused)
    causes = {name: REFUSALS[refused[name]] for name in mismatch.names if name in refused}
    if not causes:
        stored = mismatch.what == "cookies-stored"
        return [], _SET_COOKIE if stored else _NO_COOKIE
    found = [Entry("cause", f"{name}: {cause.text} ({cause.id})", whole=True) for name, cause in causes.items()]
    return found, " ".join(dict.fromkeys(cause.fix for cause in causes.values() if cause.fix))


def _to_be_remembered(diagnoses: Iterable[Diagnosis], seconds: int) -> str:
    """What to do so that browsers cache the preflight for `seconds`, or the shorter time that they allow."""
    asked = [d.profile for d in diagnoses if preflighted(d)]
    if not asked:
        return _REQUESTS_MATTER
    cap, title = min((p.max_age_cap, p.title) if p.max_age_cap is not None else (seconds, "") for p in asked)
    if cap < seconds:
        return f"{title} caches a preflight for at most {cap} seconds: expect no more, or remove it from `browsers`."
    return f"Send Access-Control-Max-Age: {seconds} with the preflight response."


def _to_be_read(diagnosis: Diagnosis, names: Iterable[str]) -> str:
    """What to do so that a script can read the headers `names`."""
    answers = [e.response for e in diagnosis.exchanges if e.response is not None]
    sent = answers[-1].headers if answers else NO_HEADERS
    exposed = {name.lower() for name in sent.elements(ACEH)}
    all_shown = _is_same_origin(diagnosis.scenario) or "*" in exposed
    there = [name for name in names if name in sent]
    missing = [name for name in names if name not in sent]
    shown = SAFELISTED_RESPONSE_NAMES | exposed
    to_name = [name for name in missing if not all_shown and name.lower() not in shown]
    parts = [f"Make the server send {', '.join(missing)}."] if missing else []
    if there or to_name:
        parts.append(
            f"{'Then list' if missing else 'List'} {', '.join(there + to_name)} in Access-Control-Expose-Headers."
        )
    return " ".join(parts)


def _allowing(diagnosis: Diagnosis) -> tuple[list[Entry], str]:
    """The step that allowed a request, or why no rule was applied, and what to do about it."""
    scenario = diagnosis.scenario
    passed = [s for s in diagnosis.steps if s.outcome is Outcome.PASS and s.evidence]
    if passed:
        step = next((s for s in reversed(passed) if ACAO in dict(s.evidence)), passed[-1])
        rule = Entry("rule", f"{step.rule.id}: {readable_sentence(step, diagnosis.exchanges)} (passed)", whole=True)
        got = [Entry("got", f"{label}: {value}") for label, value in step.evidence]
        return [rule, *got], _KEEP_OUT.format(origin=scenario.origin)
    if diagnosis.verdict is Verdict.OPAQUE:
        cause, after = _NO_CORS
    else:
        cause, after = _SAME_ORIGIN if _is_same_origin(scenario) else _NO_SERVER
    return [Entry("cause", cause, whole=True)], after


def _is_same_origin(scenario: Scenario) -> bool:
    url = scenario.parsed_url
    return url is not None and same_origin(url.origin, scenario.origin)


def briefly(mismatches: Iterable[Mismatch]) -> str:
    """The mismatches in one line, each once."""
    parts = (f"expected {group[0].expected}, got {_came(group[0])}" for group in _alike(mismatches))
    return "; ".join(dict.fromkeys(parts))


def _came(mismatch: Mismatch) -> str:
    if mismatch.what == "verdict" and mismatch.step is not None:
        return f"{mismatch.got} ({mismatch.step.rule.id})"
    return "no response" if mismatch.got == Verdict.ERROR else mismatch.got


def preflighted(diagnosis: Diagnosis) -> bool:
    """Whether a preflight was sent."""
    return any(e.is_preflight for e in diagnosis.exchanges)


def why_no_response(report: Report) -> str:
    """Why there was no response, "" if there was one."""
    return next((_detail(d) for d in report.diagnoses if d.verdict is Verdict.ERROR), "")


def _detail(diagnosis: Diagnosis) -> str:
    return next((e.answer.detail for e in diagnosis.exchanges if isinstance(e.answer, NoAnswer)), "")
