"""The sentence for a step: a template of its rule, filled with what was seen.

Sentences are made when a report is written, from values that may have been masked by then. The fields of a template:

    {response}      "the preflight response (405)"; with a capital letter at the start of a sentence
    {header}        the label of the first piece of evidence, mostly a header's name; {value} is what belongs to it
    {cookie}        the name of the cookie, where the header is Set-Cookie
    {wanted} ...    any other evidence, by its label (see rule.Field): {page}, {url}, {status}, {asked_for}, ...
    {names}         what a list lacks, "x-a and x-b"; {are} is "is" or "are", {headers} "header x-a" or "headers x-a and x-b"
    {reasons}       the reasons of a step, each a template itself
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from corsdoctor.rule import Cause, Failure, Outcome, Rule, Step

if TYPE_CHECKING:
    from corsdoctor.message import Message
    from corsdoctor.wire import Exchange

Show = Callable[[str], str]
"""Prepares a value for display: shortened, or without control characters."""

EMPTY: Final = "(empty)"
_ABOUT_THE_ORIGIN: Final = frozenset({"acao-matches-origin", "acao-not-wildcard-with-credentials"})


def sentence(step: Step, exchanges: Sequence[Exchange], show: Show = str) -> str:
    """The sentence for `step`, without a full stop: never a requirement that is not met."""
    template = _template(step, exchanges)
    if "{" not in template:  # that of most rules that pass
        return template
    return _filled(template, _Fields(step, exchanges, show))


def remark(step: Step, exchanges: Sequence[Exchange], show: Show = str) -> str:
    """The remark on the line of a response that `step` judged."""
    failed = step.outcome is Outcome.FAIL
    texts = [step.cause.failure.remark if step.cause is not None else "", step.rule.failure.remark]
    template = next(filter(None, texts), "") if failed else step.text or step.rule.passed
    return _filled(template, _Fields(step, exchanges, show))


def explained(step: Step, show: Show = str) -> list[str]:
    """Each piece of evidence in words: its reason if it has one, otherwise its value."""
    if not step.reasons:
        return [show(value) for _, value in step.evidence]
    pairs = zip(step.evidence, step.reasons, strict=True)
    return [_filled(reason, {"header": show(label), "value": show(value)}) for (label, value), reason in pairs]


def sentence_of_message(rule: Rule, message: Message, cause: Cause | None = None, *, after_colon: bool = False) -> str:
    """The failure that a console message reports, with the values that the message names, and its cause if it shows one."""
    response = "the preflight response" if message.in_preflight else "the response"
    fields = {"response": f"{response} ({message.status})" if message.status else response}
    page = message.origin or ""
    page = page.rstrip("/") if page.startswith(("http:", "https:")) else page  # as it was retyped
    fields |= {"url": message.url or "", "page": page}
    subject = message.subject
    if subject:
        fields |= {"value": subject, "names": subject, "wanted": subject, "are": "is"}
    if rule.id in _ABOUT_THE_ORIGIN:
        fields["wanted"] = page
    if message.status:
        fields["status"] = message.status
    failure = cause.failure if cause is not None and cause.failure.bare else rule.failure
    if rule.id == "acao-matches-origin" and "acao-present" in message.also:
        failure = Failure("Access-Control-Allow-Origin in {response} is missing, or is not the page's origin")
    wanted = set(re.findall(r"{(\w+)}", failure.sentence))
    says_more = not wanted <= {"response"} and all(fields.get(name) for name in wanted)
    template = failure.sentence if says_more or not failure.bare else failure.bare
    return template.format_map(fields) if after_colon else _filled(template, fields)


def listed(names: Iterable[str]) -> str:
    """`a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _template(step: Step, exchanges: Sequence[Exchange]) -> str:
    if step.text:
        return step.text
    if step.outcome is Outcome.PASS:
        return step.rule.title
    of_rule = step.rule.failure
    of_cause = step.cause.failure if step.cause is not None else of_rule
    if_missing = of_cause.missing or of_rule.missing
    if if_missing and _lacks(step.evidence[0][0], step, exchanges):
        return if_missing
    return of_cause.sentence or of_rule.sentence


def _lacks(header: str, step: Step, exchanges: Sequence[Exchange]) -> bool:
    """Whether the response that was judged does not have `header`."""
    response = exchanges[step.exchange].response if step.exchange is not None else None
    return response is not None and header not in response.headers


class _Fields(dict[str, str]):
    """What the sentences of `step` name, by name; each is made when a template asks for it."""

    def __init__(self, step: Step, exchanges: Sequence[Exchange], show: Show) -> None:
        self._step, self._exchanges, self._show = step, exchanges, show

    def __missing__(self, name: str) -> str:
        step, show = self._step, self._show
        if name == "reasons" and step.reasons:
            return listed(explained(step, show))
        if name == "response" and step.exchange is not None:
            return _response(step.exchange, self._exchanges)
        if step.missing and name in _OF_NAMES:
            several = len(step.missing) > 1
            if name == "are":
                return "are" if several else "is"
            names = show(listed(step.missing))
            return names if name == "names" else f"{'headers' if several else 'header'} {names}"
        if step.evidence and name in _OF_FIRST:
            label, value = step.evidence[0]
            return show(_OF_FIRST[name](label, value))
        values = [value for label, value in step.evidence if label.lower().replace(" ", "_") == name]
        if values:
            text = show(values[-1] or EMPTY)
            return text.rstrip(".") if name == "error" else text
        response = self._exchanges[step.exchange].response if step.exchange is not None else None
        if name != "status" or response is None:
            raise KeyError(name)
        return str(response.status)


_OF_NAMES: Final = frozenset({"names", "are", "headers"})
_OF_FIRST: Final[dict[str, Callable[[str, str], str]]] = {
    "header": lambda label, _: label,
    "value": lambda _, value: value or EMPTY,
    "cookie": lambda _, value: value.partition(";")[0].partition("=")[0].strip(),
}


def _response(index: int, exchanges: Sequence[Exchange]) -> str:
    """`the preflight response (405)`, `the redirect response (302)`, `the response after redirect 1 (200)`."""
    exchange, response = exchanges[index], exchanges[index].response
    redirects = response is not None and 300 <= response.status <= 399 and "Location" in response.headers
    hops = sum(not e.is_preflight for e in exchanges[:index])
    words = ["preflight" if exchange.is_preflight else "redirect" if redirects else "", "response"]
    words += [f"after redirect {hops}"] if hops else []
    words += [f"({response.status})"] if response is not None else []
    return " ".join(["the", *filter(None, words)])


def _filled(template: str, fields: Mapping[str, str]) -> str:
    text = template.format_map(fields)
    return text[:1].upper() + text[1:] if template.startswith("{response}") else text
