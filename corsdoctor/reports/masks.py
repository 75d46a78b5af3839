"""The masks of one report: the secrets of its requests, and what hides them in each value, header, request and response."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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
from corsdoctor.reports.changing import changed, each
from corsdoctor.reports.echoes import Echoes
from corsdoctor.rule import Cause, Field, Step
from corsdoctor.scenario import Scenario
from corsdoctor.sentence import Sentence
from corsdoctor.url import PARAMETER, URL, parse
from corsdoctor.wire import Answer, Exchange, Headers, NoAnswer, Response

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client

_Data = TypeVar("_Data")
_URLS: Final = frozenset(
    {Field.URL, Field.ASKED_FOR, "url", "first", "target"}
)  # labels of evidence and of sentences' values
_URL_HEADERS: Final = frozenset({"location", "content-location", "referer"})
_TEXT: Final = "text"  # the label of what somebody else wrote
_SENTENCE: Final = Field.ERROR  # the label of evidence that is a sentence of ours


class Masks:
    """Masks the values of the reports on `scenarios`, with the secrets that the responses of `exchanges` set."""

    def __init__(self, scenarios: Iterable[Scenario], exchanges: Iterable[Exchange] = ()) -> None:
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
                *(secret for answer in _headers(exchanges) for secret in _secrets_in_headers(answer)),
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
        return each(pairs, self._pair)

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
        return changed(
            scenario,
            url=self.url(scenario.url),
            headers=self.pairs(scenario.headers),
            cookie=None if scenario.cookie is None else self.value("Cookie", scenario.cookie),
            user_agent=None if scenario.user_agent is None else self.value("User-Agent", scenario.user_agent),
            body=self.body(scenario, scenario.body),
            held=each(scenario.held, lambda held: changed(held, line=self.value("Set-Cookie", held.line))),
            client=None if scenario.client is None else self._once(scenario.client, self._client),
        )

    def _client(self, client: Client) -> Client:
        page = client.page
        shown = changed(
            page, url=self._parsed_url(page.url), headers=self.headers(page.headers), head=self.text(page.head)
        )
        return changed(client, page=shown)

    def _once(self, data: _Data, mask: Callable[[_Data], _Data]) -> _Data:
        """The result of `mask(data)`; several browsers share `data`, so it is masked once."""
        if id(data) not in self._shared:
            self._shared[id(data)] = data, mask(data)  # while `data` is kept, no other object has its id
        return cast("_Data", self._shared[id(data)][1])

    def diagnosis(self, diagnosis: Diagnosis) -> Diagnosis:
        return changed(
            diagnosis,
            scenario=self.scenario(diagnosis.scenario),
            exchanges=each(diagnosis.exchanges, lambda e: self.exchange(e, diagnosis.scenario)),
            steps=each(diagnosis.steps, self.step),
            console=each(diagnosis.console, self.sentence),
            request=None if diagnosis.request is None else self._request(diagnosis.request, diagnosis.scenario),
        )

    def _request(self, request: Request, scenario: Scenario) -> Request:
        shown = self.scenario(scenario)
        return changed(
            request,
            url_list=each(request.url_list, self._parsed_url),
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
        shown = changed(
            request,
            url=self.url(request.url),
            headers=self.headers(request.headers),
            body=self.body(scenario, request.body),
        )
        return changed(exchange, request=shown, answer=self._once(exchange.answer, self._answer))

    def _answer(self, answer: Answer) -> Answer:
        match answer:
            case Response():
                return self.response(answer)
            case NoAnswer():
                return changed(answer, detail=self.sentence(answer.detail))
            case _:
                return answer

    def response(self, response: Response) -> Response:
        reason = self.text(response.reason) if response.reason else ""
        return changed(response, headers=self.headers(response.headers), reason=reason, body=b"")

    def step(self, step: Step) -> Step:
        known = self._steps.get(step)  # most browsers take the same ones
        if known is None:
            known = self._steps[step] = self._step(step)
        return step if known == step else known

    def _step(self, step: Step) -> Step:
        return changed(
            step,
            evidence=self.pairs(step.evidence),
            remedy=self.pairs(step.remedy),
            text=self.sentence(step.text),
            cause=None if step.cause is None else self._cause(step.cause),
            other_causes=each(step.other_causes, self._cause),
        )

    def _cause(self, cause: Cause) -> Cause:
        return changed(
            cause,
            text=self.sentence(cause.text),
            fix=self.sentence(cause.fix),
            evidence=each(cause.evidence, self.sentence),
        )


def _secrets_in_headers(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in pairs:
        yield from secrets_in_header(name, value)


def _headers(exchanges: Iterable[Exchange]) -> Iterator[Headers]:
    """The headers of the responses, those that several browsers got once."""
    seen: dict[int, Headers] = {}
    for exchange in exchanges:
        if exchange.response is not None:
            seen[id(exchange.response.headers)] = exchange.response.headers
    yield from seen.values()


def _public(scenario: Scenario) -> Iterator[str]:
    """The texts that are not secret even if a secret has the same value: origins and the names of headers."""
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
