"""Masks passwords, tokens and cookies in a report, so that it can be shown, logged and sent around.

Each value is masked by what it is: a URL, a header's value, a body, a text that somebody else wrote. Names and our own
sentences are never searched: a Sentence is made again from its masked values. A distinctive secret of the request is
also masked where another value repeats it (echoes.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from operator import is_
from typing import TYPE_CHECKING, Final, TypeVar, cast
from urllib.parse import unquote

from corsdoctor.diagnose import Diagnosis
from corsdoctor.fetch.headers import is_header_name
from corsdoctor.fetch.request import Request
from corsdoctor.masking import (
    MASK,
    mask_body,
    mask_header,
    mask_text,
    mask_url,
    secrets_in_body,
    secrets_in_header,
    secrets_in_url,
)
from corsdoctor.report import AuditReport, FlowReport, Item, Problem, Report
from corsdoctor.reports.echoes import Echoes
from corsdoctor.rule import Cause, Field, Step
from corsdoctor.scenario import Scenario
from corsdoctor.sentence import Sentence
from corsdoctor.url import OPAQUE, PARAMETER, URL, parse
from corsdoctor.wire import Answer, Exchange, Headers, NoAnswer, Response

if TYPE_CHECKING:
    from corsdoctor.audit.explored import Tried
    from corsdoctor.captures.commands.parsed import Parsed
    from corsdoctor.captures.judge import Judgement
    from corsdoctor.cure import Alternative, Change, Cure, ExcessGrant
    from corsdoctor.flow.result import BrowserResult, PageResult, StepResult
    from corsdoctor.flow.story import FlowRequest, Visit
    from corsdoctor.policy import Policy
    from corsdoctor.recipes.guess import Guess
    from corsdoctor.recipes.prescription import Prescription
    from corsdoctor.scenario.page import Client
    from corsdoctor.suite.judge import Judged, Mismatch

_Item = TypeVar("_Item", bound=Item)
_Data = TypeVar("_Data")
_URLS: Final = frozenset(
    {Field.URL, Field.ASKED_FOR, "url", "first", "target"}
)  # labels of evidence and of sentences' values
_URL_HEADERS: Final = frozenset({"location", "content-location", "referer"})
_TEXT: Final = "text"  # the label of what somebody else wrote
_SENTENCE: Final = Field.ERROR  # the label of evidence that is a sentence of ours


def mask_report(item: _Item) -> _Item:
    """The report with its secrets masked; the very same report where it has none."""
    if isinstance(item, Problem):
        if item.scenario is None and item.parsed is None:
            return item
        masks = _Masks([one for one in (item.scenario, _asked(item.parsed)) if one is not None])
        return _changed(
            item,
            reason=masks.sentence(item.reason),
            scenario=None if item.scenario is None else masks.scenario(item.scenario),
            parsed=_parsed(item.parsed, masks),
        )
    masks = _Masks([one for one in (item.scenario, _asked(item.parsed)) if one is not None], item.diagnoses)
    return _changed(
        item,
        diagnoses=_each(item.diagnoses, masks.diagnosis),
        cure=None if item.cure is None else masks.cure(item.cure),
        prescription=None if item.prescription is None else masks.prescription(item.prescription),
        judged=None if item.judged is None else masks.judged(item.judged),
        capture=_captured(item.capture, masks),
        parsed=_parsed(item.parsed, masks),
        retried=_each(item.retried, lambda again: _changed(again, url=masks.url(again.url))),
        changes=_each(item.changes, masks.change),
        probes=_each(
            item.probes, lambda probe: _changed(probe, exchange=masks.exchange(probe.exchange, item.scenario))
        ),
    )


def _captured(capture: Judgement | None, masks: _Masks) -> Judgement | None:
    if capture is None:
        return None
    return _changed(capture, diagnoses=_each(capture.diagnoses, masks.diagnosis))


def mask_flow(report: FlowReport) -> FlowReport:
    """The flow with its secrets masked."""
    masks = _Masks(report.flow.scenarios(), report.diagnoses)

    def step(found: StepResult) -> StepResult:
        return found._replace(
            diagnosis=masks.diagnosis(found.diagnosis), subresources=tuple(map(step, found.subresources))
        )

    def page(found: PageResult) -> PageResult:
        cookie = None if found.cookie is None else masks.value("Cookie", found.cookie)
        return found._replace(cookie=cookie, console=tuple(map(masks.text, found.console)))

    def browser(found: BrowserResult) -> BrowserResult:
        kept = tuple((host, masks.value("Cookie", pairs)) for host, pairs in found.cookies)
        return found._replace(pages=tuple(map(page, found.pages)), steps=tuple(map(step, found.steps)), cookies=kept)

    def request(asked: FlowRequest) -> FlowRequest:
        return asked._replace(scenario=masks.scenario(asked.scenario))

    def visit(seen: Visit) -> Visit:
        url = seen.page.url
        page = seen.page._replace(url=url._replace(href=masks.url(url.href)))
        return seen._replace(page=page, requests=tuple(map(request, seen.requests)))

    flow = report.flow._replace(visits=tuple(map(visit, report.flow.visits)))
    return report._replace(flow=flow, browsers=tuple(map(browser, report.browsers)))


def mask_audit(report: AuditReport) -> AuditReport:
    """The audit with its secrets masked."""
    masks = _Masks([report.asked])
    explored = report.explored

    def exchange(found: Exchange) -> Exchange:
        return masks.exchange(found, report.asked)

    def tried(one: Tried) -> Tried:
        return one._replace(exchange=exchange(one.exchange))

    explored = explored._replace(
        tried=tuple(map(tried, explored.tried)),
        asked=tuple(one._replace(exchange=exchange(one.exchange)) for one in explored.asked),
        plain=None if explored.plain is None else exchange(explored.plain),
        missing=None if explored.missing is None else tried(explored.missing),
    )
    findings = tuple(one._replace(exchange=exchange(one.exchange)) for one in report.findings)
    return report._replace(explored=explored, findings=findings, asked=masks.scenario(report.asked))


def _asked(parsed: Parsed | None) -> Scenario | None:
    """The request as it was given, which may have secrets that the replayed one has not."""
    if parsed is None:
        return None
    return Scenario(parsed.url or "", OPAQUE, headers=parsed.headers, cookie=parsed.cookies, body=parsed.body)


def _parsed(parsed: Parsed | None, masks: _Masks) -> Parsed | None:
    asked = _asked(parsed)
    if parsed is None or asked is None:
        return None
    shown = masks.scenario(asked)
    options = tuple(
        (name, MASK if name == "proxy_user" else masks.url(value) if isinstance(value, str) else value)
        for name, value in parsed.options
    )
    return parsed._replace(
        url=None if parsed.url is None else shown.url,
        headers=shown.headers,
        cookies=shown.cookie,
        body=shown.body,
        options=options,
        unresolved=tuple(map(masks.text, parsed.unresolved)),
    )


def mask_scenario(scenario: Scenario) -> Scenario:
    """The request with its secrets masked."""
    return _Masks([scenario]).scenario(scenario)


def masker(*reports: Report) -> Callable[[str], str]:
    """A function that masks the distinctive secrets of all `reports` in a text that is not ours, such as a log.

    It masks the two ends of a secret too, where the text has `...` for what is between them.
    """
    masks = _Masks([r.scenario for r in reports], [d for r in reports for d in r.diagnoses])
    return lambda text: masks.echoes.masked_ends(masks.text(text))


class _Masks:
    """Masks the values of the reports on `scenarios`."""

    def __init__(self, scenarios: Iterable[Scenario], diagnoses: Iterable[Diagnosis] = ()) -> None:
        scenarios = list(scenarios)
        self._given = {
            (name.lower(), value.lower())
            for s in scenarios
            for name, value in (*s.headers, ("User-Agent", s.user_agent or ""))
            if value and (name.lower() in s.from_environment.headers or not is_header_name(name))
        }
        self._parameters = frozenset[str]().union(*(s.from_environment.parameters for s in scenarios))
        self.echoes = Echoes(
            (
                *(secret for s in scenarios for secret in self._secrets(s)),
                *(secret for answer in _headers(diagnoses) for secret in _secrets_in_headers(answer)),
            ),
            (text for s in scenarios for text in _public(s)),
        )
        self._values: dict[tuple[str, str], str] = {}
        self._bodies: dict[bytes, bytes] = {}
        self._lists: dict[Headers, Headers] = {}
        self._steps: dict[Step, Step] = {}
        self._shared: dict[int, tuple[object, object]] = {}

    def value(self, label: str, value: str) -> str:
        """A header's value, a piece of evidence, or a value in a sentence; `label` says what it is."""
        if isinstance(value, Sentence) or label == _SENTENCE:
            return self.sentence(value)
        shown = self._values.get((label, value))
        if shown is None:
            shown = self._values[label, value] = self.echoes.masked(self._by_label(label, value))
        return value if shown == value else shown

    def url(self, url: str) -> str:
        return self.value("URL", url)

    def text(self, text: str) -> str:
        """A text that a user or a server wrote."""
        return self.value(_TEXT, text)

    def sentence(self, text: str) -> str:
        """A sentence of ours: only a Sentence has values."""
        return text.with_values(self.value) if isinstance(text, Sentence) else text

    def _by_label(self, label: str, value: str) -> str:
        if label == _TEXT:
            return mask_text(value)
        if label in _URLS:
            return self._without_parameters(mask_url(value))
        shown = mask_header(label, value)
        if label.lower() in _URL_HEADERS:
            return self._without_parameters(shown)
        return MASK if self._given and shown == value and self._is_from_environment(label, value) else shown

    def _is_from_environment(self, name: str, value: str) -> bool:
        lower, whole = name.lower(), value.lower()
        return any(name == lower and given in whole for name, given in self._given)

    def _without_parameters(self, url: str) -> str:
        """`url` without the values of the parameters that came from the environment."""
        if not self._parameters:
            return url
        return PARAMETER.compiled.sub(self._without_value, url)

    def _without_value(self, found: re.Match[str]) -> str:
        whole: str = found[0]
        if not whole or _parameter(found) not in self._parameters:
            return whole
        return MASK if found["value"] is None else f"{found['name']}={MASK}"

    def _secrets(self, scenario: Scenario) -> Iterator[str]:
        """What the user has to hide in `scenario`."""
        environment = scenario.from_environment
        yield from secrets_in_url(scenario.url)
        if scenario.client is not None:
            yield from secrets_in_url(scenario.client.page.url.href)
        if environment.parameters:
            given = PARAMETER.compiled.finditer(scenario.url)
            yield from (one["value"] or one["name"] for one in given if _parameter(one) in environment.parameters)
        yield from _secrets_in_headers(scenario.headers)
        yield from (value for name, value in scenario.headers if name.lower() in environment.headers)
        yield from () if scenario.cookie is None else secrets_in_header("Cookie", scenario.cookie)
        yield from (secret for held in scenario.held for secret in secrets_in_header("Set-Cookie", held.line))
        body = None if scenario.body is None else _text_of(scenario.body)
        if body is not None:
            yield from (body,) if environment.body else secrets_in_body(body)

    def body(self, scenario: Scenario, body: bytes | None) -> bytes | None:
        if body is None:
            return None
        if body not in self._bodies:
            text = _text_of(body)
            shown = MASK if scenario.from_environment.body else None if text is None else mask_body(text)
            shown_body = body if shown is None or shown == text else self.echoes.masked(shown).encode()
            self._bodies[body] = shown_body
        return self._bodies[body]

    def pairs(self, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return _each(pairs, self._pair)

    def _pair(self, pair: tuple[str, str]) -> tuple[str, str]:
        label, value = pair
        shown = self.value(label, value)
        return pair if shown == value else (label, shown)

    def headers(self, headers: Headers) -> Headers:
        known = self._lists.get(headers)  # most browsers send and get the same ones
        if known is None:
            pairs = self.pairs(headers.pairs)
            known = self._lists[headers] = headers if pairs is headers.pairs else Headers(pairs)
        return headers if known == headers else known

    def scenario(self, scenario: Scenario) -> Scenario:
        return self._once(scenario, self._scenario)

    def _scenario(self, scenario: Scenario) -> Scenario:
        return _changed(
            scenario,
            url=self.url(scenario.url),
            headers=self.pairs(scenario.headers),
            cookie=None if scenario.cookie is None else self.value("Cookie", scenario.cookie),
            user_agent=None if scenario.user_agent is None else self.value("User-Agent", scenario.user_agent),
            body=self.body(scenario, scenario.body),
            held=_each(scenario.held, lambda held: _changed(held, line=self.value("Set-Cookie", held.line))),
            client=None if scenario.client is None else self._once(scenario.client, self._client),
        )

    def _client(self, client: Client) -> Client:
        page = client.page
        shown = _changed(
            page, url=self._parsed_url(page.url), headers=self.headers(page.headers), head=self.text(page.head)
        )
        return _changed(client, page=shown)

    def _once(self, data: _Data, mask: Callable[[_Data], _Data]) -> _Data:
        """The result of `mask(data)`; several browsers share `data`, so it is masked once."""
        if id(data) not in self._shared:
            self._shared[id(data)] = data, mask(data)  # while `data` is kept, no other object has its id
        return cast("_Data", self._shared[id(data)][1])

    def diagnosis(self, diagnosis: Diagnosis) -> Diagnosis:
        return _changed(
            diagnosis,
            scenario=self.scenario(diagnosis.scenario),
            exchanges=_each(diagnosis.exchanges, lambda e: self.exchange(e, diagnosis.scenario)),
            steps=_each(diagnosis.steps, self.step),
            console=_each(diagnosis.console, self.sentence),
            request=None if diagnosis.request is None else self._request(diagnosis.request, diagnosis.scenario),
        )

    def _request(self, request: Request, scenario: Scenario) -> Request:
        shown = self.scenario(scenario)
        return _changed(
            request,
            url_list=_each(request.url_list, self._parsed_url),
            headers=self.headers(request.headers),
            first_headers=self.headers(request.first_headers),
            body=self.body(scenario, request.body),
            cookie=shown.cookie,
            user_agent=shown.user_agent,
        )

    def _parsed_url(self, url: URL) -> URL:
        """`url` with only its href left of what may hold a secret."""
        shown = self.url(url.href)
        if shown == url.href:
            return url
        return url._replace(href=shown, username="", password="", path="", query="", fragment="")

    def exchange(self, exchange: Exchange, scenario: Scenario) -> Exchange:
        request = exchange.request
        shown = _changed(
            request,
            url=self.url(request.url),
            headers=self.headers(request.headers),
            body=self.body(scenario, request.body),
        )
        return _changed(exchange, request=shown, answer=self._once(exchange.answer, self._answer))

    def _answer(self, answer: Answer) -> Answer:
        match answer:
            case Response():
                return self._response(answer)
            case NoAnswer():
                return _changed(answer, detail=self.sentence(answer.detail))
            case _:
                return answer

    def _response(self, response: Response) -> Response:
        reason = self.text(response.reason) if response.reason else ""
        return _changed(response, headers=self.headers(response.headers), reason=reason, body=b"")

    def step(self, step: Step) -> Step:
        known = self._steps.get(step)  # most browsers take the same ones
        if known is None:
            known = self._steps[step] = self._step(step)
        return step if known == step else known

    def _step(self, step: Step) -> Step:
        return _changed(
            step,
            evidence=self.pairs(step.evidence),
            remedy=self.pairs(step.remedy),
            text=self.sentence(step.text),
            cause=None if step.cause is None else self._cause(step.cause),
            other_causes=_each(step.other_causes, self._cause),
        )

    def _cause(self, cause: Cause) -> Cause:
        return _changed(
            cause,
            text=self.sentence(cause.text),
            fix=self.sentence(cause.fix),
            evidence=_each(cause.evidence, self.sentence),
        )

    def cure(self, cure: Cure) -> Cure:
        obstacle = cure.obstacle
        if obstacle is not None:
            diagnoses = _each(obstacle.diagnoses, self.diagnosis)
            obstacle = _changed(obstacle, step=self.step(obstacle.step), diagnoses=diagnoses)
        return _changed(
            cure,
            changes=_each(cure.changes, self.change),
            proof=_each(cure.proof, self.diagnosis),
            obstacle=obstacle,
            url=None if cure.url is None else self.url(cure.url),
            not_tried=_each(cure.not_tried, lambda one: _changed(one, url=self.url(one.url))),
            alternatives=_each(cure.alternatives, self._alternative),
            excess_grants=_each(cure.excess_grants, self._excess_grant),
            policy=None if cure.policy is None else self._policy(cure.policy, cure.kept),
            kept=tuple(name for name in cure.kept if self.text(name) == name),
        )

    def _policy(self, policy: Policy, kept: Iterable[str]) -> Policy:
        """`policy` without what came from the server and holds a secret: a configuration can't show a part of a value."""
        secret = {name for name in kept if self.text(name) != name}
        if not secret:
            return policy

        def without(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name for name in names if name not in secret)

        return _changed(
            policy, origins=without(policy.origins), methods=without(policy.methods), headers=without(policy.headers),
            expose=without(policy.expose),
        )  # fmt: skip

    def change(self, change: Change) -> Change:
        response = None if change.response is None else self._response(change.response)
        return _changed(change, url=self.url(change.url), response=response, lines=self.pairs(change.lines))

    def _alternative(self, way: Alternative) -> Alternative:
        return _changed(
            way,
            text=self.sentence(way.text),
            scenario=self.scenario(way.scenario),
            changes=_each(way.changes, self.change),
        )

    def _excess_grant(self, grant: ExcessGrant) -> ExcessGrant:
        return _changed(grant, value=self.value(grant.name, grant.value), text=self.sentence(grant.text))

    def prescription(self, prescription: Prescription) -> Prescription:
        guess = None if prescription.guess is None else self._guess(prescription.guess)
        return _changed(prescription, guess=guess, others=_each(prescription.others, self._guess))

    def _guess(self, guess: Guess) -> Guess:
        return _changed(guess, value=self.value(guess.name, guess.value))

    def judged(self, judged: Judged) -> Judged:
        return _changed(
            judged,
            known=None if judged.known is None else self.text(judged.known),
            expired=None if judged.expired is None else self.text(judged.expired),
            mismatches=_each(judged.mismatches, self._mismatch),
            earlier=_each(judged.earlier, self._mismatch),
        )

    def _mismatch(self, mismatch: Mismatch) -> Mismatch:
        return _changed(mismatch, step=None if mismatch.step is None else self.step(mismatch.step))


def _secrets_in_headers(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in pairs:
        yield from secrets_in_header(name, value)


def _headers(diagnoses: Iterable[Diagnosis]) -> Iterator[Headers]:
    """The headers of the responses, those that several browsers got once."""
    seen: dict[int, Headers] = {}
    for diagnosis in diagnoses:
        for exchange in diagnosis.exchanges:
            if exchange.response is not None:
                seen[id(exchange.response.headers)] = exchange.response.headers
    yield from seen.values()


def _public(scenario: Scenario) -> Iterator[str]:
    """What is no secret, whatever else is the same: origins, and the names of headers."""
    yield str(scenario.origin)
    url = parse(scenario.url)
    yield from () if url is None else (str(url.origin),)
    yield from (name for name, _ in scenario.headers)


def _parameter(found: re.Match[str]) -> str:
    """The name of a URL's parameter, "" where it has none."""
    return "" if found["value"] is None else unquote(found["name"])


def _text_of(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _each(items: tuple[_Data, ...], change: Callable[[_Data], _Data]) -> tuple[_Data, ...]:
    """Each of `items` changed; the very same tuple where nothing changes."""
    if not items:
        return items
    changed = tuple(map(change, items))
    return items if all(map(is_, items, changed)) else changed


def _changed(data: _Data, **fields: object) -> _Data:
    """`data`, a dataclass or a named tuple, with other `fields`; the very same object if nothing changes."""
    other = {name: value for name, value in fields.items() if value is not getattr(data, name)}
    if not other:
        return data
    if isinstance(data, tuple):
        return data._replace(**other)  # type: ignore[attr-defined, no-any-return]
    from dataclasses import replace  # 0.6 ms; the report on a request that passes holds none

    return replace(data, **other)  # type: ignore[type-var]
