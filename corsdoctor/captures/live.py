"""Requests of a capture, sent again: what goes out, the verdict now, and what changed since.

What the capture has goes back only where it went: a cookie to the host of its request, a header that a script set to the
URL of its request, as far as egress.py lets it leave. What it lacks is not made up; the request then stays unsent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import Final

from corsdoctor.browsers import Profile
from corsdoctor.captures.group import UNKNOWN_ORIGIN, Captured
from corsdoctor.captures.judge import BY_MODE, Judgement
from corsdoctor.captures.no_url import NO_URL
from corsdoctor.captures.rebuild import UNKNOWN_VALUE, scenario_of
from corsdoctor.diagnose import Diagnosis, Memo, Turn, Verdict, diagnose_all, overall, shared
from corsdoctor.record import Record
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.wire import Answer, Hold, Kind, Response, Send, WireRequest, Withheld, ascii_lower

_MODES: Final = (Credentials.SAME_ORIGIN, Credentials.INCLUDE)
_DECIDE: Final = frozenset(
    {
        "allow", "content-type", "cross-origin-resource-policy", "location", "server", "timing-allow-origin", "vary",
        "www-authenticate",
    }
)  # fmt: skip
"""Headers that decide, or show who answered. Others, such as Date, change with every response."""


class Change(Record):
    """A value of a response that is not what the capture has: of a header, or of the status if `name` is None.

    `before` and `now` are None if it is missing, or if there is no response.
    """

    kind: Kind
    method: str
    url: str
    name: str | None
    before: str | None
    now: str | None


def judge_now(
    captured: Captured, judged: Judgement, profiles: Iterable[Profile], send: Send, memo: Memo, turn: Turn = nullcontext
) -> tuple[tuple[Diagnosis, ...], Judgement]:
    """The diagnoses of a captured request that is sent again, and `judged` with what is missing for them.

    `memo` has the answers to what was sent before: equal requests of a capture are sent once, by threads that take `turn`.
    """
    if captured.origin == UNKNOWN_ORIGIN or captured.url == NO_URL:
        why = "The request was not sent again, because the capture does not have its URL or the page's origin."
        lost = tuple(d._replace(verdict=Verdict.UNKNOWN) for d in judged.diagnoses)
        return lost, judged._replace(live=True, missing=why)
    profiles = tuple(profiles)
    modes = (judged.mode,) if judged.mode is not None else _MODES
    runs = {mode: tuple(_sent(captured, profiles, mode, send, memo, turn)) for mode in modes}
    verdicts = {mode: overall(d.verdict for d in run) for mode, run in runs.items()}
    shown, missing = runs[modes[0]], None
    if len(set(verdicts.values())) > 1:
        shown, missing = tuple(d._replace(verdict=Verdict.UNKNOWN) for d in shown), BY_MODE
    by_mode = verdicts if judged.mode is None else None
    return shown, judged._replace(live=True, missing=missing, by_credentials=by_mode)


def _sent(
    captured: Captured, profiles: Iterable[Profile], mode: Credentials, send: Send, memo: Memo, turn: Turn
) -> Iterator[Diagnosis]:
    for profile in profiles:
        scenario = again(captured, profile, mode)
        yield from diagnose_all(scenario, (profile,), _holding(shared(send, memo, turn), lacking(captured, scenario)))


def again(captured: Captured, profile: Profile, mode: Credentials | None) -> Scenario:
    """The request as the script made it, with the cookie and the body that the capture has."""
    scenario = scenario_of(captured, profile, mode)
    if not captured.hops:
        return scenario
    first = captured.hops[0]
    return scenario._replace(cookie=first.headers.get("Cookie"), body=first.body or scenario.body)


def lacking(captured: Captured, scenario: Scenario) -> str | None:
    """Why the actual request can't be sent as it was, None if it can."""
    names = [name for name, value in scenario.headers if value == UNKNOWN_VALUE]
    if names:
        return f"the capture does not have the value of the request header {names[0]}"
    if captured.hops and captured.hops[0].body is None:
        return "the capture does not have the whole body of the request"
    return None


def _holding(send: Send, lacking: str | None) -> Send:
    """`send`, which withholds the actual request if something of it is lacking."""
    if lacking is None:
        return send

    def hold(kind: Kind, request: WireRequest) -> Answer:
        return send(kind, request) if kind is Kind.PREFLIGHT else Withheld(lacking, Hold.NOT_RECORDED)

    return hold


def changes(before: Sequence[Diagnosis], now: Sequence[Diagnosis]) -> list[Change]:
    """What differs between the responses in a capture and those of today, as far as both have the exchange."""
    old, found = _responses(before), list[Change]()
    for key, response in _responses(now).items():
        if key not in old:
            continue
        kind, method, url, _ = key
        pairs = [(None, *(None if one is None else str(one.status) for one in (old[key], response)))]
        pairs += _headers(old[key], response)
        found += [Change(kind, method, url, name, a, b) for name, a, b in pairs if a != b]
    return found


_Key = tuple[Kind, str, str, int]


def _responses(diagnoses: Iterable[Diagnosis]) -> dict[_Key, Response | None]:
    """The response to each request, by its kind, method and URL, and which of several it is; None if it failed."""
    found: dict[_Key, Response | None] = {}
    for diagnosis in diagnoses:
        seen: dict[tuple[Kind, str, str], int] = {}
        for exchange in diagnosis.exchanges:
            if not isinstance(exchange.answer, Withheld):
                of = exchange.kind, exchange.request.method, exchange.request.url
                seen[of] = seen.get(of, -1) + 1
                found.setdefault((*of, seen[of]), exchange.response)
    return found


def _headers(before: Response | None, now: Response | None) -> Iterator[tuple[str | None, str | None, str | None]]:
    """The values of the headers that decide, before and now; of a response that is missing, none."""
    if before is None or now is None:
        return
    names: dict[str, str] = {}
    for name, _ in (*before.headers, *now.headers):
        lower = ascii_lower(name)
        if lower in _DECIDE or lower.startswith("access-control-"):
            names.setdefault(lower, name)
    for name in names.values():
        yield name, before.headers.get(name), now.headers.get(name)
