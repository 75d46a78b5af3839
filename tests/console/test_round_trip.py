"""What is predicted is recognized, with rule, URL and origin intact, whatever was done to it on the way."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.browsers.facts import Console, Facts
from corsdoctor.console.recognize import recognize
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.message import Message
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Credentials, Scenario
from corsdoctor.url import Origin, parse, parse_origin
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest
from tests.conformance.replay import HERE, load, replay

CASES = load(HERE / "cases.jsonl")
# What a browser decides without CORS, and says in words that are not about it.
NOT_CORS = frozenset(
    {"element-type-fits", "nosniff-type-fits", "data-url-parses", "header-not-forbidden", "canvas-stays-clean"}
)
NO_CORS_WORDS = r"Refused to set unsafe header|Not allowed to load local resource: \S+$|Fetch API cannot load \S+\.$"
UNSAID: dict[str, dict[str, set[str | None]]] = {
    "firefox": {"preflight-status-ok": {"acao-matches-origin"}},  # what it finds when it judges a redirect once more
    "webkit": {
        "preflight-answered": {None},
        "scheme-is-fetchable": {None},
        "port-not-blocked": {"same-origin-mode"},
        "location-is-http": {"same-origin-mode"},
    },
}  # it gives the network's own words


@dataclass(frozen=True, slots=True)
class Run:
    """What a browser printed, and what its messages may name."""

    browser: str
    console: tuple[str, ...]
    origin: str
    rules: frozenset[str | None]
    urls: frozenset[str]


class Spy:
    """A browser's console that keeps the facts that it gets."""

    def __init__(self, console: Console) -> None:
        self.console, self.facts = console, list[Facts]()

    def __call__(self, facts: Facts) -> tuple[str, ...]:
        self.facts.append(facts)
        return self.console(facts)


def run_of(profile: Profile, diagnosed: Callable[[Profile], Diagnosis]) -> Run:
    spy = Spy(profile.console)
    d = diagnosed(profile._replace(console=spy))
    rules: set[str | None] = {step.rule.id for step in d.steps if step.outcome in (Outcome.FAIL, Outcome.NOTE)}
    rules |= UNSAID.get(profile.name, {}).get(d.failure.rule.id if d.failure is not None else "", set())
    rules |= {"actual-answered"} if profile.name == "firefox" else set()
    urls = {url for f in spy.facts for url in (f.url, f.first, f.target, f.came_from, *f.warned)}
    urls |= {url.removesuffix("#") for url in urls} | {re.sub("//[^/]*@", "//", url) for url in urls}
    said = tuple(text for text in d.console if re.match(NO_CORS_WORDS, text) is None)
    return Run(profile.name, said, str(d.scenario.origin), frozenset(rules), frozenset(urls))


def names_page(run: Run, message: Message) -> bool:
    return re.search(rf"origin '?{re.escape(run.origin)}(?![\w.:-])", message.text, re.IGNORECASE) is not None


def assert_read(run: Run, found: tuple[Message, ...], count: int) -> None:
    """That these messages say what the run came to."""
    assert len(found) == count
    for message in found:
        assert message.browser == run.browser or (run.browser == "webkit" and message.browser is None)
        if message.kind == "corp":
            assert "corp-allows" in run.rules
            continue
        assert message.cors
        assert {message.rule, *message.also} & run.rules
        assert message.url in run.urls or (run.browser == "webkit" and message.url is None)
        assert message.origin in {run.origin, "null"} or (message.origin is None and not names_page(run, message))


@pytest.mark.exhaustive
@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda p: p.name)
def test_every_recorded_case(profile: Profile) -> None:
    told = 0
    for case in CASES.values():
        run = run_of(profile, partial(replay, case))
        if run.rules & NOT_CORS and profile.name == "webkit":
            continue
        for text in run.console:
            assert_read(run, recognize(text), 1)
            told += 1
    assert told > 500


# --- any URL, any origin

_HOSTS = st.sampled_from(
    ["api.example", "a-b.c.example", "localhost", "127.0.0.1", "[::1]", "[2001:db8::ff]", "xn--bcher-kva.example", "x"]
)
_PORTS = st.sampled_from(["", ":8080", ":65535", ":3000"])
# A backslash and an entity are not here: nobody can tell whether a log put them there.
_PATHS = st.text(st.sampled_from("ab/.,;:!'()*@$=-_~%20ü€\"`<>^|[]{}#?&+ "), max_size=30).filter(lambda t: "`" not in t)
_ORIGINS = st.builds(lambda s, h, p: f"{s}://{h}{p}", st.sampled_from(["https", "http"]), _HOSTS, _PORTS)
_URLS = st.builds(lambda o, p: f"{o}/{p}", _ORIGINS, _PATHS).filter(lambda u: parse(u) is not None)
_TOKENS = st.text(st.sampled_from("abcXYZ09-_!#$%&'*+.^|~"), min_size=1, max_size=12)
_VALUES = st.text(st.sampled_from("abc:/.*, '\"();%"), max_size=20).map(str.strip)


def lines(origin: str) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    """CORS headers of an answer: right, wrong, or none."""
    allow_origin = st.one_of(st.sampled_from([origin, "*", "null", f"{origin}/"]), _ORIGINS, _VALUES)
    return st.lists(
        st.one_of(
            st.tuples(st.just("Access-Control-Allow-Origin"), allow_origin),
            st.tuples(st.just("Access-Control-Allow-Credentials"), st.sampled_from(["true", "True", "'", ""])),
            st.tuples(st.just("Access-Control-Allow-Methods"), _TOKENS),
            st.tuples(st.just("Access-Control-Allow-Headers"), _TOKENS),
        ),
        max_size=5,
    ).map(lambda found: tuple((name, value.encode().decode("latin-1")) for name, value in found))


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Some request of some page, some server's answers, and some browser's verdict."""
    profile = draw(st.sampled_from(BROWSERS[1:]))
    origin = parse_origin(draw(_ORIGINS))
    assert isinstance(origin, Origin)
    scenario = Scenario(
        url=draw(_URLS), origin=origin, method=draw(st.sampled_from(["GET", "PUT", "DELETE", "X-Y.Z"])),
        headers=tuple((name, "1") for name in draw(st.lists(_TOKENS, max_size=2))),
        credentials=draw(st.sampled_from([None, Credentials.INCLUDE])), api=draw(st.sampled_from([Api.FETCH, Api.XHR])),
    )  # fmt: skip
    preflight = Response(draw(st.sampled_from([200, 204, 302, 404])), Headers(draw(lines(str(origin)))))
    if draw(st.booleans()):
        preflight = Response(204, Headers((
            ("Access-Control-Allow-Origin", str(origin)), ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Allow-Methods", scenario.method),
            ("Access-Control-Allow-Headers", ",".join(name for name, _ in scenario.headers)),
        )))  # fmt: skip
    hop = (("Location", draw(_URLS).encode().decode("latin-1")),) if draw(st.booleans()) else ()
    actual = Response(302 if hop else 200, Headers((*draw(lines(str(origin))), *hop)))

    def send(kind: Kind, _request: WireRequest) -> Answer:
        return preflight if kind is Kind.PREFLIGHT else actual

    return run_of(profile, lambda spied: diagnose(scenario, spied, send))


REASON = ". (Reason: "
SECOND = f"{REASON}CORS request did not succeed)"


@settings(max_examples=400)
@given(runs())
def test_any_run(run: Run) -> None:
    assert_read(run, recognize("\n".join(run.console)), without_second_lines(run.console))


def without_second_lines(console: tuple[str, ...]) -> int:
    """How many of the lines are not "CORS request did not succeed" below another one for the same URL."""
    pairs = zip(("", *console), console, strict=False)
    return sum(SECOND not in text or before.partition(REASON)[0] != text.partition(REASON)[0] for before, text in pairs)


# --- what happens to a message on the way


def wrapped(text: str) -> str:
    """As it is copied out of a terminal of 80 columns."""
    return "\n".join(line[i : i + 80] for line in text.split("\n") for i in range(0, len(line), 80))


def curly(text: str) -> str:
    return text.replace(" '", " \u2018").replace("'", "\u2019")


WAYS: dict[str, Callable[[str], str]] = {
    "driver": lambda text: f'[1122/101112.123:INFO:CONSOLE(12)] "{text}", source: https://app.example/main.js (12)',
    "selenium": lambda text: f"2026-11-22 10:11:12 SEVERE https://app.example/ - 0:0 {text}",
    "file": lambda text: f"main.js:17:3 {text}",
    "safari": lambda text: "\n".join(f"[Error] {line}" for line in text.split("\n")),
    "curly": curly,
    "html": html.escape,
    "json": lambda text: json.dumps({"level": "error", "text": text}),
    "json-of-letters": lambda text: json.dumps({"level": "error", "text": text}, ensure_ascii=False),
    "wrapped": wrapped,
    "quoted": lambda text: "> " + text.replace("\n", "\n> "),
    "coloured": lambda text: f"\x1b[31m{text}\x1b[0m",
    "code": lambda text: f"```\n{text}\n```",
    "windows": lambda text: text.replace("\n", "\r\n"),
}  # fmt: skip
FIELDS = ("cors", "rule", "kind", "in_preflight", "url", "origin")


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60)
@given(run=runs())
def test_any_run_that_came_some_way(way: str, run: Run) -> None:
    for text in run.console:
        assert fields(recognize(WAYS[way](text))) == fields(recognize(text))


def fields(found: tuple[Message, ...]) -> list[list[object]]:
    """What was read, without the blanks in a header's value: nobody can tell which of them a terminal made."""
    return [[*(getattr(m, f) for f in FIELDS), (m.subject or "").replace(" ", "")] for m in found]
