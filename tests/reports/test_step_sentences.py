"""Every rule says that it failed in a sentence of its own, and each of its fields is filled with what was seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from string import Formatter

import pytest

from corsdoctor import catalogue
from corsdoctor.browsers import BROWSERS, STANDARD
from corsdoctor.causes.by_message import cause_of
from corsdoctor.causes.probe import Probing
from corsdoctor.console.recognize import recognize
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.fetch.cors_causes import TAINTED
from corsdoctor.fetch.cors_check import ACAO_MATCHES, ACAO_PRESENT
from corsdoctor.fetch.headers import ACAO
from corsdoctor.fetch.script_headers import HEADER_IS_VALID
from corsdoctor.fetch.websocket import ACCEPT
from corsdoctor.lab.in_process import in_process
from corsdoctor.lab.scene import Places, Scene
from corsdoctor.lab.scenes import SCENES
from corsdoctor.message import Message
from corsdoctor.report import Report
from corsdoctor.reports.text import render
from corsdoctor.reports.writer import Style
from corsdoctor.rule import MISSING, Cause, Failure, Field, Outcome, Rule, Step
from corsdoctor.scenario import Api, HeldCookie, Scenario
from corsdoctor.step_sentences import EMPTY, explained, remark, sentence, sentence_of_message
from corsdoctor.wire import NO_HEADERS, Exchange, Headers, Kind, Response, WireRequest
from tests.causes.scripted import Rule as Answering
from tests.causes.scripted import Servers
from tests.conformance.replay import HERE, load, replay
from tests.conformance.world_replay import lived
from tests.fetch.asking import ANY, answer, ask, hop
from tests.reports.cases import APP

Golden = Callable[[str, str], None]
TITLES = {rule.title for rule in catalogue.RULES}
PLACES = Places(18090, 18091)
ABOUT_RESPONSES = frozenset({"response"})
CORPUS = Path(__file__).parents[1] / "console" / "corpus.jsonl"


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def templates(failure: Failure) -> dict[str, str]:
    return {name: text for name, text in failure._asdict().items() if text}


def diagnoses() -> Iterator[Diagnosis]:
    for case in load(HERE / "cases.jsonl").values():
        for profile in BROWSERS:
            yield replay(case, profile)
    for scene in SCENES:
        yield from diagnoses_of(scene)
    reflecting = Servers(
        (Answering(200, (("Access-Control-Allow-Origin", "{origin}"), ("Access-Control-Allow-Credentials", "true"))),)
    )
    yield from reflecting.report(Scenario("https://api.example/", APP), Probing(always=True)).diagnoses
    withheld = answer(200, *ANY)._replace(certificate_withheld=True)  # which no scene shows: the lab has no TLS
    yield ask(Scenario("https://api.example/", APP), hop("https://other.example/"), withheld)
    lines = ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", ACCEPT)
    closed = answer(101, *lines)._replace(body=b"\x88\x02\x03\xf0")  # which no scene shows: the lab sends no frames
    yield ask(Scenario("wss://api.example/", APP, api=Api.WEBSOCKET), closed)
    held = (HeldCookie("sid=1; SameSite=Lax; Secure"),)  # which no scene shows: the lab gives browsers no cookies
    yield ask(Scenario("https://api.example/", APP, held=held), answer(200, *ANY))
    yield from lived("policy/csp-redirect|auth/userinfo|http-cache/mode-own")  # what no single request shows
    yield from lived("elements/coep/007|elements/in/001|lna/target-address-space/006")  # which no scene shows


def is_sentence(text: str) -> bool:
    return bool(text) and text == text.strip() and text[-1] not in ".,:;" and text not in TITLES


@pytest.mark.parametrize("rule", catalogue.RULES, ids=lambda rule: rule.id)
def test_every_rule_says_that_it_failed(rule: Rule) -> None:
    failure = rule.failure
    assert failure.sentence or failure.missing
    assert rule.title not in templates(failure).values()
    for text in templates(failure).values():
        assert text == text.strip()
        assert text[-1] not in ".,:;"
    # a console message may name no value, so there is a sentence that needs none
    assert fields_of(failure.bare or failure.sentence) <= ABOUT_RESPONSES


@pytest.mark.parametrize("cause", [c for rule in catalogue.RULES for c in rule.causes], ids=lambda cause: cause.id)
def test_the_bare_sentence_of_a_cause_needs_no_values(cause: Cause) -> None:
    assert fields_of(cause.failure.bare) <= ABOUT_RESPONSES


@pytest.mark.exhaustive
def test_every_sentence_of_every_case_is_filled() -> None:
    failed, noted = set[str](), set[str]()
    for diagnosis in diagnoses():
        for step in diagnosis.steps:
            text = sentence(step, diagnosis.exchanges)
            if step.outcome is Outcome.PASS:
                assert text == (step.text or step.rule.title)
                continue
            assert is_sentence(text), (step, text)
            assert not re.search(r"\{[a-z_]+\}", text)
            (failed if step.outcome is Outcome.FAIL else noted).add(step.rule.id)
            assert all(explained(step)) or not all(value for _, value in step.evidence)
            judged = step.exchange is not None and step.evidence and step.evidence[0][0] == Field.STATUS
            if step.outcome is Outcome.FAIL and judged:
                assert remark(step, diagnosis.exchanges)
    assert failed | noted == {rule.id for rule in catalogue.RULES}


def marked_failed(text: str) -> Iterable[str]:
    return (line for line in text.split("\n") if line.lstrip().startswith("✗"))


def diagnoses_of(scene: Scene) -> Iterator[Diagnosis]:
    return (scene.diagnosed(PLACES, profile, in_process(PLACES)) for profile in BROWSERS)


@pytest.mark.exhaustive
@pytest.mark.parametrize("verbosity", [-1, 0, 1])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.path)
def test_no_requirement_stands_beside_a_failure(scene: Scene, verbosity: int) -> None:
    for diagnosis in diagnoses_of(scene):
        text = render(Report((diagnosis,)), Style(1000, verbosity=verbosity))
        for line in marked_failed(text):
            assert not any(title in line for title in TITLES)


def test_the_sentences_of_all_scenes(golden: Golden) -> None:
    told = [
        f"{step.rule.id}: {sentence(step, d.exchanges)}"
        for scene in SCENES
        for d in diagnoses_of(scene)
        for step in d.steps
        if step.outcome is not Outcome.PASS
    ]
    golden("sentences.txt", "\n".join(dict.fromkeys(told)))


def test_the_sentences_of_console_messages(golden: Golden) -> None:
    told = [
        f"{message.rule}: {sentence_of_message(catalogue.by_id(message.rule), message, cause_of(message))}"
        for row in load(CORPUS).values()
        for message in recognize(row["text"])
        if message.rule is not None
    ]
    golden("sentences-of-messages.txt", "\n".join(sorted(dict.fromkeys(told))))


@pytest.mark.parametrize("rule", catalogue.RULES, ids=lambda rule: rule.id)
def test_a_message_that_names_no_value_has_a_sentence(rule: Rule) -> None:
    assert is_sentence(sentence_of_message(rule, Message("", True, rule=rule.id)))


def step(rule: Rule, value: str, cause: Cause | None = None) -> Step:
    return Step(rule, Outcome.FAIL, 0, ((ACAO, value), (Field.WANTED, "https://app.example")), cause)


def answered(*lines: tuple[str, str], kind: Kind = Kind.ACTUAL) -> tuple[Exchange, ...]:
    return (Exchange(kind, WireRequest("GET", "https://api.example/", NO_HEADERS), Response(200, Headers(lines))),)


def test_a_header_is_missing_only_if_the_response_lacks_it() -> None:
    """A server may send the very words that stand for a missing header."""
    absent = sentence(step(ACAO_PRESENT, MISSING), answered())
    assert "has no Access-Control-Allow-Origin" in absent
    assert "has no" not in sentence(step(ACAO_MATCHES, MISSING), answered((ACAO, MISSING)))
    with_cause = [sentence(step(rule, MISSING, TAINTED), answered()) for rule in (ACAO_PRESENT, ACAO_MATCHES)]
    assert with_cause[0] == with_cause[1] != sentence(step(ACAO_MATCHES, "x", TAINTED), answered((ACAO, "x")))


def test_a_step_without_evidence_has_its_sentence() -> None:
    assert sentence(Step(ACAO_MATCHES, Outcome.PASS), ()) == ACAO_MATCHES.title


@pytest.mark.parametrize("value", ["{response}", "{", "}", "{0}", "{value.__class__}", "%s", "\\N{DASH}"])
def test_what_a_server_sends_is_not_a_template(value: str) -> None:
    assert value in sentence(step(ACAO_MATCHES, value), answered((ACAO, value)))


@pytest.mark.parametrize("name", ["response", "value", "names", "reasons", "header", "error", "wanted", "x y"])
def test_a_header_called_like_a_field_replaces_nothing(name: str) -> None:
    asked = Scenario("https://api.example/", APP, headers=((name, "é€"),))
    diagnosis = diagnose(asked, STANDARD, lambda _kind, _request: Response(200, NO_HEADERS))
    assert diagnosis.failure is not None
    assert diagnosis.failure.rule is HEADER_IS_VALID
    assert f"`{name}`" in sentence(diagnosis.failure, diagnosis.exchanges)


def test_values_are_shown_as_the_report_wants_them() -> None:
    text = sentence(
        step(ACAO_MATCHES, "secret"), answered((ACAO, "secret")), lambda value: value.replace("secret", "***")
    )
    assert "***" in text
    assert "secret" not in text


def test_where_a_response_stands_in_a_chain_of_redirects() -> None:
    def place(index: int, *exchanges: tuple[Kind, int, bool]) -> str:
        chain = [
            Exchange(kind, WireRequest("GET", "https://api.example/", NO_HEADERS), Response(status, Headers((("Location", "/"),) if leads else ())))
            for kind, status, leads in exchanges
        ]  # fmt: skip
        return sentence(step(ACAO_PRESENT, MISSING)._replace(exchange=index), chain).removesuffix(
            " has no Access-Control-Allow-Origin header"
        )

    preflight, first, second = (Kind.PREFLIGHT, 204, False), (Kind.ACTUAL, 302, True), (Kind.ACTUAL, 200, False)
    assert place(0, preflight) == "The preflight response (204)"
    assert place(0, second) == "The response (200)"
    assert place(0, first, second) == "The redirect response (302)"
    assert place(1, first, second) == "The response after redirect 1 (200)"
    assert place(3, preflight, first, preflight, first) == "The redirect response after redirect 1 (302)"
    assert place(2, preflight, first, preflight) == "The preflight response after redirect 1 (204)"
    assert place(0, (Kind.ACTUAL, 304, False)) == "The response (304)"


def test_a_step_without_evidence_can_name_the_response() -> None:
    rule = ACAO_PRESENT._replace(failure=Failure("{response} is wrong"))
    exchange = Exchange(Kind.ACTUAL, WireRequest("GET", "https://api.example/", Headers()), Response(200, Headers()))
    assert sentence(Step(rule, Outcome.FAIL, 0), (exchange,)) == "The response (200) is wrong"


def test_what_a_template_may_name() -> None:
    asked = (Exchange(Kind.ACTUAL, WireRequest("GET", "https://api.example/", NO_HEADERS), Response(404, NO_HEADERS)),)
    step = Step(ACAO_PRESENT, Outcome.NOTE, 0, ((ACAO, ""),), missing=("x-a", "x-b"))
    template = "{header} {value} {status} {names} {are} {headers} {response}"
    said = f"{ACAO} {EMPTY} 404 x-a and x-b are headers x-a and x-b the response (404)"
    assert sentence(step._replace(text=template), asked) == said
    assert sentence(step._replace(text="{error}", evidence=((Field.ERROR, "It failed."),)), asked) == "It failed"
    for unknown in (step, step._replace(exchange=None)):
        with pytest.raises(KeyError):
            sentence(unknown._replace(text="{unknown} {status}"), asked)
