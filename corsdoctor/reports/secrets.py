"""Masks passwords, tokens and cookies in a report, so that it can be shown, logged and sent around.

A secret is masked where it is known to stand (a header, a cookie, a URL), and a long one wherever else it turns up.
CORS headers hold no secrets of their own, only names such as `authorization`: there, only what is known from elsewhere and
very long is masked. Left alone are bodies, which no writer shows.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from corsdoctor.diagnose import Diagnosis
from corsdoctor.masking import is_secret_name
from corsdoctor.reports import Report
from corsdoctor.reports.masks import MASK, conceal_text, conceal_url, secrets_in
from corsdoctor.rule import Step
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Answer, Exchange, Headers, NoAnswer, Response

if TYPE_CHECKING:
    from corsdoctor.cure import Change, Cure
    from corsdoctor.suite.judge import Judged, Mismatch

LONG: Final = 6  # a shorter string may stand anywhere by chance
VERY_LONG: Final = 12  # a shorter one may be part of a word by chance
_SCHEMED: Final = frozenset({"authorization", "proxy-authorization"})
_PUBLIC: Final = re.compile(r"(access-control-|sec-fetch-)|(origin|vary|host|timing-allow-origin)$", re.IGNORECASE)


def conceal(report: Report) -> Report:
    """The report with its secrets masked; the very same report where it has none."""
    secrets = _secrets(report)
    if not secrets.found:
        return report
    return replace(
        report,
        diagnoses=tuple(_diagnosis(d, secrets) for d in report.diagnoses),
        cure=None if report.cure is None else _cure(report.cure, secrets),
        judged=None if report.judged is None else _judged(report.judged, secrets),
        retried=tuple(replace(r, url=secrets.text(r.url)) for r in report.retried),
    )


def masker(*reports: Report) -> Callable[[str], str]:
    """A function that masks the secrets of all `reports` in any other text, such as a log.

    It masks the two ends of a secret too, where the text has `...` for what is between them.
    """
    secrets = _secrets(*reports)
    return lambda text: secrets.ends(secrets.text(text))


def conceal_request_url(url: str, secrets: Iterable[str]) -> str:
    """`url` as a report shows it; `secrets` are masked in it too, but not in its host."""
    known = _Secrets(public={_origin(url)})
    known.add(secrets)
    return known.text(conceal_url(url))


def _secrets(*reports: Report) -> _Secrets:
    secrets = _Secrets()
    for report in reports:
        for diagnosis in report.diagnoses:
            secrets.collect(diagnosis)
        secrets.add(report.secrets)
    return secrets


@dataclass(slots=True)
class _Secrets:
    """What was found: whole header lines with how they are to be shown, and strings to look for everywhere."""

    found: bool = False
    lines: dict[tuple[str, str], str] = field(default_factory=dict)
    strings: set[str] = field(default_factory=set)
    public: set[str] = field(default_factory=set)
    urls: dict[str, str] = field(default_factory=dict)
    patterns: dict[int, re.Pattern[str]] = field(default_factory=dict)
    searched: set[tuple[str, str] | str] = field(default_factory=set)
    """The lines and URLs that were looked through already: most browsers send and get the same ones."""

    def collect(self, diagnosis: Diagnosis) -> None:
        scenario = diagnosis.scenario
        self.public.add(str(scenario.origin))
        self._url(scenario.url)
        shown = conceal_url(scenario.url)
        if shown != scenario.url:
            self.found = True
            self.urls[scenario.url] = shown
        for name, value in scenario.headers:
            self.public.add(name.lower())
            self._line(name, value)
        if scenario.cookie is not None:
            self._line("Cookie", scenario.cookie)
        for exchange in diagnosis.exchanges:
            self.public.add(_origin(exchange.request.url))
            self._url(exchange.request.url)
            for name, value in exchange.request.headers:
                self._line(name, value)
            for name, value in exchange.response.headers if exchange.response is not None else ():
                self._line(name, value)

    def add(self, secrets: Iterable[str]) -> None:
        """Further strings that are to be masked."""
        wanted = list(filter(None, secrets))
        self.found = self.found or bool(wanted)
        self._strings(wanted)

    def line(self, name: str, value: str) -> str:
        """A header's value, or a piece of evidence, as it may be shown."""
        if _PUBLIC.match(name):
            return self._known(value, VERY_LONG)
        return self.lines.get((name.lower(), value)) or self.text(value)

    def text(self, text: str) -> str:
        """Any other text as it may be shown."""
        for url, shown in self.urls.items():
            text = text.replace(url, shown)
        return self._known(conceal_text(text))

    def message(self, text: str) -> str:
        """A console message as it may be shown: word for word, but for what is long enough to be a secret."""
        return self._known(conceal_text(text, LONG))

    def ends(self, text: str) -> str:
        """`text` with the beginning of a secret before `...` masked, and the end of one after it."""
        if "..." not in text:
            return text
        for secret in self.strings:
            for length in range(len(secret) - 1, LONG - 1, -1):
                text = text.replace(f"{secret[:length]}...", f"{MASK}...").replace(
                    f"...{secret[-length:]}", f"...{MASK}"
                )
        return text

    def _known(self, text: str, least: int = LONG) -> str:
        """`text` with the secrets of at least `least` characters masked, whatever is around them."""
        if least not in self.patterns:
            strings = sorted((s for s in self.strings if len(s) >= least), key=len, reverse=True)
            wanted = [s for s in strings if not any(s in p for p in self.public)]
            words = (rf"(?<!\w){re.escape(s)}(?!\w)" if len(s) < VERY_LONG else re.escape(s) for s in wanted)
            self.patterns[least] = re.compile("|".join(words) or r"(?!)")
        return self.patterns[least].sub(MASK, text)

    def _line(self, name: str, value: str) -> None:
        if (name, value) in self.searched:
            return
        self.searched.add((name, value))
        lower = name.lower()
        if _PUBLIC.match(lower):
            return
        for raw in dict.fromkeys((value, value.strip(" \t\r\n"))):
            secrets, shown = _split(lower, raw)
            if secrets:
                self.found = True
                self.lines[lower, raw] = shown
                self._strings(secrets)
        self._url(value)

    def _url(self, text: str) -> None:
        if text in self.searched:
            return
        self.searched.add(text)
        for secret in secrets_in(text):
            self.found = True
            self._strings([secret])

    def _strings(self, secrets: Iterable[str]) -> None:
        for secret in secrets:
            self.strings.update(s for s in (secret, unquote(secret), quote(secret, safe="")) if len(s) >= LONG)


def _origin(url: str) -> str:
    """What of `url` stands before its path, without userinfo: that is no secret."""
    return "/".join(url.split("/", 3)[:3]).rpartition("@")[2]


def _split(name: str, value: str) -> tuple[list[str], str]:
    """The secrets in a header's value, and the value without them."""
    if not value:
        return [], value
    if name in _SCHEMED:
        scheme, space, secret = value.partition(" ")
        if not space:
            return [value], MASK
        return [secret.strip(), *_basic(scheme, secret.strip())], f"{scheme} {MASK}"
    if name == "cookie":
        cookies = [c.partition("=") for c in value.split(";")]
        return [v.strip() or n.strip() for n, _, v in cookies], ";".join(_cookie(n, e) for n, e, _ in cookies)
    if name in ("set-cookie", "set-cookie2"):
        cookie, semicolon, attributes = value.partition(";")
        n, equals, v = cookie.partition("=")
        return [v.strip() or n.strip()], _cookie(n, equals) + semicolon + attributes
    return ([value], MASK) if is_secret_name(name) else ([], value)


def _cookie(name: str, equals: str) -> str:
    space = name[: len(name) - len(name.lstrip())]
    return f"{name}={MASK}" if equals else f"{space}{MASK}"


def _basic(scheme: str, secret: str) -> Iterator[str]:
    """The password that a Basic login spells in base64."""
    if scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(secret, validate=True).decode("latin-1")
        except ValueError:
            return
        yield decoded
        yield decoded.partition(":")[2]


def _diagnosis(diagnosis: Diagnosis, secrets: _Secrets) -> Diagnosis:
    return replace(
        diagnosis,
        scenario=_scenario(diagnosis.scenario, secrets),
        exchanges=tuple(_exchange(e, secrets) for e in diagnosis.exchanges),
        steps=tuple(_step(s, secrets) for s in diagnosis.steps),
        console=tuple(secrets.message(message) for message in diagnosis.console),
    )


def _cure(cure: Cure, secrets: _Secrets) -> Cure:
    obstacle = cure.obstacle
    return replace(
        cure,
        changes=_changes(cure.changes, secrets),
        proof=tuple(_diagnosis(d, secrets) for d in cure.proof),
        obstacle=None if obstacle is None else replace(obstacle, step=_step(obstacle.step, secrets)),
        ways_out=tuple(
            replace(w, text=secrets.text(w.text), changes=_changes(w.changes, secrets)) for w in cure.ways_out
        ),
    )


def _judged(judged: Judged, secrets: _Secrets) -> Judged:
    return replace(
        judged,
        known=None if judged.known is None else secrets.text(judged.known),
        expired=None if judged.expired is None else secrets.text(judged.expired),
        mismatches=tuple(_mismatch(m, secrets) for m in judged.mismatches),
        earlier=tuple(_mismatch(m, secrets) for m in judged.earlier),
    )


def _mismatch(mismatch: Mismatch, secrets: _Secrets) -> Mismatch:
    return replace(mismatch, step=None if mismatch.step is None else _step(mismatch.step, secrets))


def _changes(changes: tuple[Change, ...], secrets: _Secrets) -> tuple[Change, ...]:
    return tuple(replace(change, url=secrets.text(change.url)) for change in changes)


def _scenario(scenario: Scenario, secrets: _Secrets) -> Scenario:
    return replace(
        scenario,
        url=secrets.text(scenario.url),
        headers=tuple((n, secrets.line(n, v)) for n, v in scenario.headers),
        cookie=None if scenario.cookie is None else secrets.line("Cookie", scenario.cookie),
    )


def _exchange(exchange: Exchange, secrets: _Secrets) -> Exchange:
    request = replace(
        exchange.request,
        url=secrets.text(exchange.request.url),
        headers=_headers(exchange.request.headers, secrets),
    )
    return replace(exchange, request=request, answer=_answer(exchange.answer, secrets))


def _answer(answer: Answer, secrets: _Secrets) -> Answer:
    match answer:
        case Response():
            return replace(answer, headers=_headers(answer.headers, secrets))
        case NoAnswer():
            return replace(answer, detail=secrets.text(answer.detail))
        case _:
            return answer


def _headers(headers: Headers, secrets: _Secrets) -> Headers:
    return Headers(tuple((name, secrets.line(name, value)) for name, value in headers))


def _step(step: Step, secrets: _Secrets) -> Step:
    return replace(
        step,
        evidence=tuple((label, secrets.line(label, value)) for label, value in step.evidence),
        remedy=tuple((name, secrets.line(name, value)) for name, value in step.remedy),
        text=secrets.text(step.text),
    )
