"""A request as a sequence, and its drawing in a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from corsdoctor.browsers import CHROMIUM
from corsdoctor.diagnose import diagnose_all
from corsdoctor.report import Problem, Report
from corsdoctor.reports import write
from corsdoctor.reports.content import Role
from corsdoctor.reports.layout import cells
from corsdoctor.reports.sequence import Message, Party, PartyKind, Remark, Sequence, sequences
from corsdoctor.reports.terminal_diagram import diagram
from corsdoctor.reports.writer import Signs, Style
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest
from tests.reports.cases import APP, CASES, ITEMS
from tests.reports.runs import BATCH, checked

PAGE, API = Party(PartyKind.PAGE, "https://app.example"), Party(PartyKind.SERVER, "https://api.example")


def only(case: str, proxy: str = "") -> Sequence:
    """The sequence of a case in which all browsers do the same."""
    [(found, diagnoses)] = sequences(checked(case), proxy)
    assert len(diagnoses) == 4
    return found


def drawn(sequence: Sequence, width: int = 80, signs: Signs = Signs.UNICODE) -> str:
    return "\n".join(row.text for row in diagram(sequence, width, signs))


def with_answer(answer: Answer, url: str = ITEMS) -> Report:
    return Report(diagnose_all(Scenario(url, APP), (CHROMIUM,), lambda _kind, _request: answer))


def test_a_preflight_that_fails() -> None:
    found = only("preflight-405")
    assert found.parties == (PAGE, API)
    asked, answered, why, never = found.events
    assert isinstance(asked, Message)
    assert isinstance(answered, Message)
    assert (asked.source, asked.target, asked.reply, asked.failed) == (0, 1, False, ())
    assert [row.text for row in asked.lines][:2] == ["OPTIONS /items", "Access-Control-Request-Method: PUT"]
    assert (answered.source, answered.target, answered.reply) == (1, 0, True)
    assert answered.failed == ("preflight-status-ok",)
    assert [(row.mark, row.text) for row in answered.lines if row.role is Role.BAD] == [("✗", "405 Method Not Allowed")]
    assert isinstance(why, Remark)
    assert isinstance(never, Remark)
    assert why.row.text.startswith("preflight-status-ok: The status code of the preflight response is 405")
    assert never.row.text == "The PUT is never sent."


def test_a_redirect_has_a_party_for_each_server() -> None:
    found = only("redirect-to-null")
    assert [party.name for party in found.parties] == [PAGE.name, API.name, "https://cdn.example"]
    assert [e.target for e in found.events if isinstance(e, Message) and not e.reply] == [1, 2]


def test_what_is_not_sent_is_a_remark() -> None:
    *_, last = only("unsent").events
    assert isinstance(last, Remark)
    assert last.row.text == "PUT /items is not sent: PUT may change data"


@pytest.mark.parametrize("case", ["mode-same-origin", "bad-url"])
def test_a_failure_before_the_first_request(case: str) -> None:
    found = only(case)
    assert len(found.parties) == 2
    [event] = found.events
    assert isinstance(event, Remark)
    assert event.row.role is Role.BAD


@pytest.mark.parametrize(("case", "end"), [("allowed", "✓"), ("opaque-image", "○"), ("refused", "✗")])
def test_the_end(case: str, end: str) -> None:
    *_, last = only(case).events
    assert isinstance(last, Remark)
    assert last.row.mark == end


def test_browsers_that_differ_have_a_sequence_each() -> None:
    found = sequences(checked("disagree-on-preflight"))
    assert len(found) > 1
    assert len({name for _, diagnoses in found for name in (d.profile.name for d in diagnoses)}) == 4


def test_a_proxy_stands_between_the_page_and_the_server() -> None:
    found = only("allowed", "proxy.example:3128")
    assert found.parties == (PAGE, Party(PartyKind.PROXY, "proxy.example:3128"), API)
    assert found.events[0][:2] == (0, 2)
    assert "─●─" in drawn(found)


def test_a_request_can_end_at_the_proxy() -> None:
    refused = NoAnswer(FailureKind.PROXY, "The proxy refused the connection.")
    [(found, _)] = sequences(with_answer(refused))
    assert [party.kind for party in found.parties] == [PartyKind.PAGE, PartyKind.PROXY, PartyKind.SERVER]
    assert found.events[0][:2] == (0, 1)


def test_a_cache_that_answers_is_a_party() -> None:
    [(_, (diagnosis,))] = sequences(with_answer(Response(200, Headers())))
    for kind, party in ((Kind.ACTUAL, "HTTP cache"), (Kind.PREFLIGHT, "preflight cache")):
        exchange = diagnosis.exchanges[0]._replace(kind=kind, from_cache=True)
        [(found, _)] = sequences(Report((diagnosis._replace(exchanges=(exchange,)),)))
        assert [str(party.kind) for party in found.parties] == ["page", party, "server"]
        assert found.events[0][:2] == (0, 1)


# -- the drawing


@pytest.mark.parametrize(("width", "signs"), [(80, Signs.UNICODE), (40, Signs.ASCII)])
def test_golden(width: int, signs: Signs, golden: Callable[[str, str], None]) -> None:
    parts = []
    for case in CASES:
        parts += [f"== {case.id}", *(drawn(found, width, signs) for found, _ in sequences(case.report()))]
    golden(f"diagrams.{width}.txt", "\n".join(parts))


@pytest.mark.exhaustive
@pytest.mark.parametrize("width", [1, 40, 53, 80, 100, 300])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_no_line_is_too_long(case: object, width: int) -> None:
    for found, _ in sequences(case.report(), "proxy.example"):  # type: ignore[attr-defined]
        for signs in (Signs.UNICODE, Signs.ASCII):
            text = drawn(found, width, signs)
            assert all(cells(line) <= max(40, min(width, 100)) for line in text.split("\n"))
            assert signs is Signs.UNICODE or text.isascii()


def test_more_servers_than_fit_share_the_last_lifeline() -> None:
    def send(_kind: Kind, request: WireRequest) -> Response:
        number = int(request.url.removeprefix("https://s").split(".")[0])
        to = ("Location", f"https://s{number + 1}.example/")
        return Response(302, Headers((("Access-Control-Allow-Origin", "*"), to)))

    report = Report(diagnose_all(Scenario("https://s1.example/", APP), (CHROMIUM,), send))
    [(found, _)] = sequences(report)
    assert len(found.parties) > 12
    head, names, *lines = drawn(found).split("\n")
    assert head.split() == ["page", *["server"] * 5]
    assert names.endswith(" servers")
    assert sum("▶" in line for line in lines) == len(found.parties) - 1


def test_hostile_values_draw_nothing() -> None:
    bad = Response(200, Headers((("Access-Control-Allow-Origin", "\x1b[31m\n│\u202e" + "語" * 90),)))
    [(found, _)] = sequences(with_answer(bad))
    lines = drawn(found, 60).split("\n")
    assert all(cells(line) == 60 for line in lines[1:])
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("verbosity", [0, 1])
def test_the_diagram_replaces_the_lines_unless_every_step_is_shown(verbosity: int) -> None:
    style = Style(verbosity=verbosity, diagram=Signs.UNICODE)
    text = write("text", [checked("disagree-on-preflight")], style)
    assert text.count("├─") >= 2
    assert "\nIn Chromium" in text
    assert ("> GET" in text) is bool(verbosity)


def test_the_failure_is_red() -> None:
    text = write("text", [checked("acao-missing")], Style(color=True, diagram=Signs.UNICODE))
    assert "\x1b[31m  │◀╌ ✗ acao-present ╌" in text


# -- Mermaid and DOT

HOSTILE = 'end\n;#%%{init: {}}%% style:a#1; classDef:b <script> ``` \\" }} $$x$$ &lt; @team -->'


def hostile() -> Report:
    answer = Response(200, Headers((("Access-Control-Allow-Origin", HOSTILE),)), HOSTILE)
    return with_answer(answer, f"{ITEMS}?{HOSTILE}")._replace(id=HOSTILE)


@pytest.mark.parametrize("several", [False, True])
def test_nothing_in_a_text_is_syntax_of_mermaid(several: bool) -> None:
    text = write("mermaid", [hostile(), checked("disagree-on-preflight"), *BATCH], Style(), several=several)
    allowed = r"(?:[\w ,.:/=()*?✓✗○…'-]|#\d+;|<br/>)*"
    line = rf"participant p\d+ as {allowed}|(?:p\d+(?:->>|-->>|--x)p\d+|Note over p\d+): {allowed}|(?:opt|alt|else) {allowed}|end"
    head, *lines = text.splitlines()
    assert head == "sequenceDiagram"
    assert all(re.fullmatch(line, one.strip()) for one in lines)
    assert not re.search("style|classDef", text)
    assert sum(one.strip().startswith(("opt", "alt")) for one in lines) == sum(one.strip() == "end" for one in lines)


def test_nothing_in_a_text_is_syntax_of_dot() -> None:
    text = write("dot", [hostile(), *BATCH], Style(), several=True)
    without_strings = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert not set(without_strings) & set("\\\"'&#%$<`:")
    assert (
        without_strings.count("digraph")
        == without_strings.count("}")
        == 1 + sum(len(sequences(item)) for item in BATCH)
    )


def test_a_party_without_a_name_has_one_line() -> None:
    wrong = [Problem(1, "url is missing")]
    assert "participant p0 as input\n" in write("mermaid", wrong, Style())
    assert 'p0 [label="input"]' in write("dot", wrong, Style())


def test_dot_leads_through_the_proxy() -> None:
    text = write("dot", [checked("allowed")], Style(proxy="proxy.example:3128"))
    assert len(re.findall(r"p0 -> p1 .*label=", text)) == len(re.findall(r"p1 -> p2 (?!.*label)", text)) == 2
