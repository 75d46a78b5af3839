"""The sentences of a report about browsers and verdicts. Those of a rule are in the rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers import STANDARD, Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.headers import STATUS
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.findings import notes
from corsdoctor.masking import MASK
from corsdoctor.report import Report
from corsdoctor.reports.layout import cut
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Step
from corsdoctor.scenario import SAFE_TO_SEND, Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.sentence import Sentence
from corsdoctor.step_sentences import listed, sentence
from corsdoctor.url import parse
from corsdoctor.visible import visible
from corsdoctor.wire import Exchange, Hold, Withheld

if TYPE_CHECKING:
    from corsdoctor.causes.probe import Probe
    from corsdoctor.scenario.page import Page

CHECK_REDIRECT: Final = "To send it there too, check the URL that the redirect leads to."
INCOMPLETE: Final = "not judged: an earlier request of the flow was not sent"
VALUE_CELLS: Final = 240  # the most that is shown of a value from a server, a line or a policy
WORDS: Final = {
    Verdict.ALLOWED: "allowed",
    Verdict.OPAQUE: "loaded without CORS",
    Verdict.UNKNOWN: "unknown",
    Verdict.UNSENT: "not determined",
    Verdict.PENDING: "waiting for the user",
    Verdict.ERROR: "no response",
    Verdict.BLOCKED: "blocked",
}


def masked_in(commands: Iterable[str]) -> str:
    """What to do before commands that contain masked values can be run; "" if there are none."""
    return f"Replace {MASK} with your own values." if any(MASK in command for command in commands) else ""


def capital(text: str) -> str:
    """`text` with a capital letter at the start."""
    return text[:1].upper() + text[1:]


def readable_sentence(step: Step, exchanges: Sequence[Exchange]) -> str:
    """The sentence of `step` for people, its values shortened and without control characters."""
    return sentence(step, exchanges, shortened)


def readable_text(text: str) -> str:
    """The text of a cause or a fix for people, its values shortened and without control characters."""
    return text.with_values(lambda _, value: shortened(value)) if isinstance(text, Sentence) else text


def shortened(value: str) -> str:
    """A value for use in a sentence: shortened, and without control characters."""
    return cut(visible(value), VALUE_CELLS)


def noted(report: Report) -> list[tuple[Step, str]]:
    """The notes: each sentence once, with the browsers if it does not apply to all."""
    found = []
    for finding in notes(report.diagnoses):
        text = readable_sentence(finding.step, finding.exchanges)
        about = [d.profile.title for d in finding.diagnoses]
        plain = len(about) == len(report.diagnoses) or any(title in text for title in about)
        found.append((finding.step, text if plain else f"{text} ({listed(about)})"))
    return found


def waits(report: Report) -> list[str]:
    """One sentence, without its full stop, for each request that was sent again because the server asked to wait."""
    return [
        f"the server returned 429 to {again.method} {again.url}; the request was sent again after {again.seconds:g} s"
        for again in report.retried
    ]


def blocked_by_error(statuses: Iterable[int]) -> str:
    """The end of a sentence about a request that was blocked as expected, but by an error response."""
    codes = " or ".join(map(str, statuses))
    return f"blocked by a response with status code {codes}, which does not show whom the server allows"


def probed(probe: Probe) -> str:
    """A probe and its answer, in one line."""
    response = probe.exchange.response
    if response is None:
        came = "not sent" if isinstance(probe.exchange.answer, Withheld) else "no response"
    else:
        allowed = response.headers.get("Access-Control-Allow-Origin")
        came = f"{response.status}, {'no Access-Control-Allow-Origin' if allowed is None else f'allows {shortened(allowed)}'}"
    return f"{capital(probe.words)}: {came}"


def remedy_line(line: tuple[str, str]) -> str:
    """A line of a remedy: a header, a header to leave out, or a status."""
    name, value = line
    if name == STATUS:
        return f"status {value}"
    return f"{name}: {value}" if value else f"(no {name})"


def where(diagnoses: Iterable[Diagnosis]) -> str:
    """`in Chromium and Firefox and by the Standard`."""
    return where_of([d.profile for d in diagnoses])


def where_of(profiles: Collection[Profile]) -> str:
    """`in Chromium and Firefox and by the Standard`."""
    browsers = [profile.title for profile in profiles if profile.name != STANDARD.name]
    standard = [f"by {STANDARD.title}"] if any(profile.name == STANDARD.name for profile in profiles) else []
    return " and ".join(([f"in {listed(browsers)}"] if browsers else []) + standard)


def verdict(report: Report) -> str:
    """The verdict for each browser, grouped, as a sentence without its full stop."""
    groups = by_verdict(report)
    if len(groups) > 1:
        return _disagreement(groups)
    only, diagnoses = groups[0]
    match only:
        case Verdict.ERROR:
            return "No response: this is not a CORS problem, although a script sees the same error"
        case Verdict.UNSENT:
            held = withheld(diagnoses)
            reason = "" if held is None else f": the {held[0]} was not sent"
            return f"Not determined {unanimous(diagnoses)}{reason}"
        case Verdict.OPAQUE:
            return f"Loaded without CORS {unanimous(diagnoses)}: scripts cannot read the response"
        case Verdict.ALLOWED if report.planned:
            return f"Allowed {unanimous(diagnoses)}, if the server responds like this"
        case Verdict.BLOCKED if report.planned:
            return f"Blocked {unanimous(diagnoses)}, whatever the server responds"
        case _:
            return f"{capital(WORDS[only])} {unanimous(diagnoses)}"


def requested(report: Report) -> str:
    """`PUT https://api.example/items`, with the report's own id in front of it."""
    scenario = report.scenario
    url = scenario.parsed_url
    asked = f"{scenario.method} {scenario.url if url is None else url.href.split('#', 1)[0]}"
    return f"{'' if report.id is None else f'[{report.id}] '}{'Plan for ' if report.planned else ''}{asked}"


def name(report: Report) -> str:
    """The name of a report among others: its id, or else its request."""
    return requested(report) if report.id is None else str(report.id)


def short_verdict(report: Report) -> str:
    """The verdicts and the rules that decided, in as few words as possible."""
    parts, groups = [], by_verdict(report)
    for what, diagnoses in groups:
        rules = dict.fromkeys(d.failure.rule.id for d in diagnoses if d.failure is not None)
        words = [WORDS[what], f"({', '.join(rules)})"] if rules else [WORDS[what]]
        parts.append(" ".join([*words, where(diagnoses) if len(groups) > 1 else unanimous(diagnoses)]))
    return "; ".join(parts)


def by_verdict(report: Report) -> list[tuple[Verdict, tuple[Diagnosis, ...]]]:
    """The diagnoses of each verdict, the best verdict first."""
    found = ((v, tuple(d for d in report.diagnoses if d.verdict is v)) for v in Verdict)
    return [(v, diagnoses) for v, diagnoses in found if diagnoses]


def who(scenario: Scenario) -> str:
    """Who makes the request, and what is unusual about it: `from https://app.example by fetch(), credentials: include`."""
    preset, origin = PRESETS[scenario.api], scenario.origin
    page = str(origin) if not origin.opaque or origin.label in ("", "null") else f"null ({origin.label})"
    if scenario.client is not None and scenario.client.frame is None:
        page = f"the page {scenario.client.page.url.href}"
    parts = [f"from {page} by {preset.what}"]
    if scenario.mode not in (None, preset.modes[0]):
        parts.append(f"mode: {scenario.mode}")
    if scenario.preload_as is not None:
        parts.append(f"as: {scenario.preload_as}")
    if scenario.credentials not in (None, Credentials.SAME_ORIGIN):
        parts.append(f"credentials: {scenario.credentials}")
    if scenario.redirect is not Redirect.FOLLOW:
        parts.append(f"redirect: {scenario.redirect}")
    if scenario.upload_listener:
        parts.append("with an upload listener")
    return ", ".join(parts)


def policies(page: Page) -> str:
    """What the page's response and markup set."""
    from corsdoctor.scenario.markup import metas  # what a report without a page need not load

    of_markup = ("referrer-policy" if meta.name == "referrer" else meta.http_equiv for meta in metas(page.head))
    given = dict.fromkeys(name.lower() for name in (*(name for name, _ in page.headers), *of_markup))
    names = ["-".join(part.capitalize() for part in name.split("-")) for name in given]
    return f"The page sets {listed(names)}." if names else "The page sets no policies."


def withheld(diagnoses: Iterable[Diagnosis]) -> tuple[str, Withheld] | None:
    """The method of a request that was not sent, and why; with its origin if others got it. None if all were sent."""
    for diagnosis in diagnoses:
        for exchange in diagnosis.exchanges:
            if isinstance(exchange.answer, Withheld):
                reached = parse(exchange.request.url) if exchange.answer.hold is Hold.SECRETS_ELSEWHERE else None
                return exchange.request.method + (f" to {reached.origin}" if reached else ""), exchange.answer
    return None


def following(report: Report, style: Style) -> str:
    """The next step if no rule names one; empty if there is none."""
    held = withheld(report.diagnoses)
    if held is not None:
        method, answer = held
        if answer.hold is Hold.SECRETS_ELSEWHERE:
            return CHECK_REDIRECT
        if answer.hold is Hold.NOT_RECORDED:
            return f"To send the {method} with your own values, use corsdoctor check."
        if answer.hold is not Hold.ONLY_PREFLIGHT:
            return f"{style.sending} to send the {method} too, as browsers would."
        return f"corsdoctor check {'' if method in SAFE_TO_SEND else '--send '}sends the {method} too."
    preset = PRESETS[report.scenario.api]
    if report.verdict is Verdict.OPAQUE and Mode.CORS in preset.modes and report.scenario.api is not Api.BEACON:
        change = "use mode cors" if preset.scripted else "set the attribute crossorigin (here: --mode cors)"
        return f"If a script needs to read the response, {change} and make the server allow the origin."
    return ""


def unanimous(diagnoses: tuple[Diagnosis, ...]) -> str:
    """Where, leaving out the Standard if there are browsers."""
    return where(tuple(d for d in diagnoses if d.profile.name != STANDARD.name) or diagnoses)


def _disagreement(groups: list[tuple[Verdict, tuple[Diagnosis, ...]]]) -> str:
    results = ", ".join(f"{WORDS[v]} {where(diagnoses)}" for v, diagnoses in groups)
    with_browsers = [v for v, diagnoses in groups if any(d.profile.name != STANDARD.name for d in diagnoses)]
    if len(with_browsers) != 1:
        return f"Browsers disagree: {results}"
    agreed, browsers = next(g for g in groups if g[0] is with_browsers[0])
    [(other, _)] = [g for g in groups if g[0] is not agreed]
    return capital(f"{WORDS[agreed]} {where(browsers)}, but {WORDS[other]} by {STANDARD.title}")
