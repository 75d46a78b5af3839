"""docs/browsers.md: where browsers differ in CORS, from the recordings of the browsers. `python -m docs.generate` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from corsdoctor.browsers import BROWSERS, STANDARD, Profile
from corsdoctor.browsers.quirks import QUIRKS
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.quirk import Quirk
from docs.browser_sections import IN_HEADERS, INTRODUCTION, SECTIONS, SINCE, UNITS, UNLIMITED, Section
from tests.conformance import replay, world_replay

PAGE: Final = Path(__file__).parent / "browsers.md"
COLUMNS: Final = ("the Standard", "Chromium 156", "Firefox 153 ESR", "WebKitGTK 2.50")
RECORDED: Final = BROWSERS[1:]
"""The browsers of the recordings. The Standard's column is what corsdoctor predicts for it."""
_OUTCOMES: Final[dict[str, str]] = {
    "resolved": "loads", "rejected": "fails", "threw": "fails", "timeout": "waits", "unseen": "",
    Verdict.ALLOWED: "loads", Verdict.OPAQUE: "loads", Verdict.BLOCKED: "fails", Verdict.ERROR: "fails",
    Verdict.UNSENT: "fails", Verdict.PENDING: "waits",
}  # fmt: skip
_METADATA: Final = {*world_replay.COMPARED, *world_replay.METADATA}
_LONGEST: Final = 60
_MOST: Final = 6


class Sent(NamedTuple):
    """One request on the wire, with those of its headers that browsers decide about, by lower-case name."""

    method: str
    url: str
    headers: Mapping[str, str]


class Seen(NamedTuple):
    """What one browser did in one case. `outcomes` has "" for a step whose outcome no page can see."""

    outcomes: tuple[str, ...]
    requests: tuple[Sent, ...]
    readable: tuple[str, ...]


def page() -> str:
    """The whole page."""
    cases, agreed = agreement()
    text = INTRODUCTION.format(cases=f"{cases:,}", agreed=f"{agreed:,}", share=f"{agreed / cases:.0%}")
    return "\n".join([text, *(line for section in SECTIONS for line in _section(section))])


def agreement() -> tuple[int, int]:
    """How many single requests are recorded in all browsers, and how many of them all browsers treat alike."""
    rows = [_observed(profile.name) for profile in RECORDED]
    ids = [id for id in rows[0] if all(id in row for row in rows)]
    return len(ids), sum(len({_single(row[id]).outcomes for row in rows}) == 1 for id in ids)


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {section.title}", "", f"{section.text} [The Standard]({section.standard}).", "")
    yield f"| what differs | {' | '.join(COLUMNS)} | case |"
    yield "| --- " * (len(COLUMNS) + 2) + "|"
    for field in section.fields:
        yield f"| {_sentence(field)} | {' | '.join(values(field))} | {QUIRKS[field][1] or '-'} |"
    yield ""


def _sentence(field: str) -> str:
    differing = [p.title for p in RECORDED if getattr(p, field) != getattr(STANDARD, field)]
    sentence = f"{Quirk(differing[0], field).sentence(differing)}."
    return _in_table(f"{sentence} {SINCE[field]}" if field in SINCE else sentence)


def values(field: str) -> list[str]:
    """What the Standard and each browser do, in the order of the columns.

    A cell shows what differs in the recorded case. If no recorded case shows a difference, it shows the value of the field.
    """
    seen = recorded(QUIRKS[field][1])
    differences = list(_lines(seen, field) if field in IN_HEADERS else _differences(seen))
    if differences:
        return [_in_table(", ".join(parts)) for parts in zip(*differences, strict=True)]
    return [_value(profile, field) for profile in BROWSERS]


def _value(profile: Profile, field: str) -> str:
    value = getattr(profile, field)
    if field in UNITS:
        return "no limit" if value in UNLIMITED else f"{value:,} {UNITS[field]}"
    if isinstance(value, Enum):
        return str(value)
    return "no" if value == getattr(STANDARD, field) else "yes"


def _differences(seen: Sequence[Seen]) -> Iterator[list[str]]:
    """What differs between the browsers: each time a list with the words for each of them."""
    if len({tuple(one.method for one in s.requests) for s in seen}) > 1:
        yield [_methods(s.requests) for s in seen]
    else:
        for sent in zip(*(s.requests for s in seen), strict=True):
            if len({one.url for one in sent}) > 1:
                yield [f"`{_short(one.url)}`" for one in sent]
    outcomes = {s.outcomes for s in seen}
    if len(outcomes) > 1 and not any("" in one for one in outcomes):
        yield [" then ".join(s.outcomes) for s in seen]
    elif len({s.readable for s in seen}) > 1:
        yield [f"readable headers: {len(s.readable)}" for s in seen]


def _methods(requests: Sequence[Sent]) -> str:
    names = [f"`{one.method}`" for one in requests]
    return " ".join([*names[:_MOST], "…"] if len(names) > _MOST else names) or "no request"


def _lines(seen: Sequence[Seen], field: str) -> Iterator[list[str]]:
    """One list: a header in the first request in which a browser differs from the Standard by this field."""
    name = IN_HEADERS[field]
    differing = [i for i, profile in enumerate(BROWSERS) if getattr(profile, field) != getattr(STANDARD, field)]
    for number in range(max(len(s.requests) for s in seen)):
        sent = [s.requests[number].headers.get(name) if number < len(s.requests) else "" for s in seen]
        if any(sent[i] != sent[0] for i in differing):
            yield [_line(name, line) for line in sent]
            return


def _line(name: str, value: str | None) -> str:
    if value is None:
        return f"no `{name.title()}`"
    return f"`{name.title()}: {_short(value)}`" if value else "no request"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _in_table(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<")


def recorded(case: str) -> list[Seen]:
    """What the Standard says of a case and what each browser did, in the order of the columns; [] if it is not replayed."""
    if case in _cases():
        diagnosis = replay.replay(_cases()[case], STANDARD)
        sent = tuple(_predicted(diagnosis, replay.COMPARED))
        by_standard = Seen((_OUTCOMES[diagnosis.verdict],), sent, diagnosis.readable or ())
        return [by_standard, *(_single(_observed(profile.name)[case]) for profile in RECORDED)]
    if case in _flows():
        given = _flows()[case]
        flow = read_flow({key: value for key, value in given.items() if key not in ("id", "server")})
        [result] = run_flow(flow, (STANDARD,), world_replay.Server(given["server"]).send)
        sent = tuple(
            one for step in result.steps for part in step.all() for one in _predicted(part.diagnosis, _METADATA)
        )
        by_standard = Seen(tuple(_OUTCOMES[str(step.noticed)] for step in result.steps), sent, ())
        return [by_standard, *(_flow(_observed_flows(profile.name)[case]) for profile in RECORDED)]
    return []


def _predicted(diagnosis: Diagnosis, names: Iterable[str]) -> Iterator[Sent]:
    for exchange in diagnosis.exchanges:
        if exchange.from_cache:
            continue
        headers = ((name, replay.blank(value)) for name, value in exchange.request.headers)
        yield _sent(exchange.request.method, replay.blank(exchange.request.url), headers, names)


def _single(row: dict[str, Any]) -> Seen:
    sent = [_sent(w["method"], f"{{{w['at']}}}{w['path']}", w["headers"], replay.COMPARED) for w in row["wire"]]
    return Seen((_OUTCOMES[row["outcome"]],), tuple(sent), tuple(row["readable"] or ()))


def _flow(row: dict[str, Any]) -> Seen:
    sent = [_sent(w["method"], w["url"], w["headers"], _METADATA) for w in row["wire"]]
    return Seen(tuple(_OUTCOMES[step["outcome"]] for step in row["steps"]), tuple(sent), ())


def _sent(method: str, url: str, headers: Iterable[tuple[str, str]], names: Iterable[str]) -> Sent:
    lines: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key in names:
            lines[key] = f"{lines[key]}` and `{value}" if key in lines else value
    return Sent(method, url, lines)


@cache
def _cases() -> dict[str, dict[str, Any]]:
    return replay.load(replay.HERE / "cases.jsonl")


@cache
def _observed(browser: str) -> dict[str, dict[str, Any]]:
    return replay.load(replay.HERE / "observed" / f"{browser}.jsonl")


@cache
def _flows() -> dict[str, dict[str, Any]]:
    return {case["id"]: case for case in world_replay.cases()}


@cache
def _observed_flows(browser: str) -> dict[str, dict[str, Any]]:
    return world_replay.observed(browser)


def write_page() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
