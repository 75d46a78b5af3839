"""A request as a sequence: who asks whom in which order, and where it fails. Four files draw it.

terminal_diagram.py draws it for a terminal, svg.py for a page, and mermaid.py and dot.py write it for the tools of these names. Which
headers matter and which line failed is what replay.py says of each exchange. Values have been masked before.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.record import Record
from corsdoctor.report import Item, Problem
from corsdoctor.reports.content import Role, Row
from corsdoctor.reports.replay import FAIL_MARK, PASS_MARK, Block, blocks
from corsdoctor.reports.wording import readable_sentence
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Scenario
from corsdoctor.url import parse
from corsdoctor.visible import visible
from corsdoctor.wire import Exchange, FailureKind, Kind, NoAnswer, Withheld

PAGE: Final = 0  # the place of the page among the parties


class PartyKind(StrEnum):
    """What a party of a sequence is."""

    PAGE = "page"
    PREFLIGHT_CACHE = "preflight cache"
    HTTP_CACHE = "HTTP cache"
    PROXY = "proxy"
    SERVER = "server"
    INPUT = "input"


class Party(Record):
    """One who takes part: what it is, and the origin or the address of it; a cache has none."""

    kind: PartyKind
    name: str = ""


class Message(Record):
    """What goes from one party to another. The first of `lines` is the request line, or the status of a reply.

    `failed` are the ids of the rules that failed at this reply.
    """

    source: int
    target: int
    lines: tuple[Row, ...]
    reply: bool = False
    failed: tuple[str, ...] = ()


class Remark(Record):
    """What the browser decides without asking anybody; `row` has the mark, the text and the role."""

    row: Row


Event = Message | Remark


class Sequence(Record):
    """The parties, the page first, and what happens between them."""

    parties: tuple[Party, ...]
    events: tuple[Event, ...]


def sequences(item: Item, proxy: str = "") -> list[tuple[Sequence, tuple[Diagnosis, ...]]]:
    """The sequence of each browser, those alike together. `proxy` is the address of the proxy that requests pass.

    That of a Problem is a remark on the input.
    """
    if isinstance(item, Problem):
        wrong = Remark(Row(FAIL_MARK, visible(f"line {item.line}: {item.reason}"), role=Role.BAD))
        return [(Sequence((Party(PartyKind.INPUT, visible(item.source or "")),), (wrong,)), ())]
    found: dict[Sequence, list[Diagnosis]] = {}
    for diagnosis in item.diagnoses:
        known = (drawn for drawn, alike in found.items() if _is_alike(alike[0], diagnosis))
        drawn = next(known, None) or sequence(diagnosis, planned=item.planned, proxy=proxy)
        found.setdefault(drawn, []).append(diagnosis)
    return [(drawn, tuple(diagnoses)) for drawn, diagnoses in found.items()]


def _is_alike(first: Diagnosis, other: Diagnosis) -> bool:
    """Whether two browsers did the same, so that they have one sequence."""
    return first.exchanges == other.exchanges and first.steps == other.steps and first.verdict == other.verdict


def sequence(diagnosis: Diagnosis, *, planned: bool = False, proxy: str = "") -> Sequence:
    """What one browser does, as a sequence."""
    parties = _parties(diagnosis, proxy)
    events: list[Event] = []
    before = next((s for s in diagnosis.steps if s.outcome is Outcome.FAIL and s.exchange is None), None)
    for exchange, block in zip(diagnosis.exchanges, blocks(diagnosis, planned=planned, everything=False), strict=True):
        if isinstance(exchange.answer, Withheld):
            text = visible(f"{block.asked[0].text} is not sent: {exchange.answer.why}")
            events.append(Remark(Row("?", text, role=Role.UNSURE)))
        else:
            events += _exchanged(parties, exchange, block)
        events += [Remark(Row(FAIL_MARK, text, role=Role.BAD)) for text in _failures(diagnosis, block)]
        events += [Remark(row._replace(mark="")) for row in block.answered if row.mark == "-"]
    if before is not None:
        text = f"{before.rule.id}: {readable_sentence(before, diagnosis.exchanges)}"
        events.append(Remark(Row(FAIL_MARK, text, role=Role.BAD)))
    if diagnosis.verdict in _ENDS:
        events.append(Remark(_ENDS[diagnosis.verdict]))
    return Sequence(parties, tuple(events))


_ENDS: Final = {
    Verdict.ALLOWED: Row(PASS_MARK, "The script gets the response", role=Role.GOOD),
    Verdict.OPAQUE: Row("○", "Loaded, but scripts cannot read the response", role=Role.UNSURE),
    Verdict.PENDING: Row("?", "The browser waits for the user's answer", role=Role.UNSURE),
}
"""What the end of a sequence adds for the verdicts that no rule and no request explains."""


def _parties(diagnosis: Diagnosis, proxy: str) -> tuple[Party, ...]:
    exchanges = diagnosis.exchanges
    page = str(diagnosis.scenario.origin)
    caches = {_cache(exchange): None for exchange in exchanges if exchange.from_cache}
    through = [Party(PartyKind.PROXY, visible(proxy))] if proxy or any(map(_at_proxy, exchanges)) else []
    servers = [_server(exchange.request.url) for exchange in exchanges] or [_server(_asked(diagnosis.scenario))]
    return (Party(PartyKind.PAGE, visible(page)), *caches, *through, *dict.fromkeys(servers))


def _asked(scenario: Scenario) -> str:
    return scenario.url if scenario.parsed_url is None else scenario.parsed_url.href


def _server(url: str) -> Party:
    parsed = parse(url)
    return Party(PartyKind.SERVER, visible(url if parsed is None or parsed.origin.opaque else str(parsed.origin)))


def _cache(exchange: Exchange) -> Party:
    return Party(PartyKind.PREFLIGHT_CACHE if exchange.kind is Kind.PREFLIGHT else PartyKind.HTTP_CACHE)


def _at_proxy(exchange: Exchange) -> bool:
    """Whether it ended at the proxy."""
    return isinstance(exchange.answer, NoAnswer) and exchange.answer.kind is FailureKind.PROXY


def _exchanged(parties: tuple[Party, ...], exchange: Exchange, block: Block) -> list[Event]:
    asked = _cache(exchange) if exchange.from_cache else _server(exchange.request.url)
    target = parties.index(asked)
    if _at_proxy(exchange):
        target = next(place for place, party in enumerate(parties) if party.kind is PartyKind.PROXY)
    came = tuple(_line(row) for row in block.answered if row.mark != "-")
    failed = tuple(dict.fromkeys(s.rule.id for s in block.steps if s.outcome is Outcome.FAIL))
    return [
        Message(PAGE, target, tuple(map(_line, block.asked))),
        Message(target, PAGE, came, reply=True, failed=failed),
    ]


def _line(row: Row) -> Row:
    """A line of a message: only what failed is marked, so that browsers that fail alike have one sequence."""
    failed = row.role is Role.BAD
    return Row(FAIL_MARK if failed else "", visible(row.text), role=Role.BAD if failed else Role.PLAIN)


def _failures(diagnosis: Diagnosis, block: Block) -> list[str]:
    steps = [s for s in block.steps if s.outcome is Outcome.FAIL]
    return [f"{s.rule.id}: {readable_sentence(s, diagnosis.exchanges)}" for s in steps]
